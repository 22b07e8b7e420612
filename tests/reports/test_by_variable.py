"""A variable beside the records: kept, searched and tabulated on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.forms.codebook import Name, Variable, VariableKind
from ocr.forms.definition import FieldKind, FieldSpec, Form, Option, Rect
from reports.build import build
from review.cards.filters import Filters
from review.cards.search import find
from store.cards import save_card
from store.engine import open_store
from store.records import rebuild_records
from store.scans import ReadCard
from store.tables import RecordValue
from tests.reports.adds_up import check_columns, check_rows
from tests.store.cards import card, form, reading

PERIOD = (date(2016, 1, 1), date(2016, 12, 31))
ANSWERS = ("10", "9", "9", "?", "", None)


def children(
    kind: VariableKind = VariableKind.STATISTICAL,
    codes: Sequence[str] = ("9", "10"),
    dictionary: str | None = None,
    name: str = "children",
) -> Form:
    """The departure card with one more field, of which an office's codebook says what it is."""
    options = tuple(Option(code=code, label=f"{code} д.", box=Rect(x=1, y=1, w=4, h=4)) for code in codes)
    spec = FieldSpec(
        name=name,
        kind=FieldKind.ONE_OF,
        box=Rect(x=1, y=1, w=2.5, h=4),
        label_ru="Дети",
        label_tg="Кӯдакон",
        options=options,
        variable=Variable(
            kind=kind,
            label=Name(ru="число детей", tg="шумораи кӯдакон", en="children"),
            direction="D",
            dictionary=dictionary,
        ),
    )
    return form("revised-departure").model_copy(update={"fields": (*form("revised-departure").fields, spec)})


@pytest.fixture
def store(store_url: str) -> Iterator[Engine]:
    """Six cards of that form, and one that does not ask."""
    engine, own = open_store(store_url), Form.model_validate(children().model_dump())
    with Session(engine) as session, session.begin():
        for n, answer in enumerate(ANSWERS, start=1):
            why = ("not_sure",) if answer is None else ()
            seen = card(n)
            seen = replace(seen, fields=(*seen.fields, reading("children", answer, why, "1", "made-up")))
            save_card(session, ReadCard(seen, own, f"{n}.png", 300.0, (100, 100)), run_id=None)
        shipped = form("revised-departure")
        later = card(99, values={"crossing_date": "2017-01-01"})
        save_card(session, ReadCard(later, shipped, "99.png", 300.0, (100, 100)), run_id=None)
    yield engine
    engine.dispose()


def test_only_cards_that_ask_it_have_a_value(store: Engine) -> None:
    with Session(store) as session, session.begin():
        before = session.execute(select(RecordValue.card_id, RecordValue.value).order_by(RecordValue.card_id)).all()
        assert [row.value for row in before] == [*ANSWERS]
        assert rebuild_records(session) == 7
        again = session.execute(select(RecordValue.card_id, RecordValue.value).order_by(RecordValue.card_id)).all()
    assert again == before


def test_the_table_adds_up_with_numbers_in_their_order(store: Engine) -> None:
    with Session(store) as session:
        table = build(session, "by-children", *PERIOD)
    rows = {row.label.en: cells[0] for row, cells in zip(table.rows, table.cells, strict=True)}
    assert list(rows.items()) == [
        ("Total", 6),
        ("9 д.", 2),
        ("10 д.", 1),
        ("not stated", 1),
        ("not in the classification", 1),
        ("awaiting review", 1),
    ]
    assert (table.cards, table.stub.ru, table.title.en) == (6, "Число детей", "Children")
    check_rows(table)
    check_columns(table)


def test_codes_are_called_as_their_dictionary_says_else_as_their_box(store_url: str) -> None:
    engine = open_store(store_url)
    own = Form.model_validate(children(codes=("1", "99", "OWN"), dictionary="education").model_dump())
    with Session(engine) as session, session.begin():
        for n, answer in enumerate(("1", "99", "OWN", "2", "gone"), start=1):
            seen = replace(card(n), fields=(*card(n).fields, reading("children", answer, (), "1", "made-up")))
            save_card(session, ReadCard(seen, own, f"{n}.png", 300.0, (100, 100)), run_id=None)
        table = build(session, "by-children", *PERIOD)
    engine.dispose()
    check_rows(table)
    assert {row.label.en: cells[0] for row, cells in zip(table.rows, table.cells, strict=True)} == {
        "Total": 5,
        "Tertiary (ISCED 6-8)": 1,
        "OWN д.": 1,
        "Incomplete tertiary": 1,
        "not stated": 1,
        "not in the classification": 1,
        "awaiting review": 0,
    }


@pytest.mark.parametrize(("value", "found"), [("9", 2), ("10", 1), ("1*", 1), ("?", 1), ("11", 0)])
def test_the_search_asks_for_the_value_that_holds(store: Engine, value: str, found: int) -> None:
    with Session(store) as session:
        assert len(find(session, Filters(values=(("children", (value,)),))).hits) == found


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("by-wages", "No card has a variable 'wages'"),
        ("by-surname", "identifies people"),
        ("by-card_no", "no tables by card_no"),
        ("by-dest_country_other", "no tables by dest_country_other"),
        ("by-crossing_date", "no tables by crossing_date"),
    ],
)
def test_what_is_no_statistical_variable_makes_no_table(store: Engine, table: str, fault: str) -> None:
    with Session(store) as session, pytest.raises(BadInputError, match=fault):
        build(session, table, *PERIOD)


def test_numbers_of_the_record_make_a_table_too(store: Engine) -> None:
    with Session(store) as session:
        table = build(session, "by-stay_months", *PERIOD)
    assert [row.label.en for row in table.rows] == ["Total", "not stated or awaiting review"]


def test_a_personal_variable_has_no_value_beside_the_record(store_url: str) -> None:
    engine, own = open_store(store_url), Form.model_validate(children(VariableKind.PERSONAL).model_dump())
    with Session(engine) as session, session.begin():
        seen = replace(card(1), fields=(*card(1).fields, reading("children", "9", (), "1", "made-up")))
        save_card(session, ReadCard(seen, own, "1.png", 300.0, (100, 100)), run_id=None)
        assert session.scalars(select(RecordValue)).all() == []
        assert len(find(session, Filters(values=(("children", "9"),))).hits) == 1
    engine.dispose()


def test_a_variable_named_like_a_column_of_the_records_shows_nothing_of_that(store_url: str) -> None:
    """Tables by the numbers of cards would name people."""
    engine, own = open_store(store_url), Form.model_validate(children(name="serial").model_dump())
    with Session(engine) as session:
        seen = replace(card(1), fields=(*card(1).fields, reading("serial", "9", (), "1", "made-up")))
        save_card(session, ReadCard(seen, own, "1.png", 300.0, (100, 100)), run_id=None)
        with pytest.raises(BadInputError, match="a column of the records has that name"):
            build(session, "by-serial", *PERIOD)
    engine.dispose()
