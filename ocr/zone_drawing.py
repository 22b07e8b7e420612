"""Pictures for eyes: zones and values drawn over a form or a scan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.forms.artwork import raster
from ocr.forms.definition import Form
from ocr.forms.printed_words import FONTS_DIR
from ocr.geometry import Points, apply, mm_to_pixels, rect_quad

PREVIEW_DPI = 200.0
GREEN, ORANGE, BLUE, GREY = (0, 120, 60), (200, 90, 0), (20, 90, 170), (110, 110, 110)


@dataclass(frozen=True, eq=False)
class Zone:
    """A quadrilateral (4, 2) in pixels, a colour (red, green, blue) and words to write at its top."""

    quad: Points
    colour: tuple[int, int, int]
    words: str = ""


def draw_zones(pixels: NDArray[np.uint8], zones: Sequence[Zone], font_px: int) -> NDArray[np.uint8]:
    """Draw zones over a picture.

    Parameters
    ----------
    pixels
        uint8 (H, W) or (H, W, 3) blue, green, red.

    Returns
    -------
    ndarray
        uint8 (H, W, 3) blue, green, red; a copy.
    """
    code = cv2.COLOR_GRAY2RGB if pixels.ndim == 2 else cv2.COLOR_BGR2RGB
    picture = Image.fromarray(np.asarray(cv2.cvtColor(pixels, code)))
    pen = ImageDraw.Draw(picture, "RGBA")
    font = ImageFont.truetype(str(FONTS_DIR / "DejaVuSansCondensed-Bold.ttf"), font_px)
    for zone in zones:
        corners = [(float(x), float(y)) for x, y in zone.quad]
        pen.polygon(corners, fill=(*zone.colour, 22))
        pen.line([*corners, corners[0]], fill=(*zone.colour, 255), width=max(2, font_px // 9))
    for zone in zones:
        if zone.words:
            x, y = zone.quad[np.argmin(zone.quad.sum(axis=1))]
            box = pen.textbbox((x, y - font_px * 1.15), zone.words, font=font)
            pen.rectangle(box, fill=(255, 255, 255, 225))
            pen.text((x, y - font_px * 1.15), zone.words, font=font, fill=(*zone.colour, 255))
    return np.asarray(cv2.cvtColor(np.array(picture), cv2.COLOR_RGB2BGR), dtype=np.uint8)


def draw_form_zones(form: Form) -> NDArray[np.uint8]:
    """The blank form with the zones of its fields, for whoever writes a form definition."""
    frame = mm_to_pixels(PREVIEW_DPI)
    zones = []
    for spec in form.fields:
        zones.append(Zone(apply(frame, rect_quad(*spec.box.xywh)), BLUE, f"{spec.name} · {spec.kind.value}"))
        zones += [Zone(apply(frame, rect_quad(*option.box.xywh)), ORANGE, option.code) for option in spec.options]
    return draw_zones(raster(form, PREVIEW_DPI), zones, 15)
