"""The naive way to read a card: straighten the sheet, cut fields where the form says, one pytesseract call per field.

It knows which form it is and that the card lies upright: more than the real pipeline is told.
"""

from __future__ import annotations

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray

from ocr.forms.definition import Form
from ocr.preprocess.background import grey
from ocr.sheet import Sheet


def straightened(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn a sheet by the angle of the smallest rectangle around its dark pixels."""
    _, dark = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    points = cv2.findNonZero(dark)
    angle = cv2.minAreaRect(points)[2] if points is not None else 0.0
    angle = angle - 90 if angle > 45 else angle
    h, w = image.shape
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), angle, 1.0)
    return np.asarray(cv2.warpAffine(image, turn, (w, h), borderValue=(255,)), dtype=np.uint8)


def read_naively(sheet: Sheet, form: Form) -> dict[str, str]:
    """Text of every text field."""
    image = straightened(grey(sheet.pixels))
    sx, sy = image.shape[1] / form.size[0], image.shape[0] / form.size[1]
    out = {}
    for spec in form.fields:
        if spec.kind.is_text:
            b = spec.box
            crop = image[int(b.y * sy) : int(b.bottom * sy) + 1, int(b.x * sx) : int(b.right * sx) + 1]
            if crop.size:
                out[spec.name] = pytesseract.image_to_string(crop, lang="rus", config="--psm 7").strip()
    return out
