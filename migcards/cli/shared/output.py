"""How commands write what they list: columns for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

HIDDEN = "***"
"""Stands for a value that identifies a person."""


def print_columns(heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """Write rows under their heads, columns aligned; at least one row."""
    widths = [max(len(heads[i]), *(len(row[i]) for row in rows)) for i in range(len(heads))]
    for row in (heads, *rows):
        click.echo("  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json``, passed as `as_json`; the command's help names the keys."""
    return click.option("--json", "as_json", is_flag=True, help="Write JSON for programs instead.")(function)


def print_json(data: object) -> None:
    """Write an object as JSON, letters as they are; dates as ISO 8601, paths as text."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=_written))


def _written(value: object) -> str:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
