"""PDFs whose pages are hard to draw: endless operators, bombs, forms and patterns that call each other."""

from __future__ import annotations

import zlib
from random import Random

from tests.faults.hostile.pdf_parts import page, stream, zeros


def path_operators(rng: Random, count: int) -> bytes:
    """Very many small paths, each an object of the page."""
    some = b"".join(b"%d %d m %d %d l S\n" % tuple(rng.randrange(298) for _ in range(4)) for _ in range(100))
    return page(some * (count // 100))


def different_paths(rng: Random, count: int) -> bytes:
    """Long strokes of changing widths and colours, which take time to draw."""
    line = b"%d w %.2f 0 0 RG %d %d m %d %d l S\n"
    return page(b"".join(line % (rng.randrange(9), rng.random(), *rng.choices(range(420), k=4)) for _ in range(count)))


def one_long_path(rng: Random, count: int) -> bytes:
    """One path of very many corners, filled by the even-odd rule."""
    some = b"".join(b"%d %d l\n" % (rng.randrange(420), rng.randrange(298)) for _ in range(1000))
    return page(b"0 0 m\n" + some * (count // 1000) + b"f*")


def curves(rng: Random, count: int) -> bytes:
    """Bezier curves with dashes of a thousandth of a point."""
    curve = b"[.001 .001] 0 d 0 0 m %d 999 -999 %d 420 298 c S\n"
    return page(b"".join(curve % (rng.randrange(999), rng.randrange(999)) for _ in range(count)))


def nested_states(rng: Random, count: int) -> bytes:
    """Graphics states that are saved and never restored, each with a clip."""
    return page(b"q 0 0 %d 298 re W n\n" % rng.randrange(200, 420) * count)


def texts(rng: Random, count: int) -> bytes:
    """Very much text of absurd size."""
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    some = b"BT /F %d Tf 1 0 0 1 %d 9 Tm (abcdefgh) Tj ET\n" % (rng.choice([1, 9, 10**6]), rng.randrange(400))
    return page(some * count, resources=font)


def flate_bomb(rng: Random, megabytes: int) -> bytes:
    """Content that inflates a thousandfold."""
    return page(stream(zeros((megabytes << 20) + rng.randrange(999)), b"/Filter/FlateDecode"))


def double_flate_bomb(rng: Random, megabytes: int) -> bytes:
    """Content that inflates a thousandfold, twice."""
    data = zlib.compress(zeros((megabytes << 20) + rng.randrange(999)), 9)
    return page(stream(data, b"/Filter[/FlateDecode/FlateDecode]"))


def triple_flate_bomb(rng: Random, megabytes: int) -> bytes:
    """Content that inflates a thousandfold, thrice."""
    data = zlib.compress(zlib.compress(zeros((megabytes << 20) + rng.randrange(999)), 9), 9)
    return page(stream(data, b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"))


def run_length_bomb(rng: Random, megabytes: int) -> bytes:
    """Runs of 128 within Flate."""
    data = zlib.compress(b"\x81" + bytes([rng.randrange(9, 14)]) + b"\x81\n" * (megabytes << 13), 9)
    return page(stream(data, b"/Filter[/FlateDecode/RunLengthDecode]"))


def filter_chain(rng: Random, count: int) -> bytes:
    """Data behind a chain of very many filters."""
    data = zlib.compress(b"%d" % rng.randrange(10**9))
    return page(stream(data, b"/Filter[" + b"/FlateDecode/ASCIIHexDecode" * count + b"]"))


def deep_brackets(rng: Random, count: int) -> bytes:
    """Arrays within arrays, or dictionaries within dictionaries, in the content."""
    opened, closed = rng.choice([(b"[", b"]"), (b"<</A", b">>")])
    return page(b" " + opened * count + b" %d " % rng.randrange(999) + closed * count + b" Tj")


def inline_images(rng: Random, count: int) -> bytes:
    """Inline pictures that claim to be large."""
    side = rng.randrange(9000, 20_000)
    return page(b"q 99 0 0 99 0 0 cm BI /W %d /H %d /BPC 1 /CS /G ID \0\0 EI Q\n" % (side, side) * count)
