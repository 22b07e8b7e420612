"""The desk at which people key: fields are assigned, answered, given back and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from review.assignment.assign import TURNS, Assignment
from review.assignment.leases import Place
from review.assignment.progress import Progress, progress
from review.assignment.same_zone import by_zone, with_companions
from review.assignment.tasks import Answer, GoneError, Person, Task
from review.decisions.control_items import with_control_items
from review.decisions.corrections import Corrections
from review.decisions.groups import GroupKeying
from review.decisions.keying import Keying, KeyingResult
from store.card_state import Turn

__all__ = ["Answer", "Desk", "GoneError", "KeyingResult", "Person", "Progress", "Task", "progress"]

_TRIES = 3


@dataclass(frozen=True)
class Desk(Assignment, Keying, GroupKeying, Corrections):
    """All that one person can do at the desk, in one session and at one moment; the caller commits.

    ``Desk(session, person, now, rules)``: see `review.assignment.tasks.DeskContext`. What it can do lies where the idea
    lies: leases (`task`, `release`), keying (`key`, `take_back`), groups (`groups`, `assign_group`, `key_group`),
    corrections (`correct`, `reopen`), and here `assign`.
    """

    def assign(self, *, count: int = 3, field: str | None = None) -> list[Task]:
        """Lease the person their next fields: those they hold, then new ones (`Assignment.next_fields`).

        Parameters
        ----------
        field
            Only fields of this name.

        Returns
        -------
        list of Task
            Up to `count`, and beyond it what else stands in the zone of the last, unless `field` is given; fewer at the
            end of a kind of field, none where nothing waits for this person. Fields of one zone follow each other.
        """
        if self.person.role not in TURNS:
            return []
        mine = self.renew(field)
        tasks = self.tasks(mine)
        self.release(sorted(set(mine) - {task.ticket for task in tasks}))
        if len(tasks) < count:
            tasks += self.tasks(self._lease_new(count - len(tasks), field))
        return _whole_zones(tasks, count)

    def _lease_new(self, count: int, field: str | None) -> list[str]:
        """Tickets of new leases; tries again where others were quicker everywhere.

        Each try lies in a savepoint, so that one that failed holds no row: two people can wait for each other only
        where one of them takes rows in several statements.
        """
        for _ in range(_TRIES):
            places: list[Place] = self.next_fields(count, field)
            if any(place.turn != Turn.ADJUDICATE for place in places):
                places = with_control_items(self, places)
            if field is None:
                places = with_companions(self, places, count)
            savepoint = self.session.begin_nested()
            tickets = self.take(places)
            if tickets or not places:
                savepoint.commit()
                return tickets
            savepoint.rollback()
        return []


def _whole_zones(tasks: Sequence[Task], count: int) -> list[Task]:
    """The first tasks, up to the zone with which there are enough."""
    enough: list[Task] = []
    for zone in by_zone(tasks):
        enough += zone if len(enough) < count else []
    return enough
