"""A machine of a cluster: it serves a scheduler until it is stopped, whenever that scheduler comes and goes."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

from distributed import Worker

from migcards.cluster.link import Link
from migcards.cluster.task import stop_pools
from ocr.worker_pool import WORKER_ENVIRONMENT

RETRY_S = 1.0


def serve(link: Link, cores: int) -> None:
    """Do tasks until SIGTERM or an interrupt; what is under way then is done by other machines.

    Parameters
    ----------
    cores
        Jobs done at a time, each in a process of its own.
    """
    os.environ.update(WORKER_ENVIRONMENT)  # once for all processes: its threads start them side by side
    try:
        asyncio.run(_serve(link, cores))
    finally:
        stop_pools()


async def _serve(link: Link, cores: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stopped = asyncio.ensure_future(stop.wait())
    while not stopped.done():
        worker = Worker(link.address, security=link.security, nthreads=cores, memory_limit=0, dashboard=False)
        if await _first(asyncio.ensure_future(worker.start()), stopped):
            await _first(asyncio.ensure_future(worker.finished()), stopped)
        await worker.close(reason="stopped")


async def _first(step: asyncio.Future[Any], stopped: asyncio.Future[Any]) -> bool:
    """Whether a step came to its end before the machine was to stop."""
    await asyncio.wait({step, stopped}, return_when=asyncio.FIRST_COMPLETED)
    if step.done() and step.exception() is None:
        return True
    step.cancel()
    if not stopped.done():
        await asyncio.sleep(RETRY_S)
    return False
