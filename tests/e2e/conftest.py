"""A house of real processes, one for all end-to-end tests."""

import asyncio
import contextlib
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import pytest_socket
from playwright.sync_api import Error as PlaywrightError, Page

from scripts.house.browser import Browser
from scripts.house.house import House
from tests.processes import no_cleanup  # noqa: F401

PAGES: pytest.StashKey[list[Page]] = pytest.StashKey()
"""What a test looks at."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say what was to be seen when a test failed."""
    report = yield
    if report.when == "call" and report.failed:
        for page in item.stash.get(PAGES, []):
            try:
                seen = page.locator("body").aria_snapshot(timeout=5000)
            except PlaywrightError as err:
                seen = f"nothing: {err}"
            report.sections.append((f"The page {page.url}", seen))
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what starts a real Home Assistant."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Build the house; the log is added to it by a test, in the browser."""
    pytest_socket.enable_socket()
    house = House(tmp_path_factory.mktemp("house"))
    try:
        asyncio.run(house.build(block_time=1))
        yield house
    finally:
        asyncio.run(house.tear_down())


@pytest.fixture
def browser(house: House, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Open Chromium, logged in to the house's Home Assistant.

    For each test anew: while it is open, Playwright's event loop counts as running.
    """
    with contextlib.closing(Browser(house.home)) as browser:
        request.node.stash[PAGES] = [browser.page]
        yield browser
