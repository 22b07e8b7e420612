"""Horizontal bars: stacked by series, side by side, in per cent of each row, and on both sides of zero."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reports.charts.svg import (
    GUTTER,
    INK,
    LETTER,
    MUTED,
    WIDTH,
    Series,
    box,
    drawing,
    grid,
    legend,
    line,
    name_of_row,
    text,
    ticks,
)
from texts.formats import write_number

TOP = 34.0
RIGHT = 118
ROW = 32


def stacked_bars(chart_id: str, title: str, names: Sequence[str], series: Sequence[Series], language: str) -> str:
    """One bar a row, its series end to end, the row's sum and share of the whole behind it."""
    sums = [sum(values) for values in zip(*(s.values for s in series), strict=True)]
    whole = sum(sums) or 1
    scale = (WIDTH - GUTTER - RIGHT) / max(ticks(max(sums, default=0)))
    top = _top(series)
    bottom = top + ROW * len(names)

    def body(hatch: str) -> str:
        marks = [(GUTTER + t * scale, write_number(t, language)) for t in ticks(max(sums, default=0))]
        parts = [grid(marks, top, bottom), _legend(series, hatch)]
        for i, name in enumerate(names):
            middle = top + ROW * (i + 0.5)
            parts.append(name_of_row(name, middle))
            x = float(GUTTER)
            for s in series:
                w = s.values[i] * scale
                tip = f"{name}, {s.name}: {write_number(s.values[i], language)}"
                parts.append(box(x, middle - 9, _gap(w), 18, _paint(s, hatch), tip))
                x += w
            share = write_number(100 * sums[i] / whole, language, 1)
            label = f"{write_number(sums[i], language)} · {share} %"
            parts.append(text(x + 8, middle + 4.5, label, size=12))
        return "".join(parts)

    ranking = "; ".join(f"{n}: {write_number(v, language)}" for n, v in zip(names, sums, strict=True))
    return drawing(chart_id, bottom + 26, title, ranking, body)


def paired_bars(chart_id: str, title: str, names: Sequence[str], series: Sequence[Series], language: str) -> str:
    """The series of each row one under the other."""
    top_value = max((v for s in series for v in s.values), default=0)
    scale = (WIDTH - GUTTER - RIGHT) / max(ticks(top_value))
    row = 14 * len(series) + 18
    top = _top(series)
    bottom = top + row * len(names)

    def body(hatch: str) -> str:
        marks = [(GUTTER + t * scale, write_number(t, language)) for t in ticks(top_value)]
        parts = [grid(marks, top, bottom), _legend(series, hatch)]
        for i, name in enumerate(names):
            middle = top + row * (i + 0.5)
            parts.append(name_of_row(name, middle))
            y = middle - 7.5 * len(series)
            for s in series:
                value = write_number(s.values[i], language)
                w = s.values[i] * scale
                parts.append(box(GUTTER, y, w, 14, _paint(s, hatch), f"{name}, {s.name}: {value}"))
                parts.append(text(GUTTER + w + 8, y + 11.5, value, size=12))
                y += 15
        return "".join(parts)

    rows = (
        f"{name}: " + ", ".join(f"{s.name} {write_number(s.values[i], language)}" for s in series)
        for i, name in enumerate(names)
    )
    return drawing(chart_id, bottom + 26, title, "; ".join(rows), body)


def share_bars(chart_id: str, title: str, names: Sequence[str], series: Sequence[Series], language: str) -> str:
    """Bars of equal length, each cut by the shares of its series; the first series' share stands behind."""
    sums = [sum(values) for values in zip(*(s.values for s in series), strict=True)]
    full = WIDTH - GUTTER - RIGHT
    row = 27
    top = _top(series)
    bottom = top + row * len(names)
    firsts = [write_number(100 * series[0].values[i] / (sums[i] or 1), language, 1) for i in range(len(names))]

    def body(hatch: str) -> str:
        marks = [(GUTTER + full * p / 100, f"{p} %") for p in (0, 25, 50, 75, 100)]
        parts = [grid(marks, top, bottom), _legend(series, hatch)]
        for i, name in enumerate(names):
            middle = top + row * (i + 0.5)
            parts.append(name_of_row(name, middle))
            x = float(GUTTER)
            for s in series:
                w = full * s.values[i] / (sums[i] or 1)
                tip = f"{name}, {s.name}: {write_number(s.values[i], language)}"
                parts.append(box(x, middle - 8, _gap(w), 16, _paint(s, hatch), tip))
                x += w
            parts.append(text(GUTTER + full + 8, middle + 4.5, f"{firsts[i]} %", size=12))
        return "".join(parts)

    shares = "; ".join(f"{name}: {first} %" for name, first in zip(names, firsts, strict=True))
    return drawing(chart_id, bottom + 26, title, f"{series[0].name}: {shares}", body)


def diverging_bars(
    chart_id: str,
    title: str,
    names: Sequence[str],
    now: Sequence[int],
    earlier: tuple[str, Sequence[int]] | None,
    signs: Sequence[tuple[str, str]],
    language: str,
) -> str:
    """Bars to both sides of zero; an upright stroke stands at the number of the year before.

    Parameters
    ----------
    earlier
        What the strokes mean, and their numbers; None where nothing is compared.
    signs
        (name, fill) of positive and of negative bars.
    """
    mark, before = earlier or ("", now)
    low, high = (f(0, *now, *before) for f in (min, max))
    step = ticks(max(high, -low))[1]
    scale = (WIDTH - GUTTER - RIGHT) / (high - low or 1)
    zero = GUTTER - low * scale
    steps = [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
    bottom = TOP + ROW * len(names)

    def body(_: str) -> str:
        parts = [grid([(zero + t * scale, _signed(t, language)) for t in steps], TOP, bottom), legend(signs)[0]]
        key = GUTTER + sum(42 + LETTER * len(name) for name, _ in signs) + 8
        if earlier:
            parts += [line(key, 7, key, 21, INK, 2.5), text(key + 10, 18, mark, size=12.5, fill=MUTED)]
        for i, name in enumerate(names):
            middle, value = TOP + ROW * (i + 0.5), now[i]
            x, w = zero + min(0, value) * scale, abs(value) * scale
            sign, fill = signs[value < 0]
            parts.append(name_of_row(name, middle))
            parts.append(box(x, middle - 9, w, 18, fill, f"{name}, {sign}: {_signed(value, language)}"))
            at = zero + before[i] * scale
            if earlier:
                parts.append(line(at, middle - 12, at, middle + 12, INK, 2.5))
            parts.append(text(max(zero, x + w, at) + 8, middle + 4.5, _signed(value, language), size=12))
        return "".join((*parts, line(zero, TOP, zero, bottom, MUTED, 1.5)))

    rows = "; ".join(f"{n}: {_signed(v, language)}" for n, v in zip(names, now, strict=True))
    return drawing(chart_id, bottom + 26, title, rows, body)


def _signed(value: float, language: str) -> str:
    return ("+" if value > 0 else "") + write_number(value, language)


def _paint(series: Series, hatch: str) -> str:
    return hatch if series.fill == "hatch" else series.fill


def _legend(series: Sequence[Series], hatch: str) -> str:
    return legend([(s.name, _paint(s, hatch)) for s in series])[0]


def _top(series: Sequence[Series]) -> float:
    """Where the bars begin, below the legend."""
    return legend([(s.name, s.fill) for s in series])[1]


def _gap(width: float) -> float:
    """Leave a hair of white between neighbouring pieces that are wide enough to spare it."""
    return width - 1 if width > 3 else width
