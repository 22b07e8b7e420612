"""An open store, and a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from migcards.log import set_up
from tests.store.conftest import engine, session

__all__ = ["engine", "log_file", "session"]


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """A file that takes the log during a test."""
    before = logging.root.handlers[:], logging.root.level
    path = tmp_path / "log.jsonl"
    set_up(logging.CRITICAL, path)
    yield path
    for handler in logging.root.handlers:
        handler.close()
    logging.root.handlers[:], logging.root.level = before
