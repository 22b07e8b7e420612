"""`python -m benchmarks.desk`: the server's time per assignment and per key while many fields wait, on both databases.

The cards are made up (`benchmarks.keyers`). Every assignment takes three fields in a transaction of its own; every key
keeps a decision and derives the card's record and queue anew.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from benchmarks.keyers import DOUBTFUL, Habits, fill
from review.assignment.policy import DeskRules
from review.desk import Desk, Person
from store.engine import open_store
from store.tables import Base, Card, PersonalReading, Reading, Record, Scan, Waiting

PEOPLE = tuple(Person(f"p{n}", "reviewer") for n in range(5))
RULES = DeskRules()
VALUES = {"occupation": "7112", "residence_district": "TJ-SU-01", "checkpoint": "TJ-A1", "document_no": "A4000001",
          "birth_date": "1990-05-17", "dest_region": "RU-MOW"}  # fmt: skip
BASE_CARDS = 40
AT_ONCE = 3


def multiply(session: Session, copies: int, *, behind: int = 0) -> None:
    """Copy every card so many times with all that belongs to it; the caller commits.

    Parameters
    ----------
    behind
        By how much the copies' fields rank behind the originals'.
    """
    card, scan, reading = (session.scalar(select(func.max(table.id))) or 0 for table in (Card, Scan, Reading))
    own = {
        Scan: {"id": f"id + n * {scan}", "sha256": "substr(sha256, 1, 50) || n"},
        Card: {"id": f"id + n * {card}", "scan_id": f"scan_id + n * {scan}"},
        Reading: {"id": f"id + n * {reading}", "card_id": f"card_id + n * {card}"},
        PersonalReading: {"reading_id": f"reading_id + n * {reading}"},
        Waiting: {"card_id": f"card_id + n * {card}", "rank": f"rank + {behind}"},
        Record: {"card_id": f"card_id + n * {card}"},
    }
    for table, changed in own.items():
        copy_rows(session, table, changed, copies)


def copy_rows(session: Session, table: type[Base], changed: dict[str, str], copies: int) -> None:
    """Copy every row of a table so many times with what an expression of `n`, the copy's number, makes of columns."""
    columns = [column.name for column in table.__table__.columns]
    values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {copies})"
    start = f"INSERT INTO {table.__tablename__} ({names}) "
    session.execute(text(f"{start}{numbers} SELECT {values} FROM {table.__tablename__}, numbers"))


def measure(engine: Engine, times: int) -> dict[str, list[float]]:
    """Milliseconds of each assignment and key, the transaction's end included."""
    spent: dict[str, list[float]] = {"assign": [], "key": []}
    for n in range(times):
        person = PEOPLE[n % len(PEOPLE)]
        start = time.perf_counter()
        with Session(engine) as session, session.begin():
            tasks = Desk(session, person, datetime.now(UTC), RULES).assign(count=AT_ONCE)
        spent["assign"].append(1000 * (time.perf_counter() - start))
        for task in tasks:
            start = time.perf_counter()
            with Session(engine) as session, session.begin():
                value, now = VALUES[task.field], datetime.now(UTC)
                Desk(session, person, now, RULES).key(task.ticket, value, seconds=1)
            spent["key"].append(1000 * (time.perf_counter() - start))
    return spent


def bench(url: str, fields: int, times: int) -> str:
    """Fill a new store, measure, and say it in lines."""
    engine = open_store(url)
    fill(engine, BASE_CARDS, random.Random(1), Habits.machine)
    with Session(engine) as session:
        multiply(session, fields // (BASE_CARDS * len(DOUBTFUL)))
        session.commit()
        session.execute(text("ANALYZE"))
        session.commit()
        waiting = session.scalar(select(func.count()).select_from(Waiting))
    spent = measure(engine, times)
    name = engine.dialect.name
    engine.dispose()
    return "\n".join(f"{name:12}{waiting:10,}  {what:8}{_figures(found)}" for what, found in spent.items())


def _figures(found: Sequence[float]) -> str:
    ordered = sorted(found)
    return f"{statistics.median(ordered):10.1f}{ordered[int(0.95 * len(ordered))]:10.1f}{ordered[-1]:10.1f}"


@click.command()
@click.option("--fields", default=200_000, show_default=True, help="Fields that wait.")
@click.option("--times", default=100, show_default=True, help="Assignments; each is followed by its keys.")
@click.option("--postgres", help="URL of an empty PostgreSQL database to measure too.")
def main(fields: int, times: int, postgres: str | None) -> None:
    """Measure and print milliseconds."""
    click.echo(f"{'database':12}{'waiting':>10}  {'':8}{'median':>10}{'95 %':>10}{'worst':>10}   (ms)")
    with tempfile.TemporaryDirectory() as folder:
        click.echo(bench(f"sqlite:///{Path(folder) / 'cards.db'}", fields, times))
    if postgres:
        click.echo(bench(postgres, fields, times))


if __name__ == "__main__":
    main()
