"""`python -m benchmarks.likeness_store`: what it costs to look cards up by their ink in a store of many, on SQLite.

The signatures are made up: bits agree between cards as often as they do between real ones, which makes some keys more
common than others.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import click
import numpy as np
from sqlalchemy.orm import Session

from ocr.likeness import BITS, VERSION, keys_of, signature
from store.engine import open_store
from store.likenesses import most_alike

FORM, COMMON, AT_ONCE = "card-2008", 0.12, 32
"""A form, and how alike the projections of different cards are (a correlation), for a distance of 0.46."""


def made_up(count: int, seed: int) -> Iterator[np.ndarray[tuple[int], np.dtype[np.float32]]]:
    """Projections of so many cards that have nothing to do with each other."""
    common = np.random.default_rng(0).normal(size=BITS)
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield (COMMON**0.5 * common + (1 - COMMON) ** 0.5 * rng.normal(size=BITS)).astype(np.float32)


def fill(path: Path, count: int) -> None:
    """Put signatures into the tables, without the cards that they belong to."""
    bits = [np.packbits(seen > 0, bitorder="little").tobytes() for seen in made_up(count, 1)]
    keys = sorted((key, card) for card, kept in enumerate(bits, 1) for key in keys_of(FORM, VERSION, kept))
    with sqlite3.connect(path) as connection:
        rows = ((card, VERSION, kept) for card, kept in enumerate(bits, 1))
        connection.executemany("INSERT INTO likenesses (card_id, version, bits) VALUES (?, ?, ?)", rows)
        connection.executemany("INSERT INTO likeness_keys (key, card_id) VALUES (?, ?)", keys)


@click.command()
@click.option("--cards", default=200_000, show_default=True, help="Cards in the store.")
@click.option("--times", default=20, show_default=True, help="Lookups, of 32 cards each, as a run saves them.")
def main(cards: int, times: int) -> None:
    """Measure and print milliseconds of processor."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cards.db"
        engine = open_store(f"sqlite:///{path}")
        before = path.stat().st_size
        fill(path, cards)
        asked = [signature(FORM, seen) for seen in made_up(AT_ONCE * times, 2)]
        spent, wrong = [], 0
        for start in range(0, len(asked), AT_ONCE):
            with Session(engine) as session:
                began = process_time()
                found = most_alike(session, dict(enumerate(asked[start : start + AT_ONCE], cards + 1)))
                spent.append(1000 * (process_time() - began) / AT_ONCE)
            wrong += len(found)
        click.echo(f"{cards:,} cards: {np.median(spent):.2f} ms a card (worst {max(spent):.2f}), {wrong} wrong pairs, ")
        click.echo(f"{(path.stat().st_size - before) / cards:.0f} bytes a card")
        engine.dispose()


if __name__ == "__main__":
    main()
