"""Which policy holds for a field, and what is kept of it."""

from __future__ import annotations

import pytest

from ocr.reading import Why
from review.assignment.policy import DeskRules, PolicyName, kept_policy, policy_now, policy_of
from store.card_state import Turn
from tests.store.cards import form

SEX = form("revised-departure").by_name["sex"]
PREFILLED = DeskRules({"sex": "prefilled"})


def test_a_field_is_blind_unless_something_else_is_set() -> None:
    assert policy_of(SEX, {}) == "blind"
    assert policy_of(SEX, {"sex": "double", "education": "prefilled"}) == "double"


@pytest.mark.parametrize(
    ("turn", "why", "machine", "policy"),
    [
        (Turn.KEY, "not_sure", "M", "prefilled"),
        (Turn.VERIFY, "not_sure", "M", "blind"),
        (Turn.KEY, Why.AUDIT, "M", "blind"),
        (Turn.KEY, "not_sure", None, "blind"),
        (Turn.KEY, "not_sure", "?", "blind"),
        (Turn.KEY, Why.REOPENED, "M", "double"),
    ],
)
def test_looks_that_must_be_independent_are_never_prefilled(
    turn: Turn, why: str, machine: str | None, policy: PolicyName
) -> None:
    assert policy_now(SEX, turn, (why,), machine, PREFILLED) == policy


def test_prefilled_keys_and_adjudications_settle_by_themselves() -> None:
    assert kept_policy("prefilled", Turn.KEY) == kept_policy("blind", Turn.ADJUDICATE) == ""
    assert (kept_policy("blind", Turn.KEY), kept_policy("double", Turn.VERIFY)) == ("blind", "double")
