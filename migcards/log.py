"""The log: one line of JSON for each event, without personal data by construction.

A line holds the event, which is one of `Event`, and of what it concerns only the fields that `note` names. No free text
is ever written: of messages of other libraries remains where they came from, of an exception its class and the lines of
code that it went through.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from ocr.errors import BadInputError, StoreError, trace_of
from ocr.file_names import as_text

LOGGER: Final = logging.getLogger("migcards")
HASH_DIGITS = 12
"""Of a file's SHA-256, enough to find it in the store."""


class Event(StrEnum):
    """All that a line of the log may be about."""

    RUN_STARTED = "run_started"
    RUN_FINISHED = "run_finished"
    STAGE = "stage"
    CRASH = "crash"
    OTHER = "other"


def note(
    event: Event,
    level: int = logging.INFO,
    *,
    file: str | None = None,
    sha256: str | None = None,
    page: int | None = None,
    stage: str | None = None,
    ms: float | None = None,
    outcome: str | None = None,
    count: int | None = None,
    trace: Sequence[str] = (),
) -> None:
    """Write one line.

    Parameters
    ----------
    file
        What people call it (`ocr.file_names.as_text`).
    page
        Page within the file, from 0; written as people count, from 1.
    stage, ms
        Step of the work on a page (load, register, read, interpret, save), and the milliseconds it took.
    outcome
        ``done``, ``read``, or why the page was refused (`ocr.reading.Refusal`).
    count
        Of pages.
    trace
        Lines of code, outermost call first (`ocr.errors.trace_of`).
    """
    fields = {
        "file": file,
        "sha256": sha256 and sha256[:HASH_DIGITS],
        "page": None if page is None else page + 1,
        "stage": stage,
        "ms": ms,
        "outcome": outcome,
        "count": count,
        "trace": list(trace) or None,
    }
    LOGGER.log(level, event, extra={"fields": {name: value for name, value in fields.items() if value is not None}})


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; of records that `note` did not make only where they came from."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line."""
        ours = isinstance(record.msg, Event)
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.msg if ours else Event.OTHER,
        }
        line |= getattr(record, "fields", {}) if ours else {"logger": record.name}
        if record.exc_info and record.exc_info[1]:
            line |= {"error": type(record.exc_info[1]).__name__, "trace": trace_of(record.exc_info[1])}
        return json.dumps(line, ensure_ascii=False)


class LogFile(logging.FileHandler):
    """A file that takes the log. Where it cannot, the command ends: it would go on unseen."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say so.

        Raises
        ------
        StoreError
            The disk is full, or fails.
        """
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            raise StoreError(f"The log {as_text(self.baseFilename)} cannot be written: {error.strerror}.") from error
        super().handleError(record)


def set_up(level: int, file: Path | None = None) -> None:
    """Send the log to standard error from `level` on, and all of it to `file`.

    Warnings of other libraries go to the file only: without their words they tell people nothing.

    Raises
    ------
    BadInputError
        The file cannot be written.
    """
    screen = logging.StreamHandler()
    screen.setLevel(level)
    screen.addFilter(lambda record: isinstance(record.msg, Event) or record.levelno >= logging.ERROR)
    handlers: list[logging.Handler] = [screen]
    if file is not None:
        try:
            handlers.append(LogFile(file, encoding="utf-8"))
        except OSError as error:
            raise BadInputError(f"The log {as_text(file)} cannot be written: {error.strerror}.") from error
    logging.basicConfig(level=logging.WARNING, handlers=handlers, force=True)
    LOGGER.setLevel(logging.INFO)
    for handler in handlers:
        handler.setFormatter(JsonFormatter())
