"""That rows and columns of a table are the sums of their parts."""

from __future__ import annotations

from collections.abc import Sequence

from reports.table import Table, Unit


def numbers(table: Table, units: Sequence[Unit]) -> list[int]:
    return [j for j, column in enumerate(table.columns) if column.unit in units]


def check_rows(table: Table) -> None:
    """A row with parts below it is their sum, whatever its level."""
    for j in numbers(table, (Unit.COUNT, Unit.CHANGE)):
        for i, row in enumerate(table.rows):
            below = parts_below(table, i)
            if below:
                assert table.cells[i][j] == sum(int(table.cells[k][j] or 0) for k in below), (table.id, row.label.en, j)


def parts_below(table: Table, i: int) -> list[int]:
    """Places of the rows that are parts of a row."""
    level, found = table.rows[i].level, []
    for k in range(i + 1, len(table.rows)):
        if table.rows[k].level <= level:
            break
        if table.rows[k].level == level + 1:
            found.append(k)
    return found


def check_columns(table: Table) -> None:
    """What stands under a head adds up to its total, in each row."""
    wholes = [j for j in numbers(table, [Unit.COUNT]) if not table.columns[j].part]
    for whole in wholes:
        group = table.columns[whole].group
        parts = [j for j in numbers(table, [Unit.COUNT]) if table.columns[j].part and table.columns[j].group == group]
        for cells in table.cells if parts else ():
            assert cells[whole] == sum(int(cells[j] or 0) for j in parts), (table.id, table.columns[whole].label.en)
