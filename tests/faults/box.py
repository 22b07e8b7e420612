"""A made-up box: files that say what is on their pages, and what stands in for looking into them and reading them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import sleep
from typing import Any, BinaryIO

from ocr.batch_evidence import weigh
from ocr.forms.cover_sheet import CoverSheet, payload
from ocr.forms.definition import load_forms
from ocr.page import PageJob, PageResult
from ocr.preprocess import load
from ocr.preprocess.content import opened
from ocr.preprocess.load import FileInfo, Kind
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from tests.faults.moments import arrive
from tests.store.cards import card
from texts.catalogue import catalogue

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
        (folder / f"{n:02}.tif").write_bytes(written(list(_pages(n))))
    return folder


def written(pages: Sequence[dict[str, Any]]) -> bytes:
    """A file with some pages."""
    return (json.dumps(pages) + PADDING).encode()


def _pages(n: int) -> Iterator[dict[str, Any]]:
    yield from PAGES.get(n, [{"card": n}])
    if n % 7 == 3:  # both sides
        yield {"card": n, "side": "return"}


def kind(source: BinaryIO) -> Kind:
    """Stands in for telling formats apart."""
    return Kind.TIFF


def count_pages(source: BinaryIO, kind: Kind) -> int:
    """Stands in for counting pages."""
    return len(json.loads(source.read()))


def look(path: Path) -> FileInfo | Refused:
    """`probe` with moments before and after it."""
    arrive("looking", _number(path))
    info = load.probe(path)
    arrive("looked", _number(path))
    return info


def read(job: PageJob, **_: object) -> PageResult:
    """Stands in for `read_page`: the page says what is read from it. Pages take different times."""
    scan = ScanId(job.sha256, job.page)
    sleep(int(job.sha256[:2], 16) / 50_000)
    arrive("reading", _number(job.path))
    try:
        with opened(job.path, job.sha256) as source:
            page = json.loads(source.read())[job.page]
    except Exception as error:
        return PageResult(job, load._refused(scan, error), None, None)
    arrive("read", _number(job.path))
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


def load_all() -> None:
    """Load what every run loads, before processes are forked."""
    catalogue()
    made = card(1)
    form = next(form for form in load_forms() if form.id == made.form)
    for sheet in COVERS.values():
        weigh(made, form, sheet, 0.0, date(2026, 1, 1))


load_all()
