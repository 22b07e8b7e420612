"""Digits drawn over as other schools teach them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from fixtures.handwriting import Mask, width_inside


def with_upstroke(one: Mask, rng: Generator) -> Mask:
    """A plain 1 given the upstroke, and now and then the foot, that European hands draw.

    Parameters
    ----------
    one
        uint8 (h, w), cut to its ink: little more than a stem.

    Returns
    -------
    ndarray
        uint8 (h + 2 * rim, w + 2 * rim).
    """
    h = one.shape[0]
    rim, thick = h, _line_width(one)
    out = np.asarray(cv2.copyMakeBorder(one, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=0), np.uint8)
    top = rim + int(np.flatnonzero(one[: max(1, h // 12)].max(axis=0)).mean())
    length, angle = h * rng.uniform(0.22, 0.85), np.deg2rad(rng.uniform(18, 62))
    foot = round(top - length * np.sin(angle)), round(rim + length * np.cos(angle))
    cv2.line(out, (top, rim + thick // 2), foot, 255, thick, cv2.LINE_AA)
    if rng.random() < 0.2:
        middle, reach = (
            rim + int(np.flatnonzero(one[-max(1, h // 12) :].max(axis=0)).mean()),
            h * rng.uniform(0.15, 0.4),
        )
        cv2.line(
            out, (round(middle - reach), rim + h - 1), (round(middle + reach), rim + h - 1), 255, thick, cv2.LINE_AA
        )
    return _tight(out)


def with_bar(seven: Mask, rng: Generator) -> Mask:
    """A 7 given the bar that European hands draw through its stem; uint8 (h, w) cut to its ink, in and out."""
    h, w = seven.shape
    rim, thick = w, _line_width(seven)
    out = np.asarray(cv2.copyMakeBorder(seven, 0, 0, rim, rim, cv2.BORDER_CONSTANT, value=0), np.uint8)
    y = round(h * rng.uniform(0.38, 0.58))
    stem = np.flatnonzero(seven[y] > 60)
    middle, reach = rim + (stem.mean() if len(stem) else w / 2), w * rng.uniform(0.2, 0.5)
    rise = rng.normal(0, 0.06) * h
    cv2.line(out, (round(middle - reach), round(y + rise)), (round(middle + reach), round(y - rise)), 255, thick,
             cv2.LINE_AA)  # fmt: skip
    return _tight(out)


def _line_width(picture: Mask) -> int:
    return round(width_inside(cv2.distanceTransform(np.pad((picture > 110).astype(np.uint8), 1), cv2.DIST_L2, 3)))


def _tight(ink: Mask) -> Mask:
    rows, columns = np.flatnonzero(ink.max(axis=1) > 60), np.flatnonzero(ink.max(axis=0) > 60)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
