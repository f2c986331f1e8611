"""The pictures in the documentation, taken from a house that really runs."""

import asyncio
import json
import tempfile
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from .browser import Browser
from .chain import Anvil
from .chromium import launched
from .example import anchored_receipt
from .house import FRIDGE, NAME, House, wait_for
from .panel_pictures import photograph_panel

_ROOT = Path(__file__).parents[2]
_IMAGES = _ROOT / "docs" / "images"
_AUTOMATION = {
    "alias": "Say when the fridge is anchored",
    "triggers": [
        {
            "trigger": "iot_blockchain.reading_anchored",
            "target": {"entity_id": FRIDGE},
            "options": {"final": True},
        }
    ],
    "conditions": [
        {"condition": "iot_blockchain.is_anchoring_healthy", "options": {}},
    ],
    "actions": [
        {
            "action": "persistent_notification.create",
            "data": {"message": "The fridge's temperatures are anchored."},
        }
    ],
}
_VERIFIER = _ROOT / "custom_components" / "iot_blockchain" / "www" / "verify.html"


async def _prepare(house: House) -> str:
    """Build a house whose log cannot be anchored; return the account to pay."""
    await house.build(block_time=1)
    address = house.add_log(anchor_age={"minutes": 5})
    await wait_for(
        lambda: house.home.state("sensor.corner_pharmacy_anchor_status") == "pending"
    )
    house.home.action("iot_blockchain", "anchor", {})
    return address


async def _anchor(house: House, address: str) -> None:
    """Bring the house to a state worth a picture: anchored, final, and going on."""
    house.chain.fund(address, ether=0.05)
    for code in ("4006381333931", "9780201379624"):
        await house.scanner.scan(f"{code}\r", pieces=3)
        await asyncio.sleep(1)
    house.home.action("iot_blockchain", "anchor", {"wait": True}, timeout=120)
    await wait_for(
        lambda: house.home.state("sensor.corner_pharmacy_anchor_status") == "final"
    )


def _photograph_repair(house: House) -> None:
    """Show what a person is told who has to pay the account."""
    with closing(Browser(house.home, width=1100, height=820)) as browser:
        page = browser.page
        browser.open("/config/repairs")
        page.get_by_text("needs pocket money").click()
        page.locator("dialog-repairs-issue, dialog-data-entry-flow").first.wait_for(
            state="attached"
        )
        browser.screenshot(_IMAGES / "repair.png")


def _photograph_automation(house: House, page: Page) -> None:
    """Show an automation with a trigger and a condition of this integration."""
    house.home.request("POST", "/api/config/automation/config/anchored", _AUTOMATION)
    page.goto(f"{house.home.url}/config/automation/edit/anchored")
    page.get_by_text("Reading anchored").first.wait_for()


def _photograph_dialogs(house: House, browser: Browser) -> None:
    """Set up another log, up to where its account is to be paid."""
    page, dialog = browser.page, browser.dialog

    def submit() -> None:
        dialog.get_by_role("button", name="Submit").click()

    browser.add_integration()
    dialog.get_by_text("Anchor the log on a network").wait_for()
    browser.screenshot(_IMAGES / "begin.png")
    dialog.get_by_text("Anchor the log on a network").click()
    dialog.locator("ha-selector-select").click()
    page.get_by_text("Another network: by the address").wait_for()
    browser.screenshot(_IMAGES / "network.png")
    page.get_by_text("Another network: by the address").click()
    submit()
    dialog.locator("input").first.fill(house.chain.url)
    submit()
    dialog.get_by_text("Create a new account").click()
    dialog.locator("input").first.fill("Cold room")
    submit()
    dialog.locator("ha-qr-code").wait_for()
    browser.screenshot(_IMAGES / "pocket_money.png")


def _photograph(house: House) -> None:
    with closing(Browser(house.home, width=1100, height=820)) as browser:
        page = browser.page
        browser.open("/config/devices/dashboard")
        page.get_by_text(NAME, exact=True).first.click()
        page.get_by_text("Last transaction", exact=True).first.wait_for()
        browser.screenshot(_IMAGES / "device.png")

        browser.open("/config/integrations/integration/iot_blockchain")
        page.get_by_text("Fridge", exact=True).first.wait_for()
        browser.screenshot(_IMAGES / "integration.png")

        _photograph_dialogs(house, browser)
        _photograph_automation(house, page)
        browser.screenshot(_IMAGES / "automation.png")


def _photograph_verifier(folder: Path) -> None:
    """Let the page verify a receipt, refuse a changed one, and go onto paper."""
    anvil = Anvil(folder)
    try:
        receipt = asyncio.run(anchored_receipt(anvil, folder))
        good, changed = folder / "fridge.json", folder / "changed.json"
        good.write_text(json.dumps(receipt.to_json(), ensure_ascii=False))
        changed.write_text(good.read_text().replace("6.1", "4.1"))
        with sync_playwright() as playwright, launched(playwright) as chromium:
            page = chromium.new_page(
                viewport={"width": 960, "height": 800}, timezone_id="Europe/Berlin"
            )
            page.goto(_VERIFIER.as_uri())
            files = page.locator("input[type=file]")
            files.set_input_files(good)
            page.get_by_label("RPC endpoint").fill(anvil.url)
            page.get_by_role("button", name="Ask the chain").click()
            page.get_by_text("no later than").wait_for()
            report = page.locator("iot-blockchain-receipt-report")
            box = report.bounding_box()
            assert box is not None
            page.screenshot(
                path=_IMAGES / "verifier.png",
                full_page=True,
                clip={**box, "height": 1050},
            )

            # A sheet of A4 with its margins, at 96 pixels for an inch.
            page.emulate_media(media="print")
            page.set_viewport_size({"width": 794, "height": 1123})
            page.evaluate("document.body.style.padding = '42px'")
            page.screenshot(path=_IMAGES / "verifier_paper.png")
            page.evaluate("document.body.style.padding = ''")
            page.emulate_media(media="screen")
            page.set_viewport_size({"width": 960, "height": 800})

            page.get_by_role("button", name="Remove").click()
            files.set_input_files(changed)
            page.get_by_text("This receipt proves nothing").wait_for()
            report.screenshot(path=_IMAGES / "verifier_refuses.png")
    finally:
        anvil.stop()


def main() -> None:
    """Build a house, take the pictures, tear it down."""
    with tempfile.TemporaryDirectory() as folder:
        _photograph_verifier(Path(folder))
        house = House(Path(folder))
        try:
            address = asyncio.run(_prepare(house))
            _photograph_repair(house)
            asyncio.run(_anchor(house, address))
            _photograph(house)
            photograph_panel(house, _IMAGES)
        finally:
            asyncio.run(house.tear_down())


if __name__ == "__main__":
    main()
