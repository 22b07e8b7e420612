"""Cards to measure with, made by the generator and kept between runs."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from fixtures.fonts import fetch_fonts
from fixtures.glyphs import load_source
from fixtures.handwriting import GlyphSource
from fixtures.make import make_file
from fixtures.plan import FilePlan, Plan, plan_files

BUILD = Path(__file__).parents[1] / "build"
FONTS = BUILD / "fonts"
SEED = 25

DPI = 300.0

_FEEDER = "grey,noise,skew,scale=0.006,stretch,dust,white_border,bleed_through"

SETS = {
    "office": (_FEEDER, ("card-2008",)),
    "unseen": ("usual,grey", ("card-2008",)),
    "a5": (_FEEDER, ("revised-departure", "revised-return")),
    "straight": ("grey,noise,dust,bleed_through", ("card-2008",)),
}
"""Faults and forms of each set; all are JPEG in grey at 300 dpi.

``office``: A6 from one feeder, which stretches all cards alike. ``unseen``: the same cards as from scanners never seen,
turned, photographed, on larger pages, with all faults in random order. ``a5``: forms of twice the size from the feeder.
``straight``: A6 whose print lies alike in all scans, so that an answer of one fits another (`benchmarks.soak_files`).
"""


def make_cards(name: str, count: int) -> Path:
    """Folder with `count` readable cards of a set of `SETS`; made once.

    Raises
    ------
    ToolMissingError
        The handwriting fonts cannot be fetched.
    """
    folder = BUILD / "bench" / f"{name}-{count}-{SEED}"
    if folder.is_dir():
        return folder
    fetch_fonts(FONTS)
    faults, forms = SETS[name]
    plan = Plan(count, SEED, forms, faults, DPI, formats=("jpeg",))
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for _ in pool.map(_make, *zip(*((file, part) for file in plan_files(plan)), strict=True)):
            pass
    part.rename(folder)
    return folder


def _make(file: FilePlan, folder: Path) -> None:
    make_file(file, _source(), SEED, folder)


@lru_cache(maxsize=1)
def _source() -> GlyphSource:
    return load_source(FONTS)
