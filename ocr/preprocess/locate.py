"""From a loaded sheet to a registered one, or to a refusal that names its reason."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.form import Form
from ocr.geometry import Matrix, apply, area, quad_to_quad, rect_quad, scaling, translation
from ocr.preprocess.gates import Gates
from ocr.preprocess.identify import Pose, pose_groups, reduced
from ocr.preprocess.model import form_model
from ocr.preprocess.paper import paper_quads
from ocr.preprocess.quality import Quality, judge, measure
from ocr.preprocess.register import Fit, register
from ocr.preprocess.tone import darkness, grey
from ocr.reading import Refusal, Refused
from ocr.sheet import Sheet
from ocr.warp import Registration

WORKING_DPI = 200.0
WORKING_PX = 2200
_TRIES = 4
_GOOD_SCORE, _GOOD_RESIDUAL_MM = 0.7, 0.3
_SHARP_GRADIENT = 0.10


@dataclass(frozen=True, eq=False)
class Located:
    """A sheet fit to be read."""

    registration: Registration
    quality: Quality
    score: float


def locate(sheet: Sheet, forms: Sequence[Form], gates: Gates) -> Located | Refused:
    """Identify, register and judge one sheet."""
    image, to_sheet, dpi = working_copy(grey(sheet.pixels), sheet.dpi)
    fit = best_fit(image, dpi, forms, gates)
    if fit is None:
        reason, detail = diagnose(image, dpi, forms, gates)
        return Refused(sheet.scan, reason, detail)
    quality = measure(image, fit)
    verdict = judge(quality, fit, gates) or _second_card(image, dpi, fit, forms, gates)
    if verdict is not None:
        return Refused(sheet.scan, *verdict)
    registration = replace(fit.registration, matrix=to_sheet @ fit.registration.matrix)
    return Located(registration, quality, fit.score)


def working_copy(image: NDArray[np.uint8], dpi: float | None) -> tuple[NDArray[np.uint8], Matrix, float | None]:
    """The sheet reduced to what registration needs, the matrix from its pixels to the sheet's, and its resolution."""
    factor = max(1.0, dpi / WORKING_DPI if dpi else max(image.shape) / WORKING_PX)
    size = (max(1, round(image.shape[1] / factor)), max(1, round(image.shape[0] / factor)))
    if factor < 1.2:
        return image, np.eye(3), dpi
    smaller = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    scale = scaling(image.shape[1] / size[0], image.shape[0] / size[1])
    return smaller, translation(-0.5, -0.5) @ scale @ translation(0.5, 0.5), dpi / factor if dpi else None


def best_fit(image: NDArray[np.uint8], dpi: float | None, forms: Sequence[Form], gates: Gates) -> Fit | None:
    """The best registration of any form, or None; guesses are tried best first until one is beyond doubt."""
    best: Fit | None = None
    for poses in pose_groups(image, dpi, forms):
        for pose in poses[:_TRIES]:
            fit = register(image, pose)
            if fit is not None and (best is None or fit.score > best.score):
                best = fit
            if best is not None and _beyond_doubt(best):
                return _right_form(image, best, forms)
    if best is None:
        return None
    best = _right_form(image, best, forms)
    return best if best.score >= gates.min_score else None


def _beyond_doubt(fit: Fit) -> bool:
    return fit.score > _GOOD_SCORE and fit.registration.residual_mm < _GOOD_RESIDUAL_MM


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
    for poses in itertools.islice(pose_groups(rest, dpi, forms), 2):
        for pose in poses[:_TRIES]:
            other = register(rest, pose)
            if other is not None and other.score >= gates.min_score:
                return Refusal.TWO_CARDS, f"{registration.form.title_ru} + {other.registration.form.title_ru}"
    return None


def diagnose(image: NDArray[np.uint8], dpi: float | None, forms: Sequence[Form], gates: Gates) -> tuple[Refusal, str]:
    """Why no form was found on a sheet."""
    small, _ = reduced(image)
    paper = _inner_paper(small)
    level = float(np.percentile(paper, 90))
    dark = np.asarray(cv2.GaussianBlur(darkness(paper, max(small.shape) // 45 + 1), (0, 0), 0.8), dtype=np.float32)
    ink = float((dark > 0.25).mean())
    contrast = float(np.percentile(dark, 99.5))
    if level < gates.min_paper_level:
        return Refusal.TOO_DARK, f"paper level {level:.0f} of 255"
    if _mirrored(image, forms) > gates.back_score:
        return Refusal.BACK_SIDE, "print shows through mirrored"
    if contrast < gates.min_contrast * 1.5:
        stronger = np.clip(level - (level - image.astype(np.float32)) * (0.7 / max(contrast, 0.01)), 0, 255)
        if best_fit(stronger.astype(np.uint8), dpi, forms, gates) is not None:
            return Refusal.TOO_FAINT, f"contrast {contrast:.2f}"
        return Refusal.BLANK, f"ink {ink:.2%} of the sheet"
    if ink < gates.blank_ink_share:
        return Refusal.BLANK, f"ink {ink:.2%} of the sheet"
    if _sharpness(dark) < _SHARP_GRADIENT:
        return Refusal.BLURRED, f"sharpness {_sharpness(dark):.2f}"
    return Refusal.UNKNOWN_FORM, f"no known form; ink {ink:.1%} of the sheet"


def _inner_paper(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The inside of the largest bright outline, or of the picture, upright and without its rim."""
    quads = paper_quads(small)
    h, w = small.shape
    quad = quads[0] if quads else rect_quad(0, 0, w, h)
    middle = quad.mean(axis=0)
    inner = middle + (quad - middle) * 0.92
    size = tuple(max(16, round(float(np.hypot(*(inner[i] - inner[0]))))) for i in (1, 3))
    matrix = quad_to_quad(rect_quad(0, 0, *size), inner)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(small, matrix, size, flags=flags), dtype=np.uint8)


def _mirrored(image: NDArray[np.uint8], forms: Sequence[Form]) -> float:
    """Best coarse correlation of any form with the sheet seen from behind."""
    mirrored = np.ascontiguousarray(image[:, ::-1])
    fronts = [form for form in forms if form.side != "back"]
    first_two = itertools.islice(pose_groups(mirrored, None, fronts), 2)
    return max((pose.score for poses in first_two for pose in poses), default=0.0)


def _sharpness(dark: NDArray[np.float32]) -> float:
    """Steepest gradients against the deepest darkness, 0..1."""
    gx, gy = cv2.Sobel(dark, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(dark, cv2.CV_32F, 0, 1, scale=0.25)
    steep = float(np.percentile(np.hypot(gx, gy), 99.5))
    return steep / max(1e-3, float(np.percentile(dark, 99.5)))
