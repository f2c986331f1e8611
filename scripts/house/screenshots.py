"""The pictures in the documentation, taken from a house that really runs."""

import asyncio
import tempfile
from contextlib import closing
from pathlib import Path

from .browser import Browser
from .house import NAME, House, wait_for

_IMAGES = Path(__file__).parents[2] / "docs" / "images"


async def _prepare(house: House) -> None:
    """Bring the house to a state worth a picture: anchored, final, and going on."""
    await house.build(block_time=1)
    address = house.add_log(anchor_age={"minutes": 5})
    house.chain.fund(address, ether=0.05)
    for code in ("4006381333931", "9780201379624"):
        await house.scanner.scan(f"{code}\r", pieces=3)
        await asyncio.sleep(1)
    house.home.action("iot_blockchain", "anchor", {"wait": True}, timeout=120)
    await wait_for(
        lambda: house.home.state("sensor.corner_pharmacy_anchor_status") == "final"
    )


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

        browser.open("/config/integrations/dashboard")
        page.get_by_role("button", name="Add integration").click()
        page.locator("dialog-add-integration input").first.fill("IoT Blockchain")
        page.locator("dialog-add-integration").get_by_text(
            "IoT Blockchain", exact=True
        ).first.click()
        browser.dialog.get_by_text("Where to anchor").wait_for()
        browser.screenshot(_IMAGES / "network.png")


def main() -> None:
    """Build a house, take the pictures, tear it down."""
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        try:
            asyncio.run(_prepare(house))
            _photograph(house)
        finally:
            asyncio.run(house.tear_down())


if __name__ == "__main__":
    main()
