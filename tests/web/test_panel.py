"""The panel and the card beside a Home Assistant that is slow, or lends no parts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from .house import HousePage, house_page
from .page import CORPUS

_KNOWN = json.loads((CORPUS / "known_blocks.json").read_text())[0]
_LOGS = [
    {"entry_id": name, "title": name, "origin": name, "chain": None}
    for name in ("Cold", "Warm")
]
_FRIDGE = "sensor.fridge"


@pytest.fixture
def house(chromium: Browser) -> Iterator[HousePage]:
    """Open a page without anything."""
    with house_page(chromium) as house:
        yield house


def _receipt(name: str) -> dict[str, Any]:
    path = CORPUS / "receipts" / f"{name}.json"
    return {"response": {"receipt": json.loads(path.read_bytes())}}


def _reading(index: int, **other: object) -> dict[str, Any]:
    return {
        "index": index,
        "entity": _FRIDGE,
        "state": f"{index}.0",
        "unit": "°C",
        "time": f"2026-11-21T10:{index // 60:02}:{index % 60:02}.000000Z",
        "signed": False,
        "status": "final",
        "anchor": 1,
        "anchored": "2026-11-21T12:00:00Z",
        **other,
    }


def _add_panel(house: HousePage, *, readings: int) -> None:
    house.answer("logs", _LOGS)
    house.answer("entities", [_FRIDGE])
    house.answer("anchors", {"anchors": [], "more": False})
    found = [_reading(index) for index in range(2 * readings, readings, -1)]
    house.answer("readings", {"readings": found, "acts": [], "more": True})
    house.add_panel()
    rows = house.page.locator("iot-blockchain-reading-search tbody tr")
    expect(rows).to_have_count(readings)


def test_the_card_opens_the_receipt_of_what_it_shows(house: HousePage) -> None:
    latest = _reading(7, entry_id="Cold", log="Cold")
    house.answer("latest_reading", latest)
    house.answer("get_receipt", _receipt("good/one-reading"))
    house.add_card(_FRIDGE)
    card = house.page.locator("iot-blockchain-card")
    expect(card).to_contain_text("7.0 °C")
    card.get_by_role("button").click()
    expect(house.page.locator("[data-verdict]")).to_be_visible()
    assert house.asked("get_receipt") == [{"config_entry_id": "Cold", "index": 7}]


def test_its_elements_have_names_that_nobody_else_takes(house: HousePage) -> None:
    house.add_card(_FRIDGE)
    _add_panel(house, readings=1)
    assert len(house.defined) > 10
    assert [n for n in house.defined if not n.startswith("iot-blockchain-")] == []


def test_who_knows_the_block_asks_nobody(house: HousePage) -> None:
    _add_panel(house, readings=1)
    house.answer("get_receipt", _receipt(_KNOWN["receipt"]))
    house.page.get_by_role("button", name="Receipt of 2.0").click()
    verdict = house.page.locator("[data-verdict]")
    expect(verdict).to_have_attribute("data-verdict", "unchecked")
    field = house.page.get_by_label("Or compare with the hash of its block")
    field.fill(_KNOWN["block_hash"])
    expect(verdict).to_have_attribute("data-verdict", "anchored")
    field.fill("")
    expect(verdict).to_have_attribute("data-verdict", "unchecked")


def test_older_readings_of_another_log_come_too_late(house: HousePage) -> None:
    _add_panel(house, readings=50)
    house.hold("readings")
    house.page.get_by_role("button", name="Show older ones").click()
    house.page.wait_for_function("'held' in window")
    late = {"readings": [_reading(1)], "acts": [], "more": False}
    other = {"readings": [_reading(3)], "acts": [], "more": False}
    house.answer("readings", other)
    house.page.get_by_label("Log").select_option("Warm")
    rows = house.page.locator("iot-blockchain-reading-search tbody tr")
    expect(rows).to_have_count(1)
    house.release(late)
    house.page.evaluate("new Promise(requestAnimationFrame)")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("3.0 °C")
