"""The pages that show how things stand, in every language."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from migcards.frozen_keeper import FrozenKeeper
from migcards.pivot_desk import PivotDesk
from review.accounts.users import ROLES
from review.web.render import NAVIGATION
from tests.review.web.site import Workplace
from tests.store.test_cards import refuse
from texts import LANGUAGES


@pytest.mark.parametrize("role", ROLES)
def test_the_pages_of_a_role_exist_in_every_language(workplace: Workplace, role: str, tmp_path: Path) -> None:
    workplace.options["pivots"] = PivotDesk(FrozenKeeper(workplace.engine, tmp_path), workplace.engine, hide_below=3)
    workplace.wait(1, occupation="not_sure")
    browser = workplace.browser(role)
    for language in LANGUAGES:
        browser.form("/language", language=language)
        for path, name in (*NAVIGATION[role], ("/password", "password"), ("/api", "api")):
            page = browser.get(path)
            assert page.status_code == 200, path
            assert f'<html lang="{language}">' in page.text
            assert f'data-nav="{name}"' in page.text or name == "api"
            assert " style=" not in page.text and "<script>" not in page.text, "the policy forbids them"


def test_home_says_what_waits(workplace: Workplace) -> None:
    for n in (1, 2):
        workplace.wait(n, occupation="not_sure", purpose="not_sure")
    keyer, analyst = workplace.browser("reviewer").get("/").text, workplace.browser("analyst").get("/").text
    assert 'id="waiting">4<' in keyer and 'href="/key?field=purpose"' in keyer and 'id="start"' in keyer
    assert 'id="waiting">4<' in analyst and "/key" not in analyst


def test_operators_see_what_to_scan_again(workplace: Workplace) -> None:
    with Session(workplace.engine) as session, session.begin():
        refuse(session, 7)
    page = workplace.browser("operator").get("/rescan").text
    assert "7.png" in page and "The scan is blurred (hold still)" in page


def test_administrators_see_who_may_log_in(workplace: Workplace) -> None:
    page = workplace.browser("administrator").get("/users").text
    assert all(f'data-user="{role}"' in page for role in ROLES)


def test_the_api_is_described(workplace: Workplace) -> None:
    browser = workplace.browser("analyst")
    described = browser.get("/openapi.json").json()
    page = browser.get("/api").text
    for path, methods in described["paths"].items():
        assert path.startswith("/api/v1/") and path in page
        for call in methods.values():
            assert call["summary"] and call["description"]
            (content,) = {*call["responses"]["200"]["content"]} & {"application/json", "image/png"}
            assert content == "image/png" or call["responses"]["200"]["content"][content]["schema"]
    assert browser.get("/api/v1/me").json() == {
        "login": "analyst",
        "name": "analyst",
        "role": "analyst",
        "language": "en",
        "csrf": browser.csrf,
    }
