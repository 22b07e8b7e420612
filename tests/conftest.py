"""Fixtures that several packages' tests share."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from ocr.data import use_own_folder
from store.engine import open_store
from tests.postgres_server import PostgresServer, binaries, throwaway

settings.register_profile("same", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
"""The same examples in every run, so that a red build means a change; HYPOTHESIS_PROFILE=explore looks for new ones."""

_numbers = itertools.count()

DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))

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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A throwaway PostgreSQL that listens on a socket only."""
    found = binaries()
    if found is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not installed")
    with throwaway(found) as server:
        yield server


def new_database(server: PostgresServer) -> str:
    """Make a database on a server; its address."""
    return server.new(f"test{next(_numbers)}")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """Address of a new, empty PostgreSQL database."""
    return new_database(postgres_server)


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: PostgresServer) -> str:
    """Name of a database with the tables and nothing in them, to be copied: making them takes most of a second."""
    open_store(postgres_server.new("tables")).dispose()
    return "tables"


@pytest.fixture(scope="session")
def sqlite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for SQLite."""
    made = tmp_path_factory.mktemp("tables") / "cards.db"
    open_store(f"sqlite:///{made}").dispose()
    return made


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a new, empty database: once SQLite, once PostgreSQL."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'cards.db'}"


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a new store: once SQLite, once PostgreSQL."""
    if request.param == "postgres":
        tables = request.getfixturevalue("postgres_tables")
        server: PostgresServer = request.getfixturevalue("postgres_server")
        return server.new(f"test{next(_numbers)}", tables)
    shutil.copy(request.getfixturevalue("sqlite_tables"), tmp_path / "cards.db")
    return f"sqlite:///{tmp_path / 'cards.db'}"
