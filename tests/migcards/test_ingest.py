"""Which pages are left to read."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from migcards import ingest as module
from migcards.ingest import new_pages
from migcards.saver import Ingestion, Saver
from migcards.tally import RunTally
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.preprocess.load import FileInfo, Kind
from ocr.reading import Refusal
from store.cards import start_batch
from store.engine import open_store
from store.tables import Scan


def dying_probe(path: Path) -> FileInfo:
    """Ends the worker at a file of bad content; two pages in any other."""
    content = path.read_bytes()
    if content.startswith(b"bad"):
        os._exit(9)
    return FileInfo(path, sha256(content).hexdigest(), Kind.TIFF, 2)


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
