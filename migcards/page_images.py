"""Pictures for the people who key: a zone enlarged, the strip of the card around it, the whole card upright.

A picture is made once and kept as the bytes that are sent, in memory and, where a folder is given, on disk, so that the
next field is there when it is asked for. All methods may be called from many threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from migcards.originals import load_original, on_sheet
from migcards.picture_folder import PictureFolder
from ocr.cache import Cache
from ocr.geometry import Points, Quad, apply, quad_to_quad, rect_quad
from ocr.preprocess.crop_zone import resample
from ocr.scan import ScanId
from ocr.sheet import Sheet
from ocr.zone_drawing import ORANGE

PAGES, PICTURES = 3, 600
"""Decoded pages and encoded pictures in memory: at most 120 MB a page (A4 at 600 dpi), some 70 kB a picture."""

MAX_WIDTH, STRIP_WIDTH, CARD_SIDE, SHEET_SIDE = 1600, 1600, 1600, 320
"""Pixels: widest crop, width of a strip, longer side of a card, what a screen of 1920 pixels shows beside its keys; and
longer side of a sheet that was refused, on which nobody has found the names to paint over: too small to read them."""

JPEG_QUALITY = 85
_AROUND = 3.0  # zone heights above and below in a strip, but not more than
_AROUND_MOST = 0.12  # of the page's width
_MADE_AS = "2"  # changes with what pictures look like, so that those on disk are made anew
_GREY, _OUTLINE = (205, 205, 205), ORANGE[::-1]  # blue, green, red


@dataclass(frozen=True, eq=False)
class PageImages:
    """Makes and keeps the pictures.

    Parameters
    ----------
    archive
        Folder of originals by content hash, or None.
    cache
        Pictures that outlive the process, or None.
    """

    archive: Path | None = None
    cache: PictureFolder | None = None
    _pages: Cache[Sheet] = field(default_factory=lambda: Cache(PAGES), repr=False)
    _pictures: Cache[bytes] = field(default_factory=lambda: Cache(PICTURES), repr=False)

    def crop(
        self, scan: ScanId, path: str, quad: Quad, rotation: int = 0, *, height_px: int = 160, margin: float = 0.2
    ) -> bytes:
        """One zone upright.

        Parameters
        ----------
        path
            Where the scan lay when it was read.
        quad
            Corners in pixels of the original scan, clockwise from the zone's top left on the form.
        rotation
            Degrees the card lies turned clockwise in the scan; the corners' order says the same of a zone.
        height_px
            Height of the picture, less where it would be wider than `MAX_WIDTH`.
        margin
            Paper shown around the zone, in zone heights.

        Returns
        -------
        bytes
            PNG, or JPEG where that is smaller.

        Raises
        ------
        BadInputError
            The scan cannot be found or read.
        """

        def make(sheet: Sheet) -> bytes:
            corners = _grown(on_sheet(sheet, quad), margin)
            return _encoded(cut_out(sheet, corners, fit(corners, height_px, MAX_WIDTH)))

        return self._made(scan, path, ("crop", quad, height_px, margin), make)

    def strip(self, scan: ScanId, path: str, quad: Quad, rotation: int = 0, *, blank: Sequence[Quad] = ()) -> bytes:
        """A strip across the whole page with the zone outlined; parameters and errors as for `crop` and `card`."""

        def make(sheet: Sheet) -> bytes:
            corners = _band(on_sheet(sheet, quad), sheet.size)
            return _encoded(_marked(sheet, corners, fit(corners, STRIP_WIDTH, STRIP_WIDTH), [quad], blank))

        return self._made(scan, path, ("strip", quad, tuple(blank)), make)

    def card(
        self, scan: ScanId, path: str, rotation: int, *, outline: Sequence[Quad] = (), blank: Sequence[Quad] = ()
    ) -> bytes:
        """The whole page turned upright; parameters and errors as for `crop`.

        Parameters
        ----------
        outline
            Zones that get a coloured line around them.
        blank
            Zones that are painted over because they would show who the person is. What they share with an outlined
            zone stays.
        """

        def make(sheet: Sheet) -> bytes:
            corners = np.roll(rect_quad(-0.5, -0.5, *sheet.size), -(rotation // 90), axis=0)
            return _encoded(_marked(sheet, corners, fit(corners, CARD_SIDE, CARD_SIDE), outline, blank))

        return self._made(scan, path, ("card", rotation, tuple(outline), tuple(blank)), make)

    def sheet(self, scan: ScanId, path: str) -> bytes:
        """A whole sheet as it was scanned, small; parameters and errors as for `crop`."""

        def make(sheet: Sheet) -> bytes:
            corners = rect_quad(-0.5, -0.5, *sheet.size)
            return _encoded(cut_out(sheet, corners, fit(corners, SHEET_SIDE, SHEET_SIDE)))

        return self._made(scan, path, ("sheet",), make)

    def _made(self, scan: ScanId, path: str, what: tuple[object, ...], make: Callable[[Sheet], bytes]) -> bytes:
        name = hashlib.sha256(repr((_MADE_AS, scan, what)).encode()).hexdigest()

        def page() -> Sheet:
            return load_original(scan, path, self.archive)

        def picture() -> bytes:
            known = self.cache.read(name) if self.cache else None
            if known is not None:
                return known
            data = make(self._pages.get(scan, page))
            if self.cache:
                self.cache.write(name, data)
            return data

        return self._pictures.get(name, picture)


def _grown(corners: Points, margin: float) -> Points:
    """A zone with a margin of that many zone heights on all sides."""
    right, down = corners[1] - corners[0], corners[3] - corners[0]
    out = margin * np.hypot(*down)
    across, along = out * right / np.hypot(*right), out * down / np.hypot(*down)
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    return np.asarray(corners + signs[:, :1] * across + signs[:, 1:] * along)


def _band(corners: Points, page: tuple[int, int]) -> Points:
    """Corners of a band along a zone, from edge to edge of a page of (width, height) pixels.

    The zone is in its middle even at the edge of the page, so that whoever has too little room can show the middle.
    """
    centre, height = corners.mean(axis=0), float(np.hypot(*(corners[3] - corners[0])))
    right = corners[1] + corners[2] - corners[0] - corners[3]
    right = right / np.hypot(*right)
    down = np.array([-right[1], right[0]])
    most = height / 2 + min(
        _AROUND * height, _AROUND_MOST * (_reach(centre, right, page) + _reach(centre, -right, page))
    )
    left, across = -right * _reach(centre, -right, page), right * _reach(centre, right, page)
    up, below = -down * most, down * most
    return np.array([centre + left + up, centre + across + up, centre + across + below, centre + left + below])


def _reach(start: Points, direction: Points, page: tuple[int, int]) -> float:
    """Distance from a point to the page's edge."""
    edges = np.where(direction > 0, np.array(page) - 0.5, -0.5) - start
    steps = [edge / part for edge, part in zip(edges, direction, strict=True) if abs(part) > 1e-9]
    return max(1.0, float(min(steps)))


def fit(corners: Points, height: int, width: int) -> tuple[int, int]:
    """The largest picture (width, height) of the shape of a quadrilateral (4, 2) within bounds in pixels."""
    across, down = np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[3] - corners[0]))
    scale = min(height / down, width / across)
    return max(1, round(across * scale)), max(1, round(down * scale))


def cut_out(sheet: Sheet, corners: Points, size: tuple[int, int]) -> NDArray[np.uint8]:
    """What lies between four corners (4, 2) in sheet pixels, as a picture of (width, height) pixels; white outside."""
    return resample(sheet.pixels, quad_to_quad(rect_quad(-0.5, -0.5, *size), corners), size)


def _marked(
    sheet: Sheet, corners: Points, size: tuple[int, int], outline: Sequence[Quad], blank: Sequence[Quad]
) -> NDArray[np.uint8]:
    """A cut picture with zones painted over and outlined, uint8 (h, w, 3)."""
    cut = cut_out(sheet, corners, size)
    picture = cut if cut.ndim == 3 else np.asarray(cv2.cvtColor(cut, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    to_picture = quad_to_quad(corners, rect_quad(-0.5, -0.5, *size))

    def places(quads: Sequence[Quad], margin: float) -> list[NDArray[np.int32]]:
        zones = (_grown(apply(to_picture, on_sheet(sheet, quad)), margin) for quad in quads)
        return [np.rint(zone).astype(np.int32) for zone in zones]

    covered = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(covered, places(blank, 0.1), 1)
    cv2.fillPoly(covered, places(outline, 0.1), 0)
    picture[covered == 1] = _GREY
    cv2.polylines(picture, places(outline, 0.12), True, _OUTLINE, 3, cv2.LINE_AA)
    return picture


def _encoded(pixels: NDArray[np.uint8]) -> bytes:
    """PNG, or JPEG where that is smaller; the same pixels always give the same bytes."""
    _, png = cv2.imencode(".png", pixels)
    _, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return min(png.tobytes(), jpeg.tobytes(), key=len)
