"""The limits of memory and time hold for whatever a job does, in native code and in children too."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ocr.worker_pool import Crash, Workers, WorkerStartError, crew, run
from ocr.worker_pool.memory import LOOK_EVERY_S, UNUSED_MB, held_bytes
from tests.ocr.worker_pool.deeds import Job, eventually, gone, words

MEMORY_MB = 400
GREEDY_CHILD = "import sys, time; held = bytearray(180 << 20); time.sleep(60)"


def work(job: Job) -> object:
    match job.deed:
        case "creep":
            held = []
            while len(held) < 3000:
                held.append(bytearray(b"x" * 2**20))
        case "leap":
            return len(np.ones(3 * 2**30, np.uint8))
        case "leap in a child":
            return subprocess.run([sys.executable, "-c", "bytearray(3 << 30)"], capture_output=True).stderr[-12:]
        case "greedy children":
            children = [subprocess.Popen([sys.executable, "-c", GREEDY_CHILD]) for _ in range(3)]
            note(job, "children", *(child.pid for child in children))
            time.sleep(60)
        case "hang in native code":
            re.match("(a+)+$", "a" * 60 + "b")  # keeps the interpreter to itself
        case "stopped child":
            child = subprocess.Popen(["sleep", "60"])
            child.send_signal(signal.SIGSTOP)
            note(job, "children", child.pid)
            child.wait()
        case "stopped":
            os.kill(os.getpid(), signal.SIGSTOP)
        case "short":
            time.sleep(0.02)
        case "kill once":
            note(job, "tries", time.monotonic())
            if len(noted(job, "tries")) == 1:
                os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(1.5)
            note(job, "tries", time.monotonic())
    return job.number


def note(job: Job, name: str, *numbers: float) -> None:
    with Path(job.folder, name).open("a") as file:
        file.write("".join(f"{number}\n" for number in numbers))


def noted(job: Job, name: str) -> list[float]:
    return [float(line) for line in Path(job.folder, name).read_text().split()]


def results(jobs: list[Job], timeout_s: float = 60.0) -> dict[int, object]:
    limits = {"workers": 2, "timeout_s": timeout_s, "memory_mb": MEMORY_MB}
    return {job.number: result for job, result in run(jobs, work, on_crash=words, **limits)}  # type: ignore[arg-type]


def test_who_takes_too_much_memory_is_stopped_and_nobody_else(tmp_path: Path) -> None:
    deeds = ["creep", "leap", "leap in a child", "greedy children"]
    jobs = [Job(n, deed, str(tmp_path)) for n, deed in enumerate(deeds)] + [Job(n, "short") for n in range(4, 40)]
    got = results(jobs)
    told = dict(zip(deeds, (got.pop(n) for n in range(len(deeds))), strict=True))
    assert told == {
        "creep": "took more than 400 MB of memory",
        "leap": "ran out of memory",
        "leap in a child": b"MemoryError\n",
        "greedy children": "took more than 400 MB of memory",
    }
    assert got == {n: n for n in range(4, 40)}
    children = noted(jobs[3], "children")
    assert len(children) == 6 and eventually(lambda: all(gone(int(child)) for child in children))


def test_memory_is_that_of_a_process_and_of_all_that_it_has_started() -> None:
    grandchild = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {GREEDY_CHILD!r}])"
    with subprocess.Popen([sys.executable, "-c", grandchild]) as child:
        try:
            assert eventually(lambda: held_bytes(child.pid) > 190 * 2**20)
            assert held_bytes(os.getpid()) > held_bytes(child.pid)
        finally:
            for pid in Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
    assert held_bytes(child.pid) == 0


def test_workers_that_cannot_start_within_their_memory_are_an_error() -> None:
    with pytest.raises(WorkerStartError, match="took more than 20 MB of memory"):
        list(run([Job(1)], work, workers=1, timeout_s=60, memory_mb=20, on_crash=words))


@pytest.mark.parametrize("deed", ["hang in native code", "stopped child", "stopped"])
def test_the_time_limit_holds_in_native_code_and_for_processes_that_are_stopped(deed: str, tmp_path: Path) -> None:
    began = time.monotonic()
    job = Job(0, deed, str(tmp_path))
    assert results([job, Job(1)], timeout_s=0.7) == {0: "took longer than 0.7 s", 1: 1}
    assert time.monotonic() - began < 20
    if deed == "stopped child":
        assert eventually(lambda: all(gone(int(child)) for child in noted(job, "children")))


def gaps(hanging: Job, timeout_s: float) -> list[float]:
    """Seconds between results of short jobs while another one hangs twice."""
    took, last = [], time.monotonic()

    def jobs() -> Iterator[Job]:
        yield Job(1, "short")
        yield hanging
        while True:
            yield Job(1, "short")

    for job, _ in run(jobs(), work, workers=2, timeout_s=timeout_s, memory_mb=MEMORY_MB, on_crash=words):
        if job == hanging:
            return took
        now = time.monotonic()
        took, last = [*took, now - last], now
    raise AssertionError


def test_nobody_waits_while_a_job_that_took_too_long_is_tried_again() -> None:
    assert max(gaps(Job(0, "stopped"), timeout_s=4.0)[1:]) < 3.0


def test_no_job_is_begun_beside_one_whose_worker_the_system_has_killed(tmp_path: Path) -> None:
    suspect = Job(0, "kill once", str(tmp_path))
    taken: list[float] = []

    def jobs() -> Iterator[Job]:
        yield suspect
        for number in range(1, 150):
            taken.append(time.monotonic())
            yield Job(number, "short")

    got = {job.number: result for job, result in run(jobs(), work, workers=2, timeout_s=60, on_crash=words)}
    assert got == {n: n for n in range(150)}
    _, began, ended = noted(suspect, "tries")
    assert [moment for moment in taken if moment < began] and [moment for moment in taken if moment > ended]
    assert not [moment for moment in taken if began < moment < ended]


def test_others_wait_for_such_a_one_for_a_bounded_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "QUIET_S", 0.5)
    suspect = Job(0, "kill once", str(tmp_path))
    jobs = [suspect, *(Job(number) for number in range(1, 60))]
    order = [job for job, _ in run(jobs, work, workers=2, timeout_s=60, on_crash=words)]
    assert order[-1] == suspect, "it takes longer than that, and all others were done meanwhile"


def test_the_kernel_bounds_a_worker_too_and_one_that_ended_while_idle_costs_no_job() -> None:
    with Workers(1, 60.0, MEMORY_MB) as pool:
        ((_, limits),) = pool.run([Job(0)], kernel_limits, on_crash=no_limits)
        assert limits == (MEMORY_MB + UNUSED_MB) * 2**20
        (worker,) = pool.idle
        worker.process.kill()
        assert eventually(lambda: held_bytes(worker.pid) == 0)
        time.sleep(3 * LOOK_EVERY_S)
        assert [value for _, value in pool.run([Job(0)], kernel_limits, on_crash=no_limits)] == [limits]


def kernel_limits(job: Job) -> int:
    import resource

    return resource.getrlimit(resource.RLIMIT_DATA)[0]


def no_limits(job: Job, crash: Crash) -> int:
    return 0
