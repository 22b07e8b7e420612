"""Audits that show a target error exceeded stop a reader, until another calibration is in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy.orm import Session

from migcards.drift_monitor import DriftReport, OddRate, drift_report
from ocr.confidence.calibration import Calibration, ProvenThreshold, Scale
from ocr.confidence.threshold import Threshold
from review.decisions.decision_log import decide
from store.calibrations import apply_calibration, in_force
from tests.store.cards import card, with_levels
from tests.store.test_cards import save


def calibration(kind: str, share: float = 0.9, version: str = "1") -> Calibration:
    """One that accepts a share of what the made-up reader reads."""
    threshold = Threshold(score=0.5, accepted=9000, labelled=9000, wrong=0, bound=0.0004, share=share)
    scale = Scale(
        reader="made-up",
        version=version,
        kind=kind,
        count=10_000,
        labelled=10_000,
        wrong=10,
        scores=(0.0, 1.0),
        probabilities=(0.1, 0.9),
        kept=tuple(ProvenThreshold(target_error=p, threshold=threshold) for p in (0.0014, 0.01)),
    )
    return Calibration(made=date(2024, 1, 2), data="invented", scales=(scale,))


def audits(session: Session, outcomes: Sequence[bool], field: str = "sex") -> None:
    """Cards whose field is audited and right, or not."""
    for n, right in enumerate(outcomes, start=1):
        card_id = save(session, card(n, review={field: ("audit",)}))
        decide(session, card_id, field, "M" if right else "F", person="p", kind="key")


def look(session: Session, **target_errors: float) -> DriftReport:
    return drift_report(session, in_force(session), target_errors)


def test_several_wrong_audits_stop_the_reader_until_a_new_calibration(session: Session) -> None:
    apply_calibration(session, calibration("one_of"))
    audits(session, [True, False, False, False])
    assert look(session).stopped == {("made-up", "one_of")}
    apply_calibration(session, calibration("one_of", share=0.8))
    assert look(session).stopped == frozenset()


def test_wrong_groups_among_the_audited_stop_the_level_and_nothing_else(session: Session) -> None:
    apply_calibration(session, calibration("stamp date by month"))
    for n in range(1, 5):
        read = with_levels(card(n, review={"crossing_date": ("not_sure", "audit")}), crossing_date={"month": "2016-03"})
        decide(session, save(session, read), "crossing_date", "2016-04-04", person="p", kind="key")
    assert look(session).stopped == {("made-up", "stamp date by month")}


@pytest.mark.parametrize(
    ("outcomes", "target_errors"), [([True] * 6, {}), ([False, True, True], {}), ([False] * 3, {"sex": 0.4})]
)
def test_audits_within_the_target_error_stop_nothing(
    session: Session, outcomes: list[bool], target_errors: dict[str, float]
) -> None:
    apply_calibration(session, calibration("one_of"))
    audits(session, outcomes)
    assert look(session, **target_errors).stopped == frozenset()


def test_readings_by_another_version_do_not_count(session: Session) -> None:
    apply_calibration(session, calibration("one_of", version="2"))
    audits(session, [False] * 4)
    assert look(session) == DriftReport(frozenset(), ())


def test_a_share_accepted_that_is_far_from_the_measured_one_is_said(session: Session) -> None:
    apply_calibration(session, calibration("one_of"))
    marks = ("sex", "residence_region", "education", "marital_status", "dest_country", "purpose", "sector", "duration")
    for n in range(1, 13):
        save(session, card(n, review=dict.fromkeys(marks[:6], ("not_sure",))))
    assert look(session).odd == (OddRate("made-up", "one_of", pytest.approx(0.25), pytest.approx(0.9)),)
    for n in range(13, 25):
        save(session, card(n))
    assert look(session).odd == ()
