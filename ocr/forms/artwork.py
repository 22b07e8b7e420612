"""The printed artwork of a form as pixels.

There is one drawing (`ocr.forms.drawing`). The raster that registration and ink recovery compare scans with is the PDF
page rendered, so what was printed and what is expected cannot drift apart.
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

from ocr.forms.definition import Form
from ocr.geometry import MM_PER_INCH
from ocr.prepared import prepared

RENDER_DPI = 600


@lru_cache(maxsize=32)
def raster(form: Form, dpi: float, serial: str | None = None) -> NDArray[np.uint8]:
    """The blank card as pixels.

    Returns
    -------
    ndarray
        uint8 (H, W, 3), blue, green, red; white paper; read-only. Pixel (c, r) shows the card at
        ``inv(mm_to_pixels(dpi)) @ (c, r, 1)``; the last column and row may reach past the paper's edge.
    """
    image = _blank(form, dpi) if serial is None else _drawn(form, dpi, serial)
    image.setflags(write=False)
    return image


@prepared
def _blank(form: Form, dpi: float) -> NDArray[np.uint8]:
    return _drawn(form, dpi, None)


def _drawn(form: Form, dpi: float, serial: str | None) -> NDArray[np.uint8]:
    from ocr.forms.drawing import form_pdf  # takes long to import, and is not needed where the raster lies prepared

    width, height = (math.ceil(side * dpi / MM_PER_INCH - 1e-6) for side in form.size)
    # The renderer stretches a page to whole pixels, so the page is made a whole number of them (less a hair, for
    # it rounds up): otherwise a card would be drawn up to 0.2 mm wider than it is.
    page = ((width - 0.01) * 72 / dpi, (height - 0.01) * 72 / dpi)
    # It also moves words and filled rectangles to whole pixels, so they are drawn small and averaged.
    fine = max(1, int(RENDER_DPI // dpi))
    document = pypdfium2.PdfDocument(form_pdf(form, serial, page))
    try:
        drawn = document[0].render(scale=fine * dpi / 72.0).to_numpy()[:, :, :3]
        return np.array(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    finally:
        document.close()
