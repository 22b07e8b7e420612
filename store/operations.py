"""How the work stands: runs, sheets, what waits, what is to be scanned again. For pages, commands and metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from store.queries import is_unread
from store.tables import Card, LoggedRefusal, Run, Scan, Waiting

SHEETS = ("read", "refused")
"""Outcomes of sheets that may be cards; the others are covers and backs."""


@dataclass(frozen=True)
class RunNow:
    """A run and how far it is.

    Attributes
    ----------
    finished
        None while it goes on, or where it was broken off.
    last
        When its last sheet was saved, None where there is none.
    """

    id: int
    folder: str
    note: str
    started: datetime
    finished: datetime | None
    last: datetime | None
    read: int
    refused: int

    @property
    def sheets(self) -> int:
        """Sheets that were looked at."""
        return self.read + self.refused

    @property
    def seconds(self) -> float:
        """From its beginning to its end, or to the last sheet."""
        ended = self.finished or self.last or self.started
        return (ended - self.started).total_seconds()

    @property
    def per_hour(self) -> float | None:
        """Sheets an hour; None where that cannot be said."""
        return 3600 * self.sheets / self.seconds if self.sheets and self.seconds > 0 else None


@dataclass(frozen=True)
class FolderRefusals:
    """Refusals of sheets that lay in one folder, which mostly is that of one scanner; `reasons` by their codes."""

    folder: str
    reasons: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.reasons.values())


def latest_runs(session: Session, limit: int = 10) -> list[RunNow]:
    """The latest runs, the newest first."""
    found = session.scalars(select(Run).order_by(Run.id.desc()).limit(limit)).all()
    counts: dict[int | None, Counter[str]] = {run.id: Counter() for run in found}
    last: dict[int | None, datetime] = {}
    query = select(Scan.run_id, Scan.outcome, func.count(), func.max(Scan.loaded_at)).where(Scan.run_id.in_(counts))
    for run_id, outcome, number, moment in session.execute(query.group_by(Scan.run_id, Scan.outcome)):
        counts[run_id][outcome] = number
        last[run_id] = max(moment, last.get(run_id, moment))
    return [
        RunNow(
            run.id,
            run.folder,
            run.note,
            run.started,
            run.finished,
            last.get(run.id),
            *(counts[run.id][k] for k in SHEETS),
        )
        for run in found
    ]


def sheets_since(session: Session, moment: datetime) -> Counter[str]:
    """Sheets that runs have looked at since a moment, by outcome."""
    runs = select(Run.id).where(or_(Run.finished.is_(None), Run.finished >= moment))
    query = select(Scan.outcome, func.count()).where(Scan.run_id.in_(runs), Scan.loaded_at >= moment)
    found: Counter[str] = Counter()
    for outcome, number in session.execute(query.group_by(Scan.outcome)):
        found[outcome] = number
    return found


def refusals_since(session: Session, moment: datetime) -> list[FolderRefusals]:
    """Sheets refused since a moment and not read since, by the folder in which they lay; most refusals first."""
    runs = select(Run.id).where(or_(Run.finished.is_(None), Run.finished >= moment))
    query = select(Scan.path, Scan.reason).where(
        Scan.outcome == "refused", Scan.run_id.in_(runs), Scan.loaded_at >= moment
    )
    folders: dict[str, Counter[str]] = {}
    for path, reason in session.execute(query):
        folders.setdefault(str(PurePath(path).parent), Counter())[reason or ""] += 1
    found = [FolderRefusals(folder, dict(reasons.most_common())) for folder, reasons in folders.items()]
    return sorted(found, key=lambda one: (-one.total, one.folder))


def rescans_by_reason(session: Session) -> dict[str, int]:
    """Sheets that wait to be scanned again, by why they were refused; most first."""
    query = select(Scan.reason, func.count()).where(is_unread())
    return dict(
        Counter({reason or "": number for reason, number in session.execute(query.group_by(Scan.reason))}).most_common()
    )


def waiting_by_reason(session: Session) -> dict[str, int]:
    """Fields that wait for people, by why; one that waits for two reasons counts under both. Most first."""
    found: Counter[str] = Counter()
    for reasons, number in session.execute(select(Waiting.why, func.count()).group_by(Waiting.why)):
        found.update(dict.fromkeys(reasons.split("|"), number))
    return dict(found.most_common())


def sheets_ever(session: Session) -> dict[tuple[str, str], int]:
    """Sheets by outcome and, where they were refused, why: every refusal there ever was, so that no count goes down."""
    whole = select(Scan.outcome, func.count()).where(Scan.outcome != "refused").group_by(Scan.outcome)
    refused = select(LoggedRefusal.reason, func.count()).group_by(LoggedRefusal.reason)
    found = {(outcome, ""): number for outcome, number in session.execute(whole)}
    return found | {("refused", reason): number for reason, number in session.execute(refused)}


def count_cards(session: Session) -> int:
    """Cards that were read."""
    return session.scalar(select(func.count()).select_from(Card)) or 0


def last_saved(session: Session) -> datetime | None:
    """When the last sheet was saved."""
    newest = select(Scan.loaded_at).order_by(Scan.id.desc()).limit(1)
    return session.scalar(newest)
