"""From readings and decisions to what holds now: values, fields that wait for people, rules that are broken. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from ocr.forms.definition import FieldSpec, Form
from ocr.reading import LevelReading, Why, settled_level

RULE = "rule:"
UNKNOWN = "?"

Policy: TypeAlias = Literal["", "blind", "double"]
"""How many must key a field: one person whose key is the machine's reading, else two (`blind`); always two (`double`);
one (empty)."""

BrokenRules: TypeAlias = Mapping[str, tuple[str, ...]]
RuleCheck: TypeAlias = Callable[[Form, Mapping[str, str], date], BrokenRules]
"""From a form, the values that may be relied on and the day the card was at hand to the broken rules."""


class Turn(StrEnum):
    """Whose key a field waits for."""

    KEY = "key"
    VERIFY = "verify"
    ADJUDICATE = "adjudicate"


@dataclass(frozen=True)
class StoredReading:
    """The newest reading of one field; `review`, `levels` and `probability` as in `ocr.reading.FieldReading`.

    `candidates` are codes with the reader's share of each, best first.
    """

    id: int
    value: str | None
    review: tuple[str, ...]
    quad: Any
    read_at: datetime
    levels: tuple[LevelReading, ...] = ()
    probability: float = 0.0
    candidates: tuple[tuple[str, float], ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the machine's value stands without a person, or waits for an audit alone."""
        return self.value is not None and set(self.review) <= {Why.AUDIT}


@dataclass(frozen=True)
class Decided:
    """A decision, as `store.tables.Decision`; reopenings and undos have no value."""

    id: int
    field: str
    value: str | None
    undoes: int | None = None
    kind: str = "key"
    person: str = ""
    policy: Policy = ""
    agrees: bool | None = None
    shown: str = ""


@dataclass(frozen=True)
class KeyingState:
    """What people did about one field since it was last reopened.

    Attributes
    ----------
    holds
        The decision that settles the field, or None while none does.
    keys
        Keys that wait for another person's, the first of them first.
    reopened
        Whether it was reopened, so that the machine's value does not stand either.
    people
        Those who said what holds, the one whose word settled it last.
    """

    holds: Decided | None = None
    keys: tuple[Decided, ...] = ()
    reopened: bool = False
    people: tuple[str, ...] = ()

    @property
    def turn(self) -> Turn:
        """Whose key is wanted, where none holds."""
        return Turn.KEY if not self.keys else Turn.VERIFY if len(self.keys) == 1 else Turn.ADJUDICATE

    def then(self, decision: Decided) -> KeyingState:
        """The state after one more decision."""
        if decision.kind == "reopen":
            return KeyingState(reopened=True)
        alone = not decision.policy or (decision.policy == "blind" and not self.keys and decision.agrees)
        same = tuple(key.person for key in self.keys if key.value == decision.value and key.person != decision.person)
        if alone or same:
            return replace(self, holds=decision, keys=(), people=(*same, decision.person))
        return replace(self, keys=(*self.keys, decision))


@dataclass(frozen=True)
class WaitingField:
    """A field that waits for a person.

    Attributes
    ----------
    keyed_by
        Those who keyed it already.
    alike
        The machine's value where a person may confirm many of the same at a glance: None for personal fields, for
        audits, which are blind, for what is unknown, and once somebody keyed the field or doubted that value.
    """

    field: str
    rank: int
    personal: bool
    why: tuple[str, ...]
    since: datetime
    quad: Any
    turn: Turn
    keyed_by: tuple[str, ...] = ()
    alike: str | None = None

    @property
    def is_audit(self) -> bool:
        """Whether it waits for an audit alone, so that the machine's value stands meanwhile."""
        return self.why == (Why.AUDIT,)


@dataclass(frozen=True)
class CardState:
    """The state of one card.

    Attributes
    ----------
    values
        Every field of the form; None while it waits for a person, unless for an audit alone.
    waiting
        The fields that wait.
    broken
        Broken rules with their fields.
    settled_levels
        Of fields that wait, and that nobody keyed yet, the level at which it is sure in which group the value lies
        (`ocr.reading.settled_level`).
    """

    values: Mapping[str, str | None]
    waiting: tuple[WaitingField, ...]
    broken: BrokenRules
    settled_levels: Mapping[str, LevelReading]

    @property
    def groups(self) -> dict[str, str]:
        """Codes of the groups that are sure though the values are not, by field."""
        return {name: level.code for name, level in self.settled_levels.items()}


def taken_back(log: Sequence[Decided]) -> set[int]:
    """Ids of the decisions that were undone; undoing an undo brings the decision behind it back.

    `log` is in the order of the ids.
    """
    void: set[int] = set()
    for decision in reversed(log):
        if decision.undoes is not None and decision.id not in void:
            void.add(decision.undoes)
    return void


def keying_states(log: Sequence[Decided]) -> dict[str, KeyingState]:
    """State of every field that somebody decided about; `log` is in the order of the ids.

    Under policy ``blind`` a key settles a field if it is what the machine read, under ``blind`` and ``double`` if
    another person keyed the same before; without a policy it settles it by itself, as a supervisor's word does.
    """
    void = taken_back(log)
    found: dict[str, KeyingState] = {}
    for decision in log:
        if decision.undoes is None and decision.id not in void:
            found[decision.field] = found.get(decision.field, KeyingState()).then(decision)
    return found


def in_force(log: Sequence[Decided]) -> dict[str, Decided]:
    """Per field the decision that settles it; `log` is in the order of the ids."""
    return {field: state.holds for field, state in keying_states(log).items() if state.holds}


def card_state(
    form: Form, seen: Mapping[str, StoredReading], read_broken: Sequence[str], log: Sequence[Decided], check: RuleCheck
) -> CardState:
    """Derive a card's state.

    A decision that settles a field (`keying_states`) holds, whatever the machine read. Without one, an accepted reading
    holds; one drawn for the audit holds too until a person has looked: were it taken out, the tables would lack a
    share of the surest values. Where neither holds, the group in which the value lies for sure does, until somebody has
    keyed the field: a person's word goes before it.
    Rules are looked at again once a person has decided something on the card: a field that waited for a broken rule
    alone is released when another field's correction mends the rule, and a field that nobody looked at waits when one
    breaks it.

    Parameters
    ----------
    seen
        The newest reading of every field of the form.
    read_broken
        Names of the rules that the card broke when it was read.
    log
        All decisions on the card, in the order of their ids.
    check
        Finds the broken rules among values; used once there are decisions.
    """
    states = keying_states(log)
    decided = {name: state.holds for name, state in states.items() if state.holds}
    sure = {name: reading.value for name, reading in seen.items() if set(_own_reasons(reading)) <= {Why.AUDIT}}
    sure = {name: value for name, value in sure.items() if name not in states or not states[name].reopened}
    sure |= {name: decision.value for name, decision in decided.items() if name in form.by_name}
    if decided or any(state.reopened for state in states.values()):
        broken = check(form, {name: value for name, value in sure.items() if value is not None}, _day(seen))
    else:
        in_order = {spec.name: seen[spec.name] for spec in form.fields}  # the database gives them in any
        broken = dict.fromkeys(read_broken, ()) | _as_read(in_order)
    waiting = tuple(
        _wait(spec, seen[spec.name], why, states.get(spec.name, KeyingState()))
        for spec in form.fields
        if spec.name not in decided and (why := _why(seen[spec.name], spec.name, broken, states))
    )
    waits = {wait.field for wait in waiting if not wait.is_audit}
    values = {spec.name: None if spec.name in waits else sure.get(spec.name) for spec in form.fields}
    levels = {wait.field: settled_level(seen[wait.field].levels, wait.why) for wait in waiting if not wait.keyed_by}
    return CardState(values, waiting, broken, {name: level for name, level in levels.items() if level})


def _as_read(seen: Mapping[str, StoredReading]) -> dict[str, tuple[str, ...]]:
    """The broken rules as the reading named them on its fields."""
    broken: dict[str, tuple[str, ...]] = {}
    for name, reading in seen.items():
        for reason in reading.review:
            if reason.startswith(RULE):
                rule = reason.removeprefix(RULE)
                broken[rule] = (*broken.get(rule, ()), name)
    return broken


def _own_reasons(reading: StoredReading) -> tuple[str, ...]:
    """Reasons to look that lie in the field itself, not in a contradiction to others."""
    reasons = tuple(reason for reason in reading.review if not reason.startswith(RULE))
    return reasons or ((str(Why.NO_READER),) if reading.value is None else ())


def _why(reading: StoredReading, name: str, broken: BrokenRules, states: Mapping[str, KeyingState]) -> tuple[str, ...]:
    reopened = (str(Why.REOPENED),) if name in states and states[name].reopened else ()
    return reopened + _own_reasons(reading) + tuple(RULE + rule for rule, fields in broken.items() if name in fields)


def _wait(spec: FieldSpec, reading: StoredReading, why: tuple[str, ...], state: KeyingState) -> WaitingField:
    people = tuple(key.person for key in state.keys)
    apart = spec.personal or state.keys or state.reopened or Why.AUDIT in why or reading.value == UNKNOWN
    alike = None if apart else reading.value
    return WaitingField(
        spec.name, spec.about.rank, spec.personal, why, reading.read_at, reading.quad, state.turn, people, alike
    )


def _day(seen: Mapping[str, StoredReading]) -> date:
    """The day of the reading, where on Earth the date is furthest ahead: no card was stamped later."""
    return (max(reading.read_at for reading in seen.values()) + timedelta(hours=14)).date()
