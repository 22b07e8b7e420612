"""Twenty people at once: no collision, nobody checks themselves, everything is settled in the end."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from review.assignment.policy import DeskRules
from review.desk import Desk, GoneError, Person
from store.records import rebuild_records
from store.tables import Card, ControlItem, Decision, Lease, Waiting
from tests.review.cards.test_history import derived
from tests.store.cards import card
from tests.store.test_cards import save

CARDS, SECONDS = 20, 60
FIELDS = {"sex": ("M", "F"), "education": ("5", "4"), "surname": ("РАҲИМЗОДА", "РАХИМЗОДА"), "duration": ("4", "1")}
RULES = DeskRules({"duration": "double"}, control_share=0.1)
PEOPLE = [Person(f"p{n}", "supervisor" if n >= 16 else "reviewer") for n in range(20)]


class Worker(threading.Thread):
    """Somebody who keys until nothing waits: wrong in a third of all fields, and sends some answers twice."""

    def __init__(self, engine: Engine, person: Person) -> None:
        super().__init__()
        self.engine, self.person, self.random = engine, person, random.Random(person.login)
        self.error: Exception | None = None

    def run(self) -> None:
        """Work."""
        try:
            end = time.monotonic() + SECONDS
            while self._anything_waits() and time.monotonic() < end:
                self._work()
        except Exception as error:
            self.error = error

    def _anything_waits(self) -> bool:
        with Session(self.engine) as session:
            return bool(session.scalar(select(func.count()).select_from(Waiting)))

    def _work(self) -> None:
        with Session(self.engine) as session, session.begin():
            tasks = Desk(session, self.person, datetime.now(UTC), RULES).assign(count=3)
        for task in tasks:
            value = FIELDS[task.field][self.random.random() < 1 / 3]
            for _ in range(self.random.choice((1, 1, 2))):
                try:
                    with Session(self.engine) as session, session.begin():
                        desk = Desk(session, self.person, datetime.now(UTC), RULES)
                        desk.key(task.ticket, value, seconds=1)
                except GoneError:
                    break
        if not tasks:
            time.sleep(0.05)


def test_twenty_people_at_once(engine: Engine) -> None:
    review = dict.fromkeys(FIELDS, ("not_sure",)) | {"education": ("audit",)}
    with Session(engine) as session, session.begin():
        for n in range(1, CARDS + 1):
            save(session, card(n, review=review))
    workers = [Worker(engine, person) for person in PEOPLE]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.error for worker in workers if worker.error] == []
    with Session(engine) as session:
        assert session.scalars(select(Waiting.field)).all() == []
        log = session.scalars(select(Decision).order_by(Decision.id)).all()
        cards = session.scalars(select(Card.id)).all()
        items = session.scalars(select(ControlItem)).all()
        assert all(lease.turn == "control" for lease in session.scalars(select(Lease))), "only unanswered known fields"
    as_kept = derived(engine)
    with Session(engine) as session, session.begin():
        rebuild_records(session)
    assert derived(engine) == as_kept, "what follows from the log is what was kept"
    made = defaultdict(list)
    for decision in log:
        made[decision.card_id, decision.field].append(decision)
    assert set(made) == {(card_id, field) for card_id in cards for field in FIELDS}
    for (_, field), decisions in made.items():
        first = "audit" if field == "education" else "key"
        assert [d.kind for d in decisions] == [first, "verify", "adjudicate"][: len(decisions)], "one decision a turn"
        assert len({d.person for d in decisions}) == len(decisions), "nobody checks their own work"
        assert len(decisions) > 1 or (decisions[0].agrees and field != "duration")
    tickets = [d.ticket for d in log] + [item.ticket for item in items]
    assert len(set(tickets)) == len(tickets)
    supervisors = {person.login for person in PEOPLE if person.role == "supervisor"}
    assert {d.person for d in log if d.kind == "adjudicate"} <= supervisors
    assert len({d.person for d in log}) >= 10
    for item in items:
        assert all(d.person != item.person for d in made[item.card_id, item.field]), "not what one keyed oneself"
