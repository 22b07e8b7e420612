"""Sessions: opened by a cookie that the store does not know, and ended by idleness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.accounts.sessions import IDLE, begin_session, end_session, touch_session, visitor_of
from review.accounts.users import disable
from store.tables import LoginSession, User

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def user_id(session: Session) -> int:
    user = User(
        login="anna", name="Анна", role="reviewer", password="", language="tg", active=True, created=NOW, failures=0
    )
    session.add(user)
    session.flush()
    return user.id


def test_a_cookie_opens_ones_own_session(session: Session, user_id: int) -> None:
    first, second = begin_session(session, user_id, NOW), begin_session(session, user_id, NOW)
    visitor = visitor_of(session, first, NOW)
    assert visitor is not None
    assert (visitor.login, visitor.name, visitor.role, visitor.language) == ("anna", "Анна", "reviewer", "tg")
    other = visitor_of(session, second, NOW)
    assert other is not None and other.csrf != visitor.csrf
    kept = session.scalars(select(LoginSession.key)).all()
    assert first not in kept and len(first) >= 40
    assert all(visitor_of(session, key, NOW) is None for key in kept), "the table opens no door"


def test_it_ends(session: Session, user_id: int) -> None:
    first, second = begin_session(session, user_id, NOW), begin_session(session, user_id, NOW)
    end_session(session, first)
    assert visitor_of(session, first, NOW) is None and visitor_of(session, second, NOW) is not None
    disable(session, "anna")
    assert visitor_of(session, second, NOW) is None


def test_it_lasts_while_something_comes(session: Session, user_id: int) -> None:
    token = begin_session(session, user_id, NOW)
    fresh, later = visitor_of(session, token, NOW), visitor_of(session, token, NOW + IDLE)
    assert fresh is not None and not fresh.stale and later is not None and later.stale
    assert visitor_of(session, token, NOW + IDLE + timedelta(seconds=1)) is None
    touch_session(session, token, NOW + IDLE)
    assert visitor_of(session, token, NOW + 2 * IDLE) is not None
    begin_session(session, user_id, NOW + 4 * IDLE)
    assert len(session.scalars(select(LoginSession)).all()) == 1, "what ended is cleared away"
