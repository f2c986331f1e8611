"""Chromium, logged in to a Home Assistant, as a person sits before it."""

import json
from pathlib import Path

from playwright.sync_api import Locator, Page, expect, sync_playwright

from .chromium import launched
from .home_assistant import HomeAssistant

_PATIENCE_MS = 30_000


class Browser:
    """One page in headless Chromium."""

    def __init__(
        self, home: HomeAssistant, *, width: int = 1280, height: int = 900
    ) -> None:
        """Start Chromium and log in."""
        self._home = home
        self._playwright = sync_playwright().start()
        self._chromium = launched(self._playwright)
        context = self._chromium.new_context(
            viewport={"width": width, "height": height}, service_workers="block"
        )
        tokens = json.dumps(json.dumps(home.tokens))
        context.add_init_script(f"localStorage.setItem('hassTokens', {tokens})")
        self.page: Page = context.new_page()
        self.page.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)

    def open(self, path: str) -> None:
        """Go to a page of Home Assistant."""
        self.page.goto(self._home.url + path)
        self.page.locator("ha-sidebar").wait_for()

    def screenshot(self, path: Path) -> None:
        """Take a picture of what is to be seen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(700)  # until what moves has come to rest
        self.page.screenshot(path=path)

    def add_integration(self) -> None:
        """Begin to add the integration, as a person does."""
        self.open("/config/integrations/dashboard")
        self.page.get_by_role("button", name="Add integration").click()
        offered = self.page.locator("dialog-add-integration")
        offered.locator("input").first.fill("IoT Blockchain")
        offered.get_by_text("IoT Blockchain", exact=True).first.click()

    @property
    def dialog(self) -> Locator:
        """The dialog of a config flow."""
        return self.page.locator("dialog-data-entry-flow")

    def close(self) -> None:
        """End Chromium."""
        self._chromium.close()
        self._playwright.stop()
