"""The `migcards` command as a user types it, on a few of the sample scans."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.engine import open_store
from store.tables import Card, Record, Scan

SAMPLES = Path(__file__).parents[3] / "fixtures" / "samples"
PROGRAM = Path(sys.executable).parent / "migcards"
Run = Callable[..., subprocess.CompletedProcess[str]]


def command(folder: Path) -> Run:
    """A function that runs `migcards` in a folder of its own."""

    def run(*arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"MIGCARDS_DATABASE": f"sqlite:///{folder}/cards.db", "MIGCARDS_WORKERS": "2"}
        done = subprocess.run(
            [str(PROGRAM), *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=False
        )
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done

    return run


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run, dict[str, object]]:
    """A folder of scans, read once: two good ones, a two-sided TIFF, one to be refused, a file that is no picture."""
    folder = tmp_path_factory.mktemp("work")
    scans = folder / "scans"
    scans.mkdir()
    for name in ("fault-skew.jpg", "fault-noise.png", "duplex-departure.tif", "refused-too-dark.png"):
        shutil.copy(SAMPLES / name, scans)
    (scans / "broken.jpg").write_bytes(b"\xff\xd8\xff this is not a picture")
    run = command(folder)
    summary = json.loads(run("run", "scans", "--json", code=7).stdout)
    return folder, run, summary


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


def test_refused_sheets_are_listed_with_advice(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    _, run, _ = scanned
    lines = run("rescan", "--lang", "en").stdout
    assert "refused-too-dark" in lines
    assert "Raise the brightness" in lines
    assert "broken.jpg" in lines


def test_a_queue_sheet_goes_out_and_comes_back(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, _ = scanned
    rows = list(csv.DictReader(io.StringIO(run("queue", "--format", "csv", "--field", "crossing_date").stdout)))
    assert rows
    rows[0] |= {"value": "2020-05-14", "person": "Н. Каримова"}
    sheet = folder / "queue.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerow(rows[0])
    before = contents(folder)
    assert "not written" in run("decide", "queue.csv").stdout
    assert contents(folder) == before
    assert "written" in run("decide", "queue.csv", "--apply").stdout
    after = list(csv.DictReader(io.StringIO(run("queue", "--format", "csv", "--field", "crossing_date").stdout)))
    assert len(after) == len(rows) - 1


def test_a_file_name_is_no_formula_in_the_queue_sheet(tmp_path: Path) -> None:
    name = "=HYPERLINK(1).png"
    shutil.copy(SAMPLES / "fault-noise.png", tmp_path / name)
    run = command(tmp_path)
    run("run", name)
    text = run("queue", "--format", "csv", "--field", "crossing_date").stdout
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["file"].removeprefix("'").endswith(name)
    assert not row["file"].startswith(("=", "+", "-", "@"))
    (tmp_path / "queue.csv").write_text(
        text.replace(",,,\r\n", ",2020-05-14,A,\r\n").replace(",,,\n", ",2020-05-14,A,\n"), "utf-8"
    )
    assert "1 to change" in run("decide", "queue.csv").stdout


def test_a_wrong_value_is_refused_by_line(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, _ = scanned
    row = next(csv.DictReader(io.StringIO(run("queue", "--format", "csv", "--field", "crossing_date").stdout)), None)
    assert row is not None
    text = f"scan,field,value,person\n{row['scan']},crossing_date,31.02.2020,A\n"
    (folder / "wrong.csv").write_text(text, "utf-8")
    done = run("decide", "wrong.csv", "--apply", code=4)
    assert "wrong.csv:2" in done.stderr


@pytest.mark.parametrize("form", ["table", "csv", "html", "xlsx"])
def test_reports_are_written(scanned: tuple[Path, Run, dict[str, int]], form: str) -> None:
    folder, run, _ = scanned
    run("report", "T1", "T5", "--from", "2012-01", "--to", "2026-12", "--format", form, "-o", f"report.{form}")
    assert (folder / f"report.{form}").stat().st_size > 200


def test_show_hides_names_unless_asked(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, _ = scanned
    shown = run("show", "1", "-o", "card.png").stdout
    surname = next(line for line in shown.splitlines() if line.split()[:1] == ["surname"])
    assert "***" in surname
    assert "***" not in run("show", "1", "--personal").stdout
    sex = next(line for line in run("show", "1", "--lang", "en").stdout.splitlines() if line.split()[:1] == ["sex"])
    assert sex.split()[2:4] in (["M", "Male"], ["F", "Female"])
    assert (folder / "card.png").stat().st_size > 10_000


def test_gallery_draws_crops_and_guards_names(scanned: tuple[Path, Run, dict[str, int]]) -> None:
    folder, run, _ = scanned
    run("gallery", "sex", "-o", "sex.png")
    assert (folder / "sex.png").stat().st_size > 2_000
    assert "--personal" in run("gallery", "surname", "-o", "names.png", code=4).stderr


def test_wrong_input_gets_words_and_its_own_exit_code(tmp_path: Path) -> None:
    run = command(tmp_path)
    assert "does not exist" in run("run", "nowhere", code=4).stderr
    assert "JPEG" in run("run", str(tmp_path), "--lang", "en", code=4).stderr
    assert "T99" in run("report", "T99", "--period", "2026", code=4).stderr
    (tmp_path / "migcards.toml").write_text("colour = 'blue'\n", "utf-8")
    assert "colour" in run("queue", code=4).stderr


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


def cards(folder: Path) -> int:
    """Cards in a folder's store, 0 while there is none."""
    if not (folder / "cards.db").exists():
        return 0
    engine = open_store(f"sqlite:///{folder}/cards.db")
    with Session(engine) as session:
        number = session.scalar(select(func.count()).select_from(Card)) or 0
    engine.dispose()
    return number


def contents(folder: Path) -> list[object]:
    """Scans and records of a folder's store."""
    engine = open_store(f"sqlite:///{folder}/cards.db")
    with Session(engine) as session:
        scans = session.execute(select(Scan.sha256, Scan.page, Scan.outcome).order_by(Scan.id)).all()
        columns = list(Record.__table__.columns)
        records = session.execute(select(*columns).order_by(Record.card_id)).all()
    engine.dispose()
    return [*scans, *records]
