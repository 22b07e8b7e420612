"""Whatever happens to one file during a run, the others are read, and the file itself by the next run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import pytest
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from migcards import ingest as module
from migcards import saver
from migcards.cli import main
from migcards.cli.shared.context import settings
from migcards.originals import load_original
from migcards.saver import Ingestion
from migcards.scan_file import ScanFile
from migcards.tally import RunTally
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.file_names import as_text, shown_path
from ocr.forms.artwork import raster
from ocr.forms.definition import load_form
from ocr.preprocess.discover import discover
from ocr.scan import ScanId
from ocr.worker_pool import Workers
from store.archive import keep
from store.engine import open_store
from store.scans import rescan_list
from store.tables import Card, LoggedRefusal, Scan

SAMPLES = Path(__file__).parents[2] / "fixtures" / "samples"
VISITOR = Path(__file__).parents[1] / "ocr" / "forms" / "visitor_card.toml"
TODAY = date(2026, 1, 1)
in_this_process = pytest.mark.usefixtures("no_workers")


class AtOnce(Workers):
    """Stands in for worker processes, which take seconds to start."""

    def run(self, jobs: Iterable[Any], work: Callable[[Any], Any], **_: Any) -> Iterator[tuple[Any, Any]]:
        for job in jobs:
            yield job, work(job)


@pytest.fixture
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in this process."""
    monkeypatch.setattr("ocr.worker_pool.Workers", AtOnce)


@pytest.fixture
def how(store_url: str) -> Iterator[Ingestion]:
    """A new store."""
    engine = open_store(store_url)
    yield Ingestion(engine, AcceptancePolicy(load_calibration()))
    engine.dispose()


def reasons(engine: Engine) -> list[str]:
    """Why the sheets on the rescan list are there."""
    with Session(engine) as session:
        return [str(item.reason) for item in rescan_list(session)]


def ingest(paths: Iterable[Path], how: Ingestion, *, today: date) -> RunTally:
    return module.ingest([ScanFile(path.absolute(), as_text(path.absolute())) for path in paths], how, today=today)


def counts(tally: RunTally) -> tuple[int, int, int]:
    return tally.read, tally.known, tally.refused


@in_this_process
def test_a_file_that_was_away_is_read_by_the_next_run_and_leaves_the_rescan_list(
    tmp_path: Path, how: Ingestion
) -> None:
    here, away = tmp_path / "1.jpg", tmp_path / "2.jpg"
    shutil.copy(SAMPLES / "usual-01.jpg", here)
    assert counts(ingest([here, away], how, today=TODAY)) == (1, 0, 1)
    assert reasons(how.engine) == ["unavailable"]
    assert counts(ingest([here, away], how, today=TODAY)) == (0, 1, 1), "it is tried again"
    shutil.copy(SAMPLES / "usual-02.jpg", away)
    assert counts(ingest([here, away], how, today=TODAY)) == (1, 1, 0)
    assert reasons(how.engine) == []
    with Session(how.engine) as session:
        assert session.scalar(select(func.count()).select_from(LoggedRefusal)) == 2, "the log keeps that it was away"
    assert counts(ingest([here, away], how, today=TODAY)) == (0, 2, 0)


def test_a_page_that_took_too_long_is_read_by_the_next_run(tmp_path: Path, how: Ingestion) -> None:
    shutil.copy(SAMPLES / "usual-01.jpg", tmp_path)
    files = discover([tmp_path / "usual-01.jpg"])
    hurried = ingest(files, replace(how, timeout_s=0.01), today=TODAY)
    assert hurried.reasons == {"timed_out": 1}
    assert counts(ingest(files, how, today=TODAY)) == (1, 0, 0)
    assert reasons(how.engine) == []


@in_this_process
def test_names_of_a_windows_1251_stick_are_read_kept_and_found_again(
    tmp_path: Path, how: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / os.fsdecode("Карточки".encode("cp1251"))
    stick.mkdir()
    for name, sample in (("Худжанд 1.jpg", "usual-01.jpg"), ("Худжанд 2.pdf", "fault-skew.jpg")):
        shutil.copy(SAMPLES / sample, stick / os.fsdecode(name.encode("cp1251")))
    (stick / os.fsdecode("пусто.jpg".encode("cp1251"))).touch()
    monkeypatch.chdir(tmp_path)
    files = discover([Path(stick.name)])
    tally = ingest(files, replace(how, archive=tmp_path / "archive"), today=TODAY)
    assert counts(tally) == (2, 0, 1)
    monkeypatch.chdir("/")
    with Session(how.engine) as session:
        (empty,) = rescan_list(session)
        assert empty.detail == "empty" and shown_path(empty.path).endswith("Карточки/пусто.jpg")
        for scan in session.scalars(select(Scan).where(Scan.outcome == "read")):
            sheet = load_original(ScanId(scan.sha256, scan.page), scan.path, archive=None)
            assert sheet.scan_size == (scan.width, scan.height)


@in_this_process
def test_a_file_that_changes_before_it_is_archived_loses_no_page_of_others(
    tmp_path: Path, how: Ingestion, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "1.jpg", tmp_path / "2.jpg"]
    for i, path in enumerate(files, 1):
        shutil.copy(SAMPLES / f"usual-0{i}.jpg", path)

    def keep_late(folder: Path, original: Path, sha256: str) -> Path:
        if original == files[0]:
            shutil.copy(SAMPLES / "usual-03.jpg", original)
        return keep(folder, original, sha256)

    how = replace(how, archive=tmp_path / "archive")
    monkeypatch.setattr(saver, "keep", keep_late)
    assert counts(ingest(files, how, today=TODAY)) == (1, 0, 1)
    assert reasons(how.engine) == ["unavailable"]
    monkeypatch.setattr(saver, "keep", keep)
    assert counts(ingest(files, how, today=TODAY)) == (1, 1, 0)
    assert reasons(how.engine) == []


@in_this_process
def test_a_sheet_refused_for_an_unknown_form_is_read_once_its_form_is_known(tmp_path: Path, how: Ingestion) -> None:
    blank = raster(load_form(VISITOR), 200.0)
    scan = tmp_path / "visitor.png"
    cv2.imwrite(str(scan), blank)
    first = ingest([scan], how, today=TODAY)
    assert first.reasons == {"unknown_form": 1}
    assert counts(ingest([scan], how, today=TODAY)) == (0, 1, 0)
    forms = tmp_path / "forms"
    forms.mkdir()
    shutil.copy(VISITOR, forms)
    assert ingest([scan], replace(how, forms_dir=forms), today=TODAY).read == 1


@in_this_process
def test_refused_sheets_are_read_again_when_one_says_so(how: Ingestion) -> None:
    files = discover([SAMPLES / "refused-blank.jpg"])
    assert ingest(files, how, today=TODAY).reasons == {"blank": 1}
    assert counts(ingest(files, how, today=TODAY)) == (0, 1, 0)
    assert ingest(files, replace(how, again=True), today=TODAY).reasons == {"blank": 1}


def test_a_database_that_fails_is_one_sentence_and_exit_6_and_the_run_is_finished_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'cards.db'}"
    open_store(url).dispose()
    monkeypatch.setattr("store.engine.BUSY_SECONDS", 0.1)
    monkeypatch.setattr("migcards.log.set_up", lambda level, file: None)  # the log of the test's own process
    monkeypatch.setenv("MIGCARDS_DATABASE", url)
    monkeypatch.setenv("MIGCARDS_WORKERS", "1")
    monkeypatch.setattr(sys, "argv", ["migcards", "run", str(SAMPLES / "usual-01.jpg"), "--lang", "en"])
    settings.cache_clear()
    with create_engine(url).connect() as other:
        other.connection.execute("BEGIN IMMEDIATE")  # as a program that hangs does
        with pytest.raises(SystemExit) as ended:
            main()
        other.connection.rollback()
    said = capsys.readouterr().err.strip().splitlines()
    assert ended.value.code == 6
    assert len(said) == 1 and "locked" in said[0] and "Traceback" not in said[0]
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    settings.cache_clear()
    with Session(open_store(url)) as session:
        assert session.scalar(select(func.count()).select_from(Card)) == 1
