"""Read a card's QR code."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from ocr.extract.reader import Crop, Raw
from ocr.preprocess.tone import grey
from ocr.reading import FieldState
from ocr.serial import CardCode, parse_payload

_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_FOUND, _MENDED = 1.0, 0.99


class BarcodeReader:
    """The serial number in a card's QR code, guarded by the code's own error correction and a check digit."""

    name = "zxing"
    version = str(zxingcpp.__version__) if hasattr(zxingcpp, "__version__") else "2"

    def read(self, crops: Sequence[Crop]) -> list[Raw]:
        """One `Raw` per crop; unread where no code of ours is found."""
        return [_read_one(crop) for crop in crops]


def _read_one(crop: Crop) -> Raw:
    image = grey(crop.pixels)
    for attempt, score in ((image, _FOUND), (_mended(image), _MENDED)):
        code = read_code(attempt)
        if code is not None:
            return Raw(FieldState.READ, code.serial, score)
    return Raw(FieldState.UNREAD, "", 0.0)


def read_code(image: NDArray[np.uint8]) -> CardCode | None:
    """First QR code of ours in a grey picture (H, W), whatever way up, or None."""
    for found in zxingcpp.read_barcodes(image, formats=_FORMATS):
        code = parse_payload(found.text)
        if code is not None:
            return code
    return None


def _mended(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Twice as large, smoothed and made black and white, so that dust and scratches lose to their neighbours."""
    large = cv2.resize(image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.medianBlur(large, 5)
    _, flat = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(flat, dtype=np.uint8)
