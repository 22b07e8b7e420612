"""What the pages need of whoever can cut scans; `migcards.page_images.PageImages` is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ocr.geometry import Quad
from ocr.scan import ScanId


class ImageSource(Protocol):
    """Cuts pictures out of scans; called from several threads at once.

    Every method returns an encoded PNG or JPEG of the card upright. Quads are corners in pixels of the original scan,
    clockwise from the top left; `path` is where the scan lay when it was read; `rotation` is by how many degrees the
    card lay turned clockwise. Each raises `ocr.errors.BadInputError` if the scan is gone or has changed.
    """

    def crop(self, scan: ScanId, path: str, quad: Quad, rotation: int, *, height_px: int, margin: float) -> bytes:
        """One zone, enlarged to a height; `margin` is the share of its height that is added on every side."""
        ...

    def strip(self, scan: ScanId, path: str, quad: Quad, rotation: int, *, blank: Sequence[Quad]) -> bytes:
        """The card's whole width around a zone, which is outlined; the zones in `blank` are painted over."""
        ...

    def card(self, scan: ScanId, path: str, rotation: int, *, outline: Sequence[Quad], blank: Sequence[Quad]) -> bytes:
        """The whole card, some zones outlined and some painted over."""
        ...

    def sheet(self, scan: ScanId, path: str) -> bytes:
        """A whole sheet as it was scanned, small: enough to find it in a bundle."""
        ...
