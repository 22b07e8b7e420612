"""What commands share: settings, the store, the form directory."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from migcards.settings import Settings, read_settings
from ocr.data import use_own_folder
from ocr.forms.definition import FORMS_DIR
from store.engine import open_store
from texts import LANGUAGES, Language

OUT_FILE = click.Path(dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d", "%d.%m.%Y"])
IN_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this command. Dictionaries and alphabets of one's own become known with them."""
    found = read_settings()
    use_own_folder(found.forms_dir)
    return found


def store() -> Engine:
    """The store of this command, its schema brought up to date."""
    return open_store(settings().database)


def forms_dir() -> Path:
    """Where form definitions lie."""
    return settings().forms_dir or FORMS_DIR


def language_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--lang``; the settings' language if it is not given."""
    return click.option(
        "--lang", "language", type=click.Choice(LANGUAGES), callback=_language, help="Language of messages."
    )(function)


def _language(context: click.Context, parameter: click.Parameter, value: Language | None) -> Language:
    return value or settings().language
