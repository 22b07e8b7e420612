"""What contradicts each other in a store, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from migcards.cli.shared.stage_bar import StageBar
from migcards.verify import verify_store
from store.copy import count_rows
from store.engine import read_only
from store.verify import Finding, count_sheets
from texts import Language, say


def findings(engine: Engine, archive: Path | None, language: Language) -> Iterator[tuple[Finding, str]]:
    """Verify a store before the eyes of people: what is wrong as it is found, each with a sentence."""
    stages = {"cards": say("verify.cards", language), "originals": say("verify.originals", language)}
    with StageBar(stages) as progress:
        for found in verify_store(engine, archive, progress):
            yield found, say(f"finding.{found.kind}", language, **found.places)


def counts(engine: Engine) -> dict[str, int]:
    """Sheets, read and refused, and the rows of every table."""
    with Session(read_only(engine)) as session:
        return count_sheets(session) | count_rows(session.connection())
