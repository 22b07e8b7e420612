"""People's decisions: checked, appended, undone; the record follows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.forms.definition import FieldKind, FieldSpec, Option
from review.assignment.queue import counts, waiting
from review.decisions.decision_log import decide, undo
from review.decisions.validation import checked
from store.tables import Decision, Issue, PersonalDecision, Record, Waiting
from tests.store.cards import card, current_values, form
from tests.store.test_cards import save

DEPARTURE, RETURN = form("revised-departure"), form("revised-return")
TOMORROW = (date.today() + timedelta(days=1)).isoformat()


def test_a_decision_settles_the_field_and_the_record_follows(session: Session) -> None:
    card_id = save(session, card(1, review={"sex": ("not_sure",), "birth_date": ("not_sure",)}))
    record = session.get_one(Record, card_id)
    assert (record.sex, record.age, record.pending) == (None, None, 2)
    kept = decide(session, card_id, "sex", "F", person="Zarina", kind="key", seconds=1.5, shown="crop")
    decide(session, card_id, "birth_date", "1991-01-01", person="Zarina", kind="key")
    session.expire_all()
    record = session.get_one(Record, card_id)
    assert (record.sex, record.age, record.pending) == ("F", 25, 0)
    assert waiting(session) == []
    assert (kept.person, kept.kind, kept.seconds, kept.shown) == ("Zarina", "key", 1.5, "crop")
    assert kept.reading_id is not None and kept.at.utcoffset() is not None


def test_a_personal_decision_keeps_its_value_apart(session: Session) -> None:
    card_id = save(session, card(1, review={"surname": ("not_sure",)}))
    kept = decide(session, card_id, "surname", "САИДОВ", person="p", kind="key")
    assert kept.personal and kept.value is None
    assert session.get_one(PersonalDecision, kept.id).value == "САИДОВ"
    assert current_values(session, card_id)["surname"] == "САИДОВ"


@pytest.mark.parametrize("value", ["", "?"])
def test_every_field_can_be_empty_or_unknown(session: Session, value: str) -> None:
    card_id = save(session, card(1))
    for name in DEPARTURE.by_name:
        decide(session, card_id, name, value, person="p", kind="correct")
    assert set(current_values(session, card_id).values()) == {value}
    record = session.get_one(Record, card_id)
    assert (record.sex, record.occupation, record.crossing_date, record.age) == (value, value, None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sex", "X"),
        ("sex", "M|F"),
        ("residence_district", "TJ-XX-99"),
        ("occupation", "bricklayer"),
        ("dest_country_other", "XX"),
        ("crossing_date", "04.03.2016"),
        ("crossing_date", "2016-02-30"),
        ("crossing_date", "20160304"),
        ("card_no", "123456789"),
        ("signature", "yes"),
        ("surname", "А" * 101),
        ("surname", "А\x00Б"),
    ],
)
def test_what_the_field_cannot_have_is_refused(field: str, value: str) -> None:
    with pytest.raises(BadInputError, match=field) as error:
        checked(DEPARTURE.by_name[field], value)
    assert field != "surname" or value not in str(error.value), "no name in a message"


def test_a_refused_decision_leaves_nothing(session: Session) -> None:
    card_id = save(session, card(1))
    for field, value in (("sex", "X"), ("no_such_field", "1")):
        with pytest.raises(BadInputError, match=field):
            decide(session, card_id, field, value, person="p", kind="key")
    assert session.scalars(select(Decision)).all() == []


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (RETURN.by_name["stay_months"], "12"),
        (RETURN.by_name["from_country_other"], "TR"),
        (RETURN.by_name["from_region"], "RU-MOW"),
        (DEPARTURE.by_name["occupation"], "7112"),
        (DEPARTURE.by_name["checkpoint"], "TJ-A1"),
        (DEPARTURE.by_name["residence_district"], "TJ-SU-01"),
        (DEPARTURE.by_name["given_name"], "ЗАРИФ НОМ"),
        (DEPARTURE.by_name["card_no"], "000000018"),
        (DEPARTURE.by_name["crossing_date"], TOMORROW),  # where it stands so, it is kept
    ],
)
def test_what_the_field_can_have_is_taken(spec: FieldSpec, value: str) -> None:
    assert checked(spec, f" {value} ") == value


def test_digits_are_digits() -> None:
    with pytest.raises(BadInputError, match="digits"):
        checked(RETURN.by_name["stay_months"], "1O")


def test_many_marks_are_joined() -> None:
    sex = RETURN.by_name["sex"]
    many = sex.model_copy(update={"kind": FieldKind.MANY_OF})
    assert isinstance(many.options[0], Option)
    assert checked(many, "M|F") == "M|F"
    with pytest.raises(BadInputError):
        checked(many, "M|X")


def test_no_decision_without_a_person_a_card_or_a_role(session: Session) -> None:
    card_id = save(session, card(1))
    with pytest.raises(BadInputError, match="person"):
        decide(session, card_id, "sex", "F", person=" ", kind="key")
    with pytest.raises(BadInputError, match="no card"):
        decide(session, card_id + 1, "sex", "F", person="p", kind="key")
    with pytest.raises(BadInputError, match="kind"):
        decide(session, card_id, "sex", "F", person="p", kind="undo")  # type: ignore[arg-type]


def test_undo_brings_back_what_held_before(session: Session) -> None:
    card_id = save(session, card(1, review={"sex": ("not_sure",)}))
    decide(session, card_id, "sex", "F", person="p", kind="key")
    second = decide(session, card_id, "sex", "M", person="q", kind="correct")
    back = undo(session, second.id, "q")
    assert (back.kind, back.undoes, back.value) == ("undo", second.id, None)
    assert current_values(session, card_id)["sex"] == "F"
    with pytest.raises(BadInputError, match="already"):
        undo(session, second.id, "q")
    undo(session, back.id, "q")
    assert current_values(session, card_id)["sex"] == "M"


def test_undo_of_the_only_decision_sends_the_field_back_to_the_queue(session: Session) -> None:
    card_id = save(session, card(1, review={"surname": ("not_sure",)}))
    only = decide(session, card_id, "surname", "САИДОВ", person="p", kind="key")
    assert waiting(session) == []
    undo(session, only.id, "p")
    assert [item.field for item in waiting(session)] == ["surname"]
    with pytest.raises(BadInputError, match="no decision"):
        undo(session, 99, "p")


def test_rules_are_looked_at_again(session: Session) -> None:
    card_id = save(session, card(1, review={"sex": ("not_sure",)}))
    wrong = decide(session, card_id, "residence_region", "TJ-KT", person="p", kind="correct")
    assert [(issue.rule, issue.fields) for issue in session.scalars(select(Issue))] == [
        ("district_in_region", ["residence_region", "residence_district"])
    ]
    assert [(item.field, item.why) for item in waiting(session)] == [
        ("residence_district", ("rule:district_in_region",)),
        ("sex", ("not_sure",)),
    ]
    undo(session, wrong.id, "p")
    assert session.scalars(select(Issue)).all() == []
    assert [item.field for item in waiting(session)] == ["sex"]


def test_a_corrected_serial_number_is_the_records(session: Session) -> None:
    card_id = save(session, card(1))
    decide(session, card_id, "card_no", "000000026", person="p", kind="correct")
    assert session.get_one(Record, card_id).serial == "000000026"


def test_decisions_outlive_newer_readings(session: Session) -> None:
    card_id = save(session, card(1, review={"sex": ("not_sure",)}))
    decide(session, card_id, "sex", "F", person="p", kind="key")
    save(session, card(1, version="2"))
    assert current_values(session, card_id)["sex"] == "F"


def test_the_first_look_at_an_audited_field_is_the_audit(session: Session) -> None:
    card_id = save(session, card(1, review={"sex": ("audit",), "education": ("not_sure",)}))
    record = session.get_one(Record, card_id)
    assert (record.sex, record.education, record.pending) == ("M", None, 1)
    assert {row.field: row.why for row in session.scalars(select(Waiting))} == {"sex": "audit", "education": "not_sure"}
    assert decide(session, card_id, "sex", "F", person="p", kind="key").kind == "audit"
    assert decide(session, card_id, "sex", "M", person="q", kind="verify").kind == "verify"
    assert decide(session, card_id, "education", "5", person="p", kind="key").kind == "key"
    assert counts(session).total == 0


def test_equal_answers_are_kept_alike() -> None:
    many = RETURN.by_name["sex"].model_copy(update={"kind": FieldKind.MANY_OF})
    for spec, typed, kept in (
        (DEPARTURE.by_name["surname"], "раҳимзода", "РАҲИМЗОДА"),
        (DEPARTURE.by_name["surname"], "Раҳимзода  Ў", "РАҲИМЗОДА Ӯ"),
        (DEPARTURE.by_name["document_no"], "а 400-123", "A400123"),
        (DEPARTURE.by_name["checkpoint"], "tj-a1", "TJ-A1"),
        (RETURN.by_name["stay_months"], "09", "9"),
        (form("card-2008").by_name["card_no"], "00012", "00012"),
        (many, "F|M", "M|F"),
    ):
        assert checked(spec, typed) == kept == checked(spec, kept)


def test_a_name_has_letters() -> None:
    with pytest.raises(BadInputError, match="no letters"):
        checked(DEPARTURE.by_name["surname"], "--")


@given(st.sampled_from(sorted(DEPARTURE.by_name)), st.text(max_size=12))
def test_what_is_kept_is_kept_as_it_is(name: str, typed: str) -> None:
    try:
        kept = checked(DEPARTURE.by_name[name], typed)
    except BadInputError:
        return
    assert checked(DEPARTURE.by_name[name], kept) == kept
