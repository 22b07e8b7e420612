"""Training samples for lines: words written by pens, then soiled and framed as reading frames them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fixtures.handwriting import Mask, inked
from learning.sample import CYRILLIC, DATE, HAND, SCRIBBLE, TYPED, Sample, columns_of
from ocr.extract.framing import strip
from ocr.lexicon.alphabets import STRUCK
from training.hands import Hands
from training.stamps import stamped_line
from training.texts import target, text

_STAMPED_SHARE, _SCRIBBLE_SHARE, _STRUCK_SHARE, _NOISE_SHARE = 0.18, 0.02, 0.06, 0.12
_MM = 3.7
"""Height of capitals that a line's pixels stand for, for `strip`'s limits."""


def line_sample(hands: Hands, rng: Generator) -> Sample:
    """One training sample of a line."""
    height = int(rng.integers(24, 38))
    if rng.random() < _SCRIBBLE_SHARE:
        ink = _strike(np.zeros((2 * height, int(rng.integers(40, 260))), np.uint8), height, rng, scribble=True)
        return Sample(_framed(soiled_line(ink, height, rng), height), columns_of(STRUCK), CYRILLIC, SCRIBBLE)
    if hands.types and rng.random() < _STAMPED_SHARE:
        ink, answer, alphabet = stamped_line(hands.types, height, rng)
        return Sample(_framed(soiled_line(ink, height, rng), height), columns_of(answer), alphabet, TYPED)
    written, alphabet = text(rng)
    pen, kind = hands.pick(written, rng)
    ink, answer = pen.draw(written, height, rng), target(written)
    if kind == HAND:
        ink, answer = _with_faults(ink, answer, written, height, rng, lambda part: pen.draw(part, height, rng))
    if alphabet == DATE and rng.random() < _NOISE_SHARE:
        ink = _trailing(ink, height, rng)
    framed = _framed(soiled_line(_waved(ink, height, rng), height, rng), height)
    return Sample(framed, columns_of(answer), alphabet, kind)


def _with_faults(
    ink: Mask, answer: str, written: str, height: int, rng: Generator, draw: Callable[[str], Mask]
) -> tuple[Mask, str]:
    """Another line width, and now and then something struck out before the writing."""
    if rng.random() < 0.5:
        ink = inked(ink, height * float(np.exp(rng.uniform(np.log(0.05), np.log(0.19)))), rng)
    if rng.random() < _STRUCK_SHARE:
        wrong = _strike(draw(written[: max(1, int(rng.integers(len(written) + 1)))]), height, rng)
        ink = np.hstack([wrong, np.zeros((len(ink), int(rng.integers(2, 16))), np.uint8), ink])
        answer = STRUCK + answer
    return ink, answer


def _trailing(ink: Mask, height: int, rng: Generator) -> Mask:
    """Dots, dashes and flourishes after a number, which are not part of it."""
    room = round(height * rng.uniform(0.6, 2.0))
    out = np.asarray(np.hstack([ink, np.zeros((len(ink), room), np.uint8)]), np.uint8)
    thick = max(1, round(height * rng.uniform(0.05, 0.12)))
    x, y = ink.shape[1] + 0.3 * height, len(ink) / 2 + height * rng.uniform(0.0, 0.5)
    if rng.random() < 0.5:
        steps = np.cumsum(rng.normal((0.16, 0), (0.1, 0.15), (int(rng.integers(3, 7)), 2)), axis=0) * height
        cv2.polylines(out, [np.round(steps + np.array([x, y])).astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    else:
        end = (round(x + room * 0.6), round(y + rng.normal(0, 0.05) * height))
        cv2.line(out, (round(x), round(y)), end, 255, thick, cv2.LINE_AA)
    return out


def _framed(ink: Mask, height: int) -> Mask:
    return strip(ink, height / _MM * 25.4)


def _waved(ink: Mask, height: int, rng: Generator) -> Mask:
    """The base line slopes and bends, the letters slant and stretch."""
    w = ink.shape[1]
    room = height // 3
    ink = np.asarray(cv2.copyMakeBorder(ink, room, room, room, room, cv2.BORDER_CONSTANT, value=0), np.uint8)
    bend = bends(ink.shape, max(3, w // (2 * height)), 0.05 * height, rng)
    ys, xs = np.mgrid[0 : ink.shape[0], 0 : ink.shape[1]].astype(np.float32)
    middle_x, middle_y = ink.shape[1] / 2, ink.shape[0] / 2
    slope, slant = rng.normal(0, 0.012), rng.normal(0, 0.1)
    from_y = ys + slope * (xs - middle_x) + bend[..., 0]
    from_x = xs + slant * (ys - middle_y) + bend[..., 1]
    return np.asarray(cv2.remap(ink, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR), np.uint8)


def bends(shape: tuple[int, ...], knots: int, strength: float, rng: Generator) -> NDArray[np.float32]:
    """Smooth shifts (h, w, 2) of pixels to the right and down, in pixels, through so many knots along the line."""
    at_knots = rng.normal(0, strength, (4, knots, 2)).astype(np.float32)
    return np.asarray(cv2.resize(at_knots, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _strike(ink: Mask, height: int, rng: Generator, *, scribble: bool = False) -> Mask:
    """Lines or a zigzag through writing, or in its place."""
    out = ink.copy()
    h, w = out.shape
    thick = max(1, round(height * rng.uniform(0.06, 0.18)))
    if scribble or rng.random() < 0.4:
        turns = max(4, round(w / height * rng.uniform(3, 8)))
        x = np.linspace(0, w - 1, turns) + rng.normal(0, 0.08 * height, turns)
        y = (
            h / 2
            + np.where(np.arange(turns) % 2, -1, 1) * height * rng.uniform(0.25, 0.5)
            + rng.normal(0, 0.1 * height, turns)
        )
        cv2.polylines(out, [np.c_[x, y].round().astype(np.int32)], False, 255, thick, cv2.LINE_AA)
        return out
    for _ in range(int(rng.integers(1, 4))):
        a, b = h / 2 + height * rng.uniform(-0.25, 0.3, 2)
        cv2.line(out, (0, round(a)), (w - 1, round(b)), 255, thick, cv2.LINE_AA)
    return out


def soiled_line(ink: Mask, height: int, rng: Generator) -> Mask:
    """What form removal, pen and scanner leave."""
    if rng.random() < 0.3:
        ink = _ruled(ink, height, rng)
    if rng.random() < 0.09:
        ink = _skipping(ink, height, rng)
    if rng.random() < 0.25:
        ink = _strays(ink, height, rng)
    if rng.random() < 0.35:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.4, 1.5)), np.uint8)
    if rng.random() < 0.2:
        factor = rng.uniform(0.35, 0.8)
        small = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        if rng.random() < 0.5:
            small = ((small > rng.uniform(70, 150)) * 255).astype(np.uint8)
        ink = np.asarray(cv2.resize(small, ink.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    if rng.random() < 0.25:
        gain, noise = rng.uniform(0.65, 1.3), rng.normal(0, rng.uniform(2, 16), ink.shape)
        ink = np.asarray(np.clip(ink * gain + noise * (ink > 20), 0, 255), np.uint8)
    return ink


def _ruled(ink: Mask, height: int, rng: Generator) -> Mask:
    """A writing line taken away with some of the ink on it, or left in pieces."""
    out = ink.copy()
    h, w = out.shape
    y, thick = round(h / 2 + height * rng.normal(0.5, 0.15)), int(rng.integers(1, 4))
    if not 1 <= y < h - thick:
        return out
    if rng.random() < 0.6:
        out[y : y + thick] = (out[y : y + thick] * rng.uniform(0, 0.5)).astype(np.uint8)
    for _ in range(int(rng.integers(0, 4))):
        x, length = int(rng.integers(w)), int(rng.integers(3, height))
        out[y : y + thick, x : x + length] = int(rng.integers(90, 256))
    return out


def _skipping(ink: Mask, height: int, rng: Generator) -> Mask:
    size = (max(4, 5 * ink.shape[0] // height), max(4, 5 * ink.shape[1] // height))
    noise = cv2.resize(rng.random(size).astype(np.float32), ink.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return np.asarray(ink * np.clip((noise - rng.uniform(0.05, 0.25)) * 8 + 0.5, 0, 1), np.uint8)


def _strays(ink: Mask, height: int, rng: Generator) -> Mask:
    """Specks, and ends of strokes that belong to other fields."""
    out = ink.copy()
    h, w = out.shape
    for _ in range(int(rng.integers(1, 5))):
        x, y = int(rng.integers(w)), int(rng.integers(h))
        if rng.random() < 0.6:
            cv2.circle(out, (x, y), int(rng.integers(0, max(2, height // 10))), int(rng.integers(80, 256)), -1)
        else:
            y = 0 if rng.random() < 0.5 else h - 1
            end = (x + int(rng.normal(0, 0.3 * height)), abs(y - int(rng.integers(1, max(2, height // 4)))))
            cv2.line(out, (x, y), end, 255, max(1, height // 10), cv2.LINE_AA)
    return out
