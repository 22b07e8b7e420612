"""Whether a field looks as its form says at all. Where it does not, the surest reading is worth nothing."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ocr.extract.ink import STROKE_MM
from ocr.extract.reader import Crop, Raw
from ocr.extract.strokes import strokes
from ocr.forms.definition import Entry
from ocr.geometry import MM_PER_INCH
from ocr.preprocess.background import above
from ocr.reading import FieldState

_ELSEWHERE = 0.3
"""Share of a field's printed lines that lie elsewhere, from which on the field is not what the form says."""

_LITTER, _LITTER_PER_CM2 = 15, 5.0
"""Specks of recovered ink, and specks in a square centimetre, from which on the paper's own pattern is among the ink:
moiré, a halftone, a security print. Dust leaves a tenth of it."""

_FLOODED = 0.5
"""Share of a field that is inked, from which on it is no pen's: words struck out thickly cover a third."""


def is_unlike_form(crop: Crop) -> bool:
    """Whether a field's printed lines lie elsewhere, or what no pen draws and no form knows is left among its ink."""
    return crop.lines_elsewhere > _ELSEWHERE or _is_flooded(crop) or _is_littered(crop)


def _is_flooded(crop: Crop) -> bool:
    return cv2.countNonZero(above(crop.ink, 90)) > _FLOODED * crop.ink.size


def _is_littered(crop: Crop) -> bool:
    least = max(_LITTER, _LITTER_PER_CM2 * crop.ink.size * (MM_PER_INCH / crop.dpi / 10) ** 2)
    stats = strokes(crop.ink, 90).stats[1:]
    if len(stats) < least:
        return False
    small = np.hypot(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) < STROKE_MM * crop.dpi / MM_PER_INCH
    return int(small.sum()) >= least


def left_to_people(crop: Crop, raw: Raw) -> Raw:
    """A reading as it stands, or doubtful where the field is unlike its form; stamps lie over anything."""
    if crop.spec.entry is not Entry.HAND or raw.state not in (FieldState.READ, FieldState.EMPTY):
        return raw
    return replace(raw, state=FieldState.DOUBTFUL) if is_unlike_form(crop) else raw
