"""The `migcards` command as a user types it, in a folder of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.engine import open_store
from store.tables import Card, Record, Scan
from tests.forked_program import run_program

SAMPLES = Path(__file__).parents[3] / "fixtures" / "samples"
PROGRAM = Path(sys.executable).parent / "migcards"
Run = Callable[..., subprocess.CompletedProcess[str]]


def command(folder: Path) -> Run:
    """A function that runs `migcards` in a folder of its own."""

    def run(*arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        environment = {"MIGCARDS_DATABASE": f"sqlite:///{folder}/cards.db", "MIGCARDS_WORKERS": "1"}
        done = run_program(*arguments, folder=folder, environment=environment)
        if code is not None:
            assert done.returncode == code, done.stdout + done.stderr
        return done

    return run


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
