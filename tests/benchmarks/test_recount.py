"""Every cell of the standard tables is that which pandas counts, and the comparison sees one that is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from benchmarks.recount.__main__ import differences, recount
from benchmarks.recount.count import CROSSTABS, counted, inside
from benchmarks.recount.records import odd_records
from reports.build import build
from tests.reports.demo import demo_session


def test_no_cell_is_wrong() -> None:
    cells, wrong = recount(odd_records(3_000, seed=2))
    assert cells > 10_000
    assert wrong == []


def test_a_wrong_cell_is_seen() -> None:
    frame = odd_records(300, seed=3)
    with demo_session(300) as session:
        table = build(session, "T8", date(2026, 1, 1), date(2026, 12, 31))
    right = counted(CROSSTABS["T8"], inside(frame, date(2016, 1, 1), date(2016, 12, 31)))
    assert differences(table, right)[1]  # of other cards
    cells = tuple(
        tuple(right.get(((row.label.en,) if row.level else (), ()), 0) for _ in table.columns[:1]) for row in table.rows
    )
    alone = replace(table, columns=table.columns[:1], cells=cells)
    wholes = {key: number for key, number in right.items() if key[1] == ()}
    assert differences(alone, wholes)[1] == []
    first, *rest = cells
    changed = replace(alone, cells=((first[0] + 1,), *rest))
    assert len(differences(changed, wholes)[1]) == 1
