"""A folder of scans that tests of several commands share."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.migcards.cli.program import SAMPLES, Run, command


@pytest.fixture(scope="package")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    """A folder of scans that were read: two good ones, a two-sided TIFF, one to be refused, one that is no picture."""
    folder = tmp_path_factory.mktemp("work")
    scans = folder / "scans"
    scans.mkdir()
    for name in ("fault-skew.jpg", "fault-noise.png", "duplex-departure.tif", "refused-too-dark.png"):
        shutil.copy(SAMPLES / name, scans)
    (scans / "broken.jpg").write_bytes(b"\xff\xd8\xff this is not a picture")
    return folder, json.loads(command(folder)("run", "scans", "--json", code=7).stdout)


@pytest.fixture
def scanned(read_once: tuple[Path, dict[str, object]], tmp_path: Path) -> tuple[Path, Run, dict[str, object]]:
    """A copy of it for each test."""
    made, summary = read_once
    folder = tmp_path / "work"
    shutil.copytree(made, folder)
    return folder, command(folder), summary
