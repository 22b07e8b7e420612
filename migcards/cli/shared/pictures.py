"""Pictures that commands write: scans loaded again, zones laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.errors import BadInputError
from ocr.forms.definition import FieldSpec, Form
from ocr.preprocess.crop_zone import Registration, zone_quads
from ocr.preprocess.gates import load_gates
from ocr.preprocess.load import load_page, probe
from ocr.preprocess.locate import Located, locate
from ocr.reading import Refused
from ocr.sheet import Sheet
from ocr.zone_drawing import BLUE, Zone
from texts import refusal_message


def load_sheet(path: Path, page: int, forms: Sequence[Form]) -> tuple[Sheet, Located]:
    """Load and register one page.

    Raises
    ------
    BadInputError
        The file cannot be read or the card is refused.
    """
    info = probe(path)
    sheet = info if isinstance(info, Refused) else load_page(path, page, info.sha256)
    if isinstance(sheet, Refused):
        raise BadInputError(f"{path}: {refusal_message(sheet.reason, sheet.detail, 'en')}")
    located = locate(sheet, forms, load_gates())
    if isinstance(located, Refused):
        raise BadInputError(f"{path}: {refusal_message(located.reason, located.detail, 'en')}")
    return sheet, located


def registered_zones(registration: Registration) -> list[tuple[FieldSpec, Zone]]:
    """The fields of a registered form with their zones in sheet pixels."""
    return [(spec, Zone(zone_quads(registration, [spec.box])[0], BLUE)) for spec in registration.form.fields]


def write_png(path: Path, pixels: NDArray[np.uint8]) -> None:
    """Write a picture, uint8 (H, W) or (H, W, 3) blue, green, red.

    Raises
    ------
    BadInputError
        The folder does not exist or cannot be written.
    """
    _, data = cv2.imencode(".png", pixels)
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise BadInputError(f"{path} cannot be written: {error.strerror}.") from error
