"""`Sheet`: the pixels of one scan and the way back to it. Lives inside preprocess and extract only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.geometry import Matrix
from ocr.scan import ScanId


@dataclass(frozen=True, eq=False)
class Sheet:
    """Pixels of one scanned page.

    Attributes
    ----------
    pixels
        uint8, (H, W) grey or (H, W, 3) in OpenCV's blue, green, red order; read-only.
    to_scan
        Matrix from these pixels to the pixels of the original scan (after its EXIF turn). The identity, unless
        the scan was larger than the loader's bound and was reduced.
    scan
        Which scan this is.
    dpi
        Resolution of `pixels` as the file states it, or None where it says nothing credible.
    """

    pixels: NDArray[np.uint8]
    to_scan: Matrix
    scan: ScanId
    dpi: float | None

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def scan_size(self) -> tuple[int, int]:
        """Width and height of the original scan in pixels."""
        width, height = np.rint(self.to_scan[:2, :2] @ np.array(self.size))
        return int(width), int(height)
