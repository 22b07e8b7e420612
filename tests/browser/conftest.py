"""An office on the sample scans, and a real browser before it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

from fixtures.review_site import ReviewSite, copied, furnish, opened
from tests.browser.keyboard_user import LAUNCH


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    if shutil.which("chromium") is None:
        pytest.skip("Chromium is not installed: `./run setup test` installs it")
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    browser = chromium.launch(**LAUNCH)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, chromium: BrowserType) -> Path:
    """The sample scans read once; tests work on copies (`chromium` so that nothing is read where there is none)."""
    folder = tmp_path_factory.mktemp("site") / "furnished"
    furnish(folder)
    return folder


@pytest.fixture(scope="session")
def served(furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewSite]:
    """One server for all tests; `site` is the same with the store as it was."""
    with opened(copied(furnished, tmp_path_factory.mktemp("served"))) as site:
        yield site


@pytest.fixture
def site(served: ReviewSite, furnished: Path) -> ReviewSite:
    """An office as it is before anybody keyed."""
    served.reset(furnished)
    return served
