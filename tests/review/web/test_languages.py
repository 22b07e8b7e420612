"""No English is left on a Russian or Tajik page, but for names that programs and files have."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Literal

import pytest
from sqlalchemy.orm import Session

from ocr.reading import Refusal, Refused
from review.accounts.users import ROLES
from review.web.render import NAVIGATION
from review.web.scan_inbox import InboxState, ReadingNow
from store.batches import batch_of
from store.scans import save_refused
from tests.review.web.fake_inbox import FakeInbox
from tests.review.web.site import Workplace
from tests.review.web.test_batches import NUMBER, SHEET, read
from tests.store.cards import card
from tests.store.test_cards import scan

NAMES = {"migcards", "enter", "user", "name", "login", "role", "report", "add", "password", "disable", "made"}
"""The program, a key, its commands, and the reader of these cards."""

SETTINGS = {"inbox", "archive", "toml", "serve", "jpeg", "tiff"}
"""What an administrator writes into the settings, and kinds of files."""

REFUSED = ((Refusal.CUT_OFF, "outside_mm 4"), (Refusal.BACK_SIDE, "mirrored"), (Refusal.UNREADABLE_FILE, "damaged"))


class Words(HTMLParser):
    """What a page shows: its texts and the attributes that are read out, without codes, keys and scripts."""

    HIDDEN = ("script", "style", "code", "kbd")
    READ_OUT = ("title", "alt", "aria-label", "placeholder")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts += [value or "" for name, value in attrs if name in self.READ_OUT]
        if tag in self.HIDDEN:
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.parts.append(data)


def english(page: str) -> set[str]:
    """Latin words of four letters and more, but for names, logins and files."""
    text = re.sub(r"\S*[\w-]+\.(?:tif|png|jpg)|revised-\w+|26-\w{7}", " ", " ".join(Words(page).parts))
    words = {word.lower() for word in re.findall(r"[A-Za-z]{4,}", text)}
    return words - NAMES - SETTINGS - set(ROLES)


@pytest.mark.parametrize("language", ["ru", "tg"])
@pytest.mark.parametrize("role", ROLES)
def test_no_english_is_left(workplace: Workplace, role: str, language: Literal["ru", "tg"]) -> None:
    reading = ReadingNow(NUMBER, True, 3, 2, 1, 5, 60.0)
    workplace.options |= {"inbox": FakeInbox(InboxState(reading, 2, ""))} if language == "tg" else {}
    with Session(workplace.engine) as session, session.begin():
        batch = batch_of(session, SHEET, role)
        read(session, batch, card(50))
        for n, (reason, detail) in enumerate(REFUSED, start=7):
            save_refused(session, Refused(scan(n), reason, detail), run_id=None, path=f"{n}.png", batch_id=batch)
    workplace.wait(1, occupation="not_sure", surname="doubtful_mark", sex="no_reader", birth_date="required_empty")
    workplace.wait(2, {"occupation": "5120"}, purpose="several_marks")
    browser = workplace.browser(role)
    browser.form("/language", language=language)
    paths = [path for path, _ in NAVIGATION[role]] + ["/password", "/nowhere"]
    workplace.wait(1, scan=9)
    if role in ("operator", "supervisor"):
        paths += ["/duplicates/1", "/duplicates/1?done=1"]
    if role == "supervisor":
        paths += ["/records/1", "/records?since=x", "/records/99", "/quality?days=7"]
    if role in ("operator", "supervisor"):
        paths += [f"/batches/{NUMBER}", "/batches?show=all", "/upload", "/rescan"]
    for path in paths:
        assert english(browser.get(path).text) == set(), path


@pytest.mark.parametrize("language", ["ru", "tg"])
def test_the_log_in_page_too(workplace: Workplace, language: str) -> None:
    stranger = workplace.stranger()
    stranger.form("/language", language=language)
    assert english(stranger.get("/login").text) == set()
