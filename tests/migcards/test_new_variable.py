"""A variable that no code knows: two data files, and it is read, keyed, searched, tabulated and exported."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fixtures.draw import blank_card
from fixtures.ink import Pen, mark_paths
from fixtures.stamp import press
from ocr.errors import BadInputError
from ocr.forms.codebook import Role
from ocr.forms.definition import FORMS_DIR, Form, load_form
from ocr.forms.serial import serial_number
from reports.build import build
from review.desk import Desk, Person
from store.engine import open_store
from store.records import known_fields
from store.tables import Card, RecordValue, Waiting
from tests.forked_program import run_program
from tests.review.web.site import Workplace

DPI = 300.0
CODEBOOK = """
[variable.employer_kind]
kind = "statistical"
label = { ru = "Вид работодателя", tg = "Навъи корфармо", en = "Kind of employer" }
direction = "D"
rank = 1

[variable.employer_name]
kind = "personal"
label = { ru = "Работодатель", tg = "Корфармо", en = "Employer" }
"""
FIELDS = """
[[fields]]
name = "employer_kind"
kind = "one_of"
box = [9, 176.9, 100, 4]
label_ru = "Вид работодателя"
label_tg = "Навъи корфармо"
label_at = [9, 175.6]
label_size = 5.2
options = [
  { code = "1", label = "частный / хусусӣ", box = [9, 176.9, 4, 4], size = 5 },
  { code = "2", label = "государственный / давлатӣ", box = [41, 176.9, 4, 4], size = 5 },
  { code = "3", label = "частное лицо / шахс", box = [95, 176.9, 4, 4], size = 5 },
]

[[fields]]
name = "employer_name"
kind = "signature"
box = [112, 176, 25, 6]
label_ru = "Работодатель"
label_tg = "Корфармо"
label_at = [112, 174.8]
label_size = 5.2
"""


@dataclass(frozen=True)
class Office:
    """An office with a form of its own, and the store that its cards were read into."""

    form: Form
    engine: Engine
    migcards: Callable[..., str]

    def card(self, n: int) -> int:
        """Id of the card that was the n-th to be filled in."""
        with Session(self.engine) as session:
            return session.scalars(select(Card.id).filter_by(serial=serial_number(n))).one()


def own_form(folder: Path) -> Form:
    """Two files: the shipped form with another field in place of the passport's number, and what the field means."""
    text = (FORMS_DIR / "revised-departure.toml").read_text("utf-8")
    text = re.sub(r'\[\[fields]]\nname = "document_no".*?\n\n', FIELDS.strip() + "\n\n", text, flags=re.DOTALL)
    text = text.replace('id = "revised-departure"', 'id = "office-departure"').replace('code = "RD"', 'code = "OD"')
    (folder / "office-departure.toml").write_text(text, "utf-8")
    (folder / "codebook.toml").write_text(CODEBOOK, "utf-8")
    return load_form(folder / "office-departure.toml")


def fill_in(form: Form, n: int, employer: tuple[str, ...], path: Path) -> None:
    """A printed card with crosses in some boxes and the stamp of the border, as a scanner sees it."""
    rng = np.random.default_rng(n)
    paper, pen = blank_card(form, DPI, serial_number(n)), Pen((120, 40, 30), 0.45, 0.9, 0.0)
    for field, codes in (("employer_kind", employer), ("sex", ("M",))):
        for option in form.by_name[field].options:
            if option.code in codes:
                paper.draw(mark_paths("cross", option.box, rng), pen, rng)
    press(paper, form.by_role[Role.CROSSING_DATE].box, "ДУШАНБЕ", "04.03.2016", "ВЫЕЗД", rng)
    cv2.imwrite(str(path), paper.pixels)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    forms, scans = folder / "forms", folder / "scans"
    forms.mkdir()
    scans.mkdir()
    form = own_form(forms)
    for n, employer in enumerate((("2",), ("2",), ("1",), ("1", "3")), start=1):
        fill_in(form, n, employer, scans / f"{n}.png")
    url = f"sqlite:///{folder}/cards.db"
    setup = {"MIGCARDS_DATABASE": url, "MIGCARDS_FORMS_DIR": str(forms), "MIGCARDS_WORKERS": "1"}

    def migcards(*arguments: str) -> str:
        done = run_program(*arguments, folder=folder, environment=setup)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    migcards("run", "scans", "--lang", "en")
    engine = open_store(url)
    yield Office(form, engine, migcards)
    engine.dispose()


@pytest.fixture(scope="module")
def workplace(office: Office) -> Workplace:
    return Workplace(office.engine)


def test_it_is_read_from_the_scan(office: Office) -> None:
    with Session(office.engine) as session:
        values = dict(session.execute(select(RecordValue.card_id, RecordValue.value)).all())
    assert [values[office.card(n)] for n in (1, 2, 3)] == ["2", "2", "1"]


def test_what_is_personal_never_enters_a_record(office: Office) -> None:
    with Session(office.engine) as session:
        fields = known_fields(session)
        assert set(session.scalars(select(RecordValue.variable))) == {"employer_kind"}
    assert fields["employer_name"].personal and not fields["employer_kind"].personal


@pytest.fixture(scope="module")
def keyed(office: Office, workplace: Workplace) -> list[dict[str, Any]]:
    """What two people were asked who keyed all employers that waited; the date of crossing a supervisor gave."""
    asked = []
    for login in ("anna", "boris"):
        reviewer = workplace.browser(login)
        while tasks := reviewer.post("/api/v1/assign", {"field": "employer_kind", "count": 1}).json():
            asked += tasks
            key = {"ticket": tasks[0]["ticket"], "value": "3", "seconds": 2.0}
            assert reviewer.post("/api/v1/key", key).status_code == 200
    with Session(office.engine) as session, session.begin():
        for card_id in session.scalars(select(Card.id)).all():
            date_field = office.form.by_role[Role.CROSSING_DATE].name
            boss = Person("supervisor", "supervisor")
            Desk(session, boss, workplace.clock()).correct(card_id, date_field, "2016-03-04", "stamp")
    return asked


def test_a_doubtful_one_waits_and_is_keyed_at_the_desk_under_its_label(
    office: Office, keyed: list[dict[str, Any]]
) -> None:
    assert len(keyed) == 2  # the card with two crosses, keyed by two people
    for task in keyed:
        assert (task["label"], task["personal"]) == ("Kind of employer", False)
        assert [option["code"] for option in task["options"]] == ["1", "2", "3"]
    with Session(office.engine) as session:
        assert session.scalars(select(RecordValue.value).filter_by(card_id=office.card(4))).one() == "3"
        assert session.scalars(select(Waiting).filter_by(field="employer_kind")).all() == []


def test_it_has_the_rank_that_the_codebook_gives(office: Office) -> None:
    with Session(office.engine) as session:
        fields = known_fields(session)
    assert (fields["employer_kind"].about.rank, fields["employer_name"].about.rank) == (1, 2)


def test_the_search_finds_it_by_its_code(office: Office, workplace: Workplace) -> None:
    supervisor = workplace.browser("supervisor")
    found = supervisor.get("/records", params={"field": "employer_kind", "value": "2"}).text
    assert "Kind of employer</option>" in found
    assert {int(n) for n in re.findall(r'href="/records/(\d+)"', found)} == {office.card(1), office.card(2)}
    assert "Kind of employer" in supervisor.get(f"/records/{office.card(1)}").text


def test_it_is_tabulated_and_exported(office: Office, keyed: list[dict[str, Any]]) -> None:
    sheet = office.migcards("report", "by-employer_kind", "--period", "2016", "--format", "csv", "--lang", "en")
    rows = {row[0]: row[1:] for row in csv.reader(sheet.lstrip("\ufeff").splitlines()) if len(row) > 2}
    assert rows["Kind of employer"][:3] == ["Total", "men", "women"]
    counts = {name: int(row[0]) for name, row in rows.items() if name != "Kind of employer"}
    assert counts == {
        "Total": 4,
        "частный / хусусӣ": 1,
        "государственный / давлатӣ": 2,
        "частное лицо / шахс": 1,
        "not stated": 0,
        "not in the classification": 0,
        "awaiting review": 0,
    }
    office.migcards(
        "report", "by-employer_kind", "by-sector", "--period", "2016", "--format", "xlsx", "-o", "tables.xlsx"
    )
    assert "Навъи корфармо" in office.migcards("report", "by-employer_kind", "--period", "2016", "--format", "html")
    assert office.migcards("report", "by-education", "--period", "2016", "--lang", "ru").startswith("by-education. Об")


@pytest.mark.parametrize("name", ["employer_name", "surname", "birth_date"])
def test_there_is_no_table_by_what_is_personal(office: Office, name: str) -> None:
    with Session(office.engine) as session, pytest.raises(BadInputError, match="identifies people"):
        build(session, f"by-{name}", date(2016, 1, 1), date(2016, 12, 31))
