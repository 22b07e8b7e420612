"""Where a form's straight lines lie on this very card, how wide and how dark: presses and copiers keep to no drawing.

A line is looked for beside its place, piece by piece. What is dark along most of a piece is print; letters that cross a
line, or stand on it, are dark along little of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.strokes import strokes
from ocr.geometry import MM_PER_INCH

Gray = NDArray[np.uint8]

_LEAST_MM, _PIECE_MM, _THICKEST_MM = 2.5, 6.0, 1.3
"""Least length of a printed line, length of the pieces it is looked for in, and width of what is a bar and no line."""

_RUNNING = 0.12
"""Darkness (0..1) of the palest line."""

_SAMPLES = 18
"""Places along a piece at which it is looked at."""

_AWAY_MM = 0.9
"""How far beside its place the paper is looked at."""

_MISPLACED_MM = 0.6
"""How far beside its place a line may lie."""

_MOST, _STRAYS_MM = 0.75, 0.5
"""Share of a piece's length along which a line is dark at least, and how much wider than drawn and how far beside its
place it may then be, both together: a line and a figure one that touches it are wide and to one side."""

_WHOLE, _STRAYS_WHOLE_MM = 0.95, 1.1
"""The same where it is dark along all of the piece, as hardly any figure in a cell is."""

_USUAL = 0.6
"""Share of a piece's length along which a line is no darker than it is taken for: letters cover less."""

_EDGE, _LEAST_SHOWN, _DARKEST = 0.4, 16, 1.5
"""Share of its darkness at which a line ends; darkness (0..255) of a line at least; and at most, as a multiple of what is
expected and beside as much as the least, for ink is often darker than a pale line."""

_ELSEWHERE_MM, _PLAIN = 2.0, 60
"""How far from their places lines are looked for that the form does not know, and darkness (0..255) of ink there."""

_SHOULDER = 0.5
"""Darkness beside a line, as a share of its own, that blur gives to its edges."""

_BEYOND_MM = 0.5
"""How far a piece may go on beyond its end, as at a frame's corner that lies beside its place."""


@dataclass(frozen=True, eq=False)
class PrintedLines:
    """Pieces of a form's straight lines.

    Attributes
    ----------
    boxes
        int32 (n, 4): first and last row and column of a piece, the last ones not in it.
    upright
        bool (n,).
    places
        int64 (n, along, across): pixels at and beside each piece, in the picture's numbering row by row.
    width
        float32 (n,): pixels.
    darkness
        float32 (n,): as drawn, 0..255.
    """

    boxes: NDArray[np.int32]
    upright: NDArray[np.bool_]
    places: NDArray[np.int64]
    width: NDArray[np.float32]
    darkness: NDArray[np.float32]

    def within(self, window: tuple[slice, slice]) -> NDArray[np.bool_]:
        """Which pieces lie in a window (rows, columns) by their middles; bool (n,)."""
        row, column = self.boxes[:, :2].mean(axis=1), self.boxes[:, 2:].mean(axis=1)
        down, across = window
        inside = (row >= (down.start or 0)) & (column >= (across.start or 0))
        inside &= (row < (down.stop or np.inf)) & (column < (across.stop or np.inf))
        return np.asarray(inside, np.bool_)


@dataclass(frozen=True, eq=False)
class SeenLines:
    """The pieces of `PrintedLines` on a card.

    Attributes
    ----------
    found
        bool (n,): whether a line is seen at the place, or close to it.
    first, last
        int64 (n,): where across the places it begins and ends.
    shown
        uint8 (n, across): how dark it is there.
    """

    found: NDArray[np.bool_]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    shown: Gray


def printed_lines(art: Gray, dpi: float) -> PrintedLines:
    """Find the straight lines of artwork, uint8 (h, w) of darkness: level ones, then upright ones."""
    scale = dpi / MM_PER_INCH
    kinds = [_level_pieces(art, scale), _level_pieces(np.ascontiguousarray(art.T), scale)]
    boxes = np.concatenate([kinds[0][0], kinds[1][0][:, [2, 3, 0, 1]]]) if kinds else np.zeros((0, 4), np.int32)
    h, w = art.shape
    level, upright = kinds[0][1], kinds[1][1]
    places = np.concatenate([level[..., 0] * w + level[..., 1], upright[..., 1] * w + upright[..., 0]])
    is_upright = np.arange(len(boxes)) >= len(kinds[0][0])
    width, darkness = (np.concatenate([kind[i] for kind in kinds]) for i in (2, 3))
    return PrintedLines(boxes, is_upright, places, width, darkness)


Pieces = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]


def _level_pieces(art: Gray, scale: float) -> Pieces:
    """Boxes, places (n, along, across, 2) as rows and columns, widths and darkness of level lines."""
    run = cv2.morphologyEx(art, cv2.MORPH_OPEN, np.ones((1, round(_LEAST_MM * scale)), np.uint8))
    away = np.arange(-round(_AWAY_MM * scale), round(_AWAY_MM * scale) + 1)
    boxes, places, widths, darkness = [], [], [], []
    for x, y, w, h, _ in strokes(np.asarray(run, np.uint8), round(_RUNNING * 255)).stats[1:].tolist():
        middle = y + (h - 1) // 2
        if h > _THICKEST_MM * scale or middle + away[0] < 0 or middle + away[-1] >= art.shape[0]:
            continue
        cuts = np.linspace(x, x + w, max(1, round(w / (_PIECE_MM * scale))) + 1).round().astype(int)
        for left, right in pairwise(cuts.tolist()):
            own = run[y : y + h, left:right]
            along = np.linspace(left, right - 1, _SAMPLES).round().astype(np.int64)
            boxes.append((y, y + h, left, right))
            places.append(np.stack(np.broadcast_arrays(middle + away[None], along[:, None]), axis=-1))
            darkness.append(float(own.max(axis=0).mean()))
            widths.append(float(own.mean(axis=1).sum() / max(1.0, darkness[-1])))
    return (
        np.array(boxes, np.int32).reshape(-1, 4),
        np.array(places, np.int64).reshape(-1, _SAMPLES, len(away), 2),
        np.array(widths, np.float32),
        np.array(darkness, np.float32),
    )


def seen_lines(dark: Gray, lines: PrintedLines, gain: float, dpi: float) -> SeenLines:
    """Look for a form's lines on a card.

    Parameters
    ----------
    dark
        uint8 (h, w), from `ocr.preprocess.background.ink_darkness`.
    gain
        How dark print shows here, as a multiple of what was drawn.
    """
    scale = dpi / MM_PER_INCH
    ranked = np.sort(dark.reshape(-1)[lines.places], axis=1)
    darkest = _DARKEST * gain * lines.darkness + _LEAST_SHOWN
    found, first, last, peak = _runs(_reached(ranked, _MOST), lines.width, darkest, _STRAYS_MM * scale, scale)
    lost = np.flatnonzero(~found & (peak >= _LEAST_SHOWN))
    found[lost], first[lost], last[lost], _ = _runs(
        _reached(ranked[lost], _WHOLE), lines.width[lost], darkest[lost], _STRAYS_WHOLE_MM * scale, scale
    )
    return SeenLines(found, first, last, _reached(ranked, 1 - _USUAL))


def _reached(ranked: Gray, share: float) -> Gray:
    """Darkness that a share of each piece's length reaches, uint8 (n, across), of samples sorted along it."""
    return ranked[:, round((1 - share) * (ranked.shape[1] - 1))]


def _runs(
    solid: Gray, width: NDArray[np.float32], darkest: NDArray[np.float32], strays: float, scale: float
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64], Gray]:
    """Whether each profile (n, across) shows a line near its middle, its first and last column, and the darkness there.

    `strays` is how much wider and farther from the middle it may be, in pixels.
    """
    across = solid.shape[1]
    peak = solid[:, np.abs(np.arange(across) - across // 2) <= _MISPLACED_MM * scale].max(axis=1)
    first, last = _nearest_run(solid >= np.maximum(_EDGE * peak, _LEAST_SHOWN)[:, None])
    off, wider = np.abs(first + last + 1 - across) / 2, np.maximum(last - first + 1 - width, 0)
    found = (peak >= _LEAST_SHOWN) & (peak <= darkest) & (first > 0) & (last < across - 1)
    return found & (off <= _MISPLACED_MM * scale) & (off + wider <= strays), first, last, peak


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
    reach, apart = round(_ELSEWHERE_MM * scale), round(_AWAY_MM * scale)
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
    """How dark the print may be at each pixel, uint8 (h, w), after lines were seen wider, darker or beside their place."""
    middle = printed.reshape(-1)[lines.places[:, _SAMPLES // 2]]
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
