"""`migcards request`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.engine import open_store
from store.tables import RequestedCard
from tests.migcards.cli.program import command
from tests.store.cards import card
from tests.store.test_cards import save


def test_a_card_is_asked_for_and_taken_back(tmp_path: Path) -> None:
    engine, run = open_store(f"sqlite:///{tmp_path}/cards.db"), command(tmp_path)
    with Session(engine) as session, session.begin():
        save(session, card(1, review={"surname": ("not_sure",)}))
    said = run("request", "1", "--reason", "a court asks", "--person", "vera", "--lang", "en").stdout
    assert said == "Card 1: its names and numbers are in the queue to be keyed.\n"
    assert "already, by vera" in run("request", "1", "--reason", "another", "--person", "x", code=4).stderr
    assert "taken back" in run("request", "1", "--take-back", "--person", "boss", "--lang", "en").stdout
    with Session(engine) as session:
        (row,) = session.scalars(select(RequestedCard))
        assert (row.person, row.reason, row.withdrawn_by) == ("vera", "a court asks", "boss")
    engine.dispose()


def test_a_reason_or_taking_back_is_needed_and_a_card_that_is_there(tmp_path: Path) -> None:
    run = command(tmp_path)
    assert "--reason" in run("request", "1", code=2).stderr
    assert "--take-back" in run("request", "1", "--reason", "r", "--take-back", code=2).stderr
    assert "No card" in run("request", "1", "--reason", "r", code=4).stderr
