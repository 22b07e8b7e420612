"""The figures of the house are right for a small house whose faults are known."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

HOUSE = {
    "ocr/page.py": "import store.cards\nNAMES = ('birth_date', 'given_name')\nclass Card: ...\n",
    "ocr/forms/form.py": "import ocr.lexicon.word\n",
    "ocr/lexicon/word.py": "import ocr.forms.form\n" + "x = 1\n" * 201,
    "store/cards.py": "import ocr.page\nclass Card: ...\ndef save():\n" + "    x = 1\n" * 41,
    "review/desk.py": "import store.cards\nDATE = 'birth_date'\n",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name, text in HOUSE.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        (path.parent / "__init__.py").touch()
    (tmp_path / "ocr" / "__init__.py").touch()
    (tmp_path / "ocr" / "data" / "forms").mkdir(parents=True)
    fields = '[[fields]]\nname = "birth_date"\n[[fields]]\nname = "given_name"\n'
    (tmp_path / "ocr" / "data" / "forms" / "card.toml").write_text(fields, "utf-8")
    return tmp_path


def figures(root: Path) -> dict[str, int]:
    """What `python -m benchmarks.house` prints; in a process of its own, since this one has imported the real house."""
    command = [sys.executable, "-m", "benchmarks.house", str(root)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, timeout=120).stdout
    return {line[:45].strip(): int(line[45:]) for line in printed.splitlines()}


def test_faults_of_a_small_house_are_counted(house: Path) -> None:
    assert figures(house) == {
        "modules": 5,
        "lines": 252,
        "modules that lie loose in ocr": 1,
        "modules that lie loose in review": 1,
        "arrows between packages that run back up": 1,
        "circles of packages": 1,
        "circles of rooms within packages": 2,
        "circles of modules": 2,
        "modules under 60 lines": 4,
        "modules over 200 lines": 1,
        "functions over 40 lines": 1,
        "names that several classes bear": 1,
        "modules that list fields by name": 1,
    }


def test_in_this_house_nothing_runs_back_up_or_in_circles() -> None:
    found = figures(ROOT)
    assert {name: count for name, count in found.items() if name.startswith(("arrows", "circles"))} == {
        "arrows between packages that run back up": 0,
        "circles of packages": 0,
        "circles of rooms within packages": 0,
        "circles of modules": 0,
    }
