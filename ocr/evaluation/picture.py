"""Curves as SVG pictures: what is accepted against what is wrong, and what is stated against what is observed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from ocr.confidence.kinds import TARGET_ERRORS
from ocr.evaluation.figures import BINS, FieldFigures

WIDTH, HEIGHT = 860, 520
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 56, 60
MOST_WRONG = 0.5
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#806000", "#56b4e9", "#e69f00", "#555555", "#882255", "#44aa99")
PANEL, PANELS = 210, 4
"""Side of one reliability diagram with its margins, and how many stand in a row."""

_INNER, _EDGE = 150, 40


@dataclass(frozen=True)
class Curve:
    """One reject-against-error curve.

    Attributes
    ----------
    name
        For the legend.
    points
        Accepted and wrong among them, both 0..1, for falling thresholds.
    now, kept
        Where acceptance is today, and the most that could be accepted within the target error; None where nothing is.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    now: tuple[float, float] | None
    kept: tuple[float, float] | None


def curve_of(row: FieldFigures) -> Curve:
    """The curve of a row of figures; fields that were not read can never be accepted, so it ends short of them."""
    read = sum(group.count for group in row.bins) / row.count
    return Curve(
        name=f"{row.name} ({row.count})",
        points=tuple((read * point.accepted, point.wrong) for point in row.curve),
        now=None if row.wrong is None else (row.accepted, row.wrong),
        kept=(row.at_target_error, row.target_error) if row.at_target_error else None,
    )


def draw_curves(title: str, curves: Iterable[Curve]) -> str:
    """Share accepted against share wrong among the accepted, with the target errors marked."""
    parts = [
        f'<text x="{LEFT}" y="26" font-size="17">{escape(title)}</text>',
        f'<text x="{LEFT}" y="44" fill="#555">dots: accepted today; rings: the most within the target error</text>',
        *_axes(),
    ]
    for i, curve in enumerate(curve for curve in curves if curve.points):
        parts += _curve(curve, COLOURS[i % len(COLOURS)], TOP + 14 + 22 * i)
    return _svg(WIDTH, HEIGHT, parts)


def draw_reliability(title: str, rows: Sequence[FieldFigures]) -> str:
    """One small diagram per row: the probability stated against the share right, in bins of equal count."""
    drawn = [row for row in rows if row.bins]
    parts = [
        f'<text x="{_EDGE}" y="26" font-size="17">{escape(title)}</text>',
        f'<text x="{_EDGE}" y="44" fill="#555">across: probability stated; up: share right, 95 % interval; '
        f"{BINS} bins of equal count</text>",
    ]
    for i, row in enumerate(drawn):
        parts += _panel(row, _EDGE + PANEL * (i % PANELS), TOP + 30 + PANEL * (i // PANELS))
    return _svg(_EDGE + PANEL * PANELS, TOP + 20 + PANEL * math.ceil(len(drawn) / PANELS), parts)


def _svg(width: int, height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="DejaVu Sans, sans-serif" '
        'font-size="13">'
    )
    return "\n".join([head, f'<rect width="{width}" height="{height}" fill="white"/>', *parts, "</svg>\n"])


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
    for share in (0.0, 0.03, 0.1, 0.2, 0.5):
        y = _y(share)
        parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    for share in TARGET_ERRORS:
        y = _y(share)
        parts.append(
            f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#c00" stroke-dasharray="4 3"/>'
            f'<text x="{WIDTH - RIGHT + 9}" y="{y + 4:.1f}" font-size="9" fill="#c00">{share:.2%}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 14}" text-anchor="middle">share accepted without a person</text>')
    parts.append(
        f'<text x="16" y="{HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 16 {HEIGHT / 2})">'
        "share wrong among the accepted</text>"
    )
    return parts


def _curve(curve: Curve, colour: str, legend_y: float) -> list[str]:
    points = " ".join(f"{_x(accepted):.1f},{_y(wrong):.1f}" for accepted, wrong in curve.points)
    left = WIDTH - RIGHT + 44
    parts = [
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
        f'<line x1="{left}" y1="{legend_y}" x2="{left + 18}" y2="{legend_y}" stroke="{colour}" stroke-width="3"/>',
        f'<text x="{left + 24}" y="{legend_y + 4}">{escape(curve.name)}</text>',
    ]
    if curve.kept:
        x, y = _x(curve.kept[0]), _y(curve.kept[1])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="none" stroke="{colour}" stroke-width="2"/>')
    if curve.now:
        x, y = _x(curve.now[0]), _y(curve.now[1])
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
    return parts


def _panel(row: FieldFigures, left: float, top: float) -> list[str]:
    def at(stated: float, observed: float) -> tuple[str, str]:
        return f"{left + stated * _INNER:.1f}", f"{top + (1 - observed) * _INNER:.1f}"

    ece = "" if row.ece is None else f", ECE {row.ece:.3f}"
    parts = [
        f'<text x="{left}" y="{top - 8}" font-size="12">{escape(row.name)} ({row.count}){ece}</text>',
        f'<rect x="{left}" y="{top}" width="{_INNER}" height="{_INNER}" fill="none" stroke="#bbb"/>',
        f'<line x1="{left}" y1="{top + _INNER}" x2="{left + _INNER}" y2="{top}" stroke="#c00" stroke-dasharray="4 3"/>',
    ]
    for share in (0.0, 0.5, 1.0):
        x, y = at(share, share)
        parts.append(f'<text x="{left - 4}" y="{float(y) + 4}" font-size="10" text-anchor="end">{share:.0%}</text>')
        parts.append(f'<text x="{x}" y="{top + _INNER + 14}" font-size="10" text-anchor="middle">{share:.0%}</text>')
    for b in row.bins:
        (x, y), (_, low), (_, high) = at(b.stated, b.observed), at(b.stated, b.low), at(b.stated, b.high)
        parts.append(f'<line x1="{x}" y1="{low}" x2="{x}" y2="{high}" stroke="{COLOURS[0]}"/>')
        parts.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{COLOURS[0]}"/>')
    return parts
