"""`migcards verify`."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import update

from store.engine import open_store
from store.tables import Record
from tests.migcards.cli.program import command
from tests.store.everything import fill
from tests.store.originals import keep_all, kept


def test_contradictions_are_told_and_what_is_derived_is_mended_when_asked(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/cards.db")
    fill(engine)
    keep_all(tmp_path / "originals")
    (tmp_path / "migcards.toml").write_text('archive = "originals"\nlanguage = "en"\n')
    run = command(tmp_path)
    said = run("verify").stdout
    assert "Sheets 7: 5 read, 2 refused" in said and "Nothing contradicts anything." in said
    with engine.begin() as connection:
        connection.execute(update(Record).where(Record.card_id == 4).values(sex="F"))
    engine.dispose()
    found = json.loads(run("verify", "--json", code=6).stdout)
    (finding,) = found["findings"]
    assert (finding["kind"], finding["card"], finding["table"], found["rebuilt"]) == ("derived", 4, "records", [])
    assert "--rebuild" in finding["message"] and found["counts"]["cards"] == 5
    assert "derived anew, cards: 1" in run("verify", "--rebuild").stdout
    kept(tmp_path / "originals", "3").unlink()
    lines = run("verify", code=6).stdout.splitlines()
    assert lines[0].startswith("3.png: the original lies neither in the archive nor in its place.")
    assert lines[-1] == "Contradictions found: 1."
