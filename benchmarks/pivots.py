"""`python -m benchmarks.pivots`: how long an analyst waits for a pivot table over millions of made-up cards.

The frozen record is written as `store.frozen` writes it, of a store whose cards are made up; it is kept, so that the
next run begins at once. Then tables are asked for at random, as an analyst might: one to three parameters, sometimes a
selection, mostly of a year, half a year, a quarter or a month, any measure, with small counts hidden.
"""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np
from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from ocr.forms.codebook import codebook
from ocr.lexicon.lexicon import load_lexicon
from reports.cube import Cube
from reports.levels import MISSING
from reports.measures import Measure
from reports.parameters import PivotError, names, parameter
from reports.period import Period, parse_period
from reports.pivot import Pivot, build_pivot
from store.frozen import freeze, open_frozen
from store.record_values import AGE, AGE_GROUP, age_group
from store.tables import Base, Record

YEARS = 8
CHUNK = 50_000
GOAL_S = 0.5
PERIODS = ("2025", "2025-Q2", "2025-07", "2024-H1")


def made_up(cards: int, seed: int = 1) -> Iterator[list[dict[str, Any]]]:
    """Records in chunks: every code of every dictionary occurs, some far more often; 4 % of answers are none."""
    rng = np.random.default_rng(seed)
    columns = {one.column or name: one for name, one in codebook().dimension.items()}
    dictionaries = {
        name: _codes(name, one.dictionary)
        for name, one in columns.items()
        if one.dictionary and name in Record.__table__.c
    }
    for start in range(0, cards, CHUNK):
        number = min(CHUNK, cards - start)
        drawn = {name: _drawn(rng, codes, number) for name, codes in dictionaries.items()}
        ages = np.clip(rng.lognormal(3.36, 0.33, number).astype(int), 1, 78).tolist()
        days = rng.integers(0, YEARS * 365, number).tolist()
        sides = rng.random(number) < 0.44
        yield [
            _record(start + n + 1, {k: v[n] for k, v in drawn.items()}, ages[n], days[n], bool(sides[n]))
            for n in range(number)
        ]


def _codes(column: str, dictionary: str) -> list[str]:
    entries = load_lexicon(dictionary).entries
    leaves = max(map(len, entries)) if codebook().dimension[column].digits else 0
    return [code for code in entries if len(code) >= leaves]


def _drawn(rng: np.random.Generator, codes: list[str], number: int) -> list[str | None]:
    weights = 1 / np.arange(1, len(codes) + 1)
    answers: list[str | None] = [*codes, "", "?", None]
    shares = np.concatenate([0.96 * weights / weights.sum(), [0.015, 0.005, 0.02]])
    return [answers[n] for n in rng.choice(len(answers), number, p=shares)]


def _record(card_id: int, coded: dict[str, str | None], age: int, day: int, returns: bool) -> dict[str, Any]:
    crossed = date(2026, 12, 31) - timedelta(days=day)
    dates = {"crossing_date": crossed, "crossing_first": crossed, "crossing_last": crossed}
    side = {"direction": "A" if returns else "D", "form": "made-up", "pending": 0}
    return {"card_id": card_id, **coded, **dates, AGE: age, AGE_GROUP: age_group(age), **side}


def furnish(path: Path, cards: int) -> float:
    """Write a frozen record of so many cards; the seconds that the freezing took."""
    database = path.with_suffix(".db")
    engine = create_engine(f"sqlite:///{database}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for rows in made_up(cards):
            session.execute(insert(Record), rows)
        session.commit()
        start = time.perf_counter()
        freeze(session, path)
    engine.dispose()
    database.unlink()
    return time.perf_counter() - start


def asked(cube: Cube, rng: random.Random) -> Pivot:
    """A table as an analyst might ask for it."""
    period = parse_period(rng.choice(PERIODS)) if rng.random() < 0.7 else Period(date(2019, 1, 1), date(2026, 12, 31))
    known = [*names({}), f"{AGE}:0-17,18-29,30-44,45-59,60+"]
    chosen = rng.sample(known, rng.choice((1, 2, 2, 2, 3)))
    split = 1 if len(chosen) < 3 else rng.choice((1, 2))
    where = []
    if rng.random() < 0.5:
        name = rng.choice(known)
        codes = [code for code in cube.codes(parameter(name, period, {})) if code not in MISSING]
        where = [(name, tuple(rng.sample(sorted(map(str, codes)), min(3, len(codes)))))]
    return Pivot(period, tuple(chosen[:split]), tuple(chosen[split:]), tuple(where), rng.choice(list(Measure)))


def measure(cube: Cube, tables: int, seed: int) -> tuple[list[float], list[float], list[tuple[float, str]], int]:
    """Seconds of each table, also of the processor, the slowest in words, and how many questions no table answers."""
    rng, refused = random.Random(seed), 0
    spent: list[float] = []
    worked: list[float] = []
    slow: list[tuple[float, str]] = []
    while len(spent) < tables:
        pivot = asked(cube, rng)
        start, began = time.perf_counter(), time.process_time()
        try:
            made = build_pivot(cube, pivot, hide_below=3).table
        except PivotError:
            refused += 1
            continue
        spent.append(time.perf_counter() - start)
        worked.append(time.process_time() - began)
        words = f"{' > '.join(pivot.rows)} x {' > '.join(pivot.columns)}, {pivot.measure}, {len(made.rows)} rows"
        slow.append((spent[-1], f"{words} x {len(made.columns)}"))
    return spent, worked, sorted(slow, reverse=True)[:8], refused


@click.command()
@click.option("--cards", default=5_000_000, show_default=True, help="Cards in the record.")
@click.option("--tables", default=200, show_default=True, help="Tables that are asked for.")
@click.option("--seed", default=1, show_default=True, help="Of the questions.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), default=Path("build"), show_default=True)
@click.option("--in-memory/--from-file", default=True, show_default=True, help="As the page counts; as the command.")
def main(cards: int, tables: int, seed: int, folder: Path, in_memory: bool) -> None:
    """Measure and print."""
    path = folder / f"pivots-{cards}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        click.echo(f"frozen in {furnish(path, cards):.0f} s")
        click.echo(f"memory so far, with the making of the cards: {_peak_mb()} MB")
    start = time.perf_counter()
    cube = Cube(open_frozen(path), in_memory=in_memory)
    click.echo(
        f"{cube.frozen.rows:,} cards, {path.stat().st_size / 1e6:.0f} MB, opened in {time.perf_counter() - start:.2f} s"
    )
    before = _peak_mb()
    spent, worked, slow, refused = measure(cube, tables, seed)
    ranks = {share: sorted(spent)[min(len(spent) - 1, int(share * len(spent)))] for share in (0.5, 0.9, 0.95, 0.99)}
    within, quick = (sum(one <= GOAL_S for one in part) / len(part) for part in (spent, worked))
    click.echo(f"{len(spent)} tables ({refused} questions had no answer): {within:.1%} within {GOAL_S} s")
    click.echo(f"{quick:.1%} within {GOAL_S} s of the processor, all cores together")
    click.echo(f"mean {statistics.mean(spent):.3f} s; " + "; ".join(f"{s:.0%} {t:.3f} s" for s, t in ranks.items()))
    click.echo(f"longest {max(spent):.3f} s; memory at most {_peak_mb()} MB, {before} MB before the first")
    for seconds, words in slow:
        click.echo(f"  {seconds:.2f} s  {words}")


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
