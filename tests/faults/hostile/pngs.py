"""PNGs that claim much or inflate a thousandfold."""

from __future__ import annotations

import struct
import zlib
from random import Random

from tests.faults.hostile.pdf_parts import zeros

MAGIC = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, PALETTE, GREY_ALPHA, ALPHA = 0, 2, 3, 4, 6
_PARTS = {GREY: 1, COLOUR: 3, PALETTE: 1, GREY_ALPHA: 2, ALPHA: 4}


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk with its checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, data: bytes, *before: bytes, bits: int = 8, colour: int = GREY, laced: int = 0
) -> bytes:
    """A file of one picture; `before` stands before its data, which is deflated already."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, laced))
    return MAGIC + head + b"".join(before) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _flat(width: int, height: int, bits: int, colour: int) -> bytes:
    """All pixels 0, deflated."""
    return zeros((width * bits * _PARTS[colour] // 8 + 2) * height)


def _small(rng: Random, *before: bytes) -> bytes:
    lines = b"".join(b"\0" + rng.randbytes(200) for _ in range(150))
    return png(200, 150, zlib.compress(lines), *before)


def large(rng: Random, side: int) -> bytes:
    """As large as is let in, or larger, of 1 to 16 bits."""
    bits, colour = rng.choice([(1, GREY), (8, GREY), (8, COLOUR), (8, ALPHA), (16, COLOUR), (16, GREY)])
    width = min(side + rng.randrange(9), 30_000)
    return png(width, side, _flat(width, side, bits, colour), bits=bits, colour=colour)


def laced(rng: Random, side: int) -> bytes:
    """Interlaced and 16 bits deep."""
    colour = rng.choice([GREY, COLOUR, ALPHA, GREY_ALPHA])
    return png(side, side + rng.randrange(9), _flat(side, side + 9, 16, colour), bits=16, colour=colour, laced=1)


def claimed(rng: Random, side: int) -> bytes:
    """Claims to be large and holds a line."""
    return png(side, side, zlib.compress(rng.randbytes(999)))


def bomb(rng: Random, megabytes: int) -> bytes:
    """A small picture with far more data than it needs."""
    return png(200 + rng.randrange(99), 200, zeros(megabytes << 20))


def text_bomb(rng: Random, megabytes: int) -> bytes:
    """Compressed text of any language that inflates a thousandfold."""
    packed = zeros(megabytes << 20)
    kind, head = rng.choice([(b"zTXt", b"Comment\0\0"), (b"iTXt", b"Comment\0\1\0\0\0")])
    return _small(rng, chunk(kind, head + packed))


def profile_bomb(rng: Random, megabytes: int) -> bytes:
    """A colour profile that inflates a thousandfold."""
    return _small(rng, chunk(b"iCCP", b"profile\0\0" + zeros(megabytes << 20)))


def many_texts(rng: Random, count: int) -> bytes:
    """Very many small chunks."""
    kind, data = rng.choice([(b"tEXt", b"a\0b"), (b"zTXt", b"a\0\0" + zlib.compress(b"b" * 9999)), (b"prVt", b"")])
    return _small(rng, chunk(kind, data) * count)


def many_pieces(rng: Random, count: int) -> bytes:
    """Data in pieces of a byte, or of none."""
    data = zlib.compress(b"".join(b"\0" + rng.randbytes(200) for _ in range(150)))
    size = rng.choice([0, 1])
    head = png(200, 150, b"")[:-24]
    pieces = b"".join(chunk(b"IDAT", data[i : i + size]) for i in range(count))
    return head + pieces + chunk(b"IDAT", data[count * size :]) + chunk(b"IEND", b"")


def animation(rng: Random, frames: int) -> bytes:
    """An animation of very many frames, as large as the picture and longer than a year."""
    control = struct.pack(">IIIIIHHBB", 0, 200, 150, 0, 0, 65_535, 1, 1, 1)
    head = chunk(b"acTL", struct.pack(">II", frames, 0)) + chunk(b"fcTL", control)
    data = _small(rng, head)
    more = (chunk(b"fcTL", control) + chunk(b"fdAT", b"\0\0\0\1" + rng.randbytes(9))) * min(frames, 50_000)
    return data[:-12] + more + data[-12:]


def odd_header(rng: Random, number: int) -> bytes:
    """Depths, colours and sizes that do not exist."""
    odd = [{"bits": 3}, {"colour": 5}, {"bits": 16, "colour": PALETTE}, {"laced": 7}, {"bits": 0}, {"colour": PALETTE}]
    return png(200, 150 + number, zlib.compress(rng.randbytes(30_000)), **odd[number])


def odd_length(rng: Random, number: int) -> bytes:
    """Chunks longer than the file, of length 2^31, or of a wrong checksum."""
    data = _small(rng)
    lengths = [b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\x10\0\0"]
    place = data.index(b"IDAT") - 4
    return data[:place] + lengths[number] + data[place + 4 :]


def palette(rng: Random, entries: int) -> bytes:
    """Palettes of too many or too few colours, with more transparent ones than there are."""
    before = chunk(b"PLTE", rng.randbytes(3 * entries)), chunk(b"tRNS", bytes(2 * entries + 1))
    return png(9000, 9000, _flat(9000, 9000, 8, PALETTE), *before, colour=PALETTE)


def changed(rng: Random, count: int) -> bytes:
    """A sound picture in which so many bytes are others, and the checksums are right again."""
    lines = bytearray(zlib.compress(b"".join(b"\4" + rng.randbytes(200) for _ in range(150))))
    for _ in range(count):
        lines[rng.randrange(len(lines))] = rng.randrange(256)
    return png(200, 150, bytes(lines))
