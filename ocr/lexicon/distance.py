"""Edit distance in which the mistakes of readers and hands cost little."""

from __future__ import annotations

import csv
from functools import lru_cache
from math import inf
from pathlib import Path

CONFUSIONS = Path(__file__).parents[1] / "data" / "confusions.csv"

_TS = 0.1  # Tajik spelling since 1998 writes тс for ц
_DOUBLED = 0.4  # a letter written or read twice, or once instead of twice


@lru_cache(maxsize=1)
def confusion_costs() -> dict[tuple[str, str], float]:
    """Cost of reading one character as another, in both directions; the empty string stands for a lost one."""
    costs: dict[tuple[str, str], float] = {}
    with CONFUSIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            costs[row["a"], row["b"]] = costs[row["b"], row["a"]] = float(row["cost"])
    return costs


def distance(a: str, b: str, most: float = inf) -> float:
    """Cheapest way to turn one text into another.

    A substitution, insertion or deletion costs 1, or what `confusion_costs` says; a doubled letter costs 0.4, тс
    for ц 0.1.
    Dynamic programme of Wagner and Fischer (1974), after a common beginning and end are set aside.

    Parameters
    ----------
    a, b
        The texts.
    most
        Distances above this do not matter.

    Returns
    -------
    float
        0 for equal texts; symmetric in its arguments; infinity where it surely exceeds `most`.
    """
    if a == b:
        return 0.0
    cost = _edits(a, b, most)
    if ("ц" in a and "тс" in b) or ("ц" in b and "тс" in a):
        cost = min(cost, _TS + _edits(a.replace("тс", "ц"), b.replace("тс", "ц"), most))
    return cost


def _edits(a: str, b: str, most: float) -> float:
    """Weighted edit distance of letters alone."""
    a, b = _without_common_ends(a, b)
    costs = confusion_costs()
    gaps_a, gaps_b = _gap_costs(a, costs), _gap_costs(b, costs)
    above = [0.0]
    for gap in gaps_b:
        above.append(above[-1] + gap)
    for i, x in enumerate(a):
        row = [above[0] + gaps_a[i]]
        for j, y in enumerate(b):
            swap = above[j] if x == y else above[j] + costs.get((x, y), 1.0)
            drop, add = above[j + 1] + gaps_a[i], row[j] + gaps_b[j]
            if drop < swap:
                swap = drop
            row.append(add if add < swap else swap)
        if min(row) > most:
            return inf
        above = row
    return above[-1]


def _without_common_ends(a: str, b: str) -> tuple[str, str]:
    """Drop the shared prefix and suffix but for one letter each, so that doubled letters stay visible."""
    start, shorter = 0, min(len(a), len(b))
    while start < shorter and a[start] == b[start]:
        start += 1
    start = max(0, start - 1)
    end, room = 0, shorter - start
    while end < room and a[-1 - end] == b[-1 - end]:
        end += 1
    end = max(0, end - 1)
    return a[start : len(a) - end], b[start : len(b) - end]


def _gap_costs(text: str, costs: dict[tuple[str, str], float]) -> list[float]:
    """Cost of losing each character: little where it repeats its neighbour."""
    return [
        min(costs.get((c, ""), 1.0), _DOUBLED if c in (text[i - 1 : i], text[i + 1 : i + 2]) else 1.0)
        for i, c in enumerate(text)
    ]
