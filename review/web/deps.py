"""What every route is given: the store, and who asks, if that person may."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hmac import compare_digest
from pathlib import Path as FilePath
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Path, Request
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from ocr.forms.codebook import codebook
from review.accounts.sessions import Visitor, touch_session, visitor_of
from review.accounts.users import UserRole
from review.assignment.policy import DeskRules
from review.decisions.frequency import Frequencies
from review.desk import Desk, Person
from review.web.goal_board import GoalBoard
from review.web.image_source import ImageSource
from review.web.pivot_board import PivotBoard
from review.web.problems import Problem, refuse_nul
from review.web.scan_inbox import ScanInbox
from store.engine import read_only
from store.records import known_fields
from texts import Language

COOKIE = "migcards"
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"
SAFE_METHODS = frozenset({"GET", "HEAD"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
DEADLOCK = "40P01"
"""SQLSTATE of a transaction that PostgreSQL broke off because others waited for it and it for them."""

PAUSE_S = 0.1
"""Before such a transaction is tried again, so that whoever waits for its rows has them first."""

Done = TypeVar("Done")


@dataclass(frozen=True)
class Site:
    """What the pages work on.

    Attributes
    ----------
    clock
        Gives the moment, aware.
    inbox
        Takes uploads, or None: then there are none.
    metrics_token
        Lets Prometheus in, or empty: then there are no metrics.
    goals
        Reckons how sure the tables are, or None: then there are no goals.
    pivots
        Counts for the pivot tables, or None: then there are none.
    folders
        Folders whose disks are watched, by what lies there (`store.disks`).
    frequencies
        How frequent codes are, for what is offered first.
    """

    engine: Engine
    pictures: ImageSource
    rules: DeskRules
    clock: Callable[[], datetime]
    inbox: ScanInbox | None = None
    metrics_token: str = ""
    folders: Mapping[str, FilePath] = field(default_factory=dict)
    goals: GoalBoard | None = None
    pivots: PivotBoard | None = None
    frequencies: Frequencies = field(default_factory=Frequencies)

    def reading(self) -> AbstractContextManager[Session]:
        """A session that only reads: on SQLite it keeps no writer waiting."""
        return Session(read_only(self.engine))

    def write(self, act: Callable[[Session], Done]) -> Done:
        """Do something in a session that is committed at the end, or rolled back when something goes wrong.

        On PostgreSQL two people may wait for each other's rows, an assignment and a group keyed at the same moment for
        instance. The database then breaks one of the two off: all of it is undone, and it is done once more.
        """
        try:
            return self._transact(act)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
        time.sleep(PAUSE_S)
        return self._transact(act)

    def _transact(self, act: Callable[[Session], Done]) -> Done:
        with Session(self.engine) as session, session.begin():
            return act(session)

    def desk(self, session: Session, visitor: Visitor) -> Desk:
        """The desk with a visitor at it, now."""
        return Desk(session, person_of(visitor), self.clock(), self.rules)

    def at_desk(self, visitor: Visitor, act: Callable[[Desk], Done]) -> Done:
        """Do something at the desk, as `write` does it."""
        return self.write(lambda session: act(self.desk(session, visitor)))

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
    """The CSRF token that came with the request, in the header or in the form, once what was sent holds no NUL."""
    form = FormData()
    if request.method not in SAFE_METHODS:
        if request.headers.get("content-type", "").startswith(FORMS):
            form = await request.form()
        refuse_nul(form.multi_items(), await _json(request))
    return request.headers.get(CSRF_HEADER) or str(form.get(CSRF_FIELD, ""))


async def _json(request: Request) -> object:
    """The body, where it is JSON."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return None
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):  # said in words where the body is parsed
        return None


class Access:
    """Who may use a route: the one place where that is decided. Every route declares one (`review.web.app.access_of`).

    As a dependency it gives the visitor; None where `roles` is None, which lets in everybody, and nobody is logged in.
    """

    def __init__(self, roles: frozenset[UserRole] | None) -> None:
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


class MachineAccess(Access):
    """Lets in nobody by role, but programs that send the bearer token of the settings; without one there is nothing."""

    def __init__(self) -> None:
        super().__init__(frozenset())

    def __call__(self, request: Request, site: Annotated[Site, Depends(_site)]) -> None:  # type: ignore[override]
        """Let in or raise a `Problem`."""
        request.state.visitor = None
        if not site.metrics_token:
            raise Problem("not_found", 404)
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not compare_digest(sent.encode(), site.metrics_token.encode()):
            raise Problem("token", 401)


def allow(*roles: UserRole) -> Access:
    """Let in these roles."""
    return Access(frozenset(roles))


SiteDep = Annotated[Site, Depends(_site)]
Anyone = Annotated[Visitor | None, Depends(Access(None))]
"""Everybody, logged in or not; a visitor's changes need the token all the same."""
Colleague = Annotated[Visitor, Depends(allow("operator", "reviewer", "supervisor", "analyst", "administrator"))]
"""Whoever is logged in."""
Keyer = Annotated[Visitor, Depends(allow("reviewer", "supervisor"))]
Supervisor = Annotated[Visitor, Depends(allow("supervisor"))]
Analyst = Annotated[Visitor, Depends(allow("analyst", "supervisor"))]
Scanner = Annotated[Visitor, Depends(allow("operator", "supervisor"))]
Machine = Annotated[None, Depends(MachineAccess())]
"""A program that watches, not a person."""
Administrator = Annotated[Visitor, Depends(allow("administrator"))]


RowId = Annotated[int, Path(ge=1, lt=2**63)]
"""The number of a row in an address, not larger than the databases can have."""


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
        site.write(lambda session: touch_session(session, token, now))
    return visitor


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def start_of_day(moment: datetime) -> datetime:
    """When the day of a moment began by the clock of this machine."""
    return moment.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
