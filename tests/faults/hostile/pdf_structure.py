"""PDFs whose objects are hostile: circles of pages, tables and lengths, absurd numbers, boxes that fit no paper."""

from __future__ import annotations

import struct
import zlib
from random import Random

from tests.faults.hostile.pdf_parts import CATALOG, PAGE, TREE, deflated, document, page, stream, zeros


def huge_page(rng: Random, side: int) -> bytes:
    """A page of absurd size, with units of their own."""
    unit = rng.choice([1, 10, 75_000])
    return page(b"0 0 m 99 99 l S", box=b"0 0 %d %d" % (side, side), entries=b"/UserUnit %d" % unit)


def odd_boxes(rng: Random, number: int) -> bytes:
    """Boxes that are empty, turned round, far away, no numbers or narrow beyond measure."""
    boxes = [b"0 0 0 0", b"420 298 0 0", b"1e38 1e38 -1e38 -1e38", b"/a /b (c) null", b"0 0 1000000 .001", b"9 9 9",
             b"-2147483648 -2147483648 2147483647 2147483647", b"nan inf -inf 9", b"0 0 .001 200000"]  # fmt: skip
    entries = b"/Rotate %d/CropBox[%b]" % (rng.choice([0, 90, 45, -(10**9)]), boxes[-number])
    return page(b"0 0 m 99 99 l S", box=boxes[number], entries=entries)


def circular_tree(rng: Random, length: int) -> bytes:
    """Page trees whose nodes are their own grandchildren."""
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count %d/Parent %d 0 R>>" % (2 + (i + 1) % length, rng.choice([1, 9]), 2 + i)
             for i in range(length)]  # fmt: skip
    return document([CATALOG, *nodes])


def deep_tree(rng: Random, depth: int) -> bytes:
    """A page that lies under very many nodes."""
    nodes = [b"<</Type/Pages/Kids[%d 0 R]/Count 1/Parent %d 0 R>>" % (i + 3, max(i + 1, 2)) for i in range(depth)]
    last = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 420 %d]>>" % (depth + 1, rng.randrange(200, 300))
    return document([CATALOG, *nodes, last])


def wide_tree(rng: Random, count: int) -> bytes:
    """One page that is a child so often, under a node that claims another number."""
    tree = b"<</Type/Pages/Kids[%b]/Count %d>>" % (b"3 0 R " * count, rng.choice([count, 2**31 - 1, -1]))
    return document([CATALOG, tree, PAGE % (b"", b""), deflated(b"0 0 m 9 9 l S")])


def claimed_pages(rng: Random, count: int) -> bytes:
    """A page tree that claims pages it does not have."""
    tree = b"<</Type/Pages/Kids[3 0 R]/Count %d/Marked %d>>" % (count, rng.randrange(999))
    return document([CATALOG, tree, PAGE % (b"", b""), deflated(b"0 0 m 9 9 l S")])


def table_loop(rng: Random, length: int) -> bytes:
    """Tables of objects each of which names the next as the one before it, in a circle."""
    out = page(b"0 0 m %d 9 l S" % rng.randrange(999))
    width = len(b"xref\n0 0\ntrailer\n<</Size 9/Root 1 0 R/Prev %010d>>\n" % 0)
    start = len(out)
    for i in range(length):
        out += b"xref\n0 0\ntrailer\n<</Size 9/Root 1 0 R/Prev %010d>>\n" % (start + (i + 1) % length * width)
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def claimed_objects(rng: Random, count: int) -> bytes:
    """A table that claims more objects than the file has bytes."""
    sound = page(b"0 0 m %d 9 l S" % rng.randrange(999))
    start = sound.rindex(b"xref\n0 1")
    table = b"xref\n0 %d\n0000000000 65535 f \n" % count
    return sound[:start] + table + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, start)


def table_stream(rng: Random, megabytes: int) -> bytes:
    """A table of objects that is a bomb, in entries of absurd widths."""
    start, widths = 9, rng.choice([b"1 4 2", b"8 8 8", b"0 0 0", b"1 2147483647 1"])
    head = b"/Type/XRef/Size 2147483647/W[%b]/Index[0 2147483647]/Root 1 0 R/Prev 9/Filter/FlateDecode" % widths
    body = stream(zeros(megabytes << 20), head)
    return b"%%PDF-1.7\n1 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (body, start)


def object_stream(rng: Random, count: int) -> bytes:
    """Objects in a stream that claims very many, extends itself, and lies in itself."""
    inside = b"".join(b"%d %d " % (i + 10, rng.randrange(99)) for i in range(min(count, 50_000)))
    packed = deflated(inside + b"<<>>" * 99, b"/Type/ObjStm/N %d/First %d/Extends 5 0 R" % (count, len(inside)))
    objects = [CATALOG, TREE, PAGE % (b"", b""), deflated(b"0 0 m"), packed]
    out = document(objects)
    entries = b"".join(struct.pack(">BIH", 2, 5, i) for i in range(min(count, 50_000)))
    head = b"/Type/XRef/W[1 4 2]/Size %d/Index[0 %d]/Root 1 0 R/Filter/FlateDecode" % (count, count)
    table = b"6 0 obj\n%b\nendobj\n" % stream(zlib.compress(entries), head)
    return out + table + b"startxref\n%d\n%%%%EOF\n" % len(out)


def object_stream_bomb(rng: Random, megabytes: int) -> bytes:
    """Objects in a stream that inflates a thousandfold, and pages that are looked for in it."""
    packed = stream(zeros(megabytes << 20), b"/Type/ObjStm/N 1000/First %d/Filter/FlateDecode" % rng.randrange(99))
    out = document({1: CATALOG, 5: packed})
    entries = b"\1\0\0\0\x09\0\0" + struct.pack(">BIH", 2, 5, 0) * 4
    head = b"/Type/XRef/W[1 4 2]/Size 5/Root 1 0 R/Filter/FlateDecode"
    table = b"6 0 obj\n%b\nendobj\n" % stream(zlib.compress(b"\0" * 7 + entries), head)
    return out + table + b"startxref\n%d\n%%%%EOF\n" % len(out)


def length_loop(rng: Random, number: int) -> bytes:
    """Streams whose length, filter or data is said by themselves."""
    bodies = [b"<</Length 4 0 R>>stream\n%d\nendstream", b"<</Length 5 0 R/Filter 4 0 R>>stream\n%d\nendstream",
              b"<</Length -%d>>stream\n", b"<</Length 99999999999%d>>stream\n0 0 m\nendstream"]  # fmt: skip
    return page(bodies[number] % rng.randrange(999), b"5 0 R")


def many_objects(rng: Random, count: int) -> bytes:
    """Very many objects that nobody needs, without a table, so that the file is searched for them."""
    junk = b"".join(b"%d 0 obj\n<</A %d 0 R>>\nendobj\n" % (i, rng.randrange(9, count)) for i in range(9, count))
    sound = page(b"0 0 m")
    return sound[: sound.rindex(b"xref\n0 1")] + junk + b"trailer\n<</Root 1 0 R>>\n%%EOF\n"


def deep_objects(rng: Random, depth: int) -> bytes:
    """Arrays or dictionaries within each other, without end."""
    opened, closed = rng.choice([(b"[", b"]"), (b"<</A", b">>"), (b"[<</A", b""), (b"(", b")")])
    return document([CATALOG, TREE, PAGE % (b"", b"/Deep 5 0 R"), deflated(b"0 0 m"), opened * depth + closed * depth])


def long_words(rng: Random, count: int) -> bytes:
    """Names, numbers and strings of very many characters."""
    word = rng.choice([b"/" + b"a" * count, b"9" * count, b"(" + b"\\(" * count + b")", b"<" + b"41" * count + b">"])
    return page(word + b" Tj", entries=b"/Long " + word)


def locked(rng: Random, revision: int) -> bytes:
    """Encrypted with absurd parameters."""
    junk = rng.randbytes(32).hex().encode()
    lock = b"<</Filter/Standard/V %d/R %d/Length %d/O<%b>/U<%b>/P -1/CF<</A<</CFM/AESV3>>>>/StmF/A>>"
    rounds = lock % (revision, revision, rng.choice([8, 40, 128, 2**30]), junk, junk)
    return document([CATALOG, TREE, PAGE % (b"", b""), deflated(b"0 0 m"), rounds], b"/Root 1 0 R/Encrypt 5 0 R")


def wrong_root(rng: Random, number: int) -> bytes:
    """Catalogues that are their own pages, forms, threads or languages, or are none."""
    roots = [b"<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 1>>", b"[1 0 R]", b"1 0 R", b"<</Pages 9 0 R>>",
             b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(1);)>>/Marked %d>>" % rng.randrange(999),
             b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[1 0 R]/XFA 1 0 R/Kids[1 0 R]>>>>"]  # fmt: skip
    return document([roots[number], TREE, PAGE % (b"", b""), deflated(b"0 0 m %d 9 l S" % rng.randrange(999))])
