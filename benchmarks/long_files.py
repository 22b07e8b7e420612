"""`python -m benchmarks.long_files`: does a page of a file of thousands cost the same wherever it stands in it?

Each file is counted and its pages are loaded in order by one process of its own, as by a worker that reads alone.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import Final

import click
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import AppendingTiffWriter

from ocr.preprocess.load import load_page, probe
from ocr.reading import Refused

SAMPLE = Path(__file__).parents[1] / "fixtures" / "samples" / "usual-01.jpg"
DPI = 300
SIZE = (1748, 1240)  # A6
PARTS = 3


@dataclass(frozen=True)
class LongFile:
    """What a file of many pages cost.

    Attributes
    ----------
    counting_ms
        Milliseconds of processor to identify the file and count its pages.
    page_ms
        Milliseconds of processor a page, for each part of the file.
    peak_mb
        Most memory of the process, and that which it had before.
    """

    counting_ms: float
    page_ms: tuple[float, ...]
    peak_mb: tuple[float, float]


def pages(count: int, mode: str) -> Iterator[Image.Image]:
    """Cards with their numbers."""
    card = Image.open(SAMPLE).convert("L").resize(SIZE)
    for number in range(count):
        page = card.copy()
        ImageDraw.Draw(page).text((40, 40), str(number), font_size=60)
        yield page.point(lambda grey: 255 * (grey > 150)).convert("1") if mode == "1" else page


def _tiff(path: Path, count: int, mode: str, compression: str) -> None:
    with AppendingTiffWriter(str(path), True) as file:
        for page in pages(count, mode):
            page.save(file, "TIFF", compression=compression, dpi=(DPI, DPI))
            file.newFrame()


def _bilevel(path: Path, count: int) -> None:
    _tiff(path, count, "1", "group4")


def _grey(path: Path, count: int) -> None:
    _tiff(path, count, "L", "jpeg")


def _document(path: Path, count: int) -> None:
    """As scanners write it: a JPEG a page."""
    width, height = (72 * side / DPI for side in SIZE)
    with path.open("wb") as file:
        places = []

        def add(number: int, content: bytes) -> None:
            places.append((number, file.tell()))
            file.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))

        file.write(b"%PDF-1.5\n")
        for i, page in enumerate(pages(count, "L")):
            data = BytesIO()
            page.save(data, "JPEG", quality=85)
            drawing = b"%f 0 0 %f 0 0 cm /I Do" % (width, height)
            parts = (
                b"/Type/Page/Parent 2 0 R/MediaBox[0 0 %f %f]/Contents %d 0 R/Resources<</XObject<</I %d 0 R>>>>"
                % (width, height, 3 * i + 4, 3 * i + 5),
                b"/Length %d>>stream\n%b\nendstream" % (len(drawing), drawing),
                b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
                b"/Filter/DCTDecode/Length %d>>stream\n%b\nendstream" % (*SIZE, data.tell(), data.getvalue()),
            )
            for number, part in enumerate(parts, 3 * i + 3):
                add(number, b"<<" + part + (b"" if part.endswith(b"stream") else b">>"))
        kids = b" ".join(b"%d 0 R" % (3 * i + 3) for i in range(count))
        add(1, b"<</Type/Catalog/Pages 2 0 R>>")
        add(2, b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, kids))
        table = b"".join(b"%010d 00000 n \n" % at for _, at in sorted(places))
        end = file.tell()
        file.write(b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(places) + 1, table))
        file.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, end))


FILES: Final[Mapping[str, Callable[[Path, int], None]]] = {
    "bilevel.tif": _bilevel,
    "grey.tif": _grey,
    "grey.pdf": _document,
}


def measured(path: Path) -> LongFile:
    """Load all pages of a file in order."""
    before, began = _peak_mb(), process_time()
    info = probe(path)
    if isinstance(info, Refused):
        raise click.ClickException(f"{path.name}: {info.detail}")
    counting = process_time() - began
    ends = []
    for part in range(PARTS):
        began, few = process_time(), range(part * info.pages // PARTS, (part + 1) * info.pages // PARTS)
        for page in few:
            sheet = load_page(path, page, info.sha256)
            if isinstance(sheet, Refused):
                raise click.ClickException(f"{path.name}, page {page + 1}: {sheet.detail}")
        ends.append(1000 * (process_time() - began) / len(few))
    return LongFile(1000 * counting, tuple(ends), (_peak_mb(), before))


def _peak_mb() -> float:
    """Of this program alone; `resource` counts what stood here before it."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


@click.command()
@click.option("--pages", "count", type=click.IntRange(PARTS), default=3000, show_default=True, help="Pages a file.")
@click.option("--only", type=click.Choice(tuple(FILES)), multiple=True, default=tuple(FILES), help="Files to measure.")
def main(count: int, only: tuple[str, ...]) -> None:
    """Measure files of many pages: what a page costs in each third of them."""
    click.echo("| file | MB | counting ms | ms a page, by thirds | peak MB (at start) |\n|---|---|---|---|---|")
    for name in only:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            FILES[name](path, count)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                found = pool.apply(measured, (path,))
            by_part = ", ".join(f"{ms:.1f}" for ms in found.page_ms)
            peak, before = found.peak_mb
            size = path.stat().st_size / 1e6
            click.echo(f"| {name} | {size:.0f} | {found.counting_ms:.0f} | {by_part} | {peak:.0f} ({before:.0f}) |")


if __name__ == "__main__":
    main()
