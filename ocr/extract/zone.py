"""What ink near a field belongs to it, and whether its writing goes on outside."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.framing import Gray
from ocr.extract.reader import Crop
from ocr.geometry import MM_PER_INCH

_INSIDE_SHARE = 0.35
_REACH_MM = 0.3
_SPILT_MM2 = 0.6


def belonging(ink: Gray, crop: Crop) -> Gray:
    """Ink without strokes that lie mostly outside the field's box: ends of neighbouring writing, remains of print."""
    count, labels, _, _ = cv2.connectedComponentsWithStats((ink > 40).astype(np.uint8), connectivity=8)
    inked = labels > 0
    total = np.bincount(labels[inked], minlength=count)
    within = np.bincount(labels[inked & _inside(ink, crop, _REACH_MM)], minlength=count)
    kept = within >= _INSIDE_SHARE * np.maximum(total, 1)
    kept[0] = True
    return np.asarray(np.where(kept[labels], ink, 0), np.uint8)


def overflows(ink: Gray, crop: Crop) -> bool:
    """Whether writing goes on behind the field's right edge, as when the boxes did not suffice."""
    scale = crop.dpi / MM_PER_INCH
    right = round((crop.spec.box.right - crop.rect.x + _REACH_MM) * scale)
    return float((ink[:, right:] > 90).sum()) / scale**2 > _SPILT_MM2


def _inside(ink: Gray, crop: Crop, reach: float) -> NDArray[np.bool_]:
    """Pixels (h, w) within `reach` millimetres of the field's box."""
    scale, box = crop.dpi / MM_PER_INCH, crop.spec.box
    h, w = ink.shape
    x, y = np.arange(w) / scale + crop.rect.x, np.arange(h) / scale + crop.rect.y
    across = (x > box.x - reach) & (x < box.right + reach)
    down = (y > box.y - reach) & (y < box.bottom + reach)
    return np.asarray(down[:, None] & across[None])
