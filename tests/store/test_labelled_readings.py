"""Which decisions are labels of which readings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from review.decisions.decision_log import decide, undo
from store.labelled_readings import LabelledReading, audited, labelled_readings, newest_versions
from tests.store.cards import card, with_levels
from tests.store.test_cards import save

REVIEW = {"sex": ("not_sure",), "education": ("audit",), "sector": ("doubtful_mark",), "surname": ("not_sure", "audit")}


def found(session: Session) -> dict[str, LabelledReading]:
    return {item.spec.name: item for item in labelled_readings(session)}


def test_readings_without_a_decision_have_no_label(session: Session) -> None:
    save(session, card(1, review=REVIEW))
    items = found(session)
    assert {item.sample.right for item in items.values()} == {None}
    assert not items["sex"].sample.stood and items["education"].sample.stood and items["purpose"].sample.stood
    assert (items["sex"].sample.kind, items["sex"].sample.score) == ("one_of", 0.8)


def test_readings_that_no_threshold_decides_about_are_left_out(session: Session) -> None:
    save(
        session, card(1, review={"sex": ("several_marks", "not_sure"), "purpose": ("rule:x",)}, values={"sector": None})
    )
    assert not {"sex", "purpose", "sector"} & set(found(session))


def test_decisions_are_labels_where_the_field_waited(session: Session) -> None:
    card_id = save(session, card(1, review=REVIEW))
    for field, value in (("sex", "F"), ("education", "5"), ("surname", "раҳимзода"), ("purpose", "2")):
        decide(session, card_id, field, value, person="p", kind="key")
    right = {name: item.sample.right for name, item in found(session).items()}
    assert (right["sex"], right["education"], right["surname"]) == (False, True, True)
    assert right["purpose"] is None, "a correction of a value that stood is no random sample"


def test_a_level_is_labelled_like_a_value_and_where_it_stood_by_the_audit_alone(session: Session) -> None:
    why = {"crossing_date": ("not_sure", "audit"), "occupation": ("not_sure",), "residence_district": ("ambiguous",)}
    read = with_levels(
        card(1, review=why),
        crossing_date={"month": "2016-03"},
        occupation={"one_digit": "7"},
        residence_district={"parent": "TJ-SU"},
    )
    card_id = save(session, read)
    for field, value in (("crossing_date", "2016-03-09"), ("occupation", "9313"), ("residence_district", "TJ-KT-01")):
        decide(session, card_id, field, value, person="p", kind="key")
    samples = {item.sample.kind: item.sample for item in labelled_readings(session)}
    month, trade = samples["stamp date by month"], samples["comb coded by one_digit"]
    assert (month.right, month.stood, month.score, month.value_score) == (True, True, 0.85, 0.8)
    assert samples["stamp date"].right is False, "another day of the month"
    assert (trade.right, trade.stood) == (None, True), "it stood, and no audit asked for it"
    assert samples["comb coded by parent"].right is None
    assert [item.sample.kind for item in audited(session, None)] == ["stamp date by month"]


def test_what_was_prefilled_says_nothing_about_the_reader(session: Session) -> None:
    card_id = save(session, card(1, review=REVIEW))
    decide(session, card_id, "sex", "M", person="p", kind="key", shown="prefilled")
    assert found(session)["sex"].sample.right is None


def test_audits_come_in_the_order_of_the_decisions_and_go_with_an_undo(session: Session) -> None:
    ids = [save(session, card(n, review=REVIEW)) for n in (1, 2, 3)]
    made = [decide(session, i, "education", v, person="p", kind="key") for i, v in zip(ids[::-1], "515", strict=True)]
    decide(session, ids[0], "sex", "F", person="p", kind="key")
    assert [item.sample.right for item in audited(session, None)] == [True, False, True]
    undo(session, made[0].id, "p")
    assert [item.sample.right for item in audited(session, None)] == [False, True]
    assert audited(session, datetime.now(UTC) + timedelta(hours=1)) == []


def test_the_newest_version_of_a_reader_is_the_one_that_read_last(session: Session) -> None:
    save(session, card(1, version="2"))
    save(session, card(2, version="1"))
    assert newest_versions(session) == {"made-up": "1"}
