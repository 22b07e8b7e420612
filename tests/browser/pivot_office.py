"""An office with many records, for those who only look at tables; the people on them are made up."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from fixtures.review_site import staff
from tests.reports.demo import population

CARDS = 3_000


def furnish_pivots(folder: Path) -> None:
    """Fill an empty folder with a store that holds records and nothing that they came from."""
    folder.mkdir(parents=True)
    staff(folder)
    people = [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in one.items()}
        for one in population(CARDS)
    ]
    names = ", ".join(people[0])
    places = ", ".join(f":{name}" for name in people[0])
    with closing(sqlite3.connect(folder / "cards.db")) as file, file:  # records here lie without their cards
        file.executemany(f"INSERT INTO records ({names}) VALUES ({places})", people)
