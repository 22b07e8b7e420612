"""A morning's work in an office, so that every page has something to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from fixtures.review_site import ReviewSite
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from review.assignment.policy import DeskRules
from review.cards.flags import Flagging
from review.desk import Desk, Person
from store.records import refresh
from store.scans import save_refused
from store.tables import DuplicatePair

ANNA, BORIS, VERA = Person("anna", "reviewer"), Person("boris", "reviewer"), Person("vera", "supervisor")
RULES = DeskRules(control_share=0.0)
DISPUTED, WRONG = "crossing_date", ("1999-01-01", "1999-01-02")


def work(site: ReviewSite) -> None:
    """Two people key; about two dates they differ, cards are reopened, one is set aside, two seem to be scanned twice,
    a sheet is not read."""
    start = datetime.now(UTC) - timedelta(hours=2)
    _key(site, ANNA, 12, start)
    _key(site, BORIS, 6, start + timedelta(hours=1))
    with Session(site.engine) as session, session.begin():
        for card_id in (1, 2):  # so that every kind of field waits, whatever the machine accepts
            Desk(session, VERA, datetime.now(UTC)).reopen(card_id, None, "the pages were swapped")
        Flagging(session, ANNA, datetime.now(UTC)).flag(4, "surname", "rescan", "")
        found = {"by_number": False, "distance": 0.1, "found_at": datetime.now(UTC)}
        session.add_all(DuplicatePair(card_id=card_id, other_id=2, **found) for card_id in (3, 4))
        session.flush()
        refresh(session, [3, 4])
        refused = Refused(ScanId("0" * 64, 0), Refusal.BLANK, "no ink")
        save_refused(session, refused, run_id=None, path="box 7/0042.jpg", dpi=300.0, size=(2480, 1754))


def _key(site: ReviewSite, person: Person, count: int, start: datetime) -> None:
    truth = site.truth
    for n in range(count):
        now = start + timedelta(seconds=20 * n)
        with Session(site.engine) as session, session.begin():
            tasks = Desk(session, person, now, RULES).assign(count=1)
            for task in tasks:
                differs = task.field == DISPUTED and task.card_id in (5, 6)
                value = WRONG[person is BORIS] if differs else truth[task.card_id][task.field]
                Desk(session, person, now, RULES).key(task.ticket, value, seconds=4.0 + n % 5)
