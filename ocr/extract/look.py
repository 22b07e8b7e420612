"""How a card's handwriting looks, in a few numbers that need no truth: pen, letters, scan, and how sure it was read.

They tell whether a card is like those that certainty was measured on (`ocr.confidence.familiarity`), not what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import Gray
from ocr.extract.reader import Crop, Raw
from ocr.forms.definition import Entry
from ocr.geometry import MM_PER_INCH
from ocr.lexicon.posteriors import BLANK, CharPosteriors
from ocr.preprocess.background import grey
from ocr.reading import FieldState

LOOK = (
    "stroke width, log mm",
    "darkness of ink",
    "softness of edges, log",
    "height of letters, log of the box",
    "slant",
    "roughness of paper, log",
    "doubt, log",
    "doubt of the worst tenth, log",
)
"""What the numbers of a look are, in order."""

_STRONG, _SOFT = 128, (40, 160)
_LEAST_PIXELS = 60
_EVERY = 4  # of so many rows and columns one tells of the paper
_LEAST_FIELDS, _MOST_FIELDS = 3, 8
_LEAST = 0.01  # added before a logarithm is taken: less than so much tells nothing


def card_look(read: Iterable[tuple[Crop, Raw]]) -> tuple[float, ...] | None:
    """The look of a card: medians over its handwritten fields, and doubt over all their characters.

    Fields that are doubtful for their own sake, as under a blot, go to people anyway and say nothing of the others, as
    long as these are enough.

    Returns
    -------
    tuple of float or None
        As in `LOOK`; None where fewer than three fields were written by hand and read.
    """
    seen = [(crop, raw) for crop, raw in read if crop.spec.entry is Entry.HAND and raw.posteriors is not None]
    clear = [(crop, raw) for crop, raw in seen if raw.state is not FieldState.DOUBTFUL]
    told = clear if len(clear) >= _LEAST_FIELDS else seen
    written = [(crop, raw.posteriors) for crop, raw in told if raw.posteriors is not None]
    inks = [ink for crop, _ in written[:_MOST_FIELDS] if (ink := _ink_look(crop)) is not None]
    if len(inks) < _LEAST_FIELDS:
        return None
    doubts = _doubts([steps for _, steps in written])
    worst = np.sort(doubts)[-max(1, len(doubts) // 10) :]
    means = [float(np.log(_LEAST + d.mean())) for d in (doubts, worst)]
    return (*(float(x) for x in np.median(np.array(inks), axis=0)), *means)


def _doubts(fields: Sequence[CharPosteriors]) -> NDArray[np.float64]:
    """What is left for all but the likeliest character, at every step that shows one."""
    steps = np.concatenate([field.logp for field in fields])
    shown = steps[steps.argmax(axis=1) != BLANK]
    return 1 - np.exp(shown.max(axis=1).astype(np.float64)) if len(shown) else np.ones(1)


def _ink_look(crop: Crop) -> tuple[float, ...] | None:
    """The look of one field's ink, all but the doubt; None where there is too little to tell."""
    ink, scale = crop.ink, crop.dpi / MM_PER_INCH
    strong = (ink > _STRONG).view(np.uint8)
    area = cv2.countNonZero(strong)
    if area < _LEAST_PIXELS:
        return None
    inner = cv2.erode(strong, np.ones((3, 3), np.uint8))
    outline = np.asarray(cv2.subtract(strong, inner), np.uint8)
    edge = max(1, cv2.countNonZero(outline))
    soft = cv2.countNonZero(cv2.inRange(ink, *_SOFT)) / edge
    levels = grey(crop.pixels)
    paper, rough = _paper(levels[::_EVERY, ::_EVERY])
    darkness = 1 - cv2.mean(levels, strong)[0] / paper
    height = _height(strong) / scale / crop.spec.box.h
    return (
        float(np.log(2 * area / edge / scale)),
        darkness,
        float(np.log(_LEAST + soft)),
        float(np.log(_LEAST + height)),
        _slant(np.ascontiguousarray(ink), outline),
        float(np.log(_LEAST + rough)),
    )


def _paper(levels: Gray) -> tuple[float, float]:
    """Level of the paper, and half the width of its middle two quarters as a share of that."""
    low, middle, high = np.percentile(levels, (50, 75, 90))
    return max(1.0, float(middle)), float(high - low) / max(1.0, float(middle))


def _height(strong: Gray) -> float:
    """Rows between which nine tenths of the ink lie, in pixels."""
    below = np.cumsum(cv2.reduce(strong, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S))
    top, bottom = np.searchsorted(below, (0.05 * below[-1], 0.95 * below[-1]))
    return float(bottom - top + 1)


def _slant(ink: Gray, edge: Gray) -> float:
    """How far strokes lean to the right, as the tangent: the direction in which ink changes least at their edges."""
    at = np.flatnonzero(edge.view(np.bool_))
    across, down = (d.reshape(-1)[at].astype(np.float32) for d in cv2.spatialGradient(ink))
    upright = np.abs(across) > np.abs(down)  # flat strokes say nothing of it
    gx, gy = across[upright], down[upright]
    return float(gx @ gy / max(1.0, float(gx @ gx)))
