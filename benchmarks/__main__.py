"""`./run bench`: the real command over cards of one office and of any, beside the naive way and the last release.

Every figure is of `migcards run` as an operator starts it, the store included (`benchmarks.timed_run`). Seconds of one
card alone are taken off those of all cards before cards a second are counted, so that the start does not blur them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from statistics import median

import click
import cv2
from threadpoolctl import threadpool_limits

from benchmarks.cards import SETS, make_cards
from benchmarks.naive import read_naively
from benchmarks.timed_run import TimedRun, timed_run
from ocr.evaluation.truth import PageTruth, read_truth
from ocr.forms.definition import load_forms
from ocr.preprocess.load import load_page, probe
from ocr.reading import Refused
from ocr.sheet import Sheet

HERE = Path(__file__).parents[1]
LAST = Path(__file__).parent / "last_release.json"
NAIVE_CARDS = 6
IN_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@dataclass(frozen=True)
class Measured:
    """The runs of one checkout: with one card, and over each set by the number of processes."""

    single: TimedRun
    runs: Mapping[tuple[str, int], TimedRun]

    def cards_per_second(self, name: str, workers: int) -> float:
        """Cards a second beyond the first card."""
        run = self.runs[name, workers]
        return (run.cards - 1) / (run.seconds - self.single.seconds)

    def processor_ms(self, name: str, workers: int) -> float:
        """Milliseconds of processor a card beyond the first, all processes together."""
        run, cpu = self.runs[name, workers], self.single.saving_cpu_s + self.single.reading_cpu_s
        return 1000 * (run.saving_cpu_s + run.reading_cpu_s - cpu) / (run.cards - 1)

    def figures(self) -> dict[str, float]:
        """All that is printed, by name with unit."""
        one = self.runs["office", 1]
        stages = {f"{name} ms a card": ms / one.cards for name, ms in one.stages.items()}
        found = {**stages, "start-up ms": 1000 * self.single.seconds - sum(self.single.stages.values())}
        saving = (one.saving_cpu_s - self.single.saving_cpu_s) / (one.cards - 1)
        found["processor ms a card of the process that saves"] = 1000 * saving
        for name, workers in self.runs:
            found[f"processor ms a card, {name}, {workers} reading"] = self.processor_ms(name, workers)
            found[f"cards a second, {name}, {workers} reading"] = self.cards_per_second(name, workers)
        found["unseen / office, processor"] = self.processor_ms("unseen", 2) / self.processor_ms("office", 2)
        found["peak MB of a process that reads"] = max(run.reading_mb for run in self.runs.values())
        found["peak MB of the process that saves"] = max(run.saving_mb for run in self.runs.values())
        found["database KB a card"] = one.store_bytes / one.cards / 1024
        return found


@click.command()
@click.option("--cards", type=click.IntRange(2), default=60, show_default=True, help="Cards of each set.")
@click.option("--beside", type=IN_FOLDER, help="Another checkout, run in turn with this one.")
@click.option("--release", is_flag=True, help="Keep this run's ratios as those of the last release.")
def main(cards: int, beside: Path | None, release: bool) -> None:
    """Measure and print."""
    folders = {name: make_cards(name, cards) for name in SETS}
    measured = measure([HERE, *([beside.absolute()] if beside else [])], folders)
    report(measured, naive_ms(folders["office"]), release)


def measure(codes: Sequence[Path], folders: Mapping[str, Path]) -> list[Measured]:
    """Run each checkout over each set with one process and with two, the checkouts in turn."""
    first = min(path for path in folders["office"].iterdir() if path.suffix != ".json")
    for code in codes:
        timed_run(first, 1, code)  # reads programs from the disk and prepares what is kept between runs
    single = [timed_run(first, 1, code) for code in codes]
    runs: list[dict[tuple[str, int], TimedRun]] = [{} for _ in codes]
    for name, folder in folders.items():
        for workers in (1, 2):
            for code, of_code in zip(codes, runs, strict=True):
                of_code[name, workers] = timed_run(folder, workers, code)
    return [Measured(one, of_code) for one, of_code in zip(single, runs, strict=True)]


def naive_ms(folder: Path) -> float:
    """Median milliseconds of processor a card that the naive way takes, its Tesseract included."""
    cv2.setNumThreads(1)
    os.environ["OMP_THREAD_LIMIT"] = "1"  # more threads take three times the processor for the same text
    forms = {form.id: form for form in load_forms()}
    times = []
    with threadpool_limits(1):
        for truth in islice(read_truth(folder), NAIVE_CARDS):
            sheet = load(folder, truth)
            began = processor_seconds()
            read_naively(sheet, forms[truth.form or ""])
            times.append(1000 * (processor_seconds() - began))
    return median(times)


def load(folder: Path, truth: PageTruth) -> Sheet:
    """Load one page."""
    info = probe(folder / truth.scan)
    sheet = info if isinstance(info, Refused) else load_page(folder / truth.scan, truth.page, info.sha256)
    if isinstance(sheet, Refused):
        raise SystemExit(f"{truth.scan}: {sheet.reason}, {sheet.detail}")
    return sheet


def processor_seconds() -> float:
    """Processor seconds of this process and of the programs it has called."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def report(measured: Sequence[Measured], naive: float, release: bool) -> None:
    """Print the table and, for a release, keep the ratios."""
    columns = [of_code.figures() for of_code in measured]
    heads = ["this", "beside", "this / beside"][: 1 if len(columns) == 1 else 3]
    click.echo(f"{'':52}" + "".join(f"{head:>15}" for head in heads))
    for name in columns[0]:
        values = [column.get(name, float("nan")) for column in columns]
        values += [values[0] / values[1]] if len(values) == 2 and values[1] else []
        click.echo(f"{name:52}" + "".join(f"{value:15.2f}" for value in values))
    ratios = {f"{name}, {workers} reading": naive / measured[0].processor_ms(name, workers)
              for name, workers in measured[0].runs}  # fmt: skip
    click.echo(f"naive way: {naive:.0f} ms of processor a card, which is so many times as much:")
    last = json.loads(LAST.read_text("utf-8"))["times_faster_than_naive"] if LAST.exists() else {}
    for name, ratio in ratios.items():
        then = f"   {ratio / last[name]:.2f} of the last release's" if name in last else ""
        click.echo(f"{name:52}{ratio:15.2f}{then}")
    if release:
        kept = {"date": str(date.today()), "times_faster_than_naive": ratios}
        LAST.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
