"""Fixtures that several packages' tests share."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from ocr.data import use_own_folder

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
"""The same examples in every run, so that a red build means a change; HYPOTHESIS_PROFILE=explore looks for new ones."""

_numbers = itertools.count()

LONGEST = ("tests/browser/", "tests/fixtures/test_demo.py", "tests/test_samples.py")
"""Files that take a minute or more each, begun first so that no process waits for the last of them."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Which tests share a process when several run at once (`--dist loadgroup`), and in what order they begin.

    The tests of a file stay together, so that what a module prepares is prepared once; those of the browser do, because
    all of them work on one site with the sample scans read.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    for item in items:
        group = "browser" if item.nodeid.startswith("tests/browser/") else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(autouse=True)
def _no_own_folder() -> Iterator[None]:
    """No test sees the dictionaries that another one added."""
    yield
    use_own_folder(None)


def _binaries() -> Path | None:
    """Folder with initdb and pg_ctl: on the PATH, or where Debian keeps them."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address, up to the database's name, of a throwaway PostgreSQL that listens on a socket only."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not installed")
    root = os.geteuid() == 0
    as_postgres = ["runuser", "-u", "postgres", "--"] if root else []
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path has at most 107 characters
    if root:
        shutil.chown(folder, "postgres")

    def call(program: str, *arguments: str) -> None:
        command = [*as_postgres, str(binaries / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=60)

    try:
        call("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        call("pg_ctl", "start", "-w", "-l", str(folder / "log"), "-o", f"-F -h '' -k {folder}")
        yield f"postgresql://postgres@/{{database}}?host={folder}"
    finally:
        subprocess.run(
            [*as_postgres, str(binaries / "pg_ctl"), "-D", str(folder / "data"), "stop", "-m", "immediate"],
            check=False,
            capture_output=True,
            cwd="/",
        )
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """Make a database on the server at `postgres_server`; its address."""
    name = f"test{next(_numbers)}"
    address = server.format(database="postgres").replace("postgresql:", "postgresql+psycopg:", 1)
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.format(database=name)


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Address of a new, empty PostgreSQL database."""
    return new_database(postgres_server)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a new, empty database: once SQLite, once PostgreSQL."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'cards.db'}"
