"""A field that is before a person: what they may see of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, TypeAlias, cast

import numpy as np
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ocr.errors import MigcardsError
from ocr.forms.definition import FieldSpec
from ocr.geometry import Quad, as_quad
from ocr.scan import ScanId
from review.assignment.demand import Demand, demand_of
from review.assignment.policy import DeskRules, PolicyName, policy_now, policy_of
from store.card_state import Turn, keying_states
from store.queries import CardLog, card_logs
from store.records import forms_of
from store.tables import Card, Lease, Scan, Waiting

CONTROL, GROUP = "control", "group"
"""Turns of leases beside `store.card_state.Turn`: a field whose value is known already, and one of many alike."""

CHANGED = "This field is no longer before you: another person decided about it meanwhile."

TurnName: TypeAlias = Literal["key", "verify", "adjudicate"]


class GoneError(MigcardsError):
    """The field is not before this person any more: nothing was written."""

    exit_code = 4


@dataclass(frozen=True)
class Person:
    """Who works at the desk; `role` as in `store.tables.User`."""

    login: str
    role: str


@dataclass(frozen=True)
class Answer:
    """An answer that a supervisor decides between: `source` is ``machine``, or the number of a person."""

    source: str
    value: str | None


@dataclass(frozen=True)
class Task:
    """One field of one card before one person.

    Attributes
    ----------
    ticket
        Names the lease under which it is answered.
    turn
        Whose key it waits for; one whose value is known already is as good as any first key to the person.
    form, version, direction
        The card's form definition, and ``D`` departure or ``A`` return.
    scan, path, quad, rotation
        Where to cut the crop from, as `review.assignment.queue.QueueItem`.
    personal
        Whether it identifies somebody.
    why
        Reasons to look (`ocr.reading.Why` or ``rule:NAME``).
    until
        When others may have it.
    prefill
        The machine's value where the policy is to show it.
    answers
        What was answered so far, to one who adjudicates.
    """

    ticket: str
    card_id: int
    field: str
    turn: TurnName
    policy: PolicyName
    form: str
    version: str
    direction: str
    scan: ScanId
    path: str
    quad: Quad
    rotation: int
    personal: bool
    spec: FieldSpec
    why: tuple[str, ...]
    until: datetime
    prefill: str | None = None
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class DeskContext:
    """Who works at the desk, at which moment and under which rules: what everything done there depends on.

    The classes that derive from it say what can be done; `review.desk.Desk` can do it all. None of them commits.
    """

    session: Session
    person: Person
    now: datetime
    rules: DeskRules = field(default_factory=DeskRules)

    @cached_property
    def demand(self) -> Demand:
        """Which fields are to be keyed now."""
        return demand_of(self.session, self.rules.keying)

    def tasks(self, tickets: Sequence[str]) -> list[Task]:
        """The tasks of the person's leases, in the order in which they were taken; one that fell away is left out.

        Writes and locks nothing.
        """
        session, person, rules = self.session, self.person, self.rules
        rows = session.execute(_leased(person, tickets)).all() if tickets else []
        rows = [row for row in rows if row.Lease.turn == CONTROL or _still_waits(row, person)]
        forms = forms_of(session, (row.form_id for row in rows))
        specs = {row.Lease.ticket: forms[row.form_id].by_name[row.Lease.field] for row in rows}
        deep = {row.Lease.card_id for row in rows if _needs_history(row.Lease.turn, specs[row.Lease.ticket], rules)}
        known = card_logs(session, sorted(deep)) if deep else {}
        return [_task(row, specs[row.Lease.ticket], known, rules) for row in rows]


def _leased(person: Person, tickets: Sequence[str]) -> Any:
    return (
        select(Lease, Waiting, Card.form_id, Card.form, Card.version, Card.direction, Card.rotation)
        .add_columns(Scan.sha256, Scan.page, Scan.path)
        .join(Card, Card.id == Lease.card_id)
        .join(Scan, Scan.id == Card.scan_id)
        .outerjoin(Waiting, (Waiting.card_id == Lease.card_id) & (Waiting.field == Lease.field))
        .where(Lease.ticket.in_(tickets), Lease.person == person.login)
        .order_by(Lease.taken, Lease.card_id, Lease.field)
        .execution_options(populate_existing=True)
    )


def _still_waits(row: Row[*tuple[Any, ...]], person: Person) -> bool:
    """Whether the field still waits for the turn under which it was leased, and not for somebody else's."""
    wait, turn = row.Waiting, Turn.KEY if row.Lease.turn == GROUP else row.Lease.turn
    return wait is not None and wait.turn == turn and person.login not in wait.keyed_by.split("|")


def _needs_history(turn: str, spec: FieldSpec, rules: DeskRules) -> bool:
    return turn in (CONTROL, Turn.ADJUDICATE) or policy_of(spec, rules.policies) == "prefilled"


def _task(row: Row[*tuple[Any, ...]], spec: FieldSpec, known: Mapping[int, CardLog], rules: DeskRules) -> Task:
    lease, history = row.Lease, known.get(row.Lease.card_id)
    reading = history.readings[lease.field] if history else None
    turn = Turn.KEY if lease.turn in (CONTROL, GROUP) else Turn(lease.turn)
    if lease.turn == CONTROL and reading is not None:
        why, quad = reading.review, reading.quad
    else:
        why, quad = tuple(row.Waiting.why.split("|")), row.Waiting.quad
    machine = reading.value if reading else None
    policy = policy_now(spec, turn, why, machine, rules)
    return Task(
        ticket=lease.ticket,
        card_id=lease.card_id,
        field=lease.field,
        turn=cast(TurnName, str(turn)),
        policy=policy,
        form=row.form,
        version=row.version,
        direction=row.direction,
        scan=ScanId(row.sha256, row.page),
        path=row.path,
        quad=as_quad(np.array(quad)),
        rotation=row.rotation,
        personal=spec.personal,
        spec=spec,
        why=why,
        until=lease.until,
        prefill=machine if policy == "prefilled" else None,
        answers=_answers(history, lease.field) if turn is Turn.ADJUDICATE and history else (),
    )


def _answers(history: CardLog, field: str) -> tuple[Answer, ...]:
    keys = keying_states(history.log)[field].keys
    people = (Answer(str(number), key.value) for number, key in enumerate(keys, start=1))
    return (Answer("machine", history.readings[field].value), *people)
