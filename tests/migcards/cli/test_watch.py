"""`migcards watch`: a scanner's folder is read as files come, until it is told to end."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from migcards.cli import watch as module
from migcards.cli.main import cli
from migcards.hot_folder import HotFolder
from store.engine import open_store
from store.scans import rescan_list
from tests.migcards.cli.program import SAMPLES, cards

ROOT = Path(__file__).parents[3]


@contextmanager
def watching(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command over the folder ``hot``."""
    environment = os.environ | {
        "MIGCARDS_DATABASE": f"sqlite:///{folder}/cards.db",
        "MIGCARDS_WORKERS": "1",
        "PYTHONPATH": str(ROOT),
    }
    call = "from migcards.cli.main import main; main()"
    arguments = [sys.executable, "-c", call, "watch", "hot", "--lang", "en"]
    with subprocess.Popen(
        arguments,
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background job ignores it
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 240
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.5)


def refused(folder: Path) -> list[str]:
    engine = open_store(f"sqlite:///{folder}/cards.db")
    with Session(engine) as session:
        names = [Path(item.path).name for item in rescan_list(session)]
    engine.dispose()
    return names


@pytest.mark.timeout(600)
def test_files_are_read_as_they_come_and_known_after_a_restart(tmp_path: Path) -> None:
    hot = tmp_path / "hot"
    hot.mkdir()
    (hot / "broken.jpg").write_bytes(b"\xff\xd8\xff no picture \xff\xd9")
    (hot / "zero.jpg").symlink_to("/dev/zero")
    shutil.copy(SAMPLES / "usual-01.jpg", hot / "1.jpg")
    with watching(tmp_path) as process:
        until(lambda: cards(tmp_path) == 1)
        shutil.copy(SAMPLES / "usual-02.jpg", tmp_path / "2.part")
        (tmp_path / "2.part").rename(hot / "2.jpg")
        until(lambda: cards(tmp_path) == 2)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Watching the folder hot." in said and "Ended." in said
    assert sum(map(int, re.findall(r"sheets refused (\d+)", said))) == 1, "said once, whenever it was"
    assert "zero.jpg" in said and "Traceback" not in said
    assert refused(tmp_path) == ["broken.jpg"]
    shutil.copy(SAMPLES / "usual-03.jpg", hot / "3.jpg")
    with watching(tmp_path) as process:
        until(lambda: cards(tmp_path) == 3)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and "Ended." in said
    assert sum(map(int, re.findall(r"sheets refused (\d+)", said))) == 0


def test_a_batch_goes_on_in_the_next_round_but_not_for_what_is_read_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[list[str], object]] = []

    class Tally:
        read = refused = known = covers = 0
        batch = 7

    def ingest(files: Iterator[str], how: object, *, today: date, batch: object, **_: object) -> Tally:
        calls.append((list(files), batch))
        return Tally()

    monkeypatch.setattr(module, "ingest", ingest)
    monkeypatch.setattr(module, "ingestion", lambda language: None)
    reader = module._Reader("en", HotFolder(tmp_path, lambda files, in_order: None, lambda names: ()))
    for names, in_order in ((["1"], True), (["late"], False), (["2"], True)):
        reader.read(iter(names), in_order)  # type: ignore[arg-type]
    assert calls == [(["1"], None), (["late"], None), (["2"], 7)]


def test_the_first_signal_lets_what_was_begun_end_and_the_second_does_not_wait() -> None:
    end = Event()
    module._end(end, signal.SIGTERM, None)
    assert end.is_set()
    with pytest.raises(KeyboardInterrupt):
        module._end(end, signal.SIGINT, None)


def test_there_must_be_a_folder(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["watch", str(tmp_path / "nowhere")])
    assert "nowhere is no folder" in str(result.exception)
