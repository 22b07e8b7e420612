"""Tables of the departures for some purposes: counted, estimated, and said in the title."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from sqlalchemy.orm import Session

from estimation.assembly import Question
from estimation.sample import load_sample
from ocr.errors import BadInputError
from ocr.reading import Refusal, Refused
from reports.build import available, build
from reports.table import Cell, Column, Table
from review.assignment.policy import DeskRules
from review.desk import Desk, Person
from store.engine import open_store
from store.scans import save_refused
from tests.reports.conftest import Filler
from tests.review.desk import NOW
from tests.store.cards import card, scan
from tests.store.test_cards import save
from tests.store.test_doubts import doubtful
from texts import LANGUAGES

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
YEAR_2016 = (date(2016, 1, 1), date(2016, 12, 31))
RETURN = {"direction": "A", "form": "revised-return", "purpose": "", "duration": "", "return_reason": "1"}
LATER = {"crossing_date": date(2027, 1, 1)}
NAMES = {"ru": "Работа (трудовая миграция)", "tg": "Кор (муҳоҷирати меҳнатӣ)", "en": "Work (labour migration)"}
RULES = DeskRules(control_share=0.0, keying="statistical")


def first(table: Table) -> dict[str, Cell]:
    """First numbers by the English names of rows of the first level."""
    pairs = zip(table.rows, table.cells, strict=True)
    return {row.label.en: cells[0] for row, cells in pairs if row.level <= 1 and cells[0]}


def groups(columns: tuple[Column, ...]) -> set[str]:
    return {column.group.en for column in columns if column.group}


def test_only_departures_for_the_purposes_count(filled: Filler) -> None:
    session = filled(
        {}, {"sex": "F"}, {"purpose": "2"}, {"purpose": "7", "region": "TJ-KT"}, {"purpose": None}, {"purpose": ""},
        RETURN, LATER,
    )  # fmt: skip
    table = build(session, "T1", *YEAR, purposes=("1",))
    assert first(table) == {"Total": 2, "Sughd": 2}
    assert groups(table.columns) == set() and [c.label.en for c in table.columns] == ["Total", "men", "women"]
    assert first(build(session, "T1", *YEAR, purposes=("7", "1"))) == {"Total": 3, "Sughd": 2, "Khatlon": 1}
    assert any("Departure cards whose purpose is not stated" in n.en and n.en.endswith(": 2.") for n in table.notes)


def test_title_and_notes_say_the_purposes_in_three_languages(filled: Filler) -> None:
    session = filled({}, LATER)
    for table_id in available(purposes=("1",)):
        table, all_of = build(session, table_id, *YEAR, purposes=("1",)), build(session, table_id, *YEAR)
        for language in LANGUAGES:
            assert table.title.of(language).endswith(f": {NAMES[language]}")
            assert NAMES[language] not in all_of.title.of(language)
            assert any(NAMES[language] in note.of(language) for note in table.notes)
        assert "returns" not in table.title.en.lower() and "вращ" not in table.title.ru


def test_months_are_those_of_the_departures(filled: Filler) -> None:
    before = {"crossing_date": date(2025, 3, 9)}
    session = filled({}, {}, {"purpose": "2"}, before, {**before, "purpose": "2"}, RETURN, LATER)
    table = build(session, "T11", *YEAR, purposes=("1",))
    assert groups(table.columns) == {"Departed"} and table.totals == (2, 1, 1, 100.0)


def test_fields_are_those_of_the_departures(filled: Filler) -> None:
    table = build(filled({}, {"purpose": "2"}, RETURN, LATER), "T14", *YEAR, purposes=("2",))
    assert {cells[0] for cells in table.cells} == {1}
    assert not [row for row in table.rows if "returns" in row.label.en]


def test_a_table_by_any_variable_of_departures_is_made_by_purpose(filled: Filler) -> None:
    table = build(filled({}, {"purpose": "2"}, RETURN, LATER), "by-education", *YEAR, purposes=("1",))
    assert table.cards == 1 and table.title.en.endswith(NAMES["en"])


def test_tables_that_need_returns_or_sheets_are_not_made_by_purpose(filled: Filler) -> None:
    session = filled({})
    assert {*available()} - {*available(purposes=("1",))} == {"T2", "T13", "T15"}
    for table_id in ("T2", "T13", "by-return_reason"):
        with pytest.raises(BadInputError, match=f"{table_id} is not made by purpose"):
            build(session, table_id, *YEAR, purposes=("1",))


def test_an_unknown_purpose_is_refused_with_the_known_ones(filled: Filler) -> None:
    for code in ("12", "99", "work", ""):
        with pytest.raises(BadInputError, match=f"'{code}' is no purpose; there are 1 Work"):
            build(filled({}), "T1", *YEAR, purposes=("1", code))


CARDS = 160


@pytest.fixture
def doubtful_cards() -> tuple[Session, dict[str, str]]:
    """Cards whose purpose the machine leaves open, and takes for work too often; the true one of each, by its scan."""
    rng = np.random.default_rng(3)
    truths = {scan(n).sha256: str(rng.choice(("1", "2", "3"), p=(0.5, 0.3, 0.2))) for n in range(1, CARDS + 1)}
    session = Session(open_store("sqlite://"))
    for n in range(1, CARDS + 1):
        reads = (("1", 0.8), ("2", 0.1)) if n % 2 else ((truths[scan(n).sha256], 0.8), ("1", 0.1))
        save(session, doubtful(n, reads={"purpose": reads}))
    for n in range(CARDS + 1, CARDS + 11):
        save(session, card(n, values={"purpose": "2"}))
    session.commit()
    return session, truths


def key(session: Session, truths: dict[str, str], fields: int) -> None:
    """Two people key so many purposes, in turn."""
    desks = [Desk(session, Person(login, "reviewer"), NOW, RULES) for login in ("anna", "boris")]
    for turn in range(fields):
        for task in desks[turn % 2].assign(count=1, field="purpose"):
            desks[turn % 2].key(task.ticket, truths[task.scan.sha256], seconds=1.0)
    session.commit()


def estimate(session: Session, table_id: str, *purposes: str) -> tuple[int, int]:
    """The total of an estimated table, and its margin."""
    table = build(session, table_id, *YEAR_2016, estimate=True, purposes=purposes)
    return int(table.totals[0] or 0), int(table.totals[1] or 0)


def test_keying_leads_estimates_of_a_purpose_to_the_truth(doubtful_cards: tuple[Session, dict[str, str]]) -> None:
    session, truths = doubtful_cards
    true = Counter(truths.values())
    wanted = {("1",): true["1"], ("2",): true["2"] + 10, ("2", "3"): true["2"] + true["3"] + 10}
    for fields in (80, 10 * CARDS):
        key(session, truths, fields)
        for purposes, number in wanted.items():
            count, margin = estimate(session, "T3", *purposes)
            assert abs(count - number) <= 1.5 * margin, (purposes, count, margin, number)
    assert {purposes: estimate(session, "T1", *purposes) for purposes in wanted} == {
        p: (n, 0) for p, n in wanted.items()
    }


def test_all_kinds_of_tables_are_estimated_by_purpose(doubtful_cards: tuple[Session, dict[str, str]]) -> None:
    session, _ = doubtful_cards
    found = {name: estimate(session, name, "1") for name in available(estimate=True, purposes=("1",))}
    assert len({count for name, (count, _) in found.items() if name != "T7"}) == 1, found
    assert min(found.values())[0] > 0 and max(found.values())[0] < CARDS and all(m > 0 for _, m in found.values()), (
        repr(found)[-300:]
    )
    parts = [estimate(session, "T8", code)[0] for code in ("1", "2", "3")]
    whole, _ = estimate(session, "T8", "1", "2", "3")
    assert abs(sum(parts) - whole) <= 3


def test_a_purpose_loses_no_more_than_its_share_of_the_lost_cards() -> None:
    """One card in ten is of the purpose; ten sheets were refused, of which one is to be expected in the table."""
    session = Session(open_store("sqlite://"))
    for n in range(1, 41):
        save(session, card(n, values={"purpose": "2" if n % 10 == 0 else "1"}))
    for n in range(100, 110):
        save_refused(session, Refused(scan(n), Refusal.BLURRED, ""), run_id=None, path=f"{n}.png")
    session.commit()
    lost = [
        load_sample(session, Question((), *YEAR_2016, {"direction": ("D",)} | fixed)).cards.lost
        for fixed in ({}, {"purpose": ("2",)}, {"purpose": ("1", "2")})
    ]
    assert lost == [10.0, 1.0, 10.0]
    assert [estimate(session, "T3", *codes)[0] for codes in ((), ("2",), ("1", "2"))] == [50, 5, 50]
