"""Logging in and out, language and password, as a browser meets them."""

from __future__ import annotations

import re

import pytest

from review.web.deps import COOKIE
from tests.review.web.site import PASSWORD, Browser, Workplace

WRONG = "The login or the password is wrong"


def log_in(browser: Browser, login: str = "reviewer", password: str = PASSWORD, **more: str) -> int:
    return browser.form("/login", login=login, password=password, **more).status_code


def test_logging_in_and_out(workplace: Workplace) -> None:
    browser = workplace.stranger()
    answer = browser.form("/login", login=" Reviewer ", password=PASSWORD, next="/key")
    assert (answer.status_code, answer.headers["location"]) == (303, "/key")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Secure" not in cookie
    page = browser.get("/")
    assert page.status_code == 200 and 'id="start"' in page.text
    assert browser.get("/login").headers["location"] == "/"
    kept = browser.client.cookies[COOKIE]
    (browser.csrf,) = set(re.findall(r'name="csrf" value="([^"]+)"', page.text))
    assert browser.form("/logout").headers["location"] == "/login"
    browser.client.cookies.set(COOKIE, kept)
    assert browser.get("/").status_code == 303, "the cookie is worth nothing any more"


def test_over_https_the_cookie_goes_no_other_way(workplace: Workplace) -> None:
    browser = workplace.stranger(base_url="https://review.example")
    answer = browser.form("/login", login="reviewer", password=PASSWORD)
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil.example", "evil"])
def test_after_logging_in_one_stays_here(workplace: Workplace, address: str) -> None:
    answer = workplace.stranger().form("/login", login="reviewer", password=PASSWORD, next=address)
    assert answer.headers["location"] == "/"


def test_wrong_login_wrong_password_and_lock_say_the_same(workplace: Workplace) -> None:
    browser = workplace.stranger(headers={"Accept-Language": "en"})
    pages = [browser.form("/login", login=login, password="wrong").text for login in ("nobody", "reviewer")]
    for _ in range(4):
        assert log_in(browser, password="wrong") == 401
    pages.append(browser.form("/login", login="reviewer", password=PASSWORD).text)
    assert all(WRONG in page for page in pages)
    assert len({page.replace("nobody", "reviewer") for page in pages}) == 1
    workplace.clock.wait(minutes=14)
    assert log_in(browser) == 401
    workplace.clock.wait(minutes=2)
    assert log_in(browser) == 303


def test_a_log_in_sent_by_another_site_is_turned_away(workplace: Workplace) -> None:
    browser = workplace.stranger()
    for origin, status in (("http://evil.example", 403), ("null", 403), ("http://testserver", 303)):
        values = {"login": "reviewer", "password": PASSWORD}
        answer = browser.client.post("/login", data=values, headers={"Origin": origin}, follow_redirects=False)
        assert answer.status_code == status


def test_a_visit_ends_when_nothing_comes_for_long(workplace: Workplace) -> None:
    browser = workplace.browser("reviewer")
    for _ in range(3):
        workplace.clock.wait(hours=11)
        assert browser.get("/").status_code == 200
    workplace.clock.wait(hours=12.5)
    assert browser.get("/").status_code == 303


def test_the_language_is_the_browsers_then_the_persons(workplace: Workplace) -> None:
    browser = workplace.stranger(headers={"Accept-Language": "fr, tg;q=0.8, en;q=0.5"})
    assert '<html lang="tg">' in browser.get("/login").text
    browser.form("/language", language="ru", back="/login")
    assert '<html lang="ru">' in browser.get("/login").text
    log_in(browser)
    page = browser.get("/").text
    assert '<html lang="en">' in page, "the user's own"
    (browser.csrf,) = set(re.findall(r'name="csrf" value="([^"]+)"', page))
    assert browser.form("/language", language="tg", back="//evil.example").headers["location"] == "/"
    assert '<html lang="tg">' in browser.get("/").text
    browser.form("/language", language="xx")
    assert '<html lang="tg">' in workplace.browser("reviewer").get("/").text, "on every computer"
    assert '<html lang="ru">' in workplace.stranger().get("/login").text


def test_changing_the_password_ends_all_other_sessions(workplace: Workplace) -> None:
    browser, other = workplace.browser("reviewer"), workplace.browser("reviewer")
    new = "quite another one"
    for old, first, second in ((PASSWORD, new, "x" + new), ("wrong", new, new), (PASSWORD, "short", "short")):
        answer = browser.form("/password", old=old, new=first, again=second)
        assert answer.status_code == 422 and "password-fault" in answer.text
    assert browser.form("/password", old=PASSWORD, new=new, again=new).status_code == 303
    assert browser.get("/").status_code == 200
    assert other.get("/").status_code == 303
    assert log_in(workplace.stranger()) == 401
    assert log_in(workplace.stranger(), password=new) == 303


def test_every_answer_keeps_to_itself(workplace: Workplace) -> None:
    browser = workplace.browser("reviewer")
    for path in ("/", "/login", "/api/v1/me", "/no/such/page", "/static/style.css"):
        headers = browser.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")
        assert headers["x-content-type-options"] == "nosniff"


def test_what_goes_wrong_is_said_in_words(workplace: Workplace) -> None:
    browser = workplace.browser("analyst")
    page = browser.get("/no/such/page")
    assert page.status_code == 404 and "There is no such page." in page.text
    browser.form("/language", language="tg")
    forbidden = browser.get("/api/v1/progress").json()
    assert forbidden == {"code": "forbidden", "message": browser.get("/api/v1/groups").json()["message"]}
    assert "дастрасӣ надоред" in forbidden["message"]
