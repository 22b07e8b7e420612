"""One worker process as its supervisor sees it: what it is sent, what it says, how it ended."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, TypeVar

from ocr.worker_pool.crash import Crash, raised
from ocr.worker_pool.memory import MemoryWatch, kill_group
from ocr.worker_pool.serve import JOB, WORK, Said, serve

J = TypeVar("J")

START_TIMEOUT_S = 120.0
"""A worker that is not up by then never will be; importing takes seconds even on a slow disk."""

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


@dataclass(frozen=True)
class Attempt(Generic[J]):
    """A job that is to be done, whether a worker was lost with it before, and whether the system killed that one."""

    job: J
    suspect: bool = False
    killed: bool = False


@dataclass(frozen=True)
class Ending:
    """What became of an attempt: `value` is the result or, unless `done`, a `Crash`.

    `fatal` when the worker is lost, `killed` when neither it nor its supervisor did that: most likely the system, for
    want of memory, and perhaps on account of another process.
    """

    value: Any
    done: bool = False
    fatal: bool = False
    killed: bool = False


class Worker(Generic[J]):
    """One process and the job it holds; it leads a process group of its own, to be killed with its children."""

    attempt: Attempt[J]
    deadline: float

    def __init__(self, watch: MemoryWatch) -> None:
        context = multiprocessing.get_context("spawn")
        self.watch = watch
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, watch.memory_mb), daemon=True)
        self.work: Callable[[Any], Any] | None = None
        with _environment(WORKER_ENVIRONMENT):
            self.process.start()
        theirs.close()
        watch.begin(self.pid)
        self.ready = False

    @property
    def pid(self) -> int:
        """Number of the process and of its group."""
        assert self.process.pid is not None
        return self.process.pid

    def begin(self, attempt: Attempt[J], work: Callable[[J], Any], timeout_s: float) -> Ending | None:
        """Send the job, even before the worker is up; an ending at once where it cannot be sent."""
        self.attempt = attempt
        try:
            if work is not self.work:
                self.pipe.send_bytes(WORK + pickle.dumps(work))
                self.work, self.ready = work, False
            self.deadline = monotonic() + (timeout_s if self.ready else START_TIMEOUT_S)
            self.pipe.send_bytes(JOB + pickle.dumps(attempt.job))
        except OSError:
            return self._ended()
        except Exception as error:
            return Ending(raised(error, "the job cannot be sent to a worker: "))
        return None

    def receive(self, timeout_s: float) -> Ending | None:
        """Take the message that waits; None when it says that the worker begins its job."""
        try:
            said, value = pickle.loads(self.pipe.recv_bytes())
        except (EOFError, OSError):
            return self._ended()
        except Exception as error:
            return Ending(raised(error, "the result cannot be read: "))
        if said == Said.READY:
            self.ready = True
            self.deadline = monotonic() + timeout_s
            return None
        if said == Said.OUT_OF_MEMORY:
            self.stop()
            return Ending(Crash("out_of_memory", "ran out of memory"), fatal=True)
        return Ending(value, done=said == Said.DONE)

    def time_is_up(self, timeout_s: float) -> Ending:
        """Kill the process, which is not done with its job or its start yet."""
        self.stop()
        limit = timeout_s if self.ready else START_TIMEOUT_S
        return Ending(Crash("timed_out", f"took longer than {limit:g} s"), fatal=True)

    def _ended(self) -> Ending:
        """Say how a process ended that has closed its end of the pipe."""
        greedy = self.watch.end(self.pid)
        self.process.join(1.0)
        self.stop()
        if greedy:
            return Ending(Crash("out_of_memory", f"took more than {self.watch.memory_mb} MB of memory"), fatal=True)
        code = self.process.exitcode or 0
        if code >= 0:
            return Ending(Crash("died", f"ended with exit status {code}"), fatal=True)
        words = f"killed by {signal.Signals(-code).name}"
        killed = -code == signal.SIGKILL
        return Ending(Crash("out_of_memory" if killed else "died", words), fatal=True, killed=killed)

    def stop(self) -> None:
        """Kill the process and its children."""
        self.watch.end(self.pid)
        kill_group(self.pid)
        self.process.kill()
        self.process.join()
        self.pipe.close()


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
