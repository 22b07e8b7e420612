"""Small shifts on a grid over the card: what is left between where print should lie and where it does."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import Points


@dataclass(frozen=True, eq=False)
class Shifts:
    """Shifts at the centres of equal blocks, bilinear between them.

    Attributes
    ----------
    grid
        float32 (rows, columns, 2) millimetres right and down.
    size
        Width and height in millimetres of the card that the blocks cover.
    """

    grid: NDArray[np.float32]
    size: tuple[float, float]

    def at(self, points: Points) -> Points:
        """Shifts (N, 2) at points (N, 2) in millimetres; beyond the outer centres those of the nearest."""
        rows, columns = self.grid.shape[:2]
        cells = points * (columns / self.size[0], rows / self.size[1]) - 0.5
        x, y = (cells[:, i].astype(np.float32).reshape(-1, 1) for i in (0, 1))
        return np.asarray(
            cv2.remap(self.grid, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0], np.float64
        )

    def plus(self, grid: NDArray[np.float32], size: tuple[float, float]) -> Shifts:
        """These shifts and those of a grid (rows, columns, 2) over a card of `size`."""
        return Shifts(np.asarray(cv2.resize(self.grid, grid.shape[1::-1]) + grid, np.float32), size)


NO_SHIFTS = Shifts(np.zeros((1, 1, 2), np.float32), (1.0, 1.0))
"""Everything lies in its place."""
