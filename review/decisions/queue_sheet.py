"""Decisions that come as a CSV file, from people who keyed somewhere else."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from review.decisions.decision_log import decide
from review.decisions.validation import Codes, checked, happened, lexicon_codes
from review.errors import ReviewError
from store.records import cards_now
from store.tables import Card, Record, Scan

_SCAN = re.compile(r"([0-9a-f]{12,64}):([1-9][0-9]*)")


@dataclass(frozen=True)
class ImportLine:
    """What one line of the file does.

    Attributes
    ----------
    line
        Number in the file; the header is line 1.
    card_id
        The card, or None where none was found.
    personal
        Whether `before` and `after` identify a person: not for every screen.
    before, after
        The field's value now (None while it waits, for an audit too, which is blind) and as the line has it.
    outcome
        ``change``, ``same`` (it is so already, nothing is written) or ``error``.
    fault
        What is wrong.
    """

    line: int
    field: str
    after: str
    person: str
    reason: str
    outcome: Literal["change", "same", "error"] = "error"
    card_id: int | None = None
    personal: bool = False
    before: str | None = None
    fault: ReviewError | None = None


@dataclass(frozen=True)
class ImportReport:
    """All lines, and whether the changes were written."""

    lines: tuple[ImportLine, ...]
    applied: bool

    @property
    def errors(self) -> tuple[ImportLine, ...]:
        """The lines that are wrong."""
        return tuple(line for line in self.lines if line.outcome == "error")

    @property
    def changes(self) -> tuple[ImportLine, ...]:
        """The lines that change something."""
        return tuple(line for line in self.lines if line.outcome == "change")


def import_decisions(
    session: Session,
    rows: Iterable[str],
    *,
    apply: bool = False,
    all_or_nothing: bool = True,
    codes: Codes = lexicon_codes,
) -> ImportReport:
    """Read decisions from CSV and say what they would change; with `apply` write them. The caller commits.

    Parameters
    ----------
    rows
        Lines of the file, the header first: ``field``, ``value``, ``person``, and ``serial`` or ``scan`` (as the
        programs print it: at least 12 digits of the hash, a colon, the page from 1). Where a departure and a return
        share the serial, ``direction`` (D or A) tells them apart. ``reason`` may be there. Comma or semicolon.
    all_or_nothing
        Write nothing if one line is wrong; otherwise write the right ones.

    Raises
    ------
    ReviewError
        The file as a whole cannot be used: a column is missing.
    """
    planned: list[ImportLine] = []
    places: dict[tuple[int | None, str], int] = {}
    for number, row in _read(rows):
        line = _plan(session, number, row, codes)
        first = places.setdefault((line.card_id, line.field), number)
        if line.outcome != "error" and first != number:
            line = replace(line, outcome="error", fault=ReviewError("same_place", line=first))
        planned.append(line)
    report = ImportReport(tuple(planned), applied=False)
    if not apply or (all_or_nothing and report.errors):
        return report
    for line in report.changes:
        if line.card_id is not None:
            write = partial(decide, session, line.card_id, line.field, line.after, kind="import", codes=codes)
            write(person=line.person, reason=line.reason)
    return replace(report, applied=True)


def _read(rows: Iterable[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows with the number of the line they end on; missing cells are empty."""
    lines = iter(rows)
    header = next(lines, "").removeprefix("\ufeff").strip()
    delimiter = ";" if header.count(";") > header.count(",") else ","
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
    missing = [name for name in ("field", "value", "person") if name not in names]
    if missing or not {"serial", "scan"} & set(names):
        raise ReviewError("no_columns", columns=", ".join(missing) or "serial / scan")
    reader = csv.DictReader(lines, names, delimiter=delimiter, restkey="", restval="")
    for row in reader:
        yield reader.line_num + 1, {name: row[name].strip() for name in names}


def _plan(session: Session, number: int, row: Mapping[str, str], codes: Codes) -> ImportLine:
    line = ImportLine(number, row["field"], row["value"], row["person"], row.get("reason", ""))
    try:
        line = replace(line, card_id=_card_id(session, row))
        (card,) = cards_now(session, [line.card_id or 0])
        if line.field not in card.form.by_name:
            raise ReviewError("no_field", form=card.form.id, field=line.field)
        if not line.person:
            raise ReviewError("no_person")
        spec = card.form.by_name[line.field]
        waits = any(wait.field == line.field for wait in card.state.waiting)
        before = None if waits else card.state.values[line.field]
        after = happened(spec, checked(spec, line.after, codes))
    except ReviewError as error:
        return replace(line, fault=error)
    outcome: Literal["same", "change"] = "same" if before == after else "change"
    return replace(line, outcome=outcome, personal=spec.personal, before=before, after=after)


def _card_id(session: Session, row: Mapping[str, str]) -> int:
    serial, scan, direction = row.get("serial", ""), row.get("scan", ""), row.get("direction", "")
    query = select(Card.id).join(Scan, Scan.id == Card.scan_id)
    query = query.outerjoin(Record, Record.card_id == Card.id)  # a duplicate has none, yet its number can be decided
    if scan:
        match = _SCAN.fullmatch(scan)
        if match is None:
            raise ReviewError("no_scan", scan=scan)
        query = query.where(Scan.sha256.startswith(match[1]), Scan.page == int(match[2]) - 1)
    if serial:
        query = query.where(Record.serial == serial)
    if direction:
        query = query.where(Card.direction == direction)
    found = session.scalars(query.limit(2)).all() if serial or scan else ()
    if len(found) != 1:
        raise ReviewError("several_cards" if found else "no_card_meant")
    return found[0]
