"""Many jobs on one machine's cores, where no job can take the others down.

Each worker process holds one job at a time, so a process that dies or hangs convicts exactly one job, and its time
is measured from when it really began. A pool with a shared queue can do neither. The jobs of dead workers run once
more, alone, before they are given up: the system may have killed an innocent for want of memory.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from time import monotonic
from types import TracebackType
from typing import Any, Generic, Literal, TypeVar

from ocr.errors import MigcardsError, trace_of

J = TypeVar("J")
R = TypeVar("R")

START_TIMEOUT_S = 120.0
"""A worker that is not up by then never will be; importing takes seconds even on a slow disk."""

MAX_FAILED_STARTS = 3

_ONE_THREAD = (
    "OMP_THREAD_LIMIT",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)

WORKER_ENVIRONMENT = dict.fromkeys(_ONE_THREAD, "1") | {"OPENCV_IO_MAX_IMAGE_PIXELS": str(2**28)}
"""Read by libraries while they load, so it must stand before a worker starts: one core for each worker.

Threads of linear algebra that wait for each other spin, and take the cores from the other workers.
"""

_READY, _DONE, _FAILED, _OUT_OF_MEMORY = range(4)

_WORK, _JOB = b"w", b"j"
"""What a message to a worker begins with: what to do with the jobs that follow, which is sent once, or a job."""


class WorkerStartError(MigcardsError):
    """Worker processes end before they take a job."""

    advice = "What they printed before this message says why."


@dataclass(frozen=True)
class Crash:
    """Why a job has no result.

    Attributes
    ----------
    kind
        Whether the job raised, its worker died of it, it took too long, or memory ran out (the system kills for that).
    words
        What happened. No exception's message: it may quote what stands on a card.
    trace
        Where it was raised, outermost call first (`ocr.errors.trace_of`); empty where nothing was.
    """

    kind: Literal["raised", "died", "timed_out", "out_of_memory"]
    words: str
    trace: tuple[str, ...] = ()


@dataclass
class _Ticket(Generic[J]):
    """A job and whether its worker has died of it before."""

    job: J
    suspect: bool = False


@dataclass(frozen=True)
class _Event:
    """What became of a ticket: `value` is the result or, unless `done`, a `Crash`; `fatal` when the worker is lost."""

    value: Any
    done: bool = False
    fatal: bool = False


class _Worker(Generic[J]):
    """One process and the ticket it holds; it leads a process group of its own, to be killed with its children."""

    ticket: _Ticket[J]
    deadline: float

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self.work: Callable[[Any], Any] | None = None
        with _environment(WORKER_ENVIRONMENT):
            self.process.start()
        theirs.close()
        self.ready = False

    def begin(self, ticket: _Ticket[J], work: Callable[[J], Any], timeout_s: float) -> _Event | None:
        """Send the job, even before the worker is up; an event at once where it cannot be sent."""
        self.ticket = ticket
        try:
            if work is not self.work:
                self.pipe.send_bytes(_WORK + pickle.dumps(work))
                self.work, self.ready = work, False
            self.deadline = monotonic() + (timeout_s if self.ready else START_TIMEOUT_S)
            self.pipe.send_bytes(_JOB + pickle.dumps(ticket.job))
        except OSError:
            return _Event(self.bury(), fatal=True)
        except Exception as error:
            return _Event(raised(error, "the job cannot be sent to a worker: "))
        return None

    def receive(self, timeout_s: float) -> _Event | None:
        """Take the message that waits; None when it says that the worker begins its job."""
        try:
            kind, value = pickle.loads(self.pipe.recv_bytes())
        except (EOFError, OSError):
            return _Event(self.bury(), fatal=True)
        except Exception as error:
            return _Event(raised(error, "the result cannot be read: "))
        if kind == _READY:
            self.ready = True
            self.deadline = monotonic() + timeout_s
            return None
        if kind == _OUT_OF_MEMORY:
            self.stop()
            return _Event(Crash("out_of_memory", "ran out of memory"), fatal=True)
        return _Event(value, done=kind == _DONE)

    def bury(self) -> Crash:
        """Say how a process ended that has closed its end of the pipe."""
        self.process.join(1.0)
        self.stop()
        code = self.process.exitcode or 0
        if code >= 0:
            return Crash("died", f"ended with exit status {code}")
        kind: Literal["died", "out_of_memory"] = "out_of_memory" if -code == signal.SIGKILL else "died"
        return Crash(kind, f"killed by {signal.Signals(-code).name}")

    def stop(self) -> None:
        """Kill the process and its children."""
        if self.process.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Crew(Generic[J, R]):
    """The workers of one run, their tickets, and what they have finished."""

    def __init__(
        self,
        jobs: Iterable[J | None],
        work: Callable[[J], R],
        pool: Workers,
        on_crash: Callable[[J, Crash], R],
    ) -> None:
        self.source, self.source_waits = iter(jobs), False
        self.work, self.workers, self.timeout_s, self.on_crash = work, pool.count, pool.timeout_s, on_crash
        self.suspects: deque[_Ticket[J]] = deque()
        self.busy: list[_Worker[J]] = []
        self.idle: list[_Worker[J]] = pool.idle
        self.finished: list[tuple[J, R]] = []
        self.failed_starts = 0

    def hand_out(self) -> None:
        """Give every worker a ticket; a suspect runs alone."""
        while len(self.busy) < self.workers and (ticket := self._next_ticket()):
            worker = self.idle.pop() if self.idle else _Worker()
            self.busy.append(worker)
            self._settle(worker, worker.begin(ticket, self.work, self.timeout_s))

    def listen(self) -> None:
        """Wait for the next message or the next deadline, and settle all that is due."""
        first = min(worker.deadline for worker in self.busy)
        heard = wait([worker.pipe for worker in self.busy], max(0.0, first - monotonic()))
        for worker in tuple(self.busy):
            if worker.pipe in heard:
                self._settle(worker, worker.receive(self.timeout_s))
            elif worker.deadline <= monotonic():
                worker.stop()
                limit = self.timeout_s if worker.ready else START_TIMEOUT_S
                self._settle(worker, _Event(Crash("timed_out", f"took longer than {limit:g} s"), fatal=True))

    def stop(self) -> None:
        """Kill every worker that is at work."""
        for worker in self.busy:
            worker.stop()

    def _next_ticket(self) -> _Ticket[J] | None:
        if self.busy and (self.suspects or self.busy[0].ticket.suspect):
            return None
        return self.suspects.popleft() if self.suspects else self._new_ticket()

    def _new_ticket(self) -> _Ticket[J] | None:
        self.source_waits = False
        for job in self.source:
            self.source_waits = job is None
            return None if job is None else _Ticket(job)
        return None

    def _settle(self, worker: _Worker[J], event: _Event | None) -> None:
        if event is None:
            return
        self.busy.remove(worker)
        ticket = worker.ticket
        if not event.fatal:
            self.idle.append(worker)
        if event.fatal and not worker.ready:
            self._start_failed(ticket, event)
            return
        self.failed_starts = 0
        if event.done:
            self.finished.append((ticket.job, event.value))
        elif event.fatal and not ticket.suspect:
            self.suspects.append(_Ticket(ticket.job, suspect=True))
        else:
            self.finished.append((ticket.job, self.on_crash(ticket.job, event.value)))

    def _start_failed(self, ticket: _Ticket[J], event: _Event) -> None:
        self.failed_starts += 1
        if self.failed_starts > MAX_FAILED_STARTS:
            raise WorkerStartError(f"Worker processes do not start: {event.value.words}.")
        self.suspects.append(ticket)


class Workers:
    """Worker processes, started when they are first needed and kept from one kind of work to the next.

    Used in a ``with`` statement, at whose end all of them are killed.

    Parameters
    ----------
    count
        Number of processes.
    timeout_s
        Seconds one job may take before its worker is killed.
    """

    def __init__(self, count: int, timeout_s: float) -> None:
        self.count, self.timeout_s = count, timeout_s
        self.idle: list[_Worker[Any]] = []

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for worker in self.idle:
            worker.stop()

    def run(
        self, jobs: Iterable[J | None], work: Callable[[J], R], *, on_crash: Callable[[J, Crash], R]
    ) -> Iterator[tuple[J, R]]:
        """Do all jobs and yield each exactly once, in the order they finish; as `run`."""
        crew = _Crew(jobs, work, self, on_crash)
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
    on_crash
        Result for a job that raised, or that killed or hung its worker twice (the second time it ran alone);
        called here with the job and what happened.

    Yields
    ------
    tuple of job and result
        Nothing else runs in this process; leaving the loop or an interrupt kills all workers at once.

    Raises
    ------
    WorkerStartError
        Workers end before they take a job.
    RuntimeError
        The source of jobs says 'nothing now' though nothing is under way.
    """
    with Workers(workers, timeout_s) as pool:
        yield from pool.run(jobs, work, on_crash=on_crash)


def _serve(pipe: Connection) -> None:
    """What a worker does: take jobs until the supervisor closes the pipe or is gone."""
    os.setpgrp()
    threading.Thread(target=_die_with_supervisor, daemon=True).start()
    import cv2  # here, since the supervisor needs none

    cv2.setNumThreads(1)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            request = pipe.recv_bytes()
            if request[:1] == _WORK:
                work = pickle.loads(request[1:])  # where this fails the worker ends before it takes a job
                pipe.send_bytes(pickle.dumps((_READY, None)))
            else:
                pipe.send_bytes(_answer(request[1:], work))


def _die_with_supervisor() -> None:
    """Wait until the supervisor is gone, killed perhaps, then end this worker's group in the midst of its job."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        supervisor.join()
        os.killpg(0, signal.SIGKILL)


def _answer(request: bytes, work: Callable[[Any], Any]) -> bytes:
    try:
        return pickle.dumps((_DONE, work(pickle.loads(request))))
    except MemoryError:
        return pickle.dumps((_OUT_OF_MEMORY, None))
    except Exception as error:
        return pickle.dumps((_FAILED, raised(error)))


def raised(error: Exception, what: str = "") -> Crash:
    """What a job that raised comes to: the error's kind and place, never its message."""
    trace = trace_of(error)
    place = trace[-1].partition(" ")[0] if trace else "nowhere"
    return Crash("raised", f"{what}{type(error).__name__} at {place}", trace)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables for the processes started inside."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
