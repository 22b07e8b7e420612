"""Where paper may lie on a sheet: its four sides, and the skew of what is printed on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from ocr.geometry import Points, apply, area, parabola_vertex, rotation

MIN_PAPER_SHARE = 0.12
"""Share of the picture that an outline covers at least, to be paper."""

_BRIGHT_STEPS = 3
"""Largest outlines looked at in each mask."""

MAX_SKEW = 7.0
"""Degrees: what lies more askew in a scanner than this was not fed by its guide."""


_ANGLE_STEP = 0.1
"""Degrees between the angles that are tried for a skew."""

_LOW_FREQUENCY, _HIGH_FREQUENCY = 0.03, 0.4
"""Frequencies, in cycles per pixel, that tell the skew: above uneven light, below noise."""

_TAPERED = 0.2
"""Share of the picture at either end over which it is faded."""

_FINER_SPECTRUM = 1.5
"""Times as many frequencies as pixels, so that the spectrum may be interpolated."""


@dataclass(frozen=True)
class Skew:
    """Degrees by which the print is turned clockwise on the sheet, within a quarter turn."""

    degrees: float


def estimate_skew(dark: NDArray[np.float32]) -> Skew:
    """Skew of printed lines by the directions of the spectrum (Postl 1986).

    What a projection profile at some angle holds of each frequency is the image's spectrum along the line at that
    angle (Bracewell 1956, the projection-slice theorem), so one transform serves all angles.

    Parameters
    ----------
    dark
        float32 (H, W), darkness at about 40 dpi; a few hundred pixels a side.

    Returns
    -------
    Skew
        Within ±7 degrees, to 0.15. Lines may run along either axis: a card on its side has the same skew.
    """
    side = fft.next_fast_len(int(_FINER_SPECTRUM * max(dark.shape)), real=True)
    soft = (dark - dark.mean()) * np.outer(*(_taper(n) for n in dark.shape))
    power = np.abs(fft.rfft2(soft, (side, side))) ** 2
    power = fft.fftshift(power, axes=0)
    angles = np.arange(-MAX_SKEW, MAX_SKEW + _ANGLE_STEP / 2, _ANGLE_STEP)
    radii = np.arange(_LOW_FREQUENCY * side, _HIGH_FREQUENCY * side)
    across, along = np.outer(np.cos(np.deg2rad(angles)), radii), np.outer(np.sin(np.deg2rad(angles)), radii)
    # Of each pair of opposite frequencies the spectrum holds the one to the right.
    right = np.where(along > 0, 1.0, -1.0)
    sharpness = np.zeros(len(angles))
    for x, y in ((across, along), (along * right, -across * right)):
        map_x, map_y = x.astype(np.float32), (y + side // 2).astype(np.float32)
        sharpness += np.asarray(cv2.remap(power, map_x, map_y, cv2.INTER_LINEAR)) @ radii**2
    return Skew(float(angles[int(np.argmax(sharpness))]))


def _taper(length: int) -> NDArray[np.float32]:
    """Cosine-tapered window (Tukey 1967), so that the picture's own edges have no direction."""
    from_end = np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1))
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.minimum(from_end / (_TAPERED * length + 1), 1)), dtype=np.float32)


def best_angle(angles: NDArray[np.float64], score: Callable[[float], float]) -> float:
    """Where a score is highest among equally spaced angles, refined by a parabola unless that is the first or last."""
    scores = [score(float(angle)) for angle in angles]
    best = int(np.argmax(scores))
    if not 0 < best < len(angles) - 1:
        return float(angles[best])
    return float(angles[best] + parabola_vertex(*scores[best - 1 : best + 2]) * (angles[1] - angles[0]))


def paper_quads(image: NDArray[np.uint8]) -> list[Points]:
    """Outlines of bright sheets on a darker ground.

    Parameters
    ----------
    image
        uint8 (H, W), small (a few hundred pixels a side).

    Returns
    -------
    list of ndarray
        Corners (4, 2), clockwise from the one nearest the image's top left, largest first. Empty when paper and
        ground look alike.
    """
    found: list[Points] = []
    for mask in (_bright(image), _not_ground(image)):
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:_BRIGHT_STEPS]:
            if cv2.contourArea(contour) < MIN_PAPER_SHARE * image.size:
                break
            quad = fit_quad(contour[:, 0].astype(np.float64))
            if quad is not None and not any(_same(quad, q) for q in found):
                found.append(quad)
    return sorted(found, key=area, reverse=True)


def _bright(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mask of what is brighter than Otsu's threshold, print and writing closed over."""
    soft = cv2.GaussianBlur(image, (0, 0), 1.5)
    _, mask = cv2.threshold(soft, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return _solid(np.asarray(mask, dtype=np.uint8))


def _not_ground(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mask of what cannot be reached from the border over grey levels like the border's."""
    soft = cv2.GaussianBlur(image, (0, 0), 1.5)
    h, w = soft.shape
    reached = np.zeros((h + 2, w + 2), np.uint8)
    flags = 4 | (255 << 8) | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE
    for seed in (
        (0, 0),
        (w - 1, 0),
        (0, h - 1),
        (w - 1, h - 1),
        (w // 2, 0),
        (w // 2, h - 1),
        (0, h // 2),
        (w - 1, h // 2),
    ):
        if not reached[seed[1] + 1, seed[0] + 1]:
            cv2.floodFill(soft, reached, seed, 0, 14, 14, flags)
    return _solid(np.asarray(255 - reached[1:-1, 1:-1], dtype=np.uint8))


def _solid(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    k = max(3, min(mask.shape) // 40)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((k, k), np.uint8))
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((k, k), np.uint8)), dtype=np.uint8)


def fit_quad(contour: Points) -> Points | None:
    """Four straight sides fitted to an outline (N, 2), indifferent to cut or folded corners.

    Returns None when the outline is no four-sided shape.
    """
    hull = np.asarray(cv2.convexHull(contour.astype(np.float32)), dtype=np.float32)
    hull_area = cv2.contourArea(hull)
    quad = _rough_quad(hull)
    for _ in range(2):
        refined = _refit_sides(quad, contour)
        if refined is None:
            break
        quad = refined
    if hull_area <= 0 or not 0.93 < abs(area(quad)) / hull_area < 1.12:
        return None
    return _clockwise(quad)


def _rough_quad(hull: NDArray[np.float32]) -> Points:
    length = cv2.arcLength(hull, True)
    for share in (0.02, 0.04, 0.06, 0.09):
        corners = cv2.approxPolyDP(hull, share * length, True)
        if len(corners) == 4:
            return np.asarray(corners[:, 0], dtype=np.float64)
    return np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), dtype=np.float64)


def _refit_sides(quad: Points, contour: Points) -> Points | None:
    """Fit each side to the outline near it, leave the corners out, and intersect neighbours."""
    lines = []
    for a, b in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        along = b - a
        length = float(np.hypot(*along))
        if length < 10:
            return None
        unit = along / length
        t = (contour - a) @ unit / length
        off = np.abs((contour - a) @ np.array([-unit[1], unit[0]]))
        near = contour[(t > 0.12) & (t < 0.88) & (off < 0.04 * length + 3)]
        if len(near) < 12:
            return None
        vx, vy, px, py = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        lines.append(np.cross([px, py, 1.0], [px + vx, py + vy, 1.0]))
    corners = [np.cross(lines[i - 1], lines[i]) for i in range(4)]
    if any(abs(c[2]) < 1e-9 for c in corners):
        return None
    return np.array([c[:2] / c[2] for c in corners])


def _clockwise(quad: Points) -> Points:
    if area(quad) < 0:
        quad = quad[::-1]
    start = int(np.argmin(quad.sum(axis=1)))
    return np.roll(quad, -start, axis=0)


def _same(a: Points, b: Points) -> bool:
    return bool(np.abs(a - b).max() < 0.03 * np.sqrt(abs(area(a))))


def turned_frame(size: tuple[int, int], skew: Skew) -> Points:
    """Corners (4, 2) of an image's own frame turned by a skew about its centre."""
    w, h = size
    frame = np.array([[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]]) - 0.5
    return apply(rotation(skew.degrees, ((w - 1) / 2, (h - 1) / 2)), frame)
