"""Pages of long TIFF files: found as other readers find them, each read for itself, and in linear time."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr.preprocess import raster
from ocr.preprocess.load import FileInfo, load_page, probe
from ocr.preprocess.raster import UnreadableError
from ocr.preprocess.tiff_pages import MOST, count_pages, is_whole, starting_at
from ocr.reading import Refused
from ocr.sheet import Sheet

SIZE = (160, 120)


def page(number: int) -> Image.Image:
    """A picture that tells its number."""
    return Image.new("L", SIZE, 10 + 20 * number)


def pages(**options: object) -> bytes:
    """Five pages."""
    file = BytesIO()
    page(0).save(file, "TIFF", save_all=True, append_images=[page(n) for n in range(1, 5)], **options)
    return file.getvalue()


def chain(offsets: list[int], order: str = "<") -> bytes:
    """A file of directories without entries, each at its offset and pointing to the next of the list."""
    data = bytearray(max(offset for offset in offsets if offset < 1000) + 6)
    data[:8] = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, offsets[0])
    for here, after in reversed(list(zip(offsets, [*offsets[1:], 0], strict=True))):
        if here < 1000:
            data[here : here + 6] = struct.pack(f"{order}HI", 0, after)
    return bytes(data)


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "jpeg", "tiff_deflate"])
@pytest.mark.parametrize("big_tiff", [False, True])
def test_every_page_is_itself(compression: str | None, big_tiff: bool) -> None:
    source = BytesIO(pages(compression=compression, big_tiff=big_tiff))
    assert count_pages(source) == 5
    for number in (3, 0, 4, 1, 2):
        pixels = raster.decode(starting_at(source, number)).pixels
        assert np.abs(pixels.astype(int) - (10 + 20 * number)).max() <= 2


def test_a_page_that_states_no_resolution_does_not_get_that_of_the_first(tmp_path: Path) -> None:
    path, file = tmp_path / "two.tif", BytesIO()
    page(0).save(file, "TIFF", dpi=(300, 300))
    alone = BytesIO()
    page(1).save(alone, "TIFF")
    path.write_bytes(joined(file.getvalue(), alone.getvalue()))
    info = probe(path)
    assert isinstance(info, FileInfo) and info.pages == 2
    sheets = [load_page(path, number, info.sha256) for number in range(2)]
    assert [sheet.dpi for sheet in sheets if isinstance(sheet, Sheet)] == [300, None]


def joined(first: bytes, second: bytes) -> bytes:
    """Two files of one page as one; the second is moved, and so is what it points to."""
    shift = len(first) + len(first) % 2
    (start,) = struct.unpack_from("<I", first, 4)
    (count,) = struct.unpack_from("<H", first, start)
    (other,) = struct.unpack_from("<I", second, 4)
    data = bytearray(first.ljust(shift, b"\0") + second)
    struct.pack_into("<I", data, start + 2 + 12 * count, shift + other)
    for entry in range(struct.unpack_from("<H", second, other)[0]):
        at = shift + other + 2 + 12 * entry
        tag, kind, number, value = struct.unpack_from("<HHII", data, at)
        if tag == 273 or number * {3: 2, 4: 4, 5: 8}.get(kind, 1) > 4:
            struct.pack_into("<I", data, at + 8, value + shift)
    return bytes(data)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("offsets", "count"),
    [([8, 14, 20], 3), ([20, 8, 14], 3), ([8, 14, 8], 2), ([8, 8], 1), ([8, 4000], 2), ([4000, 8], 1)],
    ids=["in order", "in any order", "in a circle", "itself again", "beyond the end", "all beyond the end"],
)
def test_chains(offsets: list[int], count: int, order: str) -> None:
    assert count_pages(BytesIO(chain(offsets, order))) == count


def test_a_chain_without_end_is_not_followed_for_ever(tmp_path: Path) -> None:
    (tmp_path / "long.tif").write_bytes(
        struct.pack("<2sHI", b"II", 42, 8) + b"".join(struct.pack("<HI", 0, 14 + 6 * i) for i in range(2 * MOST))
    )
    info = probe(tmp_path / "long.tif")
    assert isinstance(info, Refused) and info.detail == f"too_many_pages {MOST}"


@pytest.mark.parametrize("data", [b"II*\0", b"II*\0\0\0\0\0", b"MM\0+" + bytes(12)])
def test_a_file_without_pages_is_damaged(data: bytes) -> None:
    for ask in (count_pages, lambda source: starting_at(source, 0)):
        with pytest.raises(UnreadableError, match="damaged"):
            ask(BytesIO(data))


class Counting(BytesIO):
    """A file that counts how often it is read from."""

    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        """As ever."""
        self.reads += 1
        return super().read(size)


def test_the_last_page_costs_what_the_first_does() -> None:
    source = Counting(pages(compression="jpeg"))
    raster.decode(starting_at(source, 0))
    costs = []
    for number in range(5):
        before = source.reads
        raster.decode(starting_at(source, number))
        costs.append(source.reads - before)
    assert len(set(costs)) == 1


@pytest.mark.parametrize("big_tiff", [False, True])
@pytest.mark.parametrize("compression", [None, "tiff_deflate"])
def test_a_file_is_whole_when_its_last_picture_is(compression: str | None, big_tiff: bool) -> None:
    data = pages(compression=compression, big_tiff=big_tiff)
    assert is_whole(BytesIO(data))
    assert not is_whole(BytesIO(data[:-40])), "some bytes are filler"
    assert not is_whole(BytesIO(data[: len(data) // 2]))
