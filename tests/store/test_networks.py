"""Networks that were fitted here: kept, put in force with their thresholds, taken back together."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from ocr.confidence.calibration import load_calibration
from ocr.errors import BadInputError
from store.calibrations import apply_calibration, apply_network, history, in_force, undo_calibration
from store.networks import keep_network, model_of, networks
from tests.store.networks import OTHER, VERSION, calibration, network
from tests.store.test_calibrations import A


def test_a_network_that_is_kept_reads_nothing_yet(session: Session) -> None:
    keep_network(session, network(), OTHER)
    keep_network(session, network(), OTHER)
    assert networks(session) == [network()] and model_of(session, VERSION) == OTHER
    assert in_force(session).network is None


def test_network_and_thresholds_come_into_force_together_and_go_together(session: Session) -> None:
    apply_calibration(session, A)
    keep_network(session, network(), OTHER)
    apply_network(session, VERSION, calibration())
    now = in_force(session)
    assert (now.network, now.calibration) == (VERSION, calibration())
    assert undo_calibration(session) == A and in_force(session).network is None
    assert undo_calibration(session) == load_calibration()
    assert [item.network for item in history(session)] == [None, VERSION, None, None]


def test_tuning_keeps_the_network(session: Session) -> None:
    keep_network(session, network(), OTHER)
    apply_network(session, VERSION, calibration())
    apply_calibration(session, A)
    assert in_force(session).network == VERSION
    assert undo_calibration(session) == calibration() and in_force(session).network == VERSION


def test_an_unknown_network_is_said(session: Session) -> None:
    with pytest.raises(BadInputError, match="no network 123456789abc"):
        model_of(session, "123456789abc")


@pytest.mark.parametrize("change", ["UPDATE networks SET lessons = 1", "DELETE FROM networks"])
def test_a_network_is_never_altered(session: Session, change: str) -> None:
    keep_network(session, network(), OTHER)
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(change))
