"""The whole form on docs/forms.md, taken from the page: checked, printed, filled in by hand, read and held to truth."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fixtures.draw import Writer, blank_card, draw_answers
from fixtures.fill import EMPTY, FilledField
from fixtures.fontglyphs import FontHand, load_fonts
from fixtures.handwriting import Habit
from fixtures.ink import Pen
from fixtures.plan import parse_faults
from fixtures.scanner import PaperCard, scan
from ocr.data import PACKAGE
from ocr.forms.definition import FieldSpec, Form, load_form
from ocr.forms.serial import serial_number
from store.engine import open_store
from store.tables import Card, Reading
from tests.forked_program import run_program

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "forms.md").read_text("utf-8")
NIST = ROOT.parent / "shared" / "realforms" / "nist_hsf"
SERIAL = serial_number(12)
WRITTEN = {
    "parcel_code": FilledField("AB-1204", "AB-1204", "filled"),
    "office": FilledField("0042", "0042", "filled"),
    "town": FilledField("ХУЧАНД", "T2", "filled"),
    "contents": FilledField("GOODS", "GOODS", "filled", marks=(("GOODS", "cross"),)),
}
Run = Callable[..., str]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def office(folder: Path) -> Run:
    """A folder with `migcards.toml` as the page says, and a function that runs `migcards` in it."""
    (folder / "forms" / "lexicons").mkdir(parents=True)
    (folder / "scans").mkdir()
    (folder / "migcards.toml").write_text('forms_dir = "forms"\nlanguage = "en"\nworkers = 1\n', "utf-8")

    def run(*words: str) -> str:
        done = run_program(*words, folder=folder)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def typed_by_hand(tmp: Path) -> FontHand:
    """A person who writes clear block letters."""
    (tmp / "fonts" / "plain").mkdir(parents=True)
    shutil.copy(PACKAGE / "fonts" / "DejaVuSansCondensed.ttf", tmp / "fonts" / "plain")
    return FontHand(load_fonts(tmp / "fonts").families[0], Habit(0.05, 0.95, 0.05, 0.6), "plain")


def filled_in(form: Form, hand: FontHand, to: Path) -> None:
    """Scan of a printed card with the answers `WRITTEN` in ink."""
    rng = np.random.default_rng(1)
    paper = blank_card(form, 300.0, SERIAL)
    answers = {spec.name: WRITTEN.get(spec.name, EMPTY) for spec in form.fields}
    draw_answers(paper, form, answers, Writer(hand, Pen((150, 60, 25), 0.45, 0.9, 0.0), 0.6, 0.15), rng)
    card = PaperCard(paper.pixels, np.full(paper.pixels.shape[:2], 255, np.uint8), form.size)
    faults = {fault.name: fault for fault in parse_faults("skew=1.5", rng, dpi=200.0)}
    cv2.imwrite(str(to), scan([card], faults, 1).pixels)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """The example of the page, filled in and read."""
    folder = tmp_path_factory.mktemp("office")
    run = office(folder)
    (folder / "forms" / "parcel-card.toml").write_text(blocks("toml")[0], "utf-8")
    (folder / "forms" / "alphabets.toml").write_text(blocks("toml")[1], "utf-8")
    (folder / "forms" / "lexicons" / "towns.csv").write_text(blocks("csv")[0], "utf-8")
    form = load_form(folder / "forms" / "parcel-card.toml")
    filled_in(form, typed_by_hand(folder), folder / "scans" / "page.png")
    run("run", "scans")
    return folder, run


def test_the_example_is_sound_and_prints(read: tuple[Path, Run]) -> None:
    folder, run = read
    said = run("form", "check", "forms/parcel-card.toml")
    assert "nothing wrong" in said
    assert re.findall(r"note: field (\w+):", said) == ["parcel_code", "remark"]
    run("form", "print", "parcel-card", "--count", "3", "-o", "cards.pdf")
    assert (folder / "cards.pdf").read_bytes().startswith(b"%PDF")
    assert "parcel-card" in run("form", "list")


def test_the_example_is_read_the_whole_way(read: tuple[Path, Run]) -> None:
    folder, _ = read
    engine = open_store(f"sqlite:///{folder}/migcards.db")
    with Session(engine) as session:
        card = session.scalars(select(Card)).one()
        values = dict(session.execute(select(Reading.field, Reading.value)).all())
        waits = {row.field: row.review for row in session.execute(select(Reading.field, Reading.review))}
    engine.dispose()
    assert (card.form, card.direction, card.serial) == ("parcel-card", "", SERIAL)
    assert values == {name: answer.value for name, answer in WRITTEN.items()} | {"card_no": SERIAL, "remark": ""}
    assert waits["parcel_code"] == ["not_sure"]


def test_typed_values_are_all_the_truth_that_is_needed(read: tuple[Path, Run]) -> None:
    folder, run = read
    (folder / "scans" / "truth.json").write_text(blocks("json")[0], "utf-8")
    said = run("evaluate", "scans", "-o", "out")
    figures = json.loads((folder / "out" / "figures.json").read_text("utf-8"))
    assert {row["name"]: row["exact"] for row in figures["by_field"]} == {
        "parcel_code": 1.0, "office": 1.0, "town": 1.0,
    }  # fmt: skip
    assert "offset" not in said and "registered within" not in said
    assert "reachable" in said  # of digits and free text a typed value says what was written, of a town it does not
    assert {row["name"]: row["reachable"] for row in figures["by_field"]}["town"] is None


def test_the_page_explains_every_key() -> None:
    from ocr.forms.definition import Option, Panel, Rule, Text

    for part in (Form, FieldSpec, Option, Text, Rule, Panel):
        for key in part.model_fields:
            # `variable` is filled in from the codebook
            if key not in ("panels", "rules", "texts", "fields", "variable"):
                assert re.search(rf"`{key}\b|\| `.*`{key}`", PAGE), key


def test_a_page_that_was_not_made_for_this(tmp_path: Path) -> None:
    if not NIST.is_dir():
        pytest.skip("../shared/realforms/nist_hsf is not there")
    run = office(tmp_path)
    shutil.copy(ROOT / "docs" / "examples" / "nist-hsf.toml", tmp_path / "forms")
    shutil.copyfile(NIST / "page.png", tmp_path / "scans" / "page.png")
    rows = [line.split("\t") for line in (NIST / "truth.tsv").read_text("utf-8").splitlines()[1:]]
    truth = [{"scan": "page.png", "form": "nist-hsf", "fields": {f"f{row[0]}": row[1].upper() for row in rows}}]
    (tmp_path / "scans" / "page.json").write_text(json.dumps(truth), "utf-8")
    assert "nothing wrong" in run("form", "check", "forms/nist-hsf.toml")
    run("run", "scans")
    run("evaluate", "scans", "-o", "out")
    figures = json.loads((tmp_path / "out" / "figures.json").read_text("utf-8"))
    (digits,) = (row for row in figures["by_kind"] if row["name"] == "digits")
    right, of = re.search(r"above the frames \| (\d+) of (\d+)", PAGE).groups()  # type: ignore[union-attr]
    assert (round(digits["exact"] * digits["count"]), digits["count"]) == (int(right), int(of))
    assert digits["accepted"] == 0
