"""From a loaded sheet to a registered one, or to a refusal that names its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.form import Form
from ocr.geometry import MM_PER_INCH, apply, area, rect_quad
from ocr.preprocess.gates import Gates
from ocr.preprocess.identify import Pose, find_poses, reduced, search_poses
from ocr.preprocess.model import form_model
from ocr.preprocess.quality import Quality, judge, measure
from ocr.preprocess.register import Fit, register
from ocr.preprocess.tone import darkness, grey
from ocr.reading import Refusal, Refused
from ocr.sheet import Sheet
from ocr.warp import Registration

_TRIES = 3
_GOOD_SCORE = 0.6
_SHARP_GRADIENT = 0.10


@dataclass(frozen=True, eq=False)
class Located:
    """A sheet fit to be read."""

    registration: Registration
    quality: Quality
    score: float


def locate(sheet: Sheet, forms: Sequence[Form], gates: Gates) -> Located | Refused:
    """Identify, register and judge one sheet."""
    image = grey(sheet.pixels)
    fit = best_fit(image, sheet.dpi, forms, gates)
    if fit is None:
        reason, detail = diagnose(image, sheet.dpi, forms, gates)
        return Refused(sheet.scan, reason, detail)
    quality = measure(image, fit)
    verdict = judge(quality, fit, gates) or _second_card(image, sheet.dpi, fit, forms, gates)
    if verdict is not None:
        return Refused(sheet.scan, *verdict)
    return Located(fit.registration, quality, fit.score)


def best_fit(image: NDArray[np.uint8], dpi: float | None, forms: Sequence[Form], gates: Gates) -> Fit | None:
    """The best registration of any form, or None; guesses are tried best first until one is beyond doubt."""
    best: Fit | None = None
    for poses in (find_poses(image, dpi, forms)[:_TRIES], None):
        for pose in search_poses(image, forms)[:_TRIES] if poses is None else poses:
            fit = register(image, pose)
            if fit is not None and (best is None or fit.score > best.score):
                best = fit
            if best is not None and best.score > _GOOD_SCORE:
                return _right_form(image, best, forms)
    if best is None:
        return None
    best = _right_form(image, best, forms)
    return best if best.score >= gates.min_score else None


def _right_form(image: NDArray[np.uint8], fit: Fit, forms: Sequence[Form]) -> Fit:
    """Hold the laid-out sheet against every form of the same size: two sides of a card share most of their print."""
    own = fit.registration.form
    rivals = [f for f in forms if f.size == own.size]
    likeness = {(f.id, f.version): _likeness(fit.laid, form_model(f).fine) for f in rivals}
    best = max(rivals, key=lambda f: likeness[f.id, f.version])
    if (best.id, best.version) == (own.id, own.version):
        return fit
    registration = fit.registration
    other = register(image, Pose(best, registration.matrix, registration.rotation, fit.score))
    return other if other is not None and other.score > fit.score else fit


def _likeness(laid: NDArray[np.float32], fine: NDArray[np.float32]) -> float:
    half = [cv2.resize(x, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for x in (laid, fine)]
    return float(cv2.matchTemplate(half[0], half[1], cv2.TM_CCOEFF_NORMED)[0, 0])


def _second_card(
    image: NDArray[np.uint8], dpi: float | None, fit: Fit, forms: Sequence[Form], gates: Gates
) -> tuple[Refusal, str] | None:
    """Look for another card beside the one found, where the picture has room for one."""
    registration = fit.registration
    corners = apply(registration.matrix, rect_quad(0, 0, *registration.form.size))
    if image.size / abs(area(corners)) - 1 < gates.second_card_share:
        return None
    rest = image.copy()
    cv2.fillPoly(rest, [np.rint(corners).astype(np.int32)], float(np.percentile(image[::8, ::8], 95)))
    per_mm = float(np.hypot(*(corners[1] - corners[0]))) / registration.form.size[0]
    for pose in find_poses(rest, dpi or per_mm * MM_PER_INCH, forms)[:_TRIES]:
        other = register(rest, pose)
        if other is not None and other.score >= gates.min_score:
            return Refusal.TWO_CARDS, f"{registration.form.title_ru} + {other.registration.form.title_ru}"
    return None


def diagnose(image: NDArray[np.uint8], dpi: float | None, forms: Sequence[Form], gates: Gates) -> tuple[Refusal, str]:
    """Why no form was found on a sheet."""
    small, _ = reduced(image)
    level = float(np.percentile(small, 90))
    dark = darkness(small, max(2, round(max(small.shape) / 45)))
    ink = float((dark > 0.25).mean())
    contrast = float(np.percentile(dark, 99.5))
    if level < gates.min_paper_level:
        return Refusal.TOO_DARK, f"paper level {level:.0f} of 255"
    if _mirrored(image, dpi, forms) > gates.back_score:
        return Refusal.BACK_SIDE, "print shows through mirrored"
    if contrast < gates.min_contrast * 1.5:
        faint = contrast > gates.min_contrast / 2
        return (Refusal.TOO_FAINT, f"contrast {contrast:.2f}") if faint else (Refusal.BLANK, f"ink {ink:.2%}")
    if ink < gates.blank_ink_share:
        return Refusal.BLANK, f"ink {ink:.2%} of the sheet"
    if _sharpness(dark) < _SHARP_GRADIENT:
        return Refusal.BLURRED, f"sharpness {_sharpness(dark):.2f}"
    return Refusal.UNKNOWN_FORM, f"no known form; ink {ink:.1%} of the sheet"


def _mirrored(image: NDArray[np.uint8], dpi: float | None, forms: Sequence[Form]) -> float:
    """Best coarse correlation of any form with the sheet seen from behind."""
    poses = find_poses(np.ascontiguousarray(image[:, ::-1]), dpi, [f for f in forms if f.side != "back"])
    return poses[0].score if poses else 0.0


def _sharpness(dark: NDArray[np.float32]) -> float:
    """Steepest gradients against the deepest darkness, 0..1."""
    gx, gy = cv2.Sobel(dark, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(dark, cv2.CV_32F, 0, 1, scale=0.25)
    steep = float(np.percentile(np.hypot(gx, gy), 99.5))
    return steep / max(1e-3, float(np.percentile(dark, 99.5)))
