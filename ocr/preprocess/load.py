"""From a path to `Sheet`s: say what is in a scan file, load one page of it.

Nothing here trusts a file: what cannot be read becomes a `Refused`.
What is decoded are the bytes that were hashed, whatever happens to the file meanwhile.
Decoders are native code, so `probe` and `load_page` belong in the supervised workers of `ocr.worker_pool`.
"""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from ocr.preprocess import pdf, raster, tiff_pages
from ocr.preprocess.content import ChangedError, file_hash, hashed, opened, unchanged
from ocr.preprocess.raster import Picture, UnreadableError
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from ocr.sheet import Sheet

MAX_PAGES = 5000
"""A damaged file may claim any number of pages; a feeder's longest run of scans is far shorter."""

_OUR_CODE = str(Path(__file__).parents[1])


class Kind(StrEnum):
    """File format, by content."""

    JPEG = "jpeg"
    PNG = "png"
    TIFF = "tiff"
    PDF = "pdf"


_MAGIC = {
    b"\xff\xd8\xff": Kind.JPEG,
    b"\x89PNG\r\n\x1a\n": Kind.PNG,
    b"II*\0": Kind.TIFF,
    b"MM\0*": Kind.TIFF,
    b"II+\0": Kind.TIFF,
    b"MM\0+": Kind.TIFF,
}


@dataclass(frozen=True)
class FileInfo:
    """One scan file.

    Attributes
    ----------
    sha256
        Hash of the file's bytes, 64 hexadecimal digits.
    kind
        Format by content, whatever the name says.
    pages
        Number of pages, at least 1; whether each can be read shows only when it is loaded.
    """

    path: Path
    sha256: str
    kind: Kind
    pages: int


def probe(path: Path) -> FileInfo | Refused:
    """Identify a file by its content (`file_hash`) and count its pages."""
    sha256 = None
    try:
        if path.exists() and not path.is_file():
            raise UnreadableError("no_file")
        with path.open("rb") as file, unchanged(file):
            source, sha256 = hashed(file)
            kind = _kind(source)
            pages = _count_pages(source, kind)
        if not 1 <= pages <= MAX_PAGES:
            raise UnreadableError(f"too_many_pages {pages}")
    except Exception as error:
        return _refused(ScanId(sha256 or file_hash(path), 0), error)
    return FileInfo(path, sha256, kind, pages)


def load_page(path: Path, page: int, sha256: str) -> Sheet | Refused:
    """Load page `page` (from 0) of a file that `probe` has hashed.

    The EXIF turn is applied, alpha is laid on white, 16 bits are scaled to 8, CMYK and palettes are converted.
    Pictures over `raster.KEEP_PIXELS` are reduced while they are decoded; `Sheet.to_scan` then leads back.
    Pixels are grey (H, W) where the picture is grey or bitonal, whatever the file's colour mode.

    Raises
    ------
    MemoryError
        The machine has less memory free than the bounded decoding needs; says nothing about the file.
    Exception
        A fault of this program, which says nothing about the file either.
    """
    scan = ScanId(sha256, page)
    try:
        with _no_warnings(), opened(path, sha256) as source:
            picture = _decode(source, page)
    except Exception as error:
        return _refused(scan, error)
    return Sheet(picture.pixels, picture.to_scan, scan, picture.dpi)


def _kind(source: BinaryIO) -> Kind:
    head = source.read(1024)
    source.seek(0)
    if not head:
        raise UnreadableError("empty")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    if b"%PDF-" in head:
        return Kind.PDF
    raise UnreadableError("other_format")


def _count_pages(source: BinaryIO, kind: Kind) -> int:
    if kind is Kind.PDF:
        return pdf.count_pages(source)
    return tiff_pages.count_pages(source) if kind is Kind.TIFF else 1


def _decode(source: BinaryIO, page: int) -> Picture:
    kind = _kind(source)
    if kind is Kind.PDF:
        return pdf.decode_page(source, page)
    if kind is Kind.TIFF:
        return raster.decode(tiff_pages.starting_at(source, page))
    if not isinstance(source, BytesIO):
        raise UnreadableError("too_many_bytes")
    if kind is Kind.JPEG:
        return raster.decode_jpeg(source.getvalue())
    raster.check_png(source)
    return raster.decode(source)


@contextmanager
def _no_warnings() -> Iterator[None]:
    """Silence Pillow's warnings about odd tags: they name no file and the picture decides."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _refused(scan: ScanId, error: Exception) -> Refused:
    """Why a file cannot be read; what a decoder raises unexpectedly means that the file is damaged.

    Raises `error` again where it says nothing about the file: memory ran out, or our own code is at fault.
    """
    reason = Refusal.UNREADABLE_FILE
    match error:
        case MemoryError():
            raise error
        case UnreadableError():
            detail = str(error)
        case Image.DecompressionBombError():
            detail = "too_many_pixels"
        case UnidentifiedImageError():
            detail = "damaged"
        case ChangedError():
            reason, detail = Refusal.UNAVAILABLE, "changed"
        case FileNotFoundError():
            reason, detail = Refusal.UNAVAILABLE, "gone"
        case PermissionError():
            reason, detail = Refusal.UNAVAILABLE, "forbidden"
        case OSError(errno=int()):  # by the system; those of decoders have no number
            reason, detail = Refusal.UNAVAILABLE, "system_error"
        case _ if _is_ours(error):
            raise error
        case _:
            detail = "undecodable"
    return Refused(scan, reason, detail)


def _is_ours(error: Exception) -> bool:
    """Whether an error arose in our own code, not in that of a decoder."""
    return traceback.extract_tb(error.__traceback__)[-1].filename.startswith(_OUR_CODE)
