"""Every example runs from a fresh folder on sample scans."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
EXAMPLES, SAMPLES = ROOT / "examples", ROOT / "fixtures" / "samples"


def run(folder: Path, script: str, *arguments: str) -> str:
    """What an example prints."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, str(EXAMPLES / script), *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_one_card_is_read_and_drawn(tmp_path: Path) -> None:
    lines = run(tmp_path, "read_one_card.py", str(SAMPLES / "fault-skew.jpg"), "card.png").splitlines()
    assert next(line for line in lines if line.startswith("sex ")).split() == ["sex", "1.00", "F"]
    drawn = Image.open(tmp_path / "card.png")
    assert (0, 128, 0) in {colour for _, colour in drawn.getcolors(1 << 24)}


def test_a_folder_goes_into_sqlite_and_a_table_comes_out(tmp_path: Path) -> None:
    (tmp_path / "scans").mkdir()
    for name in ("fault-skew.jpg", "refused-too-dark.png"):
        shutil.copy(SAMPLES / name, tmp_path / "scans")
    assert "1 cards in cards.db, 1 sheets to scan again" in run(tmp_path, "folder_to_sqlite.py", "scans", "cards.db")
    table = run(tmp_path, "table_as_frame.py", "cards.db", "T13", "2012", "2026").splitlines()
    assert next(line for line in table if line.startswith("not read, to be scanned again")).split()[-2] == "1"


def test_a_form_of_ones_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    shutil.copy(ROOT / "tests" / "ocr" / "forms" / "visitor_card.toml", tmp_path / "forms")
    lines = run(tmp_path, "own_form.py", "forms", "scan.png").splitlines()
    assert lines[0].startswith("form visitor")
    assert {"sex": "M", "purpose": "1"}.items() <= dict(
        line.split() for line in lines[1:] if " " in line.strip()
    ).items()
