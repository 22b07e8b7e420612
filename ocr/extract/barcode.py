"""Read the QR code that names a card's form, version and serial number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version as installed_version

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from ocr.extract.reader import Crop, Raw
from ocr.forms.serial import CardCode, parse_payload
from ocr.preprocess.background import grey
from ocr.reading import FieldState

_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_BLANK_SPREAD = 25
"""Grey levels between the darkest and the lightest twentieth, under which a zone holds no print."""

_SOUGHT_PX = 1800
"""Longer side of the picture in which codes are looked for: A5 at 200 dpi, A4 at 150."""

_MENDED_SCORE = 0.9
"""Certainty of a code that was read only after mending; its own check digit guards it."""


class BarcodeReader:
    """Reads ``barcode`` fields; the text is the card's serial number, guarded by the code's own check digit."""

    name = "zxing"
    version = installed_version("zxing-cpp")

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop; a code that cannot be read is `UNREAD`, a zone without any print `EMPTY`."""
        return [_read_one(crop.pixels) for crop in crops]


def codes_of(pixels: NDArray[np.uint8]) -> list[str]:
    """Texts of the QR codes anywhere on a sheet, uint8 (H, W) or (H, W, 3); those of ours are large enough for it."""
    factor = max(1.0, max(pixels.shape) / _SOUGHT_PX)
    small = cv2.resize(grey(pixels), None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    return [found.text for found in zxingcpp.read_barcodes(np.ascontiguousarray(small), formats=_FORMATS)]


def _read_one(pixels: NDArray[np.uint8]) -> Raw:
    for i, attempt in enumerate(_attempts(grey(pixels))):
        code = _decode(attempt)
        if code is not None:
            return Raw(FieldState.READ, code.serial, _MENDED_SCORE if i else 1.0)
    dark, light = np.percentile(pixels, (5, 95))
    return Raw(FieldState.EMPTY if light - dark < _BLANK_SPREAD else FieldState.UNREAD, "", 0.0)


def _attempts(image: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    """The image, then mended versions of it: smoothed, enlarged, black and white."""
    yield image
    smooth = cv2.GaussianBlur(image, (0, 0), 1.2)
    yield np.asarray(smooth, np.uint8)
    large = cv2.resize(smooth, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    yield np.asarray(large, np.uint8)
    _, flat = cv2.threshold(cv2.medianBlur(large, 5), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    yield np.asarray(cv2.copyMakeBorder(flat, 40, 40, 40, 40, cv2.BORDER_CONSTANT, value=255), np.uint8)


def _decode(image: NDArray[np.uint8]) -> CardCode | None:
    found = zxingcpp.read_barcodes(np.ascontiguousarray(image), formats=_FORMATS)
    return next((code for code in (parse_payload(result.text) for result in found) if code), None)
