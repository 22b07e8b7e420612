"""Damage of any kind to a valid file gives a sheet or a refusal, never an exception, and never half a card."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from ocr.preprocess.content import file_hash
from ocr.preprocess.load import FileInfo, load_page, probe
from ocr.preprocess.raster import MAX_MISSING
from ocr.reading import Refused
from ocr.sheet import Sheet

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
SAVED: dict[str, dict[str, object]] = {
    "colour.jpg": {"mode": "RGB", "quality": 85, "dpi": (300, 300)},
    "progressive.jpg": {"mode": "RGB", "quality": 85, "progressive": True},
    "grey.jpg": {"mode": "L"},
    "cmyk.jpg": {"mode": "CMYK"},
    "colour.png": {"mode": "RGB"},
    "palette.png": {"mode": "P"},
    "bitonal.png": {"mode": "1"},
    "g4.tif": {"mode": "1", "compression": "group4"},
    "lzw.tif": {"mode": "RGB", "compression": "tiff_lzw"},
    "raw.tif": {"mode": "RGB"},
    "jpeg.tif": {"mode": "RGB", "compression": "jpeg"},
    "colour.pdf": {"mode": "RGB"},
    "bitonal.pdf": {"mode": "1"},
}
names = st.sampled_from(sorted(SAVED))
shares = st.floats(0, 1, exclude_max=True)


@cache
def sound(name: str) -> tuple[bytes, NDArray[np.uint8]]:
    """A valid file of a noisy picture, 160 x 224 pixels, and what is loaded from it."""
    noise = np.random.default_rng(3).integers(120, 256, (160, 224, 3)).astype(np.uint8)
    noise[40:120:10, 20:200] = 20
    options = dict(SAVED[name])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        Image.fromarray(noise).convert(str(options.pop("mode"))).save(path, **options)  # type: ignore[arg-type]
        sheet = load_page(path, 0, file_hash(path))
        assert isinstance(sheet, Sheet), sheet
        return path.read_bytes(), sheet.pixels


def outcome(name: str, data: bytes) -> Sheet | Refused:
    """What a run makes of such a file; raises where anything but a value comes back."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        info = probe(path)
        assert isinstance(info, FileInfo | Refused)
        sheet = load_page(path, 0, file_hash(path))
        assert isinstance(sheet, Sheet | Refused)
        return info if isinstance(info, Refused) else sheet


@SETTINGS
@given(names, shares)
def test_a_file_cut_off_anywhere_gives_the_whole_picture_or_a_refusal(name: str, share: float) -> None:
    data, pixels = sound(name)
    result = outcome(name, data[: int(len(data) * share)])
    if isinstance(result, Sheet):
        kept = round(len(pixels) * (1 - MAX_MISSING)) - 16  # the block of rows in which the cut lies
        np.testing.assert_array_equal(result.pixels[:kept], pixels[:kept])


@SETTINGS
@given(names, st.lists(st.tuples(shares, st.integers(0, 255)), min_size=1, max_size=20))
def test_changed_bytes_never_raise(name: str, changes: list[tuple[float, int]]) -> None:
    data = bytearray(sound(name)[0])
    for share, byte in changes:
        data[int(len(data) * share)] = byte
    outcome(name, bytes(data))


@SETTINGS
@given(names, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4))
def test_changed_headers_never_raise(name: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(sound(name)[0])
    for place, byte in changes:
        data[place % len(data)] = byte
    outcome(name, bytes(data))


@SETTINGS
@given(st.sampled_from(sorted(n for n in SAVED if n.endswith((".jpg", ".png", ".pdf")))), shares)
def test_a_copy_that_ends_in_zeros_is_noticed(name: str, share: float) -> None:
    data, pixels = sound(name)
    length = int(len(data) * share)
    result = outcome(name, data[:length] + bytes(len(data) - length))
    if isinstance(result, Sheet):
        kept = round(len(pixels) * (1 - MAX_MISSING)) - 16
        np.testing.assert_array_equal(result.pixels[:kept], pixels[:kept])


@SETTINGS
@given(
    st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"%PDF-1.7\n", b""]), st.binary()
)
def test_noise_behind_a_right_beginning_is_refused(head: bytes, noise: bytes) -> None:
    assert isinstance(outcome("noise.pdf", head + noise), Refused)
