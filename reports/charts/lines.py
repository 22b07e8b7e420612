"""Lines over months: this year's solid, the year before dashed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from reports.charts.plot import Plot, Series
from reports.charts.svg import LETTER, MUTED, WIDTH, drawing, line, text, ticks, whisker
from texts.formats import write_number

LEFT, RIGHT, TOP, HEIGHT = 74, 24, 46, 300


def month_lines(shown: Plot, chart_id: str, language: str) -> str:
    """Draw lines over the months, from zero up; those of the year before dashed."""
    months = shown.names
    marks = ticks(max((s.ends(i)[1] for s in shown.series for i in range(len(months))), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(months) - 1)
    bottom = TOP + HEIGHT

    def at(i: int, value: float) -> tuple[float, float]:
        x = LEFT + i * step if len(months) > 1 else (LEFT + WIDTH - RIGHT) / 2
        return x, bottom - HEIGHT * value / marks[-1]

    def body(_: str) -> str:
        parts = []
        for t in marks:
            y = at(0, t)[1]
            parts.append(line(LEFT, y, WIDTH - RIGHT, y))
            parts.append(text(LEFT - 10, y + 4, write_number(t, language), anchor="end", size=11.5, fill=MUTED))
        every = -(-len(months) // 12)
        for i in range(0, len(months), every):
            x = at(i, 0)[0]
            parts.append(text(x, bottom + 20, months[i], anchor="middle", size=11.5, fill=MUTED))
        for s in sorted(shown.series, key=lambda s: not s.earlier):
            points = [at(i, v) for i, v in enumerate(s.values)]
            for i, point in enumerate(points):
                low, high = (at(i, end)[1] for end in s.ends(i))
                parts.append(whisker(low, high, point[0], upright=True))
            tips = [f"{m}, {s.name}: {write_number(v, language)}" for m, v in zip(months, s.values, strict=True)]
            parts.append(_curve(s, points, tips))
        return "".join(parts) + _legend(shown.series)

    rows = "; ".join(
        f"{s.name}: " + ", ".join(f"{m} {write_number(v, language)}" for m, v in zip(months, s.values, strict=True))
        for s in shown.series
    )
    return drawing(chart_id, bottom + 34, shown.title, rows, body)


def _curve(series: Series, points: Sequence[tuple[float, float]], tips: Sequence[str]) -> str:
    """A line through the points, each of which says its tip when pointed at."""
    colour, dashed = series.fill, series.earlier
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    look = 'stroke-width="1.8" stroke-dasharray="6 5"' if dashed else 'stroke-width="3"'
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" {look} stroke-linejoin="round"/>']
    paint = f'r="3" fill="#ffffff" stroke="{colour}" stroke-width="1.5"' if dashed else f'r="4.5" fill="{colour}"'
    for (x, y), tip in zip(points, tips, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" {paint}><title>{escape(tip)}</title></circle>')
    return "".join(parts)


def _legend(series: Sequence[Series]) -> str:
    parts, x = [], float(LEFT)
    for s in series:
        dash = ' stroke-dasharray="6 5"' if s.earlier else ""
        parts.append(
            f'<line x1="{x:.1f}" y1="14" x2="{x + 26:.1f}" y2="14" stroke="{s.fill}" '
            f'stroke-width="{1.8 if s.earlier else 3}"{dash}/>'
        )
        parts.append(text(x + 34, 18, s.name, size=12.5, fill=MUTED))
        x += 34 + LETTER * len(s.name) + 24
    return "".join(parts)
