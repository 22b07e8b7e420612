"""What a form looks like to the machine: its printed artwork as a coarse picture and as anchors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.forms.artwork import raster
from ocr.forms.definition import Form
from ocr.geometry import MM_PER_INCH, Points, apply, mm_to_pixels
from ocr.prepared import prepared
from ocr.preprocess.background import darkness, grey
from ocr.preprocess.match import correlate, normalised, spectra
from ocr.preprocess.view import reduced

FINE_DPI = 150.0
"""Pixels per inch at which anchors are found exactly."""

HALF_DPI, COARSE_DPI = FINE_DPI / 2, FINE_DPI / 4
"""The same where anchors are found roughly; and of the picture by which forms are told apart and roughly placed."""

PATCH_MM = (9.0, 6.0)
"""Width and height of an anchor."""

PAPER_REACH_MM = 4.0
"""Reach of the paper level: thicker than any stroke or bar of the print, narrower than shadows."""

MAX_ANCHORS = 120
"""Anchors of a form at most; more only cost time."""

CELL_MM = 18.0
"""Side of the grid over which anchors are spread."""

_SPACING_MM = 6.0
"""Least distance of two anchors along either axis."""

_FIRST_DOUBLE_MM, _NEXT_DOUBLE_MM = 4.0, 1.6
"""No double lies within these distances: more than the first radius of search, and than the last one."""

_DEEP = 0.8
"""Printed darkness (0..1) of a stroke's core, not its edge."""

_STROKES = 8000
"""Places of strokes kept, at least, where there are so many."""

_AMBIGUOUS = 0.75
"""Correlation (0..1) from which on another place is a double."""


@dataclass(frozen=True, eq=False)
class FormModel:
    """A form's artwork, ready to be found.

    Attributes
    ----------
    coarse
        float32 (h, w): darkness of the blank card at `COARSE_DPI`, blurred.
    coarse_unit, coarse_norm
        `coarse` with mean 0 and norm 1, and the norm it had.
    fine
        float32 (H, W): darkness of the blank card at `FINE_DPI`.
    half_unit
        float32 (H / 2, W / 2): darkness of the blank card at `HALF_DPI`, of mean 0 and norm 1.
    strokes
        (M,) places in `fine`, flattened, where printed strokes are darkest.
    anchors
        (N, 2) millimetres: centres of patches that look like nothing near them.
    safe
        (N,) whether they look like nothing within the first radius of search either.
    patches, norms
        float32 (N, ph, pw): those patches at `FINE_DPI`, each of mean 0 and norm 1; and (N,) the norms they had.
    half_patches, half_norms
        The same at `HALF_DPI`.
    """

    form: Form
    coarse: NDArray[np.float32]
    coarse_unit: NDArray[np.float32]
    coarse_norm: float
    fine: NDArray[np.float32]
    half_unit: NDArray[np.float32]
    strokes: NDArray[np.int64]
    anchors: Points
    safe: NDArray[np.bool_]
    patches: NDArray[np.float32]
    norms: NDArray[np.float64]
    half_patches: NDArray[np.float32]
    half_norms: NDArray[np.float64]


def reach_px(dpi: float) -> int:
    """Pixels of the paper-level window at a resolution."""
    return max(2, round(PAPER_REACH_MM * dpi / MM_PER_INCH))


def soften(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Blur at the coarse resolution, so that half a millimetre of misplacement still correlates."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2), dtype=np.float32)


@lru_cache(maxsize=32)
@prepared
def form_model(form: Form) -> FormModel:
    """Build the model of a form (about 0.2 s, once a process).

    A third of it is drawing the form, most of the rest trying anchors for doubles.
    """
    drawn = grey(raster(form, FINE_DPI))
    coarse, half, fine = (_blank(drawn, dpi) for dpi in (COARSE_DPI, HALF_DPI, FINE_DPI))
    coarse = soften(coarse)
    centres, safe = _choose(fine)
    anchors = apply(np.asarray(np.linalg.inv(mm_to_pixels(FINE_DPI))), centres) if len(centres) else np.zeros((0, 2))
    strokes = np.flatnonzero(fine > _DEEP)
    return FormModel(
        form,
        coarse,
        *normalised(coarse),
        fine,
        normalised(half)[0],
        strokes[:: max(1, len(strokes) // _STROKES)],
        anchors,
        safe,
        *_patches(fine, anchors, FINE_DPI),
        *_patches(half, anchors, HALF_DPI),
    )


def _blank(drawn: NDArray[np.uint8], dpi: float) -> NDArray[np.float32]:
    """Darkness of a card drawn at `FINE_DPI`, reduced as sheets are."""
    return darkness(reduced(drawn, round(FINE_DPI / dpi))[0], reach_px(dpi))


def patch_corners(anchors: Points, dpi: float) -> NDArray[np.int64]:
    """First column and row (N, 2) of each anchor's patch in a picture of the card."""
    return np.rint(apply(mm_to_pixels(dpi), anchors)).astype(np.int64) - _patch_half(dpi)


def _patch_half(dpi: float) -> tuple[int, int]:
    """Pixels to either side of a patch's middle one, across and down."""
    scale = dpi / MM_PER_INCH / 2
    return round(PATCH_MM[0] * scale), round(PATCH_MM[1] * scale)


def _patches(
    image: NDArray[np.float32], anchors: Points, dpi: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    if not len(anchors):
        return np.zeros((0, 1, 1), np.float32), np.zeros(0)
    hx, hy = _patch_half(dpi)
    corners = patch_corners(anchors, dpi).tolist()
    units = [normalised(image[y : y + 2 * hy + 1, x : x + 2 * hx + 1]) for x, y in corners]
    return np.stack([unit for unit, _ in units]), np.array([norm for _, norm in units])


def _patch(image: NDArray[np.float32], centre: NDArray[np.int64], half: tuple[int, int]) -> NDArray[np.float32]:
    (cx, cy), (hx, hy) = centre, half
    return image[cy - hy : cy + hy + 1, cx - hx : cx + hx + 1]


def _choose(fine: NDArray[np.float32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Pixel centres (N, 2) of patches with structure in both directions, spread over the card, and which are safe.

    The strongest place of every cell of a grid, then every cell's second, until `MAX_ANCHORS` are found: strength
    alone would crowd them where labels are.
    """
    half = _patch_half(FINE_DPI)
    strength = _corner_strength(fine, half)
    floor = 0.02 * float(strength.max())
    step, spacing = (round(mm * FINE_DPI / MM_PER_INCH) for mm in (CELL_MM, _SPACING_MM))
    corners = [(x, y) for y in range(0, fine.shape[0], step) for x in range(0, fine.shape[1], step)]
    chosen: list[tuple[int, int]] = []
    safe: list[bool] = []
    while corners and len(chosen) < MAX_ANCHORS:
        fruitful = []
        for x0, y0 in corners:
            _, best, _, (x, y) = cv2.minMaxLoc(strength[y0 : y0 + step, x0 : x0 + step])
            if best <= floor or len(chosen) >= MAX_ANCHORS:
                continue
            fruitful.append((x0, y0))
            at = (x0 + x, y0 + y)
            low, high = (at[0] - spacing, at[1] - spacing), (at[0] + spacing, at[1] + spacing)
            cv2.rectangle(strength, low, high, 0.0, -1)
            if not _ambiguous(fine, np.array(at), half, _NEXT_DOUBLE_MM):
                chosen.append(at)
                safe.append(not _ambiguous(fine, np.array(at), half, _FIRST_DOUBLE_MM))
        corners = fruitful
    return np.array(chosen, dtype=np.int64).reshape(-1, 2), np.array(safe, dtype=bool)


def _corner_strength(fine: NDArray[np.float32], half: tuple[int, int]) -> NDArray[np.float32]:
    """Smaller eigenvalue of the structure tensor around each place (Shi & Tomasi 1994); 0 near the borders."""
    gx, gy = cv2.Sobel(fine, cv2.CV_32F, 1, 0), cv2.Sobel(fine, cv2.CV_32F, 0, 1)
    xx, yy, xy = (
        cv2.GaussianBlur(a * b, (0, 0), half[0] / 2, sigmaY=half[1] / 2) for a, b in ((gx, gx), (gy, gy), (gx, gy))
    )
    small = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    inner = np.zeros(small.shape)
    # Two pixels more than a patch needs: at half the resolution its size and place are rounded.
    within = tuple(slice(n + 2, -n - 2) for n in reversed(half))
    inner[within] = small[within]
    return np.asarray(inner, dtype=np.float32)


def _ambiguous(fine: NDArray[np.float32], centre: NDArray[np.int64], half: tuple[int, int], reach_mm: float) -> bool:
    """Whether the patch looks like another place within `reach_mm`, as comb cells do."""
    reach = round(reach_mm * FINE_DPI / MM_PER_INCH)
    (cx, cy), (hx, hy) = centre, half
    y0, x0 = max(0, cy - hy - reach), max(0, cx - hx - reach)
    around = fine[y0 : cy + hy + reach + 1, x0 : cx + hx + reach + 1]
    unit, norm = normalised(_patch(fine, centre, half))
    match = correlate(around[None], spectra(unit[None], around.shape[:2]), np.array([norm]), unit.shape[:2])[0]
    px, py = cx - hx - x0, cy - hy - y0
    own = round(0.8 * FINE_DPI / MM_PER_INCH)
    tops = match >= cv2.dilate(match, np.ones((5, 5), np.uint8))
    tops[max(0, py - own) : py + own + 1, max(0, px - own) : px + own + 1] = False
    return bool((match[tops] > _AMBIGUOUS).any())
