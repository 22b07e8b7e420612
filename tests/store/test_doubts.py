"""What is kept of the columns that the machine did not settle: shares, draws, and whether people settled them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocr.reading import Candidate, CardReading
from review.decisions.decision_log import decide
from store.draws import number_of, size_of
from store.records import rebuild_records
from store.tables import Doubt, Record, Waiting
from tests.store.cards import card, scan
from tests.store.test_cards import save

REGIONS = (("TJ-SU", 0.7), ("TJ-KT", 0.2))


def doubtful(n: int = 1, *, reads: dict[str, tuple[tuple[str, float], ...]], side: str = "departure") -> CardReading:
    """A card on which some fields are not sure: the candidates of each with their shares, the first as calibrated."""
    made = card(n, side=side, review=dict.fromkeys(reads, ("not_sure",)))
    return replace(made, fields=tuple(_unsure(field, reads.get(field.field)) for field in made.fields))


def _unsure(field: Any, candidates: tuple[tuple[str, float], ...] | None) -> Any:
    if candidates is None:
        return field
    found = tuple(Candidate(value, value, share) for value, share in candidates)
    return replace(field, candidates=found, value=found[0].value, probability=found[0].probability)


def doubts(session: Session) -> dict[str, Doubt]:
    return {row.variable: row for row in session.scalars(select(Doubt).order_by(Doubt.variable))}


def test_a_card_without_doubt_has_none(session: Session) -> None:
    save(session, card(1))
    assert doubts(session) == {}


def test_shares_sizes_and_draws_follow_from_the_reading(session: Session) -> None:
    save(session, doubtful(reads={"residence_region": REGIONS, "residence_district": (("TJ-SU-01", 0.6),)}))
    found = doubts(session)
    assert set(found) == {"region", "district"}
    assert found["region"].shares == {"TJ-SU": 0.7, "TJ-KT": 0.2}
    assert found["region"].size == size_of(found["region"].shares)
    assert found["region"].draw == number_of(scan(1)) / found["region"].size
    assert found["region"].known == ""
    draws = {wait.field: wait.draw for wait in session.scalars(select(Waiting))}
    assert draws == {"residence_region": found["region"].draw, "residence_district": found["district"].draw}


def test_a_sure_district_leaves_no_doubt_of_its_region(session: Session) -> None:
    save(session, doubtful(reads={"residence_region": REGIONS}))
    assert doubts(session) == {}


def test_the_age_is_in_doubt_where_the_birth_is_and_says_no_date(session: Session) -> None:
    save(session, doubtful(reads={"birth_date": (("1990-05-17", 0.5), ("1980-05-17", 0.4), ("2030-01-01", 0.1))}))
    (age,) = doubts(session).values()
    assert (age.variable, age.shares) == ("age_group", {"25-29": 0.5, "35-39": 0.4})


def test_a_birth_date_that_may_be_left_empty_may_leave_the_age_empty(session: Session) -> None:
    save(session, doubtful(reads={"birth_date": (("", 0.6),)}))
    (age,) = doubts(session).values()
    assert (age.variable, age.shares, age.known) == ("age_group", {"": 0.6}, "")
    decide(session, 1, "birth_date", "", person="p", kind="key")
    (age,) = doubts(session).values()
    assert age.known == "drawn" and session.get_one(Record, 1).age_group == ""


def test_people_settle_it_by_the_queue_or_otherwise(session: Session) -> None:
    for n in (1, 2, 3):
        reads = {"residence_region": REGIONS, "residence_district": (("TJ-SU-01", 0.6),)}
        save(session, doubtful(n, reads=reads))
    decide(session, 1, "residence_region", "TJ-KT", person="p", kind="key")
    decide(session, 2, "residence_region", "TJ-KT", person="boss", kind="correct", reason="her own card")
    query = select(Doubt.card_id, Doubt.known).where(Doubt.variable == "region")
    assert dict(session.execute(query).all()) == {1: "drawn", 2: "otherwise", 3: ""}
    shares = session.scalars(select(Doubt.shares).where(Doubt.variable == "region", Doubt.card_id == 1)).one()
    assert shares == {"TJ-SU": 0.7, "TJ-KT": 0.2}, "what the machine says is not altered by what people find"


def test_they_are_derived_again(session: Session) -> None:
    for n in range(1, 6):
        save(session, doubtful(n, reads={"sex": (("M", 0.8), ("F", 0.2)), "occupation": (("7112", 0.4),)}))
    decide(session, 2, "sex", "F", person="p", kind="key")
    columns = (Doubt.card_id, Doubt.variable, Doubt.size, Doubt.draw, Doubt.known, Doubt.cohort)
    before = session.execute(select(*columns).order_by(Doubt.card_id, Doubt.variable)).all()
    rebuild_records(session)
    assert session.execute(select(*columns).order_by(Doubt.card_id, Doubt.variable)).all() == before
    assert session.scalar(select(func.count()).select_from(Doubt)) == 10
