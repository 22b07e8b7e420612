"""A made-up box: files that say what is on their pages, and what stands in for looking into them and reading them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from time import sleep
from typing import Any

from ocr.forms.cover_sheet import CoverSheet, payload
from ocr.page import PageJob, PageResult
from ocr.preprocess.load import FileInfo, Kind
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from tests.faults.moments import arrive
from tests.store.cards import card

FILES = 20
COVERS = {
    5: CoverSheet("26-ABCDEFG", "TJ-A1", "D", date(2016, 3, 4), date(2016, 3, 4), 7, "anna"),
    13: CoverSheet("26-HJKLMNP", "TJ-A1", "", date(2016, 3, 1), date(2016, 12, 31), 9, "boris"),
}
PAGES: dict[int, list[dict[str, Any]]] = {
    4: [{"refused": "blank"}],
    7: [{"card": 6}],  # a copy of the file before
    9: [{"card": 2, "again": True}],  # the card of the second file, scanned again
    11: [],  # damaged
    15: [{"refused": "bad_fit"}],
    18: [{"card": 16, "again": True}, {"refused": "back_side"}],
} | {n: [{"cover": payload(sheet)}] for n, sheet in COVERS.items()}
PADDING = " " * 3000
"""So that a file is archived in several pieces."""


def fill(folder: Path) -> Path:
    """Write the box."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(1, FILES + 1):
        (folder / f"{n:02}.tif").write_text(json.dumps(list(_pages(n))) + PADDING)
    return folder


def _pages(n: int) -> Iterator[dict[str, Any]]:
    yield from PAGES.get(n, [{"card": n}])
    if n % 7 == 3:  # both sides
        yield {"card": n, "side": "return"}


def look(path: Path) -> FileInfo | Refused:
    """Stands in for `probe`."""
    data = path.read_bytes()
    arrive("looking", _number(path))
    digest, pages = sha256(data).hexdigest(), json.loads(data)
    if not pages:
        return Refused(ScanId(digest, 0), Refusal.UNREADABLE_FILE, "damaged")
    return FileInfo(path, digest, Kind.TIFF, len(pages))


def read(job: PageJob, **_: object) -> PageResult:
    """Stands in for `read_page`; pages take different times."""
    page = json.loads(job.path.read_bytes())[job.page]
    scan = ScanId(job.sha256, job.page)
    sleep(int(job.sha256[:2], 16) / 50_000)
    arrive("reading", _number(job.path))
    if "card" not in page:
        reason = Refusal.COVER_SHEET if "cover" in page else Refusal(page["refused"])
        return PageResult(job, Refused(scan, reason, page.get("cover", "")), 300.0, (10, 10))
    n = page["card"]
    doubts = {"surname": ["not_sure"], "occupation": ["ambiguous"]} if n % 3 == 0 else {}
    broken = ["rule:made_up"] if n % 5 == 0 else []
    made = card(n, side=page.get("side", "departure"), review=doubts, broken=broken)
    return PageResult(job, replace(made, scan=scan), 300.0, (10, 10))


def _number(path: Path) -> int:
    return int(path.stem) if path.stem.isdecimal() else 0
