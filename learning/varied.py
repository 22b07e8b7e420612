"""A strip a little otherwise each time it is seen, as its writer might have written it another day."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator

from learning.sample import Sample


def varied(sample: Sample, rng: Generator) -> Sample:
    """The same writing stretched, slanted, a little higher or lower; now and then with a thicker or thinner pen.

    The cells of a comb move with the writing.
    """
    ink = sample.strip
    h, w = ink.shape
    slant = rng.normal(0, 0.05 if sample.edges else 0.14)  # cells stay upright
    sx, sy = np.exp(rng.normal(0, 0.1)), np.exp(rng.normal(0, 0.06))
    matrix = np.array([[sx, -slant, slant * h / 2 + 2], [0, sy, (1 - sy) * h / 2 + rng.normal(0, 0.8)]])
    moved = cv2.warpAffine(ink, matrix, (round(w * sx) + 8, h), flags=cv2.INTER_LINEAR)
    if rng.random() < 0.4:
        moved = np.clip(cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.4, 0.9)) * rng.uniform(0.7, 1.7), 0, 255)
    edges = tuple(float(sx * edge + 2) for edge in sample.edges)
    return replace(sample, strip=np.asarray(moved, np.uint8), edges=edges)
