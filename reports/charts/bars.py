"""Horizontal bars: stacked by series, side by side, and in per cent of each row."""

from __future__ import annotations

from collections.abc import Sequence

from reports.charts.plot import Plot, Series
from reports.charts.svg import (
    GUTTER,
    WIDTH,
    box,
    drawing,
    grid,
    legend,
    name_of_row,
    text,
    ticks,
    whisker,
)
from texts.formats import write_number

RIGHT = 118
ROW = 32


def stacked_bars(shown: Plot, chart_id: str, language: str) -> str:
    """One bar a row, its series end to end, the row's sum and share of the whole behind it."""
    whole = shown.whole or Series("", "", 0, tuple(map(sum, zip(*(s.values for s in shown.series), strict=True))))
    total = sum(whole.values) or 1
    ends = [whole.ends(i) for i in range(len(whole.values))]
    marks = ticks(max((high for _, high in ends), default=0))
    scale = (WIDTH - GUTTER - RIGHT) / max(marks)
    top = _top(shown.series)
    bottom = top + ROW * len(shown.names)

    def body(hatch: str) -> str:
        parts = [_grid(marks, scale, top, bottom, language), _legend(shown.series, hatch)]
        for i, name in enumerate(shown.names):
            middle = top + ROW * (i + 0.5)
            parts += [name_of_row(name, middle), _row_of_parts(shown.series, i, name, middle, scale, hatch, language)]
            low, high = (GUTTER + end * scale for end in ends[i])
            parts.append(whisker(low, high, middle))
            share = write_number(100 * whole.values[i] / total, language, 1)
            label = f"{write_number(whole.values[i], language)} · {share} %"
            parts.append(text(high + 8, middle + 4.5, label, size=12))
        return "".join(parts)

    ranking = "; ".join(f"{n}: {_said(whole, i, language)}" for i, n in enumerate(shown.names))
    return drawing(chart_id, bottom + 26, shown.title, ranking, body)


def _row_of_parts(
    series: Sequence[Series], i: int, name: str, middle: float, scale: float, hatch: str, language: str
) -> str:
    parts, x = [], float(GUTTER)
    for s in series:
        w = s.values[i] * scale
        parts.append(box(x, middle - 9, _gap(w), 18, _paint(s, hatch), f"{name}, {s.name}: {_said(s, i, language)}"))
        x += w
    return "".join(parts)


def paired_bars(shown: Plot, chart_id: str, language: str) -> str:
    """The series of each row one under the other."""
    marks = ticks(max((s.ends(i)[1] for s in shown.series for i in range(len(s.values))), default=0))
    scale = (WIDTH - GUTTER - RIGHT) / max(marks)
    row = 14 * len(shown.series) + 18
    top = _top(shown.series)
    bottom = top + row * len(shown.names)

    def body(hatch: str) -> str:
        parts = [_grid(marks, scale, top, bottom, language), _legend(shown.series, hatch)]
        for i, name in enumerate(shown.names):
            middle = top + row * (i + 0.5)
            parts.append(name_of_row(name, middle))
            y = middle - 7.5 * len(shown.series)
            for s in shown.series:
                low, high = (GUTTER + end * scale for end in s.ends(i))
                parts.append(
                    box(
                        GUTTER,
                        y,
                        s.values[i] * scale,
                        14,
                        _paint(s, hatch),
                        f"{name}, {s.name}: {_said(s, i, language)}",
                    )
                )
                parts.append(whisker(low, high, y + 7))
                parts.append(text(high + 8, y + 11.5, write_number(s.values[i], language), size=12))
                y += 15
        return "".join(parts)

    rows = (
        f"{name}: " + ", ".join(f"{s.name} {_said(s, i, language)}" for s in shown.series)
        for i, name in enumerate(shown.names)
    )
    return drawing(chart_id, bottom + 26, shown.title, "; ".join(rows), body)


def share_bars(shown: Plot, chart_id: str, language: str) -> str:
    """Bars of equal length, each cut by the shares of its series; the first series' share stands behind."""
    sums = [sum(values) or 1 for values in zip(*(s.values for s in shown.series), strict=True)]
    full = WIDTH - GUTTER - RIGHT
    row = 27
    first = shown.series[0]
    top = _top(shown.series)
    bottom = top + row * len(shown.names)
    shares = [write_number(100 * first.values[i] / sums[i], language, 1) for i in range(len(shown.names))]

    def body(hatch: str) -> str:
        marks = [(GUTTER + full * p / 100, f"{p} %") for p in (0, 25, 50, 75, 100)]
        parts = [grid(marks, top, bottom), _legend(shown.series, hatch)]
        for i, name in enumerate(shown.names):
            middle = top + row * (i + 0.5)
            parts += [name_of_row(name, middle)]
            parts.append(_row_of_parts(shown.series, i, name, middle, full / sums[i], hatch, language))
            parts.append(text(GUTTER + full + 8, middle + 4.5, f"{shares[i]} %", size=12))
        return "".join(parts)

    rows = "; ".join(f"{name}: {share} %" for name, share in zip(shown.names, shares, strict=True))
    return drawing(chart_id, bottom + 26, shown.title, f"{first.name}: {rows}", body)


def _grid(marks: Sequence[float], scale: float, top: float, bottom: float, language: str) -> str:
    return grid([(GUTTER + t * scale, write_number(t, language)) for t in marks], top, bottom)


def _said(series: Series, i: int, language: str) -> str:
    """A number in words for who cannot see the picture, with its margin where it has one."""
    off = series.margins[i] if series.margins else None
    value = write_number(series.values[i], language)
    return value if off is None else f"{value} ± {write_number(off, language)}"


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
