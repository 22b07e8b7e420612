"""Empty backs of a run whose sheets were scanned on both sides, put aside so that nobody scans them again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy.orm import Session

from migcards.duplex import face, paired
from ocr.reading import Refusal
from store.scans import pages_of_run, put_backs_aside


def lay_together(session: Session, run_id: int) -> Mapping[Refusal, int]:
    """Lay the pages of a run together as sheets; returns how many were put aside, by why they had been refused."""
    pages = pages_of_run(session, run_id)
    of_file = Counter(page.sha256 for page in pages)
    starts = [
        place
        for place, page in enumerate(pages)
        if of_file[page.sha256] > 1 and (place == 0 or pages[place - 1].sha256 != page.sha256)
    ]
    backs = [pages[place] for sheet in paired([face(p.reason) for p in pages], starts) for place in sheet.backs]
    put_backs_aside(session, [page.id for page in backs])
    return Counter(page.reason for page in backs if page.reason is not None)
