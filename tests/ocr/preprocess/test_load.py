"""Every format reads as the same picture, and every bad file is refused in words."""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen import canvas

from ocr.geometry import apply
from ocr.preprocess import pdf, raster
from ocr.preprocess.content import _content, file_hash
from ocr.preprocess.load import FileInfo, Kind, load_page, probe
from ocr.reading import Refusal, Refused
from ocr.sheet import Sheet
from texts import refusal_message

ROOT = Path(__file__).resolve().parents[3]
SIZE = (424, 303)
BLOB = (300, 60)


def colour() -> Image.Image:
    """Card-like picture that no turn or mirroring leaves alike; smooth enough for JPEG."""
    image = Image.new("RGB", SIZE, (240, 235, 220))
    draw = ImageDraw.Draw(image)
    for y in range(40, 290, 40):
        draw.line((20, y, 380, y), fill=(60, 60, 60), width=2)
    draw.rectangle((30, 190, 120, 250), fill=(120, 60, 30))
    draw.ellipse((BLOB[0] - 12, BLOB[1] - 12, BLOB[0] + 12, BLOB[1] + 12), fill=(0, 0, 0))
    return image


def grey() -> Image.Image:
    return colour().convert("L")


def bitonal() -> Image.Image:
    return grey().point(lambda value: 255 * (value > 150)).convert("1")


def bgr(image: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(image.convert("RGB"))[..., ::-1]


def load(path: Path, page: int = 0) -> Sheet:
    sheet = load_page(path, page, file_hash(path))
    assert isinstance(sheet, Sheet), sheet
    return sheet


def refusal(path: Path) -> str:
    """Words of the refusal that a run over this file would meet first."""
    info = probe(path)
    outcome = info if isinstance(info, Refused) else load_page(path, 0, info.sha256)
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason is (Refusal.UNREADABLE_FILE if path.exists() else Refusal.UNAVAILABLE)
    return refusal_message(outcome.reason, outcome.detail, "en")


def tiff(entries: dict[int, int], data: bytes) -> bytes:
    """Single-strip TIFF whose directory stands before its data, as feeders write it: cutting it loses pixels."""
    offset_tag = 324 if 325 in entries else 273
    start = 8 + 2 + 12 * (len(entries) + 1) + 4
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries) + 1)
    for tag, value in sorted({**entries, offset_tag: start}.items()):
        head += struct.pack("<HHII", tag, 4, 1, value)
    return head + bytes(4) + data


def test_probe_goes_by_content_and_counts_pages(tmp_path: Path) -> None:
    wrong, pages, document = tmp_path / "wrong.png", tmp_path / "pages.tif", tmp_path / "three.pdf"
    grey().save(wrong, "JPEG")
    bitonal().save(pages, compression="group4", save_all=True, append_images=[bitonal(), bitonal()])
    grey().save(document, save_all=True, append_images=[grey()])
    infos = [probe(path) for path in (wrong, pages, document)]
    kinds = [(info.kind, info.pages) for info in infos if isinstance(info, FileInfo)]
    assert kinds == [(Kind.JPEG, 1), (Kind.TIFF, 3), (Kind.PDF, 2)]
    shutil.copy(wrong, tmp_path / "again.jpg")
    again = probe(tmp_path / "again.jpg")
    assert isinstance(infos[0], FileInfo) and isinstance(again, FileInfo)
    assert again.sha256 == infos[0].sha256


def test_files_have_the_hash_of_their_content_and_what_is_no_file_that_of_its_path(tmp_path: Path) -> None:
    here, copy = tmp_path / "here", tmp_path / "copy"
    for path in (here, copy):
        path.write_bytes(b"the same")
    os.mkfifo(tmp_path / "pipe")
    assert file_hash(here) == file_hash(copy) == hashlib.sha256(b"the same").hexdigest()
    others = {file_hash(path) for path in (tmp_path, tmp_path / "gone", tmp_path / "pipe", here)}
    assert len(others) == 4


def sixteen_bit_colour(path: Path) -> None:
    cv2.imwrite(str(path), bgr(colour()).astype(np.uint16) * 257)


def tiled(path: Path) -> None:
    """Uncompressed tiles of 432 x 304 (multiples of 16): one tile that sticks out over the picture."""
    padded = np.zeros((304, 432), np.uint8)
    padded[: SIZE[1], : SIZE[0]] = np.asarray(grey())
    tags = {256: SIZE[0], 257: SIZE[1], 258: 8, 259: 1, 262: 1, 277: 1, 322: 432, 323: 304, 325: padded.size}
    path.write_bytes(tiff(tags, padded.tobytes()))


def transparent() -> Image.Image:
    """Ink of full opacity on nothing."""
    ink = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    ImageDraw.Draw(ink).rectangle((30, 40, 200, 100), fill=(120, 60, 30, 255))
    return ink


def on_white() -> NDArray[np.uint8]:
    page = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(page).rectangle((30, 40, 200, 100), fill=(120, 60, 30))
    return bgr(page)


EXACT: dict[str, tuple[Callable[[Path], object], Callable[[], NDArray[np.uint8]]]] = {
    "colour.png": (lambda p: colour().save(p), lambda: bgr(colour())),
    "grey in colour.png": (lambda p: grey().convert("RGB").save(p), lambda: np.asarray(grey())),
    "palette.png": (lambda p: colour().quantize(8).save(p), lambda: bgr(colour().quantize(8))),
    "bitonal.png": (lambda p: bitonal().save(p), lambda: np.asarray(bitonal().convert("L"))),
    "16 bit grey.png": (
        lambda p: cv2.imwrite(str(p), np.asarray(grey()).astype(np.uint16) * 257),
        lambda: np.asarray(grey()),
    ),
    "16 bit colour.png": (sixteen_bit_colour, lambda: bgr(colour())),
    "alpha.png": (lambda p: transparent().save(p), on_white),
    "grey alpha.png": (
        lambda p: transparent().convert("LA").save(p),
        lambda: np.asarray(Image.fromarray(on_white()[..., ::-1]).convert("L")),
    ),
    "g4.tif": (lambda p: bitonal().save(p, compression="group4"), lambda: np.asarray(bitonal().convert("L"))),
    "lzw.tif": (lambda p: colour().save(p, compression="tiff_lzw"), lambda: bgr(colour())),
    "16 bit grey.tif": (
        lambda p: Image.fromarray(np.asarray(grey()).astype(np.uint16) * 257).save(p),
        lambda: np.asarray(grey()),
    ),
    "16 bit colour.tif": (sixteen_bit_colour, lambda: bgr(colour())),
    "tiled.tif": (tiled, lambda: np.asarray(grey())),
    "cmyk.tif": (lambda p: colour().convert("CMYK").save(p), lambda: bgr(colour().convert("CMYK"))),
}


@pytest.mark.parametrize("name", EXACT)
def test_lossless_formats_give_their_pixels_exactly(name: str, tmp_path: Path) -> None:
    save, expected = EXACT[name]
    save(tmp_path / name)
    sheet = load(tmp_path / name)
    np.testing.assert_array_equal(sheet.pixels, expected())
    np.testing.assert_array_equal(sheet.to_scan, np.eye(3))
    assert not sheet.pixels.flags.writeable


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_is_near_its_pixels(mode: str, progressive: bool, tmp_path: Path) -> None:
    colour().convert(mode).save(tmp_path / "x.jpg", quality=95, progressive=progressive)
    pixels = load(tmp_path / "x.jpg").pixels
    expected = np.asarray(grey()) if mode == "L" else bgr(colour())
    assert pixels.shape == expected.shape
    assert np.abs(pixels.astype(int) - expected).mean() < 3


def test_pages_of_a_tiff_are_told_apart(tmp_path: Path) -> None:
    turned = colour().transpose(Image.Transpose.ROTATE_180)
    colour().save(tmp_path / "two.tif", compression="tiff_lzw", save_all=True, append_images=[turned])
    np.testing.assert_array_equal(load(tmp_path / "two.tif", 1).pixels, bgr(turned))


def stored(orientation: int) -> tuple[Image.Image, Image.Exif]:
    """The upright picture as a camera held at `orientation` stores it."""
    moves = [None, 0, 3, 1, 5, 2, 6, 4]  # Pillow's transposes that undo orientations 1..8
    move = moves[orientation - 1]
    exif = Image.Exif()
    exif[0x0112] = orientation
    return colour() if move is None else colour().transpose(Image.Transpose(move)), exif


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_exif_turn_and_the_way_back_from_a_reduced_picture(
    orientation: int, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, exif = stored(orientation)
    path = tmp_path / f"turned.{suffix}"
    image.save(path, exif=exif, dpi=(100, 100), **({"quality": 95} if suffix == "jpg" else {}))
    sheet = load(path)
    assert sheet.size == SIZE
    assert np.abs(sheet.pixels.astype(int) - bgr(colour())).mean() < 4

    monkeypatch.setattr(raster, "KEEP_PIXELS", 10_000)
    small = load(path)
    assert small.size == (106, 76)
    assert small.dpi == 25
    black = np.argwhere(small.pixels[:25, 60:].max(axis=2) < 90).mean(axis=0)[::-1] + np.array([60, 0])
    np.testing.assert_allclose(apply(small.to_scan, black)[0], BLOB, atol=0.6)


def test_large_cmyk_is_reduced_while_decoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    colour().convert("CMYK").save(tmp_path / "x.jpg", quality=95)
    monkeypatch.setattr(raster, "KEEP_PIXELS", 40_000)
    small = load(tmp_path / "x.jpg")
    assert small.size == (212, 152)
    np.testing.assert_allclose(apply(small.to_scan, [(-0.5, -0.5), (0.5, 0.5)]), [(-0.5, -0.5), (1.5, 1.5)])


@pytest.mark.parametrize(
    ("x", "y", "size", "expected"),
    [
        (300, 300, (1748, 1240), 300.0),
        (299.9994, 299.9994, (1748, 1240), 300.0),
        (72, 72, (4000, 3000), None),
        (0, 0, (1748, 1240), None),
        (204, 98, (1728, 1100), None),
        (2400, 2400, (1748, 1240), None),
        (float("nan"), 300, (1748, 1240), None),
    ],
)
def test_only_credible_resolutions_count(x: float, y: float, size: tuple[int, int], expected: float | None) -> None:
    assert raster.credible_dpi(x, y, size) == expected


@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_stated_resolution_is_read(suffix: str, tmp_path: Path) -> None:
    colour().save(tmp_path / f"a.{suffix}", dpi=(200, 200))
    colour().save(tmp_path / f"b.{suffix}")
    assert load(tmp_path / f"a.{suffix}").dpi == 200
    assert load(tmp_path / f"b.{suffix}").dpi is None


def test_resolution_in_centimetres_is_converted(tmp_path: Path) -> None:
    grey().save(tmp_path / "cm.tif", resolution=100, resolution_unit="cm")
    assert load(tmp_path / "cm.tif").dpi == 254


def pdf_of(path: Path, picture: Path, *, rotate: int = 0, extra: bool = False) -> None:
    width, height = SIZE[0] * 0.72, SIZE[1] * 0.72
    shown = (height, width) if rotate in (90, 270) else (width, height)
    page = canvas.Canvas(str(path), pagesize=shown)
    page.setPageRotation(rotate)
    page.drawImage(str(picture), 0, 0, width, height)
    if extra:
        page.rect(20, 20, 50, 50, fill=1)
    hidden = page.beginText(10, 10)
    hidden.setTextRenderMode(3)
    hidden.textLine("recognised by the scanner")
    page.drawText(hidden)
    page.save()


@pytest.mark.parametrize(("rotate", "turn"), [(0, None), (90, 4), (180, 3), (270, 2)])
def test_pdf_gives_the_scanners_own_jpeg(rotate: int, turn: int | None, tmp_path: Path) -> None:
    colour().save(tmp_path / "x.jpg")
    pdf_of(tmp_path / "x.pdf", tmp_path / "x.jpg", rotate=rotate)
    sheet = load(tmp_path / "x.pdf")
    jpeg = Image.open(tmp_path / "x.jpg")
    if turn is not None:
        jpeg = jpeg.transpose(Image.Transpose(turn))
    assert np.abs(sheet.pixels.astype(int) - bgr(jpeg)).max() <= 3  # two decoders round differently
    assert sheet.dpi == 100


def test_pdf_with_more_than_the_picture_is_drawn_whole(tmp_path: Path) -> None:
    colour().save(tmp_path / "x.jpg")
    pdf_of(tmp_path / "x.pdf", tmp_path / "x.jpg", extra=True)
    sheet = load(tmp_path / "x.pdf")
    assert sheet.size == SIZE
    assert sheet.pixels[SIZE[1] - 60, 60].max() == 0


def test_pdf_of_a_bitonal_scan_keeps_its_pixels(tmp_path: Path) -> None:
    bitonal().save(tmp_path / "x.pdf", resolution=100)
    sheet = load(tmp_path / "x.pdf")
    assert (sheet.size, sheet.dpi, sheet.pixels.ndim) == (SIZE, 100, 2)
    assert np.mean(sheet.pixels != np.asarray(bitonal().convert("L"))) < 0.001


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler is not installed")
def test_poppler_draws_what_pdfium_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(page: object) -> None:
        raise pdfium.PdfiumError("cannot draw")

    colour().save(tmp_path / "x.pdf", resolution=100)
    monkeypatch.setattr(pdf, "_page_picture", fail)
    sheet = load(tmp_path / "x.pdf")
    assert sheet.dpi == 300
    small = cv2.resize(sheet.pixels, SIZE, interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - bgr(colour())).mean() < 4


def png_claiming(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def cut(save: Callable[[Path], object], share: float) -> Callable[[Path], None]:
    """Save, then keep only a share of the bytes."""

    def write(path: Path) -> None:
        save(path)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    return write


def feeder_g4(path: Path) -> None:
    bitonal().save(path, compression="group4")
    with Image.open(path) as image:
        offset, count = image.tag_v2[273][0], image.tag_v2[279][0]
    data = path.read_bytes()[offset : offset + count]
    tags = {256: SIZE[0], 257: SIZE[1], 258: 1, 259: 4, 262: image.tag_v2[262], 277: 1, 278: SIZE[1], 279: count}
    path.write_bytes(tiff(tags, data))


def encrypted(path: Path) -> None:
    page = canvas.Canvas(str(path), encrypt=StandardEncryption("secret", canPrint=0))
    page.drawString(100, 100, "card")
    page.save()


def without_pages(path: Path) -> None:
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )


def huge_picture_in_pdf(path: Path) -> None:
    Image.new("1", (19_000, 19_000), 1).save(path)


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty.jpg": (lambda p: p.touch(), "empty"),
    "text.png": (lambda p: p.write_text("Ведомость"), "is no JPEG, PNG, TIFF or PDF"),
    "folder.jpg": (lambda p: p.mkdir(), "not a file"),
    "gone.jpg": (lambda p: None, "does not exist"),
    "pixel.png": (lambda p: Image.new("L", (1, 1)).save(p), "too small"),
    "wide.png": (lambda p: Image.new("L", (30_000, 200)).save(p), "30,000 × 200"),
    "bomb.png": (lambda p: p.write_bytes(png_claiming(18_000, 18_000)), "more"),
    "bomb over Pillow's bound.png": (lambda p: p.write_bytes(png_claiming(14_000, 12_500)), "more"),
    "colour bomb.png": (lambda p: p.write_bytes(png_claiming(12_000, 12_000)), "12,000 × 12,000"),
    "half.jpg": (cut(lambda p: colour().save(p), 0.5), "cut off"),
    "most.jpg": (cut(lambda p: colour().save(p), 0.9), "cut off"),
    "half progressive.jpg": (cut(lambda p: colour().save(p, progressive=True), 0.5), "cut off"),
    "head only.jpg": (cut(lambda p: colour().save(p), 0.05), ""),
    "half.png": (cut(lambda p: colour().save(p), 0.5), "again"),
    "half.tif": (cut(feeder_g4, 0.7), "again"),
    "float.tif": (lambda p: Image.new("F", SIZE).save(p), "32 bits"),
    "encrypted.pdf": (encrypted, "password"),
    "half.pdf": (cut(lambda p: colour().save(p), 0.5), "cut off"),
    "no pages.pdf": (without_pages, ""),
    "huge.pdf": (huge_picture_in_pdf, "19,000 × 19,000"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_in_words(name: str, tmp_path: Path) -> None:
    write, words = BAD[name]
    write(tmp_path / name)
    assert words in refusal(tmp_path / name)


def test_the_feeders_tiff_is_sound_before_it_is_cut(tmp_path: Path) -> None:
    feeder_g4(tmp_path / "g4.tif")
    np.testing.assert_array_equal(load(tmp_path / "g4.tif").pixels, np.asarray(bitonal().convert("L")))


def test_a_jpeg_that_lacks_only_its_end_mark_is_read(tmp_path: Path) -> None:
    Image.effect_noise(SIZE, 20).save(tmp_path / "x.jpg")
    whole = load(tmp_path / "x.jpg").pixels
    data = (tmp_path / "x.jpg").read_bytes()
    (tmp_path / "x.jpg").write_bytes(data[:-2])
    np.testing.assert_array_equal(load(tmp_path / "x.jpg").pixels[:-8], whole[:-8])


def test_a_flipped_bit_in_a_png_is_noticed(tmp_path: Path) -> None:
    bitonal().save(tmp_path / "x.png")
    data = bytearray((tmp_path / "x.png").read_bytes())
    data[data.index(b"IEND") - 12] ^= 1  # the last byte of the pixels' own checksum is not looked at by decoders
    (tmp_path / "x.png").write_bytes(data)
    assert "cannot be decoded" in refusal(tmp_path / "x.png")


def peak_growth_mb(path: Path) -> float:
    """Memory that probing and loading a file adds to a fresh process that has read a small picture."""
    small = path.with_name("small.jpg")
    grey().save(small)
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from ocr.preprocess.content import file_hash\n"
        "from ocr.preprocess.load import load_page, probe\n"
        "def peak(path):\n"
        "    probe(Path(path)); load_page(Path(path), 0, file_hash(Path(path)))\n"
        "    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "print(-peak(sys.argv[1]) + peak(sys.argv[2]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, small, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def test_memory_stays_bounded_on_a_bomb(tmp_path: Path) -> None:
    (tmp_path / "bomb.png").write_bytes(png_claiming(18_000, 18_000))
    assert peak_growth_mb(tmp_path / "bomb.png") < 30


def test_memory_stays_bounded_on_a_large_jpeg(tmp_path: Path) -> None:
    Image.new("L", (12_000, 8_000), 200).save(tmp_path / "large.jpg")
    assert peak_growth_mb(tmp_path / "large.jpg") < 60


@pytest.mark.parametrize("held", [True, False], ids=["held", "too large to be held"])
def test_what_is_decoded_is_what_was_hashed(held: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not held:
        monkeypatch.setattr("ocr.preprocess.content.MAX_HELD_BYTES", 0)
    path = tmp_path / "scan.tif"
    grey().save(path)
    info = probe(path)
    assert isinstance(info, FileInfo) and isinstance(load_page(path, 0, info.sha256), Sheet)
    bitonal().save(path)
    for content in (path.read_bytes(), b"II*\0half written"):
        path.write_bytes(content)
        _content.cache_clear()
        changed = load_page(path, 0, info.sha256)
        assert isinstance(changed, Refused) and changed.reason is Refusal.UNAVAILABLE


def test_the_next_page_comes_from_the_bytes_that_were_hashed_whatever_lies_there_now(tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    grey().save(path, save_all=True, append_images=[bitonal().convert("L")])
    sha256 = file_hash(path)
    first = load_page(path, 0, sha256)
    path.write_bytes(b"overwritten")
    second = load_page(path, 1, sha256)
    assert isinstance(first, Sheet) and isinstance(second, Sheet)
    np.testing.assert_array_equal(second.pixels, np.asarray(bitonal().convert("L")))


def test_a_document_is_opened_once_for_all_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    make = pdfium.PdfDocument
    monkeypatch.setattr(pdf.pdfium, "PdfDocument", lambda source: opened.append(source) or make(source))
    for name, count in (("a.pdf", 3), ("b.pdf", 2), ("a.pdf", 3)):
        path = tmp_path / name
        grey().save(path, save_all=True, append_images=[grey().rotate(90 * n) for n in range(1, count)])
        sha256 = file_hash(path)
        for page in range(count):
            sheet = load_page(path, page, sha256)
            assert isinstance(sheet, Sheet)
            assert np.abs(sheet.pixels.astype(int) - np.asarray(grey().rotate(90 * page))).mean() < 3
    assert len(opened) == 3


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(5, "Input/output error")])
def test_what_the_system_denies_may_pass(error: OSError, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(path: Path, mode: str) -> None:
        raise error

    grey().save(tmp_path / "x.png")
    monkeypatch.setattr(Path, "open", denied)
    info = probe(tmp_path / "x.png")
    assert isinstance(info, Refused) and info.reason.transient


def test_a_fault_of_our_own_code_is_not_called_damage_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey().save(tmp_path / "x.jpg")
    monkeypatch.setattr("ocr.preprocess.raster.check_size", None)
    with pytest.raises(TypeError):
        load(tmp_path / "x.jpg")
