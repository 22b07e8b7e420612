"""The cells of T2 and T11, which stand beside those of the year before."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from benchmarks.recount.count import Recounted, inside
from benchmarks.recount.levels import named
from benchmarks.recount.words import word


def compared(table_id: str, frame: pd.DataFrame, start: date, end: date) -> Recounted:
    """Cells of T2 and T11, beside the year before where there is one."""
    now = inside(frame, start, end)
    later = (start.month, start.day, end.month, end.day) in ((1, 1, 12, 31), (2, 1, 2, 28))
    before = None
    if later:
        leap = 29 if (end.month, (end.year - 1) % 4) == (2, 0) else 28 if end.month == 2 else end.day
        before = inside(frame, start.replace(year=start.year - 1), date(end.year - 1, end.month, leap))
    return _net(now, before) if table_id == "T2" else _monthly(now, before)


def _net(now: pd.DataFrame, before: pd.DataFrame | None) -> Recounted:
    region = named(now, "region")
    earlier = named(before, "region") if before is not None else None
    found: Recounted = {}
    for row in [(), *((name,) for name in {*region} | {*(earlier if earlier is not None else ())})]:
        here = now if not row else now[region == row[0]]
        out, back = (int((here["direction"] == side).sum()) for side in "DA")
        if before is None:
            found |= {
                (row, (word("departed"),)): out,
                (row, (word("returned"),)): back,
                (row, (word("net"),)): back - out,
            }
            continue
        there = before if not row else before[earlier == row[0]]
        was_out, was_back = (int((there["direction"] == side).sum()) for side in "DA")
        for name, number, was in (("departed", out, was_out), ("returned", back, was_back)):
            found[row, (word(name), word("crossings"))] = number
            found[row, (word(name), word("percent_of_previous"))] = 100 * number / was if was else np.nan
        found[row, (word("net"), word("crossings"))] = back - out
        found[row, (word("net"), word("previous"))] = was_back - was_out
    return found


def _monthly(now: pd.DataFrame, before: pd.DataFrame | None) -> Recounted:
    found: Recounted = {}
    months, earlier = _months(now), _months(before, 1) if before is not None else None
    for row in [(), *((name,) for name in {*months} | {*(earlier if earlier is not None else ())})]:
        for side, name in (("D", "departed"), ("A", "returned")):
            here = int(((months == row[0] if row else True) & (now["direction"] == side)).sum())
            if before is None:
                found[row, (word(name),)] = here
                continue
            was = int(((earlier == row[0] if row else True) & (before["direction"] == side)).sum())
            change: dict[str, float] = {"crossings": here, "previous": was, "change": here - was}
            change["change_percent"] = 100 * (here - was) / was if was else np.nan
            found |= {(row, (word(name), word(head))): number for head, number in change.items()}
    return found


def _months(cards: pd.DataFrame, later: int = 0) -> pd.Series:
    first, last = cards["crossing_first"], cards["crossing_last"]
    name = [f"{day:%B} {day.year + later}" for day in first]
    return pd.Series(name, cards.index, dtype=object).where(
        first.dt.to_period("M") == last.dt.to_period("M"), word("month_open")
    )
