"""A review workplace with made-up cards, pictures and people, and a browser before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from hashlib import sha256
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from migcards.goal_keeper import GoalKeeper
from ocr.errors import BadInputError
from ocr.geometry import Quad
from ocr.scan import ScanId
from review.accounts.sessions import begin_session
from review.accounts.users import ROLES, UserRole, hashed
from review.assignment.policy import DeskRules
from review.web.app import create_app
from review.web.deps import COOKIE
from store.tables import LoginSession, User
from tests.store.cards import card
from tests.store.cards import scan as scan_of
from tests.store.test_cards import save

PNG = b"\x89PNG\r\n\x1a\nnot really"
PASSWORD = "three words together"


@dataclass
class Cutter:
    """Stands for `migcards.page_images.PageImages`: notes what it is asked for."""

    asked: list[tuple[str, int]] = field(default_factory=list)
    gone: bool = False

    def crop(self, scan: ScanId, path: str, quad: Quad, rotation: int, *, height_px: int, margin: float) -> bytes:
        return self._cut("crop", ())

    def strip(self, scan: ScanId, path: str, quad: Quad, rotation: int, *, blank: Sequence[Quad]) -> bytes:
        return self._cut("strip", blank)

    def card(self, scan: ScanId, path: str, rotation: int, *, outline: Sequence[Quad], blank: Sequence[Quad]) -> bytes:
        return self._cut("card", blank)

    def sheet(self, scan: ScanId, path: str) -> bytes:
        return self._cut("sheet", ())

    def _cut(self, kind: str, blank: Sequence[Quad]) -> bytes:
        if self.gone:
            raise BadInputError("the scan is gone")
        self.asked.append((kind, len(blank)))
        return PNG


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Browser:
    """Somebody's browser; `post` sends JSON with the token, as the pages' scripts do."""

    client: TestClient
    csrf: str = ""

    def get(self, path: str, **options: Any) -> Response:
        return self.client.get(path, follow_redirects=False, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Response:
        headers = {"X-CSRF-Token": self.csrf} | options.pop("headers", {})
        return self.client.post(path, json=body, headers=headers, follow_redirects=False, **options)

    def form(self, path: str, **values: str) -> Response:
        return self.client.post(path, data={"csrf": self.csrf} | values, follow_redirects=False)


@cache
def _password() -> str:
    """The hash of everybody's password: hashing takes time, and should."""
    return hashed("", PASSWORD)


@dataclass
class Workplace:
    """The application and what it works on; for every role there is a user of that name.

    `options` of `create_app` may be added until the first browser opens.
    """

    engine: Engine
    rules: DeskRules = field(default_factory=lambda: DeskRules(control_share=0.0))
    clock: Clock = field(default_factory=Clock)
    cutter: Cutter = field(default_factory=Cutter)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with Session(self.engine) as session, session.begin():
            for role in ROLES:
                self._add(session, role, role, _password())

    def _add(self, session: Session, login: str, role: UserRole, password: str) -> None:
        user = {"login": login, "name": login, "role": role, "password": password, "language": "en", "active": True}
        session.add(User(**user, created=self.clock(), failures=0, locked_until=None))

    @cached_property
    def app(self) -> FastAPI:
        options = {"goals": GoalKeeper(self.engine)} | self.options
        return create_app(self.engine, self.cutter, self.rules, clock=self.clock, **options)

    def stranger(self, **options: Any) -> Browser:
        """A browser that is not logged in."""
        return Browser(TestClient(self.app, **options))

    def browser(self, login: str) -> Browser:
        """A browser that is logged in; a login that is no role becomes a further reviewer."""
        with Session(self.engine) as session, session.begin():
            if session.scalar(select(User.id).filter_by(login=login)) is None:
                self._add(session, login, "reviewer", "")
            user_id = session.scalars(select(User.id).filter_by(login=login)).one()
            token = begin_session(session, user_id, self.clock())
            csrf = session.scalars(select(LoginSession.csrf).filter_by(key=sha256(token.encode()).hexdigest())).one()
        return Browser(TestClient(self.app, cookies={COOKIE: token}), csrf)

    def wait(self, n: int, values: dict[str, str | None] | None = None, *, scan: int = 0, **why: str) -> int:
        """Save the n-th card, of which these fields wait for these reasons, or another scan of it; returns its id."""
        with Session(self.engine) as session, session.begin():
            review = {name: (reason,) for name, reason in why.items()}
            read = card(n, review=review, values=values or {})
            return save(session, replace(read, scan=scan_of(scan)) if scan else read)
