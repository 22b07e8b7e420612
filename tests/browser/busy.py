"""A morning's work in an office, so that every page has something to show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fixtures.review_site import ReviewSite
from ocr.forms.cover_sheet import CoverSheet
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from review.assignment.policy import DeskRules
from review.cards.flags import Flagging
from review.desk import Desk, Person
from store.batches import attach, batch_of
from store.records import refresh
from store.scans import save_refused
from store.tables import DuplicatePair, Scan

ANNA, BORIS, VERA = Person("anna", "reviewer"), Person("boris", "reviewer"), Person("vera", "supervisor")
RULES = DeskRules(control_share=0.0)
BATCH = CoverSheet("26-ABCDEFG", "TJ-A1", "D", date(2016, 5, 2), date(2016, 5, 4), 12, "Мадина", ((1, 12),))
DISPUTED, WRONG = "crossing_date", ("1999-01-01", "1999-01-02")


def work(site: ReviewSite) -> None:
    """Two people key; about two dates they differ, cards are reopened, one is set aside, two seem to be scanned twice,
    a sheet is not read. All cards lie in a batch that does not add up."""
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
        batch = batch_of(session, BATCH, "operator")
        scans = session.execute(select(Scan.sha256, Scan.page, Scan.path).where(Scan.outcome == "read"))
        attach(session, {ScanId(sha256, page): path for sha256, page, path in scans}, batch, None)
        save_refused(session, refused, run_id=None, batch_id=batch, path="box 7/0042.jpg", dpi=300.0, size=(2480, 1754))


def _key(site: ReviewSite, person: Person, count: int, start: datetime) -> None:
    truth = site.truth
    for n in range(count):
        now = start + timedelta(seconds=20 * n)
        with Session(site.engine) as session, session.begin():
            desk = Desk(session, person, now, RULES)
            tasks = desk.assign(count=1)
            desk.release([task.ticket for task in tasks[1:]])  # places on stamps stay for the group screen
            for task in tasks[:1]:
                differs = task.field == DISPUTED and task.card_id in (5, 6)
                value = WRONG[person is BORIS] if differs else truth[task.card_id][task.field]
                desk.key(task.ticket, value, seconds=4.0 + n % 5)
