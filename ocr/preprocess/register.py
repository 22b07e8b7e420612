"""Lay a form exactly on a sheet: the printed artwork's anchors are found again, robustly and to sub-pixels.

Marks and bare artwork take the same road: a corner mark is only a good anchor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import MM_PER_INCH, Matrix, Points, apply, fit_affine, mm_to_pixels, rect_quad
from ocr.preprocess.identify import Pose
from ocr.preprocess.model import FINE_DPI, FormModel, form_model, reach_px
from ocr.preprocess.tone import darkness
from ocr.warp import LOCAL_SIGMA_MM, Registration

FIRST_RADIUS_MM = 3.2
NEXT_RADIUS_MM = 1.0
_GOOD_PEAK = 0.45
_ROBUST_MM = 0.7
_STRAY_MM = 0.45
MIN_ANCHORS = 12


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
    """

    registration: Registration
    share: float
    peak: float
    laid: NDArray[np.float32]

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
    matrix, found = pose.matrix, None
    for radius in (FIRST_RADIUS_MM, NEXT_RADIUS_MM):
        found = _find_anchors(image, model, matrix, radius)
        fitted = _fit(model.anchors, found) if found.good.sum() >= MIN_ANCHORS else None
        if fitted is None:
            return None
        matrix = matrix @ fitted
    return _conclude(image, model, replace(pose, matrix=matrix))


@dataclass(frozen=True, eq=False)
class _Found:
    """Where anchors were found: `places` (N, 2) mm in the frame of the pose, `peaks` (N,), `good` (N,) bool."""

    places: Points
    peaks: NDArray[np.float64]
    good: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    laid: NDArray[np.float32]


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


def _find_anchors(image: NDArray[np.uint8], model: FormModel, matrix: Matrix, radius_mm: float) -> _Found:
    laid = _lay(image, model, matrix)
    reach = round(radius_mm * FINE_DPI / MM_PER_INCH)
    padded = cv2.copyMakeBorder(laid, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0.0)
    centres = np.rint(apply(mm_to_pixels(FINE_DPI), model.anchors)).astype(int)
    ph, pw = model.patches.shape[1:]
    places, peaks = np.zeros_like(model.anchors), np.zeros(len(centres))
    for i, (cx, cy) in enumerate(centres):
        x0, y0 = cx - pw // 2, cy - ph // 2
        window = padded[y0 : y0 + ph + 2 * reach, x0 : x0 + pw + 2 * reach]
        dx, dy, peaks[i] = _peak(
            np.asarray(cv2.matchTemplate(window, model.patches[i], cv2.TM_CCOEFF_NORMED), np.float32)
        )
        places[i] = model.anchors[i] + (np.array([dx, dy]) - reach) * MM_PER_INCH / FINE_DPI
    inside = _inside(image, apply(matrix, model.anchors))
    return _Found(places, peaks, inside & (peaks > _GOOD_PEAK), inside, laid)


def _peak(match: NDArray[np.float32]) -> tuple[float, float, float]:
    """Highest point of a correlation surface, to a fraction of a pixel by a parabola along each axis."""
    _, best, _, (x, y) = cv2.minMaxLoc(match)
    h, w = match.shape
    dx = _vertex(match[y, x - 1 : x + 2]) if 0 < x < w - 1 else 0.0
    dy = _vertex(match[y - 1 : y + 2, x]) if 0 < y < h - 1 else 0.0
    return x + dx, y + dy, float(best) if np.isfinite(best) else 0.0


def _vertex(three: NDArray[np.float32]) -> float:
    a, b, c = (float(v) for v in three)
    bend = a - 2 * b + c
    return 0.0 if abs(bend) < 1e-9 else float(np.clip(0.5 * (a - c) / bend, -0.5, 0.5))


def _inside(image: NDArray[np.uint8], points: Points) -> NDArray[np.bool_]:
    h, w = image.shape
    return np.asarray((points[:, 0] >= 0) & (points[:, 0] < w) & (points[:, 1] >= 0) & (points[:, 1] < h))


def _fit(anchors: Points, found: _Found) -> Matrix | None:
    """Robust map of the anchors to where they were found: affine, or a homography where that is clearly truer."""
    src, dst = anchors[found.good], found.places[found.good]
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


def _conclude(image: NDArray[np.uint8], model: FormModel, pose: Pose) -> Fit | None:
    """Find the anchors a last time and keep those that agree with their neighbours."""
    found = _find_anchors(image, model, pose.matrix, NEXT_RADIUS_MM)
    kept = found.good & (np.hypot(*(found.places - model.anchors).T) < NEXT_RADIUS_MM)
    for _ in range(2):
        if kept.sum() < MIN_ANCHORS:
            return None
        error = neighbour_errors(model.anchors[kept], (found.places - model.anchors)[kept])
        kept[np.flatnonzero(kept)[error > _STRAY_MM]] = False
    if kept.sum() < MIN_ANCHORS:
        return None
    anchors, offsets = model.anchors[kept], (found.places - model.anchors)[kept]
    residual = float(np.percentile(neighbour_errors(anchors, offsets), 95))
    registration = Registration(pose.form, pose.matrix, anchors, offsets, residual, pose.rotation)
    share = float(kept.sum() / max(1, found.inside.sum()))
    return Fit(registration, share, float(found.peaks[kept].mean()), found.laid)


def neighbour_errors(anchors: Points, offsets: Points) -> NDArray[np.float64]:
    """Distance (N,) in mm between each anchor's offset and what its neighbours alone predict.

    Leave-one-out of the local weighted affine fit that `ocr.warp.local_matrix` uses.
    """
    n = len(anchors)
    prior = rect_quad(-60, -60, 120, 120)
    away = anchors[None] - anchors[:, None]
    weights = np.exp(-np.sum(away**2, axis=2) / (2 * LOCAL_SIGMA_MM**2))
    np.fill_diagonal(weights, 0.0)
    weights = np.hstack([weights, np.full((n, 4), 0.02)])
    src = np.concatenate([away, np.broadcast_to(prior, (n, 4, 2))], axis=1)
    design = np.concatenate([src, np.ones((n, n + 4, 1))], axis=2)
    shifts = np.concatenate([np.broadcast_to(offsets, (n, n, 2)), np.zeros((n, 4, 2))], axis=1)
    weighted = design * weights[..., None]
    normal = np.einsum("nki,nkj->nij", weighted, design)
    right = np.einsum("nki,nkj->nij", weighted, shifts)
    predicted = np.linalg.solve(normal, right)[:, 2]
    return np.asarray(np.hypot(*(predicted - offsets).T))
