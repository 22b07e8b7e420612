"""Lay a form exactly on a sheet: the printed artwork's anchors are found again, robustly and to sub-pixels.

Marks and bare artwork take the same road: a corner mark is only a good anchor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ocr.forms.definition import Form
from ocr.geometry import Matrix, Points, apply
from ocr.preprocess.anchors import Found, find_anchors, lay
from ocr.preprocess.crop_zone import Registration
from ocr.preprocess.identify import Pose
from ocr.preprocess.model import FINE_DPI, HALF_DPI, form_model
from ocr.preprocess.plane import MIN_ANCHORS, fit_plane
from ocr.preprocess.shifts import NO_SHIFTS, Shifts
from ocr.preprocess.spline import SplineFit, fit_spline
from ocr.preprocess.view import View

FIRST_RADIUS_MM = 3.2
"""How far an anchor is looked for around the coarse pose."""

NEXT_RADIUS_MM = 2.2
"""The same once a plane fits: what is left is curl and stretch."""

LAST_RADIUS_MM = 0.9
"""The same around what the neighbours predict."""

_STRAY_MM, _STRAY_TIMES = 0.25, 5.0
"""An anchor is astray where it lies farther from what the others say than both of these: millimetres, and multiples
of the median over the sheet."""

_PLANES, _PLANE_SHARE = 4, 0.6
"""Planes laid one after the other at most, and share of the anchors that support one that needs no further."""

_ROUNDS = 6
"""Times that the worst anchors are dropped at most."""

SMOOTHING = 0.03
"""Of the stretch; set where zones kept out of the fit were predicted best, see docs/registration.md."""


@dataclass(frozen=True, eq=False)
class Rough:
    """A pose made good: a plane through the anchors, found at `HALF_DPI`.

    Attributes
    ----------
    matrix
        Form millimetres to the view's pixels.
    rotation
        Degrees clockwise: 0, 90, 180 or 270.
    laid
        float32 (H, W): darkness of the sheet in the form's frame at `HALF_DPI`, under `matrix` and `creases`.
    creases
        What lies aside of the plane by strips (`ocr.preprocess.creases`).
    """

    form: Form
    matrix: Matrix
    rotation: int
    laid: NDArray[np.float32]
    creases: Shifts = NO_SHIFTS


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
        float32 (H, W): darkness of the sheet in the form's frame at `FINE_DPI`, under the registration's matrix
        and creases alone: where the paper has stretched, the print lies off by as much as `registration.stretch` says.
    kept
        Indices (K,) of the anchors found, among the model's.
    offsets
        (K, 2) millimetres: where each was found minus where these put it.
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


def register(view: View, pose: Pose) -> Fit | None:
    """Refine a pose all the way; None when too little of the form's artwork is found."""
    rough = place(view, pose)
    return None if rough is None else refine(view, rough)


def place(view: View, pose: Pose) -> Rough | None:
    """Lay a plane through the anchors found around a pose; None when too few lie in one.

    A pose of the wrong size is right in one part of the card only: what was found there leads on to the rest.
    """
    model = form_model(pose.form)
    matrix, laid, before = pose.matrix, lay(view, pose.form, pose.matrix, HALF_DPI), 0
    for _ in range(_PLANES):
        plane = fit_plane(model.anchors, find_anchors(laid, pose.form, HALF_DPI, model.safe, FIRST_RADIUS_MM))
        if plane is None:
            return None
        matrix = matrix @ plane.matrix
        laid = lay(view, pose.form, matrix, HALF_DPI)
        inside = _inside(view.image, apply(matrix, model.anchors)) & model.safe
        if plane.support >= _PLANE_SHARE * inside.sum() or plane.support <= before:
            break
        before = plane.support
    return Rough(pose.form, matrix, pose.rotation, laid)


def refine(view: View, rough: Rough) -> Fit | None:
    """Follow the paper from a plane: a rough stretch first, then every anchor to a fraction of a pixel, or None."""
    form, model = rough.form, form_model(rough.form)
    inside = _inside(view.image, apply(rough.matrix, model.anchors))
    bent = _agreeing(model.anchors, find_anchors(rough.laid, form, HALF_DPI, model.safe & inside, NEXT_RADIUS_MM))
    if bent is None:
        return None
    laid = lay(view, form, rough.matrix, FINE_DPI)
    if rough.creases is not NO_SHIFTS:
        laid = rough.creases.straightened(laid, FINE_DPI)
    guess = bent[1].spline.at(model.anchors)
    exact = _agreeing(model.anchors, find_anchors(laid, form, FINE_DPI, inside, LAST_RADIUS_MM, guess))
    if exact is None:
        return None
    found, fit = exact
    residual = float(np.percentile(fit.errors, 95))
    kept = np.flatnonzero(found.good)
    return Fit(
        Registration(form, rough.matrix, fit.spline, residual, rough.rotation, rough.creases),
        share=len(kept) / max(1, int(inside.sum())),
        peak=float(found.peaks[kept].mean()),
        laid=laid,
        kept=kept,
        offsets=found.offsets[kept],
    )


def _agreeing(anchors: Points, found: Found) -> tuple[Found, SplineFit] | None:
    """Drop anchors that stray from what the others say by more than is usual on this sheet; None if few are left."""
    if found.good.sum() < MIN_ANCHORS:
        return None
    good = found.good.copy()
    fit = fit_spline(anchors[good], found.offsets[good], SMOOTHING)
    for _ in range(_ROUNDS):
        surprise = fit.errors / np.maximum(fit.spread, 1.0)
        stray = surprise > max(_STRAY_MM, _STRAY_TIMES * float(np.median(surprise)))
        if not stray.any():
            break
        # A stray anchor also makes its neighbours look astray, so only the worst go at a time.
        worst = stray & (surprise >= np.percentile(surprise, 90))
        good[np.flatnonzero(good)[worst]] = False
        if good.sum() < MIN_ANCHORS:
            return None
        fit = fit.without(worst)
    return replace(found, good=good), fit


def _inside(image: NDArray[np.uint8], points: Points) -> NDArray[np.bool_]:
    h, w = image.shape
    return np.asarray((points[:, 0] >= 0) & (points[:, 0] < w) & (points[:, 1] >= 0) & (points[:, 1] < h))
