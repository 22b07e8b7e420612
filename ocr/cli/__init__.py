"""The `migcards` command."""

from ocr.cli.main import main

__all__ = ["main"]
