"""Figures of people, pairs, fields and readers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.desk import Desk
from review.quality.figures import PairFigures, Share, own_quality, quality
from tests.review.desk import ANNA, BORIS, BOSS, NOW, RULES, VERA, answer, one, wait


def test_keyer_and_verifier_errors_are_told_apart(session: Session) -> None:
    wait(session, 1)
    answer(session, ANNA, "F")  # Boris agrees: right
    answer(session, BORIS, "F")
    wait(session, 2)
    answer(session, ANNA, "F")  # Boris differs, the supervisor is with Boris
    answer(session, BORIS, "?")
    answer(session, BOSS, "?")
    wait(session, 3)
    answer(session, VERA, "F")  # Boris differs, the supervisor is with Vera
    answer(session, BORIS, "M")
    answer(session, BOSS, "F")
    found = quality(session)
    figures = {p.person: (p.keyed, p.keyer, p.verifier) for p in found.people}
    assert figures["vera"] == (1, Share(0, 1), Share(0, 0))
    assert figures["anna"] == (2, Share(1, 2), Share(0, 0))
    assert figures["boris"] == (3, Share(0, 0), Share(1, 3))
    assert figures["boss"] == (2, Share(0, 0), Share(0, 0))
    assert found.pairs == (
        PairFigures(("anna", "boris"), Share(1, 2)),
        PairFigures(("boris", "vera"), Share(1, 1)),
    )
    (field,) = found.fields
    assert (field.field, field.keyed, field.machine, field.pairs, field.keyer, field.median_seconds) == (
        "sex",
        8,
        Share(3, 3),
        Share(2, 3),
        Share(1, 3),
        2.0,
    )


def test_one_who_agreed_with_the_machine_errs_if_a_supervisor_corrects(session: Session) -> None:
    card_id = wait(session)
    answer(session, ANNA, "M")
    assert own_quality(session, "anna").keyer == Share(0, 1)
    Desk(session, BOSS, NOW).correct(card_id, "sex", "F", "seen on the card")
    assert own_quality(session, "anna").keyer == Share(1, 1)


def test_what_was_taken_back_is_no_error(session: Session) -> None:
    wait(session)
    task = one(session, ANNA)
    Desk(session, ANNA, NOW, RULES).key(task.ticket, "F", seconds=1)
    back = Desk(session, ANNA, NOW, RULES).take_back(task.ticket)
    Desk(session, ANNA, NOW, RULES).key(back.ticket, "M", seconds=1)
    assert own_quality(session, "anna").keyer == Share(0, 1)


def test_known_fields_count_once(session: Session) -> None:
    wait(session, 1)
    answer(session, ANNA, "F")
    answer(session, BORIS, "F")
    wait(session, 2)
    item = Desk(session, VERA, NOW, DeskRules(control_share=1.0)).assign(count=1)[0]
    Desk(session, VERA, NOW, RULES).key(item.ticket, "M", seconds=1)
    assert own_quality(session, "vera").control == Share(1, 1)
    back = Desk(session, VERA, NOW, RULES).take_back(item.ticket)
    Desk(session, VERA, NOW, RULES).key(back.ticket, "F", seconds=1)
    mine = own_quality(session, "vera")
    assert (mine.control, mine.keyed) == (Share(0, 1), 1)
    assert mine in quality(session).people
    assert own_quality(session, "vera", since=NOW + timedelta(hours=1)).keyed == 0


def test_pace_leaves_pauses_out(session: Session) -> None:
    for n in range(1, 5):
        wait(session, n)
    for minutes in (0, 1, 61, 62):
        answer(session, ANNA, "M", now=NOW + timedelta(minutes=minutes))
    assert own_quality(session, "anna").per_hour == pytest.approx(60)
    assert own_quality(session, "anna", since=NOW + timedelta(minutes=30)).keyed == 2


def test_readers_are_judged_by_the_audit(session: Session) -> None:
    wait(session, 1, sex="audit")
    answer(session, ANNA, "M")
    wait(session, 2, sex="audit")
    answer(session, ANNA, "F")
    answer(session, BORIS, "F")
    wait(session, 3, sex="audit")
    answer(session, ANNA, "F")
    (reader,) = quality(session).readers
    assert (reader.reader, reader.audits) == ("made-up", Share(1, 2)), "the third waits for a second person"


def test_the_number_of_queries_does_not_grow(session: Session) -> None:
    def queries() -> int:
        made: list[str] = []
        event.listen(session.get_bind(), "before_cursor_execute", lambda *a: made.append(a[2]))
        quality(session)
        return len(made)

    wait(session, 1)
    answer(session, ANNA, "F")
    few = queries()
    answer(session, BORIS, "F")
    for n in range(2, 8):
        wait(session, n)
        answer(session, ANNA, "F")
        answer(session, BORIS, "F")
    assert queries() == few


def test_bounds_hold_the_rate() -> None:
    low, high = Share(1, 100).bounds
    assert low == pytest.approx(0.000253, abs=1e-6) and high == pytest.approx(0.05446, abs=1e-5)
    assert Share(0, 0).bounds == (0.0, 1.0) and Share(0, 0).rate is None
