"""`./run soak`: ten thousand different cards in one run of the real command; does it stay as fast and as small?"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from subprocess import Popen, TimeoutExpired
from time import time

import click
import numpy as np

from benchmarks.cards import make_cards
from benchmarks.soak_files import made_files
from benchmarks.timed_run import DONE, LOG, start, store_bytes

WINDOWS = 10
"""Parts of a run that are compared with each other."""

MAX_SLOWER = 1.10
"""How much more processor time a card of the last third may take than one of the first; the clock would also count what
other programs take."""

MAX_GROWTH, SLACK_MB = 1.10, 20.0
"""How much larger a process may be in the last third than in the first."""

SAMPLE_S = 0.5


@dataclass(frozen=True)
class Window:
    """A part of a run: its cards, seconds by the clock and of all processors, and the largest size of the process that
    saves and of one that reads."""

    cards: int
    seconds: float
    processor_s: float
    saving_mb: float
    reading_mb: float


@dataclass(frozen=True)
class ProcessSizes:
    """The sizes of the processes at a moment (seconds since 1970), and the processor seconds they took until then."""

    at: float
    processor_s: float
    saving_mb: float
    reading_mb: float


@click.command()
@click.option("--cards", type=click.IntRange(2 * WINDOWS), default=10_000, show_default=True, help="Cards to read.")
@click.option(
    "--workers", type=click.IntRange(1), default=os.cpu_count(), show_default=True, help="Processes that read."
)
@click.option(
    "--different", type=click.IntRange(1), default=60, show_default=True, help="Generated cards they come from."
)
def main(cards: int, workers: int, different: int) -> None:
    """Read many cards; exit status 1 where time or memory a card grows."""
    originals = make_cards("straight", different)
    with made_files(originals, cards) as scans, tempfile.TemporaryDirectory() as temp:
        samples = list(watched(start(scans, workers, Path(__file__).parents[1], Path(temp))))
        windows = cut(saved_at(Path(temp) / LOG), samples)
        stored = store_bytes(Path(temp)) / cards / 1024
    click.echo(f"{'cards':>8}{'cards/s':>10}{'cpu ms/card':>12}{'saving MB':>12}{'reading MB':>12}")
    done = 0
    for window in windows:
        done += window.cards
        rate, ms = window.cards / window.seconds, 1000 * window.processor_s / window.cards
        click.echo(f"{done:>8}{rate:>10.1f}{ms:>12.1f}{window.saving_mb:>12.0f}{window.reading_mb:>12.0f}")
    click.echo(f"database: {stored:.1f} KB a card")
    faults = verdict(windows)
    click.echo("\n".join(faults) or "time is linear, memory flat")
    sys.exit(1 if faults else 0)


def watched(run: Popen[str]) -> Iterator[ProcessSizes]:
    """Sizes of the processes of a run until its end.

    Raises
    ------
    SystemExit
        The run failed; what it printed stands above.
    """
    while True:
        with suppress(TimeoutExpired):
            run.communicate(timeout=SAMPLE_S)
            break
        with suppress(OSError):  # a process that has just ended
            children = [int(pid) for pid in Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()]
            used = sum(processor_s(pid) for pid in (run.pid, *children))
            yield ProcessSizes(time(), used, resident_mb(run.pid), max(map(resident_mb, children), default=0.0))
    if run.returncode not in DONE:
        raise SystemExit(f"migcards run ended with exit status {run.returncode}.")


def resident_mb(pid: int) -> float:
    """Memory that a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def processor_s(pid: int) -> float:
    """Processor seconds that a process has taken so far, with those of its children that have ended."""
    numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, numbers[11:15])) / os.sysconf("SC_CLK_TCK")


def saved_at(log: Path) -> list[float]:
    """When each page was saved, seconds since 1970, the run's beginning before them."""
    with log.open(encoding="utf-8") as lines:
        noted = (
            line for line in map(json.loads, lines) if line["event"] == "run_started" or line.get("stage") == "save"
        )
        return [datetime.fromisoformat(line["at"]).timestamp() for line in noted]


def cut(moments: Sequence[float], samples: Sequence[ProcessSizes]) -> list[Window]:
    """A run in `WINDOWS` parts of about as many cards."""
    ends = np.linspace(0, len(moments) - 1, WINDOWS + 1).round().astype(int)
    windows = []
    for first, last in pairwise(ends):
        began, ended = moments[first], moments[last]
        inside = [sample for sample in samples if began <= sample.at <= ended] or [ProcessSizes(began, 0.0, 0.0, 0.0)]
        sizes = max(s.saving_mb for s in inside), max(s.reading_mb for s in inside)
        used = np.interp([began, ended], [s.at for s in samples], [s.processor_s for s in samples])
        windows.append(Window(int(last - first), max(ended - began, 1e-3), float(used[1] - used[0]), *sizes))
    return windows


def verdict(windows: Sequence[Window]) -> list[str]:
    """What grew, in words; the first window is left out, in which everything is loaded."""
    rest = windows[1:]
    first, last = rest[: len(rest) // 3], rest[-(len(rest) // 3) :]
    found = []
    before, after = (sum(w.processor_s for w in part) / sum(w.cards for w in part) for part in (first, last))
    if after > MAX_SLOWER * before:
        found.append(f"time a card grows: {1000 * before:.1f} ms in the first third, {1000 * after:.1f} ms in the last")
    for name in ("saving", "reading"):
        small, large = (max(getattr(window, f"{name}_mb") for window in part) for part in (first, last))
        if large > MAX_GROWTH * small + SLACK_MB:
            found.append(f"memory for {name} grows: {small:.0f} MB in the first third, {large:.0f} MB in the last")
    return found


if __name__ == "__main__":
    main()
