"""Why no form was found on a sheet, in terms a scanner operator can act on."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.forms.definition import Form
from ocr.geometry import quad_to_quad, rect_quad
from ocr.preprocess.background import darkness
from ocr.preprocess.gates import Gates
from ocr.preprocess.identify import PAPER_PX, pose_groups
from ocr.preprocess.paper import paper_quads
from ocr.preprocess.view import View
from ocr.reading import Refusal

_LOPSIDED = 0.07
"""By how much print, however faint, is more like a form one way round than the other; edges and stains are not."""


def diagnose(view: View, forms: Sequence[Form], gates: Gates) -> tuple[Refusal, str]:
    """Why no form was found on a sheet."""
    small = _at_work_size(view.image)
    paper = _inner_paper(small)
    level = float(np.percentile(paper, 90))
    dark = np.asarray(cv2.GaussianBlur(darkness(paper, max(small.shape) // 45 + 1), (0, 0), 0.8), dtype=np.float32)
    ink, contrast, sharpness = float((dark > 0.25).mean()), float(np.percentile(dark, 99.5)), _sharpness(dark)
    if level < gates.min_paper_level:
        return Refusal.TOO_DARK, f"paper_level {level:.0f}"
    empty = ink < gates.blank_ink_share
    shown = replace(view, image=_amplified(view.image)) if empty else view
    mirrored = replace(shown, image=np.ascontiguousarray(shown.image[:, ::-1]))
    likeness, mirror_likeness = _likeness(shown, forms), _likeness(mirrored, forms)
    lopsided = abs(likeness - mirror_likeness) > _LOPSIDED
    if empty and not (lopsided and max(likeness, mirror_likeness) > gates.faint_score):
        return Refusal.BLANK, f"ink_percent {100 * ink:.2f}"
    if mirror_likeness - likeness > gates.back_score:
        return Refusal.BACK_SIDE, "mirrored"
    if sharpness < gates.min_sharpness:
        return Refusal.BLURRED, f"sharpness {sharpness:.2f}"
    if empty:
        return Refusal.TOO_FAINT, f"contrast {contrast:.2f}"
    return Refusal.UNKNOWN_FORM, f"ink_percent {100 * ink:.1f}"


def _at_work_size(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The image at most `PAPER_PX` long, and exactly that where it is longer: the measures depend on it."""
    factor = max(1.0, max(image.shape) / PAPER_PX)
    size = (max(1, round(image.shape[1] / factor)), max(1, round(image.shape[0] / factor)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _likeness(view: View, forms: Sequence[Form]) -> float:
    """Best coarse correlation of any front side with the sheet."""
    fronts = [form for form in forms if form.side != "back"]
    but_last = itertools.islice(pose_groups(view, fronts), 3)
    return max((pose.score for poses in but_last for pose in poses), default=0.0)


def _amplified(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The image with noise blurred away and what is left of print made strong."""
    light = image.astype(np.float32)
    signal = cv2.GaussianBlur(light, (0, 0), 25) - cv2.GaussianBlur(light, (0, 0), 2)
    strength = max(1.0, float(np.percentile(signal, 99)))
    return np.asarray(np.clip(230 - signal * (120 / strength), 0, 255), dtype=np.uint8)


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


def _sharpness(dark: NDArray[np.float32]) -> float:
    """Steepest gradients against the deepest darkness, 0..1."""
    gx, gy = cv2.Sobel(dark, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(dark, cv2.CV_32F, 0, 1, scale=0.25)
    steep = float(np.percentile(np.hypot(gx, gy), 99.5))
    return steep / max(1e-3, float(np.percentile(dark, 99.5)))
