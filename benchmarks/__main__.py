"""`./run bench`: time per stage, cards a second, peak memory, the ratios to the naive way and to the last release."""

from __future__ import annotations

import json
import os
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

os.environ["OMP_THREAD_LIMIT"] = "1"

import click
import cv2

from benchmarks.naive import read_naively
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.evaluation.truth import PageTruth, read_truth
from ocr.extract.reader import Crop
from ocr.forms.definition import FORMS_DIR
from ocr.interpret import interpret
from ocr.page import Engine, cut_crops, load_engine, seen_fields
from ocr.preprocess.load import load_page, probe
from ocr.preprocess.locate import locate
from ocr.reading import Refused
from ocr.sheet import Sheet

SAMPLES = Path(__file__).parents[1] / "fixtures" / "samples"
LAST = Path(__file__).parent / "last_release.json"
NAIVE_CARDS = 6


class Clock:
    """Milliseconds spent in named stages, one number per card."""

    def __init__(self) -> None:
        self.stages: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to a stage."""
        start = time.perf_counter()
        yield
        self.stages[stage].append(1000 * (time.perf_counter() - start))

    def median(self, stage: str) -> float:
        """Median milliseconds a card."""
        return statistics.median(self.stages[stage])


def readable(folder: Path) -> list[PageTruth]:
    """Upright, readable pages scanned at about 300 dpi or less."""
    return [truth for truth in read_truth(folder) if truth.expect == "read"]


def load(folder: Path, truth: PageTruth) -> Sheet:
    """Load one sample page."""
    info = probe(folder / truth.scan)
    sheet = info if isinstance(info, Refused) else load_page(folder / truth.scan, truth.page, info.sha256)
    if isinstance(sheet, Refused):
        raise SystemExit(f"{truth.scan}: {sheet.reason}, {sheet.detail}")
    return sheet


def measure(folder: Path, truths: Sequence[PageTruth], engine: Engine, clock: Clock, handwriting: bool) -> None:
    """Time every stage on every page."""
    policy = AcceptancePolicy(load_calibration())
    for truth in truths:
        with clock.time("load"):
            sheet = load(folder, truth)
        with clock.time("locate"):
            located = locate(sheet, engine.forms, engine.gates)
        if isinstance(located, Refused):
            continue
        with clock.time("cut"):
            crops = cut_crops(sheet, located.registration)
        if not handwriting:
            crops = [crop for crop in crops if not is_handwriting(crop)]
        with clock.time("read"):
            seen = seen_fields(sheet, located.registration, crops, engine.readers)
        if handwriting:
            with clock.time("interpret"):
                interpret(located.registration.form, seen, policy, date.today())


def is_handwriting(crop: Crop) -> bool:
    """Whether a field is what the handwriting reader reads."""
    return crop.spec.kind.is_text and crop.spec.entry == "hand"


@click.command()
@click.option("--cards", type=int, default=40, show_default=True, help="Sample pages to read.")
@click.option("--release", is_flag=True, help="Keep this run's ratios as those of the last release.")
def main(cards: int, release: bool) -> None:
    """Measure and print."""
    cv2.setNumThreads(1)
    engine = load_engine(FORMS_DIR)
    truths = readable(SAMPLES)[:cards]
    measure(SAMPLES, truths[:3], engine, Clock(), handwriting=True)
    spine, whole, naive = Clock(), Clock(), Clock()
    measure(SAMPLES, truths, engine, spine, handwriting=False)
    measure(SAMPLES, truths, engine, whole, handwriting=True)
    forms = {form.id: form for form in engine.forms}
    for truth in truths[:NAIVE_CARDS]:
        sheet = load(SAMPLES, truth)
        with naive.time("naive"):
            read_naively(sheet, forms[truth.form or ""])
    report(spine, whole, naive.median("naive"), release)


def report(spine: Clock, whole: Clock, naive_ms: float, release: bool) -> None:
    """Print the table and, for a release, keep the ratios."""
    click.echo(f"{'stage':14}{'spine ms':>10}{'with handwriting ms':>36}   (medians a card, one core)")
    for stage in whole.stages:
        left = f"{spine.median(stage):10.1f}" if stage in spine.stages else f"{'—':>10}"
        click.echo(f"{stage:14}{left}{whole.median(stage):36.1f}")
    totals = {"spine": _total(spine), "whole": _total(whole)}
    ratios = {name: naive_ms / total for name, total in totals.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"{'total':14}{totals['spine']:10.1f}{totals['whole']:36.1f}")
    click.echo(f"{'cards/s, core':14}{1000 / totals['spine']:10.1f}{1000 / totals['whole']:36.1f}")
    click.echo(f"naive way: {naive_ms:.0f} ms a card, so {ratios['spine']:.1f} and {ratios['whole']:.1f} times faster")
    click.echo(f"peak memory of the process: {peak:.0f} MB")
    if LAST.exists():
        last = json.loads(LAST.read_text())["times_faster_than_naive"]
        click.echo(", ".join(f"{name}: {ratios[name] / last[name]:.2f} times the last release" for name in ratios))
    if release:
        LAST.write_text(json.dumps({"date": str(date.today()), "times_faster_than_naive": ratios}, indent=1) + "\n")


def _total(clock: Clock) -> float:
    """Median over cards of the sum over stages: stages follow each other card by card."""
    return sum(clock.median(stage) for stage in clock.stages)


if __name__ == "__main__":
    main()
