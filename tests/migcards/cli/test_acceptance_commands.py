"""The audit, `migcards tune` from decisions, applied and taken back, and what is said when audits contradict it."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocr.confidence.calibration import Calibration, load_calibration
from ocr.extract.marks import MarksReader
from review.decisions.decision_log import decide
from store.calibrations import apply_calibration
from store.engine import open_store
from store.tables import Record, Waiting
from tests.migcards.cli.program import SAMPLES, Run, command
from tests.migcards.test_drift_monitor import audits, calibration
from tests.store.cards import card
from tests.store.test_cards import save


def store_of(folder: Path) -> Session:
    """A session of the folder's store."""
    return Session(open_store(f"sqlite:///{folder}/cards.db"))


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """A scan read with every accepted field drawn for the audit."""
    folder = tmp_path_factory.mktemp("audited")
    (folder / "migcards.toml").write_text('audit_share = 1.0\nlanguage = "en"\n')
    shutil.copy(SAMPLES / "fault-skew.jpg", folder)
    run = command(folder)
    summary = json.loads(run("run", "fault-skew.jpg", "--json").stdout)
    assert summary["accepted"] == 0
    return folder, run


def test_audited_values_stand_in_the_record_while_they_wait(audited: tuple[Path, Run]) -> None:
    folder, run = audited
    with store_of(folder) as session:
        waiting = {w.field: w.why for w in session.scalars(select(Waiting))}
        record = session.scalars(select(Record)).one()
    drawn = {field for field, why in waiting.items() if why == "audit"}
    assert {"sex", "education"} <= drawn
    assert None not in (record.sex, record.education)
    assert record.pending == len(waiting) - len(drawn)
    line = next(line for line in run("show", "1").stdout.splitlines() if line.split()[:1] == ["sex"])
    assert line.split()[2] == record.sex and line.endswith("random audit")


def test_decisions_are_learned_from_and_a_calibration_comes_and_goes(audited: tuple[Path, Run]) -> None:
    folder, run = audited
    rows = list(csv.DictReader(io.StringIO(run("queue", "--format", "csv", "--limit", "100").stdout)))
    with (folder / "audit.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"value": "", "person": "A"} for row in rows if row["why"] == "random audit")
    run("decide", "audit.csv", "--apply")
    shown = run("tune", "--from-decisions", "-o", "new.json", "--picture", "curves.svg").stdout
    assert "marks 3, one_of: " in shown and "nothing changed" in shown
    assert "<svg" in (folder / "curves.svg").read_text("utf-8")
    shipped, new = load_calibration(), load_calibration(folder / "new.json")
    assert shipped.fingerprint not in run("tune", "--history").stdout, "only shown"
    assert new.by_key["marks", "one_of"].threshold(0.003) is None, "all of the audited values were found wrong"
    assert new.by_key["marks", "word"] == shipped.by_key["marks", "word"]
    assert new.fingerprint in run("tune", "--from-decisions", "--apply").stdout
    assert f"{new.fingerprint} after {shipped.fingerprint}" in run("tune", "--history").stdout
    assert shipped.fingerprint in run("tune", "--undo").stdout
    assert "nothing to take back" in run("tune", "--undo", code=4).stderr


def test_labelled_scans_are_tuned_on_and_too_few_prove_nothing(audited: tuple[Path, Run]) -> None:
    folder, run = audited
    (folder / "labelled").mkdir()
    for suffix in ("jpg", "json"):
        shutil.copy(SAMPLES / f"fault-skew.{suffix}", folder / "labelled")
    shown = run("tune", "labelled", "--data", "one card", "-o", "one.json").stdout
    assert "marks 3, one_of: " in shown and "then nothing" in shown
    one = load_calibration(folder / "one.json")
    assert one.data == "one card" and one.by_key["marks", "one_of"].version == "3"
    assert all(kept.threshold is None for scale in one.scales for kept in scale.kept)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Give one of"),
        (["--undo", "--history"], "Give one of"),
        ([".", "--from-decisions"], "Give one of"),
        (["."], "--data"),
    ],
)
def test_tune_asks_for_one_thing(audited: tuple[Path, Run], arguments: list[str], words: str) -> None:
    _, run = audited
    assert words in run("tune", *arguments, code=2).stderr


def test_a_target_error_for_a_field_that_no_form_has_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "migcards.toml").write_text("[target_errors]\nshoes = 0.01\n")
    assert "shoes" in command(tmp_path)("report", "T1", code=4).stderr
    (tmp_path / "migcards.toml").write_text("[target_errors]\nsex = 1.5\n")
    assert "target_errors.sex in migcards.toml" in command(tmp_path)("report", "T1", code=4).stderr


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Приём остановлен"), ("tg", "Қабул қатъ шуд"), ("en", "stopped")]
)
def test_a_stop_is_said_by_reports(tmp_path: Path, language: str, words: str) -> None:
    run = command(tmp_path)
    with store_of(tmp_path) as session, session.begin():
        apply_calibration(session, calibration("one_of"))
        audits(session, [False] * 4)
    said = run("report", "T1", "--period", "2016", "--lang", language)
    assert words in said.stderr and "made-up, one_of" in said.stderr
    assert words not in said.stdout


def test_a_run_says_what_is_stopped_and_what_was_never_measured_and_accepts_neither(tmp_path: Path) -> None:
    """The shipped calibration of the marks, stopped by audits, and of signatures of another version."""
    scales = load_calibration().by_key
    old = scales["signature", "signature"].model_copy(update={"version": "0"})
    with store_of(tmp_path) as session, session.begin():
        mine = Calibration(made=date(2024, 1, 2), data="x", scales=(scales["marks", "one_of"], old))
        apply_calibration(session, mine)
        for n in range(1, 5):
            reading = card(n, reader="marks", version=MarksReader.version, review={"sex": ("audit",)})
            decide(session, save(session, reading), "sex", "F", person="p", kind="key")
    run = command(tmp_path)
    shutil.copy(SAMPLES / "fault-skew.jpg", tmp_path)
    said = run("run", "fault-skew.jpg", "--json", "--lang", "en")
    assert "Acceptance stopped: marks, one_of." in said.stderr
    assert said.stderr.count("Reader signature, version 3, was never measured: its 1 answer was not accepted") == 1
    assert ["signature", "3", 1] in json.loads(said.stdout)["unmeasured"]
    with store_of(tmp_path) as session:
        why = {w.field: w.why for w in session.scalars(select(Waiting).where(Waiting.card_id == 5))}
    assert why["education"] == "stopped" and why["signature"] == "unmeasured"
