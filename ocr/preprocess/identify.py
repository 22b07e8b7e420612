"""Which form lies on a sheet, and roughly where: coarse pictures of all forms are correlated with the sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.forms.definition import Form
from ocr.geometry import (
    MM_PER_INCH,
    Matrix,
    Points,
    apply,
    mm_to_pixels,
    pixel_scaling,
    quad_to_quad,
    rect_quad,
    rotation,
    translation,
)
from ocr.preprocess.background import darkness
from ocr.preprocess.match import best_place, correlate, window_norms
from ocr.preprocess.model import COARSE_DPI, FormModel, form_model, reach_px, soften
from ocr.preprocess.paper import Skew, estimate_skew, paper_quads, turned_frame
from ocr.preprocess.view import WORK_PX, View, reduced

SEARCH_MM = 7.0
"""How far the card is slid over the place that the paper's outline gives it: outlines are off by a worn edge."""

_ASPECT_SLACK = 1.38
"""Factor by which an outline may be wider or narrower than a form's paper, as in a photograph from the side."""

_CUT_OFF_SHARE = 0.4
"""Share of a card's longer side that may lie outside the picture."""

USUAL_DPI = (150.0, 200.0, 240.0, 300.0, 400.0, 600.0)
"""Resolutions that office scanners offer, tried where a sheet states none or a wrong one."""


@dataclass(frozen=True, eq=False)
class Pose:
    """A guess where a form lies.

    Attributes
    ----------
    matrix
        Form millimetres to sheet pixels.
    rotation
        Degrees clockwise: 0, 90, 180 or 270.
    score
        Correlation of the coarse pictures, -1..1; comparable between forms on one sheet.
    """

    form: Form
    matrix: Matrix
    rotation: int
    score: float


def pose_groups(view: View, forms: Sequence[Form]) -> Iterator[list[Pose]]:
    """Guesses of form, rotation and place in groups, the cheapest and likeliest group first, each best first.

    First the outlines of bright paper; then the picture's own frame and, at the stated resolution, anywhere in it;
    last every usual resolution, for sheets that state none or a wrong one.
    """
    image = view.image
    small, to_sheet = reduced(image, WORK_PX)
    dark = darkness(small, max(2, round(max(small.shape) / 45)))
    yield _on_quads(dark, to_sheet, paper_quads(small), forms)
    half = (max(1, round(dark.shape[1] / 2)), max(1, round(dark.shape[0] / 2)))
    skew = estimate_skew(np.asarray(cv2.resize(dark, half, interpolation=cv2.INTER_AREA), np.float32))
    frame = turned_frame((small.shape[1], small.shape[0]), skew)
    stated = [] if view.dpi is None else list(_anywhere(image, view.dpi, skew, forms))
    yield best_first([*_on_quads(dark, to_sheet, [frame], forms), *stated])
    yield best_first([pose for dpi in USUAL_DPI for pose in _anywhere(image, dpi / view.factor, skew, forms)])


def _on_quads(
    dark: NDArray[np.float32], to_sheet: Matrix, quads: Sequence[Points], forms: Sequence[Form]
) -> list[Pose]:
    poses = [pose for quad in quads for form in forms for pose in _on_quad(dark, quad, form)]
    return best_first([replace(pose, matrix=to_sheet @ pose.matrix) for pose in poses])


def best_first(poses: Sequence[Pose]) -> list[Pose]:
    """Poses by falling score, near repetitions left out."""
    kept: list[Pose] = []
    for pose in sorted(poses, key=lambda p: p.score, reverse=True):
        if not any(_same(pose, other) for other in kept):
            kept.append(pose)
    return kept


def _same(a: Pose, b: Pose) -> bool:
    """Whether two poses put the same form within 1.5 mm of the same place."""
    if a.form.id != b.form.id or a.rotation != b.rotation:
        return False
    corners = rect_quad(0, 0, *a.form.size)
    there, here = apply(a.matrix, corners), apply(b.matrix, corners)
    pixels_per_mm = np.hypot(*(there[2] - there[0])) / np.hypot(*a.form.size)
    return bool(np.abs(there - here).max() < 1.5 * pixels_per_mm)


def _on_quad(dark: NDArray[np.float32], quad: Points, form: Form) -> Iterator[Pose]:
    """Poses of a form whose paper is the quad, both ways round; none when the shapes differ too much."""
    w, h = form.size
    across = float(np.hypot(*(quad[1] - quad[0])) + np.hypot(*(quad[2] - quad[3])))
    down = float(np.hypot(*(quad[3] - quad[0])) + np.hypot(*(quad[2] - quad[1])))
    model = form_model(form)
    for turned in (0, 90, 180, 270):
        shape = (w / h) if turned % 180 == 0 else (h / w)
        if not 1 / _ASPECT_SLACK < (across / down) / shape < _ASPECT_SLACK:
            continue
        matrix = quad_to_quad(rect_quad(0, 0, w, h), np.roll(quad, -(turned // 90), axis=0))
        yield _correlate(dark, matrix, model, turned)


def _match(laid: NDArray[np.float32], model: FormModel) -> NDArray[np.float32]:
    height, width = model.coarse.shape
    return correlate(laid, model.coarse_unit, window_norms(laid, (height, width)), model.coarse_norm)


def _correlate(dark: NDArray[np.float32], matrix: Matrix, model: FormModel, rotation: int) -> Pose:
    """Lay the sheet into the form's frame and slide the blank card over it by up to `SEARCH_MM`."""
    margin = round(SEARCH_MM * COARSE_DPI / MM_PER_INCH)
    frame = np.linalg.inv(translation(margin, margin) @ mm_to_pixels(COARSE_DPI))
    size = (model.coarse.shape[1] + 2 * margin, model.coarse.shape[0] + 2 * margin)
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    laid = soften(np.asarray(cv2.warpPerspective(dark, matrix @ frame, size, flags=flags), dtype=np.float32))
    x, y, score = best_place(_match(laid, model))
    shift = translation((x - margin) * MM_PER_INCH / COARSE_DPI, (y - margin) * MM_PER_INCH / COARSE_DPI)
    return Pose(model.form, matrix @ shift, rotation, score)


def _anywhere(image: NDArray[np.uint8], dpi: float, skew: Skew, forms: Sequence[Form]) -> Iterator[Pose]:
    """Poses of forms at their true size anywhere on the sheet, for cards whose edges cannot be seen."""
    h, w = image.shape
    scale = COARSE_DPI / dpi
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    dark = darkness(np.asarray(small, dtype=np.uint8), reach_px(COARSE_DPI))
    centre = ((size[0] - 1) / 2, (size[1] - 1) / 2)
    for quarter in range(4):
        yield from _upright(dark, skew.degrees + 90.0 * quarter, centre, forms, dpi, quarter * 90)


def _upright(
    dark: NDArray[np.float32],
    degrees: float,
    centre: tuple[float, float],
    forms: Sequence[Form],
    dpi: float,
    quarter: int,
) -> Iterator[Pose]:
    """Turn the sheet back by `degrees` and correlate every form with it, also where it reaches over the edge."""
    margin = round(_CUT_OFF_SHARE * max(max(form_model(form).coarse.shape) for form in forms))
    side = (dark.shape[1], dark.shape[0]) if quarter % 180 == 0 else (dark.shape[0], dark.shape[1])
    frame = (side[0] + 2 * margin, side[1] + 2 * margin)
    to_dark = translation(*centre) @ rotation(degrees) @ translation(-(frame[0] - 1) / 2, -(frame[1] - 1) / 2)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = soften(np.asarray(cv2.warpPerspective(dark, to_dark, frame, flags=flags), dtype=np.float32))
    to_sheet = pixel_scaling(dpi / COARSE_DPI)
    for form in forms:
        model = form_model(form)
        if model.coarse.shape[0] > laid.shape[0] or model.coarse.shape[1] > laid.shape[1]:
            continue
        x, y, score = best_place(_match(laid, model))
        matrix = to_sheet @ to_dark @ translation(x, y) @ mm_to_pixels(COARSE_DPI)
        yield Pose(form, matrix, quarter, score)
