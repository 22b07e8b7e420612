"""The driver's side of a cluster: it holds the jobs, hands them out, and gives back what became of each."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TypeVar

from migcards.cluster.alike import Setup
from migcards.cluster.link import Link
from migcards.cluster.machines import Machines, Tell
from migcards.cluster.task import Order
from migcards.cluster.window import GONE, LARGEST, WINDOW, TaskWindow
from ocr.worker_pool import Crash

J = TypeVar("J")
R = TypeVar("R")


class Cluster:
    """Does jobs on the machines of a cluster as `ocr.worker_pool.Workers` does on one; used in a ``with`` statement.

    Parameters
    ----------
    link
        The way to the scheduler.
    setup
        What all machines must have alike.
    timeout_s, memory_mb
        What one job may take.
    tell
        Told what is waited for, and which machine gets no work and why.
    """

    def __init__(self, link: Link, setup: Setup, timeout_s: float, memory_mb: int, tell: Tell) -> None:
        self.setup, self.timeout_s, self.memory_mb = setup, timeout_s, memory_mb
        self.machines = Machines(link, tell)

    def __enter__(self) -> Cluster:
        self.machines.connect()
        self.machines.look()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.machines.close()

    @property
    def capacity(self) -> int:
        """Jobs that are under way at most, with the machines that are there now."""
        return WINDOW * LARGEST * self.machines.cores

    def run(
        self, jobs: Iterable[J | None], work: Callable[[J], R], *, on_crash: Callable[[J, Crash], R]
    ) -> Iterator[tuple[J, R]]:
        """Do all jobs and yield each exactly once, in the order they finish; as `ocr.worker_pool.run`.

        Raises
        ------
        ClusterError
            Scheduler or machines stay away, or fail in a way that has nothing to do with the jobs.
        """
        order = Order(pickle.dumps(work), self.setup, dict(self.setup.versions()), self.timeout_s, self.memory_mb)
        window = TaskWindow(jobs, pickle.dumps(order), self.machines)
        while True:
            try:
                if not window.fill():
                    return
                answers = window.answers()
            except GONE:
                window.begin_anew()
                continue
            for job, answer in answers:
                yield job, on_crash(job, answer) if isinstance(answer, Crash) else answer
