"""From a loaded sheet to a registered one, or to a refusal that names its reason."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.forms.definition import Form
from ocr.geometry import MM_PER_INCH, Points, apply, area, rect_quad
from ocr.preprocess.background import darkness
from ocr.preprocess.creases import follow_creases
from ocr.preprocess.crop_zone import Registration
from ocr.preprocess.diagnose import diagnose
from ocr.preprocess.gates import Gates
from ocr.preprocess.identify import PAPER_PX, Pose, pose_groups
from ocr.preprocess.model import form_model
from ocr.preprocess.quality import SheetQuality, judge, measure
from ocr.preprocess.register import Fit, Rough, place, refine, register
from ocr.preprocess.view import View, view_of
from ocr.reading import Refusal, Refused
from ocr.sheet import Sheet

_TRIES, _TRIES_A_WAY, _SECOND_TRIES = 24, 3, 6
"""Guesses tried in each group, of each form and way up; and in each group for a second card."""

_HOPELESS = 0.12
"""Correlation (-1..1) of a guess that is not worth trying."""

_GOOD = ((0.7, 0.3), (0.5, 0.15))
"""Scores with the residual in mm below which each is beyond doubt: the surer the place, the less must be seen."""

_SECOND_INK = 0.2
"""Ink beside a card, against that on it, from which on a second card is looked for; a blank one, half of it outside
the picture, has more."""

_PALE, _RIM_MM = 0.15, 6.0
"""Darkness (0..1) below which nothing counts as ink there; rim around the card where shadows and borders lie."""


_DARK, _DARK_SHARE = 0.25, 0.25
"""Darkness (0..1), and the share of a sheet that is darker, from which on its ground is dark: print is a tenth."""

_STROKE_SHARE = 1 / 210
"""Width of a printed stroke at most, as a share of the sheet's longer side."""


@dataclass(frozen=True, eq=False)
class Located:
    """A sheet fit to be read.

    Attributes
    ----------
    dark_ground
        Whether the form was found only when the sheet's dark ground had been taken away: nothing else is sure of it.
    """

    registration: Registration
    quality: SheetQuality
    score: float
    dark_ground: bool = False


def locate(sheet: Sheet, forms: Sequence[Form], gates: Gates) -> Located | Refused:
    """Identify, register and judge one sheet."""
    view = view_of(sheet)
    fit = best_fit(view, forms, gates)
    dark_ground = fit is None and _is_dark(view)
    seen = _without_ground(view) if dark_ground else view
    if dark_ground:
        fit = best_fit(seen, forms, gates)
    if fit is None:
        reason, detail = diagnose(view, forms, gates)
        return Refused(sheet.scan, reason, detail)
    fit = follow_creases(seen, fit)
    quality = measure(view.image, fit)
    verdict = judge(quality, fit, gates) or _second_card(seen, fit, forms, gates)
    if verdict is not None:
        return Refused(sheet.scan, *verdict)
    registration = replace(fit.registration, matrix=view.to_sheet @ fit.registration.matrix)
    return Located(registration, quality, fit.score, dark_ground)


def _is_dark(view: View) -> bool:
    """Whether much of the sheet is dark, as of a bad photocopy."""
    small, _ = view.reduced_to(PAPER_PX)
    return float((darkness(small, max(small.shape) // 45 + 1) > _DARK).mean()) > _DARK_SHARE


def _without_ground(view: View) -> View:
    """The view with all that is wider than print made paper: a copier leaves halos around strokes on a dark ground."""
    side = max(3, round(_STROKE_SHARE * max(view.image.shape)))
    ground = cv2.morphologyEx(view.image, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    level = np.maximum(cv2.blur(ground, (side, side)), 1)
    return replace(view, image=np.asarray(cv2.divide(view.image, level, scale=255), np.uint8))


def best_fit(view: View, forms: Sequence[Form], gates: Gates) -> Fit | None:
    """The best registration of any form, or None; guesses are tried best first until one is beyond doubt."""
    best: Fit | None = None
    for poses in pose_groups(view, forms):
        for pose in worth_trying(poses):
            rough = place(view, pose)
            fit = None if rough is None else refine(view, right_form(rough, forms))
            if fit is not None and (best is None or fit.score > best.score):
                best = fit
            if best is not None and _beyond_doubt(best):
                return best
    return best if best is not None and best.score >= gates.min_score else None


def worth_trying(poses: Sequence[Pose]) -> list[Pose]:
    """The best guesses, a few of each form and way up: a small form likes many places of a busy picture."""
    seen: Counter[tuple[str, int]] = Counter()
    kept = []
    for pose in poses:
        seen[pose.form.id, pose.rotation] += 1
        if pose.score > _HOPELESS and seen[pose.form.id, pose.rotation] <= _TRIES_A_WAY:
            kept.append(pose)
    return kept[:_TRIES]


def _beyond_doubt(fit: Fit) -> bool:
    return any(fit.score > score and fit.registration.residual_mm < residual for score, residual in _GOOD)


def right_form(rough: Rough, forms: Sequence[Form]) -> Rough:
    """Hold the laid-out sheet against every form of the same size: two sides of a card share most of their print."""
    rivals = [form for form in forms if form.size == rough.form.size]
    likeness = [float(np.vdot(rough.laid, form_model(form).half_unit)) for form in rivals]
    return replace(rough, form=rivals[int(np.argmax(likeness))])


def _second_card(view: View, fit: Fit, forms: Sequence[Form], gates: Gates) -> tuple[Refusal, str] | None:
    """Look for another card beside the one found, where the picture has room for one."""
    registration = fit.registration
    corners = apply(registration.matrix, rect_quad(0, 0, *registration.form.size))
    per_mm = float(np.hypot(*(corners[1] - corners[0]))) / registration.form.size[0]
    if view.image.size / abs(area(corners)) - 1 < gates.second_card_share:
        return None
    if _ink_beside(view, corners, per_mm) < _SECOND_INK:
        return None
    rest = view.image.copy()
    cv2.fillPoly(rest, [np.rint(corners).astype(np.int32)], float(np.percentile(view.image[::8, ::8], 95)))
    beside = replace(view, image=rest, dpi=per_mm * MM_PER_INCH)
    for poses in itertools.islice(pose_groups(beside, forms), 3):
        for pose in worth_trying(poses)[:_SECOND_TRIES]:
            other = register(beside, pose)
            if other is not None and other.score >= gates.min_score:
                return Refusal.TWO_CARDS, f"{registration.form.id} + {other.registration.form.id}"
    return None


def _ink_beside(view: View, corners: Points, per_mm: float) -> float:
    """Dark area outside a card's corners (4, 2) and a rim around them, against that inside."""
    small, to_view = view.reduced_to(PAPER_PX)
    dark = darkness(small, max(2, round(max(small.shape) / 45)))
    dark[dark < _PALE] = 0.0
    card, rim = np.zeros(small.shape, np.uint8), round(2 * _RIM_MM * per_mm / to_view[0, 0])
    outline = np.rint(apply(np.asarray(np.linalg.inv(to_view)), corners)).astype(np.int32)
    cv2.fillPoly(card, [outline], (1,))
    inside = float(dark[card > 0].sum())
    cv2.polylines(card, [outline], True, (1,), max(1, rim))
    return float(dark[card == 0].sum()) / max(inside, 1e-6)
