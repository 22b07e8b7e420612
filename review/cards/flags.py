"""Cards that people set aside: another card's scan, a scan to be made anew, anything else a supervisor must see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from ocr.scan import ScanId
from review.assignment.tasks import DeskContext
from review.decisions.decision_log import locked_card
from review.errors import ReviewError
from store.tables import Card, Flag, Lease, Scan

FlagKind: TypeAlias = Literal["rescan", "wrong_card", "other"]


@dataclass(frozen=True)
class OpenFlag:
    """A flag that nobody resolved yet; `scan` and `path` say which sheet to take out of the box."""

    id: int
    card_id: int
    scan: ScanId
    path: str
    field: str
    kind: FlagKind
    note: str
    person: str
    at: datetime


@dataclass(frozen=True)
class Flagging(DeskContext):
    """Setting cards aside, and putting them back. The caller commits."""

    def flag(self, card_id: int, field: str, kind: FlagKind, note: str) -> int:
        """Set a card aside, so that nobody keys its fields until a supervisor has seen it; returns the flag's id.

        The field that the person holds is given back.

        Parameters
        ----------
        field
            What the person had before them.
        note
            Free words; never a name or a document's number.

        Raises
        ------
        BadInputError
            There is no such card or kind of flag.
        """
        if kind not in get_args(FlagKind):
            raise BadInputError(f"{kind!r} is no kind of flag: {', '.join(get_args(FlagKind))}.")
        locked_card(self.session, card_id)
        login = self.person.login
        same = {"card_id": card_id, "field": field, "kind": kind, "person": login, "resolved_at": None}
        known = self.session.scalars(select(Flag.id).filter_by(**same)).first()  # sent again after the line was cut
        if known is not None:
            return known
        row = Flag(note=note.strip(), at=self.now, resolved_by=None, **same)
        self.session.add(row)
        self.session.execute(delete(Lease).where(Lease.card_id == card_id, Lease.person == login))
        self.session.flush()
        return row.id

    def resolve(self, flag_id: int) -> None:
        """Give a card's fields back to the queue, unless it has other flags.

        Raises
        ------
        BadInputError
            There is no such flag, it was resolved before, or the person is no supervisor.
        """
        if self.person.role != "supervisor":
            raise ReviewError("only_supervisor")
        row = self.session.get(Flag, flag_id, with_for_update=True)
        if row is None or row.resolved_at is not None:
            raise ReviewError("no_flag")
        row.resolved_by, row.resolved_at = self.person.login, self.now
        self.session.flush()


def open_flags(session: Session) -> list[OpenFlag]:
    """The flags that wait for a supervisor, oldest first."""
    query = (
        select(Flag, Scan.sha256, Scan.page, Scan.path)
        .join(Card, Card.id == Flag.card_id)
        .join(Scan, Scan.id == Card.scan_id)
        .where(Flag.resolved_at.is_(None))
        .order_by(Flag.at, Flag.id)
    )
    return [
        OpenFlag(
            row.Flag.id,
            row.Flag.card_id,
            ScanId(row.sha256, row.page),
            row.path,
            row.Flag.field,
            row.Flag.kind,
            row.Flag.note,
            row.Flag.person,
            row.Flag.at,
        )
        for row in session.execute(query)
    ]
