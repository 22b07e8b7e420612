"""Many different cards, cheaply.

They are some dozens of generated ones, each time with another number printed on them, every answer by another of their
hands, another exposure, another place in the picture and askew in another way, so that no two are alike and none is a
duplicate. The print has to lie alike in all originals: where it does not, answers bring pieces of print along that lie
wrong, and such cards take seconds to register.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.cards import BUILD, DPI
from ocr.evaluation.truth import PageTruth, read_truth
from ocr.forms.codebook import Role
from ocr.forms.definition import FieldKind, FieldSpec, Form, load_forms
from ocr.forms.printed_words import FONTS_DIR
from ocr.forms.serial import qr_payload, serial_number
from ocr.geometry import MM_PER_INCH

PIXELS_PER_MM = 20.0
"""Resolution at which numbers are drawn."""

MAX_SKEW, BORDER, LID = 2.0, 24, 248
"""Of cards that are fed askew: degrees, pixels of the lid on each side, and its brightness."""


@contextmanager
def made_files(originals: Path, cards: int) -> Iterator[Path]:
    """A folder with so many different files, removed afterwards."""
    folder = BUILD / "soak"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
            for _ in pool.map(make_file, repeat(originals), repeat(folder), range(1, cards + 1), chunksize=50):
                pass
        yield folder
    finally:
        shutil.rmtree(folder)


def make_file(originals: Path, folder: Path, number: int) -> None:
    """Write the file of one number."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng([number, 0])
    fed = askew(another_card(originals, _truths(originals), number), rng.uniform(-MAX_SKEW, MAX_SKEW))
    Image.fromarray(scanned(fed, rng)).save(folder / f"{number:06}.jpg", quality=85, dpi=(DPI, DPI))


def another_card(originals: Path, truths: Sequence[PageTruth], number: int) -> NDArray[np.uint8]:
    """A card of its own for each number, (h, w): a labelled scan, answered by others, with the number printed on it."""
    truth = truths[number % len(truths)]
    form = next(form for form in load_forms() if form.id == truth.form)
    spec = form.by_role[Role.CARD_NUMBER]
    others = [other for other in truths if other.form == truth.form]
    rng, image = np.random.default_rng(number), _scan(originals / truth.scan).copy()
    for name in sorted(truth.fields.keys() - {spec.name}):
        other = others[rng.integers(len(others))]
        there, here = (np.array(one.fields[name].quad, np.float32) for one in (other, truth))
        image = answered(image, here, _scan(originals / other.scan), there)
    return renumbered(image, np.array(truth.fields[spec.name].quad, np.float32), form, serial_number(number))


def scanned(card: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture (h, w) in a scan of its own: placed elsewhere, exposed in another way."""
    moved = card[rng.integers(6) :, rng.integers(6) :]
    return np.asarray(cv2.convertScaleAbs(moved, alpha=rng.uniform(0.97, 1.03)), np.uint8)


def askew(image: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """A card (h, w) as if it had been fed askew, before a white lid."""
    height, width = (size + 2 * BORDER for size in image.shape)
    turn = cv2.getRotationMatrix2D(((image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2), degrees, 1.0)
    turn[:, 2] += BORDER
    return np.asarray(cv2.warpAffine(image, turn, (width, height), borderValue=(LID,)), np.uint8)


@cache
def _scan(path: Path) -> NDArray[np.uint8]:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)


@lru_cache(maxsize=1)
def _truths(originals: Path) -> list[PageTruth]:
    return list(read_truth(originals))


def answered(
    image: NDArray[np.uint8], quad: NDArray[np.float32], other: NDArray[np.uint8], there: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Put what stands in a zone of another scan (`there`) into a zone of a scan; zones are (4, 2), clockwise."""
    corner = np.floor(quad.min(axis=0)).clip(0)
    width, height = (np.ceil(quad.max(axis=0)) - corner).astype(int)
    patch = image[int(corner[1]) :, int(corner[0]) :][:height, :width]
    inside = cv2.fillConvexPoly(np.zeros_like(patch), np.round(quad - corner).astype(np.int32), (255,)) > 0
    place = cv2.getPerspectiveTransform(there, (quad - corner).astype(np.float32))
    patch[inside] = cv2.warpPerspective(other, place, patch.shape[::-1], borderMode=cv2.BORDER_REPLICATE)[inside]
    return image


def renumbered(image: NDArray[np.uint8], quad: NDArray[np.float32], form: Form, serial: str) -> NDArray[np.uint8]:
    """Print another number on the scan of a card; `quad` is the number's zone, clockwise from top left."""
    patch = number_patch(form, form.by_role[Role.CARD_NUMBER], serial)
    height, width = patch.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    soft = cv2.GaussianBlur(patch, (0, 0), 0.4 * PIXELS_PER_MM * MM_PER_INCH / DPI)
    x, y, across, down = cv2.boundingRect(np.round(quad).astype(np.int32))
    paper = np.percentile(image[y : y + down, x : x + across], 90) / 255
    return answered(image, quad, (soft * paper).astype(np.uint8), corners)


def number_patch(form: Form, spec: FieldSpec, serial: str) -> NDArray[np.uint8]:
    """A number as the form bears it: a QR code or digits, black on white, uint8 (h, w) at `PIXELS_PER_MM`."""
    width, height = round(spec.box.w * PIXELS_PER_MM), round(spec.box.h * PIXELS_PER_MM)
    if spec.kind is FieldKind.BARCODE:
        code = cv2.QRCodeEncoder.create(_level_q()).encode(qr_payload(form.code, form.version, serial))
        rows, columns = np.nonzero(code == 0)
        bare = code[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        return np.asarray(cv2.resize(bare, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    picture = Image.new("L", (width, height), 255)
    size = min(40.0, spec.box.h * 2.2) / 72 * MM_PER_INCH * PIXELS_PER_MM
    font = ImageFont.truetype(str(FONTS_DIR / "DejaVuSansCondensed-Bold.ttf"), round(size))
    at = (0.5 * PIXELS_PER_MM, 0.78 * height)
    ImageDraw.Draw(picture).text(at, serial, fill=0, font=font, anchor="ls")
    return np.asarray(picture, np.uint8)


def _level_q() -> cv2.QRCodeEncoder.Params:
    params = cv2.QRCodeEncoder.Params()
    params.correction_level = cv2.QRCODE_ENCODER_CORRECT_LEVEL_Q
    return params
