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
from ocr.reading import Refusal
from store.cards import start_batch
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
        batch_id = start_batch(session, "box")
    how = Ingestion(engine, AcceptancePolicy(load_calibration()), workers=2)
    jobs = list(new_pages(files, Saver(how, batch_id), tally))
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
    done = {"load": "done", "register": "done", "read": "done", "interpret": "done", "save": "read"}
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
