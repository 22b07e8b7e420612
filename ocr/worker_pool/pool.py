"""The pool: worker processes and what is to be done by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Protocol, TypeVar

from ocr.worker_pool.crash import Crash
from ocr.worker_pool.crew import Crew
from ocr.worker_pool.memory import MEMORY_MB, MemoryWatch
from ocr.worker_pool.worker import Worker

J = TypeVar("J")
R = TypeVar("R")


class JobRunner(Protocol):
    """Does many jobs at a time, on one machine (`Workers`) or many (`migcards.cluster`)."""

    @property
    def capacity(self) -> int:
        """Jobs that are under way at most: where fewer are ready, some of it is idle."""
        ...

    def run(
        self, jobs: Iterable[J | None], work: Callable[[J], R], *, on_crash: Callable[[J, Crash], R]
    ) -> Iterator[tuple[J, R]]:
        """Do all jobs and yield each exactly once, in the order they finish; as `run`."""
        ...


class Workers:
    """Worker processes, started when they are first needed and kept from one kind of work to the next.

    Used in a ``with`` statement, at whose end all of them are killed.

    Parameters
    ----------
    count
        Number of processes.
    timeout_s
        Seconds one job may take before its worker is killed.
    memory_mb
        That one worker may take, with all that it starts.
    """

    def __init__(self, count: int, timeout_s: float, memory_mb: int = MEMORY_MB) -> None:
        self.count, self.timeout_s = count, timeout_s
        self.idle: list[Worker[Any]] = []
        self.watch = MemoryWatch(memory_mb)

    @property
    def memory_mb(self) -> int:
        """That one worker may take; for good, as a worker limits itself when it starts."""
        return self.watch.memory_mb

    @property
    def capacity(self) -> int:
        """Jobs that are under way at most."""
        return self.count

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.watch.stop()
        for worker in self.idle:
            worker.stop()

    def run(
        self, jobs: Iterable[J | None], work: Callable[[J], R], *, on_crash: Callable[[J, Crash], R]
    ) -> Iterator[tuple[J, R]]:
        """Do all jobs and yield each exactly once, in the order they finish; as `run`."""
        crew = Crew(
            jobs, work, on_crash, workers=self.count, timeout_s=self.timeout_s, idle=self.idle, watch=self.watch
        )
        try:
            while True:
                crew.hand_out()
                finished, crew.finished = crew.finished, []
                yield from finished
                if finished:
                    continue  # whoever takes results may have jobs to give for them
                if not crew.busy:
                    break
                crew.listen()
        finally:
            crew.stop()
        if crew.source_waits:
            raise RuntimeError("the source of jobs waits for a result although no job is under way")


def run(
    jobs: Iterable[J | None],
    work: Callable[[J], R],
    *,
    workers: int,
    timeout_s: float,
    memory_mb: int = MEMORY_MB,
    on_crash: Callable[[J, Crash], R],
) -> Iterator[tuple[J, R]]:
    """Do all jobs in worker processes and yield each exactly once, in the order they finish.

    Parameters
    ----------
    jobs
        Read one at a time as workers become free: a generator over millions of files is fine. Pickled. None stands
        for 'nothing now': the source is asked again once a result was taken, and must not wait where none is to come.
    work
        Function of a module, or `functools.partial` of one; runs in the workers. Its result is pickled.
    workers
        Number of processes.
    timeout_s
        Seconds one job may take before its worker is killed.
    memory_mb
        That one worker may take, with all that it starts, before an allocation fails or it is killed.
    on_crash
        Result for a job that raised, or that was lost with its worker twice (the second time this was a new one);
        called here with the job and what happened.

    Yields
    ------
    tuple of job and result
        Nothing else runs in this process but the watch over memory; leaving the loop or an interrupt kills all workers
        at once.

    Raises
    ------
    WorkerStartError
        Workers end before they take a job.
    RuntimeError
        The source of jobs says 'nothing now' though nothing is under way.
    """
    with Workers(workers, timeout_s, memory_mb) as pool:
        yield from pool.run(jobs, work, on_crash=on_crash)
