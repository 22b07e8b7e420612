"""Lay a form exactly on a sheet: the printed artwork's anchors are found again, robustly and to sub-pixels.

Marks and bare artwork take the same road: a corner mark is only a good anchor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import MM_PER_INCH, Matrix, Points, apply, fit_affine, mm_to_pixels
from ocr.preprocess.background import darkness
from ocr.preprocess.crop_zone import Registration
from ocr.preprocess.identify import Pose
from ocr.preprocess.match import best_place, correlate, integrals, norms_near
from ocr.preprocess.model import FINE_DPI, FormModel, form_model, reach_px
from ocr.preprocess.spline import fit_spline

FIRST_RADIUS_MM = 3.2
"""How far an anchor is looked for around the coarse pose."""

NEXT_RADIUS_MM = 2.2
"""The same once a plane fits: what is left is curl and stretch."""

LAST_RADIUS_MM = 0.9
"""The same around what the neighbours predict."""

_GOOD_PEAK = 0.45
"""Least correlation (0..1) of an anchor that counts as found."""

_ROBUST_MM = 0.7
"""Distance from the plane up to which an anchor supports it."""

_STRAY_MM, _STRAY_TIMES = 0.25, 5.0
"""An anchor is astray where it lies farther from what the others say than both of these: millimetres, and multiples
of the median over the sheet."""

_ROUNDS = 6
"""Times that the worst anchors are dropped at most."""

MIN_ANCHORS = 12
"""With fewer anchors a form is not on the sheet."""

SMOOTHING = 0.03
"""Of the stretch; set where zones kept out of the fit were predicted best, see docs/registration.md."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A registration with the evidence for it.

    Attributes
    ----------
    share
        Share of the form's anchors inside the sheet that were found where they belong, 0..1.
    peak
        Mean correlation of those anchors, 0..1.
    laid
        float32 darkness of the sheet in the form's frame at `FINE_DPI`.
    kept
        Indices (K,) of the anchors found, among the model's.
    offsets
        (K, 2) millimetres: where each was found minus where the registration's matrix puts it.
    """

    registration: Registration
    share: float
    peak: float
    laid: NDArray[np.float32]
    kept: NDArray[np.int64]
    offsets: Points

    @property
    def score(self) -> float:
        """Evidence that this is the right form, 0..1."""
        return self.share * self.peak


def register(image: NDArray[np.uint8], pose: Pose) -> Fit | None:
    """Refine a pose; None when too little of the form's artwork is found.

    Parameters
    ----------
    image
        uint8 (H, W), the sheet in grey.
    """
    model = form_model(pose.form)
    rest = np.zeros_like(model.anchors)
    found = _find_anchors(_lay(image, model, pose.matrix), model, model.safe, rest, FIRST_RADIUS_MM)
    fitted = _fit(model.anchors, found) if found.good.sum() >= MIN_ANCHORS else None
    if fitted is None:
        return None
    matrix = pose.matrix @ fitted
    laid = _lay(image, model, matrix)
    inside = _inside(image, apply(matrix, model.anchors))
    found = _agreeing(model, _find_anchors(laid, model, model.safe & inside, rest, NEXT_RADIUS_MM))
    if found.good.sum() < MIN_ANCHORS:
        return None
    guess = fit_spline(model.anchors[found.good], found.offsets[found.good], SMOOTHING)[0].at(model.anchors)
    found = _agreeing(model, _find_anchors(laid, model, inside, guess, LAST_RADIUS_MM))
    if found.good.sum() < MIN_ANCHORS:
        return None
    stretch, errors, _ = fit_spline(model.anchors[found.good], found.offsets[found.good], SMOOTHING)
    residual = float(np.percentile(errors, 95))
    registration = Registration(pose.form, matrix, stretch, residual, pose.rotation)
    kept = np.flatnonzero(found.good)
    share = float(len(kept) / max(1, inside.sum()))
    return Fit(
        registration,
        share,
        float(found.peaks[found.good].mean()),
        laid,
        np.flatnonzero(found.good),
        found.offsets[found.good],
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """Anchors found: `offsets` (N, 2) mm from where they belong, correlation `peaks` (N,), which are `good` (N,)."""

    offsets: Points
    peaks: NDArray[np.float64]
    good: NDArray[np.bool_]


def _lay(image: NDArray[np.uint8], model: FormModel, matrix: Matrix) -> NDArray[np.float32]:
    """Darkness of the sheet in the form's frame at `FINE_DPI`."""
    h, w = model.fine.shape
    to_sheet = matrix @ np.linalg.inv(mm_to_pixels(FINE_DPI))
    scale = float(np.sqrt(abs(np.linalg.det(to_sheet[:2, :2]))))
    if scale > 1.6:
        image = np.asarray(cv2.blur(image, (round(scale), round(scale))), dtype=np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpPerspective(image, to_sheet, (w, h), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,))
    return darkness(np.asarray(laid, dtype=np.uint8), reach_px(FINE_DPI))


def _find_anchors(
    laid: NDArray[np.float32], model: FormModel, wanted: NDArray[np.bool_], guess: Points, radius_mm: float
) -> _Found:
    """Look for the wanted anchors within a radius of where they belong plus a guess (N, 2) in mm."""
    scale = FINE_DPI / MM_PER_INCH
    reach = round(radius_mm * scale)
    ph, pw = model.patches.shape[1:]
    edge = reach + round(4 * scale)
    padded = np.pad(laid, edge)
    tables = integrals(padded)
    centres = apply(mm_to_pixels(FINE_DPI), model.anchors)
    whole = np.rint(np.clip(guess, -4, 4) * scale)
    offsets, peaks = np.zeros_like(model.anchors), np.zeros(len(centres))
    for i in np.flatnonzero(wanted):
        x0, y0 = (np.rint(centres[i]) + whole[i]).astype(int) - (pw // 2, ph // 2) + (edge - reach)
        high, wide = ph + 2 * reach, pw + 2 * reach
        window = padded[y0 : y0 + high, x0 : x0 + wide]
        near = norms_near(tables, (ph, pw), slice(y0, y0 + 2 * reach + 1), slice(x0, x0 + 2 * reach + 1))
        dx, dy, peaks[i] = best_place(correlate(window, model.patches[i], near, model.norms[i]))
        offsets[i] = (np.array([dx, dy]) - reach + whole[i]) / scale
    return _Found(offsets, peaks, wanted & (peaks > _GOOD_PEAK))


def _agreeing(model: FormModel, found: _Found) -> _Found:
    """Drop anchors that stray from what the others say by more than is usual on this sheet."""
    good = found.good.copy()
    for _ in range(_ROUNDS):
        if good.sum() < MIN_ANCHORS:
            break
        _, errors, spread = fit_spline(model.anchors[good], found.offsets[good], SMOOTHING)
        surprise = errors / np.maximum(spread, 1.0)
        stray = surprise > max(_STRAY_MM, _STRAY_TIMES * float(np.median(surprise)))
        if not stray.any():
            break
        # A stray anchor also makes its neighbours look astray, so only the worst go at a time.
        good[np.flatnonzero(good)[stray & (surprise >= np.percentile(surprise, 90))]] = False
    return replace(found, good=good)


def _inside(image: NDArray[np.uint8], points: Points) -> NDArray[np.bool_]:
    h, w = image.shape
    return np.asarray((points[:, 0] >= 0) & (points[:, 0] < w) & (points[:, 1] >= 0) & (points[:, 1] < h))


def _fit(anchors: Points, found: _Found) -> Matrix | None:
    """Robust map of the anchors to where they were found: affine, or a homography where that is clearly truer."""
    src = anchors[found.good]
    dst = src + found.offsets[found.good]
    flat, inliers = cv2.estimateAffine2D(
        src, dst, method=cv2.RANSAC, ransacReprojThreshold=_ROBUST_MM, maxIters=3000, confidence=0.999
    )
    candidates: list[tuple[int, float, Matrix]] = []
    if flat is not None and inliers.sum() >= MIN_ANCHORS:
        kept = inliers.ravel().astype(bool)
        affine = fit_affine(src[kept], dst[kept])
        candidates.append((int(kept.sum()), _median_error(affine, src[kept], dst[kept]), affine))
    full, inliers = cv2.findHomography(src, dst, cv2.USAC_MAGSAC, _ROBUST_MM, maxIters=3000, confidence=0.999)
    if full is not None and inliers.sum() >= MIN_ANCHORS:
        kept = inliers.ravel().astype(bool)
        homography = np.asarray(full, dtype=np.float64)
        candidates.append((int(kept.sum()), _median_error(homography, src[kept], dst[kept]), homography))
    if not candidates:
        return None
    if len(candidates) == 2:
        (n_affine, e_affine, _), (n_full, e_full, _) = candidates
        clearly = n_full > 1.15 * n_affine or (n_full >= n_affine and e_full < 0.7 * e_affine)
        return candidates[1][2] if clearly else candidates[0][2]
    return candidates[0][2]


def _median_error(matrix: Matrix, src: Points, dst: Points) -> float:
    return float(np.median(np.hypot(*(apply(matrix, src) - dst).T)))
