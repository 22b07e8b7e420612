"""Who may use which route: every route with every role and with nobody."""

from __future__ import annotations

import re
from threading import Barrier, Thread
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlalchemy import select
from sqlalchemy.orm import Session

from review.accounts.users import ROLES
from review.assignment.policy import DeskRules
from review.web import app as module
from review.web.app import ROUTERS, access_of, create_app
from store.engine import open_store
from store.tables import Card
from tests.review.web.site import Cutter, Workplace

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
CALLS = [(method, route) for route in ROUTES for method in sorted(route.methods)]
PUBLIC = {"/login", "/language"}
SOME = {
    "ticket": "a" * 32,
    "field": "sex",
    "card_id": "1",
    "flag_id": "1",
    "goal_id": "1",
    "pair_id": "1",
    "side": "later",
    "number": "1",
    "sha256": "a" * 64,
    "kind": "csv",
    "lot": "20260504-090000-1a2b",
}
SCANNERS = {"operator", "supervisor"}
EXPECTED = {
    "/": set(ROLES),
    "/logout": set(ROLES),
    "/password": set(ROLES),
    "/api": set(ROLES),
    "/openapi.json": set(ROLES),
    "/api/v1/me": set(ROLES),
    "/users": {"administrator"},
    "/operations": SCANNERS,
    "/batches": SCANNERS,
    "/batches/{number}": SCANNERS,
    "/batches/{number}/sheet": SCANNERS,
    "/batches/{number}/cards/{card_id}": SCANNERS,
    "/batches/{number}/close": SCANNERS,
    "/batches/{number}/sign": {"supervisor"},
    "/batches/{number}/reopen": {"supervisor"},
    "/upload": SCANNERS,
    "/reading": SCANNERS,
    "/api/v1/uploads/{lot}": SCANNERS,
    "/api/v1/uploads/{lot}/done": SCANNERS,
    "/rescan": SCANNERS,
    "/rescan/{sha256}/{number}": SCANNERS,
    "/metrics": set(),
    "/flags": {"supervisor"},
    "/goals": {"supervisor"},
    "/pivot": {"analyst", "supervisor"},
    "/pivot/table.{kind}": {"analyst", "supervisor"},
    "/goals/{goal_id}/drop": {"supervisor"},
    "/api/v1/flags/{flag_id}/resolve": {"supervisor"},
}
"""Who may, where it is not reviewers and supervisors; listed here a second time, so that a slip shows."""


def admitted(method: str, route: APIRoute) -> set[str]:
    if route.path.startswith("/records") or (method, route.path) == ("GET", "/api/v1/flags"):
        return {"supervisor"}
    if route.path.startswith("/duplicates"):
        return {"operator", "supervisor"} if method == "GET" else {"supervisor"}
    return EXPECTED.get(route.path, {"reviewer", "supervisor"})


def named(call: tuple[str, APIRoute]) -> str:
    return f"{call[0]} {call[1].path}"


def test_the_walk_sees_every_route(shared_workplace: Workplace) -> None:
    served = [route for route in shared_workplace.app.routes if isinstance(route, APIRoute)]
    assert served == ROUTES and len(ROUTES) > 25
    (other,) = [route for route in shared_workplace.app.routes if route not in ROUTES]
    assert getattr(other, "name", "") == "static"


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_a_route_lets_in_its_roles_and_nobody_else(call: tuple[str, APIRoute], shared_workplace: Workplace) -> None:
    method, route = call
    access = access_of(route)
    assert access is not None
    path = re.sub(r"\{(\w+)\}", lambda match: SOME[match[1]], route.path)
    stranger = shared_workplace.stranger().client.request(method, path, follow_redirects=False)
    if route.path in PUBLIC:
        assert access.roles is None and stranger.status_code != 401
        return
    assert access.roles == admitted(method, route)
    if not access.roles:
        assert (stranger.status_code, route.path) == (404, "/metrics"), "only programs, and no token is set"
        return
    if path.startswith("/api/v1/"):
        assert (stranger.status_code, stranger.json()["code"]) == (401, "login")
    else:
        assert (stranger.status_code, stranger.headers["location"]) == (303, f"/login?next={path}")
    for role in ROLES:
        browser = shared_workplace.browser(role)
        answer = browser.client.request(method, path, headers={"X-CSRF-Token": browser.csrf}, follow_redirects=False)
        assert (answer.status_code == 403) == (role not in access.roles)
        assert answer.status_code < 500


@pytest.mark.parametrize("call", [call for call in CALLS if call[0] != "GET"], ids=named)
def test_a_change_needs_the_token(call: tuple[str, APIRoute], shared_workplace: Workplace) -> None:
    method, route = call
    access = access_of(route)
    assert access is not None
    role = sorted(access.roles or {"analyst"})[0]
    path = re.sub(r"\{(\w+)\}", lambda match: SOME[match[1]], route.path)
    for token in ("", "x", shared_workplace.browser("operator").csrf):
        answer = shared_workplace.browser(role).client.request(method, path, headers={"X-CSRF-Token": token})
        assert answer.status_code == 403
        assert "out of date" in answer.text


def test_a_route_that_does_not_say_who_may_use_it_is_not_served(
    shared_workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    router = APIRouter()

    @router.get("/open")
    def leak() -> str:
        return "everything"

    monkeypatch.setattr(module, "ROUTERS", (*ROUTERS, router))
    with pytest.raises(ValueError, match="/open"):
        create_app(shared_workplace.engine, Cutter(), DeskRules())


LANGUAGES = {"ru": "Ошибка в программе", "tg": "Хато дар барнома", "en": "A fault in the program"}
PRIVATE = ("content-security-policy", "x-frame-options", "x-content-type-options", "referrer-policy")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_failed_is_as_private_as_any_other(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("review.web.home.counts", fail)
    browser = workplace.browser("supervisor")
    browser.form("/language", language=language)
    usual, failed = browser.get("/flags"), browser.get("/")
    assert failed.status_code == 500 and LANGUAGES[language] in failed.text and "out of order" not in failed.text
    assert failed.headers["cache-control"] == "no-store"
    assert all(failed.headers[name] == usual.headers[name] for name in PRIVATE)


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", "/groups/s%00x?value=M", {}),
        ("GET", "/groups/sex?value=%00", {}),
        ("GET", "/records?person=%00", {}),
        ("GET", "/nowhere%00", {}),
        ("GET", "/static/%00", {}),
        ("POST", "/login", {"data": {"login": "a\0", "password": "x"}}),
        ("POST", "/records/1/correct", {"data": {"field": "sex", "reason": "\0", "value": "F"}}),
        ("POST", "/api/v1/assign", {"json": {"field": "\0"}}),
        ("POST", "/api/v1/groups/key", {"json": {"value": "M", "kept": ["a\0"], "struck": [], "seconds": 1}}),
        ("POST", "/api/v1/key", {"json": {"a\0": 1}}),
    ],
)
def test_a_text_with_a_nul_is_refused_in_words(
    shared_workplace: Workplace, method: str, path: str, sent: dict[str, Any]
) -> None:
    browser = shared_workplace.browser("supervisor")
    answer = browser.client.request(method, path, headers={"X-CSRF-Token": browser.csrf}, **sent)
    assert answer.status_code == 400 and "U+0000" in answer.text


@pytest.mark.parametrize("number", [2**63, 10**30, -1, 0, "x"])
@pytest.mark.parametrize("path", ["/records/{}", "/records/{}/card", "/api/v1/flags/{}/resolve"])
def test_a_number_that_no_row_can_have_is_refused_in_words(
    shared_workplace: Workplace, path: str, number: int | str
) -> None:
    browser = shared_workplace.browser("supervisor")
    address = path.format(number)
    answer = browser.post(address) if address.startswith("/api") else browser.get(address)
    assert answer.status_code == 400 and "no such record" in answer.text


def test_the_largest_number_of_a_row_is_looked_for(shared_workplace: Workplace) -> None:
    browser = shared_workplace.browser("supervisor")
    assert "There is no card" in browser.get(f"/records/{2**63 - 1}").text
    assert "no such flag" in browser.post(f"/api/v1/flags/{2**63 - 1}/resolve").text


@pytest.mark.postgres
def test_two_who_wait_for_each_other_both_get_done(postgres_url: str) -> None:
    """PostgreSQL breaks off one of two transactions that lock the same rows in different order; it is repeated."""
    engine = open_store(postgres_url)
    workplace = Workplace(engine)
    ids = [workplace.wait(n) for n in (1, 2)]
    both, tries, done = Barrier(2, timeout=20), [], []

    def work(order: list[int]) -> None:
        def act(session: Session) -> None:
            tries.append(order)
            session.execute(select(Card.id).filter_by(id=order[0]).with_for_update())
            if len(tries) <= 2:
                both.wait()
            session.execute(select(Card.id).filter_by(id=order[1]).with_for_update())

        workplace.app.state.site.write(act)
        done.append(order)

    threads = [Thread(target=work, args=(order,)) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert len(done) == 2 and len(tries) >= 3, "one of the two was broken off, and repeated"
