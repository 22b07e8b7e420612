"""What holds of readings and decisions: a decision, else an accepted reading, else nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.forms.definition import Form
from ocr.reading import LevelReading
from store.card_state import Decided, RuleCheck, StoredReading, card_state, in_force, taken_back
from tests.store.cards import QUAD, card, form

DEPARTURE = form("revised-departure")
AT = datetime(2016, 3, 4, tzinfo=UTC)


def seen(review: Mapping[str, tuple[str, ...]] | None = None, **values: str | None) -> dict[str, StoredReading]:
    """Readings of a whole card."""
    reading = card(1, values=values, review=review)
    return {f.field: StoredReading(i, f.value, f.review, QUAD, AT) for i, f in enumerate(reading.fields)}


def district_lies_in_region(form: Form, values: Mapping[str, str], on: date) -> Mapping[str, tuple[str, ...]]:
    fields = ("residence_region", "residence_district")
    region, district = (values.get(name, "") for name in fields)
    return {} if district.startswith(region) or not region else {"district_in_region": fields}


def decide(number: int, field: str, value: str | None, undoes: int | None = None) -> Decided:
    return Decided(number, field, value, undoes)


def test_an_accepted_reading_holds_and_a_doubtful_one_waits() -> None:
    state = card_state(DEPARTURE, seen({"sex": ("not_sure",)}), (), [], district_lies_in_region)
    assert state.values["education"] == "5"
    assert state.values["sex"] is None
    assert [(wait.field, wait.why) for wait in state.waiting] == [("sex", ("not_sure",))]


def test_a_decision_holds_over_any_reading() -> None:
    log = [decide(1, "sex", "F"), decide(2, "education", "1")]
    state = card_state(DEPARTURE, seen({"sex": ("not_sure",)}), (), log, district_lies_in_region)
    assert (state.values["sex"], state.values["education"]) == ("F", "1")
    assert state.waiting == ()


def test_a_field_that_nobody_read_waits_even_without_a_reason() -> None:
    state = card_state(DEPARTURE, seen(sex=None), (), [], district_lies_in_region)
    assert [(wait.field, wait.why) for wait in state.waiting] == [("sex", ("no_reader",))]


def test_mending_a_rule_releases_the_other_field() -> None:
    rule = ("rule:district_in_region",)
    read = seen({"residence_region": rule, "residence_district": rule}, residence_region="TJ-KT")
    before = card_state(DEPARTURE, read, ("district_in_region",), [], district_lies_in_region)
    assert {wait.field for wait in before.waiting} == {"residence_region", "residence_district"}
    assert before.broken == {"district_in_region": ("residence_region", "residence_district")}
    after = card_state(
        DEPARTURE, read, ("district_in_region",), [decide(1, "residence_region", "TJ-SU")], district_lies_in_region
    )
    assert after.waiting == () and after.broken == {}
    assert after.values["residence_district"] == "TJ-SU-01"


def test_a_decision_that_breaks_a_rule_sends_the_other_field_to_people() -> None:
    state = card_state(DEPARTURE, seen(), (), [decide(1, "residence_region", "TJ-KT")], district_lies_in_region)
    assert [(wait.field, wait.why) for wait in state.waiting] == [("residence_district", ("rule:district_in_region",))]
    assert state.values["residence_region"] == "TJ-KT"


def test_rules_do_not_rely_on_a_reading_that_waits() -> None:
    read = seen({"residence_region": ("not_sure",)}, residence_region="TJ-KT")
    state = card_state(DEPARTURE, read, (), [decide(1, "sex", "F")], district_lies_in_region)
    assert state.broken == {}
    assert [wait.field for wait in state.waiting] == ["residence_region"]


def test_a_value_drawn_for_the_audit_stands_while_it_waits() -> None:
    read = seen({"residence_region": ("audit",)})
    state = card_state(DEPARTURE, read, (), [decide(1, "sex", "F")], district_lies_in_region)
    assert state.values["residence_region"] == "TJ-SU"
    assert [(wait.field, wait.why, wait.is_audit) for wait in state.waiting] == [("residence_region", ("audit",), True)]


def test_a_value_drawn_for_the_audit_no_longer_stands_once_a_rule_is_broken() -> None:
    read = seen({"residence_region": ("audit",)})
    state = card_state(DEPARTURE, read, (), [decide(1, "residence_district", "TJ-KT-06")], district_lies_in_region)
    assert state.values["residence_region"] is None
    assert [wait.why for wait in state.waiting] == [("audit", "rule:district_in_region")]


MONTH, YEAR = LevelReading("month", "2016-03", 0.9, 0.99, True), LevelReading("year", "2016", 0.9, 0.99, True)


def groups(
    levels: Sequence[LevelReading], why: Sequence[str], log: Sequence[Decided] = (), check: RuleCheck = lambda *_: {}
) -> Mapping[str, str]:
    """What a card's state says of its doubtful date of crossing."""
    read = seen({"crossing_date": tuple(why)})
    read["crossing_date"] = replace(read["crossing_date"], levels=tuple(levels))
    state = card_state(DEPARTURE, read, (), log, check)
    assert not state.groups or state.values["crossing_date"] is None
    return state.groups


def test_of_a_value_that_waits_the_finest_group_that_is_sure_holds() -> None:
    unsure = replace(MONTH, accepted=False)
    assert groups([MONTH, YEAR], ["not_sure"]) == {"crossing_date": "2016-03"}
    assert groups([unsure, YEAR], ["not_sure", "audit"]) == {"crossing_date": "2016"}
    assert groups([MONTH], ["ambiguous", "not_sure"]) == {"crossing_date": "2016-03"}
    assert groups([unsure], ["not_sure"]) == groups([MONTH], []) == groups([MONTH], ["audit"]) == {}


@pytest.mark.parametrize(
    "why",
    ["unfamiliar", "stopped", "unmeasured", "corrected", "doubtful_mark", "not_in_lexicon", "rule:x", "duplicate",
     "contradicts_batch"],
)  # fmt: skip
def test_nothing_holds_at_any_level_where_more_than_the_reading_is_in_doubt(why: str) -> None:
    assert groups([MONTH, YEAR], ["not_sure", why]) == {}


def test_a_persons_word_goes_before_a_group() -> None:
    key = Decided(1, "crossing_date", "2016-04-04", person="anna", policy="blind", agrees=False)
    assert groups([MONTH], ["not_sure"], [key]) == {}, "though it waits for a second key"
    assert groups([MONTH], ["not_sure"], [key, Decided(2, "crossing_date", None, undoes=1)]) == {
        "crossing_date": "2016-03"
    }
    assert groups([MONTH], ["not_sure"], [decide(1, "crossing_date", "2016-04-04")]) == {}
    assert groups([MONTH], ["not_sure"], [Decided(1, "crossing_date", None, kind="reopen")]) == {}


def test_a_rule_that_another_fields_decision_breaks_takes_the_group_away() -> None:
    log = [decide(1, "sex", "F")]
    assert groups([MONTH], ["not_sure"], log) == {"crossing_date": "2016-03"}
    assert groups([MONTH], ["not_sure"], log, lambda *_: {"crossing_in_time": ("crossing_date",)}) == {}


def test_dates_of_crossing_rank_before_required_facts_and_those_before_the_rest() -> None:
    review = dict.fromkeys(("surname", "sex", "crossing_date", "education"), ("not_sure",))
    state = card_state(DEPARTURE, seen(review), (), [], district_lies_in_region)
    assert {wait.field: wait.rank for wait in state.waiting} == {
        "crossing_date": 0,
        "sex": 1,
        "surname": 2,
        "education": 2,
    }
    assert {wait.field for wait in state.waiting if wait.personal} == {"surname"}


def test_undo_brings_back_what_held_before_and_can_be_undone() -> None:
    log = [decide(1, "sex", "M"), decide(2, "sex", "F")]
    assert in_force(log)["sex"].value == "F"
    log.append(decide(3, "sex", None, undoes=2))
    assert in_force(log)["sex"].value == "M"
    log.append(decide(4, "sex", None, undoes=3))
    assert in_force(log)["sex"].value == "F"
    log += [decide(5, "sex", None, undoes=2), decide(6, "sex", None, undoes=1)]
    assert in_force(log) == {}


@given(st.lists(st.integers(0, 30), max_size=30))
def test_undo_is_right_in_every_history(targets: list[int]) -> None:
    """Against the definition, written recursively: a decision is void where one that is not void undoes it."""
    log: list[Decided] = []
    for number, target in enumerate(targets, start=1):
        undoes = target if 0 < target < number else None
        log.append(decide(number, "sex", None if undoes else str(number), undoes))

    def void(number: int) -> bool:
        return any(d.undoes == number and not void(d.id) for d in log)

    assert taken_back(log) == {d.id for d in log if void(d.id)}
    standing = [d for d in log if d.undoes is None and not void(d.id)]
    assert in_force(log).get("sex") == (standing[-1] if standing else None)
