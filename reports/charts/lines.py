"""Lines over months: this year's solid, the year before dashed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from reports.charts.svg import LETTER, MUTED, WIDTH, Series, drawing, line, text, ticks
from texts.formats import write_number

LEFT, RIGHT, TOP, HEIGHT = 74, 24, 46, 300


def month_lines(
    chart_id: str, title: str, months: Sequence[str], series: Sequence[tuple[Series, bool]], language: str
) -> str:
    """Draw (series, whether dashed) over the months, from zero up."""
    marks = ticks(max((v for s, _ in series for v in s.values), default=0))
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
        for s, dashed in sorted(series, key=lambda pair: not pair[1]):
            points = [at(i, v) for i, v in enumerate(s.values)]
            tips = [f"{m}, {s.name}: {write_number(v, language)}" for m, v in zip(months, s.values, strict=True)]
            parts.append(_curve(s.fill, dashed, points, tips))
        return "".join(parts) + _legend(series)

    rows = "; ".join(
        f"{s.name}: " + ", ".join(f"{m} {write_number(v, language)}" for m, v in zip(months, s.values, strict=True))
        for s, _ in series
    )
    return drawing(chart_id, bottom + 34, title, rows, body)


def _curve(colour: str, dashed: bool, points: Sequence[tuple[float, float]], tips: Sequence[str]) -> str:
    """A line through the points, each of which says its tip when pointed at."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    look = 'stroke-width="1.8" stroke-dasharray="6 5"' if dashed else 'stroke-width="3"'
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" {look} stroke-linejoin="round"/>']
    paint = f'r="3" fill="#ffffff" stroke="{colour}" stroke-width="1.5"' if dashed else f'r="4.5" fill="{colour}"'
    for (x, y), tip in zip(points, tips, strict=True):
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" {paint}><title>{escape(tip)}</title></circle>')
    return "".join(parts)


def _legend(series: Sequence[tuple[Series, bool]]) -> str:
    parts, x = [], float(LEFT)
    for s, dashed in series:
        dash = ' stroke-dasharray="6 5"' if dashed else ""
        parts.append(
            f'<line x1="{x:.1f}" y1="14" x2="{x + 26:.1f}" y2="14" stroke="{s.fill}" '
            f'stroke-width="{1.8 if dashed else 3}"{dash}/>'
        )
        parts.append(text(x + 34, 18, s.name, size=12.5, fill=MUTED))
        x += 34 + LETTER * len(s.name) + 24
    return "".join(parts)
