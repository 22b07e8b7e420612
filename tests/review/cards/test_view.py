"""A card as a supervisor sees it: whose value stands, what was read, who did what; names only where asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.forms.cover_sheet import CoverSheet
from ocr.geometry import area, as_quad
from review.cards.view import CardView, FieldView, card_view, upright
from review.decisions.decision_log import decide, undo
from review.desk import Desk
from store.batches import attach, batch_of
from store.cards import start_run
from store.engine import read_only
from store.tables import Flag
from tests.review.desk import ANNA, BORIS, BOSS, NOW, RULES, wait
from tests.store.cards import DEPARTURE, QUAD, card, current_values, with_levels
from tests.store.test_cards import save


def field(view: CardView, name: str) -> FieldView:
    return next(item for item in view.fields if item.spec.name == name)


def test_the_head_says_where_the_card_comes_from(session: Session) -> None:
    run = start_run(session, "box 7")
    reading = card(1)
    view = card_view(session, save(session, reading, run), personal=False)
    assert (view.form.id, view.direction, view.serial, view.scan) == (
        "revised-departure",
        "D",
        reading.serial,
        reading.scan,
    )
    assert (view.run, view.size, view.rotation, view.path) == (
        (run, "box 7"),
        (1748, 2480),
        0,
        f"box/{reading.scan}.png",
    )
    assert [item.spec.name for item in view.fields] == [item.field for item in reading.fields]
    assert not view.duplicate and not view.broken and view.flags == ()
    other = save(session, card(2))
    assert card_view(session, other, personal=False).run is None
    attach(session, {card(2).scan: ""}, batch_of(session, CoverSheet("26-ABCDEFG"), "anna"), None)
    assert (view.batch, card_view(session, other, personal=False).batch) == (None, "26-ABCDEFG")


def test_what_is_sure_of_a_value_that_waits_is_said_unless_it_identifies_a_person(session: Session) -> None:
    groups = {"residence_district": {"parent": "TJ-SU"}, "birth_date": {"year": "1990"}}
    reading = with_levels(card(1, review=dict.fromkeys(groups, ("not_sure",))), **groups)
    card_id = save(session, reading)
    for personal in (True, False):
        view = card_view(session, card_id, personal=personal)
        settled = {name: field(view, name).settled for name in groups}
        assert settled["residence_district"] == reading.field("residence_district").levels[0]
        assert settled["birth_date"] == (reading.field("birth_date").levels[0] if personal else None)
    assert field(view, "sex").settled is None


def test_whose_value_stands(session: Session) -> None:
    review = {"sex": ("not_sure",), "education": ("audit",), "sector": ("not_sure", "corrected")}
    card_id = save(session, card(1, review=review))
    decide(session, card_id, "sex", "F", person="p", kind="key")
    view = card_view(session, card_id, personal=True)
    states = {name: (field(view, name).state, field(view, name).value) for name in (*review, "purpose")}
    assert states == {
        "sex": ("person", "F"),
        "education": ("audit", "5"),
        "sector": ("waits", None),
        "purpose": ("machine", "1"),
    }
    assert (field(view, "sector").why, field(view, "sector").turn) == (("not_sure", "corrected"), "key")
    assert (field(view, "sex").why, field(view, "sex").turn) == ((), None)
    assert {item.spec.name: item.value for item in view.fields} == current_values(session, card_id)


def test_the_history_has_every_edition_and_every_decision(session: Session) -> None:
    card_id = save(session, card(1, review={"sex": ("not_sure",)}))
    first = decide(session, card_id, "sex", "F", person="p", kind="key", seconds=2.5, shown="crop", reason="faint")
    save(session, card(1, version="2", values={"sex": "F"}, review={"sex": ("corrected",)}))
    second = decide(session, card_id, "sex", "M", person="q", kind="correct")
    undo(session, second.id, "q", reason="misread")
    seen = field(card_view(session, card_id, personal=False), "sex")
    assert [(read.edition, read.value, read.version, read.review) for read in seen.reads] == [
        (2, "F", "2", ("corrected",)),
        (1, "M", "1", ("not_sure",)),
    ]
    assert seen.reads[0].candidates[0].value == "F" and seen.reads[0].probability == 0.9
    made = [(made.kind, made.value, made.person, made.undone, made.holds) for made in seen.decisions]
    assert made == [
        ("key", "F", "p", False, True),
        ("correct", "M", "q", True, False),
        ("undo", None, "q", False, False),
    ]
    assert (seen.decisions[0].seconds, seen.decisions[0].shown, seen.decisions[0].reason) == (2.5, "crop", "faint")
    assert seen.decisions[2].undoes == second.id and seen.decisions[0].id == first.id
    assert (seen.state, seen.value) == ("person", "F")


def test_two_people_who_agree_settle_it_against_the_machine_and_the_card_says_who(session: Session) -> None:
    card_id = wait(session, sex="not_sure", purpose="not_sure", education="not_sure", marital_status="not_sure")
    said = {"sex": "F", "purpose": "1", "education": "3", "marital_status": "1"}
    for person, other in ((ANNA, {}), (BORIS, {"education": "4"}), (BOSS, {})):
        while tasks := Desk(session, person, NOW, RULES).assign():
            for task in tasks:
                Desk(session, person, NOW, RULES).key(task.ticket, (said | other)[task.field], seconds=1)
    view = card_view(session, card_id, personal=False)
    told = {name: (field(view, name).agreed, field(view, name).with_machine) for name in (*said, "occupation")}
    assert told == {
        "sex": (("anna", "boris"), False),
        "purpose": (("anna",), True),
        "education": (("anna", "boss"), False),
        "marital_status": (("anna", "boris"), False),
        "occupation": ((), None),
    }


@pytest.mark.parametrize("personal", [True, False])
def test_names_are_shown_only_where_asked_for(session: Session, personal: bool) -> None:
    card_id = save(session, card(1, review={"given_name": ("not_sure",)}))
    decide(session, card_id, "given_name", "САИДА", person="p", kind="key")
    view = card_view(session, card_id, personal=personal)
    assert ("РАҲИМЗОДА" in repr(view)) is personal
    assert ("САИДА" in repr(view)) is personal
    assert (DEPARTURE["birth_date"] in repr(view)) is personal
    assert field(view, "given_name").hidden is not personal
    assert not field(view, "sex").hidden and field(view, "sex").value == "M"


def test_rules_and_flags_are_told(session: Session) -> None:
    card_id = save(session, card(1))
    decide(session, card_id, "residence_region", "TJ-KT", person="p", kind="correct")
    at = datetime(2026, 5, 1, tzinfo=UTC)
    session.add(Flag(card_id=card_id, field="sex", kind="other", note="torn", person="p", at=at))
    session.flush()
    view = card_view(session, card_id, personal=False)
    assert dict(view.broken) == {"district_in_region": ("residence_region", "residence_district")}
    (flag,) = view.flags
    assert (flag.kind, flag.note, flag.person, flag.at, flag.resolved_by) == ("other", "torn", "p", at, None)


def test_of_a_duplicate_only_the_number_is_asked(session: Session) -> None:
    save(session, card(1))
    again = card(1, review={"sex": ("not_sure",)})
    twice = save(session, again.__class__(**{**again.__dict__, "scan": card(9).scan}))
    view = card_view(session, twice, personal=False)
    assert view.duplicate
    assert (field(view, "card_no").state, field(view, "sex").state) == ("waits", "duplicate")


def test_looking_needs_no_right_to_write(engine: Engine) -> None:
    with Session(engine) as session:
        card_id = save(session, card(1))
        session.commit()
    with Session(read_only(engine)) as session:
        assert card_view(session, card_id, personal=True).id == card_id
        with pytest.raises(BadInputError, match=f"no card {card_id + 1}"):
            card_view(session, card_id + 1, personal=True)


@given(st.sampled_from([0, 90, 180, 270]), st.integers(200, 400), st.integers(200, 400))
def test_a_zone_is_turned_as_the_page_is(rotation: int, width: int, height: int) -> None:
    page = np.zeros((height, width))
    for number, (x, y) in enumerate(QUAD, start=1):
        page[round(y), round(x)] = number
    turned = np.rot90(page, rotation // 90)
    rounded = as_quad(np.rint(np.array(QUAD)))
    for number, (x, y) in enumerate(upright(rounded, rotation, (width, height)), start=1):
        assert turned[round(y), round(x)] == number
    assert area(np.array(upright(QUAD, rotation, (width, height)))) == pytest.approx(area(np.array(QUAD)))
