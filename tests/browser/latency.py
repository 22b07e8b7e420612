"""`python -m tests.browser.latency`: from Enter to the next crop painted, in Chromium, while 200,000 fields wait.

A person types what is on the sample scans, a sign every 40 ms, and confirms at once. The copies that fill the queue
wait behind the sample cards, so that every crop that is shown is cut out of a scan.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import click
from playwright.sync_api import sync_playwright
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from benchmarks.desk import multiply
from fixtures.review_site import ReviewSite, furnish, opened
from store.tables import Waiting
from tests.browser.keyboard_user import LAUNCH, SCREEN, KeyboardUser

WATCH = """() => {
    window.spent = [];
    let since = 0;
    addEventListener("keydown", (event) => {
        if (["Enter", "F2", "F8"].includes(event.key)) since = performance.now();
    }, true);
    new MutationObserver(async () => {
        await document.querySelector("#crop img").decode();
        requestAnimationFrame(() => setTimeout(() => window.spent.push(performance.now() - since)));
    }).observe(document.getElementById("crop"), { attributeFilter: ["data-ticket"] });
}"""


def fill(site: ReviewSite, fields: int) -> int:
    """Copy the cards until so many fields wait; returns how many do."""
    with Session(site.engine) as session, session.begin():
        count = select(func.count()).select_from(Waiting)
        multiply(session, fields // (session.scalar(count) or 1), behind=10)
        session.execute(text("ANALYZE"))
        return session.scalar(count) or 0


@click.command()
@click.option("--fields", default=200_000, show_default=True, help="Fields that wait.")
@click.option("--times", default=30, show_default=True, help="Fields to key; not more than the samples have.")
def main(fields: int, times: int) -> None:
    """Measure and print milliseconds."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder) / "site"
        furnish(place)
        with opened(place) as site, playwright.chromium.launch(**LAUNCH) as browser:
            waiting = fill(site, fields)
            user = KeyboardUser(browser.new_page(**SCREEN), site, "anna")
            user.pause_ms = 40
            user.enter("/key")
            user.page.evaluate(WATCH)
            for n in range(times):
                user.answer(user.truth())
                user.page.wait_for_function("n => window.spent.length > n", arg=n)
            spent = sorted(user.page.evaluate("window.spent"))
    click.echo(f"{waiting:,} fields wait; from Enter to the next crop, {len(spent)} fields: "
               f"median {statistics.median(spent):.0f} ms, 95 % {spent[int(0.95 * len(spent))]:.0f} ms, "
               f"worst {spent[-1]:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
