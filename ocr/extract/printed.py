"""The print of a form as ink recovery needs it: computed once a form, so that a card costs only what is its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import Gray
from ocr.extract.printed_lines import PrintedLines, printed_lines
from ocr.forms.artwork import raster
from ocr.forms.definition import Form
from ocr.geometry import MM_PER_INCH
from ocr.preprocess.background import above, grey, without_tint

_NEAR_MM = 0.3
"""How far print reaches into its neighbourhood: blur and what is left of misplacement."""

_WIDER_MM, _HALO_MM, _HALO = 0.13, 0.26, 0.35
"""Print may show wider than drawn by the first, and by the second with that share of its darkness."""

_WORD = 0.65
"""Darkness (0..1) from which on print nearby is words; paler print is lines."""

_CORE, _LEAST = 0.6, 0.15
"""Share of the darkness nearby, and darkness, from which on a pixel is the core of a printed stroke."""

_SAMPLES = 4000
"""Core pixels at which a kind of print is measured at most: more change nothing."""

_LINE_MM = 2.5
"""Least length of a printed line; shorter print is lettering, across which strokes are joined in every direction."""

_RUNNING, _FRINGE = 0.12, 0.15
"""Darkness (0..1) of a line along which nothing is joined, and of what crumbs of print lie in."""


HIDDEN = 30
"""Printed darkness (0..255) above which a pixel by itself does not tell ink from print."""


@dataclass(frozen=True, eq=False)
class PrintKind:
    """Words, or lines and tinted words, of a form: a scan may keep black words and lose pale lines, or blacken both.

    Attributes
    ----------
    reach
        uint8 (h, w): how dark this print may be at each pixel if it shows as dark as drawn; a little wider than drawn.
    cores
        int64 (n,): places of the cores of its strokes in the picture's pixels, row by row.
    paleness
        float32 (n,): 1 over the darkness (0..255) drawn there.
    """

    reach: Gray
    cores: NDArray[np.int64]
    paleness: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Printed:
    """The print of a form or of a part of it.

    Attributes
    ----------
    art
        uint8 (h, w): its darkness, 255 black; a tinted panel is paper.
    kinds
        Words, and lines.
    level, upright
        uint8 (h, w): 255 where a level and an upright printed line runs, and close to it.
    fringe
        uint8 (h, w): 255 in print and close to it.
    clear
        uint8 (h, w): 255 where no print hides what lies under it.
    lines
        Its straight lines, each of which is looked for on the card.
    """

    art: Gray
    kinds: tuple[PrintKind, PrintKind]
    level: Gray
    upright: Gray
    fringe: Gray
    clear: Gray
    lines: PrintedLines


def printed(blank: Gray, dpi: float) -> Printed:
    """Prepare the artwork of a form, or of a part of it, uint8 (h, w) on white paper."""
    scale, art = dpi / MM_PER_INCH, without_tint(blank)
    near = np.asarray(cv2.dilate(art, disc(_NEAR_MM * scale)), np.uint8)
    words = np.asarray(near > _WORD * 255)
    cores = (art > _CORE * near) & (art > _LEAST * 255)
    kinds = _kind(art, words, cores, scale), _kind(art, ~words, cores, scale)
    reach = np.asarray(cv2.max(*(kind.reach for kind in kinds)), np.uint8)
    long = round(_LINE_MM * scale)
    level, upright = (_near_lines(art, np.ones(shape, np.uint8), scale) for shape in ((1, long), (long, 1)))
    return Printed(
        art,
        kinds,
        level,
        upright,
        above(near, _FRINGE * 255),
        np.asarray(cv2.bitwise_not(above(reach, HIDDEN)), np.uint8),
        printed_lines(art, dpi),
    )


@lru_cache(maxsize=16)
def printed_form(form: Form, dpi: float) -> Printed:
    """The print of a whole form, once a process."""
    return printed(grey(raster(form, dpi)), dpi)


def _kind(art: Gray, part: NDArray[np.bool_], cores: NDArray[np.bool_], scale: float) -> PrintKind:
    own = np.where(part, art, 0).astype(np.uint8)
    halo = cv2.convertScaleAbs(cv2.dilate(own, disc(_HALO_MM * scale)), alpha=_HALO)
    places = np.flatnonzero(cores & part)
    places = places[:: max(1, len(places) // _SAMPLES)]
    paleness = np.asarray(1 / np.maximum(art.reshape(-1)[places], 1), np.float32)
    return PrintKind(np.asarray(cv2.max(cv2.dilate(own, disc(_WIDER_MM * scale)), halo), np.uint8), places, paleness)


def _near_lines(art: Gray, run: Gray, scale: float) -> Gray:
    lines = cv2.dilate(cv2.morphologyEx(art, cv2.MORPH_OPEN, run), disc(_NEAR_MM * scale))
    return above(np.asarray(lines, np.uint8), _RUNNING * 255)


@lru_cache(maxsize=16)
def disc(radius: float) -> Gray:
    """Structuring element, round, of a radius in pixels, at least one."""
    size = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)
