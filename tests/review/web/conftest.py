"""A workplace on a new store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import open_store
from tests.review.web.site import Workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    engine = open_store(f"sqlite:///{tmp_path / 'cards.db'}")
    yield Workplace(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def shared_workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    """One for all tests of a module, for those that change nothing that others rely on."""
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'cards.db'}")
    yield Workplace(engine)
    engine.dispose()
