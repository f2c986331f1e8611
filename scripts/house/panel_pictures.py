"""Pictures of the panel and of the card, in a house whose log is anchored."""

from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page

from .browser import Browser
from .house import FRIDGE, SCANNER, House

_CARDS = "anchored-cards"
DASHBOARD = f"/{_CARDS}/0"


def photograph_panel(house: House, images: Path) -> None:
    """Take the pictures that docs/panel.md shows."""
    with closing(Browser(house.home, width=1100, height=1120)) as browser:
        page = browser.page
        browser.open("/iot-blockchain")
        page.get_by_label("Entity", exact=True).select_option(FRIDGE)
        page.get_by_role("button", name="Show", exact=True).click()
        page.locator("iot-blockchain-readings-chart").get_by_text(
            FRIDGE
        ).first.wait_for()
        browser.screenshot(images / "panel.png")

        page.set_viewport_size({"width": 1100, "height": 860})
        anchored = page.locator("iot-blockchain-reading-search tr").filter(
            has_text="Final"
        )
        anchored.first.get_by_role("button").click()
        page.get_by_label("RPC endpoint").fill(house.chain.url)
        page.get_by_role("button", name="Ask the chain").click()
        page.get_by_text("no later than").wait_for()
        browser.screenshot(images / "panel_receipt.png")

        make_dashboard(page)
        page.set_viewport_size({"width": 900, "height": 260})
        browser.open(DASHBOARD)
        page.locator("iot-blockchain-card .chip").nth(1).wait_for()
        browser.screenshot(images / "card.png")


def make_dashboard(page: Page) -> None:
    """Make a dashboard with two cards. The page can be any of Home Assistant."""
    cards = [
        {
            "type": "custom:iot-blockchain-card",
            "entity": SCANNER,
            "name": "Last parcel",
        },
        {"type": "custom:iot-blockchain-card", "entity": FRIDGE, "name": "Fridge"},
    ]
    sections = [{"type": "grid", "cards": cards}]
    for message in (
        {
            "type": "lovelace/dashboards/create",
            "url_path": _CARDS,
            "title": "Cold chain",
            "mode": "storage",
        },
        {
            "type": "lovelace/config/save",
            "url_path": _CARDS,
            "config": {"views": [{"type": "sections", "sections": sections}]},
        },
    ):
        page.evaluate(
            "message => document.querySelector('home-assistant').hass.callWS(message)",
            message,
        )
