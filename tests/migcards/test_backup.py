"""A backup is whole or not there, holds one moment, and comes back the same into an empty place."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from migcards.backup import Backup, Office, back_up
from migcards.restore import read_manifest, restore_data, restore_settings
from migcards.verify import verify_store
from ocr.errors import BadInputError, StoreError
from store import snapshot
from store.archive import originals
from store.cards import save_cards
from store.engine import alembic_config, migrating, open_store
from store.scans import ReadCard
from store.tables import Run
from tests.store.cards import card, form
from tests.store.conftest import full
from tests.store.originals import SHEETS, keep_all, kept
from tests.store.test_copy import content

__all__ = ["full"]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An installation of which everything is there."""
    keep_all(tmp_path / "archive")
    (tmp_path / "forms" / "lexicons").mkdir(parents=True)
    (tmp_path / "forms" / "own.toml").write_text("# a form")
    (tmp_path / "forms" / "lexicons" / "own.csv").write_text("code,ru\n")
    (tmp_path / "migcards.toml").write_text('forms_dir = "forms"\narchive = "archive"\nlanguage = "tg"\n')
    return Office(tmp_path / "migcards.toml", tmp_path / "forms", tmp_path / "archive")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    """A new store."""
    engine = open_store(f"sqlite:///{tmp_path}/empty.db")
    yield engine
    engine.dispose()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Engine]:
    """A store with one run, on SQLite, where only files matter."""
    engine = open_store(f"sqlite:///{tmp_path}/small.db")
    with Session(engine) as session, session.begin():
        session.add(Run(folder="box", started=datetime(2026, 1, 2, tzinfo=UTC), finished=None))
    yield engine
    engine.dispose()


def test_what_was_backed_up_comes_back_the_same(
    full: Engine, office: Office, empty: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = back_up(full, office, tmp_path / "backups")
    place = tmp_path / "new"
    place.mkdir()
    monkeypatch.chdir(place)
    assert read_manifest(made.folder) == made.manifest
    restore_settings(made.folder, place)
    restore_data(made.folder, empty, place / "archive")
    assert content(empty) == content(full)
    for name in ("migcards.toml", "forms/own.toml", "forms/lexicons/own.csv"):
        assert (place / name).read_bytes() == (tmp_path / name).read_bytes()
    names = [[path.name for _, path in originals(where / "archive")] for where in (tmp_path, place)]
    assert names[0] == names[1] and len(names[0]) == made.manifest.originals == len(SHEETS)
    assert list(verify_store(empty, place / "archive")) == []
    assert sorted(path.name for path in place.iterdir()) == ["archive", "forms", "migcards.toml"]


def test_the_next_backup_adds_what_came_since(small: Engine, office: Office, tmp_path: Path) -> None:
    first = back_up(small, office, tmp_path / "backups")
    shared = tmp_path / "backups" / "originals"
    times = {path.name: path.stat().st_mtime_ns for _, path in originals(shared)}
    keep_all(tmp_path / "archive", ("91",))
    first.folder.rename(first.folder.with_name("2020-01-01T000000Z"))  # both are made within one second
    second = back_up(small, office, tmp_path / "backups")
    assert second.manifest.originals == len(SHEETS) + 1
    assert {name: t for name, t in times.items() if kept_time(shared, name) != t} == {}
    read_manifest(second.folder)
    read_manifest(first.folder.with_name("2020-01-01T000000Z"))


def kept_time(shared: Path, name: str) -> int:
    return (shared / name[:2] / name).stat().st_mtime_ns


def test_a_backup_holds_one_moment_while_cards_are_saved(
    full: Engine, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_PAGES", 1)
    before, number = content(full), iter(range(200, 300))

    def meanwhile(stage: str, done: int, total: int) -> None:
        if stage == "rows" and done % 20 == 1:
            with Session(full) as session, session.begin():
                made = card(next(number))
                save_cards(session, [ReadCard(made, form(made.form), "x.png", 300.0, (1, 1))], run_id=None)

    made = back_up(full, office, tmp_path / "backups", meanwhile)
    assert next(number) > 200, "cards were saved"
    copy = open_store(f"sqlite:///{made.folder}/database.db")
    assert content(copy) == before
    copy.dispose()
    assert made.manifest.rows == {name: len(rows) for name, rows in before.items()}


@pytest.mark.parametrize("stage", ["rows", "originals"])
def test_a_backup_that_is_broken_off_is_none(small: Engine, office: Office, tmp_path: Path, stage: str) -> None:
    def stop(now: str, done: int, total: int) -> None:
        if now == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(small, office, tmp_path / "backups", stop)
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["originals"]
    read_manifest(back_up(small, office, tmp_path / "backups").folder)


def test_a_damaged_original_is_left_out_and_told_unless_a_backup_has_it(
    small: Engine, office: Office, tmp_path: Path
) -> None:
    damaged = kept(tmp_path / "archive", "2")
    damaged.chmod(0o644)
    damaged.write_text("altered")
    made = back_up(small, office, tmp_path / "backups")
    assert made.damaged == (damaged,) and made.manifest.originals == len(SHEETS) - 1
    read_manifest(made.folder)
    damaged.write_text("2")
    back_up(small, office, tmp_path / "more")
    damaged.write_text("altered")
    (tmp_path / "more").rename(tmp_path / "other")
    shutil.rmtree(next((tmp_path / "other").glob("20*")))
    assert back_up(small, office, tmp_path / "other").damaged == ()


def test_a_folder_that_cannot_be_written_is_an_error_for_the_operator(
    small: Engine, office: Office, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="The backup cannot be written"):
        back_up(small, office, tmp_path / "file" / "backups")


@pytest.fixture
def made(small: Engine, office: Office, tmp_path: Path) -> Backup:
    """A backup."""
    return back_up(small, office, tmp_path / "backups")


@pytest.mark.parametrize("name", ["database.db", "migcards.toml", "forms/own.toml", "originals.txt", "manifest.json"])
def test_a_backup_of_which_something_was_altered_is_refused(made: Backup, name: str) -> None:
    with (made.folder / name).open("a") as file:
        file.write("more")
    with pytest.raises(BadInputError, match="backup"):
        read_manifest(made.folder)


def test_a_backup_that_lacks_an_original_is_refused(made: Backup, tmp_path: Path) -> None:
    kept(tmp_path / "backups" / "originals", "2").unlink()
    with pytest.raises(BadInputError, match="not whole"):
        read_manifest(made.folder)


def test_a_folder_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="is no backup"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"made": "yesterday"}))
    with pytest.raises(BadInputError, match="is no backup"):
        read_manifest(tmp_path)


def test_only_into_an_empty_database(made: Backup, small: Engine, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not empty"):
        restore_data(made.folder, small, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_originals_need_an_archive(made: Backup, empty: Engine) -> None:
    with pytest.raises(BadInputError, match="archive"):
        restore_data(made.folder, empty, None)


def test_a_damaged_original_ends_it_and_with_another_copy_it_is_done_again(
    made: Backup, empty: Engine, small: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    damaged = kept(tmp_path / "backups" / "originals", "2")
    damaged.chmod(0o644)
    damaged.write_text("altered")
    with pytest.raises(BadInputError, match="is damaged"):
        restore_data(made.folder, empty, tmp_path / "new")
    damaged.write_text("2")
    restore_data(made.folder, empty, tmp_path / "new")
    assert content(empty) == content(small)
    assert len(list(originals(tmp_path / "new"))) == len(SHEETS)


def test_settings_that_are_there_stay_and_say_where_the_forms_belong(made: Backup, tmp_path: Path) -> None:
    place = tmp_path / "new"
    place.mkdir()
    (place / "migcards.toml").write_text('language = "ru"\n')
    with pytest.raises(BadInputError, match="forms_dir"):
        restore_settings(made.folder, place)
    (place / "migcards.toml").write_text('forms_dir = "elsewhere"\n')
    restore_settings(made.folder, place)
    restore_settings(made.folder, place)
    assert (place / "elsewhere" / "lexicons" / "own.csv").is_file()
    (place / "elsewhere" / "own.toml").write_text("# another form")
    with pytest.raises(BadInputError, match="another one"):
        restore_settings(made.folder, place)


def test_a_backup_of_an_older_schema_is_brought_up_to_date_and_itself_stays_as_it_is(
    made: Backup, empty: Engine, small: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    older = open_store(f"sqlite:///{made.folder}/database.db")
    with migrating(older) as connection:
        command.downgrade(alembic_config(connection), "0008")
    older.dispose()
    with closing(sqlite3.connect(made.folder / "database.db")) as file:
        file.execute("PRAGMA journal_mode=DELETE")
    before = (made.folder / "database.db").read_bytes()
    restore_data(made.folder, empty, tmp_path / "new")
    assert content(empty) == content(small)
    assert (made.folder / "database.db").read_bytes() == before
