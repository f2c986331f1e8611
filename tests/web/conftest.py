"""Chromium, and the page in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from scripts.house.chromium import launched
from tests.processes import no_cleanup  # noqa: F401

from .page import VerifierPage

type Open = Callable[..., VerifierPage]


@pytest.fixture(autouse=True, name="configure_event_loop")
def _configure_event_loop() -> None:
    """Home Assistant's plugin runs a loop here, and Playwright's is running already."""


@pytest.fixture(autouse=True, name="enable_event_loop_debug")
def _enable_event_loop_debug() -> None:
    """See above."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Chromium.

    Once for a module: while it runs, Playwright's event loop counts as running.
    """
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Open]:
    """Open the page, as often as one likes. It must never say an error of its own."""
    pages: list[VerifierPage] = []

    def open_page(**context: Any) -> VerifierPage:  # noqa: ANN401 - Playwright's
        pages.append(VerifierPage(chromium, **context))
        return pages[-1]

    yield open_page
    errors = [error for page in pages for error in page.errors]
    for page in pages:
        page.close()
    assert errors == []


@pytest.fixture
def page(opened: Open) -> VerifierPage:
    """Open the page once."""
    return opened()
