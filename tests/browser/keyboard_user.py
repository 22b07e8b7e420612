"""A person at the keyboard: looks at the screen, types what is truly on the card, never touches the mouse."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Request, expect
from sqlalchemy.orm import Session

from fixtures.review_site import PASSWORD, ReviewSite
from ocr.forms.definition import FieldSpec
from review.web.task_view import input_of
from store.engine import read_only
from store.queries import decisions
from store.tables import Decision, PersonalDecision

LAUNCH: dict[str, Any] = {"executable_path": shutil.which("chromium"), "args": ["--no-sandbox"]}
SCREEN: dict[str, Any] = {"viewport": {"width": 1280, "height": 720}, "locale": "ru-RU"}
LETTERS = "ғӣқӯҳҷ"
UNSENT = "migcards.outbox.{login}"


@dataclass
class KeyboardUser:
    """One person before one page, who types a sign every `pause_ms`."""

    page: Page
    site: ReviewSite
    login: str
    pause_ms: float = 0.0
    unanswered: set[Request] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.unanswered.add(request))
        self.page.on("requestfinished", lambda request: self.unanswered.discard(request))
        self.page.on("requestfailed", lambda request: self.unanswered.discard(request))

    def leave(self) -> None:
        """Close the browser once all it asked is answered: the server would do it in the store of the next test."""
        end = time.monotonic() + 10
        while self.unanswered and time.monotonic() < end:
            self.page.wait_for_timeout(20)
        self.page.context.close()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def enter(self, path: str = "/") -> None:
        """Log in and arrive on a page."""
        self.page.goto(f"{self.site.url}/login?next={path}")
        expect(self.page.locator("#login")).to_be_focused()
        self.page.keyboard.type(self.login)
        self.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.press("Enter")
        self.page.wait_for_url(f"{self.site.url}{path}")
        if path.startswith("/key"):
            self.wait_for_task()

    def wait_for_task(self, other_than: str = "") -> str:
        """The ticket on the screen once it is there and its crop is painted."""
        shown = f"[data-ticket]:not([data-ticket='']):not([data-ticket='{other_than}'])"
        self.page.wait_for_function(
            "shown => { const image = document.querySelector(`#crop${shown} img`);"
            " return image && image.complete && image.naturalWidth > 0 && !document.querySelector('#work').hidden; }",
            arg=shown,
        )
        return self.ticket

    @property
    def ticket(self) -> str:
        return self.page.locator("#crop").get_attribute("data-ticket") or ""

    @property
    def place(self) -> tuple[int, FieldSpec]:
        """Card and field on the screen, which the page itself does not tell."""
        return self.site.place(self.ticket)

    def truth(self) -> str:
        card_id, spec = self.place
        return self.site.truth[card_id][spec.name]

    def type(self, value: str) -> None:
        """Type a value the way the field on the screen is answered."""
        _, spec = self.place
        kind = input_of(spec)
        if kind in ("one", "several"):
            codes = [option.code for option in spec.options] or ["Y"]
            self.press(*(str((codes.index(code) + 1) % 10) for code in value.split("|")))
        elif kind == "date":
            self.page.keyboard.type("".join(reversed(value.split("-"))), delay=self.pause_ms)
        else:
            for sign in value:
                small = sign.lower()
                if small in LETTERS:
                    self.press(f"Alt+Digit{LETTERS.index(small) + 1}")
                else:
                    self.page.keyboard.type(sign, delay=self.pause_ms)

    def answer(self, value: str) -> str:
        """Answer the field on the screen, wait for the next one; returns the ticket."""
        ticket = self.ticket
        if value in ("", "?"):
            self.press("F8" if value == "" else "F2")
        else:
            self.type(value)
            self.press("Enter")
        self.page.wait_for_function("ticket => document.querySelector('#crop').dataset.ticket !== ticket"
                                    " || document.querySelector('#work').hidden", arg=ticket)  # fmt: skip
        return ticket

    def wait_until_sent(self) -> None:
        self.page.wait_for_function(
            "place => localStorage.getItem(place) === null", arg=UNSENT.format(login=self.login), timeout=60_000
        )

    def answer_all_but(self, wanted: tuple[int, str]) -> None:
        """Key the truth until a certain field is on the screen."""
        while (self.place[0], self.place[1].name) != wanted:
            self.answer(self.truth())
            self.wait_for_task()


def kept(site: ReviewSite, login: str) -> dict[str, tuple[int, str, str | None, str]]:
    """A person's decisions by ticket: card, field, value and what was shown; undos have no ticket."""
    with Session(read_only(site.engine)) as session:
        query = decisions(Decision, PersonalDecision.value).where(Decision.person == login)
        return {
            row.ticket or f"#{row.id}": (row.card_id, row.field, row.value if secret is None else secret, row.shown)
            for row, secret in session.execute(query)
        }


def profile(folder: Path) -> str:
    """A browser's own folder, which outlives it."""
    return str(folder / "profile")
