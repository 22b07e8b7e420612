"""PDFs whose forms, pictures, patterns and fonts are hostile."""

from __future__ import annotations

import zlib
from random import Random

from tests.faults.hostile.pdf_parts import deflated, page, stream, zeros

ALL = b"420 0 0 298 0 0 cm "


def _form(content: bytes, called: bytes, entries: bytes = b"") -> bytes:
    """A form that may call others: `called` has their names and numbers."""
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 420 298]%b/Resources<</XObject<<%b>>>>"
    return deflated(content, head % (entries, called))


def _picture(data: bytes, width: int, height: int, entries: bytes) -> bytes:
    return stream(data, b"/Type/XObject/Subtype/Image/Width %d/Height %d%b" % (width, height, entries))


def _with_picture(picture: bytes, *more: bytes) -> bytes:
    return page(ALL + b"/I Do", picture, *more, resources=b"/XObject<</I 5 0 R>>")


def form_loop(rng: Random, length: int) -> bytes:
    """Forms that call each other in a circle."""
    forms = [
        _form(b"/F Do /F Do %%%d" % rng.randrange(999), b"/F %d 0 R" % (5 + (i + 1) % length)) for i in range(length)
    ]
    return page(b"/F Do", *forms, resources=b"/XObject<</F 5 0 R>>")


def form_tree(rng: Random, depth: int) -> bytes:
    """Forms each of which calls the next ten times: a billion in the end."""
    inner = [_form(b"/F Do " * 10, b"/F %d 0 R" % (6 + i)) for i in range(depth)]
    leaf = _form(b"%d 0 m 9 9 l S" % rng.randrange(99), b"")
    return page(b"/F Do", *inner, leaf, resources=b"/XObject<</F 5 0 R>>")


def transparent_forms(rng: Random, depth: int) -> bytes:
    """Transparency groups within groups, each with a bitmap of its own while it is drawn."""
    group = b"/Group<</S/Transparency/I true/K true/CS/DeviceRGB>>"
    inner = [_form(b"/G gs /F Do", b"/F %d 0 R" % (6 + i), group) for i in range(depth)]
    leaf = _form(b".%d g 0 0 420 298 re f" % rng.randrange(1, 9), b"", group)
    state = b"/ExtGState<</G<</ca .5/BM/Luminosity>>>>"
    drawn = [form.replace(b"/Resources<<", b"/Resources<<" + state, 1) for form in inner]
    return page(b"/G gs /F Do", *drawn, leaf, resources=state + b"/XObject<</F 5 0 R>>")


def huge_picture(rng: Random, side: int) -> bytes:
    """A picture that claims to be large and is a bomb."""
    data = zeros(side * side * 3)
    return _with_picture(_picture(data, side, side, b"/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/FlateDecode"))


def deep_picture(rng: Random, side: int) -> bytes:
    """16 bits, four inks, and a mask of the same size."""
    head = b"/BitsPerComponent %d/ColorSpace/Device%b/Filter/FlateDecode"
    mask = _picture(zeros(side * side), side, side, head % (8, b"Gray"))
    main = _picture(zeros(side * side * 8), side, side, head % (16, b"CMYK") + b"/SMask 6 0 R")
    return _with_picture(main, mask)


def picture_of_few_bytes(rng: Random, side: int) -> bytes:
    """Pictures of other formats that claim to be large and hold noise."""
    name = rng.choice([b"JBIG2Decode", b"JPXDecode", b"CCITTFaxDecode", b"DCTDecode", b"LZWDecode"])
    head = b"/BitsPerComponent 1/ColorSpace/DeviceGray/DecodeParms<</K -1/Columns %d/Rows %d>>/Filter/" % (side, side)
    return _with_picture(_picture(rng.randbytes(2000), side, side, head + name))


def many_pictures(rng: Random, count: int) -> bytes:
    """One large picture, drawn very often at all angles."""
    data = zlib.compress(rng.randbytes(3000) * 3000)
    picture = _picture(data, 3000, 3000, b"/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode")
    drawn = b"".join(
        b"q %.3f 200 -200 %.3f 99 9 cm /I Do Q\n" % (300 * rng.random(), 200 * rng.random()) for _ in range(count)
    )
    return page(drawn, picture, resources=b"/XObject<</I 5 0 R>>")


def tiling(rng: Random, steps: int) -> bytes:
    """A pattern that repeats so often within a point, and paints itself with itself."""
    step = 1 / steps
    head = (
        b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep %.6f/YStep %.6f/Resources<</Pattern<</P 5 0 R>>>>"
    )
    tile = deflated(b"/Pattern cs /P scn 0 0 1 1 re f %%%d" % rng.randrange(999), head % (step, step))
    return page(b"/Pattern cs /P scn 0 0 420 298 re f", tile, resources=b"/Pattern<</P 5 0 R>>")


def shading(rng: Random, patches: int) -> bytes:
    """Meshes of very many patches, coloured by a function of very many samples."""
    function = deflated(bytes(2**16), b"/FunctionType 0/Domain[0 1]/Range[0 1 0 1 0 1]/Size[21845]/BitsPerSample 8")
    head = (b"/ShadingType 6/ColorSpace/DeviceRGB/BitsPerCoordinate 8/BitsPerComponent 8/BitsPerFlag 8"
            b"/Decode[0 420 0 298 0 1]/Function 6 0 R")  # fmt: skip
    mesh = deflated(b"".join(b"\0" + rng.randbytes(28) for _ in range(100)) * (patches // 100), head)
    return page(b"/S sh", mesh, function, resources=b"/Shading<</S 5 0 R>>")


def functions(rng: Random, dimensions: int) -> bytes:
    """A sampled function of many dimensions, each with many samples."""
    head = b"/FunctionType 0/Domain[%b]/Range[0 1 0 1 0 1]/Size[%b]/BitsPerSample 32"
    function = deflated(rng.randbytes(99), head % (b"0 1 " * dimensions, b"255 " * dimensions))
    shade = b"<</ShadingType 1/ColorSpace/DeviceRGB/Domain[0 420 0 298]/Function 6 0 R>>"
    return page(b"/S sh", shade, function, resources=b"/Shading<</S 5 0 R>>")


def programs(rng: Random, count: int) -> bytes:
    """A function that is a long program, called for every pixel."""
    program = stream(b"{" + b"%d exch pop dup mul sqrt " % rng.randrange(9) * count + b"dup dup}",
                     b"/FunctionType 4/Domain[0 1]/Range[0 1 0 1 0 1]")  # fmt: skip
    shade = b"<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 420 0]/Extend[true true]/Function 6 0 R>>"
    return page(b"/S sh", shade, program, resources=b"/Shading<</S 5 0 R>>")


def drawn_font(rng: Random, count: int) -> bytes:
    """A font whose only letter is a long text in the same font."""
    letter = deflated(b"9 0 0 0 9 9 d1 BT /F 1 Tf (%b) Tj ET" % (b"a" * count))
    font = (b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[%d 0 0 1 0 0]/CharProcs<</a 6 0 R>>/FirstChar 97"
            b"/LastChar 97/Widths[9]/Encoding<</Differences[97/a]>>/Resources<</Font<</F 5 0 R>>>>>>")  # fmt: skip
    return page(b"BT /F 9 Tf (%b) Tj ET" % (b"a" * count), font % rng.randrange(1, 9), letter,
                resources=b"/Font<</F 5 0 R>>")  # fmt: skip


def notes(rng: Random, count: int) -> bytes:
    """Very many notes that share an appearance, which is a form that calls itself."""
    form = _form(b"/F Do %%%d" % rng.randrange(999), b"/F 5 0 R")
    stamps = b"<</Type/Annot/Subtype/Stamp/Rect[0 0 99 99]/AP<</N 5 0 R>>>>" * count
    return page(b"0 0 m", form, entries=b"/Annots[%b]" % stamps)
