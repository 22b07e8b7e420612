"""Which pages are left to read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from migcards import ingest as module
from migcards.ingest import ingest
from migcards.saver import Ingestion
from migcards.scan_file import ScanFile
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.evaluation.truth import read_truth
from ocr.file_names import as_text
from ocr.forms.cover_print import cover_pdf
from ocr.forms.cover_sheet import CoverSheet
from ocr.forms.definition import load_forms
from ocr.page import PageJob, PageResult
from ocr.preprocess.load import FileInfo, Kind
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from store.batches import batch_now
from store.engine import open_store
from store.scans import rescan_list
from store.tables import Scan

TODAY = date(2026, 1, 1)
SAMPLES = Path(__file__).parents[2] / "fixtures" / "samples"


def dying_probe(path: Path) -> FileInfo:
    """Ends the worker at a file of bad content; two pages in any other."""
    content = path.read_bytes()
    if content.startswith(b"bad"):
        os._exit(9)
    return FileInfo(path, sha256(content).hexdigest(), Kind.TIFF, 2)


def failing_read(job: PageJob, **_: object) -> PageResult:
    """A fault of the program that quotes what stands on the card."""
    raise KeyError("САИДОВ")


def scan_files(paths: Iterable[Path]) -> list[ScanFile]:
    return [ScanFile(path, as_text(path)) for path in paths]


def test_files_that_crash_the_decoder_are_kept_apart_and_the_rest_stays_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {"1.tif": b"bad one", "2.tif": b"good one", "3.tif": b"bad two", "10.tif": b"good two"}
    files = [tmp_path / name for name in contents]
    for path in files:
        path.write_bytes(contents[path.name])
    monkeypatch.setattr(module, "probe", dying_probe)
    monkeypatch.setattr(module, "read_page", read_at_once)
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    how = Ingestion(engine, AcceptancePolicy(load_calibration()), workers=2)
    tally = ingest(scan_files(files), how, today=TODAY)
    assert (tally.sheets, tally.known, tally.reasons) == (6, 0, {Refusal.CRASHED: 2, Refusal.BLANK: 4})
    with Session(engine) as session:
        kept = [(row.path, row.page, row.sha256) for row in session.scalars(select(Scan).order_by(Scan.id))]
    pages = [(files[0], 0), (files[1], 0), (files[1], 1), (files[2], 0), (files[3], 0), (files[3], 1)]
    assert kept == [(str(path), page, sha256(path.read_bytes()).hexdigest()) for path, page in pages]
    engine.dispose()


def test_the_log_of_a_run_names_every_page_and_stage_and_nobody(tmp_path: Path, log_file: Path) -> None:
    names = ["fault-skew.jpg", "duplex-departure.tif", "refused-blank.jpg"]
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    how = Ingestion(engine, AcceptancePolicy(load_calibration()), workers=2)
    tally = ingest(scan_files(SAMPLES / name for name in names), how, today=TODAY)
    engine.dispose()
    lines = [json.loads(line) for line in log_file.read_text("utf-8").splitlines()]
    assert [line["event"] for line in (lines[0], lines[-1])] == ["run_started", "run_finished"]
    stages: dict[tuple[str, int], dict[str, str]] = {}
    for line in lines[1:-1]:
        assert line["event"] == "stage" and line["ms"] >= 0 and len(line["sha256"]) == 12
        stages.setdefault((Path(line["file"]).name, line["page"]), {})[line["stage"]] = line["outcome"]
    done = dict.fromkeys(("load", "register", "lay", "ink", "read", "interpret"), "done") | {"save": "read"}
    assert stages["fault-skew.jpg", 1] == stages["duplex-departure.tif", 1] == done
    assert stages["refused-blank.jpg", 1] == {"load": "done", "register": "blank", "save": "blank"}
    assert len(stages) == tally.sheets == 4
    personal = {spec.name for form in load_forms() for spec in form.fields if spec.personal}
    truths = [field for page in read_truth(SAMPLES) for field in page.fields.items()]
    secrets = {field.value for name, field in truths if name in personal and field.value}
    assert len(secrets) > 50
    written = log_file.read_text("utf-8").upper()
    assert [secret for secret in secrets if secret.upper() in written] == []


def test_a_fault_of_the_program_is_said_as_such_and_its_place_is_in_the_log(
    tmp_path: Path, log_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "read_page", failing_read)
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    how = Ingestion(engine, AcceptancePolicy(load_calibration()))
    assert ingest(scan_files([SAMPLES / "usual-01.jpg"]), how, today=TODAY).reasons == {"crashed": 1}
    with Session(engine) as session:
        (item,) = rescan_list(session)
    engine.dispose()
    assert item.detail.startswith("KeyError at migcards/test_ingest.py:")
    (crash,) = [json.loads(line) for line in log_file.read_text("utf-8").splitlines() if '"crash"' in line]
    assert crash["trace"][-1].endswith("failing_read") and Path(crash["file"]).name == "usual-01.jpg"
    assert "САИДОВ" not in log_file.read_text("utf-8") + item.detail


def two_pages(path: Path) -> FileInfo:
    """Of any file."""
    return FileInfo(path, sha256(path.read_bytes()).hexdigest(), Kind.TIFF, 2)


def read_at_once(job: PageJob, **_: object) -> PageResult:
    """A page that can be told from others by its detail."""
    return PageResult(job, Refused(ScanId(job.sha256, job.page), Refusal.BLANK, job.path.name), None, None)


def test_files_are_looked_into_ahead_of_reading_and_nothing_is_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AHEAD", 2)
    monkeypatch.setattr(module, "probe", two_pages)
    monkeypatch.setattr(module, "read_page", read_at_once)
    files = [tmp_path / f"{n:02}.tif" for n in range(10)]
    for n, path in enumerate(files):
        path.write_text("the same" if n in (1, 2, 8) else str(n))
    engine, told = open_store(f"sqlite:///{tmp_path}/cards.db"), list[tuple[int, int]]()
    how = Ingestion(engine, AcceptancePolicy(load_calibration()), workers=2)
    tally = ingest(
        scan_files(files), how, today=TODAY, progress=lambda tally, more: told.append((tally.sheets, 10 + more))
    )
    assert (tally.sheets, tally.refused, tally.known) == (20, 16, 4)
    assert told[-1] == (20, 20) and all(done <= total for done, total in told)
    with Session(engine) as session:
        pages = [(item.detail, item.scan.page) for item in rescan_list(session)]
    engine.dispose()
    assert pages == [(path.name, page) for n, path in enumerate(files) if n not in (2, 8) for page in (0, 1)]


def test_reading_begins_with_the_first_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that come slowly, as those of a network do, are read as they come."""
    monkeypatch.setattr(module, "probe", two_pages)
    monkeypatch.setattr(module, "read_page", read_at_once)
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    saved: list[int] = []

    def slowly() -> Iterator[ScanFile]:
        for n in range(40):
            with Session(engine) as session:
                saved.append(session.scalar(select(func.count()).select_from(Scan)) or 0)
            path = tmp_path / f"{n:02}.tif"
            path.write_text(str(n))
            sleep(0.05)
            yield ScanFile(path, as_text(path))

    how = Ingestion(engine, AcceptancePolicy(load_calibration()), workers=2)
    assert ingest(slowly(), how, today=TODAY).sheets == 80
    engine.dispose()
    assert saved[-1] >= 10, "some were saved long before the last was there"


def test_the_batch_of_a_cover_sheet_is_opened_and_known_again_after_a_break(tmp_path: Path) -> None:
    sheet = CoverSheet("26-ABCDEFG", direction="D", expected=2)
    cover = tmp_path / "0.pdf"
    cover.write_bytes(cover_pdf(sheet, "", "ru"))
    files = scan_files([SAMPLES / "usual-03.jpg", cover, SAMPLES / "usual-01.jpg", SAMPLES / "refused-blank.jpg"])
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    how = Ingestion(engine, AcceptancePolicy(load_calibration()))
    assert ingest(files[:3], how, today=TODAY, opened_by="anna").covers == 1
    assert ingest(files, how, today=TODAY, opened_by="boris").refused == 1
    with Session(engine) as session:
        batch = batch_now(session, "26-ABCDEFG")
        kept = session.scalars(select(Scan).order_by(Scan.id)).all()
        assert [scan.batch_id for scan in kept] == [None, batch.id, batch.id, batch.id]
        assert [scan.outcome for scan in kept] == ["read", "cover", "read", "refused"]
    engine.dispose()
    assert (batch.sheet, batch.opened_by, batch.state) == (sheet, "anna", "open")
    assert (batch.account.read, batch.account.blank, batch.account.difference) == (1, 1, 0)


def test_a_file_that_is_named_twice_is_read_once_and_nothing_after_it_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "probe", two_pages)
    monkeypatch.setattr(module, "read_page", read_at_once)
    for n in range(3):
        (tmp_path / f"{n}.tif").write_text(str(n))
    files = scan_files(tmp_path / f"{n}.tif" for n in (0, 0, 1, 0, 2))
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    tally = ingest(files, Ingestion(engine, AcceptancePolicy(load_calibration()), workers=2), today=TODAY)
    engine.dispose()
    assert (tally.sheets, tally.refused, tally.known) == (10, 6, 4)


@pytest.mark.parametrize("at_once", (1, 32), ids=("each-alone", "all-at-once"))
def test_empty_backs_of_sheets_that_were_read_are_no_sheets_to_scan_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """However many are written at once: in one transaction cards come before what was refused."""
    monkeypatch.setattr("migcards.in_order.MAX_DUE", at_once)
    monkeypatch.setattr("migcards.in_order.MAX_DUE_S", 1e9)
    names = ["usual-01.jpg", "refused-blank.jpg", "usual-03.jpg", "refused-back-side.jpg", "refused-too-dark.png"]
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    how = Ingestion(engine, AcceptancePolicy(load_calibration()), duplex=True)
    tally = ingest(scan_files(SAMPLES / name for name in names), how, today=TODAY)
    assert (tally.read, tally.backs, tally.reasons) == (2, 2, {"too_dark": 1})
    with Session(engine) as session:
        assert [item.reason for item in rescan_list(session)] == [Refusal.TOO_DARK]
        outcomes = session.scalars(select(Scan.outcome).order_by(Scan.place)).all()
    assert outcomes == ["read", "back", "read", "back", "refused"]
    assert ingest(scan_files(SAMPLES / name for name in names), how, today=TODAY).known == 5
    engine.dispose()
