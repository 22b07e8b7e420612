"""Who may use which route: every route with every role and with nobody."""

from __future__ import annotations

import re

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from review.accounts.users import ROLES
from review.assignment.policy import DeskRules
from review.web import app as module
from review.web.app import ROUTERS, access_of, create_app
from tests.review.web.site import Cutter, Workplace

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
CALLS = [(method, route) for route in ROUTES for method in sorted(route.methods)]
PUBLIC = {"/login", "/language"}
SOME = {"ticket": "a" * 32, "field": "sex", "card_id": "1", "flag_id": "1"}
EXPECTED = {
    "/": set(ROLES),
    "/logout": set(ROLES),
    "/password": set(ROLES),
    "/api": set(ROLES),
    "/openapi.json": set(ROLES),
    "/api/v1/me": set(ROLES),
    "/users": {"administrator"},
    "/rescan": {"operator", "supervisor"},
    "/flags": {"supervisor"},
    "/api/v1/flags/{flag_id}/resolve": {"supervisor"},
}
"""Who may, where it is not reviewers and supervisors; listed here a second time, so that a slip shows."""


def admitted(method: str, route: APIRoute) -> set[str]:
    if route.path.startswith("/records") or (method, route.path) == ("GET", "/api/v1/flags"):
        return {"supervisor"}
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
