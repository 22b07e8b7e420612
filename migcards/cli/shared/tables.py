"""What the commands that make tables share: the period that is asked for, and where the table goes."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from ocr.errors import BadInputError
from reports.period import Period, parse_period, parse_range


def period_of(period: str | None, first: str | None, last: str | None) -> Period:
    """The period that options ask for; this year without any.

    Raises
    ------
    BadInputError
        They contradict each other, or one is no period.
    """
    if period and not (first or last):
        return parse_period(period)
    if first and last and not period:
        return parse_range(first, last)
    if not (period or first or last):
        return parse_period(str(date.today().year))
    raise BadInputError("Give either --period, or both --from and --to.")


def write_table(data: bytes, form: str, out: Path | None) -> None:
    """Write what was made into a file, whose name is said, or on the screen.

    Raises
    ------
    BadInputError
        The file cannot be written, or it is a workbook and there is no file.
    """
    if out is not None:
        try:
            out.write_bytes(data)
        except OSError as error:
            raise BadInputError(f"{out} cannot be written: {error.strerror}.") from error
        click.echo(str(out))
    elif form == "xlsx":
        raise BadInputError("A workbook cannot be printed on the screen: name a file with -o.")
    else:
        sys.stdout.buffer.write(data + b"\n")
