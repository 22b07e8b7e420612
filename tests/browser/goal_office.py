"""An office whose queue keeps to goals: cards of which the machine read all but where the person lives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from sqlalchemy.orm import Session

from fixtures.review_site import ReviewSite, staff
from migcards.goal_keeper import GoalKeeper
from ocr.reading import Candidate, CardReading
from ocr.scan import ScanId
from review.assignment.policy import DeskRules
from review.desk import Desk
from store.cards import save_cards
from store.engine import open_store
from store.scans import ReadCard
from store.tables import PrecisionGoal
from tests.browser.busy import ANNA
from tests.store.cards import form
from tests.store.test_doubts import doubtful

REGION, DISTRICT = "residence_region", "residence_district"
WIDTH, HEIGHT, DPI = 1000, 700, 150
ZONE = ((60.0, 60.0), (560.0, 60.0), (560.0, 160.0), (60.0, 160.0))


HOMES = tuple(
    code for code, cards in (("TJ-KT", 62), ("TJ-SU", 48), ("TJ-RA", 36), ("TJ-DU", 12)) for _ in range(cards)
)
"""Where people live in an office of some size."""

KEYED = 80
"""Fields that were keyed there."""


def furnish_goals(folder: Path, homes: Sequence[str]) -> dict[int, str]:
    """Fill an empty folder with a store of cards, each with a scan that says its region; the regions by card.

    The machine is right about every one, and sure of none.
    """
    scans = folder / "scans"
    scans.mkdir(parents=True)
    (folder / "migcards.toml").write_text('keying = "goals"\n', "utf-8")
    staff(folder)
    others = [*homes[1:], homes[0]]
    cards = [_card(scans, n, home, homes, other) for n, (home, other) in enumerate(zip(homes, others, strict=True), 1)]
    engine = open_store(f"sqlite:///{folder / 'cards.db'}")
    with Session(engine) as session, session.begin():
        ids = save_cards(session, cards, run_id=None)
    engine.dispose()
    return dict(zip(ids, homes, strict=True))


def _card(scans: Path, n: int, home: str, homes: Sequence[str], other: str) -> ReadCard:
    path = scans / f"{n:04}.tif"
    paper = np.full((HEIGHT, WIDTH), 255, np.uint8)
    cv2.putText(paper, home, (80, 135), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 0, 6)
    cv2.putText(paper, str(n), (80, 600), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 0, 6)
    Image.fromarray(paper).save(path, dpi=(DPI, DPI))
    second = other if other != home else next(code for code in homes if code != home)
    read = doubtful(n, reads={REGION: ((home, 0.8), (second, 0.2)), DISTRICT: (("?", 0.5),)})
    read = _with_sex(read, "F" if n % 6 == 0 else "M")
    read = _on(read, ScanId(sha256(path.read_bytes()).hexdigest(), 0))
    return ReadCard(read, form(read.form), str(path), float(DPI), (WIDTH, HEIGHT))


def _with_sex(read: CardReading, sex: str) -> CardReading:
    """The same card of a man or a woman, of which the machine is sure."""
    said = {"value": sex, "raw": sex, "candidates": (Candidate(sex, sex, 0.9),)}
    return replace(read, fields=tuple(replace(f, **said) if f.field == "sex" else f for f in read.fields))


def _on(read: CardReading, scan: ScanId) -> CardReading:
    return replace(read, scan=scan, fields=tuple(replace(field, quad=ZONE) for field in read.fields))


def key_for_goals(site: ReviewSite, homes: Mapping[int, str]) -> None:
    """Set a goal that is reached and one that is not, and key a part of what that takes."""
    now, rules = datetime.now(UTC), DeskRules(control_share=0.0, keying="goals")
    days = {"first_day": date(2016, 1, 1), "last_day": date(2016, 12, 31)}
    about = {"direction": "D", "person": "vera", "at": now, "dropped_at": None}
    with Session(site.engine) as session, session.begin():
        session.add(PrecisionGoal(dimension="sex", within=0.01, **days, **about))
        session.add(PrecisionGoal(dimension="region", within=0.12, **days, **about))
    GoalKeeper(site.engine).plan()
    for _ in range(KEYED):
        with Session(site.engine) as session, session.begin():
            desk = Desk(session, ANNA, now, rules)
            for task in desk.assign(count=1):
                desk.key(task.ticket, homes[task.card_id], seconds=4.0)
