"""A box of cards for a batch, with what goes wrong in offices: missing, double, foreign and unreadable sheets.

The cards are few scans, each time answered by other hands and with another number (`benchmarks.soak_files`).
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.soak_files import another_card, scanned
from ocr.evaluation.truth import PageTruth, read_truth
from ocr.forms.serial import serial_number

FIRST, FOREIGN = 5_001, 90_001
"""Number of the first card of the box, and of the first foreign one."""

FORM = "revised-departure"


@dataclass(frozen=True)
class BoxPlan:
    """How many cards a box should hold, and what is wrong with it; missing cards are the last ones of the box."""

    cards: int
    missing: int = 0
    double: int = 0
    foreign: int = 0
    unreadable: int = 0

    @property
    def serials(self) -> str:
        """The numbers that the box should hold, as an operator types them."""
        return f"{serial_number(FIRST)}-{serial_number(FIRST + self.cards - 1)}"

    def sheets(self) -> Iterator[BoxSheet]:
        """The sheets of the box as they are scanned, and those that are scanned again."""
        there = self.cards - self.missing
        step = max(1, there // (self.unreadable + 1))
        bad = {FIRST + step * (i + 1) - 1 for i in range(self.unreadable)}
        good = [number for number in range(FIRST, FIRST + there) if number not in bad]
        for number in range(FIRST, FIRST + there):
            yield BoxSheet("scans", f"{number}.jpg", number, 0, number in bad)
        for number in good[: self.double]:
            yield BoxSheet("scans", f"{number}-again.jpg", number, 1, False)
        for number in range(FOREIGN, FOREIGN + self.foreign):
            yield BoxSheet("scans", f"{number}.jpg", number, 0, False)
        for number in sorted(bad):
            yield BoxSheet("rescans", f"{number}.jpg", number, 2, False)


@dataclass(frozen=True)
class BoxSheet:
    """One scan: its folder and name, the number on it, which scan of that card it is, and whether it is unreadable."""

    folder: str
    name: str
    number: int
    turn: int
    unreadable: bool


def make_box(plan: BoxPlan, originals: Path, folder: Path, workers: int = 1) -> tuple[list[Path], list[Path]]:
    """Write the scans of a box below a folder.

    Parameters
    ----------
    originals
        Folder of labelled scans, of which those of `FORM` are used.
    workers
        Processes that draw.

    Returns
    -------
    tuple of lists of Path
        The box as it is scanned, and its unreadable sheets scanned again.
    """
    sheets = list(plan.sheets())
    for name in ("scans", "rescans"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    if workers == 1:
        for sheet in sheets:
            make_sheet(sheet, originals, folder)
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            for _ in pool.map(make_sheet, sheets, repeat(originals), repeat(folder), chunksize=20):
                pass
    paths = [folder / sheet.folder / sheet.name for sheet in sheets]
    return [path for path in paths if path.parent.name == "scans"], [p for p in paths if p.parent.name == "rescans"]


def make_sheet(sheet: BoxSheet, originals: Path, folder: Path) -> None:
    """Write one scan."""
    cv2.setNumThreads(1)
    truths = _truths(originals)
    rng = np.random.default_rng([sheet.number, sheet.turn])
    card = scanned(another_card(originals, truths, sheet.number), rng)
    shown = _spoilt(card) if sheet.unreadable else card
    with Image.open(originals / truths[sheet.number % len(truths)].scan) as original:
        dpi = original.info.get("dpi", (200, 200))
    Image.fromarray(shown).save(folder / sheet.folder / sheet.name, quality=85, dpi=dpi)


def _spoilt(card: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A card as from a scanner whose lid was open."""
    return np.asarray((0.12 * card).astype(np.uint8))


@lru_cache(maxsize=1)
def _truths(originals: Path) -> list[PageTruth]:
    readable = (truth for truth in read_truth(originals) if truth.form == FORM and truth.expect == "read")
    return [truth for truth in readable if truth.scan.endswith(".jpg")]
