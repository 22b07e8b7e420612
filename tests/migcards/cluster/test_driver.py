"""Jobs on many machines: each done, each once, whatever dies."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from migcards.cluster import machines as module
from migcards.cluster.machines import ClusterError
from ocr.worker_pool import Crash
from tests.migcards.cluster.conftest import Centre, kill
from tests.migcards.cluster.jobs import deadly, doubled, fill_memory, hostile


def as_words(job: int, crash: Crash) -> str:
    """What happened."""
    return f"{crash.kind}: {crash.words}"


def test_every_job_is_done_once_though_a_machine_is_killed_and_another_joins(centre: Centre) -> None:
    centre.start_scheduler()
    killed = centre.start_machine()
    centre.start_machine()
    done = []
    with centre.driver() as cluster:
        for job, result in cluster.run(range(150), doubled, on_crash=as_words):
            done.append((job, result))
            if len(done) == 20:
                kill(killed)
                centre.start_machine()
    assert sorted(done) == [(n, 2 * n) for n in range(150)]


def test_what_a_job_does_to_its_process_harms_no_other(standing: Centre) -> None:
    with standing.driver(timeout_s=1.0) as cluster:
        done = dict(cluster.run(range(12), hostile, on_crash=as_words))
    assert [done[n] for n in range(12) if n not in (3, 5, 7)] == [n for n in range(12) if n not in (3, 5, 7)]
    assert str(done[3]).startswith("raised: KeyError at cluster/jobs.py:")
    assert (done[5], done[7]) == ("died: ended with exit status 9", "timed_out: took longer than 1 s")


def test_what_a_job_may_take_comes_with_the_run(standing: Centre) -> None:
    for most, words in ((600, "out_of_memory: "), (1024, "700")):
        with standing.driver(memory_mb=most) as cluster:
            ((_, result),) = cluster.run([700], fill_memory, on_crash=as_words)
        assert str(result).startswith(words)


def test_a_job_that_takes_its_machine_down_is_found_and_its_neighbours_are_done(centre: Centre) -> None:
    centre.start_scheduler()
    ended = threading.Event()

    def keep_one_up() -> None:
        while not ended.is_set():
            centre.start_machine().wait()

    keepers = [threading.Thread(target=keep_one_up) for _ in range(2)]
    for keeper in keepers:
        keeper.start()
    try:
        with centre.driver() as cluster:
            done = dict(cluster.run(range(20), deadly, on_crash=as_words))
    finally:
        ended.set()
        centre.stop()
        for keeper in keepers:
            keeper.join()
    assert done == {n: 2 * n for n in range(20)} | {4: "died: every machine that took it died"}


def test_jobs_may_come_of_results(standing: Centre) -> None:
    to_come, results = [1], []

    def source() -> Iterator[int | None]:
        for _ in range(8):
            while not to_come:
                yield None
            yield to_come.pop()

    with standing.driver() as cluster:
        for _, result in cluster.run(source(), doubled, on_crash=as_words):
            results.append(result)
            to_come.append(int(result))
        assert results == [2, 4, 8, 16, 32, 64, 128, 256]
        assert list(cluster.run([], doubled, on_crash=as_words)) == []
        with pytest.raises(RuntimeError, match="waits for a result"):
            list(cluster.run([None], doubled, on_crash=as_words))


def test_a_scheduler_that_is_started_anew_is_waited_for(centre: Centre) -> None:
    scheduler = centre.start_scheduler()
    machine = centre.start_machine()
    done: list[tuple[int, int | str]] = []
    with centre.driver() as cluster:
        for answer in cluster.run(range(60), doubled, on_crash=as_words):
            done.append(answer)
            if len(done) == 20:
                kill(scheduler)
                centre.start_scheduler()
    assert sorted(done) == [(n, 2 * n) for n in range(60)]
    assert "cluster.lost" in [sentence for sentence, _ in centre.told]
    assert machine.poll() is None


def test_a_machine_of_another_version_gets_no_work_and_neither_does_one_that_joins_late(centre: Centre) -> None:
    older = "import migcards.cluster.alike as alike; alike.software = lambda: 'migcards 0.0.9'"
    centre.start_scheduler()
    centre.start_machine(older)
    centre.start_machine()
    done = Counter[int]()
    with centre.driver() as cluster:
        for job, result in cluster.run(range(150), doubled, on_crash=as_words):
            assert result == 2 * job
            done[job] += 1
            if len(done) == 20:
                centre.start_machine(older.replace("0.0.9", "0.0.8"))
            if len(done) == 21:
                while len(cluster.machines.client.nthreads()) < 3:
                    time.sleep(0.05)
    assert done == Counter(range(150))
    refused = [values for sentence, values in centre.told if sentence == "cluster.differs"]
    assert {values["what"] for values in refused} == {"migcards"}
    assert {values["theirs"].partition(" code")[0] for values in refused} == {"migcards 0.0.9", "migcards 0.0.8"}
    assert all(values["ours"].startswith("migcards 0.1") for values in refused)
    assert len({values["worker"] for values in refused}) == len(refused) == 2


def test_a_machine_that_does_not_see_the_originals_gets_no_work(
    standing: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with standing.driver(tmp_path / "not mounted") as cluster:
        monkeypatch.setattr(module, "PATIENCE_S", 1.0)
        with pytest.raises(ClusterError, match="No machine at tcp:"):
            list(cluster.run(range(9), doubled, on_crash=as_words))
    (told,) = [values for sentence, values in standing.told if sentence == "cluster.blind"]
    assert told["worker"].startswith("tcp://127.0.0.1:") and told["path"] == str(tmp_path / "not mounted")


def test_without_a_scheduler_a_run_ends_in_a_sentence(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.5)
    monkeypatch.setattr(module, "CONNECT_S", 0.5)
    with pytest.raises(ClusterError, match="No scheduler answers at tcp://"), centre.driver():
        pass
    assert centre.told == [("cluster.no_scheduler", {"address": f"tcp://127.0.0.1:{centre.port}"})]


def test_a_machine_that_is_stopped_leaves_no_process_behind(centre: Centre) -> None:
    centre.start_scheduler()
    machine = centre.start_machine(cores=2)
    with centre.driver() as cluster:
        list(cluster.run(range(20), doubled, on_crash=as_words))
    children = Path(f"/proc/{machine.pid}/task/{machine.pid}/children").read_text().split()
    machine.send_signal(signal.SIGTERM)
    assert machine.wait(30) == 0
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
