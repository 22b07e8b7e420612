"""What a worker process does: one job after the other, within its memory, until the supervisor is gone."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from multiprocessing.connection import Connection
from typing import Any

from ocr.worker_pool.crash import raised
from ocr.worker_pool.memory import limit_own_data

WORK, JOB = b"w", b"j"
"""What a message to a worker begins with: what to do with the jobs that follow, which is sent once, or a job."""


class Said(IntEnum):
    """What a worker says: that it is ready, or what became of its job."""

    READY = 0
    DONE = 1
    FAILED = 2
    OUT_OF_MEMORY = 3


def serve(pipe: Connection, memory_mb: int) -> None:
    """Take jobs until the supervisor closes the pipe or is gone."""
    os.setpgrp()
    threading.Thread(target=_die_with_supervisor, daemon=True).start()
    limit_own_data(memory_mb)
    import cv2  # here, since the supervisor needs none

    cv2.setNumThreads(1)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            request = pipe.recv_bytes()
            if request[:1] == WORK:
                work = pickle.loads(request[1:])  # where this fails the worker ends before it takes a job
                pipe.send_bytes(pickle.dumps((Said.READY, None)))
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
        return pickle.dumps((Said.DONE, work(pickle.loads(request))))
    except MemoryError:
        return pickle.dumps((Said.OUT_OF_MEMORY, None))
    except Exception as error:
        return pickle.dumps((Said.FAILED, raised(error)))
