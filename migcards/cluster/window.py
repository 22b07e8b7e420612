"""The tasks of a run that are under way: small ones, few at a time, and every result taken exactly once.

The driver keeps the jobs of every task until their results are here. So a machine that dies costs nothing but time, and
a scheduler that dies no more: it is waited for, and what was under way is handed out anew. What comes of a task that
was given up is not looked at.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Generic, TypeVar

from distributed import Future, KilledWorker
from distributed.client import ClosedClientError

from migcards.cluster.machines import ClusterError, Machines
from migcards.cluster.task import Unfit, do_task
from ocr.worker_pool import Crash

J = TypeVar("J")

LARGEST = 48
"""Jobs of a task: some seconds of work, beside which sending it counts for nothing."""

SHARE = 4
"""How often a task goes at least into what a core was given before it: the first results come soon, a small box is
spread over all cores, and none is waited for long in the end."""

WINDOW = 2
"""Tasks a core that are under way: one that it does, and one that waits for it. All that a dead scheduler costs."""

LOOK_S = 2.0
"""Seconds after which the driver looks who is there."""

RESULT_S = 60.0

GONE = (OSError, CancelledError, ClosedClientError)
"""What a client raises whose scheduler is gone."""


@dataclass(eq=False)
class JobGroup(Generic[J]):
    """Jobs that are done together.

    Attributes
    ----------
    suspect
        Whether a machine died under the jobs before; there is one job then.
    future
        Its result to come; None while it is not under way.
    workers
        Machines that may do it; None for all.
    """

    jobs: list[J]
    suspect: bool = False
    future: Future[Any] | None = None
    workers: frozenset[str] | None = None


class TaskWindow(Generic[J]):
    """The tasks of one run.

    Parameters
    ----------
    jobs
        As for `ocr.worker_pool.run`.
    order
        A `migcards.cluster.task.Order`, pickled.
    """

    def __init__(self, jobs: Iterable[J | None], order: bytes, machines: Machines) -> None:
        self.source, self.order, self.machines = iter(jobs), order, machines
        self.dry = self.waits = False
        self.taken = 0
        self.to_send: deque[JobGroup[J]] = deque()
        self.suspects: deque[JobGroup[J]] = deque()
        self.sent: set[JobGroup[J]] = set()
        self.done: SimpleQueue[tuple[JobGroup[J], Future[Any]]] = SimpleQueue()
        self.looked = -LOOK_S

    def fill(self) -> bool:
        """Hand out as many tasks as the machines are to have; False when all is done.

        Raises
        ------
        RuntimeError
            The source of jobs says 'nothing now' though nothing is under way.
        """
        if monotonic() - self.looked >= LOOK_S:
            self._look()
        while self.machines.fit and self.to_send:
            self._send(self.to_send.popleft())
        if self.suspects and self.machines.fit and not any(task.suspect for task in self.sent):
            self._send(self.suspects.popleft())
        while len(self.sent) < WINDOW * self.machines.cores and (jobs := self._take()):
            self._send(JobGroup(jobs))
        busy = bool(self.sent or self.to_send or self.suspects)
        if self.waits and not busy:
            raise RuntimeError("the source of jobs waits for a result although no job is under way")
        return busy or not self.dry

    def answers(self) -> list[tuple[J, Any]]:
        """Wait for a task to end, `LOOK_S` at most: its jobs with their results, or a `Crash` where there is none."""
        try:
            task, future = self.done.get(timeout=LOOK_S)
        except Empty:
            return []
        if task.future is not future:  # given up meanwhile
            return []
        if future.status == "error":
            return self._killed(task, future.exception(timeout=RESULT_S))
        answer: list[Any] | Unfit = future.result(timeout=RESULT_S)
        if isinstance(answer, Unfit):
            self.machines.refuse(answer)
            self._give_up(task)
            return []
        self.sent.remove(task)
        return list(zip(task.jobs, answer, strict=True))

    def begin_anew(self) -> None:
        """Find the scheduler again and give up all that was under way."""
        self.machines.tell("cluster.lost", address=self.machines.link.address)
        self.machines.close()
        self.machines.connect()
        self.looked = -LOOK_S
        for task in tuple(self.sent):
            self._give_up(task)

    def _take(self) -> list[J]:
        """Jobs for a task; none where there are none now."""
        jobs: list[J] = []
        largest = min(LARGEST, 1 + self.taken // (SHARE * self.machines.cores))
        self.waits = False
        while len(jobs) < largest and not (self.dry or self.waits):
            try:
                job = next(self.source)
            except StopIteration:
                self.dry = True
                break
            if job is None:
                self.waits = True
            else:
                jobs.append(job)
        self.taken += len(jobs)
        return jobs

    def _send(self, task: JobGroup[J]) -> None:
        self.sent.add(task)
        task.workers = frozenset(self.machines.fit) if self.machines.unfit else None
        allowed = None if task.workers is None else sorted(task.workers)
        future = self.machines.client.submit(do_task, pickle.dumps(task.jobs), self.order, pure=False, workers=allowed)
        task.future = future
        future.add_done_callback(lambda done: self.done.put((task, done)))

    def _give_up(self, task: JobGroup[J]) -> None:
        """Hand it out again."""
        task.future = None
        self.sent.remove(task)
        (self.suspects if task.suspect else self.to_send).append(task)

    def _look(self) -> None:
        """See who is there; tasks that wait for machines which are gone are handed out to others."""
        self.machines.look()
        self.looked = monotonic()
        for task in tuple(self.sent):
            if task.workers is not None and not task.workers & self.machines.fit.keys():
                self._give_up(task)

    def _killed(self, task: JobGroup[J], error: BaseException) -> list[tuple[J, Any]]:
        """Jobs under which machines died are tried one after another: all but one may have been there by chance."""
        if not isinstance(error, KilledWorker):
            raise ClusterError(
                f"The scheduler {self.machines.link.address} or one of its machines cannot take work "
                f"({type(error).__name__}): it runs in an environment without this version of migcards."
            ) from error
        self.sent.remove(task)
        if task.suspect:
            return [(job, Crash("died", "every machine that took it died")) for job in task.jobs]
        self.suspects.extend(JobGroup([job], suspect=True) for job in task.jobs)
        return []
