"""`python -m benchmarks.search`: how long a supervisor waits for cards in a large store, however the question is put.

The cards are made up (`benchmarks.keyers`) and copied; surnames are made of syllables, so many that each is borne by a
few cards, as unusual names are, and first names by many. Each question is asked anew on a page of its own, counting
included, as the page does.
"""

from __future__ import annotations

import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import click
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from benchmarks.desk import BASE_CARDS, multiply
from benchmarks.keyers import Habits, fill
from ocr.forms.codebook import Role
from ocr.forms.definition import FieldSpec
from review.cards.search import count, find
from review.web.search_form import SearchForm, filters_of, not_understood
from store.engine import open_store, read_only
from store.records import known_fields
from store.spellings import rebuild_spellings
from store.tables import Card, PersonalSpelling

SYLLABLES = ("РА", "ҲИМ", "КА", "СА", "ИД", "ҒА", "ФУР", "ҶУ", "МА", "НА", "ЗАР", "ҚО", "СИМ", "ШО", "ДИЛ", "БЕК")
ENDINGS = ("ОВ", "ОВА", "ЗОДА", "Ӣ", "ЁН")
TIMES = 5


def names() -> list[str]:
    """Some 20,000 surnames."""
    return ["".join(parts) for parts in itertools.product(SYLLABLES, SYLLABLES, SYLLABLES, ENDINGS)]


def days() -> list[str]:
    """The days of sixty years."""
    return [(date(1945, 1, 1) + timedelta(days=n)).isoformat() for n in range(60 * 365)]


def furnish(engine: Engine, cards: int) -> None:
    """Fill an empty store with so many cards, each with a surname out of `names` and a birth date out of `days`."""
    fill(engine, BASE_CARDS, random.Random(1), Habits.machine)
    with Session(engine) as session, session.begin():
        multiply(session, cards // BASE_CARDS - 1)
        sqlite = engine.dialect.name == "sqlite"
        unlock = "DROP TRIGGER personal_readings_no_update"
        session.execute(text(unlock if sqlite else "ALTER TABLE personal_readings DISABLE TRIGGER USER"))
        specs = known_fields(session)
        _say_anew(session, _of_role(specs, Role.SURNAME).name, names())
        _say_anew(session, _of_role(specs, Role.BIRTH_DATE).name, days())
        rebuild_spellings(session)
    with engine.connect() as connection, connection.begin():
        connection.execute(text("ANALYZE"))


def _say_anew(session: Session, field: str, values: Sequence[str]) -> None:
    """Let every reading of a personal field say one of these values."""
    session.execute(text("CREATE TABLE made_up (n integer PRIMARY KEY, said text)"))
    session.execute(
        text("INSERT INTO made_up (n, said) VALUES (:n, :said)"), [{"n": n, "said": v} for n, v in enumerate(values)]
    )
    said = "SELECT said FROM made_up WHERE n = (reading_id * 7919) % :many"
    readings = "SELECT id FROM readings WHERE field = :field"
    changed = f"UPDATE personal_readings SET value = ({said}) WHERE reading_id IN ({readings})"
    session.execute(text(changed), {"many": len(values), "field": field})
    session.execute(text("DROP TABLE made_up"))


def questions(specs: dict[str, FieldSpec]) -> dict[str, SearchForm]:
    """What is asked, by what it shows."""
    surname, birth, crossed = (_of_role(specs, role) for role in (Role.SURNAME, Role.BIRTH_DATE, Role.CROSSING_DATE))
    region = _of_role(specs, Role.HOME_REGION)
    asked = {
        "a surname as it is written": (surname, "КАРАҲИМОВ"),
        "with х for ҳ": (surname, "карахимов"),
        "with a wrong letter": (surname, "карахимав"),
        "with two": (surname, "каракимовв"),
        "its beginning": (surname, "карахим*"),
        "one that nobody bears": (surname, "владиславлев"),
        "a code in words": (region, "Хатлон"),
        "a year of birth": (birth, "1990"),
        "a birthday of no year": (birth, "17.05.????"),
        "a month of crossing": (crossed, "03.2016"),
        "a day of crossing of no year": (crossed, "15.03.????"),
    }
    forms = {what: SearchForm(field=[spec.name], value=[typed]) for what, (spec, typed) in asked.items()}
    return forms | {"a part of a number": SearchForm(serial="12345")}


def _of_role(specs: dict[str, FieldSpec], role: Role) -> FieldSpec:
    return next(spec for spec in specs.values() if spec.role is role)


def ask(engine: Engine, form: SearchForm) -> tuple[float, int]:
    """Seconds until a page of cards is there, and how many cards there are in all."""
    start = time.perf_counter()
    with Session(read_only(engine)) as session:
        specs = known_fields(session)
        assert not list(not_understood(form, specs)), form
        filters = filters_of(form, specs)
        find(session, filters)
        found = count(session, filters)
    return time.perf_counter() - start, found


@click.command()
@click.option("--cards", default=200_000, show_default=True, help="Cards in the store.")
@click.option("--url", help="An empty database; by default a file of SQLite.")
def main(cards: int, url: str | None) -> None:
    """Measure and print milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_store(url or f"sqlite:///{Path(folder) / 'cards.db'}")
        furnish(engine, cards)
        with Session(read_only(engine)) as session:
            specs = known_fields(session)
            many, spellings = (
                session.scalar(select(func.count()).select_from(kind)) for kind in (Card, PersonalSpelling)
            )
        click.echo(f"{engine.dialect.name}: {many:,} cards, {spellings:,} spellings")
        for what, form in questions(specs).items():
            asked = [ask(engine, form) for _ in range(TIMES)]
            spent = 1000 * statistics.median(seconds for seconds, _ in asked)
            click.echo(f"{what:32}{spent:8.0f} ms (first {1000 * asked[0][0]:.0f}){asked[0][1]:10,} cards")
        engine.dispose()


if __name__ == "__main__":
    main()
