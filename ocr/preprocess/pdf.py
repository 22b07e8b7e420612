"""One page of a PDF as a picture: the scanner's own JPEG where the page is nothing else, else rendered.

PDFium does the work; poppler (through pdf2image) is asked where PDFium cannot open or draw a whole file.
"""

from __future__ import annotations

import atexit
import math
import re
from dataclasses import replace
from functools import lru_cache
from io import SEEK_END, BytesIO
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
import pdf2image
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from pdf2image.exceptions import (
    PDFInfoNotInstalledError,
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
)
from PIL import Image

from ocr.preprocess.raster import (
    CUT_OFF,
    KEEP_PIXELS,
    MAX_DECODED_BYTES,
    Picture,
    UnreadableError,
    check_bounds,
    check_size,
    credible_dpi,
    decode_jpeg,
    grey_if_grey,
)

POINTS_PER_INCH = 72
DRAWN_DPI = 300
"""Resolution for pages that hold no picture."""

PAGES_HELD = 32
"""Pages for which a document stays open: to open one of thousands takes as long as to draw some pages, but PDFium keeps
all that it has read of them."""

MAX_OBJECTS = 50_000
"""Things on one page: a scan has some, a page of text that a computer wrote thousands. Each is drawn by itself."""

POPPLER_TIMEOUT_S = 30
_ROTATION_AS_EXIF = {0: 1, 90: 6, 180: 3, 270: 8}
_DAMAGED = "pdf_damaged"
_POPPLER_ERRORS = (PDFInfoNotInstalledError, PDFPageCountError, PDFPopplerTimeoutError, PDFSyntaxError)
_ENCRYPTED = "pdf_locked"


def count_pages(source: BinaryIO) -> int:
    """Pages of a PDF that is open for reading.

    Raises
    ------
    UnreadableError
        Encrypted, damaged, cut off or without pages.
    """
    try:
        with _open(source) as document:
            return len(document)
    except pdfium.PdfiumError:
        return int(_poppler_info(_content(source), 0)["Pages"])


def decode_page(source: BinaryIO, page: int) -> Picture:
    """Picture of page `page` (from 0); its pixels are at the same time those of the original scan.

    The open document is kept for the next pages of the same open file.

    Raises
    ------
    UnreadableError
        Encrypted, damaged, cut off, or the picture in it is refused.
    """
    try:
        drawn = _held(source, page // PAGES_HELD)[page]
        try:
            return _page_picture(drawn)
        finally:
            drawn.close()
    except pdfium.PdfiumError:
        return _poppler_page(_content(source), page)


def _content(source: BinaryIO) -> bytes:
    source.seek(0)
    return source.read()


def _open(source: BinaryIO) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise UnreadableError(_ENCRYPTED) from error
        source.seek(max(0, source.seek(0, SEEK_END) - 2048))
        if b"%%EOF" not in source.read():
            raise UnreadableError(CUT_OFF) from error
        raise


@lru_cache(maxsize=1)
def _held(source: BinaryIO, run: int) -> pdfium.PdfDocument:
    """The open document, for a run of pages."""
    return _open(source)


atexit.register(_held.cache_clear)  # PDFium would complain of a document that is still open


def _page_picture(page: pdfium.PdfPage) -> Picture:
    objects = list(islice(page.get_objects(), MAX_OBJECTS + 1))
    if len(objects) > MAX_OBJECTS:
        raise UnreadableError("too_complex")
    things = [thing for thing in objects if not _invisible(thing)]
    images = [thing for thing in things if isinstance(thing, pdfium.PdfImage)]
    for image in images:
        _check_image(image)
    data = _scanned_jpeg(page, images[0]) if len(things) == len(images) == 1 else None
    if data is None:
        return _render(page, images)
    picture = decode_jpeg(data, _ROTATION_AS_EXIF[page.get_rotation()])
    dpi = _dpi(images[0]) / picture.to_scan[0, 0]
    return replace(picture, dpi=credible_dpi(dpi, dpi, picture.pixels.shape[1::-1]))


def _check_image(image: pdfium.PdfImage) -> None:
    """Refuse a picture that takes too much memory once it is unpacked, whatever its size on the page."""
    width, height = image.get_px_size()
    check_bounds(width, height)
    if width * height * image.get_metadata().bits_per_pixel / 8 > MAX_DECODED_BYTES:
        raise UnreadableError(f"too_large {width} {height}")


def _invisible(thing: pdfium.PdfObject) -> bool:
    """Text that a scanner's own recognition put under the picture."""
    if thing.type != pdfium_c.FPDF_PAGEOBJ_TEXT:
        return False
    mode = pdfium_c.FPDFTextObj_GetTextRenderMode(thing)
    return bool(mode == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)


def _scanned_jpeg(page: pdfium.PdfPage, image: pdfium.PdfImage) -> bytes | None:
    """The JPEG that fills the page upright to 1 %, or None where the page must be rendered."""
    if image.level or image.get_filters(skip_simple=True) != ["DCTDecode"]:
        return None
    a, b, c, d, e, f = image.get_matrix().get()
    left, bottom, right, top = page.get_cropbox()
    placed, paper = np.array([e, f, e + a, f + d]), np.array([left, bottom, right, top])
    slack = 0.01 * max(right - left, top - bottom)
    if b or c or a <= 0 or d <= 0 or np.abs(placed - paper).max() > slack:
        return None
    data = bytes(image.get_data(decode_simple=True))
    with Image.open(BytesIO(data), formats=("JPEG",)) as head:
        return data if head.mode in ("L", "RGB") else None  # the meaning of CMYK stands in the PDF


def _dpi(image: pdfium.PdfImage) -> float:
    """Pixels per inch of paper along the picture's width."""
    matrix = image.get_matrix()
    return float(image.get_px_size()[0] * POINTS_PER_INCH / max(math.hypot(matrix.a, matrix.b), 1e-3))


def _render(page: pdfium.PdfPage, images: list[pdfium.PdfImage]) -> Picture:
    """Draw the page at the resolution of its largest picture."""
    largest = max(images, key=lambda image: math.prod(image.get_px_size()), default=None)
    width, height = page.get_size()
    dpi = _bounded_dpi(width, height, DRAWN_DPI if largest is None else _dpi(largest))
    bitmap = page.render(scale=(1 - 1e-6) * dpi / POINTS_PER_INCH)  # it rounds up what single floats overshoot
    return _as_picture(bitmap.to_numpy(), dpi)


def _bounded_dpi(width: float, height: float, wanted: float) -> int:
    """Resolution from 72 to 600 dpi at which a page of so many points stays within the bounds."""
    most = POINTS_PER_INCH * math.sqrt(KEEP_PIXELS / max(width * height, 1))
    dpi = int(min(max(round(wanted), 72), 600, most))
    check_size(round(width * dpi / POINTS_PER_INCH), round(height * dpi / POINTS_PER_INCH))
    return dpi


def _as_picture(pixels: NDArray[np.uint8], dpi: float) -> Picture:
    grey = grey_if_grey(pixels[..., :3])
    return Picture(np.array(grey), np.eye(3), credible_dpi(dpi, dpi, grey.shape[1::-1]))


def _poppler_info(data: bytes, page: int) -> dict[str, Any]:
    try:
        info = pdf2image.pdfinfo_from_bytes(data, first_page=page + 1, last_page=page + 1, timeout=POPPLER_TIMEOUT_S)
    except _POPPLER_ERRORS as error:
        raise UnreadableError(_DAMAGED) from error
    return dict(info)


def _poppler_page(data: bytes, page: int) -> Picture:
    """Page drawn by poppler; what it must guess at in a damaged file is refused."""
    info = _poppler_info(data, page)
    stated = next((str(value) for key, value in info.items() if re.match(r"Page\s.*size", key)), "")
    size = re.match(r"([\d.]+) x ([\d.]+) pts", stated)
    if size is None:
        raise UnreadableError(_DAMAGED)
    dpi = _bounded_dpi(float(size[1]), float(size[2]), DRAWN_DPI)
    try:
        (drawn,) = pdf2image.convert_from_bytes(
            data, dpi=dpi, first_page=page + 1, last_page=page + 1, strict=True, timeout=POPPLER_TIMEOUT_S
        )
    except (*_POPPLER_ERRORS, ValueError) as error:
        raise UnreadableError(_DAMAGED) from error
    return _as_picture(np.asarray(drawn)[..., ::-1], dpi)
