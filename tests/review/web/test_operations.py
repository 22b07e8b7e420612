"""How the work stands: for operators as a page, for Prometheus as figures."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from ocr.reading import Refusal, Refused
from review.assignment.policy import DeskRules
from review.web.app import create_app
from review.web.scan_inbox import InboxState, ReadingNow
from store import disks
from store.batches import batch_of
from store.cards import finish_run, save_card, start_run
from store.scans import ReadCard, save_refused
from tests.review.web.fake_inbox import FakeInbox
from tests.review.web.site import Workplace
from tests.review.web.test_batches import SHEET
from tests.store.cards import card, form, scan

TOKEN = "a long word that only Prometheus knows"


@pytest.fixture
def busy(workplace: Workplace, tmp_path: Path) -> Workplace:
    """A run read two cards, one of which waits for a person, and refused three sheets of two scanners."""
    with Session(workplace.engine) as session, session.begin():
        run = start_run(session, "/scans/monday")
        for n in (1, 2):
            reading = card(n, review={"sex": ("not_sure",)} if n == 1 else {})
            save_card(session, ReadCard(reading, form(reading.form), f"/scans/a/{n}.png", 300.0, (10, 10)), run_id=run)
        for n, folder in ((7, "a"), (8, "b"), (9, "b")):
            refused = Refused(scan(n), Refusal.BLURRED if n == 8 else Refusal.TOO_DARK, "")
            save_refused(session, refused, run_id=run, path=f"/scans/{folder}/{n}.png")
        finish_run(session, run)
        batch_of(session, SHEET, "operator")
    workplace.options |= {"folders": {"archive": tmp_path}, "metrics_token": TOKEN}
    return workplace


def now_is_today(workplace: Workplace) -> None:
    """The clock of the pages stands still; rows bear the moment at which they were written."""
    workplace.clock.now = datetime.now(UTC)


def test_an_operator_sees_the_day_at_a_glance(busy: Workplace) -> None:
    now_is_today(busy)
    page = busy.browser("operator").get("/operations").text
    assert 'id="read-today">2<' in page
    (row,) = re.findall(r"<tr data-run.*?</tr>", page, re.DOTALL)
    assert "/scans/monday" in row and ">5<" in row
    folders = page.split('id="folders"')[1].split("</table>")[0]
    assert folders.index("/scans/b") < folders.index("/scans/a"), "most refusals first"
    assert "blurred 1" in folders and "too dark 1" in folders
    assert f"/batches/{SHEET.number}" in page and "archive of originals" in page
    busy.clock.now += timedelta(days=2)
    later = busy.browser("operator").get("/operations").text
    assert 'id="read-today">0<' in later and "There were no refusals today" in later


def test_little_room_is_said_at_the_top(busy: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disks, "LOW_BYTES", 2**60)
    page = busy.browser("operator").get("/operations").text
    assert "little room" in page.split('<dl class="figures">')[0]


def test_what_is_being_read_is_shown_and_refreshed(busy: Workplace) -> None:
    reading = ReadingNow(SHEET.number, True, 30, 28, 2, 70, 125.0)
    busy.options["inbox"] = FakeInbox(InboxState(reading, 4, "the disk is full"))
    browser = busy.browser("operator")
    part = browser.get("/reading").text
    assert "<html" not in part and SHEET.number in part
    assert 'max="100" value="30"' in part and "2:05" in part and "4 more files wait" in part and "disk is full" in part
    for path in ("/operations", "/upload"):
        assert 'data-live="/reading"' in browser.get(path).text


def test_prometheus_gets_figures_that_agree_with_the_store(busy: Workplace) -> None:
    answer = busy.stranger().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    figures = dict(re.findall(r"^(migcards_\S+) (\S+)$", answer.text, re.MULTILINE))
    expected = {
        'migcards_sheets_total{outcome="read",reason=""}': 2,
        'migcards_sheets_total{outcome="refused",reason="too_dark"}': 2,
        "migcards_cards_total": 2,
        'migcards_fields_waiting{reason="not_sure"}': 1,
        'migcards_rescans_open{reason="blurred"}': 1,
        "migcards_batches_open": 1,
    }
    assert {name: float(figures[name]) for name in expected} == expected
    assert float(figures['migcards_disk_free_bytes{folder="archive"}']) > 0
    assert float(figures["migcards_last_save_timestamp_seconds"]) > 1.7e9


@pytest.mark.parametrize("sent", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"])
def test_nobody_gets_figures_without_the_token(busy: Workplace, sent: str) -> None:
    browser = busy.browser("administrator")
    assert browser.get("/metrics", headers={"Authorization": sent}).status_code == 401


def test_there_are_no_figures_where_no_token_is_set(workplace: Workplace) -> None:
    app = create_app(workplace.engine, workplace.cutter, DeskRules())
    assert app.state.site.metrics_token == ""
    assert workplace.stranger().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
