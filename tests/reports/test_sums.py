"""Every parent is the sum of its parts and every label a name, in all tables of records with every odd answer."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Date, Integer, insert
from sqlalchemy.orm import Session

from ocr.forms.codebook import codebook
from ocr.lexicon.levels import days_of
from ocr.lexicon.lexicon import LexiconEntry, load_lexicon
from reports.build import available, build, build_each
from reports.levels import LEVELS
from reports.specs import specs
from reports.table import Cell, RowKind, Table, Unit
from store.frozen import freeze
from store.record_values import GROUP, NOTHING, age_group
from store.tables import Record, Scan
from tests.reports.adds_up import check_columns, check_rows, numbers
from tests.reports.conftest import record
from tests.reports.demo import empty_store, scan

CARDS = 4_000
SPANS = ((date(2016, 1, 1), date(2016, 12, 31)), (date(2014, 1, 1), date(2022, 12, 31)))
BY = [
    f"by-{name}"
    for name, variable in codebook().variable.items()
    if variable.column in LEVELS and variable.column in NOTHING
]
CYRILLIC, LATIN_ALONE = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z][^а-яё]*", re.IGNORECASE)


def answers(column: str) -> list[Any]:
    """All that a column may say: each code, what is no code, groups, and codes that no dictionary has any more."""
    kind = Record.__table__.c[column].type
    if isinstance(kind, Integer):
        return [None, 0, 1, 9, 10, 99]
    (dictionary,) = {one.dictionary for one in codebook().variable.values() if one.column == column}
    entries = load_lexicon(dictionary or "").entries
    groups = {f"{entry.parent}{GROUP}" for entry in entries.values() if entry.parent}
    return [*entries, "", "?", None, "TJ-XX", *(sorted(groups) if column in ("district", "destination") else ())]


def varied() -> Iterator[dict[str, Any]]:
    """Records in which every answer of every column stands, beside any answer of the others."""
    rng = random.Random(7)
    columns = {name: answers(name) for name in NOTHING if not isinstance(Record.__table__.c[name].type, Date)}
    columns["occupation"] += ["7*", "71*", "X*", "9", "9*"]
    columns["country"] += ["RU"] * len(columns["country"])
    for i in range(CARDS):
        said = {name: all_[i] if i < len(all_) else rng.choice(all_) for name, all_ in columns.items()}
        age = rng.choice([None, *range(111)])
        yield record(i + 1, **said, **crossed(rng), age=age, age_group=age_group(age), pending=rng.randrange(2)) | {
            "direction": rng.choice(["D", "D", "A", ""])
        }


def crossed(rng: random.Random) -> dict[str, date | None]:
    """Days on which a card may have been stamped: one, those of a month or a year, or any."""
    day = date(2014, 1, 1) + timedelta(days=rng.randrange(9 * 365))
    signs = rng.choice([0, len("2016"), len("2016-03"), *[len("2016-03-04")] * 7])
    first, last = days_of(str(day)[:signs]) if 0 < signs < len("2016-03-04") else (day, day)
    days = (first, last) if signs else (None, None)
    return {
        "crossing_date": first if first == last and signs else None,
        "crossing_first": days[0],
        "crossing_last": days[1],
    }


@pytest.fixture(scope="module")
def cards() -> list[dict[str, Any]]:
    return [*varied()]


@pytest.fixture(scope="module")
def store(cards: list[dict[str, Any]]) -> Iterator[Session]:
    with Session(empty_store()) as session:
        session.execute(insert(Record), cards)
        reasons = [None, None, "blurred", "blank", "blank"]
        session.execute(insert(Scan), [scan(i, "refused" if r else "read", r) for i, r in enumerate(reasons, start=1)])
        yield session


def check_labels(table: Table) -> None:
    """No code stands for its name, and no name is that of another language."""
    codes = {code for level in LEVELS.values() if level.dictionary for code in load_lexicon(level.dictionary).entries}
    labels = [row.label for row in table.rows] + [column.label for column in table.columns]
    for label in labels:
        figures = not re.search("[^0-9–+±]", label.en)  # ages, and numbers themselves
        assert figures or not ({*label} & codes or "TJ-XX" in label), (table.id, label)
        assert not CYRILLIC.search(label.en), (table.id, label)
        assert not any(LATIN_ALONE.fullmatch(text) for text in (label.ru, label.tg)), (table.id, label)
    for entry in entries_of(table):
        assert entry.ru and entry.tg and entry.en, (table.id, entry)


def entries_of(table: Table) -> Iterator[LexiconEntry]:
    """Dictionary entries that name the rows of a standard table."""
    stub = specs()[table.id].stub if table.id in specs() else ()
    for row in table.rows:
        if row.code is not None and stub:
            yield load_lexicon(LEVELS[stub[row.level - 1]].dictionary or "").entries[row.code]


def counted(cards: Sequence[dict[str, Any]], table_id: str, start: date, end: date) -> int:
    """Cards that belong into a table, one by one."""
    spec = specs().get(table_id)
    inside = [c for c in cards if c["crossing_first"] and start <= c["crossing_first"] <= c["crossing_last"] <= end]
    wanted = [c for c in inside if c["direction"] and (spec is None or spec.direction in (None, c["direction"]))]
    return len([c for c in wanted if spec is None or spec.country in (None, c["country"])])


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("table_id", [*available(), *BY])
def test_all_adds_up_and_has_a_name(
    store: Session, cards: list[dict[str, Any]], table_id: str, span: tuple[date, date]
) -> None:
    table = build(store, table_id, *span)
    check_rows(table)
    check_columns(table)
    check_labels(table)
    variable = codebook().variable.get(table_id.removeprefix("by-"))
    side = codebook().dimension[variable.column or ""].direction if variable else None
    last = table.until if table.until and table.id in ("T2", "T11") else span[1]  # these compare days that have passed
    wanted = counted([c for c in cards if side in (None, c["direction"])], table_id, span[0], min(last, span[1]))
    assert table.cards == wanted > 50
    wholes: list[Cell] = [
        table.totals[j] for j in numbers(table, [Unit.COUNT]) if not table.columns[j].part and table.totals
    ]
    if table_id not in ("T11", "T13", "T14", "T15"):
        assert sum(int(cell or 0) for cell in wholes) == wanted


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("purposes", [(), ("1", "3")])
def test_a_frozen_record_makes_the_same_tables(
    store: Session, tmp_path: Path, span: tuple[date, date], purposes: tuple[str, ...]
) -> None:
    asked = [*available(purposes=purposes), *([] if purposes else BY)]
    frozen = freeze(store, tmp_path / "record.parquet")
    counted = build_each(store, asked, *span, purposes=purposes)
    assert build_each(store, asked, *span, purposes=purposes, frozen=frozen) == counted


@pytest.mark.parametrize("table_id", [*available(estimate=True), *BY])
def test_estimates_without_doubt_add_up_too(store: Session, table_id: str) -> None:
    table = build(store, table_id, *SPANS[0], estimate=True)
    assert any(row.kind is RowKind.MISSING for row in table.rows) or table_id == "T11"
    check_rows(table)
    check_columns(table)
    check_labels(table)
