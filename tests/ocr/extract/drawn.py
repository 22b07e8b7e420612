"""Small synthetic crops: artwork with drawn strokes, and the ink that was put there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.extract.ink import beyond_print, field_ink
from ocr.extract.printed import printed
from ocr.extract.reader import Crop
from ocr.forms.artwork import raster
from ocr.forms.definition import FieldSpec, Form, Rect, load_forms
from ocr.geometry import Matrix, mm_to_pixels, translation
from ocr.preprocess.background import ink_darkness
from ocr.preprocess.crop_zone import crop_size, resample

DPI = 200.0
MARGIN = 1.5
BLUE, BLACK, FAINT = (150, 60, 25), (40, 40, 40), (205, 170, 150)
Stroke = Sequence[tuple[float, float]]


@lru_cache(maxsize=8)
def form(form_id: str) -> Form:
    return next(f for f in load_forms() if f.id == form_id)


@dataclass(frozen=True, eq=False)
class Scene:
    """How a crop comes to be: pen, scanner and how far registration is off."""

    pen: tuple[int, int, int] = BLUE
    width_mm: float = 0.45
    shift_mm: tuple[float, float] = (0.0, 0.0)
    mode: str = "colour"
    noise: float = 2.0
    seed: int = 1


PLAIN = Scene()


def blank(form_id: str, field: str) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(_artwork(form_id, field, (0.0, 0.0)), cv2.COLOR_BGR2GRAY), np.uint8)


@lru_cache(maxsize=64)
def _artwork(form_id: str, field: str, shift: tuple[float, float]) -> NDArray[np.uint8]:
    rect = form(form_id).by_name[field].box.grown(MARGIN)
    to_raster = mm_to_pixels(2 * DPI) @ translation(-shift[0], -shift[1]) @ crop_to_mm(rect, DPI)
    return resample(raster(form(form_id), 2 * DPI), to_raster, crop_size(rect, DPI))


def draw(form_id: str, field: str, strokes: Sequence[Stroke], scene: Scene = PLAIN) -> tuple[Crop, NDArray[np.uint8]]:
    """A crop with strokes through points in the form's millimetres, and the true ink, uint8 (h, w).

    Strokes stay where they are; `Scene.shift_mm` moves the print beneath them.
    """
    spec = form(form_id).by_name[field]
    rect = spec.box.grown(MARGIN)
    page = _artwork(form_id, field, scene.shift_mm).astype(np.float64)
    ink = np.zeros(page.shape[:2], np.uint8)
    scale = DPI / 25.4
    for stroke in strokes:
        points = np.round((np.array(stroke) - (rect.x, rect.y)) * scale * 16 - 8).astype(np.int32)
        cv2.polylines(
            ink, [points.reshape(-1, 1, 2)], False, 255, max(1, round(scene.width_mm * scale)), cv2.LINE_AA, 4
        )
    share = ink[:, :, None] / 255
    page *= 1 - share * (1 - np.array(scene.pen) / 255)
    page = page * 0.96 + np.random.default_rng(scene.seed).normal(0, scene.noise, page.shape)
    page = np.clip(cv2.GaussianBlur(page, (0, 0), 0.5), 0, 255).astype(np.uint8)
    return crop_of(spec, rect, _scanned(page, scene.mode), blank(form_id, field)), ink


def crop_to_mm(rect: Rect, dpi: float) -> Matrix:
    """Matrix from a crop's pixels to the form's millimetres."""
    return translation(rect.x, rect.y) @ np.linalg.inv(mm_to_pixels(dpi))


def crop_of(spec: FieldSpec, rect: Rect, pixels: NDArray[np.uint8], artwork: NDArray[np.uint8]) -> Crop:
    """A crop by itself, with the ink recovered that lies on the artwork."""
    form = printed(artwork, DPI)
    seen = beyond_print(ink_darkness(pixels, DPI), form, DPI)
    ink = field_ink(seen.ink, seen.hidden, form.fringe, DPI)
    return Crop(spec, rect, pixels, ink, DPI, seen.ink, seen.lines_elsewhere((slice(None), slice(None))))


def _scanned(page: NDArray[np.uint8], mode: str) -> NDArray[np.uint8]:
    if mode == "colour":
        return page
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)
    return grey if mode == "grey" else np.where(grey > 150, 255, 0).astype(np.uint8)


def cross(x: float, y: float, size: float = 3.0) -> list[Stroke]:
    return [[(x, y), (x + size, y + size)], [(x + size, y), (x, y + size)]]


def tick(x: float, y: float, size: float = 3.0) -> list[Stroke]:
    return [[(x, y + 0.55 * size), (x + 0.35 * size, y + size), (x + size, y - 0.1 * size)]]


def filled(x: float, y: float, w: float, h: float) -> list[Stroke]:
    rows = np.arange(0, h, 0.25)
    return [[(x + (w if (i + k) % 2 else 0), y + float(r)) for i, r in enumerate(rows) for k in (0, 1)]]


def ring(x: float, y: float, w: float, h: float) -> list[Stroke]:
    angle = np.linspace(0, 2 * np.pi, 60)
    return [[(x + w / 2 * (1 + float(np.cos(a))), y + h / 2 * (1 + float(np.sin(a)))) for a in angle]]
