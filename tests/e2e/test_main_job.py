"""The main job, with nothing mocked: a sensor's readings, anchored and proven.

The tests go on from one another, as a person does: set up, record, anchor, prove.
"""

import asyncio
import json
from typing import Any

import pytest

from scripts.house.browser import Browser
from scripts.house.home_assistant import HomeAssistant, HomeAssistantError
from scripts.house.house import FRIDGE, NAME, SCANNER, House, add_source
from scripts.house.said import entry, shows_a_key
from scripts.house.waiting import until

_BARCODE = "4006381333931"
_STATUS = "sensor.corner_pharmacy_anchor_status"
_BALANCE = "sensor.corner_pharmacy_account_balance"


def _receipt(home: HomeAssistant, **which: object) -> dict[str, Any]:
    answer: dict[str, Any] = home.action("iot_blockchain", "get_receipt", which)
    return answer


def _verify(home: HomeAssistant, receipt: object) -> dict[str, Any]:
    report: dict[str, Any] = home.action(
        "iot_blockchain", "verify_receipt", {"receipt": receipt}
    )
    return report


def _anchor(home: HomeAssistant) -> dict[str, Any]:
    answer: dict[str, Any] = home.action(
        "iot_blockchain", "anchor", {"wait": True}, timeout=120
    )
    return answer


def _entries(home: HomeAssistant) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        try:
            found.append(_receipt(home, index=len(found))["readings"][0])
        except HomeAssistantError:
            return found


def test_a_person_adds_the_integration_in_the_browser(
    house: House, browser: Browser
) -> None:
    page, dialog = browser.page, browser.dialog

    def submit() -> None:
        dialog.get_by_role("button", name="Submit").click()

    def enter(text: str) -> None:
        dialog.locator("ha-selector-text input").first.fill(text)

    browser.add_integration()

    dialog.get_by_text("Anchor the log on a network").click()
    dialog.locator("ha-selector-select").click()
    page.get_by_text("Another network: by the address").click()
    submit()

    dialog.get_by_text("RPC endpoint").first.wait_for()
    enter("not an address")
    submit()
    dialog.get_by_text("It begins with https:// or http://").wait_for()
    enter("http://127.0.0.1:9")
    submit()
    dialog.get_by_text("Nothing answers at this address").wait_for()
    enter(house.chain.url)
    submit()

    dialog.get_by_text("Deploy the contract").first.wait_for()
    dialog.locator("ha-checkbox, ha-switch, ha-selector-boolean").first.click()
    submit()
    # It comes back as it was suggested: ticked.
    dialog.get_by_text("Allow it to be deployed").wait_for()
    submit()

    dialog.get_by_text("Import a private key").click()
    dialog.get_by_text("Private key").first.wait_for()
    enter("a recovery phrase of twelve words is no private key")
    submit()
    dialog.get_by_text("This is not a private key").wait_for()
    enter("0x" + "7b" * 32)
    submit()

    dialog.get_by_text("New log").wait_for()
    enter(NAME)
    submit()
    dialog.get_by_text("Pocket money").wait_for()
    dialog.locator("ha-qr-code").wait_for()
    submit()

    # Without a source nothing would be recorded, so its dialog follows at once.
    dialog.get_by_text("Add source").wait_for()
    enter("Fridge")
    dialog.get_by_text("Add target").click()
    page.get_by_placeholder("Search", exact=True).last.fill("Fridge")
    page.get_by_text("Temperature").last.click()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_text("What will be recorded").wait_for()
    submit()
    dialog.get_by_role("button", name="Finish").click()
    page.get_by_text("IoT Blockchain", exact=True).first.wait_for()


def test_what_the_sensor_measures_is_recorded_while_the_account_is_empty(
    house: House,
) -> None:
    home = house.home
    until(lambda: home.state(_BALANCE) == "0", "an empty account", seconds=120)
    assert home.state(_STATUS) == "pending"
    until(lambda: any("entity" in e for e in _entries(home)), "a reading", seconds=120)
    answer = _receipt(home, entity_id=FRIDGE)
    assert answer["readings"][0]["unit"] == "°C"
    assert answer["status"] == "pending"
    report = _verify(home, answer["receipt"])
    assert report["verdict"] == "not_anchored"
    with pytest.raises(HomeAssistantError, match="cannot pay for the anchor"):
        _anchor(home)


def test_a_scanned_barcode_becomes_a_receipt_that_verifies(house: House) -> None:
    home = house.home
    add_source(
        home,
        home.start_flow([entry(home)["entry_id"], "source"], kind="subentries/flow"),
        {"name": "Goods", "target": {"entity_id": [SCANNER]}, "reports": True},
    )
    until(lambda: home.state(_STATUS) is not None, "the status of the log", seconds=120)

    asyncio.run(house.scanner.scan(f"{_BARCODE}\r", pieces=3))
    until(lambda: home.state(SCANNER) == _BARCODE, "the code", seconds=120)
    balance = home.request("GET", f"/api/states/{_BALANCE}")["attributes"]
    house.chain.fund(balance["address"])
    assert _anchor(home)["status"] in {"confirmed", "final"}

    answer = _receipt(home, entity_id=SCANNER)
    assert answer["readings"][0]["state"] == _BARCODE
    report = _verify(home, answer["receipt"])
    assert report["verdict"] == "anchored"
    assert {step["result"] for step in report["steps"]} == {"passed"}
    names = {step["name"] for step in report["steps"]}
    assert names >= {"format", "signed", "in_log", "anchor", "on_chain"}
    until(lambda: home.state(_STATUS) == "final", "a final anchor", seconds=120)


def test_the_same_code_scanned_twice_is_two_readings(house: House) -> None:
    home = house.home
    before = [e for e in _entries(home) if e.get("state") == _BARCODE]

    asyncio.run(house.scanner.scan(f"{_BARCODE}\r"))
    until(
        lambda: (
            len([e for e in _entries(home) if e.get("state") == _BARCODE]) > len(before)
        ),
        "a second reading",
        seconds=120,
    )
    after = [e for e in _entries(home) if e.get("state") == _BARCODE]
    assert len(after) == len(before) + 1
    assert after[-1]["time"] > after[-2]["time"]


def test_a_changed_receipt_is_refused_with_the_reason(house: House) -> None:
    receipt = _receipt(house.home, entity_id=SCANNER)["receipt"]
    text = json.dumps(receipt).replace(_BARCODE, "4006381333932")
    report = _verify(house.home, text)
    assert report["verdict"] == "invalid"
    assert report["steps"][-1]["name"] == "in_log"
    assert "They were changed" in report["steps"][-1]["reason"]


def test_the_log_goes_on_after_a_power_cut(house: House) -> None:
    home = house.home
    last = _anchor(home)
    receipt = _receipt(home, entity_id=SCANNER)["receipt"]
    before = _entries(home)
    home.kill()
    home.start()
    until(lambda: home.state(_STATUS) is not None, "the status of the log", seconds=120)

    after = _entries(home)
    assert after[: len(before)] == before
    assert after[len(before)]["act"] == "started"
    assert _verify(home, receipt)["verdict"] == "anchored"

    anchor = _anchor(home)
    assert anchor["size"] > len(before)
    assert anchor["number"] == last["number"] + 1


def test_recording_goes_on_while_the_chain_is_away(house: House) -> None:
    home = house.home
    house.chain.pause()
    try:
        before = len(_entries(home))
        until(lambda: len(_entries(home)) > before + 1, "recording", seconds=120)
        with pytest.raises(HomeAssistantError, match="Nothing is lost"):
            _anchor(home)
    finally:
        house.chain.resume()
    assert _anchor(home)["size"] > before + 1


def test_the_device_page_shows_the_log(browser: Browser) -> None:
    browser.open("/config/devices/dashboard")
    browser.page.get_by_text(NAME, exact=True).first.click()
    for name in (
        "Anchor status",
        "Last anchored",
        "Recorded readings",
        "Waiting readings",
        "Account balance",
        "Last transaction",
        "Anchor now",
    ):
        browser.page.get_by_text(name, exact=True).first.wait_for()


def test_neither_key_shows_in_the_log_of_home_assistant(house: House) -> None:
    assert not shows_a_key(house.home)
