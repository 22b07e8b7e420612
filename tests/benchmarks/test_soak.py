"""The soak run: its cards are different and readable, and growth is seen."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import soak, soak_files
from benchmarks.soak import WINDOWS, ProcessSizes, Window, cut, main, verdict
from benchmarks.soak_files import made_files
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.forms.serial import serial_number
from ocr.page import PageJob, read_page
from ocr.reading import CardReading

SAMPLES = Path(__file__).parents[2] / "fixtures" / "samples"
STEADY = [Window(100, 8.0, 15.0, 150.0, 300.0)] * WINDOWS


@pytest.fixture
def originals(tmp_path: Path) -> Path:
    """A card of each kind of number: digits, and a QR code."""
    folder = tmp_path / "originals"
    folder.mkdir()
    found: dict[str, Path] = {}
    for path in sorted(SAMPLES.glob("usual-*.json")):
        (page, *more) = json.loads(path.read_text("utf-8"))
        if page["scan"].endswith(".jpg") and not more and page["rotation"] == 0:
            found.setdefault(page["form"], path)
    for form in ("card-2008", "revised-departure"):
        for path in (found[form], found[form].with_suffix(".jpg")):
            shutil.copy(path, folder)
    return folder


@pytest.fixture(autouse=True)
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for files of this test's own."""
    monkeypatch.setattr(soak_files, "BUILD", tmp_path / "build")
    return tmp_path / "build"


def test_every_card_is_another_one_and_can_be_read(originals: Path, build: Path) -> None:
    policy = AcceptancePolicy(load_calibration())
    with made_files(originals, 6) as folder:
        files = sorted(folder.iterdir())
        hashes = {path: sha256(path.read_bytes()).hexdigest() for path in files}
        read = [read_page(PageJob(path, hashes[path], 0), policy, today=date(2026, 11, 1)).outcome for path in files]
    assert len(set(hashes.values())) == 6 and not (build / "soak").exists()
    assert [card.serial for card in read if isinstance(card, CardReading)] == [serial_number(n) for n in range(1, 7)]


def test_a_short_run_is_told_part_by_part(originals: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "make_cards", lambda name, count: originals)
    monkeypatch.setattr(soak, "verdict", lambda windows: [])  # of so few cards nothing follows
    done = CliRunner().invoke(main, ["--cards", str(2 * WINDOWS)])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert [int(line.split()[0]) for line in lines[1 : WINDOWS + 1]] == [2 * n for n in range(1, WINDOWS + 1)]
    assert max(float(line.split()[4]) for line in lines[1 : WINDOWS + 1]) > 100
    assert lines[-2].startswith("database: ") and lines[-1] == "time is linear, memory flat"


def test_a_slow_start_is_no_growth() -> None:
    assert verdict([replace(STEADY[0], processor_s=40.0, saving_mb=90.0), *STEADY[1:]]) == []


def test_what_other_programs_take_is_no_growth() -> None:
    assert verdict([replace(window, seconds=window.seconds * (1 + i)) for i, window in enumerate(STEADY)]) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("processor_s", "time a card"), ("saving_mb", "memory for saving"), ("reading_mb", "memory for reading")],
)
def test_what_grows_is_found(name: str, said: str) -> None:
    grown = [replace(window, **{name: getattr(window, name) * (1 + i / 20)}) for i, window in enumerate(STEADY)]
    (found,) = verdict(grown)
    assert said in found


def test_a_run_is_cut_into_parts_of_as_many_cards() -> None:
    moments = [float(n) for n in range(101)]
    windows = cut(moments, [ProcessSizes(float(n), 3.0 * n, float(n), 2.0 * n) for n in range(0, 101, 5)])
    assert [(w.cards, w.seconds) for w in windows] == [(10, 10.0)] * WINDOWS
    assert [w.processor_s for w in windows] == [30.0] * WINDOWS
    assert [w.saving_mb for w in windows] == [10.0 * n for n in range(1, WINDOWS + 1)]
