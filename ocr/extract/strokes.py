"""Connected strokes of recovered ink."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.preprocess.background import above


class Strokes(NamedTuple):
    """Strokes that touch, corners included; number 0 is the paper.

    Attributes
    ----------
    labels
        uint16 or, of large images, int32 (h, w): the number of each pixel's stroke.
    stats
        int32 (n, 5): left, top, width, height and area, as `cv2.CC_STAT_LEFT` and so on name them; the paper's tell
        nothing.
    """

    labels: NDArray[Any]
    stats: NDArray[np.int32]


def strokes(ink: NDArray[np.uint8], level: int) -> Strokes:
    """The connected strokes of all pixels darker than a level.

    Parameters
    ----------
    ink
        uint8 (h, w), 255 = ink.
    level
        Pixels above it are inked.
    """
    mask = above(ink, level)
    x, y, w, h = cv2.boundingRect(mask)
    fits = (w + 1) // 2 * ((h + 1) // 2) < 2**16  # of 2 x 2 pixels all inked ones are of one stroke
    labels = np.zeros(ink.shape, np.uint16 if fits else np.int32)
    if not w:
        return Strokes(labels, np.zeros((1, 5), np.int32))
    part = slice(y, y + h), slice(x, x + w)  # most of a field is paper
    # OpenCV's statistics for int32 labels take several times as long as for uint16.
    kind = cv2.CV_16U if fits else cv2.CV_32S
    found: tuple[Any, ...] = cv2.connectedComponentsWithStats(mask[part], connectivity=8, ltype=kind)
    labels[part] = found[1]
    return Strokes(labels, found[2] + np.array([x, y, 0, 0, 0], np.int32))
