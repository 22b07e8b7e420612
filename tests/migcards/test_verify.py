"""Originals are held against the hashes under which they were read."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from migcards.verify import verify_store
from store.cards import save_cards
from store.scans import ReadCard
from store.tables import FittedNetwork
from tests.store.cards import card, form
from tests.store.everything import fill
from tests.store.originals import SHEETS, keep_all, kept


def found(engine: Engine, archive: Path | None) -> list[tuple[str, str]]:
    """Kinds of what is found, and the names of the files."""
    return [(one.kind, Path(str(one.places.get("file"))).name) for one in verify_store(engine, archive)]


def test_an_archive_that_has_all_originals_contradicts_nothing(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    keep_all(tmp_path / "archive")
    told: list[tuple[str, int, int]] = []
    assert list(verify_store(engine, tmp_path / "archive", lambda *how: told.append(how))) == []
    assert told[0] == ("cards", 5, 5) and told[-1] == ("originals", 256, 256)


def test_what_is_wrong_in_the_archive_is_found(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    archive = tmp_path / "archive"
    keep_all(archive, (*SHEETS, "nobody's"))
    kept(archive, "1").unlink()
    kept(archive, "2").chmod(0o644)
    kept(archive, "2").write_text("altered")
    assert sorted(found(engine, archive)) == [
        ("original_damaged", kept(archive, "2").name),
        ("original_missing", "1.png"),
        ("original_unknown", kept(archive, "nobody's").name),
    ]
    kept(archive, "90").unlink()
    assert len(found(engine, archive)) == 3, "nobody needs a sheet again that was refused"


def test_without_an_archive_the_files_lie_where_they_were_read(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(engine)
    monkeypatch.chdir(tmp_path)
    for name, content in (("1.png", "1"), ("2.png", "2"), ("4.png", "altered")):
        Path(name).write_text(content)
    lacking = {("original_missing", "3.png"), ("original_changed", "1.png"), ("original_changed", "4.png")}
    assert set(found(engine, None)) == lacking, "both sides lay in 1.png, which holds the front"


def test_a_page_that_is_saved_meanwhile_is_not_unknown(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    archive = tmp_path / "archive"
    keep_all(archive)

    def meanwhile(stage: str, done: int, total: int) -> None:
        if (stage, done) == ("originals", 1):
            keep_all(archive, ("70",))
            with Session(engine) as session, session.begin():
                made = card(70)
                save_cards(session, [ReadCard(made, form(made.form), "70.png", 300.0, (1, 1))], run_id=None)

    assert list(verify_store(engine, archive, meanwhile)) == []


def test_a_network_that_is_not_what_its_version_says_is_found(engine: Engine, tmp_path: Path) -> None:
    fill(engine)
    keep_all(tmp_path / "archive")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE networks DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER networks_no_update"))
        connection.execute(FittedNetwork.__table__.update().values(model=b"other"))  # type: ignore[attr-defined]
    assert [kind for kind, _ in found(engine, tmp_path / "archive")] == ["network"]
