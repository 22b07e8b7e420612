"""`python -m tests.faults.hostile`: the whole corpus through the pool; what becomes of each file, and what it costs."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

import click

from ocr.file_names import as_text, shown_path
from tests.faults.hostile.corpus import corpus
from tests.faults.hostile.trial import SAMPLES, Limits, Trial, Verdict, same_neighbours, trial


@click.command()
@click.option("--timeout-s", type=float, default=10.0, show_default=True, help="Seconds a job may take.")
@click.option("--memory-mb", type=int, default=Limits().memory_mb, show_default=True, help="Memory of a worker.")
@click.option("--only", default="", help="Only files with this in their name.")
def main(timeout_s: float, memory_mb: int, only: str) -> None:
    """Make the files, read them, and say what became of them; exit status 1 where one broke a limit."""
    limits, began = Limits(timeout_s, memory_mb), monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        hostile = list(made(folder / "files", only))
        click.echo(f"{len(hostile)} hostile files made in {monotonic() - began:.0f} s")
        alone = trial([], SAMPLES, limits, new(folder / "alone"))
        found = trial(hostile, SAMPLES, limits, new(folder / "among"))
    report(found, alone, limits)
    click.echo(f"{monotonic() - began:.0f} s in all")
    if not all(verdict.within(limits) for verdict in found.verdicts) or same_neighbours(found, alone)[1]:
        raise SystemExit(1)


def made(folder: Path, only: str) -> Sequence[Path]:
    """The files of the corpus, made below a folder."""
    paths = []
    for specimen in corpus():
        if only in specimen.name:
            path = folder / specimen.family / specimen.name
            path.parent.mkdir(parents=True, exist_ok=True)
            specimen.place(path)
            paths.append(path)
    return paths


def new(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def report(found: Trial, alone: Trial, limits: Limits) -> None:
    """Print every file, the dearest last, and the sums."""
    for verdict in sorted(found.verdicts, key=lambda verdict: (verdict.cost.seconds, verdict.cost.peak_mb)):
        click.echo(line(verdict, limits))
    kinds = Counter(outcome.partition(":")[0] for verdict in found.verdicts for outcome in verdict.outcomes)
    click.echo("\n" + "  ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    click.echo(f"most memory, MB: {max(verdict.cost.peak_mb for verdict in found.verdicts):.0f} of {limits.memory_mb}")
    click.echo(
        f"most seconds: {max(verdict.cost.seconds for verdict in found.verdicts):.1f} of 2 x {limits.timeout_s:g}"
    )
    click.echo(f"tried twice: {sum(verdict.cost.tries > 1 for verdict in found.verdicts)}")
    click.echo(f"broke a limit: {sum(not verdict.within(limits) for verdict in found.verdicts)}")
    times, others = same_neighbours(found, alone)
    click.echo(f"good pages read among them: {times}; otherwise than alone: {len(others)}")


def line(verdict: Verdict, limits: Limits) -> str:
    """One file."""
    broken = "" if verdict.within(limits) else "  BROKE A LIMIT"
    name = shown_path(as_text(verdict.path.name))[:42]
    cost = f"{verdict.cost.seconds:7.1f} s {verdict.cost.peak_mb:6.0f} MB  x{verdict.cost.tries}"
    return f"{name:44}{cost}  {' | '.join(verdict.outcomes)[:90]}{broken}"


if __name__ == "__main__":
    main()
