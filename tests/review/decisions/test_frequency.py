"""What is frequent comes first: as published, and as the records say once there are enough."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from ocr.lexicon.lexicon import load_lexicon
from ocr.lexicon.priors import EQUAL
from review.decisions.completion import complete
from review.decisions.frequency import Frequencies, frequencies, recorded
from store.tables import Record
from tests.review.decisions.test_completion import FIELDS
from tests.store.cards import card
from tests.store.test_cards import save

OCCUPATIONS, COUNTRIES = load_lexicon("occupations"), load_lexicon("countries")


def first(typed: str, counts: dict[str, int], field: str = "occupation") -> str:
    lexicon = load_lexicon(FIELDS[field].lexicon or "")
    return complete(FIELDS[field], typed, "ru", expected=frequencies(lexicon, counts))[0].code


def test_without_records_equal_or_as_published() -> None:
    assert frequencies(OCCUPATIONS, {}) == EQUAL
    known = frequencies(COUNTRIES, {})
    assert known["RU"] > known["KZ"] > 1 > known["TR"] > known["TJ"]
    assert sum(known.values()) == pytest.approx(len(COUNTRIES.entries))


def test_thousands_of_records_decide_and_a_handful_does_not() -> None:
    assert first("водит", {}) == "8322"
    assert first("водит", {"8332": 3}) == "8322"
    assert first("водит", {"8332": 900, "8322": 60, "7112": 4000}) == "8332"
    assert first("каз", {}, "dest_country_other") == "KZ"
    many = frequencies(COUNTRIES, {"RU": 10, "KZ": 5000})
    assert many["KZ"] > many["RU"]


def test_what_is_typed_in_full_comes_before_what_is_frequent() -> None:
    assert first("8321", {"8322": 5000}) == "8321"
    assert first("водители мотоциклов", {"8322": 5000}) == "8321"


def test_the_records_codes_are_counted_and_nothing_else(session: Session) -> None:
    ids = [save(session, card(n)) for n in (1, 2, 3)]
    session.execute(update(Record).values(occupation="8332"))
    session.execute(update(Record).where(Record.card_id == ids[0]).values(occupation="?"))
    session.execute(update(Record).where(Record.card_id == ids[1]).values(occupation=None))
    assert recorded(session, OCCUPATIONS) == Counter({"8332": 1})
    assert recorded(session, load_lexicon("surnames")) == Counter()


def test_they_are_counted_once_a_day(session: Session) -> None:
    known, day = Frequencies(), date(2026, 5, 4)
    before = known.of(session, OCCUPATIONS, day)
    save(session, card(1))
    assert known.of(session, OCCUPATIONS, day) is before
    after = known.of(session, OCCUPATIONS, date(2026, 5, 5))
    assert before == EQUAL and after["7112"] > after["8332"]
