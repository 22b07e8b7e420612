"""An office on the sample scans, and a real browser before it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, sync_playwright

from fixtures.office import Office, copied, furnish, opened
from tests.browser.hands import LAUNCH


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
    folder = tmp_path_factory.mktemp("office") / "furnished"
    furnish(folder)
    return folder


@pytest.fixture
def office(furnished: Path, tmp_path: Path) -> Iterator[Office]:
    """An office of one's own, as it is before anybody keyed."""
    with opened(copied(furnished, tmp_path)) as office:
        yield office
