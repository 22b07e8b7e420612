"""Which pages are left to read."""

from __future__ import annotations

import json
import os
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from migcards import ingest as module
from migcards.ingest import ingest, new_pages
from migcards.saver import Ingestion, Saver
from migcards.tally import RunTally
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.evaluation.truth import read_truth
from ocr.forms.definition import load_forms
from ocr.page import PageJob, PageResult
from ocr.preprocess.load import FileInfo, Kind
from ocr.reading import Refusal, Refused
from ocr.scan import ScanId
from ocr.worker_pool import Workers
from store.cards import start_run
from store.engine import open_store
from store.scans import rescan_list
from store.tables import Scan

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


def test_files_that_crash_the_decoder_are_kept_apart_and_the_rest_stays_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {"1.tif": b"bad one", "2.tif": b"good one", "3.tif": b"bad two", "10.tif": b"good two"}
    files = [tmp_path / name for name in contents]
    for path in files:
        path.write_bytes(contents[path.name])
    monkeypatch.setattr(module, "probe", dying_probe)
    engine, tally = open_store(f"sqlite:///{tmp_path}/cards.db"), RunTally()
    with Session(engine) as session, session.begin():
        run_id = start_run(session, "box")
    how = Ingestion(engine, AcceptancePolicy(load_calibration()), workers=2)
    with Workers(2, 60.0) as pool:
        jobs = list(new_pages(files, Saver(how, run_id), tally, pool, set()))
    assert [(job.path.name, job.page) for job in jobs] == [("2.tif", 0), ("2.tif", 1), ("10.tif", 0), ("10.tif", 1)]
    assert (tally.sheets, tally.known, tally.reasons) == (2, 0, {Refusal.CRASHED: 2})
    with Session(engine) as session:
        kept = dict(session.execute(select(Scan.path, Scan.sha256)).all())
    assert kept == {str(path): sha256(path.read_bytes()).hexdigest() for path in (files[0], files[2])}
    engine.dispose()


def test_the_log_of_a_run_names_every_page_and_stage_and_nobody(tmp_path: Path, log_file: Path) -> None:
    names = ["fault-skew.jpg", "duplex-departure.tif", "refused-blank.jpg"]
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    how = Ingestion(engine, AcceptancePolicy(load_calibration()), workers=2)
    tally = ingest([SAMPLES / name for name in names], how, today=date(2026, 1, 1))
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
    assert ingest([SAMPLES / "usual-01.jpg"], how, today=date(2026, 1, 1)).reasons == {"crashed": 1}
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


def test_files_are_looked_at_some_at_a_time_and_nothing_is_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_AHEAD", 3)
    monkeypatch.setattr(module, "probe", two_pages)
    monkeypatch.setattr(module, "read_page", read_at_once)
    files = [tmp_path / f"{n:02}.tif" for n in range(10)]
    for n, path in enumerate(files):
        path.write_text("the same" if n in (1, 2, 8) else str(n))
    engine, told = open_store(f"sqlite:///{tmp_path}/cards.db"), []
    how = Ingestion(engine, AcceptancePolicy(load_calibration()), workers=2)
    tally = ingest(files, how, today=date(2026, 1, 1), progress=lambda tally, total: told.append((tally.sheets, total)))
    assert (tally.sheets, tally.refused, tally.known) == (20, 16, 4)
    assert told[0] == (0, 10) and told[-1] == (20, 20)
    assert all(done <= total for done, total in told) and told == sorted(told)
    with Session(engine) as session:
        pages = [(item.detail, item.scan.page) for item in rescan_list(session)]
    engine.dispose()
    assert pages == [(path.name, page) for n, path in enumerate(files) if n not in (2, 8) for page in (0, 1)]
