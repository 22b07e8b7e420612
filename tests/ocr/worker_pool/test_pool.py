"""The supervisor: whatever one job does to its worker, every job comes back exactly once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.worker_pool import Crash, Workers, WorkerStartError, crew, run
from tests.ocr.worker_pool.deeds import Job, eventually, gone, words

ROOT = Path(__file__).resolve().parents[3]


class Unloadable:
    """Pickles, but raises when it is loaded again."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return int, ("no number",)


def work(job: Job) -> object:
    once = Path(job.folder, "done")
    match job.deed:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "kill once":
            if not once.exists():
                once.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "memory":
            raise MemoryError
        case "raise":
            raise ValueError("бад number")
        case "hang in a child":
            child = subprocess.Popen(["sleep", "1000"])
            note = Path(job.folder, "note")
            note.write_text(str(child.pid))
            note.rename(note.with_name("child"))
            child.wait()
        case "unpicklable":
            return lambda: None
        case "unloadable":
            return Unloadable()
        case "threads":
            np.linalg.svd(np.ones((300, 300)))  # wakes all threads of linear algebra
            return cv2.getNumThreads(), os.environ["OMP_THREAD_LIMIT"], len([*Path("/proc/self/task").iterdir()])
        case "large":
            return b"x" * 5_000_000
    return job.number**2


def results(jobs: list[Job], workers: int = 2, timeout_s: float = 30.0) -> dict[int, object]:
    """Results by job number; fails when a job comes back twice."""
    out: dict[int, object] = {}
    for job, result in run(iter(jobs), work, workers=workers, timeout_s=timeout_s, on_crash=words):
        assert job.number not in out
        out[job.number] = result
    return out


def test_no_jobs_no_workers() -> None:
    assert results([]) == {}


def test_one_killed_worker_among_forty_jobs_loses_only_its_own() -> None:
    jobs = [Job(n, "kill" if n == 17 else "square") for n in range(40)]
    got = results(jobs)
    assert got.pop(17) == "killed by SIGKILL"
    assert got == {n: n**2 for n in range(40) if n != 17}


def test_an_innocent_whose_worker_was_killed_from_outside_is_done_in_the_end(tmp_path: Path) -> None:
    jobs = [Job(n, "kill once" if n == 2 else "square", str(tmp_path)) for n in range(6)]
    assert results(jobs) == {n: n**2 for n in range(6)}
    assert (tmp_path / "done").exists()


def test_every_way_to_fail_is_told_apart_and_harms_nobody_else() -> None:
    deeds = ["segfault", "memory", "raise", "unpicklable", "unloadable", "square", "large"]
    got = results([Job(n, deed) for n, deed in enumerate(deeds)])
    told = dict(zip(deeds, (got[n] for n in range(len(deeds))), strict=True))
    assert told["segfault"] == "killed by SIGSEGV"
    assert told["memory"] == "ran out of memory"
    assert str(told["raise"]).startswith("ValueError at worker_pool/test_pool.py:")
    assert "worker_pool/serve.py" in str(told["unpicklable"])
    assert "the result cannot be read" in str(told["unloadable"])
    assert told["square"] == 25
    assert told["large"] == b"x" * 5_000_000


def test_a_hanging_job_is_killed_with_its_children(tmp_path: Path) -> None:
    jobs = [Job(0, "hang in a child", str(tmp_path)), Job(1), Job(2)]
    assert results(jobs, timeout_s=0.7) == {0: "took longer than 0.7 s", 1: 1, 2: 4}
    assert eventually(lambda: gone(int((tmp_path / "child").read_text())))


def test_start_up_does_not_count_against_a_job() -> None:
    assert results([Job(3)], workers=1, timeout_s=0.2) == {3: 9}


def test_a_job_that_cannot_be_sent_is_told_and_the_rest_done() -> None:
    jobs: list[object] = [lambda: None, Job(2)]
    got = [result for _, result in run(jobs, work, workers=1, timeout_s=30, on_crash=words)]  # type: ignore
    assert "cannot be sent" in str(got[0])
    assert got[1] == 4


def test_jobs_are_taken_from_a_generator_only_as_workers_become_free() -> None:
    taken: list[int] = []

    def jobs() -> Iterator[Job]:
        for n in range(10**9):
            taken.append(n)
            yield Job(n)

    stream = run(jobs(), work, workers=2, timeout_s=30, on_crash=words)
    assert taken == []
    for done in range(1, 11):
        next(stream)
        assert len(taken) <= done + 2 * 2
    stream.close()


def test_a_source_with_nothing_now_is_asked_again_once_a_result_was_taken(tmp_path: Path) -> None:
    ready: deque[Job] = deque([Job(0, "hang in a child", str(tmp_path)), Job(1)])

    def jobs() -> Iterator[Job | None]:
        while True:
            yield ready.popleft() if ready else None

    stream = run(jobs(), work, workers=2, timeout_s=30, on_crash=words)
    for number in range(1, 5):  # one after the other, by the worker that is left, not when the other's time is up
        job, result = next(stream)
        assert (job.number, result) == (number, number**2)
        ready.append(Job(number + 1))
    stream.close()


def test_a_source_that_waits_ends_when_it_likes() -> None:
    under_way: set[int] = set()

    def jobs() -> Iterator[Job | None]:
        for number in range(7):
            while len(under_way) == 2:
                yield None
            under_way.add(number)
            yield Job(number)
        while under_way:
            yield None

    got = {}
    for job, result in run(jobs(), work, workers=4, timeout_s=30, on_crash=words):
        under_way.remove(job.number)
        got[job.number] = result
    assert got == {n: n**2 for n in range(7)}


def test_a_source_that_waits_for_nothing_is_an_error_and_no_endless_loop() -> None:
    stream = run(iter([Job(3), None, None]), work, workers=1, timeout_s=30, on_crash=words)
    assert next(stream)[1] == 9
    with pytest.raises(RuntimeError, match="no job is under way"):
        next(stream)


def test_leaving_early_ends_all_workers(tmp_path: Path) -> None:
    jobs = [Job(0), Job(1, "hang in a child", str(tmp_path))]
    stream = run(jobs, work, workers=2, timeout_s=1000, on_crash=words)
    assert next(stream)[1] == 0
    assert eventually((tmp_path / "child").exists)
    stream.close()
    assert eventually(lambda: gone(int((tmp_path / "child").read_text())))


def test_each_worker_keeps_to_one_core_and_this_process_keeps_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    assert results([Job(0, "threads")], workers=1) == {0: (1, "1", 2)}, "the second one waits for this process's end"
    assert "OMP_THREAD_LIMIT" not in os.environ


def process_of(job: Job) -> int:
    return os.getpid()


def test_workers_are_kept_from_one_kind_of_work_to_the_next_and_end_with_the_pool(tmp_path: Path) -> None:
    with Workers(1, 30.0) as pool:
        (first,) = [pid for _, pid in pool.run([Job(0)], process_of, on_crash=crash_number)]
        squares = dict(pool.run([Job(2), Job(3)], work, on_crash=words))
        (second,) = [pid for _, pid in pool.run([Job(0)], process_of, on_crash=crash_number)]
        killed = dict(pool.run([Job(4, "kill"), Job(5)], work, on_crash=words))
        (third,) = [pid for _, pid in pool.run([Job(0)], process_of, on_crash=crash_number)]
    assert list(squares.values()) == [4, 9] and set(killed.values()) == {"killed by SIGKILL", 25}
    assert first == second != third > 0
    assert eventually(lambda: gone(third))


def crash_number(job: Job, crash: Crash) -> int:
    return -1


def test_workers_that_cannot_start_are_an_error_and_no_endless_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "MAX_FAILED_STARTS", 1)
    bad = partial(work, Unloadable())  # loading it fails in every worker
    with pytest.raises(WorkerStartError, match="exit status 1"):
        list(run([Job(1)], bad, workers=2, timeout_s=30, on_crash=words))  # type: ignore[arg-type]


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_the_end_of_the_supervisor_ends_everything_promptly(end: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "hanging.py"
    script.write_text(
        "from tests.ocr.worker_pool.test_pool import Job, run, words, work\n"
        "if __name__ == '__main__':\n"
        f"    jobs = [Job(1, 'hang in a child', {str(tmp_path)!r})]\n"
        "    list(run(jobs, work, workers=1, timeout_s=1000, on_crash=words))\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script)],
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    ) as process:
        assert eventually((tmp_path / "child").exists)
        process.send_signal(end)
        _, stderr = process.communicate(timeout=20)
    assert stderr.count(b"Traceback") == (end == signal.SIGINT), stderr.decode()
    assert eventually(lambda: gone(int((tmp_path / "child").read_text())))
