"""`python -m benchmarks.keyers`: what error remains after made-up people have keyed at the real desk, by policy.

Assumed, since no measured figures of this country's keyers exist; every number is in `Habits` or `DOUBTFUL`:

* Of the fields that reach people the machine's value is wrong in a quarter (handwritten fields that it does not accept,
  docs/accuracy.md), and then one of eight values that look like the true one.
* A person errs in 1 % of the fields: in 30 % of these they misread the ink as the machine did, where it did; else they
  key one of the eight at random, which may by chance be the machine's too.
* Where the machine's value stands in the box (`prefilled`) a person who looks overlooks that it is wrong in 10 %.
* A supervisor who adjudicates is wrong in 1 %, and then takes one of the answers before them.

People err independently of each other; where the ink itself misleads everybody, every policy is worse than here.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

import click
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocr.forms.definition import FieldKind, FieldSpec, Form, load_forms
from ocr.forms.serial import serial_number
from ocr.lexicon.lexicon import load_lexicon
from ocr.reading import Candidate, CardReading, FieldReading, FieldState, Why, parse_iso
from ocr.scan import ScanId
from review.assignment.policy import DeskRules, PolicyName
from review.desk import Desk, Person, Task
from review.errors import ReviewError
from review.quality.figures import Share
from store.card_state import UNKNOWN
from store.cards import save_card
from store.engine import open_store
from store.records import CHUNK, cards_now
from store.scans import ReadCard
from store.tables import Decision, Waiting

DOUBTFUL = ("occupation", "residence_district", "checkpoint", "document_no", "birth_date", "dest_region")
"""Fields that wait on every card."""

ALIKE = 8
PEOPLE = tuple(Person(f"p{n}", "reviewer") for n in range(6)) + tuple(Person(f"s{n}", "supervisor") for n in range(3))
_QUAD = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
_AT_ONCE = 20


@dataclass(frozen=True)
class Habits:
    """How often machine and people err; shares of fields, see the module."""

    machine: float = 0.25
    person: float = 0.01
    as_machine: float = 0.3
    overlooks: float = 0.1
    supervisor: float = 0.01


@dataclass(frozen=True)
class Outcome:
    """Fields wrong in the end, of all that waited, and how many keys each took."""

    policy: PolicyName
    wrong: Share
    keys: float


Truth = Mapping[int, Mapping[str, str]]


def simulate(policy: PolicyName, cards: int, seed: int, habits: Habits) -> Outcome:
    """Let made-up people key made-up cards until nothing waits.

    Parameters
    ----------
    cards
        Each has as many doubtful fields as `DOUBTFUL`.
    """
    chance = random.Random(seed)
    rules = DeskRules(dict.fromkeys(DOUBTFUL, policy), control_share=0.0)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{Path(folder) / 'cards.db'}")
        truth, machine = fill(engine, cards, chance, habits.machine)
        work(engine, truth, machine, rules, habits, chance)
        with Session(engine) as session:
            ids = sorted(truth)
            chunks = (ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK))
            ends = {now.head.id: now.state.values for part in chunks for now in cards_now(session, part)}
            of_field = Decision.field.in_(DOUBTFUL)
            made = session.scalar(select(func.count()).select_from(Decision).where(of_field)) or 0
        engine.dispose()
    wrong = sum(ends[card_id][name] != truth[card_id][name] for card_id in truth for name in DOUBTFUL)
    total = cards * len(DOUBTFUL)
    return Outcome(policy, Share(wrong, total), made / total)


@cache
def _form() -> Form:
    return next(form for form in load_forms() if form.id == "revised-departure")


@cache
def _values(field: str) -> tuple[str, ...]:
    """Values that a made-up card can have in a field."""
    spec = _form().by_name[field]
    if spec.lexicon:
        return tuple(load_lexicon(spec.lexicon).entries)
    if field == "document_no":
        return tuple(f"A{number}" for number in range(4_000_000, 4_003_000))
    return tuple((date(1950, 1, 1) + timedelta(days=day)).isoformat() for day in range(0, 18_000, 7))


@lru_cache(maxsize=1 << 14)
def _like(spec: FieldSpec, value: str) -> tuple[str, ...]:
    """The values that look like one; the same for machine and people."""
    others = [other for other in _others(spec, value) if other != value] or [UNKNOWN]
    return tuple(random.Random(f"{spec.name} {value}").sample(others, min(ALIKE, len(others))))


def _others(spec: FieldSpec, value: str) -> Iterable[str]:
    """What may be keyed instead of a value: another code or mark, or one sign wrong."""
    if spec.options:
        return [option.code for option in spec.options]
    if spec.lexicon:
        return load_lexicon(spec.lexicon).entries
    signs = "0123456789" if spec.kind in (FieldKind.DATE, FieldKind.DIGITS) else "АБВКЛМНОРСТУ"
    slips = [value[:i] + sign + value[i + 1 :] for i, old in enumerate(value) if old.isalnum() for sign in signs]
    return filter(parse_iso, slips) if spec.kind is FieldKind.DATE else slips


def fill(engine: Engine, cards: int, chance: random.Random, share_wrong: float) -> tuple[Truth, Truth]:
    """Save cards; returns what is true and what the machine read, by card."""
    truth, machine = {}, {}
    with Session(engine) as session, session.begin():
        for n in range(1, cards + 1):
            true = {name: chance.choice(_values(name)) for name in DOUBTFUL}
            read = {k: _misread(k, v, chance, share_wrong) for k, v in true.items()}
            card = ReadCard(_reading(n, read), _form(), f"{n}.png", 300, (9, 9))
            card_id = save_card(session, card, run_id=None)
            truth[card_id], machine[card_id] = true, read
    return truth, machine


def _misread(field: str, true: str, chance: random.Random, share_wrong: float) -> str:
    return chance.choice(_like(_form().by_name[field], true)) if chance.random() < share_wrong else true


def _reading(n: int, read: Mapping[str, str]) -> CardReading:
    form, scan = _form(), ScanId(sha256(str(n).encode()).hexdigest(), 0)
    fields = tuple(_field(spec.name, read.get(spec.name, ""), spec.name in DOUBTFUL) for spec in form.fields)
    return CardReading(scan, form.id, form.version, form.direction, serial_number(n), 0, 0.1, fields, ())


def _field(name: str, value: str, doubtful: bool) -> FieldReading:
    state = FieldState.READ if value else FieldState.EMPTY
    candidates = (Candidate(value, value, 0.5),) if value else ()
    review = (Why.NOT_SURE,) if doubtful else ()
    return FieldReading(name, state, value, candidates, value, 0.5, 0.5, review, _QUAD, "made up", "1")


def work(engine: Engine, truth: Truth, machine: Truth, rules: DeskRules, habits: Habits, chance: random.Random) -> None:
    """Key until nothing waits, one person after the other in an order left to chance.

    Parameters
    ----------
    truth, machine
        What is true, and what was read, by card and field.
    """
    random.seed(chance.random())  # the desk draws at random too
    now = datetime.now(UTC)
    while True:
        with Session(engine) as session, session.begin():
            if not session.scalar(select(func.count()).select_from(Waiting)):
                return
            person, now = chance.choice(PEOPLE), now + timedelta(minutes=1)
            for task in Desk(session, person, now, rules).assign(count=_AT_ONCE):
                true = truth[task.card_id].get(task.field, "")
                value = _answer(task, true, machine[task.card_id].get(task.field, ""), habits, chance)
                desk = Desk(session, person, now, rules)
                try:
                    desk.key(task.ticket, value, seconds=1)
                except ReviewError:  # the desk does not take what cannot be: they look again
                    desk.key(task.ticket, true, seconds=1)


def _answer(task: Task, true: str, machine: str, habits: Habits, chance: random.Random) -> str:
    """What a person keys."""
    if task.turn == "adjudicate":
        answers = sorted({answer.value or "" for answer in task.answers})
        return chance.choice(answers) if chance.random() < habits.supervisor else true
    if task.prefill not in (None, true) and chance.random() < habits.overlooks:
        return machine
    if chance.random() >= habits.person:
        return true
    if task.prefill == true:
        return true  # nothing is keyed where the box is right
    if machine != true and chance.random() < habits.as_machine:
        return machine
    return chance.choice(_like(task.spec, true))


def table(outcomes: Sequence[Outcome]) -> str:
    """The outcomes in columns, shares in percent."""
    lines = ["policy       fields  wrong   share    95 % interval    keys a field"]
    for outcome in outcomes:
        low, high = outcome.wrong.bounds
        share = 100 * (outcome.wrong.rate or 0)
        lines.append(
            f"{outcome.policy:10} {outcome.wrong.total:8} {outcome.wrong.wrong:6} {share:6.3f} %  "
            f"{100 * low:6.3f} to {100 * high:5.3f}  {outcome.keys:14.2f}"
        )
    return "\n".join(lines)


@click.command()
@click.option("--cards", default=2000, show_default=True, help=f"Cards of {len(DOUBTFUL)} doubtful fields.")
@click.option("--seed", default=1, show_default=True)
@click.option("--as-machine", default=Habits.as_machine, show_default=True,
              help="Share of people's errors that are the machine's too.")  # fmt: skip
def main(cards: int, seed: int, as_machine: float) -> None:
    """Simulate keying under each policy and print what remains wrong."""
    policies: tuple[PolicyName, ...] = ("blind", "double", "prefilled")
    click.echo(table([simulate(policy, cards, seed, Habits(as_machine=as_machine)) for policy in policies]))


if __name__ == "__main__":
    main()
