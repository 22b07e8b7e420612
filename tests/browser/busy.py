"""A morning's work in an office, so that every page has something to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from fixtures.review_site import ReviewSite
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from review.assignment.policy import DeskRules
from review.cards.flags import flag
from review.decisions.corrections import reopen
from review.desk import Person, draw, key
from store.cards import save_refused

ANNA, BORIS, VERA = Person("anna", "reviewer"), Person("boris", "reviewer"), Person("vera", "supervisor")
RULES = DeskRules(seed_share=0.0)
DISPUTED, WRONG = "crossing_date", ("1999-01-01", "1999-01-02")


def work(site: ReviewSite) -> None:
    """Two people key; about two dates they differ, cards are reopened, one is set aside, a sheet is not read."""
    start = datetime.now(UTC) - timedelta(hours=2)
    _key(site, ANNA, 12, start)
    _key(site, BORIS, 6, start + timedelta(hours=1))
    with Session(site.engine) as session, session.begin():
        for card_id in (1, 2):  # so that every kind of field waits, whatever the machine accepts
            reopen(session, VERA, card_id, None, "the pages were swapped", now=datetime.now(UTC))
        flag(session, ANNA, 4, "surname", "rescan", "", datetime.now(UTC))
        refused = Refused(ScanId("0" * 64, 0), Refusal.BLANK, "no ink")
        save_refused(session, refused, batch_id=None, path="box 7/0042.jpg", dpi=300.0, size=(2480, 1754))


def _key(site: ReviewSite, person: Person, count: int, start: datetime) -> None:
    truth = site.truth
    for n in range(count):
        now = start + timedelta(seconds=20 * n)
        with Session(site.engine) as session, session.begin():
            tasks = draw(session, person, count=1, now=now, rules=RULES)
            for task in tasks:
                differs = task.field == DISPUTED and task.card_id in (5, 6)
                value = WRONG[person is BORIS] if differs else truth[task.card_id][task.field]
                key(session, person, task.ticket, value, seconds=4.0 + n % 5, shown="", now=now, rules=RULES)
