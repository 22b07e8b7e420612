"""`python -m tests.browser.pictures`: the screenshots in docs, taken anew of the sample cards, which are made up."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import click
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import text
from sqlalchemy.orm import Session

from fixtures.review_site import ReviewSite, furnish, opened
from tests.browser.busy import work
from tests.browser.goal_office import HOMES, furnish_goals, key_for_goals
from tests.browser.keyboard_user import LAUNCH, SCREEN, KeyboardUser
from tests.browser.pivot_office import furnish_pivots
from tests.browser.test_pages import settle, striking, unfolding

COLOURS = 128


def typing(user: KeyboardUser) -> None:
    user.wait_for_task()
    while user.truth() in ("", "?"):
        user.wait_for_task(other_than=user.answer(user.truth()))
    user.type(user.truth())
    user.page.locator("#completions li, #echo:not(:empty)").first.wait_for()


def looking(user: KeyboardUser) -> None:
    """Nothing to do."""


Shots: TypeAlias = Mapping[str, tuple[str, str, Callable[[KeyboardUser], None]]]
SHOTS: Shots = {
    "home": ("anna", "/", looking),
    "key": ("anna", "/key?field=residence_district", typing),
    "group": ("anna", "/groups/checkpoint?value=TJ-A1", striking),
    "adjudicate": ("vera", "/key?field=crossing_date", looking),
    "record": ("vera", "/records/3", unfolding),
    "quality": ("vera", "/quality", looking),
}
OF_GOALS = {"goals": ("vera", "/goals", looking)}
"""Taken in an office whose queue keeps to goals."""
OF_PIVOTS = {
    "pivot": ("analyst", "/pivot?rows=region&columns=age:&sort=1&only=direction%3DD", looking),
}
"""Taken in an office of many records."""


def shoot(browser: Browser, site: ReviewSite, shots: Shots, out: Path, *, full_page: bool = False) -> None:
    """Take pictures."""
    for name, (login, path, act) in shots.items():
        with browser.new_context(**SCREEN) as context:
            page: Page = context.new_page()
            user = KeyboardUser(page, site, login)
            user.enter()
            page.goto(site.url + path)
            settle(page)
            act(user)
            shot = out / f"review-{name}.png"
            page.screenshot(path=shot, full_page=full_page)
            with Image.open(shot) as image:
                small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            small.save(shot, optimize=True)


@click.command()
@click.option("-o", "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("docs"), show_default=True)
def main(out: Path) -> None:
    """Take them."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder) / "site"
        furnish(place)
        with opened(place) as site, playwright.chromium.launch(**LAUNCH) as browser:
            work(site)
            with Session(site.engine) as session, session.begin():  # the folder of this run is nobody's business
                session.execute(text("UPDATE runs SET folder = 'scans'"))
                session.execute(text(f"UPDATE scans SET path = replace(path, '{place}/', '')"))
            shoot(browser, site, SHOTS, out)
        place = Path(folder) / "goals"
        homes = furnish_goals(place, HOMES)
        with opened(place) as site, playwright.chromium.launch(**LAUNCH) as browser:
            key_for_goals(site, homes)
            shoot(browser, site, OF_GOALS, out, full_page=True)
        place = Path(folder) / "pivots"
        furnish_pivots(place)
        with opened(place) as site, playwright.chromium.launch(**LAUNCH) as browser:
            shoot(browser, site, OF_PIVOTS, out, full_page=True)


if __name__ == "__main__":
    main()
