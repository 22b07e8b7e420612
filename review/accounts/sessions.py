"""Browsers that are logged in: a session begins with a password, ends with log-out, idleness or a new password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from review.accounts.users import UserRole
from store.tables import LoginSession, User
from texts import Language

IDLE = timedelta(hours=12)
"""A session ends when nothing came from the browser for so long."""

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when something last came: each keeping is a write."""


@dataclass(frozen=True)
class Visitor:
    """Who is before the browser.

    Attributes
    ----------
    csrf
        Token that every form and every call that changes something must carry.
    stale
        Whether it is time to keep that the browser was seen (`touch_session`).
    """

    login: str
    name: str
    role: UserRole
    language: Language
    csrf: str
    stale: bool


def begin_session(session: Session, user_id: int, now: datetime) -> str:
    """Begin a session and clear away those that ended by idleness; returns the cookie. The caller commits."""
    session.execute(delete(LoginSession).where(LoginSession.seen < now - IDLE))
    token = token_urlsafe(32)
    session.add(LoginSession(key=_key(token), user_id=user_id, csrf=token_urlsafe(32), began=now, seen=now))
    session.flush()
    return token


def visitor_of(session: Session, token: str, now: datetime) -> Visitor | None:
    """Whose session a cookie opens, or None if it never did or does no more."""
    row = session.execute(
        select(User.login, User.name, User.role, User.language, LoginSession.csrf, LoginSession.seen)
        .join(LoginSession, LoginSession.user_id == User.id)
        .where(LoginSession.key == _key(token), User.active, LoginSession.seen >= now - IDLE)
    ).one_or_none()
    if row is None:
        return None
    role, language = cast(UserRole, row.role), cast(Language, row.language)
    return Visitor(row.login, row.name, role, language, row.csrf, stale=row.seen < now - SEEN_EVERY)


def touch_session(session: Session, token: str, now: datetime) -> None:
    """Keep that something came from the browser; the caller commits."""
    session.execute(update(LoginSession).where(LoginSession.key == _key(token)).values(seen=now))


def end_session(session: Session, token: str) -> None:
    """End one session; the caller commits."""
    session.execute(delete(LoginSession).where(LoginSession.key == _key(token)))


def _key(token: str) -> str:
    return sha256(token.encode()).hexdigest()
