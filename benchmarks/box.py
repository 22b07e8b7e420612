"""`python -m benchmarks.box`: a box of cards from its opening to its closing, in a real browser.

The cards are the sample scans of one form, each time with another number printed on it. The box holds what goes wrong
in offices: missing, double and foreign cards, and sheets that cannot be read. An operator opens the batch, sends the
scans, scans the refused sheets again; a supervisor keys the numbers that were not read and signs the difference, which
has to be exactly the cards that are missing, double and foreign.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import click
from playwright.sync_api import Page, sync_playwright

from benchmarks.box_files import FIRST, FOREIGN, BoxPlan, make_box
from fixtures.demo import SAMPLES
from fixtures.review_site import PASSWORD, ReviewSite, opened, staff
from ocr.forms.serial import serial_number

TERMS = ("expected", "read", "refused", "duplicates", "blank", "backs", "found")
NUMBER_FIELD = "card_no"
PATIENCE_MS = 120_000
READ_S = 4 * 3600
"""How long a box may take."""


@dataclass
class BoxWork:
    """What was done with a box, step by step: the account that the page showed then, and the seconds it took.

    Attributes
    ----------
    numbers
        What stood in the lists of the page before it was signed.
    keyed
        Cards whose number the machine did not read.
    """

    accounts: dict[str, Mapping[str, int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    numbers: dict[str, Sequence[str]] = field(default_factory=dict)
    keyed: int = 0
    state: str = ""


@click.command()
@click.option("--cards", type=click.IntRange(20), default=500, show_default=True, help="Cards in the box.")
def main(cards: int) -> None:
    """Take a box through; exit status 1 where the account is not exactly right."""
    plan = BoxPlan(cards, missing=3, double=2, foreign=1, unreadable=4)
    with tempfile.TemporaryDirectory() as temp, sync_playwright() as playwright:
        box = make_box(plan, SAMPLES, Path(temp) / "box", os.cpu_count() or 1)
        staff(Path(temp))
        with opened(Path(temp)) as site:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            work = taken_through(browser.new_page(), site, plan, *box)
            browser.close()
    click.echo(f"{'':12}" + "".join(f"{name:>12}" for name in TERMS))
    for step, account in work.accounts.items():
        click.echo(f"{step:12}" + "".join(f"{account.get(name, 0):>12}" for name in TERMS))
    for step, seconds in work.seconds.items():
        click.echo(f"{step:24}{seconds / 60:>8.1f} min")
    click.echo(f"numbers keyed by a person: {work.keyed}")
    click.echo(f"state: {work.state}; {', '.join(f'{len(found)} {name}' for name, found in work.numbers.items())}")
    faults = wrong(work, plan)
    click.echo("\n".join(faults) or "the difference is exactly what is wrong with the box")
    sys.exit(1 if faults else 0)


def taken_through(
    page: Page, site: ReviewSite, plan: BoxPlan, scans: Sequence[Path], rescans: Sequence[Path]
) -> BoxWork:
    """Take a box from its opening to its closing, as an operator and a supervisor do."""
    work = BoxWork()
    page.set_default_timeout(PATIENCE_MS)
    with _visit(page, site, "operator"):
        number = open_batch(page, site, plan)
        with _timed(work, "scan"):
            send(page, site, number, scans, rescan=False)
        work.accounts["scanned"] = account(page, site, number)
        with _timed(work, "rescan"):
            page.click("#send-rescans")
            send(page, site, number, rescans, rescan=True)
        work.accounts["rescanned"] = account(page, site, number)
        if page.locator("#sign").count():
            raise SystemExit("An operator could sign.")
    with _visit(page, site, "supervisor"):
        account(page, site, number)
        with _timed(work, "key numbers"):
            work.keyed = key_numbers(page, site, number)
        work.accounts["keyed"] = account(page, site, number)
        for name in ("missing", "double", "unexpected", "unnumbered", "sheets"):
            work.numbers[name] = serials(page, name)
        with _timed(work, "sign"):
            page.fill("#sign-form [name=reason]", "three cards were lost, two scanned twice, one is of another box")
            page.click("#sign")
            page.wait_for_selector("[data-kind=sign]")
        work.accounts["signed"] = account(page, site, number)
        work.state = page.locator("h1 [data-state]").get_attribute("data-state") or ""
    return work


def open_batch(page: Page, site: ReviewSite, plan: BoxPlan) -> str:
    """Open the batch with what the clerk counted; returns its number."""
    page.goto(f"{site.url}/batches")
    page.select_option("[name=checkpoint]", index=1)
    page.select_option("[name=direction]", "D")
    page.fill("[name=first_day]", "2012-01-01")
    page.fill("[name=last_day]", "2026-01-31")
    page.fill("[name=expected]", str(plan.cards))
    page.fill("[name=serials]", plan.serials)
    page.click("#open-button")
    page.wait_for_url(re.compile(r"/batches/\d\d-\w{7}$"))
    return page.url.rpartition("/")[2]


def send(page: Page, site: ReviewSite, number: str, files: Sequence[Path], *, rescan: bool) -> None:
    """Send scans and wait until they are read."""
    address = f"{site.url}/upload?batch={number}" + ("&rescan=1" if rescan else "")
    if page.url != address:
        page.goto(address)
    page.set_input_files("#files", [str(path) for path in files])
    page.click("#send")
    page.wait_for_selector("#notice.good", timeout=1000 * READ_S)
    page.wait_for_selector("#reading [data-reading=nothing]", timeout=1000 * READ_S)


def key_numbers(page: Page, site: ReviewSite, number: str) -> int:
    """Key the numbers that the machine did not read, from the names of the files; returns how many."""
    waiting = page.locator("#unnumbered [data-card]").all()
    names = {card.get_attribute("data-card"): card.inner_text() for card in waiting}
    for card_id, text in names.items():
        written = re.search(r"(\d+)(?:-again)?\.jpg", text)
        page.goto(f"{site.url}/records/{card_id}")
        line = page.locator(f"details[data-field={NUMBER_FIELD}]")
        line.locator("summary").click()
        line.locator("[name=value]").fill(serial_number(int(written[1])) if written else "?")
        line.locator("[name=reason]").fill("read from the card")
        line.locator("[name=reason]").press("Enter")
        page.click("#confirm")
        page.wait_for_url(re.compile(r"/records/\d+#"))
    return len(names)


def account(page: Page, site: ReviewSite, number: str) -> dict[str, int]:
    """The account as the batch's page shows it."""
    page.goto(f"{site.url}/batches/{number}")
    terms = page.locator("[data-term]").evaluate_all(
        "all => all.map((one) => [one.dataset.term, one.querySelector('dd').textContent])"
    )
    return {name: int(re.sub(r"\D", "", value)) for name, value in terms}


def serials(page: Page, name: str) -> list[str]:
    """Numbers in one of the lists of a batch's page; of cards without a number their ids, of sheets their hashes."""
    for attribute, of in (("data-sheet", "sheets"), ("data-card", "unnumbered")):
        if name == of:
            return [one.get_attribute(attribute) or "" for one in page.locator(f"#{name} [{attribute}]").all()]
    return re.findall(r"\b\d{9}\b", " ".join(page.locator(f"#{name}").all_inner_texts()))


def wrong(work: BoxWork, plan: BoxPlan) -> list[str]:
    """Where the account is not what is wrong with the box."""
    first = work.accounts["scanned"]
    last = work.accounts["keyed"]
    there = plan.cards - plan.missing
    numbers = {
        "missing": {serial_number(FIRST + there + i) for i in range(plan.missing)},
        "unexpected": {serial_number(FOREIGN + i) for i in range(plan.foreign)},
    }
    expected: Mapping[str, tuple[object, object]] = {
        "sheets found at first": (there + plan.double + plan.foreign, first["found"]),
        "refused at first": (plan.unreadable, first["refused"]),
        "read in the end": (there + plan.foreign, last["read"]),
        "refused in the end": (0, last["refused"]),
        "duplicates": (plan.double, last["duplicates"]),
        "missing": (numbers["missing"], set(work.numbers["missing"])),
        "unexpected": (numbers["unexpected"], set(work.numbers["unexpected"])),
        "double": (plan.double, len(set(work.numbers["double"]))),
        "of unknown number": (0, len(work.numbers["unnumbered"])),
        "state": ("signed", work.state),
    }
    return [f"{name}: {found} in place of {wanted}" for name, (wanted, found) in expected.items() if wanted != found]


@contextmanager
def _visit(page: Page, site: ReviewSite, login: str) -> Iterator[None]:
    page.goto(f"{site.url}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#logout-button")
    yield
    page.click("#logout-button")
    page.wait_for_url(re.compile("/login"))


@contextmanager
def _timed(work: BoxWork, step: str) -> Iterator[None]:
    began = perf_counter()
    yield
    work.seconds[step] = perf_counter() - began


if __name__ == "__main__":
    main()
