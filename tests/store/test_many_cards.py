"""Many cards in one transaction come to what they come to one by one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocr.reading import CardReading, Refusal, Refused
from store.cards import save_card, save_cards, start_run
from store.engine import open_store
from store.records import rebuild_records
from store.scans import ReadCard, save_refused
from store.tables import Base, Card, Reading, Record, Scan
from tests.store.cards import card, form, scan
from tests.store.side_by_side import side_by_side

AT = datetime(2026, 1, 2, tzinfo=UTC)


def read(reading: CardReading) -> ReadCard:
    return ReadCard(reading, form(reading.form), f"box/{reading.scan}.png", 300.0, (1748, 2480))


def content(engine: Engine) -> dict[str, list[Any]]:
    """All rows of all tables, by their keys, without moments."""
    with engine.connect() as connection:
        return {
            name: [
                tuple(value for value in row if not isinstance(value, datetime))
                for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for name, table in Base.metadata.tables.items()
        }


reviews = st.dictionaries(
    st.sampled_from(["card_no", "sex", "surname", "education"]),
    st.sampled_from([("not_sure",), ("audit",), ("rule:x",), ("rule:x", "corrected")]),
    max_size=2,
)


@st.composite
def cards_read(draw: st.DrawFn) -> CardReading:
    """A card of few numbers and scans, so that duplicates, repeats and new editions come up."""
    number, version = draw(st.integers(1, 3)), draw(st.sampled_from("12"))
    side, broken = draw(st.sampled_from(["departure", "return"])), draw(st.sampled_from([(), ("x",), ("y",)]))
    review = draw(reviews) if side == "departure" else {}
    made = card(number, side=side, version=version, review=review, broken=broken)
    serial = None if "card_no" in review or draw(st.booleans()) else made.serial
    return replace(made, serial=serial, scan=scan(draw(st.integers(1, 5))))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without cards, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "cards.db"
    open_store(f"sqlite:///{path}").dispose()
    return path


def kept(empty: Path, name: str, save: Callable[[Session], object]) -> tuple[dict[str, list[Any]], ...]:
    """What a copy of the empty store holds after saving, and after all that is derived was derived anew."""
    path = shutil.copy(empty, empty.with_name(name))
    engine = open_store(f"sqlite:///{path}")
    with Session(engine) as session, session.begin():
        save(session)
    before = content(engine)
    with Session(engine) as session, session.begin():
        rebuild_records(session)
    after = content(engine)
    engine.dispose()
    Path(path).unlink()
    return before, after


@settings(max_examples=40)
@given(st.lists(cards_read(), max_size=8))
def test_many_cards_are_kept_as_one_by_one_and_as_they_are_derived_anew(
    empty: Path, read_cards: list[CardReading]
) -> None:
    one_form = [replace(made, scan=replace(made.scan, page=int(made.direction == "A"))) for made in read_cards]
    cards = [read(made) for made in one_form]
    together, rebuilt = kept(empty, "many.db", lambda session: save_cards(session, cards, run_id=None))
    apart, _ = kept(empty, "one.db", lambda session: [save_card(session, card, run_id=None) for card in cards])
    assert together == rebuilt
    news = {made.scan for made in one_form}
    assert len(together["cards"]) == len(news)
    if len(news) == len(one_form):  # where a card is read again meanwhile, which repeat counts depends on the order
        assert together == apart


def test_no_cards_are_no_statement(session: Session) -> None:
    assert save_cards(session, [], run_id=None) == []


def test_a_repeat_of_a_card_in_the_same_transaction_counts_once(session: Session) -> None:
    again = replace(card(1), scan=scan(77))
    ids = save_cards(session, [read(card(1)), read(again), read(card(1)), read(card(2))], run_id=None)
    assert ids[0] == ids[2] and ids == [ids[0], ids[0] + 1, ids[0], ids[0] + 2]
    assert list(session.scalars(select(Record.card_id).order_by(Record.card_id))) == [ids[0], ids[3]]


def test_cards_that_are_there_and_cards_that_are_not_are_kept_together(session: Session) -> None:
    run = start_run(session, "box")
    save_refused(session, Refused(scan(2), Refusal.BLURRED, ""), run_id=None, path="2.png")
    first = save_card(session, read(card(1, version="1")), run_id=None)
    ids = save_cards(session, [read(card(3)), read(card(1, version="2")), read(card(2))], run_id=run)
    assert ids == [first + 1, first, first + 2]
    editions = dict(session.execute(select(Card.id, Card.edition)).all())
    assert editions == {first: 2, first + 1: 1, first + 2: 1}
    assert session.scalar(select(func.count()).select_from(Scan).where(Scan.outcome == "refused")) == 0
    runs = select(Scan.run_id).join(Card, Card.scan_id == Scan.id).where(Card.id > first)
    assert set(session.scalars(runs)) == {run}


def test_two_programs_that_save_the_same_cards_together_save_each_once(engine: Engine) -> None:
    def run() -> None:
        for first in range(1, 41, 8):
            with Session(engine) as session, session.begin():
                save_cards(session, [read(card(n)) for n in range(first, first + 8)], run_id=None)

    assert side_by_side(run, run) == []
    with Session(engine) as session:
        for table, number in ((Card, 40), (Scan, 40), (Record, 40), (Reading, 40 * len(card().fields))):
            assert session.scalar(select(func.count()).select_from(table)) == number
