"""`migcards backup`; what it is good for stands in test_restore.py."""

from __future__ import annotations

from pathlib import Path

from store.engine import open_store
from tests.migcards.cli.program import command
from tests.store.everything import fill
from tests.store.originals import keep_all, kept


def test_a_damaged_original_and_a_missing_archive_are_told(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cards.db")
    fill(store)
    store.dispose()
    migcards = command(tmp_path)
    assert "no archive is set" in migcards("backup", "one", "--lang", "en").stderr
    keep_all(tmp_path / "originals")
    (tmp_path / "migcards.toml").write_text('archive = "originals"\n')
    damaged = kept(tmp_path / "originals", "2")
    damaged.chmod(0o644)
    damaged.write_text("altered")
    assert damaged.name in migcards("backup", "two", "--lang", "en", code=6).stderr
