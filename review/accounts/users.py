"""People who may log in: their passwords, roles and language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal, TypeAlias, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from store.tables import LoginSession, User
from texts import Language

UserRole: TypeAlias = Literal["operator", "reviewer", "supervisor", "analyst", "administrator"]
ROLES: tuple[UserRole, ...] = get_args(UserRole)

MIN_PASSWORD, MAX_PASSWORD = 10, 200
MAX_FAILURES = 5
LOCKED = timedelta(minutes=15)

_LOGIN = re.compile(r"[\w.-]{2,64}")
_HASHER = PasswordHasher()


@dataclass(frozen=True)
class KnownUser:
    """Somebody whose password was right."""

    id: int
    login: str


def add_user(
    session: Session, login: str, password: str, *, role: UserRole, name: str = "", language: Language = "ru"
) -> User:
    """Add a person who may log in; the caller commits.

    Parameters
    ----------
    login
        Letters, digits, dots, hyphens and underscores; kept in small letters.
    name
        As colleagues call the person; the login where empty.

    Raises
    ------
    BadInputError
        The login is taken or cannot be one, or the password is too short.
    """
    login = _plain(login)
    if not _LOGIN.fullmatch(login):
        raise BadInputError(f"{login!r} cannot be a login: 2 to 64 letters, digits, dots, hyphens or underscores.")
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise BadInputError(f"There is a user {login} already; `migcards user password {login}` sets a new password.")
    user = User(
        login=login,
        name=name.strip() or login,
        role=role,
        password=hashed(login, password),
        language=language,
        active=True,
        created=datetime.now(UTC),
        failures=0,
        locked_until=None,
    )
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, login: str, password: str) -> None:
    """Set a new password, unlock and activate the user and end every session; the caller commits.

    Raises
    ------
    BadInputError
        There is no such user, or the password is too short.
    """
    user = user_of(session, login)
    user.password = hashed(user.login, password)
    user.failures, user.locked_until, user.active = 0, None, True
    _end_sessions(session, user)


def disable(session: Session, login: str) -> None:
    """Let a user log in no more and end every session; the caller commits. What the person decided stays.

    Raises
    ------
    BadInputError
        There is no such user.
    """
    user = user_of(session, login)
    user.active = False
    _end_sessions(session, user)


def users(session: Session) -> list[User]:
    """All users by login."""
    return list(session.scalars(select(User).order_by(User.login)))


def user_of(session: Session, login: str) -> User:
    """The user with a login.

    Raises
    ------
    BadInputError
        There is none.
    """
    user = session.scalar(select(User).where(User.login == _plain(login)))
    if user is None:
        raise BadInputError(f"There is no user {login!r}; `migcards user list` shows all.")
    return user


def authenticate(engine: Engine, login: str, password: str, now: datetime) -> KnownUser | None:
    """Who logs in, or None; nobody learns whether the login, the password or the lock was in the way.

    A try is counted before it is made, so that many at once get no more tries; the password is hashed between two short
    transactions, and whether or not there is such a login, so that it takes the same time.
    """
    with Session(engine) as session, session.begin():
        user = session.scalar(select(User).where(User.login == _plain(login)).with_for_update())
        admitted = user is not None and user.active and not (user.locked_until and user.locked_until > now)
        known = KnownUser(user.id, user.login) if user is not None and admitted else None
        kept = user.password if user is not None else _nobodys_password()
        if user is not None and admitted:
            user.failures += 1
            if user.failures >= MAX_FAILURES:
                user.failures, user.locked_until = 0, now + LOCKED
    if not _matches(kept, password) or known is None:
        return None
    with Session(engine) as session, session.begin():
        user = session.get_one(User, known.id)
        user.failures, user.locked_until = 0, None
        if _HASHER.check_needs_rehash(user.password):
            user.password = _HASHER.hash(password)
    return known


def hashed(login: str, password: str) -> str:
    """The argon2 hash of a password that is good enough.

    Raises
    ------
    BadInputError
        It is too short, too long, or the login.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD or _plain(password) == login:
        raise BadInputError(f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters and is not the login.")
    return _HASHER.hash(password)


def _plain(login: str) -> str:
    return login.strip().lower()


def _matches(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_password() -> str:
    """A hash to spend the same time on where there is no such login."""
    return _HASHER.hash("nobody's password")


def _end_sessions(session: Session, user: User) -> None:
    session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
