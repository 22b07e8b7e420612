"""`python -m benchmarks.saving`: what a card costs the driver that saves, alone and beside other drivers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from itertools import repeat
from multiprocessing import get_context
from time import perf_counter, process_time

import click
from sqlalchemy.orm import Session

from benchmarks.cards import make_cards
from migcards.in_order import MAX_DUE
from migcards.saver import InBatch, Ingestion, Saver
from ocr.confidence.acceptance import AcceptancePolicy
from ocr.confidence.calibration import load_calibration
from ocr.page import PageJob, PageResult, read_page
from ocr.preprocess.discover import discover
from ocr.preprocess.load import probe
from ocr.reading import CardReading, Refused
from store.cards import start_run
from store.engine import open_store

TODAY = date(2026, 1, 1)


@click.command()
@click.option("--database", required=True, help="Address of an empty database.")
@click.option("--cards", type=click.IntRange(MAX_DUE), default=2000, show_default=True, help="Cards of each driver.")
@click.option("--drivers", type=click.IntRange(1), default=1, show_default=True, help="Processes that save.")
@click.option("--different", type=click.IntRange(1), default=24, show_default=True, help="Cards that are read for it.")
def main(database: str, cards: int, drivers: int, different: int) -> None:
    """Save so many cards that were read before, in transactions as a run does."""
    open_store(database).dispose()
    read = _read(different)
    with ProcessPoolExecutor(drivers, mp_context=get_context("spawn")) as pool:
        jobs = zip(repeat(database), repeat(read), repeat(cards), range(drivers), strict=False)
        used = list(pool.map(save_many, *zip(*jobs, strict=True)))
    seconds = [wall for wall, _ in used]
    processor = 1000 * sum(cpu for _, cpu in used) / drivers / cards
    click.echo(f"{drivers} drivers: {drivers * cards / max(seconds):.0f} cards a second")
    click.echo(f"{1000 * max(seconds) / cards:.2f} ms a card in each, {processor:.2f} of them of its own processor")


def save_many(database: str, read: Sequence[PageResult], cards: int, driver: int) -> tuple[float, float]:
    """Seconds and processor seconds that one driver takes to save so many cards."""
    engine = open_store(database)
    with Session(engine) as session, session.begin():
        run_id = start_run(session, f"driver {driver}")
    saver = Saver(Ingestion(engine, AcceptancePolicy(load_calibration())), run_id)
    pages = [_as_new(read[n % len(read)], f"{driver} {n}", cards * driver + n) for n in range(cards)]
    saver.save([InBatch(_as_new(read[0], f"{driver} first", 10**8 + driver), None)])
    began, used = perf_counter(), process_time()
    for first in range(0, cards, MAX_DUE):
        saver.save([InBatch(page, None) for page in pages[first : first + MAX_DUE]])
    took = perf_counter() - began, process_time() - used
    engine.dispose()
    return took


def _read(different: int) -> list[PageResult]:
    acceptor = AcceptancePolicy(load_calibration())
    infos = [info for info in map(probe, discover([make_cards("office", different)])) if not isinstance(info, Refused)]
    results = (read_page(PageJob(info.path, info.sha256, 0), acceptor, today=TODAY) for info in infos)
    return [result for result in results if isinstance(result.outcome, CardReading)]


def _as_new(result: PageResult, name: str, number: int) -> PageResult:
    """The same card under another number."""
    job = replace(result.job, sha256=sha256(name.encode()).hexdigest())
    scan = replace(result.outcome.scan, sha256=job.sha256)
    assert isinstance(result.outcome, CardReading)
    return replace(result, job=job, outcome=replace(result.outcome, scan=scan, serial=f"{number:09}"))


if __name__ == "__main__":
    main()
