"""A batch confirms what the ink says by itself, ranks what it leaves open, and contradicts aloud."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ocr.batch_evidence import weigh
from ocr.confidence.acceptance import is_audited
from ocr.forms.cover_sheet import CoverSheet
from ocr.reading import Candidate, CardReading, FieldReading, FieldState, LevelReading
from tests.store.cards import card, form

TODAY = date(2020, 1, 1)
DAY = date(2016, 3, 4)
ONE_DAY = CoverSheet("26-ABCDEFG", "TJ-A1", "D", DAY, DAY)
WEEK = replace(ONE_DAY, first_day=date(2016, 3, 1), last_day=date(2016, 3, 7))


def weighed(reading: CardReading, cover: CoverSheet, audit_share: float = 0.0) -> CardReading:
    return weigh(reading, form(reading.form), cover, audit_share, TODAY)


def with_field(name: str, **changes: object) -> CardReading:
    """A card of which one field reads otherwise."""
    reading = card()
    fields = [replace(f, **changes) if f.field == name else f for f in reading.fields]  # type: ignore[arg-type]
    return replace(reading, fields=tuple(fields))


def dated(*days: str, **changes: object) -> CardReading:
    """A card whose date may be each of some days, the first by far the likeliest, and is not sure."""
    candidates = tuple(Candidate(day, day, 0.8 / 4**i) for i, day in enumerate(days))
    about = {"candidates": candidates, "value": days[0], "review": ("not_sure",)} | changes
    return with_field("crossing_date", **about)


def crossing(reading: CardReading) -> FieldReading:
    return reading.field("crossing_date")


def test_a_day_that_ink_and_cover_sheet_both_say_stands() -> None:
    field = crossing(weighed(dated("2016-03-04", "2016-03-09"), ONE_DAY))
    assert (field.value, field.accepted) == ("2016-03-04", True)
    assert field.probability > 0.98


def test_the_checkpoint_too() -> None:
    reading = with_field("checkpoint", review=("not_sure", "unfamiliar"))
    assert weighed(reading, ONE_DAY).field("checkpoint").accepted


@pytest.mark.parametrize(
    "changes",
    [
        {"state": FieldState.CORRECTED, "review": ("corrected",)},
        {"state": FieldState.DOUBTFUL, "review": ("doubtful_mark", "not_sure")},
        {"review": ("not_sure", "stopped")},
    ],
)
def test_no_batch_removes_doubts_that_are_not_about_reading(changes: dict[str, object]) -> None:
    assert not crossing(weighed(dated("2016-03-04", **changes), ONE_DAY)).accepted


def test_one_of_several_days_is_likelier_but_settles_nothing() -> None:
    field = crossing(weighed(dated("2016-03-04", "2016-03-09"), WEEK))
    assert (field.value, field.review) == ("2016-03-04", ("not_sure",))
    field = crossing(weighed(dated("2016-08-04", "2016-03-04"), WEEK))
    assert (field.value, field.review) == ("2016-03-04", ("not_sure",))
    assert [c.value for c in field.candidates] == ["2016-03-04", "2016-08-04"]
    assert sum(c.probability for c in field.candidates) == pytest.approx(1.0)


def test_the_month_stands_as_long_as_the_batch_says_no_other() -> None:
    march = (LevelReading("month", "2016-03", 0.99, 0.99, True), LevelReading("year", "2016", 0.99, 0.99, True))
    field = crossing(weighed(dated("2016-03-09", "2016-03-04", levels=march), WEEK))
    assert (field.value, field.settled) == ("2016-03-04", march[0])
    field = crossing(weighed(dated("2016-08-04", "2016-03-04", levels=(replace(march[0], code="2016-08"),)), WEEK))
    assert (field.value, field.settled) == ("2016-03-04", None)
    clear = {"candidates": (Candidate("2016-08-04", "", 1.0),), "levels": (replace(march[0], code="2016-08"),)}
    assert crossing(weighed(dated("2016-08-04", **clear), WEEK)).settled is None


def test_a_day_that_only_the_batch_makes_likely_waits_even_where_it_is_the_only_one() -> None:
    field = crossing(weighed(dated("2016-08-04", "2016-03-04"), ONE_DAY))
    assert (field.value, field.accepted) == ("2016-03-04", False)


def test_ink_that_is_far_clearer_than_the_batch_contradicts_it() -> None:
    reading = dated("2016-08-04", "2016-03-04")
    clear = (Candidate("2016-08-04", "2016-08-04", 0.999), Candidate("2016-03-04", "2016-03-04", 0.0001))
    fields = [replace(f, candidates=clear) if f.field == "crossing_date" else f for f in reading.fields]
    field = crossing(weighed(replace(reading, fields=tuple(fields)), ONE_DAY))
    assert (field.value, field.review) == ("2016-08-04", ("not_sure", "contradicts_batch"))


def test_what_was_sure_and_contradicts_its_batch_goes_to_a_person() -> None:
    reading = weighed(card(), replace(ONE_DAY, checkpoint="TJ-A2", first_day=date(2016, 3, 5), last_day=None))
    assert reading.field("checkpoint").review == ("contradicts_batch",)
    assert crossing(reading).review == ("contradicts_batch",)
    assert reading.field("sex").accepted


def test_a_card_of_the_other_direction_is_held_at_its_number() -> None:
    reading = weighed(card(), replace(ONE_DAY, direction="A"))
    assert reading.field("card_no").review == ("contradicts_batch",)


def test_a_batch_that_says_nothing_changes_nothing() -> None:
    reading = dated("2016-03-04", "2016-03-09")
    assert weighed(reading, CoverSheet("26-ABCDEFG")) == reading


def test_an_empty_field_is_no_contradiction() -> None:
    reading = with_field("checkpoint", value="", candidates=(), state=FieldState.EMPTY)
    assert weighed(reading, ONE_DAY).field("checkpoint").accepted


def test_rules_hold_for_what_the_batch_confirms() -> None:
    late = replace(ONE_DAY, first_day=date(1985, 1, 1), last_day=date(1985, 1, 1))
    reading = weighed(dated("1985-01-01"), late)
    assert "birth_before_crossing" in reading.broken_rules
    assert not crossing(reading).accepted


def test_what_the_batch_confirms_may_fall_to_the_audit() -> None:
    reading = weighed(dated("2016-03-04"), ONE_DAY, audit_share=1.0)
    assert crossing(reading).review == ("audit",)
    again = weighed(weighed(card(), ONE_DAY, 0.3), ONE_DAY, 0.3)
    assert {f.field for f in again.fields if "audit" in f.review} == {
        f.field for f in again.fields if is_audited(again.scan, f.field, 0.3)
    }
