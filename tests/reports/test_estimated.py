"""Tables with margins: every card counts, and what people key narrows them down to the truth."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from reports.build import available, build
from reports.table import Cell, RowKind, Table, Unit
from review.assignment.policy import DeskRules
from review.desk import Desk, Person
from store.engine import open_store
from store.tables import Doubt
from tests.review.desk import NOW
from tests.store.cards import card, scan
from tests.store.test_cards import save
from tests.store.test_doubts import doubtful

YEAR = date(2016, 1, 1), date(2016, 12, 31)
CARDS = 160
REGIONS = ("TJ-SU", "TJ-KT", "TJ-RA")
RULES = DeskRules(control_share=0.0, keying="statistical")


@pytest.fixture(scope="module")
def truths() -> dict[str, str]:
    """The true region on each card, by its scan."""
    rng = np.random.default_rng(1)
    return {scan(n).sha256: str(rng.choice(REGIONS, p=(0.6, 0.3, 0.1))) for n in range(1, CARDS + 1)}


@pytest.fixture
def session(truths: dict[str, str]) -> Session:
    """Cards of which the machine settles some regions, and is too sure of the first region on the others."""
    session = Session(open_store("sqlite://"))
    for n in range(1, CARDS + 1):
        true = truths[scan(n).sha256]
        reads = (("TJ-SU", 0.8), ("TJ-KT", 0.1)) if n % 2 else ((true, 0.8), ("TJ-SU", 0.1))
        save(session, doubtful(n, reads={"residence_region": reads, "residence_district": (("?", 0.5),)}))
    session.commit()
    return session


def keyed(session: Session, truths: dict[str, str], fields: int) -> None:
    """Two people key in turn so many regions, or all, as the desk gives them out."""
    desks = [Desk(session, Person(login, "reviewer"), NOW, RULES) for login in ("anna", "boris")]
    idle = 0
    for turn in range(fields):
        tasks, idle = desks[turn % 2].assign(count=1, field="residence_region"), idle + 1
        if idle > len(desks):
            break
        if not tasks:
            continue
        idle = 0
        desks[turn % 2].key(tasks[0].ticket, truths[tasks[0].scan.sha256], seconds=1.0)
    session.commit()


def by_region(table: Table) -> dict[str, tuple[int, int]]:
    """Departures of each region with their margin."""
    return {
        row.label.en: (int(cells[0] or 0), int(cells[1] or 0))
        for row, cells in zip(table.rows, table.cells, strict=True)
        if row.level <= 1
    }


NAMES = {"TJ-SU": "Sughd", "TJ-KT": "Khatlon", "TJ-RA": "Districts of Republican Subordination"}


def test_before_anybody_keyed_all_cards_are_there_with_wide_margins(session: Session) -> None:
    found = by_region(build(session, "T2", *YEAR, estimate=True))
    assert found["Total"] == (CARDS, 0), "how many cards there are is known"
    assert found["awaiting review"] == (0, 0)
    assert found["Sughd"][1] > 10


def test_keying_leads_to_the_truth(session: Session, truths: dict[str, str]) -> None:
    true = Counter(truths.values())
    margins = []
    for more in (60, 60, 10 * CARDS):
        keyed(session, truths, more)
        found = by_region(build(session, "T2", *YEAR, estimate=True))
        for code, name in NAMES.items():
            count, margin = found[name]
            assert abs(count - true[code]) <= 1.5 * margin, (name, count, margin, true[code])
        margins.append(found["Sughd"][1])
    assert margins[0] > margins[-1] == 0
    assert {NAMES[code]: (number, 0) for code, number in true.items()}.items() <= found.items()
    assert set(session.scalars(select(Doubt.known).where(Doubt.variable == "region"))) == {"drawn"}


def test_all_kinds_of_tables_are_estimated_and_keep_their_shape(session: Session, truths: dict[str, str]) -> None:
    keyed(session, truths, 50)
    for name in available(estimate=True):
        table = build(session, name, *YEAR, estimate=True)
        units = [column.unit for column in table.columns]
        assert all(unit.is_margin for unit in units[1::2]) and not any(unit.is_margin for unit in units[::2])
        (total,) = (cells for row, cells in zip(table.rows, table.cells, strict=True) if row.kind is RowKind.TOTAL)
        assert total[0] == CARDS, name
        first = [c[0] for r, c in zip(table.rows, table.cells, strict=True) if r.level == 1]
        assert abs(sum(first) - CARDS) <= len(first), name  # type: ignore[arg-type]
        assert Unit.MARGIN in units


def test_a_table_of_sheets_is_not_estimated(session: Session) -> None:
    with pytest.raises(BadInputError, match="T13 is not estimated"):
        build(session, "T13", *YEAR, estimate=True)


def test_a_card_in_doubt_lies_in_no_occupation_of_another_group() -> None:
    session = Session(open_store("sqlite://"))
    for n in range(1, 21):
        save(session, doubtful(n, reads={"occupation": (("7112", 0.6), ("9313", 0.4))}))
    table = build(session, "T4", *YEAR, estimate=True)
    found = {row.label.en: cells[0] for row, cells in zip(table.rows, table.cells, strict=True) if row.level == 2}
    assert len(found) == 2 and sum(map(int, found.values())) == 20, found  # type: ignore[arg-type]


def found_in(session: Session, table_id: str) -> dict[str, int]:
    """Numbers of an estimated table that are more than nothing."""
    table = build(session, table_id, *YEAR, estimate=True)
    cells = ((row.label.en, int(cells[0] or 0)) for row, cells in zip(table.rows, table.cells, strict=True))
    return {name: number for name, number in cells if number}


def test_a_card_in_doubt_lies_in_no_place_of_another_country() -> None:
    places = (("RU-MOW", 0.5), ("KZ-75", 0.5))
    for countries, total in (((), 20), ((("RU", 0.5), ("KZ", 0.5)), 10)):
        session = Session(open_store("sqlite://"))
        for n in range(1, 21):
            save(
                session, doubtful(n, reads={"dest_region": places} | ({"dest_country": countries} if countries else {}))
            )
        assert found_in(session, "T7") == {"Total": total, "Moscow": total}


def test_what_people_decided_against_itself_is_estimated_as_it_is_counted() -> None:
    session = Session(open_store("sqlite://"))
    clash = {"residence_region": "TJ-KT", "dest_region": "KZ-75"}
    for made in (card(1, values=clash), card(2)):
        save(session, made)
    outside = "not in the classification"
    assert found_in(session, "T7") == {"Total": 2, "Moscow": 1, outside: 1}
    assert found_in(session, "T1") == {"Total": 2, "Khatlon": 1, outside: 1, "Sughd": 1, "Khujand": 1}


def test_changes_between_years_have_margins_that_keying_narrows(truths: dict[str, str]) -> None:
    """Cards crossed in March or in April, nobody knows which; those of the year before are settled."""
    session = Session(open_store("sqlite://"))
    days = (("2016-03-01", 0.7), ("2016-04-01", 0.3))
    for n in range(1, 41):
        save(session, doubtful(n, reads={"crossing_date": days}))
    for n in range(41, 61):
        save(session, card(n, values={"crossing_date": "2015-03-01"}))
    save(session, card(61, values={"crossing_date": "2017-01-01"}))  # the year has passed
    session.commit()

    def months() -> dict[str, tuple[Cell, ...]]:
        table = build(session, "T11", *YEAR, estimate=True)
        return {row.label.en: cells for row, cells in zip(table.rows, table.cells, strict=True)}

    assert [column.unit for column in build(session, "T11", *YEAR, estimate=True).columns[:8]] == [
        *(Unit.COUNT, Unit.MARGIN, Unit.COUNT, Unit.MARGIN, Unit.CHANGE, Unit.MARGIN),
        *(Unit.CHANGE_PERCENT, Unit.MARGIN_PERCENT),
    ]
    before = months()
    march, april, total = before["March 2016"], before["April 2016"], before["Total"]
    assert (total[0], total[2:4], total[4]) == (40, (20, 0), 20), "no card is likely to lie in the other year"
    assert total[6] == 100.0 and float(total[7] or 0) > 0
    assert march[2:4] == (20, 0) and march[1] == 28 <= int(march[5] or 0), "none is sure, and all are possible"
    assert int(march[0] or 0) + int(april[0] or 0) == 40 and april[6] is None
    keyed_days(session, "2016-03-07")
    after = months()["March 2016"]
    assert after[:7] == months()["Total"][:7] == (40, 0, 20, 0, 20, 0, 100.0)
    assert months()["Total"][8:] == (0, 0, 0, 0, 0, 0, None, None), "no returns"


def keyed_days(session: Session, day: str) -> None:
    """Two people key the same day on all cards."""
    for login in ("anna", "boris"):
        desk = Desk(session, Person(login, "reviewer"), NOW, RULES)
        while tasks := desk.assign(count=5, field="crossing_date"):
            for task in tasks:
                desk.key(task.ticket, day, seconds=1.0)
    session.commit()


def test_net_migration_has_the_sign_of_the_counted_one() -> None:
    session = Session(open_store("sqlite://"))
    for n in range(1, 8):
        save(session, card(n, side="departure" if n % 4 else "return"))
    counted, estimate = build(session, "T2", *YEAR), build(session, "T2", *YEAR, estimate=True)
    assert counted.totals[4] == estimate.totals[4] == 1 - 6


def test_without_doubt_the_estimate_is_the_count(truths: dict[str, str]) -> None:
    session = Session(open_store("sqlite://"))
    for n in range(1, 8):
        save(session, card(n, values={"sex": "F" if n % 3 else "M"}))
    for name in ("T1", "T3", "T6", "T11"):
        counted, estimate = build(session, name, *YEAR), build(session, name, *YEAR, estimate=True)
        assert [c[::2] for c in estimate.cells] == list(counted.cells)
        assert not any(any(c[1::2]) for c in estimate.cells)
