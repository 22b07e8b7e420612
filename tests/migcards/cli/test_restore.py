"""`migcards backup` and `migcards restore`, into an empty place by the very commands of docs/postgres.md."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine

from store.engine import open_store
from tests.migcards.cli.program import PROGRAM
from tests.store.conftest import engine
from tests.store.everything import fill
from tests.store.originals import keep_all
from tests.store.test_copy import content

__all__ = ["engine"]

PAGE = Path(__file__).parents[3] / "docs" / "postgres.md"


def steps(heading: str) -> str:
    """The first block of commands under a heading of the page."""
    section = PAGE.read_text("utf-8").split(f"\n## {heading}\n")[1]
    block = re.search(r"^(?:    .+\n)+", section, re.MULTILINE)
    assert block is not None
    return re.sub(r"^    ", "", block[0], flags=re.MULTILINE)


def test_an_office_comes_back_on_an_empty_machine_by_the_steps_of_the_page(tmp_path: Path, engine: Engine) -> None:
    office, drill = tmp_path / "office", tmp_path / "drill"
    office.mkdir()
    fill(engine)
    keep_all(office / "originals")
    address = engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")
    (office / "migcards.toml").write_text(f'database = "{address}"\narchive = "originals"\nlanguage = "en"\n')
    backups = {"/mnt/backup": tmp_path / "backup", "/srv/drill": drill}
    run(office, f"migcards backup {tmp_path}/backup")
    script = steps("Restoring, and the drill")
    assert script.count("migcards restore") == 1
    for named, here in backups.items():
        script = script.replace(named, str(here))
    told = run(tmp_path, script)
    assert told.count("Противоречий нет.") == 2, told
    restored = open_store(f"sqlite:///{drill}/drill.db")
    assert content(restored) == content(engine)
    restored.dispose()


@pytest.mark.postgres
def test_a_backup_of_a_small_office_comes_back_on_a_server_with_its_settings(tmp_path: Path, postgres_url: str) -> None:
    office, new = tmp_path / "office", tmp_path / "new"
    office.mkdir()
    new.mkdir()
    source = open_store(f"sqlite:///{office}/cards.db")
    fill(source)
    keep_all(office / "originals")
    (office / "migcards.toml").write_text('database = "sqlite:///cards.db"\narchive = "originals"\nlanguage = "en"\n')
    run(office, f"migcards backup {tmp_path}/backup")
    restore = f"MIGCARDS_DATABASE='{postgres_url}' migcards restore {tmp_path}/backup/20*Z"
    assert "Nothing contradicts anything." in run(new, restore)
    assert (new / "migcards.toml").read_bytes() == (office / "migcards.toml").read_bytes()
    restored = open_store(postgres_url)
    assert content(restored) == content(source)
    restored.dispose()
    source.dispose()


def run(folder: Path, script: str) -> str:
    """Run commands as in a shell of the folder's own, with nothing set in the environment; what they print."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MIGCARDS_")}
    environment["PATH"] = f"{PROGRAM.parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-ec", script], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
