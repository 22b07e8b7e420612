"""Scans made of the bare artwork: drawn, scribbled on, distorted, and spoilt, with the exact map kept.

No fonts and no population are needed; what the card generator adds (pens, stamps, folds, photocopies) is tested with
the generator itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fixtures.mapping import Mapping, Stretch
from ocr.forms.artwork import raster
from ocr.forms.definition import Form
from ocr.geometry import Points, apply, mm_to_pixels, quad_to_quad, rect_quad, rotation, scaling, translation
from ocr.preprocess.crop_zone import Registration, zone_quads
from ocr.preprocess.model import form_model
from ocr.scan import ScanId
from ocr.sheet import Sheet

SCAN = ScanId("0" * 64, 0)
CARD_DPI = 200.0


@dataclass(frozen=True, eq=False)
class Made:
    """A scan and where the card lies in it."""

    sheet: Sheet
    mapping: Mapping
    dpi: float


def sheet_of(pixels: NDArray[np.uint8], dpi: float | None) -> Sheet:
    return Sheet(np.ascontiguousarray(pixels), np.eye(3), SCAN, dpi)


def scribbled(form: Form, rng: Generator, strokes: int = 60) -> NDArray[np.uint8]:
    """A card with random pen strokes all over it, uint8 (H, W) at `CARD_DPI`."""
    card = cv2.cvtColor(np.array(raster(form, CARD_DPI)), cv2.COLOR_BGR2GRAY)
    for _ in range(strokes):
        start = rng.uniform((0, 0), card.shape[::-1])
        path = start + np.cumsum(rng.normal(0, 6, (rng.integers(3, 9), 2)), axis=0)
        cv2.polylines(card, [np.rint(path).astype(np.int32)], False, (int(rng.integers(20, 110)),), 3, cv2.LINE_AA)
    return np.asarray(card, dtype=np.uint8)


def on_dark_ground(card: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """A bad copy of a card: the ground is dark, and light only close around strokes."""
    around = cv2.erode(card, np.ones((9, 9), np.uint8)) < 160
    ground = cv2.resize(rng.integers(40, 110, (6, 8), np.uint8), card.shape[::-1])
    return np.where(around, card, np.minimum(card, ground)).astype(np.uint8)


def random_map(
    form: Form, rng: Generator, turn: int = 0, *, skew: float = 5.0, stretch: float = 0.5, perspective: float = 0.0
) -> Mapping:
    """A random map within these bounds, from the form's millimetres to picture millimetres about its centre."""
    size = np.array(form.size)
    matrix = translation(*-size / 2)
    matrix = (
        scaling(*rng.uniform(0.98, 1.02, 2))
        @ np.array([[1, rng.uniform(-0.01, 0.01), 0], [0, 1, 0], [0, 0, 1.0]])
        @ matrix
    )
    if perspective:
        corners = rect_quad(*-size / 2, *size)
        matrix = quad_to_quad(corners, corners + rng.uniform(-1, 1, (4, 2)) * perspective * size) @ matrix
    matrix = rotation(turn + rng.uniform(-skew, skew)) @ matrix
    return Mapping(matrix, Stretch.of(rng, stretch, form.size) if stretch else None)


def scanned(
    card: NDArray[np.uint8],
    form: Form,
    mapping: Mapping,
    dpi: float,
    *,
    ground: int = 250,
    border: float = 4.0,
    stated: float | None = None,
) -> Made:
    """Lay a card on a ground of one grey level, `border` millimetres wide around it."""
    outline = mapping.points(edge(form))
    low, high = outline.min(axis=0) - border, outline.max(axis=0) + border
    placed = mapping.then(mm_to_pixels(dpi) @ translation(*-low))
    size = (round((high[0] - low[0]) * dpi / 25.4), round((high[1] - low[1]) * dpi / 25.4))
    sources = placed.sources(size, CARD_DPI)
    soft = cv2.GaussianBlur(card, (0, 0), max(0.3, 0.4 * CARD_DPI / dpi))
    white = cv2.copyMakeBorder(soft, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=ground)
    pixels = cv2.remap(white, sources + np.float32(2), None, cv2.INTER_LINEAR, None, cv2.BORDER_CONSTANT, ground)
    return Made(sheet_of(np.asarray(pixels, dtype=np.uint8), stated), placed, dpi)


def edge(form: Form) -> Points:
    """Points along the card's edge, millimetres."""
    t = np.linspace(0, 1, 12)[:, None]
    corners = rect_quad(0, 0, *form.size)
    return np.vstack([a + (b - a) * t for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)])


def spoilt(made: Made, rng: Generator, *, noise: float = 4.0, blur: float = 0.0, bitonal: bool = False) -> Made:
    """The same scan with noise (grey levels), blur (pixels) or in black and white."""
    pixels = made.sheet.pixels.astype(np.float32)
    if blur:
        pixels = cv2.GaussianBlur(pixels, (0, 0), blur)
    pixels += rng.normal(0, noise, pixels.shape)
    if bitonal:
        pixels = np.where(pixels > 170, 255.0, 0.0)
    return Made(sheet_of(np.clip(pixels, 0, 255).astype(np.uint8), made.sheet.dpi), made.mapping, made.dpi)


def worst_mm(registration: Registration, made: Made, near_print_mm: float = np.inf) -> float:
    """Largest distance, in millimetres on the card, by which a corner of any zone is off.

    Corners farther than `near_print_mm` from any anchor are passed over: nothing is printed there to measure by.
    """
    anchors = form_model(registration.form).anchors
    worst = 0.0
    for spec in registration.form.fields:
        corners = rect_quad(*spec.box.xywh)
        off = np.hypot(*(zone_quads(registration, [spec.box])[0] - made.mapping.points(corners)).T)
        nearest = np.hypot(*(corners[:, None] - anchors[None]).transpose(2, 0, 1)).min(axis=1)
        worst = max(worst, float(off[nearest < near_print_mm].max(initial=0)))
    return worst * 25.4 / made.dpi


def straight(form: Form, dpi: float) -> Made:
    """The blank card, exactly filling its picture."""
    pixels = cv2.cvtColor(np.array(raster(form, dpi)), cv2.COLOR_BGR2GRAY)
    return Made(sheet_of(np.asarray(pixels, dtype=np.uint8), dpi), Mapping(mm_to_pixels(dpi)), dpi)


def distance_px(matrix: NDArray[np.float64], other: NDArray[np.float64], form: Form) -> float:
    """Largest distance in pixels between two placements of a form's corners."""
    corners = rect_quad(0, 0, *form.size)
    return float(np.hypot(*(apply(matrix, corners) - apply(other, corners)).T).max())
