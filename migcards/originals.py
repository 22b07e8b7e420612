"""Original scans found again by their content: in the archive, else where they lay when they were read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ocr.errors import BadInputError
from ocr.file_names import as_path, as_text
from ocr.geometry import Points, Quad, apply
from ocr.preprocess.load import load_page
from ocr.reading import Refusal
from ocr.scan import ScanId
from ocr.sheet import Sheet
from store.archive import find
from texts import refusal_message


def load_original(scan: ScanId, path: str, archive: Path | None) -> Sheet:
    """Load the page that a card was read from.

    Parameters
    ----------
    path
        Where the file lay when it was read (`ocr.file_names.as_text`).
    archive
        Folder of originals by content hash, if there is one; looked into first.

    Raises
    ------
    BadInputError
        There is no such file any more, its content is another, or it cannot be decoded.
    """
    places = places_of(scan, path, archive)
    for place in places:
        sheet = load_page(place, scan.page, scan.sha256)
        if isinstance(sheet, Sheet):
            return sheet
        if sheet.reason is not Refusal.UNAVAILABLE:
            why = refusal_message(sheet.reason, sheet.detail, "en")
            raise BadInputError(f"{as_text(place)}, page {scan.page + 1}: {why}")
    what = f"{as_text(places[0])} is not the file that was read" if places else f"{path} is not there any more"
    where = f"in its place or in the archive {archive}" if archive else "in its place (no archive is set)"
    raise BadInputError(f"{what}. Put the file whose SHA-256 begins with {scan.sha256[:12]} back {where}.")


def places_of(scan: ScanId, path: str, archive: Path | None) -> list[Path]:
    """Where a scan may lie, as for `load_original`: files that are there, the archive's before the other."""
    kept = find(archive, scan.sha256) if archive else None
    return [place for place in (kept, as_path(path)) if place is not None and place.is_file()]


def on_sheet(sheet: Sheet, quad: Quad) -> Points:
    """Corners (4, 2) that are kept in pixels of the original scan, in the sheet's pixels."""
    return apply(np.asarray(np.linalg.inv(sheet.to_scan)), quad)
