"""The age pyramid: a histogram whose areas, not lengths, show the crossings, as age groups differ in width."""

from __future__ import annotations

from collections.abc import Sequence

from reports.charts.plot import Plot, Series
from reports.charts.svg import LETTER, MUTED, WIDTH, box, drawing, grid, legend, text, ticks, whisker
from store.record_values import AGE_BANDS
from texts import say_all
from texts.formats import write_number

TOP = 40
PER_YEAR = 5.0
OPEN_YEARS = 10
"""Years of age that the open last group is drawn over."""
SPANS = (*(last - first + 1 for first, last in AGE_BANDS[:-1]), OPEN_YEARS)
"""Years of age in each age group, youngest first."""
MIDDLE_GAP = 64


def age_pyramid(shown: Plot, chart_id: str, language: str) -> str:
    """Draw men to the left and women to the right, the young at the bottom; one value an age group, youngest first."""
    names, sides = shown.names, shown.series
    marks = ticks(max(side.ends(i)[1] / span for side in sides for i, span in enumerate(SPANS)))
    scale = ((WIDTH - MIDDLE_GAP) / 2 - 60) / marks[-1]
    edges = (WIDTH / 2 - MIDDLE_GAP / 2, WIDTH / 2 + MIDDLE_GAP / 2)
    bottom = TOP + PER_YEAR * sum(SPANS)

    def body(_: str) -> str:
        starts = (edges[0] - LETTER * len(sides[0].name) - 26, edges[1])
        parts = [legend([(s.name, s.fill)], x)[0] for s, x in zip(sides, starts, strict=True)]
        for side, edge, sign in zip(sides, edges, (-1, 1), strict=True):
            parts.append(grid([(edge + sign * t * scale, write_number(t, language)) for t in marks], TOP, bottom))
            parts.append(_half(side, names, edge, sign * scale, bottom, language))
        y = bottom
        for name, span in zip(names, SPANS, strict=True):
            y -= span * PER_YEAR
            size = min(12, span * PER_YEAR)
            parts.append(text(WIDTH / 2, y + span * PER_YEAR / 2 + 4, name, anchor="middle", size=size))
        axis = say_all("report.axis_density").of(language)
        parts.append(text(WIDTH / 2, bottom + 36, axis, anchor="middle", size=11.5, fill=MUTED))
        return "".join(parts)

    numbers = (
        f"{name}: " + ", ".join(f"{s.name} {write_number(s.values[i], language)}" for s in sides)
        for i, name in enumerate(names)
    )
    return drawing(chart_id, bottom + 46, shown.title, "; ".join(numbers), body)


def _half(
    side: Series,
    names: Sequence[str],
    edge: float,
    scale: float,
    bottom: float,
    language: str,
) -> str:
    """Bars of one sex from the `edge` outwards, to the left where `scale` is negative, with their numbers."""
    parts, y = [], bottom
    for i, (name, value, span) in enumerate(zip(names, side.values, SPANS, strict=True)):
        height = span * PER_YEAR
        y -= height
        end = edge + value / span * scale
        number = write_number(value, language)
        tip = f"{name}, {side.name}: {number}"
        parts.append(box(min(edge, end), y, abs(end - edge), height - 1, side.fill, tip))
        low, high = (edge + one / span * scale for one in side.ends(i))
        parts.append(whisker(low, high, y + height / 2))
        at, anchor = (high + 7, "start") if scale > 0 else (high - 7, "end")
        size = min(11, height)
        parts.append(text(at, y + height / 2 + 3.6, number, anchor=anchor, size=size, fill=MUTED))
    return "".join(parts)
