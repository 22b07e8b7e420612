"""Calibrations in force: applied, taken back, never lost."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ocr.confidence.calibration import Calibration, load_calibration
from ocr.errors import BadInputError, StoreError
from store.calibrations import apply_calibration, history, in_force, undo_calibration

SHIPPED = load_calibration()
A, B = (Calibration(made=date(2024, 1, n), data=name) for n, name in ((1, "a"), (2, "b")))


def test_without_any_the_shipped_one_is_in_force(session: Session) -> None:
    now = in_force(session)
    assert (now.calibration, now.since) == (SHIPPED, None)
    assert history(session) == []
    with pytest.raises(BadInputError, match="nothing to take back"):
        undo_calibration(session)


def test_the_last_applied_holds_and_undo_goes_back_one_by_one(session: Session) -> None:
    for calibration in (A, B, A):
        apply_calibration(session, calibration)
        assert in_force(session).calibration == calibration
    for expected in (B, A, SHIPPED):
        assert undo_calibration(session) == expected
        assert in_force(session).calibration == expected
    with pytest.raises(BadInputError):
        undo_calibration(session)
    assert [item.shipped for item in history(session)] == [False] * 5 + [True]


def test_after_an_undo_a_new_one_returns_to_what_was_restored(session: Session) -> None:
    apply_calibration(session, A)
    apply_calibration(session, B)
    undo_calibration(session)
    apply_calibration(session, B)
    assert undo_calibration(session) == A


def test_the_history_says_what_followed_what(session: Session) -> None:
    apply_calibration(session, A)
    apply_calibration(session, B)
    first, second = history(session)
    assert (first.fingerprint, first.previous, first.data) == (A.fingerprint, SHIPPED.fingerprint, "a")
    assert (second.previous, second.made) == (A.fingerprint, date(2024, 1, 2))
    assert second.applied_at >= first.applied_at and second.applied_at == in_force(session).since


def test_a_calibration_of_another_version_is_an_error_that_can_be_undone(session: Session) -> None:
    apply_calibration(session, A)
    session.execute(
        text(
            "INSERT INTO calibrations (applied_at, made, data, fingerprint, previous, returns_to, content) "
            "SELECT applied_at, made, data, fingerprint, previous, id, '{\"odd\": 1}' FROM calibrations"
        )
    )
    with pytest.raises(StoreError, match="undo"):
        in_force(session)
    assert undo_calibration(session) == A
