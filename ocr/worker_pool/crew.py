"""Who of the workers does what: jobs are handed out, results taken in, and suspects tried once more.

A job that was lost with its worker is a suspect: it runs once more, in a new worker, so that nothing another job left
behind counts against it. The others go on meanwhile, for each has its own memory and time, and one that takes too much
of them is no danger to its neighbours. Only where the system killed the worker, which it does when memory is short in
the whole machine and then perhaps to an innocent, no other job is begun beside the second try, for `QUIET_S` at most:
time enough for a page that is not at fault, and nobody waits long for one that is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from multiprocessing.connection import wait
from time import monotonic
from typing import Any, Generic, TypeVar

from ocr.worker_pool.crash import Crash, WorkerStartError
from ocr.worker_pool.memory import MemoryWatch
from ocr.worker_pool.worker import Attempt, Ending, Worker

J = TypeVar("J")
R = TypeVar("R")

MAX_FAILED_STARTS = 3

QUIET_S = 5.0
"""For so long others may wait for a suspect."""


class Crew(Generic[J, R]):
    """The workers of one run, their jobs, and what they have finished.

    Parameters
    ----------
    idle
        Workers that are there already; those that have nothing to do any more come back to it.
    """

    def __init__(
        self,
        jobs: Iterable[J | None],
        work: Callable[[J], R],
        on_crash: Callable[[J, Crash], R],
        *,
        workers: int,
        timeout_s: float,
        idle: list[Worker[Any]],
        watch: MemoryWatch,
    ) -> None:
        self.source, self.source_waits = iter(jobs), False
        self.work, self.on_crash, self.workers, self.timeout_s = work, on_crash, workers, timeout_s
        self.idle, self.watch = idle, watch
        self.suspects: deque[Attempt[J]] = deque()
        self.busy: list[Worker[J]] = []
        self.finished: list[tuple[J, R]] = []
        self.failed_starts = 0
        self.quiet_until = 0.0

    def hand_out(self) -> None:
        """Give every worker a job, but for the time that a suspect must be alone."""
        while len(self.busy) < self.workers and monotonic() >= self.quiet_until and (attempt := self._next_attempt()):
            if attempt.killed:
                self.quiet_until = monotonic() + QUIET_S
            worker = self.idle.pop() if self.idle and not attempt.suspect else Worker(self.watch)
            self.busy.append(worker)
            self._settle(worker, worker.begin(attempt, self.work, self.timeout_s))

    def listen(self) -> None:
        """Wait for the next message or the next deadline, and settle all that is due."""
        first = min(worker.deadline for worker in self.busy)
        if self.quiet_until and len(self.busy) < self.workers:
            first = min(first, self.quiet_until)
        heard = wait([worker.pipe for worker in self.busy], max(0.0, first - monotonic()))
        for worker in tuple(self.busy):
            if worker.pipe in heard:
                self._settle(worker, worker.receive(self.timeout_s))
            elif worker.deadline <= monotonic():
                self._settle(worker, worker.time_is_up(self.timeout_s))

    def stop(self) -> None:
        """Kill every worker that is at work."""
        for worker in self.busy:
            worker.stop()

    def _next_attempt(self) -> Attempt[J] | None:
        if self.suspects:
            return self.suspects.popleft()
        self.source_waits = False
        for job in self.source:
            self.source_waits = job is None
            return None if job is None else Attempt(job)
        return None

    def _settle(self, worker: Worker[J], ending: Ending | None) -> None:
        if ending is None:
            return
        self.busy.remove(worker)
        attempt = worker.attempt
        if attempt.killed:
            self.quiet_until = 0.0
        if not ending.fatal:
            self.idle.append(worker)
        if ending.fatal and not worker.ready:
            self._start_failed(attempt, ending)
            return
        self.failed_starts = 0
        if ending.done:
            self.finished.append((attempt.job, ending.value))
        elif ending.fatal and not attempt.suspect:
            self.suspects.append(Attempt(attempt.job, suspect=True, killed=ending.killed))
        else:
            self.finished.append((attempt.job, self.on_crash(attempt.job, ending.value)))

    def _start_failed(self, attempt: Attempt[J], ending: Ending) -> None:
        self.failed_starts += 1
        if self.failed_starts > MAX_FAILED_STARTS:
            raise WorkerStartError(f"Worker processes do not start: {ending.value.words}.")
        self.suspects.append(attempt)
