"""The `migcards` command."""

from migcards.cli.main import main

__all__ = ["main"]
