"""The network in force as a file, and that a run reads with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from migcards.ingest import ingest
from migcards.networks import as_folder, network_in_force
from migcards.saver import Ingestion
from migcards.scan_file import ScanFile
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.errors import StoreError
from ocr.extract.network import MODEL, MODELS, Network
from store.calibrations import apply_network, in_force, undo_calibration
from store.networks import keep_network
from store.tables import Reading
from tests.migcards.cli.program import SAMPLES
from tests.store.networks import OTHER, VERSION, calibration, network


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_a_damaged_copy_is_written_anew() -> None:
    folder = as_folder(VERSION, OTHER)
    (folder / MODEL).write_bytes(OTHER[:1000])
    assert as_folder(VERSION, OTHER) == folder and Network(folder).version == VERSION
    assert [path.name for path in folder.iterdir()] == [MODEL], "no half-written file stays"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "cache" / "migcards").mkdir(parents=True)
    (tmp_path / "cache" / "migcards" / "networks").write_text("in the way")
    with pytest.raises(StoreError, match=VERSION):
        as_folder(VERSION, OTHER)


def test_a_run_reads_with_the_network_in_force_and_accepts_by_its_thresholds(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        keep_network(session, network(), OTHER)
        apply_network(session, VERSION, calibration())
    with Session(engine) as session:
        folder, now = network_in_force(session), in_force(session)
    path = SAMPLES / "fault-skew.jpg"
    how = Ingestion(engine, AcceptancePolicy(now.calibration), network=folder)
    tally = ingest([ScanFile(path, str(path))], how, today=date(2026, 1, 3))
    assert not tally.unmeasured
    with Session(engine) as session:
        found = session.execute(select(Reading.reader, Reading.reader_version, Reading.review)).all()
        by_hand = [row for row in found if row.reader == "handwriting"]
        assert {row.reader_version for row in by_hand} == {VERSION}
        assert any(not row.review for row in by_hand)
        undo_calibration(session)
        assert network_in_force(session) == MODELS
