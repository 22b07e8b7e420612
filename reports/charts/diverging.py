"""Bars to both sides of zero, with what the year before was."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.charts.plot import Plot
from reports.charts.svg import (
    GUTTER,
    INK,
    LETTER,
    MUTED,
    SERIES,
    WIDTH,
    box,
    drawing,
    grid,
    legend,
    line,
    name_of_row,
    text,
    ticks,
    whisker,
)
from texts import say_all
from texts.formats import write_number

TOP = 34.0
RIGHT = 118
ROW = 32
END = WIDTH - 8
"""Right edge of numbers that stand below each other."""


def diverging_bars(shown: Plot, chart_id: str, language: str) -> str:
    """Bars to both sides of zero; an upright stroke stands at the number of the year before.

    The numbers of the bars stand in a column of their own: beside a bar they could be taken for those of the stroke.
    """
    now, *others = shown.series
    before = [v for s in others for v in s.values]
    ends = [now.ends(i) for i in range(len(now.values))]
    low, high = min(0, *before, *(end for end, _ in ends)), max(0, *before, *(end for _, end in ends))
    step = ticks(max(high, -low))[1]
    scale = (WIDTH - GUTTER - RIGHT) / (high - low or 1)
    zero = GUTTER - low * scale
    steps = [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
    bottom = TOP + ROW * len(shown.names)
    words = (("more_returned", SERIES[1]), ("more_left", SERIES[0]))
    signs = [(say_all(f"report.{name}").of(language), fill) for name, fill in words]

    def body(_: str) -> str:
        parts = [grid([(zero + t * scale, _signed(t, language)) for t in steps], TOP, bottom), legend(signs)[0]]
        parts += [_stroke_key(others[0].name, signs)] if others else []
        for i, name in enumerate(shown.names):
            middle, value = TOP + ROW * (i + 0.5), now.values[i]
            sign, fill = signs[value < 0]
            tip = f"{name}, {sign}: {_signed(value, language)}"
            parts.append(name_of_row(name, middle))
            parts.append(box(zero + min(0, value) * scale, middle - 9, abs(value) * scale, 18, fill, tip))
            left, right = (zero + end * scale for end in ends[i])
            parts.append(whisker(left, right, middle))
            for s in others:
                at = zero + s.values[i] * scale
                parts.append(line(at, middle - 12, at, middle + 12, INK, 2.5))
            parts.append(text(END, middle + 4.5, _signed(value, language), anchor="end", size=12))
        return "".join((*parts, line(zero, TOP, zero, bottom, MUTED, 1.5)))

    rows = "; ".join(f"{n}: {_signed(v, language)}" for n, v in zip(shown.names, now.values, strict=True))
    return drawing(chart_id, bottom + 26, shown.title, rows, body)


def _stroke_key(name: str, signs: Sequence[tuple[str, str]]) -> str:
    """What the upright strokes mean, behind the legend of the bars."""
    x = GUTTER + sum(42 + LETTER * len(sign) for sign, _ in signs) + 8
    return line(x, 7, x, 21, INK, 2.5) + text(x + 10, 18, name, size=12.5, fill=MUTED)


def _signed(value: float, language: str) -> str:
    return ("+" if value > 0 else "") + write_number(value, language)
