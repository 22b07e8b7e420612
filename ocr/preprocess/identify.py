"""Which form lies on a sheet, and roughly where: coarse pictures of all forms are correlated with the sheet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
from ocr.preprocess.match import best_places, correlate, spectra
from ocr.preprocess.model import COARSE_DPI, form_model, reach_px, soften
from ocr.preprocess.paper import Skew, estimate_skew, paper_quads, turned_frame
from ocr.preprocess.view import View

SEARCH_MM = 7.0
"""How far the card is slid over the place that the paper's outline gives it: outlines are off by a worn edge."""

CLEAR = 0.45
"""Correlation (-1..1) from which on a card is seen clearly enough at the stated resolution to look no further."""

PAPER_PX, SKEW_PX = 700, 350
"""Longer side, at most, of the reduced sheets on which paper and skew are sought."""

_ASPECT_SLACK = 1.38
"""Factor by which an outline may be wider or narrower than a form's paper, as in a photograph from the side."""

_BEYOND_EDGE, _CUT_OFF_SHARE = 0.05, 0.4
"""Share of a card's longer side that may lie outside the picture: at first, and for cards that are cut off."""

USUAL_DPI = (600.0, 400.0, 300.0, 240.0, 200.0, 150.0)
"""Resolutions that office scanners offer, tried where a sheet states none or a wrong one; the quickest first."""

_PLACES, _APART = 3, 6
"""Places of each form that are tried where it may be cut off, and coarse pixels by which they differ at least."""

_ROOM_STEP = 32
"""Coarse pictures are brought to multiples of so many pixels, so that few transforms of the forms are needed."""


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

    First whole cards at the stated resolution, as far as they are seen clearly; then the outlines of bright paper;
    then the picture's own frame and, at the stated resolution, anywhere in it, also cut off; last every usual
    resolution in the same two steps, for sheets that state none or a wrong one.
    """
    skew = _skew(view)
    yield [] if view.dpi is None else _clear(_anywhere(view, view.dpi, skew, forms, _BEYOND_EDGE))
    small, to_view = view.reduced_to(PAPER_PX)
    yield _on_quads(view, [apply(to_view, quad) for quad in paper_quads(small)], forms)
    frame = turned_frame((view.image.shape[1], view.image.shape[0]), skew)
    cut_off = [] if view.dpi is None else _anywhere(view, view.dpi, skew, forms, _CUT_OFF_SHARE)
    yield best_first([*_on_quads(view, [frame], forms), *cut_off])
    for beyond in (_BEYOND_EDGE, _CUT_OFF_SHARE):
        usual = (pose for dpi in USUAL_DPI for pose in _anywhere(view, dpi / view.factor, skew, forms, beyond))
        yield _clear(usual) if beyond == _BEYOND_EDGE else best_first(usual)


def _skew(view: View) -> Skew:
    small, _ = view.reduced_to(SKEW_PX)
    return estimate_skew(darkness(small, max(2, round(max(small.shape) / 45))))


def _clear(poses: Iterable[Pose]) -> list[Pose]:
    """The first pose that is seen clearly, as a list; the rest is not computed."""
    return list(itertools.islice((pose for pose in poses if pose.score > CLEAR), 1))


def best_first(poses: Iterable[Pose]) -> list[Pose]:
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


def _of_one_size(forms: Sequence[Form]) -> list[list[Form]]:
    """The forms, those of one size together: they are looked for in one picture."""
    sizes = dict.fromkeys(form.size for form in forms)
    return [[form for form in forms if form.size == size] for size in sizes]


def _on_quads(view: View, quads: Sequence[Points], forms: Sequence[Form]) -> list[Pose]:
    """Poses of forms whose paper is one of the quads, all four ways round."""
    alike = _of_one_size(forms)
    return best_first([pose for quad in quads for group in alike for pose in _on_quad(view, quad, group)])


def _on_quad(view: View, quad: Points, forms: Sequence[Form]) -> Iterator[Pose]:
    """Poses of forms of one size whose paper is the quad; none when the shapes differ too much."""
    w, h = forms[0].size
    across = float(np.hypot(*(quad[1] - quad[0])) + np.hypot(*(quad[2] - quad[3])))
    down = float(np.hypot(*(quad[3] - quad[0])) + np.hypot(*(quad[2] - quad[1])))
    margin = round(SEARCH_MM * COARSE_DPI / MM_PER_INCH)
    rows, columns = form_model(forms[0]).coarse.shape
    for quarter in (0, 90):
        shape = (w / h) if quarter == 0 else (h / w)
        if not 1 / _ASPECT_SLACK < (across / down) / shape < _ASPECT_SLACK:
            continue
        matrix = quad_to_quad(rect_quad(0, 0, w, h), np.roll(quad, -(quarter // 90), axis=0))
        to_view = matrix @ np.linalg.inv(translation(margin, margin) @ mm_to_pixels(COARSE_DPI))
        laid = _coarse(view, to_view, (columns + 2 * margin, rows + 2 * margin))
        yield from _correlated(laid, to_view, quarter, forms, 1)


def _anywhere(view: View, dpi: float, skew: Skew, forms: Sequence[Form], beyond: float) -> Iterator[Pose]:
    """Poses of forms at their true size anywhere on the sheet, for cards whose edges cannot be seen.

    Larger forms come first, those of one size best first.

    Parameters
    ----------
    beyond
        Share of the longest form's longer side by which a card may reach over the picture's edge.
    """
    places = 1 if beyond == _BEYOND_EDGE else _PLACES
    margin = round(beyond * max(max(form_model(form).coarse.shape) for form in forms))
    h, w = (round(side * COARSE_DPI / dpi) for side in view.image.shape)
    for group in sorted(_of_one_size(forms), key=lambda group: -group[0].size[0] * group[0].size[1]):
        rows, columns = form_model(group[0]).coarse.shape
        for quarter in (0, 90):
            width, height = (side + 2 * margin for side in ((w, h) if quarter == 0 else (h, w)))
            if rows <= height and columns <= width:
                turn = rotation(skew.degrees + quarter) @ translation(-(width - 1) / 2, -(height - 1) / 2)
                to_view = pixel_scaling(dpi / COARSE_DPI) @ translation((w - 1) / 2, (h - 1) / 2) @ turn
                laid = _coarse(view, to_view, (width, height))
                yield from best_first(_correlated(laid, to_view, quarter, group, places))


def _coarse(view: View, to_view: Matrix, size: tuple[int, int]) -> NDArray[np.float32]:
    """The view's darkness through a matrix from pixels of `COARSE_DPI`, blurred as the models are."""
    return soften(darkness(view.laid(to_view, size), reach_px(COARSE_DPI)))


def _correlated(
    laid: NDArray[np.float32], to_view: Matrix, quarter: int, forms: Sequence[Form], places: int
) -> Iterator[Pose]:
    """The best places in a coarse picture of each of several forms of one size, upright and upside down."""
    models = [form_model(form) for form in forms]
    rows, columns = models[0].coarse.shape
    room = (laid.shape[0] + -laid.shape[0] % _ROOM_STEP, laid.shape[1] + -laid.shape[1] % _ROOM_STEP)
    padded = np.pad(laid, ((0, room[0] - laid.shape[0]), (0, room[1] - laid.shape[1])))
    norms = np.array([model.coarse_norm for model in models])
    for upside_down in (False, True):
        match = correlate(padded[None], _spectra(tuple(forms), room), norms, (rows, columns), upside_down)
        match = match[:, : laid.shape[0] - rows + 1, : laid.shape[1] - columns + 1]
        over = translation(columns - 1, rows - 1) @ rotation(180.0) if upside_down else np.eye(3)
        pixels = over @ mm_to_pixels(COARSE_DPI)
        for _ in range(places):
            for form, surface, (x, y), score in zip(forms, match, *best_places(match), strict=True):
                turn = (quarter + 180 * upside_down) % 360
                yield Pose(form, to_view @ translation(x, y) @ pixels, turn, float(score))
                around = (slice(max(0, round(v) - _APART), round(v) + _APART + 1) for v in (y, x))
                surface[tuple(around)] = -1.0


@lru_cache(maxsize=4)
def _spectra(forms: tuple[Form, ...], room: tuple[int, int]) -> NDArray[np.complex64]:
    """Spectra of the coarse pictures of forms of one size."""
    return spectra(np.stack([form_model(form).coarse_unit for form in forms]), room)
