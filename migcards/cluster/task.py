"""What a machine does with a task: it compares itself with the driver, then does each job in a supervised process.

The scheduler imports this module, too, and unpickles what tasks are given; so both are kept light.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from distributed import get_worker

from ocr.errors import MigcardsError
from ocr.file_names import as_text
from ocr.worker_pool import Crash, Workers

if TYPE_CHECKING:
    from migcards.cluster.alike import Setup

_lock = threading.Lock()
_idle: list[Workers] = []
"""Pools of one process each, with their models loaded, that no thread of this machine uses now."""


@dataclass(frozen=True)
class Order:
    """What all tasks of a run have in common.

    Attributes
    ----------
    work
        What is to be done with a job, pickled.
    setup, versions
        Where things lie, and what the driver has there.
    timeout_s, memory_mb
        What one job may take.
    """

    work: bytes
    setup: Setup
    versions: Mapping[str, str]
    timeout_s: float
    memory_mb: int


@dataclass(frozen=True)
class Unfit:
    """Why a machine does no task of this run.

    Attributes
    ----------
    worker
        Its address.
    reason
        Name of the sentence in `texts`, and `values` what it takes.
    """

    worker: str
    reason: str
    values: Mapping[str, str]


def do_task(jobs: bytes, order: bytes) -> list[Any] | Unfit:
    """Do jobs in a thread of a Dask worker.

    Parameters
    ----------
    jobs, order
        A list of jobs and an `Order`, pickled.

    Returns
    -------
    list or Unfit
        The results in the order of the jobs, a `Crash` for a job that has none.
    """
    known = _unpickled(order)
    try:
        unfit = _unfitness(known)
        if unfit is not None:
            return unfit
        work = _numbered(known.work)
        with _pool(known.timeout_s, known.memory_mb) as pool:
            done = pool.run(enumerate(pickle.loads(jobs)), work, on_crash=_as_it_is)
            return [answer for _, answer in sorted(((number, answer) for (number, _), answer in done), key=_number)]
    except Exception as error:
        return Unfit(_address(), "broken", {"why": str(error) if isinstance(error, MigcardsError) else repr(error)})


def stop_pools() -> None:
    """Kill the processes that wait for work."""
    with _lock:
        while _idle:
            _idle.pop().__exit__(None, None, None)


def _unfitness(order: Order) -> Unfit | None:
    mine = order.setup.versions()
    for what, ours in order.versions.items():
        if mine.get(what) != ours:
            return Unfit(_address(), "differs", {"what": what, "theirs": mine.get(what, "?"), "ours": ours})
    unseen = order.setup.unseen()
    return Unfit(_address(), "blind", {"path": as_text(unseen[0])}) if unseen else None


def _address() -> str:
    return str(get_worker().address)


@contextmanager
def _pool(timeout_s: float, memory_mb: int) -> Iterator[Workers]:
    """A pool of one process, kept from task to task: one for each thread, so that no core waits for another."""
    with _lock:
        pool = _idle.pop() if _idle else Workers(1, timeout_s, memory_mb)
    if pool.memory_mb != memory_mb:  # of a run before
        pool.__exit__(None, None, None)
        pool = Workers(1, timeout_s, memory_mb)
    pool.timeout_s = timeout_s
    try:
        yield pool
    finally:
        with _lock:
            _idle.append(pool)


@lru_cache(maxsize=4)
def _unpickled(order: bytes) -> Order:
    known: Order = pickle.loads(order)
    return known


@lru_cache(maxsize=4)
def _numbered(work: bytes) -> Callable[[tuple[int, Any]], Any]:
    """The same function for the same bytes, so that it is sent to a process once."""
    return partial(_do_numbered, pickle.loads(work))


def _do_numbered(work: Callable[[Any], Any], numbered: tuple[int, Any]) -> Any:
    return work(numbered[1])


def _number(numbered: tuple[int, Any]) -> int:
    return numbered[0]


def _as_it_is(job: tuple[int, Any], crash: Crash) -> Crash:
    return crash
