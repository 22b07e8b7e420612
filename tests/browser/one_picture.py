"""`python -m tests.browser.one_picture`: date and place of a stamp, as two tasks and on one picture, in Chromium.

A person types what is on the sample scans, a sign every 40 ms, and confirms at once. As two tasks: all dates, then all
places, as they came before fields of one zone went together. Counted are the pictures that come before the person's
eyes, the requests, and the seconds; what a person needs to find their way about a new picture is not among these, and
is added as a mental operator of 1.35 s a picture (Card, Moran and Newell 1980).
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright

from fixtures.review_site import ReviewSite, copied, furnish, opened
from tests.browser.keyboard_user import LAUNCH, SCREEN, KeyboardUser

LOOK_S = 1.35
FIELDS = ("crossing_date", "checkpoint")
WATCH = """() => {
    window.pictures = 1;
    new MutationObserver((changes) => { window.pictures += changes.some((one) => one.addedNodes.length) ? 1 : 0; })
        .observe(document.getElementById("crop"), { childList: true });
}"""


@dataclass
class Work:
    """What it took to key the stamps of some cards."""

    cards: int
    pictures: int = 0
    requests: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        whole = self.seconds + LOOK_S * self.pictures
        shares = (self.pictures, self.requests, self.seconds, whole)
        pictures, requests, seconds, with_looks = (share / self.cards for share in shares)
        return f"{pictures:.1f} pictures, {requests:.1f} requests, {seconds:.2f} s; with the looks {with_looks:.2f} s"


def key(browser: Browser, site: ReviewSite, path: str, count: int, work: Work) -> None:
    """Key so many fields of the page at `path`, and add up what it took."""
    with browser.new_context(**SCREEN) as context:
        user = KeyboardUser(context.new_page(), site, "anna", pause_ms=40)
        asked: Counter[bool] = Counter()
        user.page.on("request", lambda request: asked.update([f"{site.url}/api/" in request.url]))
        user.enter(path)
        user.page.evaluate(WATCH)
        start = time.perf_counter()
        for n in range(1, count + 1):
            assert user.place[1].name in FIELDS
            ticket = user.answer(user.truth())
            if n < count:
                user.wait_for_task(other_than=ticket)
        work.seconds += time.perf_counter() - start
        user.wait_until_sent()
        work.pictures += user.page.evaluate("window.pictures") - 1
        work.requests += asked[True]


@click.command()
@click.option("--cards", default=6, show_default=True, help="Cards whose stamps are keyed; the samples have seven.")
def main(cards: int) -> None:
    """Measure and print what a card takes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        furnished = Path(folder) / "furnished"
        furnish(furnished)
        with playwright.chromium.launch(**LAUNCH) as browser:
            for name, paths in (("two tasks", [f"/key?field={field}" for field in FIELDS]), ("one picture", ["/key"])):
                work = Work(cards)
                with opened(copied(furnished, Path(folder) / name.replace(" ", "-"))) as site:
                    for path in paths:
                        key(browser, site, path, cards * len(FIELDS) // len(paths), work)
                click.echo(f"{name:12} a card: {work}")


if __name__ == "__main__":
    main()
