"""Turn a rubber stamp upright, take its frame away, and part it into what may be its date."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import MM_PER_INCH
from ocr.preprocess.paper import best_angle

Gray = NDArray[np.uint8]

MOST_DEGREES = 8.0
"""A stamp lies at most so much askew."""

_LEVEL_SHARE, _UPRIGHT_SHARE = 0.55, 0.7
"""Share of the stamp's length that a level and an upright line of its frame is inked over; lines of type have gaps."""

_LINE_MM = 0.9
"""Thickness of a frame's line, worn and askew, at most."""

_FAINT, _INKED = 40, 70
"""Levels of recovered ink (0..255) that count for the angle, and as inked."""

_OUTSIDE_SHARE = 0.04
"""Share of the ink beyond a line, itself apart, from which on it is no frame's: type stands on its other side."""

_DIVIDER_HEIGHTS = 1.3
"""Length of an upright line, in heights of the type beside it, from which on it parts cells."""

_GAP_HEIGHTS = 0.8
"""Gap between columns, in heights of the line, that parts what stands on it."""

_RUN_MM = 1.6
"""Least length of a piece of a frame's line: most strokes of letters are shorter, so that bold type is no frame."""


_LONG_RUN_MM = 4.0
"""The same for a line between type, which is longer than any stroke of a letter."""


def upright(ink: Gray, dpi: float, *, zoom: float = 1.0, soft: float = 0.0) -> Gray:
    """A stamp's type, level and without its frame.

    Parameters
    ----------
    ink
        uint8 (h, w), 255 = ink: the recovered ink of the zone the stamp lies in.
    dpi
        Pixels per inch.
    zoom
        Enlargement.
    soft
        Standard deviation in pixels of a blur that closes the pores of a worn stamp; 0 for none.

    Returns
    -------
    ndarray
        uint8, 255 = ink.
    """
    if soft:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), soft), np.uint8)
    return without_frame(rotated(ink, -skew(ink), zoom), zoom * dpi / MM_PER_INCH)


class Piece(NamedTuple):
    """What may be an answer on a stamp: a line, or what stands on it between wide gaps.

    Attributes
    ----------
    line
        Number of its line, from the top.
    is_whole
        Whether it is all of the line.
    ink
        uint8 (h, w), 255 = ink.
    """

    line: int
    is_whole: bool
    ink: Gray

    def overlaps(self, other: Piece) -> bool:
        """Whether some of the same ink is in both."""
        return self.line == other.line and (self.is_whole or other.is_whole or self is other)


def pieces(stamp: Gray) -> list[Piece]:
    """The lines of a level stamp, each with what stands on it between wide gaps, from the top."""
    found = []
    lines = _lines(stamp)
    undivided = _without_dividers(stamp, max((bottom - top for top, bottom in lines), default=0))
    for number, (top, bottom) in enumerate(lines):
        line = undivided[max(0, top - 2) : bottom + 2]
        columns = np.flatnonzero((line > _INKED).any(axis=0))
        height = bottom - top
        cuts = np.flatnonzero(np.diff(columns) > _GAP_HEIGHTS * height)
        starts, ends = [0, *(cuts + 1)], [*cuts, len(columns) - 1]
        parts = [line[:, max(0, columns[a] - 2) : columns[b] + 3] for a, b in zip(starts, ends, strict=True)]
        both = [Piece(number, True, line), *(Piece(number, False, part) for part in parts if len(parts) > 1)]
        found += [piece for piece in both if piece.ink.shape[1] > 2 * height]
    return found


def _lines(stamp: Gray) -> list[tuple[int, int]]:
    """First and last row of each line of type: runs of rows with much ink, between valleys with little."""
    profile = cv2.blur((stamp > _INKED).mean(axis=1, dtype=np.float32)[:, None], (1, 3))[:, 0]
    full = np.concatenate([[False], profile > max(0.01, 0.2 * float(profile.max(initial=0))), [False]])
    edges = np.flatnonzero(np.diff(full.astype(np.int8)))
    runs = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    tallest = max((b - a for a, b in runs), default=0)
    return [(a, b) for a, b in runs if b - a >= max(6, 0.35 * tallest)]


def _without_dividers(stamp: Gray, height: int) -> Gray:
    """The stamp without upright lines that are longer than its tallest type, of that height: those part cells."""
    if not height:
        return stamp
    wide = cv2.dilate((stamp > _FAINT).astype(np.uint8), np.ones((1, 3), np.uint8))
    least = np.ones((round(_DIVIDER_HEIGHTS * height), 1), np.uint8)
    dividers = cv2.morphologyEx(wide, cv2.MORPH_OPEN, least, borderValue=0)
    return np.where(cv2.dilate(dividers, np.ones((1, 3), np.uint8)) > 0, 0, stamp).astype(np.uint8)


def skew(ink: Gray) -> float:
    """Degrees by which lines of type fall to the right, within `MOST_DEGREES`.

    The angle at which the projection onto the vertical is most uneven (Postl 1986), first in steps of a degree on a
    reduced image, then refined by a parabola. The inked pixels are projected by their places; no image is turned.
    """
    small = cv2.resize(ink, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    inked = np.flatnonzero(small > _FAINT)
    y, x = np.divmod(inked, small.shape[1])
    amount = small.reshape(-1)[inked].astype(np.float64)
    reach = np.hypot(*small.shape)

    def unevenness(degrees: float) -> float:
        angle = np.deg2rad(degrees)
        rows = (y * np.cos(angle) - x * np.sin(angle) + reach).astype(np.intp)
        return float(np.square(np.diff(np.bincount(rows, amount))).sum())

    return best_angle(np.arange(-MOST_DEGREES, MOST_DEGREES + 1), unevenness)


def rotated(ink: Gray, degrees: float, zoom: float) -> Gray:
    """The image turned clockwise on the screen about its middle and enlarged, on a canvas that holds all of it."""
    h, w = ink.shape
    turn = cv2.getRotationMatrix2D(((w - 1) / 2, (h - 1) / 2), -degrees, zoom)
    width, height = (np.abs(turn[:, :2]) @ (w, h)).round().astype(int)
    turn[:, 2] += (width - w) / 2, (height - h) / 2
    return np.asarray(cv2.warpAffine(ink, turn, (int(width), int(height)), flags=cv2.INTER_LINEAR), np.uint8)


def without_frame(ink: Gray, scale: float) -> Gray:
    """What lies inside the frame of a level stamp; all of it where no frame is seen.

    A frame's lines are the outermost rows and columns that are inked over most of the stamp's length; lines of type
    have gaps. What lies outside the frame is not of the stamp.
    """
    if not ink.any():
        return ink
    columns = _extent(ink.sum(axis=0))
    (top, bottom), rows = _between(ink[:, columns], scale, _LEVEL_SHARE)
    inside = np.where(rows[:, None], 0, ink).astype(np.uint8)[top:bottom]
    if not inside.any():
        return inside
    (left, right), upright_lines = _between(inside.T, scale, _UPRIGHT_SHARE)
    return np.where(upright_lines, 0, inside).astype(np.uint8)[:, left:right]


def _extent(profile: NDArray[np.int64]) -> slice:
    """Where all ink but a hundredth at either end lies."""
    share = np.cumsum(profile) / max(1, profile.sum())
    return slice(int(np.searchsorted(share, 0.01)), int(np.searchsorted(share, 0.99)) + 1)


def _between(ink: Gray, scale: float, share: float) -> tuple[tuple[int, int], NDArray[np.bool_]]:
    """First and last row inside a frame's upper and lower line, and (h,) which rows are lines.

    The image's own edge stands for a missing line. A line with type on either side is within the stamp and no frame.
    """
    thick = cv2.dilate((ink > _INKED).astype(np.uint8), np.ones((max(1, round(0.3 * scale)), 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, round(_RUN_MM * scale)), np.uint8))
    lines = runs.mean(axis=1) > share
    amount = ink.sum(axis=1, dtype=np.int64)
    reach = round(_LINE_MM * scale)
    top = _inside_edge(lines, amount, reach)
    bottom = len(ink) - _inside_edge(lines[::-1], amount[::-1], reach)
    long = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, round(_LONG_RUN_MM * scale)), np.uint8))
    return (top, max(bottom, top + 1)), long.mean(axis=1) > share


def _inside_edge(lines: NDArray[np.bool_], amount: NDArray[np.int64], reach: int) -> int:
    """First row inside a frame's first line; 0 where the first line has type before it, or there is none."""
    seen = np.cumsum(amount)
    places = np.flatnonzero(lines[: max(0, int(np.searchsorted(seen, seen[-1] / 2)) - reach)])
    if not len(places) or seen[max(0, places[0] - reach)] > _OUTSIDE_SHARE * seen[-1]:
        return 0
    return int(places[places <= places[0] + reach][-1]) + 1
