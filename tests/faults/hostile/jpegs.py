"""JPEGs that claim much, say little, or say it a thousand times."""

from __future__ import annotations

import struct
from io import BytesIO
from random import Random

from PIL import Image

END = b"\xff\xd9"
ONE_CODE = bytes([0, 1]) + bytes(14)  # one code of two bits


def segment(marker: int, data: bytes) -> bytes:
    """A marker with its data."""
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def sound(rng: Random, mode: str = "L", size: tuple[int, int] = (424, 303), **options: object) -> bytes:
    """A valid picture of noise."""
    image = Image.frombytes("L", (64, 64), rng.randbytes(64 * 64)).resize(size).convert(mode)
    out = BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def _frame(marker: int, width: int, height: int, parts: int = 1, bits: int = 8, sampling: int = 0x11) -> bytes:
    head = struct.pack(">BHHB", bits, height, width, parts)
    return segment(marker, head + b"".join(bytes([part + 1, sampling, 0]) for part in range(parts)))


def _tables() -> bytes:
    """Quantisation, and codes of two bits: 00 is the end of a block (a difference of 0)."""
    codes = b"".join(segment(0xC4, bytes([kind]) + ONE_CODE + b"\0") for kind in (0x00, 0x10))
    return segment(0xDB, b"\0" + bytes([9] * 64)) + codes


def _scan(parts: int, first: int = 0, last: int = 63, step: int = 0) -> bytes:
    head = bytes([parts]) + b"".join(bytes([part + 1, 0]) for part in range(parts)) + bytes([first, last, step])
    return segment(0xDA, head)


def _claimed(frame: bytes, scans: bytes) -> bytes:
    return b"\xff\xd8" + _tables() + frame + scans + END


def claimed_size(rng: Random, side: int) -> bytes:
    """A picture that claims to be large, with next to no data."""
    width = min(side + rng.randrange(9), 65_535)
    return _claimed(_frame(0xC0, width, side, rng.choice([1, 3])), _scan(1) + bytes(99))


def flat(rng: Random, side: int) -> bytes:
    """A large picture, complete, of next to no bits: every block is its neighbour's."""
    blocks = (side // 8) ** 2
    return _claimed(_frame(0xC0, side // 8 * 8, side // 8 * 8), _scan(1) + bytes(blocks // 2 + rng.randrange(9)))


def many_scans(rng: Random, scans: int) -> bytes:
    """A progressive picture of four inks that is gone through from top to bottom very often."""
    width, height = 3000 + rng.randrange(99), 3000
    first = _scan(4, 0, 0, 0) + bytes(300_000)
    run = segment(0xC4, b"\x10" + ONE_CODE + b"\xe0")  # a code for 'nothing in the next 16384 blocks'
    again = [_scan(1, 1 + i % 63, 1 + i % 63, 0) + b"\x00" * 40 for i in range(scans)]
    return _claimed(_frame(0xC2, width, height, 4), first + run + b"".join(again))


def large_progressive(rng: Random, side: int) -> bytes:
    """Progressive, so that all coefficients are held at once, four inks, as large as is let in."""
    frame = _frame(0xC2, side + rng.randrange(9), side, 4)
    return _claimed(frame, _scan(4, 0, 0, 0) + bytes(9999) + _scan(1, 1, 63, 0) + bytes(999))


def repeated_scans(rng: Random, times: int) -> bytes:
    """A sound progressive picture whose scans come again and again."""
    data = sound(rng, "CMYK", progressive=True)
    start = data.index(b"\xff\xda")
    return data[:-2] + data[start:-2] * times + END


def odd_process(rng: Random, marker: int) -> bytes:
    """Arithmetic, lossless, hierarchical or 12 bits deep."""
    bits = 12 if marker == 0xC1 else 8
    frame = _frame(marker, 4000 + rng.randrange(99), 3000, rng.choice([1, 3]), bits)
    return _claimed(frame, _scan(1) + rng.randbytes(20_000).replace(b"\xff", b"\xfe"))


def bad_codes(rng: Random, number: int) -> bytes:
    """Tables of codes that overflow, lack or contradict each other."""
    lengths = [bytes([255] * 16), bytes(15) + b"\xff", b"\2\3" + bytes(14), b"\0" * 16][number]
    table = segment(0xC4, b"\0" + lengths + rng.randbytes(min(sum(lengths), 4000)))
    return sound(rng).replace(b"\xff\xda", table + b"\xff\xda", 1)


def restarts(rng: Random, count: int) -> bytes:
    """Restart marks without end, in the wrong order."""
    marks = b"".join(b"\xff" + bytes([0xD0 + rng.randrange(8)]) for _ in range(1000)) * (count // 1000)
    return _claimed(segment(0xDD, b"\0\1") + _frame(0xC0, 3000, 3000), _scan(1) + marks)


def filled(rng: Random, megabytes: int) -> bytes:
    """Filling bytes without end, before or within the picture."""
    data = sound(rng)
    place = data.index(rng.choice([b"\xff\xc0", b"\xff\xda", b"\xff\xd9"]))
    return data[:place] + b"\xff" * (megabytes << 20) + data[place:]


def segments(rng: Random, count: int) -> bytes:
    """Very many application segments: pieces of colour profiles, other pictures, comments, letters."""
    heads = [
        b"ICC_PROFILE\0\1\xff",
        b"Exif\0\0MM\0*\0\0\0\x08",
        b"MPF\0MM\0*\0\0\0\x08",
        b"http://ns.adobe.com/xap/1.0/\0",
    ]
    head, marker = rng.choice([*zip(heads, (0xE2, 0xE1, 0xE2, 0xE1), strict=True)])
    data = sound(rng)
    return data[:2] + segment(marker, head + rng.randbytes(60_000)) * count + data[2:]


def exif_loop(rng: Random, orientation: int) -> bytes:
    """Directories of letters about the picture that follow each other in a circle."""
    entry = struct.pack(">HHIHH", 0x112, 3, 1, orientation, 0) + struct.pack(">HHII", 0x8769, 4, 1, 8)
    directory = b"Exif\0\0MM\0*\0\0\0\x08\0\2" + entry + struct.pack(">I", 8)
    data = sound(rng)
    return data[:2] + segment(0xE1, directory) + data[2:]


def sampling(rng: Random, factor: int) -> bytes:
    """Sampling factors that nobody uses, for more parts than there are."""
    frame = _frame(0xC0, 5000 + rng.randrange(99), 5000, rng.choice([2, 3, 4, 200]), 8, factor)
    return _claimed(frame, _scan(3) + bytes(50_000))


def twice(rng: Random, number: int) -> bytes:
    """Two headers that contradict each other, or a picture within a picture."""
    data = sound(rng)
    inside = [_frame(0xC0, 60_000, 60_000), _frame(0xC2, 9000, 9000, 4), data, segment(0xDC, b"\xff\xff"), b"\xff\xd8"]
    place = data.index(b"\xff\xda")
    return data[:place] + inside[number] + data[place:]


def changed(rng: Random, count: int) -> bytes:
    """A sound picture in which so many bytes are others."""
    data = bytearray(sound(rng, rng.choice(["L", "RGB", "CMYK"]), progressive=rng.random() < 0.5))
    for _ in range(count):
        data[rng.randrange(2, len(data))] = rng.randrange(256)
    return bytes(data)
