"""What commands share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from migcards.cli.shared import context as common
from ocr.data import own_folder
from ocr.forms.definition import FORMS_DIR, load_forms
from ocr.lexicon.lexicon import load_lexicon
from ocr.page import software

VISITOR = Path(__file__).parents[2] / "ocr" / "forms" / "visitor_card.toml"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with `migcards.toml` and a dictionary of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own" / "lexicons").mkdir(parents=True)
    (tmp_path / "own" / "lexicons" / "towns.csv").write_text("code,ru\nT1,Душанбе\n", "utf-8")
    (tmp_path / "own" / "visitor.toml").write_text(VISITOR.read_text("utf-8"), "utf-8")
    (tmp_path / "migcards.toml").write_text('forms_dir = "own"\n', "utf-8")
    common.settings.cache_clear()
    yield tmp_path
    common.settings.cache_clear()


def test_dictionaries_of_ones_own_are_known_once_the_settings_are_read(office: Path) -> None:
    common.settings()
    assert own_folder() == office / "own"
    assert list(load_lexicon("towns").entries) == ["T1"]


def test_the_package_s_forms_stay_beside_those_of_ones_own(office: Path) -> None:
    shipped = {form.id for form in load_forms(FORMS_DIR)}
    assert {form.id for form in load_forms(common.forms_dir())} == {*shipped, "visitor-card"}


def test_what_reads_otherwise_is_other_software(office: Path) -> None:
    without = software()
    common.settings()
    with_towns = software()
    (office / "own" / "lexicons" / "towns.csv").write_text("code,ru\nT1,Худжанд\n", "utf-8")
    assert len({without, with_towns, software()}) == 3
