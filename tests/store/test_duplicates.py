"""Cards that are scanned again: found by number or ink, counted once, decided by people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocr.forms.serial import serial_number
from ocr.likeness import Likeness
from review.decisions.decision_log import decide
from store.cards import save_card, save_cards
from store.duplicates import pairs_of
from store.engine import alembic_config, migrating
from store.records import rebuild_records
from store.scans import ReadCard
from store.tables import CardLikeness, DuplicatePair, LikenessKey, PairDecision, Suspicion
from tests.store.cards import card, scan
from tests.store.side_by_side import side_by_side
from tests.store.signatures import ink
from tests.store.test_cards import read, records, waits

AT = datetime(2026, 5, 4, tzinfo=UTC)
RESCAN = 0.25
"""Noise of another scan: a tenth of the bits turn."""


def save(session: Session, n: int, seen: Likeness | None, *, at: int = 0, numbered: bool = True) -> int:
    """Keep the n-th card as the scan `at`, with or without its number."""
    return save_card(session, inked(n, seen, at=at, numbered=numbered), run_id=None)


def inked(n: int, seen: Likeness | None, *, at: int = 0, numbered: bool = True) -> ReadCard:
    found = card(n) if numbered else replace(card(n, review={"card_no": ("not_sure",)}), serial=None)
    return replace(read(replace(found, scan=scan(at or n))), likeness=seen)


def found(session: Session) -> list[tuple[int, int, bool, float | None]]:
    query = select(DuplicatePair.card_id, DuplicatePair.other_id, DuplicatePair.by_number, DuplicatePair.distance)
    return [tuple(row) for row in session.execute(query.order_by(DuplicatePair.id))]


def open_pairs(session: Session) -> list[int]:
    return list(session.scalars(select(Suspicion.pair_id).order_by(Suspicion.pair_id)))


def say(session: Session, pair_id: int, kind: str, undoes: int | None = None) -> int:
    made = PairDecision(pair_id=pair_id, kind=kind, person="boss", at=AT, reason="", undoes=undoes)
    session.add(made)
    session.flush()
    rebuild_records(session)
    return made.id


def test_the_same_card_again_is_found_by_its_ink_and_waits(session: Session) -> None:
    first = save(session, 1, ink(1))
    other = save(session, 2, ink(2))
    again = save(session, 3, ink(1, RESCAN), numbered=False)
    ((later, earlier, by_number, distance),) = found(session)
    assert (later, earlier, by_number) == (again, first, False)
    assert distance is not None and 0.03 < distance < 0.15
    assert records(session) == [first, other] and len(open_pairs(session)) == 1
    rebuild_records(session)
    assert records(session) == [first, other] and len(open_pairs(session)) == 1


def test_what_a_person_says_holds_and_can_be_taken_back(session: Session) -> None:
    first = save(session, 1, ink(1))
    again = save(session, 3, ink(1, RESCAN), numbered=False)
    (pair,) = open_pairs(session)
    different = say(session, pair, "different")
    assert (records(session), open_pairs(session)) == ([first, again], [])
    undone = say(session, pair, "undo", different)
    assert (records(session), open_pairs(session)) == ([first], [pair])
    say(session, pair, "undo", undone)
    assert records(session) == [first, again], "an undo can be undone"
    say(session, pair, "same")
    assert (records(session), open_pairs(session)) == ([first], []), "the last word holds"
    assert pairs_of(session, [again])[again][0].verdict == "same"


def test_two_numbers_speak_against_ink_until_a_person_has_looked(session: Session) -> None:
    first, again = save(session, 1, ink(1)), save(session, 2, ink(1, RESCAN))
    assert records(session) == [first, again]
    (pair,) = open_pairs(session)
    say(session, pair, "same")
    assert records(session) == [first]


def test_a_pair_by_number_goes_by_the_same_desk(session: Session) -> None:
    first = save(session, 1, ink(1))
    again = save(session, 1, ink(9), at=77)
    (pair,) = open_pairs(session)
    assert found(session) == [(again, first, True, None)] and waits(session) == {(again, "card_no"): "duplicate"}
    said = say(session, pair, "same")
    assert (records(session), waits(session)) == ([first], {}), "nobody needs to key the number any more"
    say(session, pair, "undo", said)
    say(session, pair, "different")
    assert (records(session), waits(session)) == ([first, again], {(again, "card_no"): "duplicate"})
    decide(session, again, "card_no", serial_number(4), person="p", kind="key")
    assert (records(session), waits(session)) == ([first, again], {})


def test_a_number_that_was_keyed_answers_for_a_pair_by_number(session: Session) -> None:
    save(session, 1, ink(1))
    again = save(session, 1, ink(9), at=77)
    assert len(open_pairs(session)) == 1
    decide(session, again, "card_no", serial_number(1), person="p", kind="key")
    assert open_pairs(session) == []


def test_number_and_ink_together_are_one_pair(session: Session) -> None:
    first, again = save(session, 1, ink(1)), save(session, 1, ink(1, RESCAN), at=77)
    ((later, earlier, by_number, distance),) = found(session)
    assert (later, earlier, by_number) == (again, first, True) and distance is not None


def test_scans_that_are_saved_together_find_each_other(session: Session) -> None:
    cards = [inked(1, ink(1)), inked(2, ink(2)), inked(3, ink(1, RESCAN), numbered=False)]
    first, other, again = save_cards(session, cards, run_id=None)
    assert [pair[:2] for pair in found(session)] == [(again, first)]
    assert records(session) == [first, other]


def test_other_forms_and_cards_without_a_signature_are_never_alike(session: Session) -> None:
    save(session, 1, ink(1, form="revised-return"))
    save(session, 2, ink(1))
    save(session, 3, None)
    save(session, 4, None)
    assert found(session) == []


def test_reading_anew_replaces_the_signature(session: Session) -> None:
    first = save(session, 1, ink(1))
    anew = replace(read(card(1, version="2")), likeness=ink(5))
    assert save_card(session, anew, run_id=None) == first
    assert session.scalars(select(CardLikeness.bits)).all() == [ink(5).bits]
    assert set(session.scalars(select(LikenessKey.key))) == set(ink(5).keys)
    again = save(session, 3, ink(5, RESCAN), numbered=False)
    save(session, 4, ink(1, RESCAN), numbered=False)
    assert [pair[:2] for pair in found(session)] == [(again, first)]


@pytest.mark.parametrize("seen", [ink(1, RESCAN), None], ids=["ink", "number"])
def test_two_programs_at_once_find_each_others_scans(engine: Engine, seen: Likeness | None) -> None:
    def keep(n: int) -> None:
        with Session(engine) as session, session.begin():
            save(session, 1, seen and ink(1, RESCAN), at=n, numbered=seen is None)

    for n in range(2, 12, 2):
        assert side_by_side(lambda n=n: keep(n), lambda n=n: keep(n + 1)) == []
    with Session(engine) as session:
        assert len(records(session)) == 1 and len(found(session)) == 9


def test_pairs_from_before_there_was_a_desk_wait_at_it(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        first, again = save(session, 1, None), save(session, 1, None, at=77)
        save(session, 1, None, at=78)
        decide(session, again, "card_no", serial_number(1), person="p", kind="key")
    for revision, act in (("0010", command.downgrade), ("head", command.upgrade)):
        with migrating(engine) as connection:
            act(alembic_config(connection), revision)
    with Session(engine) as session, session.begin():
        assert [pair[:3] for pair in found(session)] == [(again, first, True), (again + 1, first, True)]
        before = open_pairs(session)
        rebuild_records(session)
        assert open_pairs(session) == before and len(before) == 1
