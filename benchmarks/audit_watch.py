"""`python -m benchmarks.audit_watch`: what `migcards report` takes where many readings were audited, on SQLite.

Every card is a copy of one of a hundred, whose purpose was read, stood, was drawn for the audit and was right.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import click
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from benchmarks.desk import copy_rows, multiply
from migcards.drift_monitor import drift_report
from ocr.forms.codebook import Role
from ocr.forms.definition import FieldSpec, Form, load_forms
from ocr.forms.serial import serial_number
from ocr.reading import Candidate, CardReading, FieldReading, FieldState, Why
from ocr.scan import ScanId
from review.decisions.decision_log import decide
from store.calibrations import in_force
from store.cards import save_card
from store.engine import open_store, read_only
from store.scans import ReadCard
from store.tables import AuditResult, Card, Decision, Reading

ORIGINALS = 100
_LAUNCHER = "from migcards.cli import main; main()"
_QUAD = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def fill(engine: Engine, audits: int) -> None:
    """Save so many cards with an audit each."""
    form = next(form for form in load_forms() if form.direction == "D")
    audited = next(spec for spec in form.fields if spec.options and not spec.personal and not spec.specify)
    with Session(engine) as session, session.begin():
        for n in range(1, ORIGINALS + 1):
            card_id = save_card(
                session, ReadCard(_reading(form, audited, n), form, f"{n}.png", 300, (9, 9)), run_id=None
            )
            decide(session, card_id, audited.name, audited.options[0].code, person="p", kind="audit")
        card, reading, decision = (session.scalar(select(func.max(kind.id))) or 0 for kind in (Card, Reading, Decision))
        copies = audits // ORIGINALS - 1
        moved = {"card_id": f"card_id + n * {card}", "reading_id": f"reading_id + n * {reading}"}
        multiply(session, copies)
        copy_rows(session, Decision, moved | {"id": f"id + n * {decision}"}, copies)
        copy_rows(session, AuditResult, moved | {"decision_id": f"decision_id + n * {decision}"}, copies)


def _reading(form: Form, audited: FieldSpec, n: int) -> CardReading:
    scan = ScanId(sha256(str(n).encode()).hexdigest(), 0)
    fields = tuple(_field(spec, drawn=spec == audited) for spec in form.fields)
    return CardReading(scan, form.id, form.version, form.direction, serial_number(n), 0, 0.1, fields, ())


def _field(spec: FieldSpec, *, drawn: bool) -> FieldReading:
    value = "2026-03-04" if spec.about.role is Role.CROSSING_DATE else spec.options[0].code if spec.options else ""
    state = FieldState.READ if value else FieldState.EMPTY
    candidates = (Candidate(value, value, 1.0),) if value else ()
    review = (Why.AUDIT,) if drawn else ()
    return FieldReading(spec.name, state, value, candidates, value, 1.0, 1.0, review, _QUAD, "made up", "1")


def seconds_of(database: str, *arguments: str) -> float:
    """Seconds that a command takes from its start to its end."""
    command = [sys.executable, "-c", _LAUNCHER, "report", *arguments, "--period", "2026"]
    began = perf_counter()
    subprocess.run(command, env=os.environ | {"MIGCARDS_DATABASE": database}, check=True, capture_output=True)
    return perf_counter() - began


@click.command()
@click.option("--audits", type=click.IntRange(2 * ORIGINALS), default=90_000, show_default=True)
@click.option("--runs", type=click.IntRange(1), default=3, show_default=True)
@click.option(
    "--into", type=click.Path(dir_okay=False, path_type=Path), help="Keep the store; one that is there serves."
)
def main(audits: int, runs: int, into: Path | None) -> None:
    """Fill a store, look at its audits, and make the tables."""
    with tempfile.TemporaryDirectory() as folder:
        path = into or Path(folder) / "cards.db"
        database, is_new = f"sqlite:///{path}", not path.exists()
        engine = open_store(database)
        if is_new:
            fill(engine, audits)
        with Session(read_only(engine)) as session:
            began = perf_counter()
            drift_report(session, in_force(session), {})
            click.echo(f"the watch alone: {perf_counter() - began:.2f} s")
        engine.dispose()
        for table in ("T1", "all"):
            took = " ".join(f"{seconds_of(database, table):.1f}" for _ in range(runs))
            click.echo(f"migcards report {table}: {took} s")


if __name__ == "__main__":
    main()
