"""Which pages are left to read."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.engine import open_store
from store.tables import Card, Scan
from tests.migcards.cli.program import PROGRAM, SAMPLES, Run, cards, command, contents


def test_the_summary_adds_up(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    _, _, summary = scanned
    assert summary["sheets"] == summary["read"] + summary["known"] + summary["refused"]
    assert summary["known"] == 0
    assert summary["reasons"]["too_dark"] == 1  # type: ignore[index]
    assert summary["reasons"]["unreadable_file"] == 1  # type: ignore[index]


def test_cards_are_numbered_by_file_and_page(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, _, _ = scanned
    engine = open_store(f"sqlite:///{folder}/cards.db")
    with Session(engine) as session:
        query = select(Scan.path, Scan.page).join(Card, Card.scan_id == Scan.id).order_by(Card.id)
        pages = [(Path(path).name, page) for path, page in session.execute(query)]
    engine.dispose()
    assert pages == [("duplex-departure.tif", 0), ("fault-noise.png", 0), ("fault-skew.jpg", 0)]


def test_a_second_run_changes_nothing(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, summary = scanned
    before = contents(folder)
    again = json.loads(run("run", "scans", "--json").stdout)
    assert again["known"] == again["sheets"] == summary["sheets"]
    assert contents(folder) == before


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    scans = tmp_path / "scans"
    scans.mkdir()
    for path in sorted(SAMPLES.glob("fault-*.jpg"))[:6]:
        shutil.copy(path, scans)
    environment = os.environ | {"MIGCARDS_DATABASE": f"sqlite:///{tmp_path}/cards.db", "MIGCARDS_WORKERS": "1"}
    first = subprocess.Popen([str(PROGRAM), "run", "scans", "--json"], env=environment, cwd=tmp_path)
    deadline = time.monotonic() + 120
    while first.poll() is None and time.monotonic() < deadline and not cards(tmp_path):
        time.sleep(0.1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    summary = json.loads(command(tmp_path)("run", "scans", "--json", code=None).stdout)
    assert summary["sheets"] == 6
    assert summary["known"] >= 1
    assert cards(tmp_path) == 6
