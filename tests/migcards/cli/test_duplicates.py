"""`migcards duplicates`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session

from store.engine import open_store
from tests.migcards.cli.program import command
from tests.store.cards import card, scan
from tests.store.test_cards import save


def test_cards_that_may_have_been_scanned_twice_are_listed(tmp_path: Path) -> None:
    engine, run = open_store(f"sqlite:///{tmp_path}/cards.db"), command(tmp_path)
    assert "No card" in run("duplicates", "--lang", "en").stdout
    with Session(engine) as session, session.begin():
        for found in (card(1), replace(card(1), scan=scan(9))):
            save(session, found)
    engine.dispose()
    lines = run("duplicates", "--lang", "en").stdout.splitlines()
    assert len(lines) == 2 and lines[1].startswith("1 ") and lines[1].endswith("number")
    (pair,) = json.loads(run("duplicates", "--json").stdout)
    assert (pair["card"], pair["other"], pair["by_number"], pair["distance"]) == (2, 1, True, None)
    assert pair["file"] != pair["other_file"]
