"""Pages and what became of them: the present state in `scans`, every refusal in the log `refusals`.

Plain functions that take a Session; the caller commits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ocr.forms.definition import Form
from ocr.likeness import Likeness
from ocr.reading import CardReading, Refusal, Refused
from ocr.scan import ScanId
from store.engine import insert_new
from store.queries import is_unread
from store.tables import Batch, Card, LoggedRefusal, Scan

_PARAMETERS = 500
_TRANSIENT = [str(reason) for reason in Refusal if reason.transient]


@dataclass(frozen=True)
class ToRescan:
    """A sheet that was refused: what to take out of the box and why; `batch` is the number of its batch."""

    scan: ScanId
    path: str
    reason: Refusal
    detail: str
    loaded_at: datetime
    batch: str | None


class PageOfRun(NamedTuple):
    """A page: its row, the hash of its file, and why it was refused, None where it was not."""

    id: int
    sha256: str
    reason: Refusal | None


def known_scans(
    session: Session, shas: Collection[str], *, forms: str = "", again: bool = False
) -> dict[ScanId, int | None]:
    """Pages of the files with these hashes that need not be read: those that were, and those refused for good.

    Each with the id of the batch that it opens, where it is a cover sheet.

    Not refused for good is a page that the machine could not get at (`Refusal.transient`), and one of an unknown form
    where other forms are known now.

    Parameters
    ----------
    forms
        Fingerprint of the forms that are known now.
    again
        Whether all refused pages are to be read again.
    """
    ordered, found = sorted(set(shas)), dict[ScanId, int | None]()
    for start in range(0, len(ordered), _PARAMETERS):
        chunk = ordered[start : start + _PARAMETERS]
        query = select(Scan.sha256, Scan.page, Scan.outcome, Scan.reason, Scan.batch_id).where(Scan.sha256.in_(chunk))
        tried = _tried(session, chunk, forms)
        for sha256, page, outcome, reason, batch_id in session.execute(query):
            scan = ScanId(sha256, page)
            final = not again and reason not in _TRANSIENT and (reason != Refusal.UNKNOWN_FORM or scan in tried)
            if outcome != "refused" or final:
                found[scan] = batch_id if outcome == "cover" else None
    return found


def _tried(session: Session, shas: Collection[str], forms: str) -> set[ScanId]:
    """Pages that were held against exactly these forms and fitted none."""
    query = select(LoggedRefusal.sha256, LoggedRefusal.page).where(
        LoggedRefusal.sha256.in_(shas), LoggedRefusal.forms == forms, LoggedRefusal.reason == str(Refusal.UNKNOWN_FORM)
    )
    return {ScanId(sha256, page) for sha256, page in session.execute(query)}


def rescan_list(session: Session, *, batch_id: int | None = None) -> list[ToRescan]:
    """Refused sheets that wait to be scanned again, in the order in which they were scanned, of one batch or of all."""
    query = select(Scan, Batch.number).outerjoin(Batch, Batch.id == Scan.batch_id).order_by(Scan.id)
    query = query.where(is_unread())
    if batch_id is not None:
        query = query.where(Scan.batch_id == batch_id)
    return [
        ToRescan(ScanId(s.sha256, s.page), s.path, Refusal(s.reason or ""), s.detail or "", s.loaded_at, number)
        for s, number in session.execute(query)
    ]


def places_of(session: Session, cards: Collection[int]) -> dict[int, str]:
    """Where the scans of cards lay when they were read, by the cards' ids."""
    ordered, found = sorted(cards), {}
    for start in range(0, len(ordered), _PARAMETERS):
        query = select(Card.id, Scan.path).join(Scan, Scan.id == Card.scan_id)
        for row in session.execute(query.where(Card.id.in_(ordered[start : start + _PARAMETERS]))):
            found[row.id] = row.path
    return found


def refused_path(session: Session, scan: ScanId) -> str | None:
    """Where a refused sheet lay when it was looked at; None where no such sheet was refused."""
    query = select(Scan.path).where(Scan.sha256 == scan.sha256, Scan.page == scan.page, Scan.outcome == "refused")
    return session.scalar(query)


def save_refused(
    session: Session,
    refused: Refused,
    *,
    run_id: int | None,
    path: str,
    batch_id: int | None = None,
    dpi: float | None = None,
    size: tuple[int, int] | None = None,
    forms: str = "",
    place: int | None = None,
) -> bool:
    """Keep a sheet that was not read, once for each run; returns False where it was refused no longer: so it stays.

    The cover sheet of a batch is kept as such, and is no refusal; if it was one before, it is no longer.

    Parameters
    ----------
    batch_id
        The batch in which it lay.
    dpi, size
        Pixels per inch, and (width, height) in pixels, as far as they are known.
    forms
        Fingerprint of the forms that were known.
    place
        Where it lay among the pages of its run.
    """
    is_cover = refused.reason is Refusal.COVER_SHEET
    outcome: dict[str, Any] = {"outcome": "refused", "reason": str(refused.reason), "detail": refused.detail}
    if is_cover:
        outcome = {"outcome": "cover", "reason": None, "detail": None, "rescanned_by": None}
    values = _values(refused.scan, path, dpi, size, run_id) | outcome | {"batch_id": batch_id, "serial": refused.serial}
    values["place"] = place
    if not insert_new(session, Scan, [values], Scan.id):
        row = _locked(session, refused.scan)
        if row.outcome != "refused":
            return False
        if (row.run_id, row.reason, row.detail) == (run_id, str(refused.reason), refused.detail):
            return True
        session.execute(update(Scan).where(Scan.id == row.id).values(values))
    if is_cover:
        return True
    entry = {"run_id": run_id, "sha256": refused.scan.sha256, "page": refused.scan.page, "path": path}
    session.add(
        LoggedRefusal(
            **entry, reason=str(refused.reason), detail=refused.detail, forms=forms, refused_at=values["loaded_at"]
        )
    )
    session.flush()
    return True


@dataclass(frozen=True)
class ReadCard:
    """A card that was read.

    Attributes
    ----------
    form
        The definition that it was read with; kept with the card.
    path
        Where the scan lay.
    dpi, size
        Pixels per inch, and (width, height) in pixels, of the scan.
    batch_id
        The batch in which it lay.
    likeness
        The signature of its ink, where there is enough of it.
    place
        Where it lay among the pages of its run.
    """

    reading: CardReading
    form: Form
    path: str
    dpi: float
    size: tuple[int, int]
    batch_id: int | None = None
    likeness: Likeness | None = None
    place: int | None = None


def save_read(session: Session, cards: Sequence[ReadCard], run_id: int | None) -> dict[ScanId, int]:
    """The rows of scans that are read now; holds their locks, so that of two programs one waits for the other.

    One that was refused before is read from now on, by this run; that it was refused stays in the log.
    """
    read = {"outcome": "read", "reason": None, "detail": None, "serial": None, "rescanned_by": None}
    rows = {
        c.reading.scan: _values(c.reading.scan, c.path, c.dpi, c.size, run_id)
        | read
        | {"batch_id": c.batch_id, "place": c.place}
        for c in cards
    }
    new = insert_new(session, Scan, list(rows.values()), Scan.sha256, Scan.page, Scan.id)
    ids = {ScanId(sha256, page): int(key) for sha256, page, key in new}
    for scan in [scan for scan in rows if scan not in ids]:
        row = _locked(session, scan)
        if row.outcome == "refused":
            session.execute(update(Scan).where(Scan.id == row.id).values(rows[scan]))
        ids[scan] = int(row.id)
    return ids


def unavailable_now(session: Session, paths: Collection[str]) -> set[str]:
    """Files among these, by their paths, that could not be got at when they were read last."""
    ordered, found = sorted(paths), set()
    for start in range(0, len(ordered), _PARAMETERS):
        chunk = ordered[start : start + _PARAMETERS]
        query = select(Scan.path).where(Scan.path.in_(chunk), Scan.outcome == "refused", Scan.reason.in_(_TRANSIENT))
        found |= set(session.scalars(query))
    return found


def unavailable_before(session: Session, present: Mapping[str, str]) -> list[int]:
    """Ids of scans of files that could not be got at, or were changed, and lie there now.

    They stand on the rescan list under a hash that is not that of their content.

    Parameters
    ----------
    present
        Hash of the content that lies at each path now; not more than some hundred.
    """
    query = select(Scan.id, Scan.path, Scan.sha256).where(Scan.path.in_(present), Scan.outcome == "refused")
    found = session.execute(query.where(Scan.reason.in_(_TRANSIENT)))
    return [row.id for row in found if present[row.path] != row.sha256]


def waits_for_another_try(session: Session, path: str) -> bool:
    """Whether the machine could not get at a file the last time, so that another run may."""
    query = select(Scan.id).where(Scan.path == path, Scan.outcome == "refused", Scan.reason.in_(_TRANSIENT)).limit(1)
    return session.scalar(query) is not None


def forget(session: Session, scan_ids: Collection[int]) -> None:
    """Take scans off the rescan list; the log keeps that they were refused."""
    session.execute(delete(Scan).where(Scan.id.in_(scan_ids)))


def pages_of_run(session: Session, run_id: int) -> list[PageOfRun]:
    """Pages of a run as they lay in the box."""
    columns = (Scan.id, Scan.sha256, Scan.reason)
    rows = session.execute(select(*columns).where(Scan.run_id == run_id).order_by(Scan.place, Scan.id))
    return [PageOfRun(key, sha256, Refusal(reason) if reason else None) for key, sha256, reason in rows]


def put_backs_aside(session: Session, scan_ids: Collection[int]) -> None:
    """Take pages off the rescan list that are the empty other side of a sheet."""
    ordered = sorted(scan_ids)
    for start in range(0, len(ordered), _PARAMETERS):
        chunk = Scan.id.in_(ordered[start : start + _PARAMETERS])
        session.execute(update(Scan).where(chunk).values(outcome="back", reason=None, detail=None))


def _locked(session: Session, scan: ScanId) -> Any:
    """State of a page that is there, locked until the transaction ends."""
    columns = (Scan.id, Scan.outcome, Scan.run_id, Scan.reason, Scan.detail)
    query = select(*columns).where(Scan.sha256 == scan.sha256, Scan.page == scan.page)
    return session.execute(query.with_for_update()).one()


def _values(
    scan: ScanId, path: str, dpi: float | None, size: tuple[int, int] | None, run_id: int | None
) -> dict[str, Any]:
    width, height = size or (None, None)
    return {
        "sha256": scan.sha256,
        "page": scan.page,
        "path": path,
        "dpi": dpi,
        "width": width,
        "height": height,
        "loaded_at": datetime.now(UTC),
        "run_id": run_id,
    }
