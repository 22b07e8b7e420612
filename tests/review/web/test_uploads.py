"""Sending scans from a browser."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from review.web.scan_inbox import UploadLot
from store.batches import batch_of, close_batch
from tests.review.web.fake_inbox import FakeInbox
from tests.review.web.site import Browser, Workplace
from tests.review.web.test_batches import NUMBER, SHEET

LOT = "20260504-090000-1a2b3c4d"


@pytest.fixture
def inbox(workplace: Workplace) -> FakeInbox:
    with Session(workplace.engine) as session, session.begin():
        batch_of(session, SHEET, "operator")
    workplace.options["inbox"] = FakeInbox()
    return workplace.options["inbox"]


def send(browser: Browser, data: bytes, **query: Any) -> Any:
    headers = {"X-CSRF-Token": browser.csrf, "Content-Type": "application/octet-stream"}
    return browser.client.post(f"/api/v1/uploads/{LOT}", content=data, params=query, headers=headers)


def test_a_file_arrives_whole_under_its_name_and_batch(workplace: Workplace, inbox: FakeInbox) -> None:
    browser, data = workplace.browser("operator"), bytes(range(256)) * 4000
    answer = send(browser, data, name="лист 1.jpg", batch=NUMBER, rescan=1)
    assert (answer.status_code, answer.json()) == (200, {"name": "лист 1.jpg"})
    assert inbox.kept == {"лист 1.jpg": data}
    assert inbox.lots == [UploadLot(LOT, NUMBER, True, "operator")]
    assert browser.post(f"/api/v1/uploads/{LOT}/done?batch={NUMBER}&rescan=1").status_code == 200
    assert inbox.finished == inbox.lots


def test_what_is_refused_is_said_in_words_and_leaves_nothing(workplace: Workplace, inbox: FakeInbox) -> None:
    browser = workplace.browser("operator")
    refused = send(browser, b"far too much", name="a.jpg")
    assert refused.status_code == 422 and "larger than 1 MB" in refused.json()["message"]
    whose = send(browser, b"x", name="a.jpg", rescan=1)
    assert whose.status_code == 422 and "choose the batch" in whose.json()["message"]
    assert send(browser, b"x", name="a.jpg", batch="26-ZZZZZZZ").status_code == 404
    assert send(browser, b"x", name="a\0.jpg").status_code == 400
    assert inbox.kept == {}


def test_a_closed_batch_takes_no_more_scans(workplace: Workplace, inbox: FakeInbox) -> None:
    with Session(workplace.engine) as session, session.begin():
        close_batch(session, NUMBER, "boss", reason="nothing came")
    browser = workplace.browser("operator")
    answer = send(browser, b"x", name="a.jpg", batch=NUMBER)
    assert answer.status_code == 422 and f"batch {NUMBER} is closed" in answer.json()["message"]
    assert NUMBER not in browser.get("/upload").text and inbox.kept == {}


def test_a_stranger_and_a_forged_page_send_nothing(workplace: Workplace, inbox: FakeInbox) -> None:
    assert send(workplace.stranger(), b"x", name="a.jpg").status_code == 401
    forged = Browser(workplace.browser("operator").client, "x")
    assert send(forged, b"x", name="a.jpg").status_code == 403
    assert inbox.kept == {}


def test_the_page_says_that_there_is_no_inbox(workplace: Workplace) -> None:
    browser = workplace.browser("operator")
    assert 'id="off"' in browser.get("/upload").text and "<form id=" not in browser.get("/upload").text
    assert send(browser, b"x", name="a.jpg").status_code == 422


def test_the_page_is_ready_for_a_batch_and_draws_a_place_of_its_own(workplace: Workplace, inbox: FakeInbox) -> None:
    browser = workplace.browser("operator")
    page = browser.get(f"/upload?batch={NUMBER}&rescan=1").text
    assert f'value="{NUMBER}" selected' in page and 'id="rescan" checked' in page
    places = {browser.get("/upload").text.split('data-lot="')[1].split('"')[0] for _ in range(3)}
    assert len(places) == 3
