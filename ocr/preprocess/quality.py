"""Measure a sheet, then judge it: refuse before misreading, with a reason the scanner operator understands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.forms.definition import Form
from ocr.geometry import MM_PER_INCH, Points, apply, mm_to_pixels, rect_quad
from ocr.preprocess.gates import Gates
from ocr.preprocess.model import FINE_DPI, form_model
from ocr.preprocess.register import Fit
from ocr.reading import Refusal

BLUR_STEPS_MM = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.8)
_BLUR_ANCHORS = 40
"""Anchors of a form at which blur is measured, of those that were found."""

_CELL_MM = 30.0


@dataclass(frozen=True)
class SheetQuality:
    """Measures of one registered sheet.

    Attributes
    ----------
    paper_level
        Grey level of the bright paper inside the card, 0..255.
    contrast
        Darkness of printed strokes against the paper, 0..1.
    blur_mm
        Gaussian sigma of the blur that makes the clean artwork most like the scan.
    outside_mm
        How far the farthest field corner lies outside the picture; 0 when all are inside.
    lost_share
        Share of the card's neighbourhoods (`_CELL_MM` wide, with artwork) where no artwork was found.
    """

    paper_level: float
    contrast: float
    blur_mm: float
    outside_mm: float
    lost_share: float


def measure(image: NDArray[np.uint8], fit: Fit) -> SheetQuality:
    """Measure a registered sheet; `image` is the sheet in grey, uint8 (H, W)."""
    form = fit.registration.form
    corners = apply(fit.registration.matrix, rect_quad(0, 0, *form.size))
    return SheetQuality(
        paper_level=_paper_level(image, corners),
        contrast=_contrast(fit, form),
        blur_mm=_blur(fit, form),
        outside_mm=_outside(image, fit),
        lost_share=_lost(fit, form),
    )


def judge(quality: SheetQuality, fit: Fit, gates: Gates) -> tuple[Refusal, str] | None:
    """Why a registered sheet must not be read, with the measure that says so; None when it may be read."""
    form = fit.registration.form
    verdicts = (
        (form.side == "back", Refusal.BACK_SIDE, form.id),
        (
            quality.paper_level < gates.min_paper_level,
            Refusal.TOO_DARK,
            f"paper_level {quality.paper_level:.0f}",
        ),
        (quality.contrast < gates.min_contrast, Refusal.TOO_FAINT, f"contrast {quality.contrast:.2f}"),
        (
            quality.outside_mm > gates.max_outside_mm,
            Refusal.CUT_OFF,
            f"outside_mm {quality.outside_mm:.0f}",
        ),
        (
            quality.lost_share > gates.max_lost_share,
            Refusal.CUT_OFF,
            f"not_found_percent {100 * quality.lost_share:.0f}",
        ),
        (quality.blur_mm > gates.max_blur_mm, Refusal.BLURRED, f"blur_mm {quality.blur_mm:.2f}"),
        (
            fit.registration.residual_mm > form.tolerance_mm,
            Refusal.BAD_FIT,
            f"residual_mm {fit.registration.residual_mm:.2f} {form.tolerance_mm:g}",
        ),
    )
    return next(((reason, detail) for failed, reason, detail in verdicts if failed), None)


def _paper_level(image: NDArray[np.uint8], corners: NDArray[np.float64]) -> float:
    (x0, y0), (x1, y1) = np.clip(corners.min(axis=0), 0, None).astype(int), corners.max(axis=0).astype(int)
    card = image[y0 : y1 + 1 : 8, x0 : x1 + 1 : 8]
    return float(np.percentile(card, 90)) if card.size else 0.0


def _contrast(fit: Fit, form: Form) -> float:
    """Upper quartile of the darkness under printed strokes: a stroke's core, not its edge."""
    return float(np.percentile(fit.laid.ravel()[form_model(form).strokes], 75))


def _blur(fit: Fit, form: Form) -> float:
    """Blur that explains most anchors best, each compared where it was found."""
    model = form_model(form)
    chosen, blurred = _blurred_patches(form)
    seen = np.isin(fit.kept, chosen)
    if not seen.any():
        return 0.0
    places = model.anchors[fit.kept[seen]] + fit.offsets[seen]
    patches = _patches(fit.laid, places, model.patches.shape[1:])
    votes = np.einsum("nks,ns->k", blurred[np.searchsorted(chosen, fit.kept[seen])], patches)
    return BLUR_STEPS_MM[int(np.argmax(votes))]


@lru_cache(maxsize=16)
def _blurred_patches(form: Form) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Some of the anchors, evenly chosen, and their patches at every blur (N, steps, h * w), of mean 0 and norm 1."""
    model = form_model(form)
    chosen = np.arange(0, len(model.anchors), max(1, len(model.anchors) // _BLUR_ANCHORS))
    size = model.patches.shape[1:]
    sigmas = np.array(BLUR_STEPS_MM) * FINE_DPI / MM_PER_INCH
    pictures = (np.asarray(cv2.GaussianBlur(model.fine, (0, 0), sigma), dtype=np.float32) for sigma in sigmas)
    stack = [_patches(picture, model.anchors[chosen], size) for picture in pictures]
    units = np.stack(stack, axis=1)
    return chosen, units / np.maximum(np.linalg.norm(units, axis=2, keepdims=True), 1e-6)


def _patches(picture: NDArray[np.float32], centres: Points, size: tuple[int, ...]) -> NDArray[np.float32]:
    """Patches (N, h * w) of mean 0 around places (N, 2) in mm of a picture at `FINE_DPI`."""
    h, w = size
    x, y = apply(mm_to_pixels(FINE_DPI), centres).astype(np.float32).T[:, :, None, None]
    columns, rows = (np.arange(n, dtype=np.float32) - n // 2 for n in (w, h))
    map_x = np.broadcast_to(x + columns, (len(centres), h, w)).reshape(-1, w)
    map_y = np.broadcast_to(y + rows[:, None], (len(centres), h, w)).reshape(-1, w)
    seen = cv2.remap(picture, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    patches = np.asarray(seen).reshape(len(centres), -1)
    return np.asarray(patches - patches.mean(axis=1, keepdims=True), dtype=np.float32)


def _outside(image: NDArray[np.uint8], fit: Fit) -> float:
    form, matrix = fit.registration.form, fit.registration.matrix
    if not form.fields:
        return 0.0
    points = apply(matrix, np.vstack([rect_quad(*spec.box.xywh) for spec in form.fields]))
    h, w = image.shape
    beyond = np.maximum(-0.5 - points, points - np.array([w - 0.5, h - 0.5])).max()
    corners = apply(matrix, rect_quad(0, 0, *form.size))
    per_mm = float(np.hypot(*(corners[1] - corners[0]))) / form.size[0]
    return max(0.0, float(beyond) / per_mm)


def _lost(fit: Fit, form: Form) -> float:
    """Share of neighbourhoods holding at least two anchors of which none was found."""
    cells = np.floor(form_model(form).anchors / _CELL_MM).astype(int)
    found = np.floor(form_model(form).anchors[fit.kept] / _CELL_MM).astype(int)
    expected: dict[tuple[int, int], int] = {}
    for x, y in cells:
        expected[int(x), int(y)] = expected.get((int(x), int(y)), 0) + 1
    seen = {(int(x), int(y)) for x, y in found}
    relevant = [cell for cell, n in expected.items() if n >= 2]
    return sum(cell not in seen for cell in relevant) / max(1, len(relevant))
