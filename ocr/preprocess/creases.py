"""Creases: where paper was folded, a strip of it lies aside, and no smooth stretch says by how much.

A crease from one edge of the card to the other moves every column, or every row, as a whole. So each strip of the print
is slid along itself until it fits; it holds far more print than an anchor, and is surer.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ocr.geometry import MM_PER_INCH
from ocr.preprocess.anchors import lay
from ocr.preprocess.model import HALF_DPI, form_model
from ocr.preprocess.register import Fit, Rough, refine
from ocr.preprocess.shifts import Shifts
from ocr.preprocess.view import View

_WHOLE = 0.92
"""Share of the anchors found from which on no crease is looked for."""

_STRIP_MM, _REACH_MM = 2.0, 6.0
"""Width of the strips, and how far they may lie aside."""

_FOLDED_MM = 0.7
"""A strip that lies this far aside makes a crease; what is less, anchors follow."""

_JUMP = 0.01
"""What a step of one pixel from a strip to the next costs, in correlation; it grows with the square, so that strips
without print lie evenly between those that tell."""

_LITTLE = 0.25
"""Strips with less than this share of the usual print count as if they had that much."""


def follow_creases(view: View, fit: Fit) -> Fit:
    """The fit, or a better one along creases where too few of the anchors were found, or they do not agree."""
    form = fit.registration.form
    if fit.share >= _WHOLE and fit.registration.residual_mm <= form.tolerance_mm:
        return fit
    laid = lay(view, form, fit.registration.matrix, HALF_DPI)
    creases = find_creases(laid, form_model(form).half_unit, HALF_DPI, form.size)
    if creases is None:
        return fit
    rough = Rough(
        form, fit.registration.matrix, fit.registration.rotation, creases.straightened(laid, HALF_DPI), creases
    )
    along = refine(view, rough)
    return along if along is not None and _worth(along) > _worth(fit) else fit


def _worth(fit: Fit) -> float:
    """Evidence for a fit, less its residual in millimetres."""
    return fit.score - fit.registration.residual_mm


def find_creases(
    laid: NDArray[np.float32], art: NDArray[np.float32], dpi: float, size: tuple[float, float]
) -> Shifts | None:
    """How far each strip of a card lies aside, down for upright strips and to the right for level ones.

    Parameters
    ----------
    laid, art
        float32 (h, w): darkness of the card in the form's frame, and of its print.
    size
        Width and height of the card in millimetres.

    Returns
    -------
    Shifts or None
        None where no strip lies aside.
    """
    down = _aside(laid, art, dpi)
    across = _aside(laid.T, art.T, dpi)
    if max(np.abs(down).max(), np.abs(across).max()) < _FOLDED_MM:
        return None
    grid = np.stack(np.broadcast_arrays(across[:, None], down[None]), axis=-1)
    return Shifts(np.ascontiguousarray(grid, np.float32), size)


def _aside(laid: NDArray[np.float32], art: NDArray[np.float32], dpi: float) -> NDArray[np.float32]:
    """Millimetres (n,) by which upright strips lie lower than their print."""
    scale = dpi / MM_PER_INCH
    reach, count = round(_REACH_MM * scale), max(1, round(art.shape[1] / scale / _STRIP_MM))
    likeness = _likeness(laid - laid.mean(), art - art.mean(), reach, count)
    path = _smooth_path(likeness)
    rows = np.arange(count)
    inner = np.clip(path, 1, 2 * reach - 1)
    before, at, after = (likeness[rows, inner + i] for i in (-1, 0, 1))
    bend = np.minimum(before - 2 * at + after, -1e-6)
    finer = np.where(inner == path, np.clip(0.5 * (before - after) / bend, -0.5, 0.5), 0)
    return np.asarray((path + finer - reach) / scale, np.float32)


def _likeness(laid: NDArray[np.float32], art: NDArray[np.float32], reach: int, count: int) -> NDArray[np.float32]:
    """Correlation (count, 2 reach + 1) of upright strips of the print with the card, by how far they are slid down."""
    room = fft.next_fast_len(art.shape[0] + reach, real=True)
    product = np.conj(fft.rfft(art, room, axis=0)) * fft.rfft(laid, room, axis=0)
    slid = fft.irfft(product, room, axis=0)
    near = np.concatenate([slid[-reach:], slid[: reach + 1]])
    sums, mine, theirs = (
        cv2.resize(np.ascontiguousarray(image, np.float32), (count, len(image)), interpolation=cv2.INTER_AREA)
        for image in (near, np.square(art).sum(axis=0)[None], np.square(laid).sum(axis=0)[None])
    )
    norms = np.sqrt(mine * theirs)
    return np.asarray((sums / np.maximum(norms, max(1e-9, _LITTLE * float(np.median(norms))))).T, np.float32)


def _smooth_path(likeness: NDArray[np.float32]) -> NDArray[np.intp]:
    """The places (n,) with the greatest likeness (n, m) together, less what the steps between them cost (Viterbi)."""
    n, m = likeness.shape
    cost = _JUMP * np.square(np.arange(m)[:, None] - np.arange(m)[None])
    best, came = likeness[0].astype(np.float64), np.zeros((n, m), np.intp)
    for i in range(1, n):
        ways = best[None] - cost
        came[i] = ways.argmax(axis=1)
        best = ways.max(axis=1) + likeness[i]
    path = np.empty(n, np.intp)
    path[-1] = int(best.argmax())
    for i in range(n - 1, 0, -1):
        path[i - 1] = came[i, path[i]]
    return path
