"""Tables on the data themselves: what became of sheets and cards (T13) and how fields are filled in (T14)."""

from __future__ import annotations

from collections import Counter

from sqlalchemy.orm import Session

from ocr.forms.codebook import codebook
from ocr.reading import Refusal
from reports.crosstab import Body
from reports.labels import named, same
from reports.levels import NOT_STATED
from reports.period import Period
from reports.source import Asked, answers, count_by, sheets, undated, within
from reports.specs import specs
from reports.table import Column, Row, RowKind, Unit, percent
from texts import Label, say_all


def account(session: Session, period: Period) -> Body:
    """T13: sheets received, read and refused by reason; cards of the period, done and waiting; cards undated."""
    reasons: Counter[str] = Counter()
    read = 0
    for outcome, reason, number in sheets(session):
        if outcome == "refused":
            reasons[reason or ""] += number
        else:
            read += number
    refused = reasons.total()
    lines: list[tuple[Label, int, int, int]] = [
        (say_all("report.sheets"), 1, read + refused, read + refused),
        (say_all("report.sheets_read"), 2, read, read + refused),
        (say_all("report.sheets_refused"), 2, refused, read + refused),
        *((_reason_label(reason), 3, n, read + refused) for reason, n in reasons.most_common()),
    ]
    done = waiting = 0
    for pending, number in count_by(session, ["pending"], within(period)):
        done, waiting = (done, waiting + number) if pending else (done + number, waiting)
    lines += [
        (say_all("report.cards_in_period"), 1, done + waiting, done + waiting),
        (say_all("report.cards_settled"), 2, done, done + waiting),
        (say_all("report.cards_waiting"), 2, waiting, done + waiting),
    ]
    dateless = undated(session, period)
    total = sum(dateless.values())
    lines += [
        (say_all("report.cards_undated"), 1, total, total),
        (say_all("report.departed"), 2, dateless["D"], total),
        (say_all("report.returned"), 2, dateless["A"], total),
    ]
    rows = tuple(Row(label, level, RowKind.CATEGORY) for label, level, _, _ in lines)
    columns = (
        Column(say_all("report.cards"), None, Unit.COUNT),
        Column(say_all("report.percent_of_total"), None, Unit.PERCENT),
    )
    return rows, columns, tuple((n, percent(n, whole)) for _, _, n, whole in lines)


def _reason_label(reason: str) -> Label:
    return say_all(f"report.{reason}") if reason in set(Refusal) else same(reason)


def by_field(session: Session, period: Period) -> Body:
    """T14: for each field, cards that have it by what came of it."""
    fields = specs()["T14"].rows
    known = {name: codebook().dimension[name] for name in fields}
    asked = {n: Asked(one.column or n, one.digits or 0, (NOT_STATED, *one.empty)) for n, one in known.items()}
    found = answers(session, period, asked)
    rows, cells = [], []
    for name in fields:
        dimension = known[name]
        side = dimension.direction
        groups = [numbers[name] for direction, numbers in found.items() if side in (None, direction)]
        whole, *without = (sum(group) for group in zip(*groups, strict=True)) if groups else (0, 0, 0, 0)
        answered = whole - sum(without)
        rows.append(Row(named(dimension.label), 1, RowKind.CATEGORY))
        cells.append((whole, answered, *without, percent(answered, whole)))
    columns = (
        Column(say_all("report.cards"), None, Unit.COUNT),
        Column(say_all("report.answered"), None, Unit.COUNT, part=True),
        Column(say_all("report.not_stated"), None, Unit.COUNT, True, True),
        Column(say_all("report.not_classified"), None, Unit.COUNT, True, True),
        Column(say_all("report.awaiting"), None, Unit.COUNT, True, True),
        Column(say_all("report.answered_percent"), None, Unit.PERCENT),
    )
    return tuple(rows), columns, tuple(cells)
