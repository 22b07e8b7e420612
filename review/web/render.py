"""Pages from templates, in the language of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from ocr.file_names import shown_path
from review.accounts.sessions import Visitor
from texts import LANGUAGES, Language, say
from texts.formats import short_date, short_moment, write_duration, write_number
from texts.languages import best_language, language_name
from texts.templates import templates

LANGUAGE_COOKIE = "language"

_BATCHES = (("/operations", "operations"), ("/batches", "batches"))

NAVIGATION: Mapping[str, tuple[tuple[str, str], ...]] = {
    "operator": (("/", "home"), *_BATCHES, ("/upload", "upload"), ("/rescan", "rescan"), ("/duplicates", "duplicates")),
    "reviewer": (("/", "home"), ("/key", "key"), ("/groups", "groups"), ("/quality", "quality")),
    "supervisor": (
        ("/", "home"),
        ("/key", "key"),
        ("/groups", "groups"),
        ("/flags", "flags"),
        *_BATCHES,
        ("/duplicates", "duplicates"),
        ("/records", "records"),
        ("/quality", "quality"),
        ("/goals", "goals"),
        ("/pivot", "pivot"),
    ),
    "analyst": (("/", "home"), ("/pivot", "pivot")),
    "administrator": (("/", "home"), ("/users", "users")),
}
"""Per role the pages in its menu: address, and key of the text in section ``nav``."""


def language_of(request: Request) -> Language:
    """The visitor's language; without one what was chosen on the log-in page, else what the browser asks for."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    if visitor is not None:
        return visitor.language
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    for language in LANGUAGES:
        if chosen == language:
            return language
    return best_language(request.headers.get("accept-language", ""))


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page from a template.

    Every template has, besides `values`: ``visitor`` (None on the log-in page), ``language``, ``languages``, ``t`` (a
    text by key), ``field`` (the label of a field by name), ``language_name``, ``number``, ``day`` and
    ``moment`` and ``time_taken`` (`texts.formats`), ``menu``, ``path`` and ``here``
    (with what was asked).
    """
    language = language_of(request)
    visitor = getattr(request.state, "visitor", None)
    shared = {
        "visitor": visitor,
        "language": language,
        "languages": LANGUAGES,
        "language_name": language_name,
        "t": partial(_text, language),
        "field": partial(request.app.state.site.field_label, language=language),
        "number": partial(_number, language),
        "moment": short_moment,
        "day": short_date,
        "time_taken": write_duration,
        "menu": NAVIGATION[visitor.role] if visitor else (),
        "path": request.url.path,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(shared | values), status)


def _text(language: Language, key: str, **values: Any) -> str:
    return say(key, language, **values)


def _number(language: Language, value: float, decimals: int = 0) -> str:
    return write_number(value, language, decimals)


_TEMPLATES = templates(Path(__file__).parent / "templates")
_TEMPLATES.filters["file"] = shown_path
