"""Grey levels: how dark each place is against the paper around it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey image (H, W) uint8 of a grey or blue-green-red picture."""
    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def darkness(image: NDArray[np.uint8], reach: int) -> NDArray[np.float32]:
    """Darkness of each pixel against the paper around it.

    Parameters
    ----------
    image
        uint8 (H, W).
    reach
        Pixels; larger than the thickest stroke, smaller than shadows and tinted panels.

    Returns
    -------
    ndarray
        float32 (H, W): 0 paper, 1 black. The paper's level is the blurred local maximum, so uneven light, tints
        and grey photocopies cancel.
    """
    step = max(1, reach // 4)
    small_size = (max(1, round(image.shape[1] / step)), max(1, round(image.shape[0] / step)))
    small = cv2.resize(image, small_size, interpolation=cv2.INTER_AREA)
    window = np.ones((2 * (reach // step) + 1,) * 2, np.uint8)
    paper = cv2.blur(cv2.dilate(small, window), window.shape)
    level = cv2.resize(paper, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    share = cv2.divide(image, np.maximum(level, 1), dtype=cv2.CV_32F)
    return np.maximum(np.subtract(1.0, share, out=share), 0.0, out=share)
