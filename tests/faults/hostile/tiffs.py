"""TIFFs whose directories go in circles, whose strips are bombs, whose pixels have odd depths."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from io import BytesIO
from random import Random

from PIL import Image

from tests.faults.hostile.jpegs import sound as sound_jpeg
from tests.faults.hostile.pdf_parts import zeros

WIDTH, HEIGHT, BITS, COMPRESSION, COLOUR, OFFSETS, PARTS, ROWS, COUNTS = 256, 257, 258, 259, 262, 273, 277, 278, 279
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, DEEPER, EXIF, DEFLATE = 322, 323, 324, 325, 330, 34665, 8

Tags = Mapping[int, int | Sequence[int]]


def tiff(tags: Tags, data: bytes, following: int = 0, *, big: bool = False) -> bytes:
    """A file of one directory, which lies at 8 (16 in a big one), with its `data` behind it (offset -1 is where)."""
    entry, number = ("<HHQQ", "<Q") if big else ("<HHII", "<H")
    directory = (16 if big else 8) + struct.calcsize(number) + len(tags) * struct.calcsize(entry)
    lists = directory + struct.calcsize("<Q" if big else "<I")
    values = {tag: value if isinstance(value, Sequence) else [value] for tag, value in sorted(tags.items())}
    rooms = {tag: 4 * len(many) for tag, many in values.items() if len(many) > 1}
    start, place, entries, behind = lists + sum(rooms.values()), lists, b"", b""
    for tag, many in values.items():
        many = [start if value == -1 else value for value in many]
        if len(many) == 1:
            entries += struct.pack(entry, tag, 16 if big else 4, 1, many[0])
            continue
        entries += struct.pack(entry, tag, 4, len(many), place)
        behind += struct.pack(f"<{len(many)}I", *many)
        place += rooms[tag]
    head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16) if big else struct.pack("<2sHI", b"II", 42, 8)
    count = struct.pack(number, len(tags))
    return head + count + entries + struct.pack("<Q" if big else "<I", following) + behind + data


def grey(width: int, height: int, size: int) -> dict[int, int | Sequence[int]]:
    """Tags of a grey picture in one strip of so many bytes, not compressed."""
    return {WIDTH: width, HEIGHT: height, BITS: 8, COMPRESSION: 1, COLOUR: 1, OFFSETS: -1, PARTS: 1, ROWS: height,
            COUNTS: size}  # fmt: skip


def self_loop(rng: Random, following: int) -> bytes:
    """A directory that follows itself, or lies in itself, or at an absurd place."""
    return tiff(grey(200, 150, 30_000), rng.randbytes(30_000), following)


def circle(rng: Random, length: int) -> bytes:
    """Directories that follow each other in a circle."""
    one = struct.pack("<H", 1) + struct.pack("<HHII", WIDTH, 4, 1, 200 + rng.randrange(99))
    size = len(one) + 4
    places = [8 + (i + 1) % length * size for i in range(length)]
    return struct.pack("<2sHI", b"II", 42, 8) + b"".join(one + struct.pack("<I", place) for place in places)


def many_directories(rng: Random, count: int) -> bytes:
    """Pages without end, all of the same pixels."""
    pixels = rng.randbytes(200 * 150)
    tags = grey(200, 150, len(pixels))
    size = 2 + 12 * len(tags) + 4
    tags[OFFSETS] = 8 + count * size
    body = tiff(tags, b"")[8:-4]
    places = [8 + i * size for i in range(1, count)] + [0]
    pages = b"".join(body + struct.pack("<I", place) for place in places)
    return struct.pack("<2sHI", b"II", 42, 8) + pages + pixels


def deeper_loop(rng: Random, tag: int) -> bytes:
    """Directories within a directory, which are the same one."""
    return tiff(grey(200, 150, 30_000) | {tag: 8}, rng.randbytes(30_000))


def many_strips(rng: Random, count: int) -> bytes:
    """Strips without end, all in the same place."""
    tags = grey(2000, 2000 + rng.randrange(9), 0) | {ROWS: 1, OFFSETS: [-1] * count, COUNTS: [2000] * count}
    return tiff(tags, rng.randbytes(2000))


def strip_of(rng: Random, size: int) -> bytes:
    """A strip that claims another size than it has."""
    return tiff(grey(5000, 5000 + rng.randrange(9), size), rng.randbytes(999))


def deflate_bomb(rng: Random, megabytes: int) -> bytes:
    """A small picture whose strip inflates a thousandfold."""
    data = zeros(megabytes << 20)
    return tiff(grey(200 + rng.randrange(99), 150, len(data)) | {COMPRESSION: DEFLATE}, data)


def large_deflated(rng: Random, side: int) -> bytes:
    """As large as is let in, in few bytes, of 1 to 4 parts and 8 to 16 bits."""
    parts, bits = rng.choice([(1, 8), (3, 8), (4, 8), (1, 16), (3, 16)])
    data = zeros(side * side * parts * bits // 8)
    colour = {1: 1, 3: 2, 4: 5}[parts]
    depth: int | list[int] = bits if parts == 1 else [bits] * parts
    more = {COMPRESSION: DEFLATE, PARTS: parts, COLOUR: colour, BITS: depth}
    return tiff(grey(side, side, len(data)) | more, data)


def word_bomb(rng: Random, kilobytes: int) -> bytes:
    """LZW or runs that unpack a hundredfold."""
    compression, data = rng.choice([(5, b"\x80\x0b\x60\x50\x22" * 200), (32773, b"\x81\0" * 512)])
    data *= kilobytes
    return tiff(grey(12_000, 12_000, len(data)) | {COMPRESSION: compression}, data)


def tiles(rng: Random, side: int) -> bytes:
    """Tiles larger than any picture, or very many small ones."""
    width = 3000 + rng.randrange(99)
    count = max(1, -(-width // side)) ** 2
    tags = grey(width, width, 0) | {TILE_WIDTH: side, TILE_HEIGHT: side, COMPRESSION: DEFLATE}
    data = zeros(min(side * side, 2**31))
    tags |= {TILE_OFFSETS: [-1] * count, TILE_COUNTS: [len(data)] * count}
    del tags[OFFSETS], tags[COUNTS], tags[ROWS]
    return tiff(tags, data)


def big(rng: Random, size: int) -> bytes:
    """The format for more than 4 GB, with numbers to match."""
    tags = grey(200, 150 + rng.randrange(9), 30_000) | {COUNTS: size, 700: size}
    return tiff(tags, rng.randbytes(30_000), rng.choice([0, 16, 2**63 - 1]), big=True)


def odd_bits(rng: Random, bits: int) -> bytes:
    """Depths that nobody uses."""
    size = 3000 * 2000 * bits // 8
    return tiff(
        grey(3000, 2000, size) | {BITS: bits, 339: rng.choice([1, 2, 3, 6])}, rng.randbytes(999) * (size // 999)
    )


def odd_parts(rng: Random, parts: int) -> bytes:
    """More parts than there are colours."""
    tags = grey(3000, 2000 + rng.randrange(9), 6000) | {PARTS: parts, BITS: [8] * min(max(parts, 1), 9), COLOUR: 2}
    return tiff(tags, rng.randbytes(6000))


def jpeg_inside(rng: Random, number: int) -> bytes:
    """A JPEG, of the old or the new way, of another size than the directory says."""
    data = sound_jpeg(rng, size=[(424, 303), (5000, 5000), (64, 64)][number % 3])
    tags = grey(424, 303, len(data)) | {COMPRESSION: 6 + number // 3, COLOUR: rng.choice([1, 6])}
    return tiff(tags | {513: -1, 514: len(data)}, data)


def fax(rng: Random, side: int) -> bytes:
    """Fax codes of noise that claim to be large."""
    data = rng.randbytes(20_000)
    return tiff(grey(side, side, len(data)) | {COMPRESSION: rng.choice([2, 3, 4]), BITS: 1}, data)


def odd_type(rng: Random, kind: int) -> bytes:
    """A tag of another type than it may have, of more values than the file has bytes."""
    data = bytearray(tiff(grey(200, 150, 30_000), rng.randbytes(30_000)))
    struct.pack_into("<HHII", data, 10 + 12 * rng.randrange(9), rng.choice([270, 256, 34675]), kind, 2**31, 8)
    return bytes(data)


def changed(rng: Random, count: int) -> bytes:
    """A sound picture in which so many bytes are others."""
    out, image = BytesIO(), Image.frombytes("L", (200, 150), rng.randbytes(30_000))
    image.save(out, "TIFF", compression=rng.choice(["tiff_lzw", "tiff_deflate", "jpeg", "packbits", "raw"]))
    data = bytearray(out.getvalue())
    for _ in range(count):
        data[rng.choice([rng.randrange(4, 8), rng.randrange(8, len(data)), len(data) - rng.randrange(1, 200)])] = 255
    return bytes(data)
