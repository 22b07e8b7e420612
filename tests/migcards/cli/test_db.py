"""`migcards db copy`."""

from __future__ import annotations

import json
from pathlib import Path

from store.engine import open_store
from store.tables import Base
from tests.migcards.cli.program import command
from tests.store.everything import fill
from tests.store.test_copy import content


def test_a_store_is_copied_once_and_every_table_told(tmp_path: Path, empty_url: str) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/here.db")
    fill(engine)
    engine.dispose()
    run = command(tmp_path)
    target = empty_url.replace("cards.db", "there.db")
    told = json.loads(run("db", "copy", "sqlite:///here.db", target, "--json").stdout)
    assert [table["table"] for table in told] == [table.name for table in Base.metadata.sorted_tables]
    assert "not empty" in run("db", "copy", "sqlite:///here.db", target, code=6).stderr
    there = open_store(target)
    assert {name: len(rows) for name, rows in content(there).items()} == {one["table"]: one["rows"] for one in told}
    there.dispose()
    back = run("db", "copy", target, "sqlite:///back.db", "--lang", "en").stdout
    assert "hold the same" in back and "personal_readings" in back
    assert "There is no database" in run("db", "copy", "sqlite:///none.db", "sqlite:///x.db", code=6).stderr
    assert not (tmp_path / "none.db").exists()
