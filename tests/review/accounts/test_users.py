"""People who may log in: passwords, lock-out, roles."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocr.errors import BadInputError
from review.accounts import users
from review.accounts.sessions import begin_session
from review.accounts.users import LOCKED, MAX_FAILURES, add_user, authenticate, disable, set_password, user_of
from store.tables import LoginSession, User

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
GOOD = "three words together"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing that takes no time."""
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    users._nobodys_password.cache_clear()


@pytest.fixture
def anna(engine: Engine) -> Engine:
    """A store with one user."""
    with Session(engine) as session, session.begin():
        add_user(session, " Anna ", GOOD, role="reviewer", name="Анна", language="tg")
    return engine


def enters(engine: Engine, password: str = GOOD, now: datetime = NOW, login: str = "anna") -> bool:
    return authenticate(engine, login, password, now) is not None


def test_a_user_is_kept_without_the_password(anna: Engine) -> None:
    with Session(anna) as session:
        user = user_of(session, "ANNA")
        assert (user.login, user.name, user.role, user.language, user.active) == (
            "anna",
            "Анна",
            "reviewer",
            "tg",
            True,
        )
        assert user.password.startswith("$argon2id$") and GOOD not in user.password
    assert enters(anna, login=" ANNA") and not enters(anna, GOOD + " ") and not enters(anna, login="boris")


@pytest.mark.parametrize("login", ["", "a", "a b", "a|b", "a/b", "x" * 65])
def test_what_cannot_be_a_login(session: Session, login: str) -> None:
    with pytest.raises(BadInputError, match="cannot be a login"):
        add_user(session, login, GOOD, role="reviewer")


@pytest.mark.parametrize("password", ["", "short", "x" * 9, "x" * 201, "Anna.Naziri"])
def test_what_cannot_be_a_password(session: Session, password: str) -> None:
    with pytest.raises(BadInputError, match="10 to 200"):
        add_user(session, "anna.naziri", password, role="reviewer")


def test_a_login_is_given_once(anna: Engine) -> None:
    with Session(anna) as session, pytest.raises(BadInputError, match="already"):
        add_user(session, "anna", GOOD, role="analyst")


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(anna: Engine) -> None:
    for _ in range(MAX_FAILURES):
        assert not enters(anna, "wrong")
    assert not enters(anna)
    assert not enters(anna, now=NOW + LOCKED - timedelta(seconds=1))
    assert enters(anna, now=NOW + LOCKED)
    for _ in range(MAX_FAILURES - 1):
        assert not enters(anna, "wrong", NOW + LOCKED)
    assert enters(anna, now=NOW + LOCKED), "four wrong ones do not lock, and the count began anew"


def test_tries_at_once_are_counted_each(anna: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    monkeypatch.setattr(users, "_matches", lambda kept, password: bool(checked.append(password)))
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: authenticate(anna, "anna", f"wrong {n}", NOW), range(20)))
    monkeypatch.undo()
    with Session(anna) as session:
        assert user_of(session, "anna").locked_until == NOW + LOCKED
    assert len(checked) == 20, "every try takes the same time, also those that could not succeed"
    assert not enters(anna)


def test_the_same_work_is_done_whether_or_not_there_is_such_a_login(
    anna: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []
    monkeypatch.setattr(users, "_matches", lambda kept, password: bool(hashes.append(kept)))
    with Session(anna) as session, session.begin():
        add_user(session, "gone", GOOD, role="analyst")
        disable(session, "gone")
    for login in ("anna", "nobody", "gone", ""):
        assert authenticate(anna, login, "x", NOW) is None
    assert len(hashes) == 4
    assert {kept.rpartition("$")[0].rpartition("$")[0] for kept in hashes} == {"$argon2id$v=19$m=8,t=1,p=1"}


def test_a_password_is_hashed_anew_when_the_parameters_change(anna: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users, "_HASHER", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert enters(anna)
    with Session(anna) as session:
        assert "m=16,t=2" in user_of(session, "anna").password
    assert enters(anna)


def test_a_new_password_unlocks_and_ends_every_session(anna: Engine) -> None:
    with Session(anna) as session, session.begin():
        begin_session(session, user_of(session, "anna").id, NOW)
        disable(session, "anna")
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 0
    assert not enters(anna)
    with Session(anna) as session, session.begin():
        user = session.scalars(select(User)).one()
        user.locked_until = NOW + LOCKED
        begin_session(session, user.id, NOW)
        set_password(session, "anna", "another password")
        assert session.scalar(select(func.count()).select_from(LoginSession)) == 0
    assert not enters(anna) and enters(anna, "another password")


def test_whom_nobody_knows(session: Session) -> None:
    for change in (lambda: set_password(session, "nobody", GOOD), lambda: disable(session, "nobody")):
        with pytest.raises(BadInputError, match="no user"):
            change()
