"""Batches: counted bundles of cards, opened, filled and closed.

Plain functions that take a Session; the caller commits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.forms.cover_sheet import CoverSheet, Direction
from ocr.scan import ScanId
from store.batch_account import Account, accounts, kept
from store.engine import insert_new
from store.tables import Batch, BatchClosing, Card, Record, Scan

BatchState: TypeAlias = Literal["open", "closed", "signed", "changed"]
"""Not closed yet; added up; signed by a supervisor although it does not; changed since it was closed."""

_CHUNK = 400


@dataclass(frozen=True)
class Closing:
    """How a batch was closed or reopened; `account` is what was counted then (`store.tables.BatchClosing`)."""

    kind: str
    person: str
    reason: str
    account: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class BatchNow:
    """A batch with what its cover sheet says, and the last that was done to close it."""

    id: int
    sheet: CoverSheet
    opened_at: datetime
    opened_by: str
    account: Account
    closing: Closing | None

    @property
    def state(self) -> BatchState:
        """Whether the batch is closed, and whether that still holds."""
        if self.closing is None or self.closing.kind == "reopen":
            return "open"
        if self.closing.account != kept(self.account):
            return "changed"
        return "closed" if self.closing.kind == "close" else "signed"


def batch_of(session: Session, sheet: CoverSheet, opened_by: str) -> int:
    """Id of the batch with this number; opened with what its cover sheet says where there is none yet."""
    row = {
        "number": sheet.number,
        "checkpoint": sheet.checkpoint,
        "direction": sheet.direction,
        "first_day": sheet.first_day,
        "last_day": sheet.last_day,
        "expected": sheet.expected,
        "serials": [list(ends) for ends in sheet.serials],
        "clerk": sheet.clerk,
        "opened_at": datetime.now(UTC),
        "opened_by": opened_by,
    }
    insert_new(session, Batch, [row], Batch.id)
    return id_of(session, sheet.number)


def open_batch(session: Session, sheet: CoverSheet, opened_by: str) -> int:
    """Open a new batch and return its id.

    Raises
    ------
    BadInputError
        There is a batch with this number already.
    """
    if _row_of(session, sheet.number) is not None:
        raise BadInputError(f"There is a batch {sheet.number} already.")
    return batch_of(session, sheet, opened_by)


def id_of(session: Session, number: str) -> int:
    """Id of the batch with this number.

    Raises
    ------
    BadInputError
        There is none.
    """
    return _known(session, number).id


def cover_of(session: Session, batch_id: int) -> CoverSheet:
    """What the cover sheet of a batch says."""
    return _sheet(session.get_one(Batch, batch_id))


def batch_now(session: Session, number: str) -> BatchNow:
    """A batch, counted now.

    Raises
    ------
    BadInputError
        There is no batch with this number.
    """
    batch = _known(session, number)
    return _now(session, [batch])[0]


def batches_now(
    session: Session,
    *,
    limit: int = 100,
    before: int | None = None,
    since: datetime | None = None,
    unclosed: bool = False,
) -> list[BatchNow]:
    """The latest batches, counted now, the newest first.

    Parameters
    ----------
    before
        An id, for the page that follows.
    since
        Only those opened from this moment on.
    unclosed
        Only those that nobody has closed or signed, or that were opened again.
    """
    query = select(Batch).order_by(Batch.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Batch.id < before)
    if since is not None:
        query = query.where(Batch.opened_at >= since)
    if unclosed:
        query = query.where(_is_unclosed())
    return _now(session, session.scalars(query).all())


def count_unclosed(session: Session) -> int:
    """Batches that nobody has closed or signed, or that were opened again."""
    return session.scalar(select(func.count()).select_from(Batch).where(_is_unclosed())) or 0


def closings(session: Session, batch_id: int) -> list[BatchClosing]:
    """All that was done to close a batch, the first first."""
    return list(
        session.scalars(select(BatchClosing).where(BatchClosing.batch_id == batch_id).order_by(BatchClosing.id))
    )


def attach(session: Session, scans: Mapping[ScanId, str], batch_id: int, before: int | None) -> None:
    """Put pages that are in no batch yet into one.

    Those of the batch before it in the stream too, where they were read from the very files that lie here: its cover
    sheet could not be read then.

    Parameters
    ----------
    scans
        With what the file is called in which each lies.
    """
    ordered = sorted(scans)
    for start in range(0, len(ordered), _CHUNK):
        part = [(scan.sha256, scan.page) for scan in ordered[start : start + _CHUNK]]
        free = or_(Scan.batch_id.is_(None), Scan.batch_id == before)
        query = select(Scan.id, Scan.sha256, Scan.page, Scan.path, Scan.batch_id)
        found = session.execute(query.where(tuple_(Scan.sha256, Scan.page).in_(part), free).with_for_update()).all()
        ids = [s.id for s in found if s.batch_id is None or s.path == scans[ScanId(s.sha256, s.page)]]
        session.execute(update(Scan).where(Scan.id.in_(ids)).values(batch_id=batch_id))
        cards = select(Card.id).where(Card.scan_id.in_(ids))
        session.execute(update(Record).where(Record.card_id.in_(cards)).values(batch_id=batch_id))


def close_batch(session: Session, number: str, person: str, *, reason: str = "") -> BatchNow:
    """Close a batch that adds up, or sign one that does not with the reason why.

    Raises
    ------
    BadInputError
        There is no such batch, it is closed already, or it does not add up and no reason is given.
    """
    now = batch_now(session, number)
    if now.state in ("closed", "signed"):
        raise BadInputError(f"Batch {number} is closed already.")
    if now.account.adds_up:
        return _note(session, now, "close", person, "")
    if not reason.strip():
        raise BadInputError(f"Batch {number} does not add up: a supervisor has to sign it and say why.")
    return _note(session, now, "sign", person, reason.strip())


def reopen_batch(session: Session, number: str, person: str, *, reason: str) -> BatchNow:
    """Open a closed batch again; what was signed stays in the log.

    Raises
    ------
    BadInputError
        There is no such batch, it is open, or no reason is given.
    """
    now = batch_now(session, number)
    if now.state == "open":
        raise BadInputError(f"Batch {number} is open.")
    if not reason.strip():
        raise BadInputError(f"Say why batch {number} is opened again.")
    return _note(session, now, "reopen", person, reason.strip())


def _row_of(session: Session, number: str) -> Batch | None:
    return session.scalars(select(Batch).where(Batch.number == number)).one_or_none()


def _known(session: Session, number: str) -> Batch:
    batch = _row_of(session, number)
    if batch is None:
        raise BadInputError(f"There is no batch {number}; `migcards batch list` lists them.")
    return batch


def _note(session: Session, now: BatchNow, kind: str, person: str, reason: str) -> BatchNow:
    row = {"batch_id": now.id, "kind": kind, "person": person, "reason": reason, "account": kept(now.account)}
    session.add(BatchClosing(**row, at=datetime.now(UTC)))
    session.flush()
    return batch_now(session, now.sheet.number)


def _sheet(batch: Batch) -> CoverSheet:
    direction: Direction = "D" if batch.direction == "D" else "A" if batch.direction == "A" else ""
    return CoverSheet(
        number=batch.number,
        checkpoint=batch.checkpoint,
        direction=direction,
        first_day=batch.first_day,
        last_day=batch.last_day,
        expected=batch.expected,
        clerk=batch.clerk,
        serials=tuple((first, last) for first, last in batch.serials),
    )


def _is_unclosed() -> ColumnElement[bool]:
    newest = (
        select(BatchClosing.kind).where(BatchClosing.batch_id == Batch.id).order_by(BatchClosing.id.desc()).limit(1)
    )
    return func.coalesce(newest.scalar_subquery(), "reopen") == "reopen"


def _now(session: Session, batches: Sequence[Batch]) -> list[BatchNow]:
    ids = [batch.id for batch in batches]
    newest = select(func.max(BatchClosing.id)).where(BatchClosing.batch_id.in_(ids)).group_by(BatchClosing.batch_id)
    last = session.scalars(select(BatchClosing).where(BatchClosing.id.in_(newest)))
    closings = {row.batch_id: Closing(row.kind, row.person, row.reason, row.account, row.at) for row in last}
    sheets = {batch.id: _sheet(batch) for batch in batches}
    found = accounts(session, sheets)
    return [BatchNow(b.id, sheets[b.id], b.opened_at, b.opened_by, found[b.id], closings.get(b.id)) for b in batches]
