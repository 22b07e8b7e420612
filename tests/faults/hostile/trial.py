"""Hostile files through the real pool, among good neighbours: what becomes of each, and what it costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import cycle
from pathlib import Path

from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.page import PageJob, crashed_file, crashed_page, read_page
from ocr.preprocess.load import FileInfo, probe
from ocr.reading import CardReading, Refused
from ocr.worker_pool import MEMORY_MB, Workers
from tests.faults.hostile.meter import Cost, Meter, named, noted

SAMPLES = tuple(
    Path(__file__).parents[3] / "fixtures" / "samples" / name
    for name in ("usual-01.jpg", "usual-04.jpg", "fault-soft.pdf", "fault-bitonal.tif", "fault-noise.png", "pages.pdf")
)
TODAY = date(2026, 1, 1)
EVERY = 8
"""One good file after so many hostile ones."""

LATE_S = 0.5
"""After its time is up a worker may live so long: the supervisor may be busy, and processes take time to die."""

Read = CardReading | Refused


@dataclass(frozen=True)
class Limits:
    """Of each worker: seconds for a job, megabytes."""

    timeout_s: float = 60.0
    memory_mb: int = MEMORY_MB
    workers: int = 2


@dataclass(frozen=True)
class Verdict:
    """What became of a hostile file: of its first and last page, or of the file where it came to no page."""

    path: Path
    outcomes: tuple[str, ...]
    cost: Cost

    def within(self, limits: Limits) -> bool:
        """Whether it kept to the limits, and so twice where it was tried twice."""
        return self.cost.peak_mb <= limits.memory_mb and self.cost.seconds <= 2 * (limits.timeout_s + LATE_S)


@dataclass(frozen=True)
class Trial:
    """All verdicts, and what was read of the good neighbours: every outcome of each page."""

    verdicts: Sequence[Verdict]
    neighbours: dict[PageJob, list[Read]]


def trial(hostile: Sequence[Path], neighbours: Iterable[Path], limits: Limits, notes: Path) -> Trial:
    """Take all files through a pool: identify all, then read pages.

    Parameters
    ----------
    neighbours
        Good files that are strewn in; all of them where there is no hostile one.
    notes
        An empty folder.
    """
    files = list(_strewn(hostile, neighbours))
    work = partial(read_page, acceptor=AcceptancePolicy(load_calibration()), today=TODAY)
    found: defaultdict[Path, list[str]] = defaultdict(list)
    read: dict[PageJob, list[Read]] = {}
    with Meter(notes) as meter, Workers(limits.workers, limits.timeout_s, limits.memory_mb) as pool:
        measured = partial(noted, work=probe, folder=notes, name=named)
        infos = list(pool.run(files, measured, on_crash=crashed_file))
        for path, info in infos:
            if isinstance(info, Refused):
                found[path].append(_words(info))
        jobs = [job for path, info in infos if isinstance(info, FileInfo) for job in _pages(info, path in set(hostile))]
        measured_page = partial(noted, work=work, folder=notes, name=_page_name)
        for job, result in pool.run(jobs, measured_page, on_crash=crashed_page):
            read.setdefault(job, []).append(result.outcome)
            found[job.path].append(_words(result.outcome))
    verdicts = [Verdict(path, tuple(found[path]), _dearest(path, meter)) for path in hostile]
    return Trial(verdicts, {job: outcomes for job, outcomes in read.items() if job.path not in set(hostile)})


def _strewn(hostile: Sequence[Path], neighbours: Iterable[Path]) -> Iterator[Path]:
    if not hostile:
        yield from neighbours
        return
    good = cycle(neighbours)
    for place, path in enumerate(hostile):
        if place % EVERY == 0:
            yield next(good)
        yield path


def _pages(info: FileInfo, hostile: bool) -> list[PageJob]:
    numbers = {0, info.pages - 1} if hostile else range(info.pages)
    return [PageJob(info.path, info.sha256, page) for page in sorted(numbers)]


def _page_name(job: PageJob) -> str:
    return f"{named(job.path)} page {job.page}"


def _dearest(path: Path, meter: Meter) -> Cost:
    """The cost of the job with a file that took longest, with the most memory that any of them took."""
    costs = meter.costs(path)
    longest = max(costs, key=lambda cost: cost.seconds, default=Cost())
    return Cost(longest.seconds, max((cost.peak_mb for cost in costs), default=0.0), longest.tries)


def _words(outcome: Read) -> str:
    return f"{outcome.reason}: {outcome.detail}" if isinstance(outcome, Refused) else "read"


def same_neighbours(with_hostile: Trial, alone: Trial) -> tuple[int, list[PageJob]]:
    """How often good pages were read among hostile files, and those that were read in another way than alone."""
    times = sum(map(len, with_hostile.neighbours.values()))
    others = [job for job, outcomes in with_hostile.neighbours.items()
              for outcome in outcomes if [outcome] != alone.neighbours[job]]  # fmt: skip
    return times, others
