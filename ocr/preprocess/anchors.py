"""Find a form's anchors again on a sheet laid out in the form's frame, all in one batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ocr.forms.definition import Form
from ocr.geometry import MM_PER_INCH, Matrix, Points, mm_to_pixels
from ocr.preprocess.background import darkness
from ocr.preprocess.match import best_places, correlate, spectra
from ocr.preprocess.model import FINE_DPI, form_model, patch_corners, reach_px
from ocr.preprocess.view import View

_GOOD_PEAK = 0.45
"""Least correlation (0..1) of an anchor that counts as found."""


@dataclass(frozen=True, eq=False)
class Found:
    """Anchors found: `offsets` (N, 2) mm from where they belong, correlation `peaks` (N,), which are `good` (N,)."""

    offsets: Points
    peaks: NDArray[np.float64]
    good: NDArray[np.bool_]


def lay(view: View, form: Form, matrix: Matrix, dpi: float) -> NDArray[np.float32]:
    """Darkness of the sheet in the form's frame."""
    model = form_model(form)
    h, w = (model.fine if dpi == FINE_DPI else model.half_unit).shape
    return darkness(view.laid(matrix @ np.linalg.inv(mm_to_pixels(dpi)), (w, h)), reach_px(dpi))


def find_anchors(
    laid: NDArray[np.float32],
    form: Form,
    dpi: float,
    wanted: NDArray[np.bool_],
    radius_mm: float,
    guess: Points | None = None,
) -> Found:
    """Look for the wanted anchors within a radius of where they belong, plus a guess (N, 2) in mm."""
    model = form_model(form)
    if not len(model.anchors):
        return Found(np.zeros((0, 2)), np.zeros(0), np.zeros(0, dtype=bool))
    patches, norms = (model.patches, model.norms) if dpi == FINE_DPI else (model.half_patches, model.half_norms)
    high, wide = patches.shape[1:]
    scale = dpi / MM_PER_INCH
    reach = round(radius_mm * scale)
    edge = reach + round(4 * scale)
    whole = np.rint(np.clip(np.zeros_like(model.anchors) if guess is None else guess, -4, 4) * scale).astype(np.int64)
    padded = np.pad(laid, edge)
    corners = patch_corners(model.anchors, dpi) + whole + (edge - reach)
    windows = np.stack([padded[y : y + high + 2 * reach, x : x + wide + 2 * reach] for x, y in corners.tolist()])
    places, peaks = best_places(correlate(windows, _spectra(form, dpi, reach), norms, (high, wide)))
    return Found((places - reach + whole) / scale, peaks, wanted & (peaks > _GOOD_PEAK))


@lru_cache(maxsize=64)
def _spectra(form: Form, dpi: float, reach: int) -> NDArray[np.complex64]:
    """Spectra of a form's anchors, for windows that reach farther than they by so many pixels."""
    model = form_model(form)
    patches = model.patches if dpi == FINE_DPI else model.half_patches
    return spectra(patches, (patches.shape[1] + 2 * reach, patches.shape[2] + 2 * reach))
