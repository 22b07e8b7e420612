"""How many people must key a field before its value holds, and the other rules of the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal, TypeAlias

from ocr.forms.definition import FieldSpec
from ocr.reading import Why
from review.assignment.demand import KeyingScope
from store.card_state import UNKNOWN, Policy, Turn

PolicyName: TypeAlias = Literal["blind", "double", "prefilled"]
"""``blind``: the person does not see the machine's value; where the two differ a second person keys. ``double``: two
people key, whatever the machine read. ``prefilled``: the machine's value stands in the box, and one person's word
settles the field; quick, but what the person overlooks stays wrong."""


@dataclass(frozen=True)
class DeskRules:
    """What an installation may set about the desk.

    Attributes
    ----------
    policies
        By field, where it is not ``blind``.
    lease_minutes
        How long a field stays a person's without a sign of life.
    control_share
        Share of tasks that are fields whose value is known already, to measure who keys them; 0..1.
    window
        Tasks are drawn at random among so many of those that come next; more than a person takes at once.
    keying
        Which fields people key (`review.assignment.demand.KeyingScope`).
    """

    policies: Mapping[str, PolicyName] = field(default_factory=dict)
    lease_minutes: float = 10.0
    control_share: float = 0.02
    window: int = 10
    keying: KeyingScope = "everything"

    @property
    def lease(self) -> timedelta:
        """How long a lease lasts."""
        return timedelta(minutes=self.lease_minutes)


def policy_of(spec: FieldSpec, policies: Mapping[str, PolicyName]) -> PolicyName:
    """The policy that is set for a field, else ``blind``."""
    return policies.get(spec.name, "blind")


def policy_now(spec: FieldSpec, turn: Turn, why: Sequence[str], machine: str | None, rules: DeskRules) -> PolicyName:
    """The policy under which a field is keyed next.

    What was reopened is keyed by two people: the machine and one person, or two people, were wrong about it before. A
    look that must be independent (an audit's, a second person's) is blind even where the field is otherwise
    prefilled, and so is one where there is nothing to prefill.

    Parameters
    ----------
    why
        The reasons for which the field waits.
    machine
        The machine's newest value, accepted or not.
    """
    if Why.REOPENED in why:
        return "double"
    policy = policy_of(spec, rules.policies)
    independent = turn is not Turn.KEY or Why.AUDIT in why or machine in (None, UNKNOWN)
    return "blind" if policy == "prefilled" and independent else policy


def kept_policy(policy: PolicyName, turn: Turn) -> Policy:
    """The policy as it is kept with a key: empty where that key settles the field by itself."""
    return "" if policy == "prefilled" or turn is Turn.ADJUDICATE else policy
