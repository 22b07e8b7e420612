"""A workplace on a new store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.engine import open_store
from tests.review.web.site import Workplace


@pytest.fixture
def workplace(tmp_path: Path, sqlite_tables: Path) -> Iterator[Workplace]:
    with _workplace(sqlite_tables, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared_workplace(tmp_path_factory: pytest.TempPathFactory, sqlite_tables: Path) -> Iterator[Workplace]:
    """One for all tests of a module, for those that change nothing that others rely on."""
    with _workplace(sqlite_tables, tmp_path_factory.mktemp("store")) as made:
        yield made


@contextmanager
def _workplace(tables: Path, folder: Path) -> Iterator[Workplace]:
    shutil.copy(tables, folder / "cards.db")
    engine = open_store(f"sqlite:///{folder / 'cards.db'}")
    yield Workplace(engine)
    engine.dispose()
