"""Strong models of what hand, pen, paper and scanner do to a character: no collection is to be learnt by heart."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Mask = NDArray[np.uint8]

WORK = 40
"""Pixels of a character's longer side while it is distorted."""

CANVAS = 72


def redrawn(picture: Mask, rng: Generator) -> Mask:
    """A character as another hand with another pen might draw it.

    Parameters
    ----------
    picture
        uint8 (h, w), cut to its ink.

    Returns
    -------
    ndarray
        uint8 (CANVAS, CANVAS): turned, slanted, stretched, bent, and with a line of another width.
    """
    scale = WORK / max(picture.shape)
    size = (max(2, round(picture.shape[1] * scale)), max(2, round(picture.shape[0] * scale)))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), max(0.6, 0.4 * scale))
    bent = cv2.remap(np.asarray(large, np.uint8), *_bend(large.shape, rng), cv2.INTER_LINEAR)
    return inked(np.asarray(bent, np.uint8), float(np.exp(rng.uniform(np.log(2.0), np.log(7.0)))), rng)


def _bend(shape: tuple[int, ...], rng: Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each pixel of the canvas comes from: an affine change and a smooth bend."""
    turn, slant = np.deg2rad(rng.normal(0, 6)), rng.normal(0.05, 0.16)
    sx, sy = np.exp(rng.normal(0, 0.13)), np.exp(rng.normal(0, 0.07))
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    forward = rotate @ np.array([[sx, -slant], [0, sy]]) * 0.95
    back = np.linalg.inv(forward)
    ys, xs = np.mgrid[0:CANVAS, 0:CANVAS].astype(np.float32) - (CANVAS - 1) / 2
    amount = abs(rng.normal(0, 1.3))
    wave = cv2.resize(
        rng.normal(0, amount, (5, 5, 2)).astype(np.float32), (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC
    )
    xs, ys = xs + wave[..., 0], ys + wave[..., 1]
    from_x = back[0, 0] * xs + back[0, 1] * ys + (shape[1] - 1) / 2
    from_y = back[1, 0] * xs + back[1, 1] * ys + (shape[0] - 1) / 2
    return from_x.astype(np.float32), from_y.astype(np.float32)


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
    inside = cv2.distanceTransform(np.pad((picture > 110).astype(np.uint8), 1), cv2.DIST_L2, 3)
    return max(1, round(4 * float(inside[inside > 0].mean()) - 2)) if inside.any() else 1


def _tight(ink: Mask) -> Mask:
    rows, columns = np.flatnonzero(ink.max(axis=1) > 60), np.flatnonzero(ink.max(axis=0) > 60)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def inked(picture: Mask, wanted: float, rng: Generator) -> Mask:
    """The same strokes with a line `wanted` pixels wide: level sets of the distance to their edge."""
    solid = (picture > 110).astype(np.uint8)
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, 3)
    values = inside[inside > 0]
    if values.size < 4:
        return picture
    width = max(1.0, 4 * float(values.mean()) - 2)
    change = max((wanted - width) / 2, -(width / 2 - 0.8))
    outside = cv2.distanceTransform(1 - solid, cv2.DIST_L2, 3)
    edge = np.where(solid > 0, 0.5 - inside, outside - 0.5)
    return np.asarray(np.clip((change - edge) * rng.uniform(0.5, 1.2) + 0.5, 0, 1) * 255, np.uint8)


def soiled(ink: Mask, rng: Generator) -> Mask:
    """Ink as scanning and removal of the printed form leave it: gaps, remains of lines, specks, faintness."""
    if rng.random() < 0.25:
        ink = _gap(ink, rng)
    if rng.random() < 0.25:
        ink = _remains(ink, rng)
    if rng.random() < 0.12:
        ink = _broken(ink, rng)
    if rng.random() < 0.2:
        ink = _specks(ink, rng)
    if rng.random() < 0.15:
        ink = _intruder(ink, rng)
    if rng.random() < 0.3:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.5, 1.6)), np.uint8)
    if rng.random() < 0.12:
        ink = _coarse(ink, rng)
    if rng.random() < 0.25:
        gain, noise = rng.uniform(0.65, 1.3), rng.normal(0, rng.uniform(2, 18), ink.shape)
        ink = np.asarray(np.clip(ink * gain + noise * (ink > 20), 0, 255), np.uint8)
    return ink


def _gap(ink: Mask, rng: Generator) -> Mask:
    """A straight gap where a printed line was taken away together with the ink on it."""
    out = ink.copy()
    thick = int(rng.integers(1, 5))
    at = int(rng.integers(4, CANVAS - 4))
    if rng.random() < 0.6:
        out[at : at + thick] = (out[at : at + thick] * rng.uniform(0, 0.5)).astype(np.uint8)
    else:
        out[:, at : at + thick] = (out[:, at : at + thick] * rng.uniform(0, 0.5)).astype(np.uint8)
    return out


def _box(ink: Mask) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(ink.max(axis=1) > 60), np.flatnonzero(ink.max(axis=0) > 60)
    if not len(rows):
        return 0, 0, CANVAS - 1, CANVAS - 1
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def _remains(ink: Mask, rng: Generator) -> Mask:
    """Short straight remains of a printed line near the character's edges."""
    out = ink.copy()
    left, top, right, bottom = _box(ink)
    for _ in range(int(rng.integers(1, 3))):
        length, thick = rng.uniform(3, 22), int(rng.integers(1, 3))
        if rng.random() < 0.55:
            y = (bottom if rng.random() < 0.6 else top) + rng.normal(0, 2.5)
            x = rng.uniform(left - 4, max(left - 3, right + 4 - length))
            ends = (x, y), (x + length, y + rng.normal(0, 0.5))
        else:
            x = (left if rng.random() < 0.5 else right) + rng.normal(0, 2.5)
            y = rng.uniform(top - 3, max(top - 2, bottom + 3 - length))
            ends = (x, y), (x + rng.normal(0, 0.5), y + length)
        (a, b), (c, d) = ends
        cv2.line(out, (round(a), round(b)), (round(c), round(d)), int(rng.integers(90, 256)), thick, cv2.LINE_AA)
    return out


def _broken(ink: Mask, rng: Generator) -> Mask:
    """A pen that skips."""
    noise = cv2.resize(rng.random((18, 18)).astype(np.float32), ink.shape[::-1], interpolation=cv2.INTER_CUBIC)
    kept = np.clip((noise - rng.uniform(0.1, 0.35)) * 8 + 0.5, 0, 1)
    return np.asarray(ink * kept, np.uint8)


def _specks(ink: Mask, rng: Generator) -> Mask:
    out = ink.copy()
    left, top, right, bottom = _box(ink)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(left - 3, right + 4)), int(rng.integers(top - 3, bottom + 4))
        cv2.circle(out, at, int(rng.integers(0, 3)), int(rng.integers(80, 256)), -1)
    return out


def _intruder(ink: Mask, rng: Generator) -> Mask:
    """The end of a neighbouring character's stroke."""
    out = ink.copy()
    left, top, right, bottom = _box(ink)
    side, sign = (left, -1) if rng.random() < 0.5 else (right, 1)
    start = np.array([side + sign * rng.uniform(0, 6), rng.uniform(top, bottom)])
    turns = start + np.cumsum(np.vstack([[0, 0], rng.normal((sign, 0), 4, (3, 2))]), axis=0)
    cv2.polylines(out, [turns.round().astype(np.int32)], False, int(rng.integers(150, 256)), int(rng.integers(1, 5)))
    return out


def _coarse(ink: Mask, rng: Generator) -> Mask:
    """A scan of low resolution, or one turned into black and white."""
    factor = rng.uniform(0.3, 0.6)
    small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        small = ((small > rng.uniform(70, 150)) * 255).astype(np.uint8)
    return np.asarray(cv2.resize(small, ink.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def struck(ink: Mask, rng: Generator) -> Mask:
    """A character struck out, overwritten or blackened."""
    out = ink.copy()
    left, top, right, bottom = _box(ink)
    w, h, thick = right - left + 1, bottom - top + 1, int(rng.integers(2, 6))
    if rng.random() < 0.45:
        turns = int(rng.integers(4, 12))
        x = np.linspace(left - 0.1 * w, right + 0.1 * w, turns) + rng.normal(0, 1.5, turns)
        y = np.where(np.arange(turns) % 2, top - 0.05 * h, bottom + 0.05 * h) + rng.normal(0, 0.12 * h, turns)
        cv2.polylines(out, [np.c_[x, y].round().astype(np.int32)], False, 255, thick, cv2.LINE_AA)
        return out
    for _ in range(int(rng.integers(1, 4))):
        y = top + h * rng.uniform(0.3, 0.7, 2) + rng.normal(0, 0.1 * h, 2)
        ends = (
            (round(left - rng.uniform(0.1, 0.3) * w - 2), round(y[0])),
            (round(right + rng.uniform(0.1, 0.3) * w + 2), round(y[1])),
        )
        cv2.line(out, *ends, 255, thick, cv2.LINE_AA)
    return out
