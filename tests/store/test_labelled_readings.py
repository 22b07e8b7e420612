"""Which decisions are labels of which readings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.reading import CardReading
from review.decisions.decision_log import decide, undo
from store.engine import open_store
from store.labelled_readings import LabelledReading, audited, labelled_readings, newest_versions
from store.labels import audit_labels
from store.records import cards_now, rebuild_records
from store.tables import AuditResult, Card
from store.verify import verify_cards
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
    assert [item.kind for item in audited(session, None)] == ["stamp date by month"]


def test_what_was_prefilled_says_nothing_about_the_reader(session: Session) -> None:
    card_id = save(session, card(1, review=REVIEW))
    decide(session, card_id, "sex", "M", person="p", kind="key", shown="prefilled")
    assert found(session)["sex"].sample.right is None


def test_audits_come_in_the_order_of_the_decisions_and_go_with_an_undo(session: Session) -> None:
    ids = [save(session, card(n, review=REVIEW)) for n in (1, 2, 3)]
    made = [decide(session, i, "education", v, person="p", kind="key") for i, v in zip(ids[::-1], "515", strict=True)]
    decide(session, ids[0], "sex", "F", person="p", kind="key")
    assert [item.right for item in audited(session, None)] == [True, False, True]
    undo(session, made[0].id, "p")
    assert [item.right for item in audited(session, None)] == [False, True]
    assert audited(session, datetime.now(UTC) + timedelta(hours=1)) == []


def test_the_newest_version_of_a_reader_is_the_one_that_read_last(session: Session) -> None:
    save(session, card(1, version="2"))
    save(session, card(2, version="1"))
    assert newest_versions(session) == {"made-up": "1"}


WHY = st.sampled_from([(), ("audit",), ("not_sure", "audit"), ("not_sure",), ("ambiguous", "audit"), ("unfamiliar",)])
CARD, VALUE = st.integers(1, 3), st.sampled_from(["2016-03-04", "2016-03-05", "2016-04-04", ""])
KINDS = {"": "stamp date", "month": "stamp date by month", "year": "stamp date by year"}
STEPS = st.one_of(
    st.tuples(st.just("read"), CARD, WHY),
    st.tuples(st.sampled_from(["audit", "key", "correct", "import"]), CARD, VALUE),
    st.tuples(st.just("prefilled"), CARD, VALUE),
    st.tuples(st.just("undo"), st.integers(1, 20), st.none()),
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Engine]:
    engine = open_store("sqlite://")
    yield engine
    engine.dispose()


@settings(max_examples=40)
@given(st.lists(STEPS, min_size=4, max_size=16))
def test_audits_are_at_any_time_what_readings_and_decisions_say_from_the_beginning(
    shared: Engine, steps: list[tuple[str, int, tuple[str, ...] | str | None]]
) -> None:
    with Session(shared) as session:
        cards = {n: save(session, dated(n, ("audit",))) for n in (1, 2, 3)}
        first = session.scalar(text("SELECT coalesce(max(id), 0) FROM decisions")) or 0
        for turn, (what, which, how) in enumerate(steps):
            step(session, cards, first, turn, what, which, how)
            assert [(item.kind, item.right) for item in audited(session, None)] == reckoned(session)
        assert not list(verify_cards(session))
        kept = results(session)
        rebuild_records(session)
        assert results(session) == kept
        session.rollback()


def dated(n: int, why: tuple[str, ...], version: str = "1") -> CardReading:
    """A card of which the day of crossing, its month and its year are sure or not."""
    made = card(n, review={"crossing_date": why}, version=version)
    return with_levels(made, crossing_date={"month": "2016-03", "year": "2016"})


def step(session: Session, cards: dict[int, int], first: int, turn: int, what: str, which: int, how: object) -> None:
    """One thing that happens; what the desk refuses does not."""
    if what == "read":
        save(session, dated(which, tuple(how or ()), version=str(turn + 2)))  # type: ignore[arg-type]
        return
    try:
        if what == "undo":
            undo(session, first + which, "p")
        elif what == "prefilled":
            decide(session, cards[which], "crossing_date", str(how), person="p", kind="key", shown="prefilled")
        else:
            decide(session, cards[which], "crossing_date", str(how), person="p", kind=what)  # type: ignore[arg-type]
    except BadInputError:
        pass


def reckoned(session: Session) -> list[tuple[str, bool]]:
    """The outcomes of all audits by going through all cards, in the order of the decisions."""
    cards = cards_now(session, session.scalars(select(Card.id)).all())
    found = [one for now in cards for one in audit_labels(now.form, now.readings, now.log)]
    return [(KINDS[one.level], one.right) for one in sorted(found, key=lambda one: (one.decision_id, one.level))]


def results(session: Session) -> list[tuple[object, ...]]:
    columns = AuditResult.__table__.columns
    return [tuple(row) for row in session.execute(select(*columns).order_by(*columns))]
