"""Connected strokes of recovered ink."""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray


class Strokes(NamedTuple):
    """Strokes that touch, corners included; number 0 is the paper.

    Attributes
    ----------
    labels
        uint16 (h, w): the number of each pixel's stroke.
    stats
        int32 (N, 5), the paper's first: left, top, width, height and area, as `cv2.CC_STAT_LEFT` and so on name them.
    """

    labels: NDArray[np.uint16]
    stats: NDArray[np.int32]


def strokes(ink: NDArray[np.uint8], above: int) -> Strokes:
    """The connected strokes of all pixels darker than a level.

    Parameters
    ----------
    ink
        uint8 (h, w), 255 = ink; of one field, since numbers end at 65535.
    above
        Pixels above this level are inked.
    """
    mask = (ink > above).view(np.uint8)
    # OpenCV's statistics for int32 labels take three times as long as for these.
    found: tuple[Any, ...] = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_16U)
    _, labels, stats, _ = found
    return Strokes(labels, stats)
