"""Whether anything was written in a zone: decided from recovered ink before any reader is asked."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import MM_PER_INCH

_INKED = 90
_STROKE_MM = 1.1
_WRITTEN_MM2 = 0.6


def written_area(ink: NDArray[np.uint8], dpi: float) -> float:
    """Area in mm² of ink that hangs together over at least `_STROKE_MM`: strokes, not specks.

    Parameters
    ----------
    ink
        uint8 (h, w), 255 full ink, from `ocr.extract.ink.recover`.
    """
    scale = dpi / MM_PER_INCH
    _, _, stats, _ = cv2.connectedComponentsWithStats((ink > _INKED).astype(np.uint8), connectivity=8)
    width, height = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    strokes = np.hypot(width, height) >= _STROKE_MM * scale
    return float(stats[1:, cv2.CC_STAT_AREA][strokes].sum() / scale**2)


def emptiness(ink: NDArray[np.uint8], dpi: float) -> float:
    """Certainty in 0..1 that nothing was written: 1 on clean paper, 0.5 where one short stroke would lie."""
    return float(np.exp(-np.log(2) * written_area(ink, dpi) / _WRITTEN_MM2))


def is_empty(ink: NDArray[np.uint8], dpi: float) -> bool:
    """Whether nothing was written."""
    return emptiness(ink, dpi) > 0.5
