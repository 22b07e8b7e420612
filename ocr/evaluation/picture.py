"""Reject-against-error curves as an SVG picture."""

from __future__ import annotations

import math
from html import escape

from ocr.evaluation.summary import Evaluation, FieldFigures

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 56, 60
MOST_WRONG = 0.5
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#806000", "#56b4e9", "#e69f00", "#555555")


def draw_curves(evaluation: Evaluation) -> str:
    """One curve per kind of field: share accepted against share wrong among the accepted."""
    rows = [row for row in evaluation.by_kind if row.curve]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="DejaVu Sans, sans-serif" '
        'font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="26" font-size="17">Reject against error, {evaluation.pages} pages</text>',
        f'<text x="{LEFT}" y="44" fill="#555">dots: what is accepted today</text>',
        *_axes(),
    ]
    for i, row in enumerate(rows):
        parts += _curve(row, COLOURS[i % len(COLOURS)], TOP + 14 + 22 * i)
    return "\n".join([*parts, "</svg>\n"])


def _x(accepted: float) -> float:
    return LEFT + accepted * (WIDTH - LEFT - RIGHT)


def _y(wrong: float) -> float:
    return HEIGHT - BOTTOM - min(1.0, math.sqrt(wrong / MOST_WRONG)) * (HEIGHT - TOP - BOTTOM)


def _axes() -> list[str]:
    parts = []
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        x = _x(share)
        parts.append(f'<line x1="{x}" y1="{TOP}" x2="{x}" y2="{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{share:.0%}</text>')
    for share in (0.0, 0.003, 0.01, 0.03, 0.1, 0.2, 0.5):
        y = _y(share)
        dash = ' stroke-dasharray="4 3" stroke="#c00"' if share == 0.003 else ' stroke="#ddd"'
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}"{dash}/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.1%}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 14}" text-anchor="middle">share accepted without a person</text>')
    return parts


def _curve(row: FieldFigures, colour: str, legend_y: float) -> list[str]:
    points = " ".join(f"{_x(p.accepted):.1f},{_y(p.wrong):.1f}" for p in row.curve)
    x = WIDTH - RIGHT + 14
    parts = [
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
        f'<line x1="{x}" y1="{legend_y}" x2="{x + 22}" y2="{legend_y}" stroke="{colour}" stroke-width="3"/>',
        f'<text x="{x + 28}" y="{legend_y + 4}">{escape(row.name)} ({row.count})</text>',
    ]
    if row.wrong is not None:
        parts.append(f'<circle cx="{_x(row.accepted):.1f}" cy="{_y(row.wrong):.1f}" r="5" fill="{colour}"/>')
    return parts
