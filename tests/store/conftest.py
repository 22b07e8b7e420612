"""An open store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from store.engine import open_store
from tests.conftest import new_database
from tests.store.everything import fill


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """A new store on each database."""
    engine = open_store(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session of a new store."""
    with Session(engine) as session:
        yield session


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A store with something of everything in it, for who leaves it as it is."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'cards.db'}"
    if request.param == "postgres":
        url = new_database(request.getfixturevalue("postgres_server"))
    engine = open_store(url)
    fill(engine)
    yield engine
    engine.dispose()
