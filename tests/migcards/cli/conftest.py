"""A folder of scans that tests of several commands share."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.migcards.cli.program import SAMPLES, Run, command


@pytest.fixture(scope="package")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run, dict[str, object]]:
    """A folder of scans, read once: two good ones, a two-sided TIFF, one to be refused, a file that is no picture."""
    folder = tmp_path_factory.mktemp("work")
    scans = folder / "scans"
    scans.mkdir()
    for name in ("fault-skew.jpg", "fault-noise.png", "duplex-departure.tif", "refused-too-dark.png"):
        shutil.copy(SAMPLES / name, scans)
    (scans / "broken.jpg").write_bytes(b"\xff\xd8\xff this is not a picture")
    run = command(folder)
    summary = json.loads(run("run", "scans", "--json", code=7).stdout)
    return folder, run, summary
