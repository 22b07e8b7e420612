"""A new scan of a card that was to be scanned again takes the old one's place; nothing is lost, all can be undone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.forms.cover_sheet import CoverSheet
from ocr.forms.serial import serial_number
from review.cards.flags import Flagging, open_flags
from review.decisions.decision_log import decide
from review.decisions.duplicates import PairDesk, count_waiting, pairs_of_card
from store.batches import batch_now, batch_of
from store.cards import save_cards
from store.records import rebuild_records
from store.replacements import asked_again
from store.rescans import close_rescans
from store.scans import rescan_list
from store.tables import Card, Decision, Flag, Reading, Scan
from store.verify import verify_cards, verify_tables
from tests.review.desk import ANNA, BOSS, NOW
from tests.store.cards import card, scan
from tests.store.signatures import ink
from tests.store.test_cards import read, records, refuse, waits
from tests.store.test_duplicates import RESCAN, inked, save


def set_aside(session: Session, card_id: int, kind: str = "rescan") -> int:
    return Flagging(session, ANNA, NOW).flag(card_id, "sex", kind, "")  # type: ignore[arg-type]


def flags(session: Session) -> list[tuple[int, str, int | None, str | None]]:
    """Card, kind, card of the scan that closed it, and who did."""
    query = select(Flag.card_id, Flag.kind, Card.id, Flag.resolved_by).outerjoin(
        Card, Card.scan_id == Flag.rescanned_by
    )
    return [tuple(row) for row in session.execute(query.order_by(Flag.id))]


def test_a_rescan_takes_the_place_of_the_card_with_its_number(session: Session) -> None:
    old = save_cards(session, [read(card(1, review={"sex": ("not_sure",)}))], run_id=None)[0]
    decide(session, old, "purpose", "2", person="p", kind="correct")
    set_aside(session, old)
    again = replace(card(1, review={"purpose": ("not_sure",)}), scan=scan(50))
    new = save_cards(session, [read(again)], run_id=None)[0]
    assert records(session) == [new] and waits(session) == {(new, "purpose"): "not_sure"}
    assert flags(session) == [(old, "rescan", new, None)] and open_flags(session) == []
    assert session.get_one(Card, old).replaced_by == new
    assert (
        session.scalar(select(func.count()).where(Reading.card_id == old)) and session.scalars(select(Decision)).one()
    )
    assert count_waiting(session) == 0 and [pair.other_id for pair in pairs_of_card(session, new)] == [old]
    rebuild_records(session)
    assert records(session) == [new] and waits(session) == {(new, "purpose"): "not_sure"}
    assert [*verify_tables(session), *verify_cards(session)] == []


def test_it_is_known_by_its_ink_where_no_number_was_read(session: Session) -> None:
    old = save(session, 1, ink(1), numbered=False)
    other = save(session, 2, ink(2))
    set_aside(session, old)
    new = save(session, 1, ink(1, RESCAN), at=50)
    assert records(session) == [other, new] and flags(session) == [(old, "rescan", new, None)]
    assert (old, "card_no") not in waits(session)


@pytest.mark.parametrize("kind", ["wrong_card", "other", None])
def test_without_being_asked_for_a_second_scan_is_a_second_scan(session: Session, kind: str | None) -> None:
    old = save(session, 1, ink(1))
    if kind:
        set_aside(session, old, kind)
    new = save(session, 1, ink(1, RESCAN), at=50)
    assert records(session) == [old] and (new, "card_no") in waits(session)
    assert [flag[2:] for flag in flags(session)] == ([(None, None)] if kind else [])


def test_only_what_was_asked_for_is_closed(session: Session) -> None:
    old = save(session, 1, ink(1))
    for kind in ("rescan", "other"):
        set_aside(session, old, kind)
    done = set_aside(session, save(session, 2, ink(2)))
    Flagging(session, BOSS, NOW).resolve(done)
    new = save(session, 1, ink(1, RESCAN), at=50)
    assert [(kind, by) for _, kind, by, _ in flags(session)] == [("rescan", new), ("other", None), ("rescan", None)]
    assert asked_again(session, [old]) == set()


def test_of_two_new_scans_the_second_is_a_second_scan(session: Session) -> None:
    old = save(session, 1, ink(1))
    set_aside(session, old)
    new, twice = save_cards(session, [inked(1, None, at=50), inked(1, None, at=51)], run_id=None)
    assert records(session) == [new] and waits(session) == {(twice, "card_no"): "duplicate"}
    assert session.get_one(Card, old).replaced_by == new


def test_a_rescan_may_be_scanned_again_too(session: Session) -> None:
    cards = [save(session, 1, ink(1))]
    for at in (50, 51):
        set_aside(session, cards[-1])
        cards.append(save(session, 1, ink(1, RESCAN), at=at))
    assert records(session) == cards[2:]
    assert [session.get_one(Card, card_id).replaced_by for card_id in cards] == [cards[1], cards[2], None]


def test_where_the_numbers_differ_a_person_says_so_and_may_take_it_back(session: Session) -> None:
    old = save(session, 1, ink(1))
    set_aside(session, old)
    new = save(session, 2, ink(1, RESCAN), at=50)
    assert records(session) == [old, new] and flags(session) == [(old, "rescan", None, None)]
    (pair,) = pairs_of_card(session, new)
    desk = PairDesk(session, BOSS, NOW)
    desk.decide(pair.id, "same")
    assert records(session) == [new] and flags(session) == [(old, "rescan", new, None)]
    desk.take_back(pair.id)
    assert records(session) == [old, new] and flags(session) == [(old, "rescan", None, None)]
    assert count_waiting(session) == 1


def test_two_cards_after_all_both_come_back(session: Session) -> None:
    old = save(session, 1, ink(1))
    set_aside(session, old)
    new = save(session, 1, ink(1, RESCAN), at=50)
    (pair,) = pairs_of_card(session, new)
    desk = PairDesk(session, BOSS, NOW)
    desk.decide(pair.id, "different")
    assert records(session) == [old, new] and [flag.card_id for flag in open_flags(session)] == [old]
    desk.take_back(pair.id)
    assert records(session) == [new] and flags(session) == [(old, "rescan", new, None)]
    rebuild_records(session)
    assert records(session) == [new]


def test_the_batch_adds_up_with_the_new_scan(session: Session) -> None:
    sheet = CoverSheet("26-ABCDEFG", "TJ-A1", "D", expected=2, serials=((1, 2),))
    batch = batch_of(session, sheet, "anna")
    old, _ = save_cards(session, [replace(read(card(n)), batch_id=batch) for n in (1, 2)], run_id=None)
    refuse(session, 70)
    set_aside(session, old)
    (new,) = save_cards(session, [inked(1, None, at=50)], run_id=None)
    account = batch_now(session, sheet.number).account
    assert (account.read, account.duplicates, account.rescanned, account.double) == (2, 0, 1, ()) and account.adds_up
    assert (
        session.scalars(select(Scan.batch_id).join(Card, Card.scan_id == Scan.id).where(Card.id == new)).one() == batch
    )
    assert serial_number(1) not in account.missing


def test_it_closes_no_line_of_a_refused_sheet_by_its_order(session: Session) -> None:
    batch = batch_of(session, CoverSheet("26-ABCDEFG"), "anna")
    (old,) = save_cards(session, [replace(read(card(1)), batch_id=batch)], run_id=None)
    refuse(session, 70)
    session.execute(Scan.__table__.update().where(Scan.outcome == "refused").values(batch_id=batch))
    set_aside(session, old)
    ids = save_cards(session, [replace(inked(1, None, at=50), batch_id=batch)], run_id=None)
    assert close_rescans(session, ids, rescan=True) == 0 and len(rescan_list(session)) == 1
