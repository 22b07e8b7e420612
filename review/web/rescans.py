"""Sheets that have to be scanned again, with small pictures of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from ocr.reading import Refusal
from ocr.scan import ScanId
from review.cards.flags import open_flags
from review.web.deps import Scanner, SiteDep
from review.web.images import picture, scan_at_hand
from review.web.problems import Problem
from review.web.render import page
from store.scans import ToRescan, refused_path, rescan_list
from texts import Language, refusal_message

router = APIRouter(include_in_schema=False)

_NO_PICTURE = frozenset({Refusal.UNREADABLE_FILE, Refusal.UNAVAILABLE})


@dataclass(frozen=True)
class RescanLine:
    """A refused sheet as a page shows it; `picture` is the address of its picture, empty where there can be none."""

    sheet: ToRescan
    advice: str
    picture: str


@router.get("/rescan")
def rescan_page(request: Request, visitor: Scanner, site: SiteDep) -> Response:
    """Sheets that could not be read, and cards for which a person asks a new scan."""
    with site.reading() as session:
        sheets = rescan_lines(rescan_list(session), visitor.language)
        flags = [found for found in open_flags(session) if found.kind == "rescan"]
    return page(request, "rescan.html", sheets=sheets, rescans=flags)


@router.get("/rescan/{sha256}/{number}")
def sheet_picture(
    visitor: Scanner,
    site: SiteDep,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    number: Annotated[int, Path(ge=1, lt=2**31)],
) -> Response:
    """A refused sheet, small; `number` counts pages from 1."""
    scan = ScanId(sha256, number - 1)
    with site.reading() as session:
        path = refused_path(session, scan)
    if path is None:
        raise Problem("not_found", 404)
    with scan_at_hand():
        return picture(site.pictures.sheet(scan, path))


def rescan_lines(sheets: Sequence[ToRescan], language: Language) -> list[RescanLine]:
    """Refused sheets with what to do about each."""
    return [
        RescanLine(
            sheet,
            refusal_message(sheet.reason, sheet.detail, language),
            "" if sheet.reason in _NO_PICTURE else f"/rescan/{sheet.scan.sha256}/{sheet.scan.page + 1}",
        )
        for sheet in sheets
    ]
