"""Contact sheets of the fields worth a look: surely wrong ones, and right ones that nearly were not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.evaluation.fields import FieldScore
from ocr.evaluation.splits import grouped, handwriting
from ocr.extract.reader import Crop
from ocr.forms.printed_words import FONTS_DIR
from ocr.page import PageJob, crops_of_page, load_engine
from ocr.preprocess.content import file_hash

Pixels = NDArray[np.uint8]
Key = tuple[str, int, str]
"""Scan, page and field."""

PICTURE = (640, 120)
"""Largest width and height of a crop on the sheet, in pixels."""

_GAP, _LINE = 12, 24
_GREEN, _RED, _GREY, _BLACK = (0, 110, 50), (190, 30, 0), (110, 110, 110), (0, 0, 0)


def choose(fields: Iterable[FieldScore], count: int) -> dict[str, list[FieldScore]]:
    """For each group of handwriting the surest wrong fields and the least sure right ones, at most `count` of each.

    Returns
    -------
    dict
        By name of the sheet, ``GROUP-wrong`` and ``GROUP-right``; sheets without fields are left out.
    """
    sheets: dict[str, list[FieldScore]] = {}
    for name, group in grouped(handwriting(fields), lambda field: field.group).items():
        read = sorted((field for field in group if field.read), key=lambda field: (field.probability, field.score))
        sheets[f"{name}-wrong"] = [field for field in reversed(read) if not field.right][:count]
        sheets[f"{name}-right"] = [field for field in read if field.right][:count]
    return {name: chosen for name, chosen in sheets.items() if chosen}


def crops_of(fields: Iterable[FieldScore], scans: Path, forms_dir: Path) -> dict[Key, Crop]:
    """The crops of fields, cut again from their scans; a scan that can no longer be read has none."""
    engine = load_engine(forms_dir)
    wanted = {key_of(field) for field in fields}
    found: dict[Key, Crop] = {}
    for scan, page in sorted({key[:2] for key in wanted}):
        path = scans / scan
        _, crops = crops_of_page(PageJob(path, file_hash(path), page), engine) or (None, [])
        found |= {key: crop for crop in crops if (key := (scan, page, crop.spec.name)) in wanted}
    return found


def key_of(field: FieldScore) -> Key:
    """Where a field is."""
    return field.scan, field.page, field.field


def draw_sheet(fields: Sequence[FieldScore], crops: Mapping[Key, Crop]) -> Pixels:
    """One row per field: crop beside recovered ink, then what was written, read and concluded.

    Returns
    -------
    ndarray
        uint8 (H, W, 3) blue, green, red.
    """
    return np.vstack([_row(field, crops[key_of(field)]) for field in fields if key_of(field) in crops])


def _row(field: FieldScore, crop: Crop) -> Pixels:
    ink = np.asarray(255 - crop.ink, np.uint8)
    seen, recovered = _fitted(crop.pixels), _fitted(ink)
    height = len(seen) + 2 * _LINE + 2 * _GAP
    row = np.full((height, 2 * PICTURE[0] + 3 * _GAP, 3), 255, np.uint8)
    row[_GAP : _GAP + len(seen), _GAP : _GAP + seen.shape[1]] = seen
    left = 2 * _GAP + PICTURE[0]
    row[_GAP : _GAP + len(recovered), left : left + recovered.shape[1]] = recovered
    row[-1] = 200
    picture = Image.fromarray(np.asarray(cv2.cvtColor(row, cv2.COLOR_BGR2RGB)))
    _write(ImageDraw.Draw(picture), _words(field), (_GAP, _GAP + len(seen) + 2))
    return np.asarray(cv2.cvtColor(np.asarray(picture), cv2.COLOR_RGB2BGR), np.uint8)


def _fitted(pixels: Pixels) -> Pixels:
    """A picture as large as `PICTURE` allows, in colour."""
    h, w = pixels.shape[:2]
    scale = min(PICTURE[0] / w, PICTURE[1] / h)
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    fitted = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    return np.asarray(fitted if fitted.ndim == 3 else cv2.cvtColor(fitted, cv2.COLOR_GRAY2BGR), np.uint8)


def _words(field: FieldScore) -> list[list[tuple[str, tuple[int, int, int]]]]:
    """Two lines of words, each word with its colour."""
    struck = f" (struck: {field.struck})" if field.struck else ""
    meant = "" if field.value == field.written.upper() else f" = {field.value}"
    concluded = "" if field.got == field.raw.upper() else f" → {field.got}"
    verdict = _GREEN if field.right else _RED
    accepted = "  accepted" if field.accepted else ""
    return [
        [
            (f"{field.probability:.3f} (score {field.score:.2f}){accepted}   written ", _GREY),
            (f"{field.written}{meant}{struck}", _BLACK),
            ("   read ", _GREY),
            (f"{field.raw}{concluded}", verdict),
        ],
        [(f"{field.scan}, page {field.page + 1}, {field.field}; {field.source}; {', '.join(field.faults)}", _GREY)],
    ]


def _write(
    pen: ImageDraw.ImageDraw, lines: Sequence[Sequence[tuple[str, tuple[int, int, int]]]], at: tuple[float, float]
) -> None:
    x, y = at
    for size, line in zip((19, 14), lines, strict=True):
        font = ImageFont.truetype(str(FONTS_DIR / "DejaVuSansCondensed.ttf"), size)
        for words, colour in line:
            pen.text((x, y), words, font=font, fill=colour)
            x += pen.textlength(words, font=font)
        x, y = at[0], y + _LINE
