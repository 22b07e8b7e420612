"""What every route is given: the store, and who asks, if that person may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Annotated, cast

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocr.forms.codebook import codebook
from review.accounts.sessions import Visitor, keep_visit, visitor_of
from review.accounts.users import Role
from review.assignment.policy import DeskRules
from review.desk import Person
from review.web.image_source import ImageSource
from review.web.problems import Problem
from store.engine import read_only
from store.records import known_fields
from texts.messages import Language

COOKIE = "migcards"
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Site:
    """What the pages work on; `clock` gives the moment, aware."""

    engine: Engine
    pictures: ImageSource
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

    def field_label(self, name: str, language: Language) -> str:
        """What a field is called: ours by the codebook, an office's own by what came into the store with its form."""
        known = codebook().variable.get(name)
        if known is not None:
            return known.label.of(language)
        with self.reading() as session:
            spec = known_fields(session).get(name)
        return spec.about.label.of(language) if spec else name


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
    """Who may use a route: the one place where that is decided. Every route declares one (`review.web.app.access_of`).

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


def person_of(visitor: Visitor) -> Person:
    """The visitor as the desk knows people."""
    return Person(visitor.login, visitor.role)


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


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)
