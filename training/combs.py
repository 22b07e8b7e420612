"""Training samples for combs: people write capitals, small and joined letters in the cells, and across their edges."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fixtures.handwriting import Mask, inked
from learning.sample import HAND, Sample
from ocr.extract.framing import comb_strip
from ocr.lexicon.alphabets import STRUCK
from ocr.lexicon.posteriors import BLANK, COLUMN
from training.hands import Hands
from training.lines import bends, soiled_line
from training.texts import text

_STRUCK_SHARE = 0.05


def comb_sample(hands: Hands, rng: Generator) -> Sample:
    """One training sample of a comb."""
    while True:
        written, alphabet = text(rng)
        written = _for_cells(written, rng)
        if 1 <= len(written) <= 24:
            break
    height = int(rng.integers(22, 36))
    pitch = height * rng.uniform(0.85, 1.75)
    pen, kind = hands.pick(written, rng)
    before, after = int(rng.integers(0, 2)), int(rng.integers(0, 4))
    middles = height + pitch * (before + 0.5 + np.arange(len(written))) + _off_centre(len(written), pitch, rng)
    ink = pen.draw(written, height, rng, tuple(middles))
    edges = np.asarray(height + pitch * np.arange(len(written) + before + after + 1), np.float64)
    ink = _widened(ink, round(float(edges[-1]) + height))
    answers = [BLANK] * before + [COLUMN[c.upper()] if c != " " else BLANK for c in written] + [BLANK] * after
    if kind == HAND and rng.random() < 0.5:
        ink = inked(ink, height * float(np.exp(rng.uniform(np.log(0.05), np.log(0.18)))), rng)
    top, bottom = _cell_rows(ink, height, rng)
    _strike_some(ink, answers, edges, height, rng)
    ink = _printed_remains(ink, edges, top, bottom, rng)
    ink = soiled_line(_bent(ink, height, rng), height, rng)
    framed = comb_strip(ink, tuple(edges), top, bottom)
    if framed is None:
        return comb_sample(hands, rng)
    shown = answers[framed.first : framed.first + len(framed.edges) - 1]
    return Sample(framed.strip, tuple(shown), alphabet, kind, framed.edges)


def _for_cells(written: str, rng: Generator) -> str:
    """Dates and numbers mostly stand in cells without what separates them on a line."""
    if any(c.isdigit() for c in written) and rng.random() < 0.8:
        return "".join(c for c in written if c.isalnum())
    return written


def _off_centre(count: int, pitch: float, rng: Generator) -> NDArray[np.float64]:
    """How far letters stand beside the middle of their cells: by chance, and drifting along the comb."""
    drift = rng.normal(0, 0.1) + rng.normal(0, 0.012) * (np.arange(count) - count / 2)
    return np.asarray(pitch * (np.clip(drift, -0.25, 0.25) + rng.normal(0, rng.uniform(0.02, 0.11), count)), np.float64)


def _widened(ink: Mask, width: int) -> Mask:
    return np.asarray(np.pad(ink, ((0, 0), (0, max(0, width - ink.shape[1])))), np.uint8)


def _cell_rows(ink: Mask, height: int, rng: Generator) -> tuple[float, float]:
    """Upper and lower edge of the cells around what was written: capitals fill some two thirds of them."""
    room = height * rng.uniform(0.1, 0.45)
    shift = rng.normal(0, 0.1) * height
    return height - room + shift, 2 * height + room + shift


def _strike_some(ink: Mask, answers: list[int], edges: NDArray[np.float64], height: int, rng: Generator) -> None:
    """Strike out or blacken a letter, or everything written by now."""
    if rng.random() >= _STRUCK_SHARE:
        return
    filled = [i for i, answer in enumerate(answers) if answer != BLANK]
    chosen = filled[: int(rng.integers(1, 4))] if rng.random() < 0.3 else [filled[int(rng.integers(len(filled)))]]
    thick = max(2, round(height * rng.uniform(0.07, 0.16)))
    left, right = edges[chosen[0]] + 2, edges[chosen[-1] + 1] - 2
    if rng.random() < 0.5:
        turns = max(5, round((right - left) / height * rng.uniform(4, 10)))
        x = np.linspace(left, right, turns) + rng.normal(0, 0.06 * height, turns)
        y = 1.5 * height + np.where(np.arange(turns) % 2, -1, 1) * height * rng.uniform(0.3, 0.55, turns)
        cv2.polylines(ink, [np.c_[x, y].round().astype(np.int32)], False, 255, thick, cv2.LINE_AA)
    else:
        for _ in range(int(rng.integers(1, 4))):
            a, b = 1.5 * height + height * rng.uniform(-0.4, 0.4, 2)
            cv2.line(ink, (round(left), round(a)), (round(right), round(b)), 255, thick, cv2.LINE_AA)
    for i in chosen:
        answers[i] = COLUMN[STRUCK]


def _printed_remains(ink: Mask, edges: NDArray[np.float64], top: float, bottom: float, rng: Generator) -> Mask:
    """Cell lines that were not taken away, or were taken away together with the ink on them."""
    out = ink.copy()
    y1, y2 = max(0, round(top)), min(len(ink) - 1, round(bottom))
    thick = int(rng.integers(1, 3))
    if rng.random() < 0.3:
        gain = rng.uniform(0, 0.5)
        for x in edges:
            at = slice(max(0, round(x) - thick), round(x) + thick)
            out[:, at] = (out[:, at] * gain).astype(np.uint8)
    if rng.random() < 0.25:
        share, level = rng.uniform(0.1, 0.9), int(rng.integers(70, 256))
        for x in edges:
            if rng.random() < share:
                a, b = sorted(rng.uniform(y1, y2, 2)) if rng.random() < 0.6 else (y1, y2)
                x = round(x + rng.normal(0, 1))
                cv2.line(out, (x, round(a)), (x, round(b)), level, thick)
    for y in (y1, y2):
        if rng.random() < 0.12:
            a, b = sorted(rng.uniform(edges[0], edges[-1], 2))
            cv2.line(out, (round(a), y), (round(b), y), int(rng.integers(70, 256)), thick)
    return out


def _bent(ink: Mask, height: int, rng: Generator) -> Mask:
    """A smooth small bend, as letters come out; cells stay where they are."""
    h, w = ink.shape
    bend = bends((h, w), max(3, w // (2 * height)), 0.035 * height, rng)
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    return np.asarray(cv2.remap(ink, xs + bend[..., 0], ys + bend[..., 1], cv2.INTER_LINEAR), np.uint8)
