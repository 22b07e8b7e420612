"""An open store."""

from tests.store.conftest import engine, session

__all__ = ["engine", "session"]
