"""A flat map of a form onto the places where its anchors were found, indifferent to false ones."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ocr.geometry import Matrix, Points, apply, fit_affine
from ocr.preprocess.anchors import Found

_ROBUST_MM = 0.7
"""Distance from the plane up to which an anchor supports it."""

MIN_ANCHORS = 12
"""With fewer anchors a form is not on the sheet."""


@dataclass(frozen=True, eq=False)
class Plane:
    """A map of the form's millimetres to where the anchors were found, and how many support it."""

    matrix: Matrix
    support: int


def fit_plane(anchors: Points, found: Found) -> Plane | None:
    """Robust map of the anchors to where they were found: affine, or a homography where that is clearly truer.

    None where not even a part of the anchors lies on an affine map.
    """
    src = anchors[found.good]
    if len(src) < MIN_ANCHORS:
        return None
    dst = src + found.offsets[found.good]
    flat, inliers = cv2.estimateAffine2D(
        src, dst, method=cv2.RANSAC, ransacReprojThreshold=_ROBUST_MM, maxIters=3000, confidence=0.999
    )
    if flat is None or inliers.sum() < MIN_ANCHORS:
        return None
    kept = inliers.ravel().astype(bool)
    affine = Plane(fit_affine(src[kept], dst[kept]), int(kept.sum()))
    full, inliers = cv2.findHomography(src, dst, cv2.USAC_MAGSAC, _ROBUST_MM, maxIters=3000, confidence=0.999)
    if full is None or inliers.sum() < MIN_ANCHORS:
        return affine
    clear = inliers.ravel().astype(bool)
    homography = Plane(np.asarray(full, dtype=np.float64), int(clear.sum()))
    flat_error = _median_error(affine.matrix, src[kept], dst[kept])
    error = _median_error(homography.matrix, src[clear], dst[clear])
    more = homography.support > 1.15 * affine.support
    truer = homography.support >= affine.support and error < 0.7 * flat_error
    return homography if more or truer else affine


def _median_error(matrix: Matrix, src: Points, dst: Points) -> float:
    return float(np.median(np.hypot(*(apply(matrix, src) - dst).T)))
