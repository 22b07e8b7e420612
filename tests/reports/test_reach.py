"""How far cards reach into a period, and that only days that have passed are compared."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from reports.build import available, build
from reports.period import Period
from reports.reach import reach_of
from reports.table import Cell, Table
from reports.writers.frame import as_frame
from reports.writers.render import as_json, render
from store.tables import Batch, Scan
from tests.reports.conftest import Filler
from tests.reports.demo import scan
from texts import LANGUAGES

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
PERIOD = Period(*YEAR)
RETURN = {"direction": "A", "form": "revised-return", "purpose": "", "duration": "", "return_reason": "1"}
WORDS = {"ru": "предварительные данные", "tg": "маълумоти пешакӣ", "en": "provisional"}


def on(*days: date, **values: Any) -> list[dict[str, Any]]:
    return [{"crossing_date": day, **values} for day in days]


def total(table: Table) -> dict[str, Cell]:
    heads = [f"{c.group.en if c.group else ''} {c.label.en}" for c in table.columns]
    return dict(zip(heads, table.totals, strict=True))


def batch(last: date, opened: date) -> dict[str, Any]:
    moment = datetime(opened.year, opened.month, opened.day, 12, tzinfo=UTC)
    return {
        "number": "26-1", "checkpoint": "TJ-A1", "direction": "D", "first_day": last, "last_day": last, "expected": 1,
        "serials": [], "clerk": "", "opened_at": moment, "opened_by": "p",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("days", "until"),
    [
        ([date(2026, 3, 5), date(2026, 10, 14)], date(2026, 10, 14)),
        ([date(2026, 3, 5), date(2027, 1, 2)], date(2026, 12, 31)),
        ([date(2027, 1, 2)], date(2026, 12, 31)),
        ([date(2025, 12, 31)], None),
        ([], None),
    ],
)
def test_cards_reach_to_the_last_day_that_has_any(filled: Filler, days: list[date], until: date | None) -> None:
    reach = reach_of(filled(*on(*days)), PERIOD)
    assert (reach.until, reach.is_finished) == (until, until == PERIOD.end)


def test_a_wrong_date_does_not_finish_a_year(filled: Filler) -> None:
    """Thirty cards a day in January, and two of a day that nobody has read yet."""
    january = [date(2026, 1, day) for day in range(1, 32) for _ in range(30)]
    assert reach_of(filled(*on(*january, date(2026, 12, 31), date(2027, 2, 1))), PERIOD).until == date(2026, 1, 31)


def test_no_card_crosses_after_the_last_one_was_scanned(filled: Filler) -> None:
    session = filled(*on(date(2027, 1, 5), date(2027, 3, 1)))
    session.execute(insert(Scan), scan(1, "read", None))  # on 15 January
    assert reach_of(session, Period(date(2027, 1, 1), date(2027, 12, 31))).until == date(2027, 1, 5)


def test_a_cover_sheet_says_that_a_quiet_day_was_read(filled: Filler) -> None:
    session = filled(*on(date(2026, 3, 5)))
    session.execute(insert(Batch), batch(date(2026, 12, 31), opened=date(2027, 1, 8)))
    assert reach_of(session, PERIOD).is_finished
    session = filled(*on(date(2026, 3, 5)))
    session.execute(insert(Batch), batch(date(2026, 12, 31), opened=date(2026, 4, 8)))
    assert reach_of(session, PERIOD).until == date(2026, 3, 5), "a day to come is a slip of the pen"


def test_an_unfinished_year_is_compared_with_the_same_days(filled: Filler) -> None:
    """Of 2026 March has passed; of 2025 one card each crossed in March and in each month after it."""
    before = [date(2025, month, 9) for month in range(3, 13)]
    session = filled(*on(date(2026, 3, 5), date(2026, 3, 9), *before), *on(date(2026, 3, 1), **RETURN))
    net, months = build(session, "T2", *YEAR), build(session, "T11", *YEAR)
    assert total(net)["Departed as % of the same period of the previous year"] == 200.0
    assert total(net)["Net migration crossings (cards)"] == -1 == total(net)["Net migration previous year"]
    assert [total(months)[f"Departed {name}"] for name in ("crossings (cards)", "previous year")] == [2, 1]
    assert [row.label.en for row in months.rows] == ["Total", "January 2026", "February 2026", "March 2026"]
    for table in (net, months):
        assert table.period == Period(YEAR[0], date(2026, 3, 9))
        assert any("1 January 2025 – 9 March 2025" in note.en for note in table.notes)


def test_a_finished_year_is_compared_whole(filled: Filler) -> None:
    before = [date(2025, month, 9) for month in range(3, 13)]
    table = build(filled(*on(date(2026, 3, 5), *before, date(2027, 1, 1))), "T2", *YEAR)
    assert total(table)["Departed as % of the same period of the previous year"] == 10.0
    assert not table.provisional and table.period == PERIOD


def test_cards_of_days_that_do_not_count_yet_are_told(filled: Filler) -> None:
    january = [date(2026, 1, day) for day in range(1, 32) for _ in range(30)]
    table = build(filled(*on(*january, date(2026, 12, 31))), "T2", *YEAR)
    assert table.cards == 930
    assert any(note.en.endswith("Cards with a later date: 1.") for note in table.notes)


def test_a_period_that_no_card_reaches_is_compared_with_nothing(filled: Filler) -> None:
    table = build(filled(*on(date(2025, 3, 9))), "T11", *YEAR)
    assert len(table.columns) == 2 and table.provisional
    assert any("no cards of this period were read" in note.en for note in table.notes)


@pytest.mark.parametrize("table_id", available())
def test_every_writer_says_that_numbers_are_provisional(filled: Filler, table_id: str) -> None:
    open_year = build(filled({}), table_id, *YEAR)
    closed = build(filled({}, {"crossing_date": date(2027, 1, 1)}), table_id, *YEAR)
    for language in LANGUAGES:
        for form in ("table", "csv", "html"):
            said = [render(table, form, language).decode("utf-8-sig") for table in (open_year, closed)]
            assert [WORDS[language] in " ".join(text.split()) for text in said] == [True, False], (form, language)
        assert WORDS[language] in as_frame(open_year, language).attrs["title"]
    here, there = (json.loads(as_json([table], "ru"))[0] for table in (open_year, closed))
    assert (here["provisional"], here["until"]) == (True, "2026-03-05")
    assert (there["provisional"], there["until"]) == (False, "2026-12-31")
    assert any("5 March 2026" in note.en for note in open_year.notes)


@pytest.mark.parametrize("estimate", [False, True])
def test_estimates_compare_the_same_days_too(filled: Filler, estimate: bool) -> None:
    before = [date(2025, month, 9) for month in range(3, 13)]
    session: Session = filled(*on(date(2026, 3, 5), date(2026, 3, 9), *before))
    table = build(session, "T11", *YEAR, estimate=estimate)
    assert total(table)["Departed crossings (cards)"] == 2
    assert total(table)["Departed previous year"] == 1
    assert WORDS["en"] in table.title.en
