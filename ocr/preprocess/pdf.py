"""One page of a PDF as a picture: the scanner's own JPEG where the page is nothing else, else rendered.

PDFium does the work; poppler (through pdf2image) is asked where PDFium cannot open or draw a whole file.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pdf2image
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr.geometry import scaling
from ocr.preprocess.raster import (
    CUT_OFF,
    KEEP_PIXELS,
    Picture,
    UnreadableError,
    check_size,
    credible_dpi,
    decode_jpeg,
    grey_if_grey,
)

POINTS_PER_INCH = 72
DRAWN_DPI = 300
"""Resolution for pages that hold no picture."""

POPPLER_TIMEOUT_S = 30
_ROTATION_AS_EXIF = {0: 1, 90: 6, 180: 3, 270: 8}
_UNREADABLE = "the PDF is damaged; scan again or save as TIFF or JPEG"
_ENCRYPTED = "the PDF is protected by a password; save it without one"


def count_pages(path: Path) -> int:
    """Pages of a PDF.

    Raises
    ------
    UnreadableError
        Encrypted, damaged, cut off or without pages.
    """
    try:
        with _open(path) as document:
            return len(document)
    except pdfium.PdfiumError:
        return int(_poppler_info(path, 0)["Pages"])


def decode_page(path: Path, page: int) -> Picture:
    """Picture of page `page` (from 0); its pixels are at the same time those of the original scan.

    Raises
    ------
    UnreadableError
        Encrypted, damaged, cut off, or the picture in it is refused.
    """
    try:
        with _open(path) as document:
            return _page_picture(document[page])
    except pdfium.PdfiumError:
        return _poppler_page(path, page)


def _open(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise UnreadableError(_ENCRYPTED) from error
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 2048))
            if b"%%EOF" not in file.read():
                raise UnreadableError(CUT_OFF) from error
        raise


def _page_picture(page: pdfium.PdfPage) -> Picture:
    things = [thing for thing in page.get_objects() if not _invisible(thing)]
    images = [thing for thing in things if isinstance(thing, pdfium.PdfImage)]
    for image in images:
        check_size_of_part(*image.get_px_size())
    if len(things) == len(images) == 1 and _fills(page, images[0]):
        dpi = images[0].get_px_size()[0] * POINTS_PER_INCH / images[0].get_matrix().a
        picture = decode_jpeg(bytes(images[0].get_data()), _ROTATION_AS_EXIF[page.get_rotation()])
        reduced = picture.to_scan[0, 0]
        return replace(picture, dpi=credible_dpi(dpi / reduced, dpi / reduced, picture.pixels.shape[1::-1]))
    return _render(page, images)
