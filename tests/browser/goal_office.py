"""An office whose queue keeps to goals: cards of which the machine read all but where the person lives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from sqlalchemy.orm import Session

from fixtures.review_site import staff
from ocr.reading import CardReading
from ocr.scan import ScanId
from store.cards import save_cards
from store.engine import open_store
from store.scans import ReadCard
from tests.store.cards import form
from tests.store.test_doubts import doubtful

REGION, DISTRICT = "residence_region", "residence_district"
WIDTH, HEIGHT, DPI = 1000, 700, 150
ZONE = ((60.0, 60.0), (560.0, 60.0), (560.0, 160.0), (60.0, 160.0))


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
    read = _on(read, ScanId(sha256(path.read_bytes()).hexdigest(), 0))
    return ReadCard(read, form(read.form), str(path), float(DPI), (WIDTH, HEIGHT))


def _on(read: CardReading, scan: ScanId) -> CardReading:
    return replace(read, scan=scan, fields=tuple(replace(field, quad=ZONE) for field in read.fields))
