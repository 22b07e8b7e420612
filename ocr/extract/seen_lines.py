"""Where a form's straight lines lie on this very card, how wide and how dark: presses and copiers keep to no drawing.

A line is looked for beside its place, piece by piece. What is dark along most of a piece is print; letters that cross a
line, or stand on it, are dark along little of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.extract.printed_lines import AWAY_MM, Gray, PrintedLines
from ocr.geometry import MM_PER_INCH

_MISPLACED_MM = 0.6
"""How far beside its place a line may lie."""

_MOST, _STRAYS_MM = 0.75, 0.5
"""Share of a piece's length along which a line is dark at least, and how much wider than drawn and how far beside its
place it may then be, both together: a line and a figure one that touches it are wide and to one side."""

_WHOLE, _STRAYS_WHOLE_MM = 0.95, 1.1
"""The same where it is dark along all of the piece, as hardly any figure in a cell is."""

_USUAL = 0.6
"""Share of a piece's length along which a line is no darker than it is taken for: letters cover less."""

_EDGE, _LEAST_SHOWN = 0.4, 16
"""Share of its darkness at which a line ends; and darkness (0..255) of a line at least."""

_DARKEST, _GAIN = 1.5, 0.75
"""Darkness of a line at most, beside as much as the least: a multiple of what was drawn, by which this share of the
card's lines is no darker. Ink is often darker than a pale line."""

_ELSEWHERE_MM, _PLAIN = 2.0, 60
"""How far from their places lines are looked for that the form does not know, and darkness (0..255) of ink there."""

_SHOULDER = 0.5
"""Darkness beside a line, as a share of its own, that blur gives to its edges."""

_BEYOND_MM = 0.5
"""How far a piece may go on beyond its end, as at a frame's corner that lies beside its place."""


@dataclass(frozen=True, eq=False)
class SeenLines:
    """The pieces of `PrintedLines` as a card shows them.

    Attributes
    ----------
    found
        bool (n,): whether a line is seen at the place, or close to it.
    first, last
        int64 (n,): where across the places it begins and ends, where one is found.
    shown
        uint8 (n, across): how dark it is there.
    """

    found: NDArray[np.bool_]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    shown: Gray


def seen_lines(dark: Gray, lines: PrintedLines, dpi: float) -> SeenLines:
    """Look for a form's lines on a card.

    Parameters
    ----------
    dark
        uint8 (h, w), from `ocr.preprocess.background.ink_darkness`.
    """
    scale = dpi / MM_PER_INCH
    ranked = np.sort(dark.reshape(-1)[lines.places], axis=1)
    most = _reached(ranked, _MOST)
    peak = most[:, _middle(most, scale)].max(axis=1)
    gain = float(np.quantile(peak / lines.darkness, _GAIN)) if len(peak) else 1.0
    seen = (peak >= _LEAST_SHOWN) & (peak <= _DARKEST * gain * lines.darkness + _LEAST_SHOWN)
    found, first, last = _runs(most, lines.width, _STRAYS_MM * scale, scale)
    lost = np.flatnonzero(seen & ~found)
    found[lost], first[lost], last[lost] = _runs(
        _reached(ranked[lost], _WHOLE), lines.width[lost], _STRAYS_WHOLE_MM * scale, scale
    )
    found &= seen
    return SeenLines(found, first, last, _reached(ranked, 1 - _USUAL))


def _reached(ranked: Gray, share: float) -> Gray:
    """Darkness that a share of each piece's length reaches, uint8 (n, across), of samples sorted along it."""
    return ranked[:, round((1 - share) * (ranked.shape[1] - 1))]


def _middle(solid: Gray, scale: float) -> NDArray[np.bool_]:
    """Which columns of profiles (n, across) lie close enough to the place of a line."""
    across = solid.shape[1]
    return np.asarray(np.abs(np.arange(across) - across // 2) <= _MISPLACED_MM * scale)


def _runs(
    solid: Gray, width: NDArray[np.float32], strays: float, scale: float
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Whether each profile (n, across) may be a line's, and its first and last column.

    `strays` is how much wider than drawn and how far from its place it may be, in pixels, both together.
    """
    across = solid.shape[1]
    peak = solid[:, _middle(solid, scale)].max(axis=1)
    first, last = _nearest_run(solid >= np.maximum(_EDGE * peak, _LEAST_SHOWN)[:, None])
    off, wider = np.abs(first + last + 1 - across) / 2, np.maximum(last - first + 1 - width, 0)
    found = (first > 0) & (last < across - 1) & (off <= _MISPLACED_MM * scale) & (off + wider <= strays)
    return np.asarray(found, np.bool_), first, last


def elsewhere(ink: Gray, lines: PrintedLines, seen: SeenLines, dpi: float) -> NDArray[np.bool_]:
    """Which pieces, bool (n,), are not at their place while a line unknown to the form runs beside it.

    Parameters
    ----------
    ink
        uint8 (h, w): what is darker than the print explains.
    """
    scale, out = dpi / MM_PER_INCH, np.zeros(len(lines.boxes), np.bool_)
    lost = np.flatnonzero(~seen.found)
    if not len(lost):
        return out
    reach, apart = round(_ELSEWHERE_MM * scale), round(AWAY_MM * scale)
    stride = np.where(lines.upright[lost], 1, ink.shape[1])[:, None, None]
    middles = lines.places[lost][:, ::3, lines.places.shape[2] // 2, None]
    places = middles + stride * np.arange(-reach - apart, reach + apart + 1)
    solid = _reached(np.sort(ink.reshape(-1)[np.clip(places, 0, ink.size - 1)], axis=1), _MOST)
    line, beside = solid[:, apart:-apart], np.maximum(solid[:, : -2 * apart], solid[:, 2 * apart :])
    out[lost] = ((line > _PLAIN) & (beside < line // 2)).any(axis=1)
    return out


def _nearest_run(mask: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last column of each row's run of true values (n, w) that lies nearest to its middle."""
    n, w = mask.shape
    rows = np.arange(n)
    first = np.argmin(np.abs(np.arange(w) - w // 2) + w * ~mask, axis=1)
    last = first.copy()
    for _ in range(w):
        first = np.where(mask[rows, np.maximum(first - 1, 0)], np.maximum(first - 1, 0), first)
        last = np.where(mask[rows, np.minimum(last + 1, w - 1)], np.minimum(last + 1, w - 1), last)
    return first, last


def with_seen_lines(printed: Gray, lines: PrintedLines, seen: SeenLines, dpi: float) -> Gray:
    """How dark the print may be at each pixel, uint8 (h, w), now that lines were seen wider, darker or elsewhere."""
    middle = printed.reshape(-1)[lines.places[:, lines.places.shape[1] // 2]]
    shown = _with_shoulders(seen)
    unlike = np.flatnonzero(seen.found & (shown > middle.astype(np.int16) + _LEAST_SHOWN // 2).any(axis=1))
    out, beyond = printed.copy(), round(_BEYOND_MM * dpi / MM_PER_INCH)
    half = shown.shape[1] // 2
    for i in unlike.tolist():
        top, bottom, left, right = lines.boxes[i].tolist()
        if lines.upright[i]:
            at = left + (right - left - 1) // 2 - half
            part = out[max(0, top - beyond) : bottom + beyond, at : at + shown.shape[1]]
            np.maximum(part, shown[i][None], out=part)
        else:
            at = top + (bottom - top - 1) // 2 - half
            part = out[at : at + shown.shape[1], max(0, left - beyond) : right + beyond]
            np.maximum(part, shown[i][:, None], out=part)
    return out


def _with_shoulders(seen: SeenLines) -> Gray:
    """Darkness of the lines found and of their blurred edges, 0 elsewhere; uint8 (n, across)."""
    column = np.arange(seen.shown.shape[1])
    own = np.where((column >= seen.first[:, None]) & (column <= seen.last[:, None]), seen.shown, 0).astype(np.uint8)
    edge = np.maximum(np.pad(own, ((0, 0), (1, 0)))[:, :-1], np.pad(own, ((0, 0), (0, 1)))[:, 1:])
    beside = (column >= seen.first[:, None] - 1) & (column <= seen.last[:, None] + 1)
    blurred = np.where(beside, np.maximum(_SHOULDER * edge, np.minimum(seen.shown, edge)), 0)
    return np.maximum(own, blurred.astype(np.uint8))
