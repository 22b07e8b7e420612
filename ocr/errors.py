"""What can go wrong for the operator: every class carries its exit code and what to do about it."""

from __future__ import annotations

import traceback
from pathlib import Path


class MigcardsError(Exception):
    """Base of all expected failures of a command.

    Attributes
    ----------
    exit_code
        Exit status of the command that meets this error.
    advice
        One sentence telling the operator what to do.
    """

    exit_code = 1
    advice = ""

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} {self.advice}".rstrip()


class BadFormError(MigcardsError):
    """A form definition cannot be used."""

    exit_code = 3
    advice = "Run `migcards form check FILE` to see every fault with its line."


class BadInputError(MigcardsError):
    """A path, file or value given by the operator cannot be used."""

    exit_code = 4


class ToolMissingError(MigcardsError):
    """A program or its data that the system needs is not installed."""

    exit_code = 5


class StoreError(MigcardsError):
    """The database or the archive cannot be opened, read or written, or is at another schema version."""

    exit_code = 6


def trace_of(error: BaseException) -> tuple[str, ...]:
    """Where an error arose, outermost call first, without its message, which may quote what stands on a card."""
    frames = traceback.extract_tb(error.__traceback__)
    return tuple(f"{'/'.join(Path(f.filename).parts[-2:])}:{f.lineno} {f.name}" for f in frames)
