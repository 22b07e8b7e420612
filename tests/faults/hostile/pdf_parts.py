"""The parts that PDFs are put together from, sound ones: what is hostile is said by who uses them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 298]/Contents 4 0 R/Resources<<%b>>%b>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
TREE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def zeros(count: int) -> bytes:
    """As many zero bytes, deflated to a thousandth at once, however many they are."""
    deflate, block = zlib.compressobj(9), bytes(2**20)
    head = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    again = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    blocks, rest = divmod(count - len(block), len(block))
    tail = deflate.compress(bytes(max(rest, 0))) + deflate.flush(zlib.Z_FINISH)
    checksum = (count % 65521 << 16 | 1).to_bytes(4, "big")
    return head + again * blocks + tail[:-4] + checksum


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """An object with data."""
    return b"<</Length %d%b>>stream\n%b\nendstream" % (len(data), entries, data)


def deflated(data: bytes, entries: bytes = b"") -> bytes:
    """An object with deflated data."""
    return stream(zlib.compress(data, 9), b"/Filter/FlateDecode" + entries)


def document(objects: Sequence[bytes] | Mapping[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A file of objects, numbered from 1 where they have no numbers."""
    numbered = objects if isinstance(objects, Mapping) else dict(enumerate(objects, 1))
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in numbered.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start, size = len(out), max(numbered) + 1
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    return bytes(out + b"trailer\n<</Size %d%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start))


def page(
    content: bytes, *more: bytes, resources: bytes = b"", entries: bytes = b"", box: bytes = b"0 0 420 298"
) -> bytes:
    """A file of one page: `content` is the object 4 or, where it is no stream yet, its data; `more` is 5 and on."""
    shown = content if content.startswith(b"<<") else deflated(content)
    head = PAGE.replace(b"0 0 420 298", box) % (resources, entries)
    return document([CATALOG, TREE, head, shown, *more])
