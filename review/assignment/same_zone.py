"""Fields of one zone, as date and place on a stamp, are keyed one after the other: one picture answers them all."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from review.assignment.assign import TURNS, is_free
from review.assignment.leases import Place
from review.assignment.tasks import CONTROL, DeskContext, Task
from store.records import forms_of
from store.tables import Card, Waiting


def with_companions(desk: DeskContext, places: Sequence[Place], count: int) -> list[Place]:
    """The first places, each followed by the fields of its card in the same zone that are wanted of this person too.

    As many as are needed for `count` fields; what belongs to the last comes beyond them.

    A personal field has and is no companion: nobody sees more of an identity than is needed. A control item has none
    either, since nothing of its card waits for that.
    """
    cards = {place.card_id for place in places if place.turn != CONTROL}
    query = select(Waiting.card_id, Waiting.field, Waiting.turn, Waiting.keyed_by, Card.form_id)
    query = query.join(Card, Card.id == Waiting.card_id).where(Waiting.card_id.in_(cards), ~Waiting.personal)
    query = query.where(is_free(desk.now), desk.demand.condition())
    rows = [row for row in desk.session.execute(query) if _may_key(desk, row.keyed_by)]
    forms = forms_of(desk.session, {row.form_id for row in rows})
    specs = {(row.card_id, row.field): forms[row.form_id].by_name[row.field] for row in rows}
    found: dict[tuple[int, str], Place] = {}
    for place in places:
        if len(found) >= count:
            break
        found.setdefault((place.card_id, place.field), place)
        own = specs.get((place.card_id, place.field))
        if own is None or place.turn == CONTROL:
            continue
        for row in rows:
            same = row.card_id == place.card_id and specs[row.card_id, row.field].box == own.box
            if same and _goes_with(desk, place.turn, row.turn):
                found.setdefault((row.card_id, row.field), Place(row.card_id, row.field, row.turn))
    return list(found.values())


def by_zone(tasks: Sequence[Task]) -> list[list[Task]]:
    """Tasks of one zone together, in the order of the first of each; among them what blocks a report first."""
    zones: dict[object, list[Task]] = {}
    for task in tasks:
        zones.setdefault(task.ticket if task.personal else (task.card_id, task.spec.box), []).append(task)
    return [sorted(zone, key=lambda task: (task.spec.about.rank, task.field)) for zone in zones.values()]


def _may_key(desk: DeskContext, keyed_by: str) -> bool:
    return desk.person.login not in keyed_by.split("|")


def _goes_with(desk: DeskContext, turn: str, other: str) -> bool:
    """Whether fields of two turns go to a person of this role at the same time."""
    return any(turn in turns and other in turns for turns in TURNS.get(desk.person.role, ()))
