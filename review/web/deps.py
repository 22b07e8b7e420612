"""What every route is given: the store, who asks and whether that person may, and the page in their language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hmac import compare_digest
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocr.messages import LANGUAGES, Language
from review.desk import Person
from review.policy import DeskRules
from review.users import Role
from review.visits import Visitor, keep_visit, visitor_of
from review.web.pictures import Pictures
from review.web.problems import Problem
from review.web.texts import best_language, field_label, text
from store.engine import read_only

COOKIE, LANGUAGE_COOKIE = "migcards", "language"
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Site:
    """What the pages work on; `clock` gives the moment, aware."""

    engine: Engine
    pictures: Pictures
    rules: DeskRules
    clock: Callable[[], datetime]

    def reading(self) -> AbstractContextManager[Session]:
        """A session that only reads: on SQLite it keeps no writer waiting."""
        return Session(read_only(self.engine))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back when something goes wrong."""
        with Session(self.engine) as session, session.begin():
            yield session


def _site(request: Request) -> Site:
    return cast(Site, request.app.state.site)


async def _sent_token(request: Request) -> str:
    """The CSRF token that came with the request: in the header, or in the form."""
    if request.method in SAFE_METHODS or CSRF_HEADER in request.headers:
        return request.headers.get(CSRF_HEADER, "")
    if request.headers.get("content-type", "").startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        return str((await request.form()).get(CSRF_FIELD, ""))
    return ""


class Access:
    """Who may use a route: the one place where that is decided. Every route declares one (`undeclared` in `app`).

    As a dependency it gives the visitor; None where `roles` is None, which lets in everybody, and nobody is logged in.
    """

    def __init__(self, roles: frozenset[Role] | None) -> None:
        self.roles = roles

    def __call__(
        self, request: Request, site: Annotated[Site, Depends(_site)], sent: Annotated[str, Depends(_sent_token)]
    ) -> Visitor | None:
        """Let in or raise a `Problem`: not logged in, role not admitted, or token missing."""
        visitor = visitor_before(request, site)
        request.state.visitor = visitor
        if visitor is None:
            if self.roles is None:
                return None
            raise Problem("login", 401)
        if self.roles is not None and visitor.role not in self.roles:
            raise Problem("forbidden", 403)
        if request.method not in SAFE_METHODS and not compare_digest(sent.encode(), visitor.csrf.encode()):
            raise Problem("csrf", 403)
        return visitor


def allow(*roles: Role) -> Access:
    """Let in these roles."""
    return Access(frozenset(roles))


SiteDep = Annotated[Site, Depends(_site)]
Anyone = Annotated[Visitor | None, Depends(Access(None))]
"""Everybody, logged in or not; a visitor's changes need the token all the same."""
Colleague = Annotated[Visitor, Depends(allow("operator", "reviewer", "supervisor", "analyst", "administrator"))]
"""Whoever is logged in."""
Keyer = Annotated[Visitor, Depends(allow("reviewer", "supervisor"))]
Supervisor = Annotated[Visitor, Depends(allow("supervisor"))]
Scanner = Annotated[Visitor, Depends(allow("operator", "supervisor"))]
Administrator = Annotated[Visitor, Depends(allow("administrator"))]

NAVIGATION: Mapping[str, tuple[tuple[str, str], ...]] = {
    "operator": (("/", "home"), ("/rescan", "rescan")),
    "reviewer": (("/", "home"), ("/key", "key"), ("/groups", "groups"), ("/quality", "quality")),
    "supervisor": (
        ("/", "home"),
        ("/key", "key"),
        ("/groups", "groups"),
        ("/flags", "flags"),
        ("/rescan", "rescan"),
        ("/records", "records"),
        ("/quality", "quality"),
    ),
    "analyst": (("/", "home"),),
    "administrator": (("/", "home"), ("/users", "users")),
}
"""Per role the pages in its menu: address, and key of the text in section ``nav``."""


def person_of(visitor: Visitor) -> Person:
    """The visitor as the desk knows people."""
    return Person(visitor.login, visitor.role)


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
    text by key), ``field`` (the label of a field by name), ``number`` and ``moment`` (written as the language does),
    ``menu`` and ``path``.
    """
    language = language_of(request)
    visitor = getattr(request.state, "visitor", None)
    shared = {
        "visitor": visitor,
        "language": language,
        "languages": LANGUAGES,
        "t": partial(_text, language),
        "field": partial(_field, language),
        "number": partial(_number, language),
        "moment": _moment,
        "menu": NAVIGATION[visitor.role] if visitor else (),
        "path": request.url.path,
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(shared | values), status)


def visitor_before(request: Request, site: Site) -> Visitor | None:
    """Who is before the browser, by its cookie."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    now = site.clock()
    with site.reading() as session:
        visitor = visitor_of(session, token, now)
    if visitor is not None and visitor.stale:
        with site.writing() as session:
            keep_visit(session, token, now)
    return visitor


def _text(language: Language, key: str, **values: Any) -> str:
    return text(key, language, **values)


def _field(language: Language, name: str) -> str:
    return field_label(name, language)


def _number(language: Language, value: int) -> str:
    return f"{value:,}".replace(",", "," if language == "en" else "\u00a0")


def _moment(at: datetime) -> str:
    return f"{at.astimezone():%d.%m.%Y %H:%M}"


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
