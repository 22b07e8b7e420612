"""`python -m benchmarks.long_files`: does a page of a file of thousands cost the same wherever it stands in it?

Each file is counted and its pages are loaded in order by one process of its own, as by a worker that reads alone.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

import click
from PIL import Image, ImageDraw

from ocr.preprocess.load import load_page, probe
from ocr.reading import Refused

SAMPLE = Path(__file__).parents[1] / "fixtures" / "samples" / "usual-01.jpg"
SIZE = (1748, 1240)  # A6 at 300 dpi
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


def _saved(path: Path, count: int, mode: str, **options: object) -> None:
    first, *_ = pages(1, mode)
    rest = pages(count, mode)
    next(rest)
    first.save(path, save_all=True, append_images=rest, resolution=300, dpi=(300, 300), **options)


def _bilevel(path: Path, count: int) -> None:
    _saved(path, count, "1", compression="group4")


def _grey(path: Path, count: int) -> None:
    _saved(path, count, "L", compression="jpeg", quality=85)


def _document(path: Path, count: int) -> None:
    _saved(path, count, "L", quality=85)


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
