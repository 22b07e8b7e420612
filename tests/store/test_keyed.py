"""When keys of several people settle a field: blind, double, adjudicated, reopened, undone."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.reading import Why
from store.card_state import Decided, KeyingState, Policy, Turn, card_state, keying_states, taken_back
from tests.store.cards import form
from tests.store.test_card_state import DEPARTURE, district_lies_in_region, seen

_ids = count(1)


def key(value: str, person: str = "p", policy: Policy = "blind", *, agrees: bool = False) -> Decided:
    return Decided(next(_ids), "sex", value, None, "key", person, policy, agrees)


def reopen(person: str = "boss") -> Decided:
    return Decided(next(_ids), "sex", None, None, "reopen", person)


def undo(target: Decided) -> Decided:
    return Decided(next(_ids), "sex", None, target.id, "undo", target.person)


def state(*log: Decided) -> KeyingState:
    return keying_states(log).get("sex", KeyingState())


def test_blind_a_key_that_the_machine_read_too_settles() -> None:
    only = key("F", agrees=True)
    assert state(only).holds == only


def test_blind_a_key_that_differs_from_the_machine_needs_a_second_person() -> None:
    first = key("F")
    assert (state(first).holds, state(first).turn) == (None, Turn.VERIFY)
    second = key("F", "q")
    assert state(first, second).holds == second


def test_blind_a_second_key_that_agrees_with_the_machine_alone_does_not_settle() -> None:
    """Two people differ; that the machine is with one of them is for the supervisor to weigh."""
    found = state(key("F"), key("M", "q", agrees=True))
    assert (found.holds, found.turn) == (None, Turn.ADJUDICATE)


def test_double_always_needs_two() -> None:
    first = key("F", policy="double", agrees=True)
    assert state(first).turn is Turn.VERIFY
    assert state(first, key("F", "q", "double", agrees=True)).holds


def test_nobody_seconds_themselves() -> None:
    assert state(key("F"), key("F")).holds is None


def test_a_supervisor_settles_what_two_people_see_differently() -> None:
    word = key("?", "boss", "")
    assert state(key("F"), key("M", "q"), word).holds == word


def test_it_is_known_who_said_what_holds() -> None:
    word = key("F", "boss", "")
    assert state(key("F", agrees=True)).people == ("p",)
    assert state(key("F"), key("F", "q")).people == ("p", "q")
    assert state(key("F"), key("M", "q"), word).people == ("p", "boss"), "the supervisor sides with one of the two"
    assert state(key("M"), key("?", "q"), word).people == ("boss",)
    assert state(key("F"), key("M", "q")).people == state(key("F", agrees=True), reopen()).people == ()


def test_reopening_forgets_keys_and_the_machine() -> None:
    found = state(key("F", agrees=True), reopen())
    assert (found.holds, found.keys, found.reopened, found.turn) == (None, (), True, Turn.KEY)
    waits = card_state(DEPARTURE, seen(), (), [key("F", agrees=True), reopen()], district_lies_in_region)
    assert [(wait.field, wait.why, wait.alike) for wait in waits.waiting] == [("sex", (Why.REOPENED,), None)]
    assert waits.values["sex"] is None


def test_undo_of_a_reopening_brings_back_what_held() -> None:
    held, again = key("F", agrees=True), reopen()
    assert state(held, again, undo(again)).holds == held


def test_undo_of_the_first_key_leaves_the_second_waiting() -> None:
    first, second = key("F"), key("F", "q")
    found = state(first, second, undo(first))
    assert (found.holds, found.keys, found.turn) == (None, (second,), Turn.VERIFY)


def test_a_waiting_field_names_who_keyed_it_and_is_not_alike_any_more() -> None:
    read = seen({"sex": (str(Why.NOT_SURE),)})
    (wait,) = card_state(DEPARTURE, read, (), [], district_lies_in_region).waiting
    assert (wait.turn, wait.keyed_by, wait.alike) == (Turn.KEY, (), "M")
    (wait,) = card_state(DEPARTURE, read, (), [key("F")], district_lies_in_region).waiting
    assert (wait.turn, wait.keyed_by, wait.alike) == (Turn.VERIFY, ("p",), None)


@pytest.mark.parametrize(
    ("field", "why", "value"),
    [("surname", "not_sure", "САИДОВ"), ("sex", "audit", "M"), ("sex", "not_in_lexicon", "?"), ("sex", "x", None)],
)
def test_names_audits_and_unknowns_are_never_shown_alike(field: str, why: str, value: str | None) -> None:
    values: dict[str, Any] = {field: value}
    (wait,) = card_state(
        form("revised-departure"), seen({field: (why,)}, **values), (), [], district_lies_in_region
    ).waiting
    assert wait.alike is None


steps = st.lists(
    st.one_of(
        st.builds(
            lambda value, person, policy, agrees: (value, person, policy, agrees),
            st.sampled_from("FM"),
            st.sampled_from("pqr"),
            st.sampled_from(["", "blind", "double"]),
            st.booleans(),
        ),
        st.just("reopen"),
        st.integers(0, 20),
    ),
    max_size=12,
)


@given(steps)
def test_what_holds_was_said_by_enough_people(history: list[Any]) -> None:
    """In every history: the value that holds was settled alone rightfully, or two different people keyed it."""
    log: list[Decided] = []
    for step in history:
        if step == "reopen":
            log.append(reopen())
        elif isinstance(step, int):
            log += [undo(log[step])] if step < len(log) else []
        else:
            value, person, policy, agrees = step
            log.append(key(value, person, policy, agrees=agrees))
    found, void = state(*log), taken_back(log)
    standing = [d for d in log if d.undoes is None and d.id not in void]
    reopened = max((i for i, d in enumerate(standing) if d.kind == "reopen"), default=-1)
    since = standing[reopened + 1 :]
    assert found.reopened == (reopened >= 0)
    assert set(found.keys) <= set(since)
    if found.holds is None:
        assert all(d.policy for d in since), "who needs no second person settles"
        assert all(a.value != b.value or a.person == b.person for a in found.keys for b in found.keys)
        assert found.keys == tuple(since)
        return
    assert found.holds in since
    others = {d.person for d in since if d.value == found.holds.value and d.id < found.holds.id and d.policy}
    alone = not found.holds.policy or (found.holds.policy == "blind" and found.holds.agrees)
    assert alone or others - {found.holds.person}
