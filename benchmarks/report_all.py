"""`python -m benchmarks.report_all`: what `migcards report all` takes of millions of cards, on SQLite.

The first cards have an audit each, as those of `benchmarks.audit_watch`; the records of the others are made up as for
`benchmarks.pivots`, of eight years, with a card and a sheet to each, and some sheets were not read. The store and its
frozen record are kept, so that the next run begins at once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import click
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from benchmarks.audit_watch import fill
from benchmarks.pivots import made_up
from migcards.frozen_keeper import FrozenKeeper
from ocr.reading import Refusal
from store.engine import open_store
from store.tables import Card, FormDefinition, Record, Scan

REFUSED_EACH = 50
"""Of so many sheets one was not read."""

_LAUNCHER = """
import atexit, sys
from pathlib import Path

def say_peak():  # of this program alone: what the operating system counts also holds who started it
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024, file=sys.stderr)

atexit.register(say_peak)
from migcards.cli import main

main()
"""
_LOADED = datetime(2026, 12, 31, 12, tzinfo=UTC)


def furnish(engine: Engine, cards: int, audits: int) -> None:
    """Save so many cards, the first with audits."""
    fill(engine, audits)
    with Session(engine) as session:
        first = 1 + (session.scalar(select(func.max(Scan.id))) or 0)
        form = session.scalars(select(FormDefinition)).first()
        assert form is not None
        for rows in made_up(cards - audits):
            for row in rows:
                row["card_id"] += first - 1
            ids = [row["card_id"] for row in rows]
            session.execute(insert(Scan), [_scan(n) for n in ids])
            about = {"form_id": form.id, "form": form.form, "version": form.version}
            session.execute(
                insert(Card), [_card(n, row["direction"]) | about for n, row in zip(ids, rows, strict=True)]
            )
            session.execute(insert(Record), rows)
            session.commit()
        start = 1 + (session.scalar(select(func.max(Scan.id))) or 0)
        session.execute(insert(Scan), [*_refused(start, cards // REFUSED_EACH)])
        session.commit()


def _scan(number: int) -> dict[str, Any]:
    size = {"dpi": 300.0, "width": 9, "height": 9}
    about = {"path": f"{number}.jpg", "loaded_at": _LOADED, "outcome": "read", "reason": None, "detail": None}
    return {"id": number, "sha256": f"{number:064x}", "page": 0, **size, **about}


def _card(number: int, direction: str) -> dict[str, Any]:
    read = {"rotation": 0, "residual_mm": 0.1, "broken_rules": [], "edition": 1, "software": "1"}
    return {"id": number, "scan_id": number, "direction": direction, "serial": None, **read}


def _refused(start: int, number: int) -> Iterator[dict[str, Any]]:
    reasons = [*Refusal]
    for n in range(start, start + number):
        yield _scan(n) | {"outcome": "refused", "reason": reasons[n % len(reasons)], "detail": ""}


def took(database: Path, frozen: Path, *tables: str) -> tuple[float, float, float]:
    """Seconds that `migcards report` takes from its start to its end, those of processor, and megabytes at most."""
    command = [sys.executable, "-c", _LAUNCHER, "report", *tables, "--period", "2026"]
    settings = {"MIGCARDS_DATABASE": f"sqlite:///{database}", "MIGCARDS_FROZEN": str(frozen)}
    began, before = perf_counter(), os.times()
    done = subprocess.run(command, env=os.environ | settings, check=True, capture_output=True, text=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return perf_counter() - began, cpu, float(done.stderr.splitlines()[-1])


@click.command()
@click.option("--cards", default=5_000_000, show_default=True)
@click.option("--audits", default=90_000, show_default=True)
@click.option("--runs", default=3, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), show_default=True)
def main(cards: int, audits: int, runs: int, folder: Path) -> None:
    """Fill a store, and make its tables with and without a frozen record."""
    path, frozen = folder / f"report-{cards}.db", folder / f"report-{cards}-frozen"
    is_new = not path.exists()
    folder.mkdir(parents=True, exist_ok=True)
    engine = open_store(f"sqlite:///{path}")
    if is_new:
        furnish(engine, cards, audits)
    began = perf_counter()
    FrozenKeeper(engine, frozen).now()
    engine.dispose()
    click.echo(f"{cards:,} cards, {path.stat().st_size / 1e6:,.0f} MB; frozen in {perf_counter() - began:.0f} s")
    for words, kept in (("with", frozen), ("without", folder / "nothing")):
        for table in ("T1", "T13", "all"):
            found = [took(path, kept, table) for _ in range(runs)]
            each = "; ".join(f"{s:.1f} s ({cpu:.1f} of processor, {mb:.0f} MB)" for s, cpu, mb in found)
            click.echo(f"report {table}, {words} a frozen record: {each}")


if __name__ == "__main__":
    main()
