"""Small shifts on a grid over the card: what is left between where print should lie and where it does."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.geometry import MM_PER_INCH, Points


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

    @property
    def spacing_mm(self) -> float:
        """Distance of the closest blocks' centres."""
        (rows, columns), (w, h) = self.grid.shape[:2], self.size
        return min(float(w / columns), float(h / rows))

    def at(self, points: Points) -> Points:
        """Shifts (N, 2) at points (N, 2) in millimetres; beyond the outer centres those of the nearest."""
        rows, columns = self.grid.shape[:2]
        cells = points * (columns / self.size[0], rows / self.size[1]) - 0.5
        x, y = (cells[:, i].astype(np.float32).reshape(-1, 1) for i in (0, 1))
        return np.asarray(
            cv2.remap(self.grid, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0], np.float64
        )

    def plus(self, grid: NDArray[np.float32], size: tuple[float, float]) -> Shifts:
        """These shifts and those of a grid (rows, columns, 2) over a card of `size`; the finer of both grids stays."""
        rows, columns = (max(a, b) for a, b in zip(self.grid.shape[:2], grid.shape[:2], strict=True))
        mine, other = (cv2.resize(shifts, (columns, rows)) for shifts in (self.grid, grid))
        return Shifts(np.asarray(mine + other, np.float32), size)

    def straightened(self, laid: NDArray[np.float32], dpi: float) -> NDArray[np.float32]:
        """A picture (h, w) of the whole card with what lies aside moved back to its place; 0 beyond its edges."""
        h, w = laid.shape
        away = cv2.resize(self.grid, (w, h)) * np.float32(dpi / MM_PER_INCH)
        x, y = away[..., 0] + np.arange(w, dtype=np.float32), away[..., 1] + np.arange(h, dtype=np.float32)[:, None]
        return np.asarray(cv2.remap(laid, x, y, cv2.INTER_LINEAR), np.float32)


NO_SHIFTS = Shifts(np.zeros((1, 1, 2), np.float32), (np.inf, np.inf))
"""Everything lies in its place."""
