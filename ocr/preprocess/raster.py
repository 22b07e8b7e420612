"""Decode one picture of a JPEG, PNG or TIFF file, in bounded memory, or say in words why not."""

from __future__ import annotations

import math
import struct
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from ocr.geometry import MM_PER_INCH, Matrix, pixel_scaling, translation

KEEP_PIXELS = 40_000_000
"""Larger pictures are reduced while decoding: 40 Mpx is A4 at 600 dpi, four times what a card needs."""

MAX_PIXELS = 170_000_000
"""A header that claims more is refused unread: A4 at 1200 dpi has 139 Mpx. Below Pillow's own limit of 179."""

MAX_DECODED_BYTES = 300_000_000
"""Bound on the decoded picture where the format cannot be reduced while decoding (A3 at 600 dpi in colour)."""

MAX_SCANS = 200
"""A progressive JPEG goes through the picture about ten times; each time costs as much as decoding it once."""

MAX_PICTURE_BYTES = 256 * 2**20
"""Bound on a JPEG or PNG file, which is read as a whole."""

MIN_SIDE, MAX_SIDE = 100, 20_000
"""Pixels: no card is legible under 100 (A6 at 25 dpi); no scan of one is over 20,000 (A4 at 1200 dpi: 14,000)."""

MAX_MISSING = 0.02
"""Share of rows that may be missing at the bottom of a JPEG cut off in transfer: a card's margin."""

CUT_OFF = "cut_short"

_JPEG_SCAN, _JPEG_END = b"\xff\xda", b"\xff\xd9"
_TURNS = {2: (0, 1, 0), 3: (0, 1, 1), 4: (0, 0, 1), 5: (1, 0, 0), 6: (1, 1, 0), 7: (1, 1, 1), 8: (1, 0, 1)}
"""EXIF orientation -> swap the axes, then mirror x, then mirror y."""


class UnreadableError(Exception):
    """A picture cannot be read; the message is a `Refused.detail`."""


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture, turned upright as its EXIF tag says.

    Attributes
    ----------
    pixels
        uint8, (H, W) grey or (H, W, 3) blue, green, red.
    to_scan
        Matrix to the pixels of the picture at full size.
    dpi
        Of `pixels`, None where the file states nothing credible.
    """

    pixels: NDArray[np.uint8]
    to_scan: Matrix
    dpi: float | None


def check_size(width: int, height: int) -> None:
    """Refuse claimed sizes that no scan of a card has, before anything is allocated.

    Raises
    ------
    UnreadableError
        Too small, too long, or too many pixels.
    """
    if min(width, height) < MIN_SIDE:
        raise UnreadableError(f"too_small {width} {height}")
    check_bounds(width, height)


def check_bounds(width: int, height: int) -> None:
    """The upper half of `check_size`, for pictures that are part of a page."""
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise UnreadableError(f"too_large {width} {height}")


def credible_dpi(x: float, y: float, size: tuple[int, ...]) -> float | None:
    """Resolution of square pixels, or None where the statement cannot be true of a scanned card.

    Cameras and editors write 72 or 96 by habit, so the paper it implies is judged too: A3 at most.
    """
    if not (math.isfinite(x) and math.isfinite(y) and 50 <= x <= 1200 and abs(x - y) <= 0.01 * x):
        return None
    return round(float(x), 2) if max(size) / x * MM_PER_INCH <= 450 else None


def _stated_dpi(image: Image.Image) -> float | None:
    x, y = image.info.get("dpi", (0, 0))
    return credible_dpi(float(x), float(y), image.size)


def check_png(source: BinaryIO) -> None:
    """Hold a PNG file against its checksums, which decoders skip; raises what Pillow does."""
    with Image.open(source, formats=("PNG",)) as image:
        image.verify()
    source.seek(0)


def decode(source: BinaryIO) -> Picture:
    """Decode a PNG or TIFF file open for reading; of many pages the first.

    Raises
    ------
    UnreadableError
        The picture is refused. Damaged files also raise whatever Pillow does.
    """
    with Image.open(source, formats=("PNG", "TIFF")) as image:
        check_size(*image.size)
        if image.width * image.height * _stored_bytes(image) > MAX_DECODED_BYTES:
            raise UnreadableError(f"too_large {image.width} {image.height}")
        image.load()  # turns a TIFF by itself
        turn = _orientation(image) if image.format == "PNG" else 1
        dpi = _stated_dpi(image)
        return _finish(image, turn, image.size, _factor(image.size), dpi)


def decode_jpeg(data: bytes, orientation: int | None = None) -> Picture:
    """Decode a JPEG.

    Parameters
    ----------
    data
        The whole file.
    orientation
        EXIF orientation to apply instead of the file's own.

    Raises
    ------
    UnreadableError
        The picture is refused. Damaged files also raise whatever Pillow or OpenCV does.
    """
    stream = BytesIO(data.rstrip(b"\0"))  # Pillow looks for a mark in every byte of a copy that failed
    with Image.open(stream, formats=("JPEG",)) as image:
        cut_off = data.find(_JPEG_END, stream.tell()) < 0  # Pillow has read up to the first scan
        size = image.size
        check_size(*size)
        if image.info.get("progressive"):
            _check_progressive(image, data)
        turn = _orientation(image) if orientation is None else orientation
        dpi = _stated_dpi(image)
        factor = 1 << (_factor(size) - 1).bit_length()
        grey = image.mode == "L"
        if cut_off and (image.info.get("progressive") or image.mode == "CMYK"):
            raise UnreadableError(CUT_OFF)
        if image.mode not in ("L", "RGB"):
            image.draft(None, (size[0] // factor, size[1] // factor))
            return _finish(image, turn, size, round(size[0] / image.width), dpi)
    pixels = _mended_pixels(data, grey, factor) if cut_off else _jpeg_pixels(data, grey, factor)
    if pixels.shape[:2] != (math.ceil(size[1] / factor), math.ceil(size[0] / factor)):
        raise UnreadableError("contradictory")
    return _upright(pixels, turn, size, factor, dpi)


def _check_progressive(image: Image.Image, data: bytes) -> None:
    """Its decoder holds two bytes for every value of the picture, however much it is reduced."""
    if 2 * len(image.getbands()) * image.width * image.height > MAX_DECODED_BYTES:
        raise UnreadableError(f"too_large {image.width} {image.height}")
    if data.count(_JPEG_SCAN) > MAX_SCANS:
        raise UnreadableError("too_complex")


def grey_if_grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One channel (H, W) where all three of (H, W, 3) are equal everywhere, else the same array."""
    for part in (pixels[::16, ::16], pixels):
        blue, green, red = part[..., 0], part[..., 1], part[..., 2]
        if not (np.array_equal(blue, green) and np.array_equal(green, red)):
            return pixels
    return np.ascontiguousarray(pixels[..., 0])


def _jpeg_pixels(data: bytes, grey: bool, factor: int) -> NDArray[np.uint8]:
    """Decode by OpenCV, which in colour takes 40 % of Pillow's time."""
    colour = {1: 1, 2: 17, 4: 33, 8: 65}[factor]  # IMREAD_(REDUCED_)COLOR; the grey flag is one less
    pixels = None
    with suppress(cv2.error):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), (colour - grey) | cv2.IMREAD_IGNORE_ORIENTATION)
    if pixels is None:
        raise UnreadableError("damaged")
    return np.asarray(pixels, dtype=np.uint8)


def _mended_pixels(data: bytes, grey: bool, factor: int) -> NDArray[np.uint8]:
    """Decode a sequential JPEG that lacks its end, if hardly more than the end mark is missing.

    With the mark put back the decoder fills the missing rows with one flat colour, which tells how many there
    are; a card with so wide an empty margin is refused too. Copies that failed end in zeros, which would decode
    to noise.
    """
    pixels = _jpeg_pixels(data.rstrip(b"\0") + _JPEG_END, grey, factor)
    if _flat_rows(pixels) > MAX_MISSING * len(pixels):
        raise UnreadableError(CUT_OFF)
    return pixels


def _flat_rows(pixels: NDArray[np.uint8]) -> int:
    """How many rows at the bottom have the colour of the last pixel throughout."""
    flat = (pixels == pixels[-1, -1]).reshape(len(pixels), -1).all(axis=1)
    return len(flat) if flat.all() else int(np.argmin(flat[::-1]))


def _factor(size: tuple[int, int]) -> int:
    """Whole number by which to reduce so that `KEEP_PIXELS` holds."""
    return max(1, math.ceil(math.sqrt(size[0] * size[1] / KEEP_PIXELS)))


def _stored_bytes(image: Image.Image) -> int:
    """Bytes a pixel takes in Pillow; of a palette's colours, once they are no numbers any more."""
    return {"1": 1, "L": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}.get(image.mode, 4)


def _orientation(image: Image.Image) -> int:
    """EXIF orientation 1..8; 1 where there is none or the tag is damaged."""
    with suppress(SyntaxError, ValueError, KeyError, TypeError, OSError, struct.error):
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
        return value if value in _TURNS else 1
    return 1


def _flatten(image: Image.Image) -> Image.Image:
    """Grey or colour of 8 bits on white paper, from any mode of Pillow."""
    if image.mode.startswith("I;16"):
        return Image.fromarray(cv2.convertScaleAbs(np.asarray(image).astype(np.uint16), alpha=1 / 257))
    if image.mode in ("I", "F"):
        raise UnreadableError("too_deep")
    if image.has_transparency_data:
        layers = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(layers, mask=layers.getchannel("A"))
        return paper
    wanted = "L" if image.mode in ("1", "L") else "RGB"
    return image if image.mode == wanted else image.convert(wanted)


def _finish(image: Image.Image, turn: int, full: tuple[int, int], factor: int, dpi: float | None) -> Picture:
    """Reduce an image that is not reduced yet by `factor`, then hand over its pixels."""
    if image.mode == "P":
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    layered = image.mode in ("RGBA", "LA")  # reduced first: laying it on paper takes three times its memory
    flat = _flatten(_reduce(image, full, factor) if layered else image)
    flat = _reduce(flat, full, factor)
    if flat.mode == "L":
        return _upright(np.asarray(flat), turn, full, factor, dpi)
    raw = np.frombuffer(flat.tobytes("raw", "BGR"), np.uint8)
    return _upright(raw.reshape(flat.height, flat.width, 3), turn, full, factor, dpi)


def _reduce(image: Image.Image, full: tuple[int, int], factor: int) -> Image.Image:
    return image.reduce(factor) if factor > 1 and image.size == full else image


def _upright(pixels: NDArray[np.uint8], turn: int, full: tuple[int, int], factor: int, dpi: float | None) -> Picture:
    """Turn the pixels and compose the way back to the turned picture at its full size (width, height).

    A reduced picture covers whole blocks of `factor` pixels from the top left, so its last block may stick out;
    after a mirroring the part that sticks out lies on the other side.
    """
    swap, mirror_x, mirror_y = _TURNS.get(turn, (0, 0, 0))
    if pixels.ndim == 3:
        pixels = grey_if_grey(pixels)
    width, height = full
    if swap:
        pixels, width, height = np.asarray(cv2.transpose(pixels), dtype=np.uint8), height, width
    if mirror_x or mirror_y:
        code = -1 if mirror_x and mirror_y else mirror_x
        pixels = np.asarray(cv2.flip(pixels, code), dtype=np.uint8)
    stick_x = mirror_x * (width - factor * pixels.shape[1])
    stick_y = mirror_y * (height - factor * pixels.shape[0])
    to_scan = translation(stick_x, stick_y) @ pixel_scaling(factor)
    return Picture(pixels, to_scan, dpi and dpi / factor)
