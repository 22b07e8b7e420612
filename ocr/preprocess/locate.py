"""From a loaded sheet to a registered one, or to a refusal that names its reason."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.forms.definition import Form
from ocr.geometry import MM_PER_INCH, apply, area, rect_quad
from ocr.preprocess.crop_zone import Registration
from ocr.preprocess.diagnose import diagnose
from ocr.preprocess.gates import Gates
from ocr.preprocess.identify import Pose, pose_groups
from ocr.preprocess.model import form_model, halved
from ocr.preprocess.quality import SheetQuality, judge, measure
from ocr.preprocess.register import Fit, register
from ocr.preprocess.view import View, view_of
from ocr.reading import Refusal, Refused
from ocr.sheet import Sheet

_TRIES, _TRIES_A_FORM = 5, 2
_GOOD = ((0.7, 0.3), (0.5, 0.15))
"""Scores with the residual in mm below which each is beyond doubt: the surer the place, the less must be seen."""


@dataclass(frozen=True, eq=False)
class Located:
    """A sheet fit to be read."""

    registration: Registration
    quality: SheetQuality
    score: float


def locate(sheet: Sheet, forms: Sequence[Form], gates: Gates) -> Located | Refused:
    """Identify, register and judge one sheet."""
    view = view_of(sheet)
    fit = best_fit(view, forms, gates)
    if fit is None:
        reason, detail = diagnose(view, forms, gates)
        return Refused(sheet.scan, reason, detail)
    quality = measure(view.image, fit)
    verdict = judge(quality, fit, gates) or _second_card(view, fit, forms, gates)
    if verdict is not None:
        return Refused(sheet.scan, *verdict)
    registration = replace(fit.registration, matrix=view.to_sheet @ fit.registration.matrix)
    return Located(registration, quality, fit.score)


def best_fit(view: View, forms: Sequence[Form], gates: Gates) -> Fit | None:
    """The best registration of any form, or None; guesses are tried best first until one is beyond doubt."""
    best: Fit | None = None
    for poses in pose_groups(view, forms):
        for pose in worth_trying(poses):
            fit = register(view.image, pose)
            if fit is not None and (best is None or fit.score > best.score):
                best = fit
            if best is not None and _beyond_doubt(best):
                return _right_form(view.image, best, forms)
    if best is None:
        return None
    best = _right_form(view.image, best, forms)
    return best if best.score >= gates.min_score else None


def worth_trying(poses: Sequence[Pose]) -> list[Pose]:
    """The best guesses, a few of each form: a small form likes many places of a busy picture."""
    seen: Counter[str] = Counter()
    kept = []
    for pose in poses:
        seen[pose.form.id] += 1
        if seen[pose.form.id] <= _TRIES_A_FORM:
            kept.append(pose)
    return kept[:_TRIES]


def _beyond_doubt(fit: Fit) -> bool:
    return any(fit.score > score and fit.registration.residual_mm < residual for score, residual in _GOOD)


def _right_form(image: NDArray[np.uint8], fit: Fit, forms: Sequence[Form]) -> Fit:
    """Hold the laid-out sheet against every form of the same size: two sides of a card share most of their print."""
    own = fit.registration.form
    rivals = [f for f in forms if f.size == own.size]
    laid = halved(fit.laid)
    likeness = {(f.id, f.version): _likeness(laid, form_model(f).half) for f in rivals}
    best = max(rivals, key=lambda f: likeness[f.id, f.version])
    if (best.id, best.version) == (own.id, own.version):
        return fit
    registration = fit.registration
    other = register(image, Pose(best, registration.matrix, registration.rotation, fit.score))
    return other if other is not None and other.score > fit.score else fit


def _likeness(laid: NDArray[np.float32], blank: NDArray[np.float32]) -> float:
    return float(cv2.matchTemplate(laid, blank, cv2.TM_CCOEFF_NORMED)[0, 0])


def _second_card(view: View, fit: Fit, forms: Sequence[Form], gates: Gates) -> tuple[Refusal, str] | None:
    """Look for another card beside the one found, where the picture has room for one."""
    registration = fit.registration
    corners = apply(registration.matrix, rect_quad(0, 0, *registration.form.size))
    per_mm = float(np.hypot(*(corners[1] - corners[0]))) / registration.form.size[0]
    if view.image.size / abs(area(corners)) - 1 < gates.second_card_share:
        return None
    rest = view.image.copy()
    cv2.fillPoly(rest, [np.rint(corners).astype(np.int32)], float(np.percentile(view.image[::8, ::8], 95)))
    for poses in itertools.islice(pose_groups(replace(view, image=rest, dpi=per_mm * MM_PER_INCH), forms), 2):
        for pose in worth_trying(poses):
            other = register(rest, pose)
            if other is not None and other.score >= gates.min_score:
                return Refusal.TWO_CARDS, f"{registration.form.id} + {other.registration.form.id}"
    return None
