"""Pieces of SVG: text, boxes, scales, legends. Everything is drawn with attributes, so a chart stands by itself.

Lengths are in CSS pixels of a drawing `WIDTH` wide, y points down.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from html import escape

WIDTH = 920
GUTTER = 320
"""Width kept for the names of categories."""
LETTER = 7.2
"""Width of a letter of a legend in a wide font; narrower fonts leave more air."""
CAP = 3.5
"""Half the length of the strokes at the ends of an error bar."""
FONT = "'Segoe UI', 'Noto Sans', 'DejaVu Sans', Arial, sans-serif"
INK, MUTED, GRID = "#1b2a35", "#55616b", "#dde4e8"

# Hues from the colour-blind safe set of Okabe and Ito (2008), darkened until they stand 3:1 against white.
SERIES = ("#1c5d8c", "#cb7417", "#2a8a6e", "#a8568c", "#4f9ac4", "#6b5b00")
NOT_STATED_FILL, NOT_CLASSIFIED_FILL, IMPLAUSIBLE_FILL = "#8a949c", "#59646d", "#2b3238"


def text(
    x: float, y: float, words: str, *, anchor: str = "start", size: float = 13, fill: str = INK, bold: bool = False
) -> str:
    """A line of text whose base line starts, ends or is centred at (x, y)."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size:g}" fill="{fill}"{weight}>'
        f"{escape(words)}</text>"
    )


def box(x: float, y: float, w: float, h: float, fill: str, tip: str) -> str:
    """A filled rectangle that says `tip` when pointed at; nothing where it has no width."""
    if w <= 0:
        return ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{fill}"><title>{escape(tip)}</title>'
        "</rect>"
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, width: float = 1) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"/>'


def whisker(start: float, end: float, across: float, *, upright: bool = False) -> str:
    """An error bar with caps from `start` to `end`, at height `across` or, `upright`, there along the width.

    It is nothing where it has no length.
    """
    if start == end:
        return ""
    strokes = [(start, across, end, across), *((x, across - CAP, x, across + CAP) for x in (start, end))]
    turned = ((b, a, d, c) if upright else (a, b, c, d) for a, b, c, d in strokes)
    return "".join(line(*stroke, INK, 1.2) for stroke in turned)


def name_of_row(words: str, middle: float) -> str:
    """Name of a category before the bars, in one line or two smaller ones, centred at height `middle`."""
    lines, size = [words], 13.0
    if len(words) > 38:
        lines, size = textwrap.wrap(words, 45), 11.5
    if len(lines) > 2:
        lines = [lines[0], textwrap.shorten(f"{lines[1]} {lines[2]} …", 45, placeholder=" …")]
    top = middle + 4.5 - 7 * (len(lines) - 1)
    return "".join(text(GUTTER - 12, top + 14 * i, part, anchor="end", size=size) for i, part in enumerate(lines))


def ticks(top: float, about: int = 5) -> list[float]:
    """Round numbers from 0 to at least `top`, in steps of 1, 2 or 5 times a power of ten."""
    if top <= 0:
        return [0.0, 1.0]
    raw = top / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = max(1.0, next(m * power for m in (1, 2, 5, 10) if m * power >= raw * (1 - 1e-9)))
    return [i * step for i in range(math.ceil(top / step - 1e-9) + 1)]


def grid(positions: Sequence[tuple[float, str]], top: float, bottom: float) -> str:
    """Upright grid lines with their numbers below."""
    return "".join(
        line(x, top, x, bottom) + text(x, bottom + 17, words, anchor="middle", size=11.5, fill=MUTED)
        for x, words in positions
    )


def legend(entries: Sequence[tuple[str, str]], start: float = GUTTER) -> tuple[str, float]:
    """Coloured squares with names, from `start` or, where they need more room, in rows from the left edge.

    `entries` are (name, fill); returns the picture and its height.
    """
    widths = [18 + LETTER * len(name) + 24 for name, _ in entries]
    left = start if start + sum(widths) <= WIDTH else 0.0
    parts, x, y = [], left, 18.0
    for (name, fill), w in zip(entries, widths, strict=True):
        if x + w > WIDTH + 24:
            x, y = left, y + 20
        parts.append(f'<rect x="{x:.1f}" y="{y - 10:.1f}" width="12" height="12" rx="2" fill="{fill}"/>')
        parts.append(text(x + 18, y, name, size=12.5, fill=MUTED))
        x += w
    return "".join(parts), y + 16


def drawing(chart_id: str, height: float, title: str, description: str, body: Callable[[str], str]) -> str:
    """A whole picture with its title and description for screen readers.

    `body` gets the paint of the hatching, which has a name of its own in each picture.
    """
    hatch = (
        f'<pattern id="{chart_id}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="5" height="5" fill="#ffffff"/>'
        '<rect width="2.2" height="5" fill="#59646d"/></pattern>'
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" preserveAspectRatio="xMinYMin" role="img" '
        f'aria-labelledby="{chart_id}-title {chart_id}-desc" '
        f'font-family="{FONT}"><title id="{chart_id}-title">{escape(title)}</title>'
        f'<desc id="{chart_id}-desc">{escape(description)}</desc><defs>{hatch}</defs>'
        f"{body(f'url(#{chart_id}-hatch)')}</svg>"
    )
