"""Readings that a device signs, with nothing mocked: enrolled, refused, revoked.

The tests go on from one another, as a person does, and on from the main job's.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custom_components.iot_blockchain.device.envelope import (
    BootPayload,
    Payload,
    ReadingPayload,
    open_envelope,
)
from custom_components.iot_blockchain.log.entry import decode
from custom_components.iot_blockchain.log.store import LogStore
from scripts.house.browser import Browser
from scripts.house.device import HostDevice
from scripts.house.home_assistant import HomeAssistant
from scripts.house.house import FRIDGE, SCANNER, House
from scripts.house.impostor import Impostor, forged

_TEMPERATURE = "sensor.fridge_signed_temperature"
_KEY = "sensor.fridge_signing_key"


def _entries(home: HomeAssistant) -> list[Mapping[str, Any]]:
    """Return all that is on the disk."""
    (path,) = (home.folder / "iot_blockchain").glob("*.db")
    with closing(LogStore(path)) as store:
        return [decode(entry).members for entry in store.entries(0, store.size)]


def _signed(home: HomeAssistant) -> list[Payload]:
    """Return all that the fridge signed and the log holds, in the log's order."""
    return [
        open_envelope(str(entry["jws"])).payload
        for entry in _entries(home)
        if "jws" in entry
    ]


def _numbers(payloads: Iterable[Payload]) -> list[tuple[int, int]]:
    return [(payload.epoch, payload.seq) for payload in payloads]


def _state(home: HomeAssistant, key: str) -> str | None:
    return home.state(f"sensor.fridge_signed_{key}")


def _key(home: HomeAssistant) -> str:
    """Return the key that the fridge shows, once it shows one."""
    shown: list[str] = []

    def is_shown() -> bool:
        shown.append(home.state(_KEY) or "")
        return shown[-1].startswith("did:key:")

    _until(is_shown)
    return shown[-1]


def _attribute(home: HomeAssistant, key: str, name: str) -> Any:  # noqa: ANN401 - JSON
    state = home.request("GET", f"/api/states/sensor.fridge_signed_{key}")
    return state["attributes"][name]


def _refused(home: HomeAssistant, reason: str) -> int:
    path = "/api/states/sensor.fridge_signed_refused_envelopes"
    return int(home.request("GET", path)["attributes"].get(reason, 0))


def _issues(home: HomeAssistant) -> list[str]:
    template = "{{ issues().keys() | list | to_json }}"
    found = home.request("POST", "/api/template", {"template": template})
    return [issue for domain, issue in found if domain == "iot_blockchain"]


def _measure(home: HomeAssistant, celsius: float) -> None:
    """Let the fridge measure a temperature, at once and from now on."""
    home.request(
        "POST", "/api/services/esphome/fridge_set_temperature", {"celsius": celsius}
    )


def _rotate(home: HomeAssistant) -> None:
    home.request("POST", "/api/services/esphome/fridge_signed_reading_rotate", {})


def _verify(home: HomeAssistant, receipt: object) -> dict[str, Any]:
    report: dict[str, Any] = home.action(
        "iot_blockchain", "verify_receipt", {"receipt": receipt}
    )
    return report


def _until(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Wait; also while a browser is open, whose event loop runs."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.3)


@pytest.fixture
def home(house: House) -> HomeAssistant:
    """Return the Home Assistant of a house with a log, whose account has money."""
    home = house.home
    entries = home.request(
        "GET", "/api/config/config_entries/entry?domain=iot_blockchain"
    )
    if not entries:
        house.chain.fund(house.add_log(anchor_age={"days": 1}))
    return home


@pytest.fixture
def fridge(house: House) -> HostDevice:
    return house.devices[0]


def test_a_person_enrols_a_device_in_the_browser(
    home: HomeAssistant, browser: Browser
) -> None:
    page, dialog = browser.page, browser.dialog
    did = _key(home)
    _measure(home, 4)  # so that it has named its sensor
    browser.open("/config/repairs")
    page.get_by_text(f"A device wants to sign: fridge (…{did[-8:]})").click()
    dialog.get_by_text(did).wait_for()
    dialog.get_by_text("Enrol it").click()

    # The dialog goes on with the form for a device.
    dialog.get_by_text("What may it report?").wait_for()
    dialog.get_by_text(did).wait_for()
    assert dialog.locator("ha-selector-text input").first.input_value() == (
        "Fridge signed"
    )

    def set_limits(lowest: str, highest: str) -> None:
        dialog.locator("ha-selector-object ha-icon-button").first.click()
        form = page.locator("dialog-form")
        numbers = form.locator("ha-selector-number input")
        numbers.nth(0).fill(lowest)
        numbers.nth(1).fill(highest)
        form.get_by_role("button", name="Save").click()
        numbers.first.wait_for(state="hidden")
        dialog.get_by_role("button", name="Submit").click()

    set_limits("60", "-40")
    dialog.get_by_text("The limits of temperature are the wrong way round").wait_for()
    set_limits("-40", "60")
    dialog.get_by_role("button", name="Finish").click()
    page.get_by_text("A device wants to sign: fridge").wait_for(state="hidden")


def test_a_person_refuses_another_device(
    house: House, home: HomeAssistant, browser: Browser
) -> None:
    page = browser.page
    browser.open("/config/repairs")
    page.get_by_text("A device wants to sign: barcode-scanner").click()
    browser.dialog.get_by_text("Refuse it").click()
    page.get_by_text("There are currently no repairs pending").wait_for()
    house.scanner.send(b"9780201379624\r")
    _until(lambda: home.state(SCANNER) == "9780201379624")
    assert _issues(home) == []


def test_what_the_device_signs_is_recorded_and_anchored(
    home: HomeAssistant, fridge: HostDevice
) -> None:
    _measure(home, 4.25)
    _until(lambda: home.state(_TEMPERATURE) == "4.250")
    # What it runs is known, though it said so before it was enrolled.
    _until(lambda: _state(home, "configuration_hash") != "unknown")
    assert (
        _attribute(home, "firmware_hash", "hash")
        == sha256(fridge._program.read_bytes()).hexdigest()
    )

    last = max(
        index
        for index, entry in enumerate(_entries(home))
        if entry.get("entity") == _TEMPERATURE
    )
    home.action("iot_blockchain", "anchor", {"wait": True}, timeout=120)
    answer = home.action("iot_blockchain", "get_receipt", {"index": last})
    (reading,) = answer["readings"]
    assert reading["trust"] == "device-signed"
    assert reading["device"] == home.state(_KEY)
    report = _verify(home, answer["receipt"])
    assert report["verdict"] == "anchored"
    steps = {step["name"]: step for step in report["steps"]}
    assert {step["result"] for step in steps.values()} == {"passed"}
    assert reading["device"] in steps["device_signed"]["reason"]
    assert "software key" in steps["device_known"]["reason"]


def test_a_receipt_with_another_temperature_is_refused(home: HomeAssistant) -> None:
    answer = home.action("iot_blockchain", "get_receipt", {"entity_id": _TEMPERATURE})
    receipt = answer["receipt"]
    (entry,) = receipt["entries"]
    jws = answer["readings"][0]["jws"]
    receipt["entries"] = [entry.replace(jws, forged(jws, value="2.000"))]
    report = _verify(home, receipt)
    assert report["verdict"] == "invalid"


def test_nothing_is_lost_or_doubled_when_home_assistant_is_killed(
    home: HomeAssistant,
) -> None:
    _measure(home, 4.5)
    before = _signed(home)
    home.kill()
    # The device goes on measuring, every five seconds.
    home.start()
    _until(lambda: _state(home, "status") == "trusted")
    _until(lambda: len(_signed(home)) > len(before) + 2)
    after = _signed(home)
    assert after[: len(before)] == before
    numbers = sorted(_numbers(after))
    (epoch,) = {epoch for epoch, _ in numbers}
    first = numbers[0][1]
    assert numbers == [(epoch, first + count) for count in range(len(numbers))]
    assert _state(home, "missing_envelopes") == "0"


def test_a_killed_device_skips_numbers_and_repeats_none(
    home: HomeAssistant, fridge: HostDevice
) -> None:
    before = _signed(home)
    assert fridge.pid is not None
    os.kill(fridge.pid, signal.SIGKILL)
    asyncio.run(fridge.stop())
    asyncio.run(fridge.start())

    def booted() -> list[int]:
        # It may have measured once more before it was killed.
        return [
            place
            for place, payload in enumerate(_signed(home))
            if place >= len(before) and isinstance(payload, BootPayload)
        ]

    _until(lambda: booted() != [])
    (boot,) = booted()
    _until(lambda: len(_signed(home)) > boot + 1)
    after = _signed(home)
    assert after[: len(before)] == before
    assert len({*_numbers(after)}) == len(after)
    # What it skipped is named, and that a restart is why.
    (gap,) = _attribute(home, "missing_envelopes", "gaps")
    assert gap["restart"] is True
    said = {payload.seq for payload in after}
    assert {gap["first"] - 1, gap["last"] + 1} <= said
    assert said.isdisjoint(range(gap["first"], gap["last"] + 1))


def test_home_assistant_follows_a_device_to_its_next_key(home: HomeAssistant) -> None:
    did = _key(home)
    _rotate(home)
    _until(lambda: _key(home) != did)
    following = _key(home)
    _until(lambda: _attribute(home, "signing_key", "did") == following)
    _measure(home, 5.25)

    def measured() -> list[int]:
        """Find what the next key signed; what the one before it did can come later."""
        return [
            index
            for index, entry in enumerate(_entries(home))
            if "jws" in entry
            and isinstance(said := open_envelope(entry["jws"]).payload, ReadingPayload)
            and (said.iss, said.value) == (following, "5.250")
        ]

    _until(lambda: measured() != [])
    answer = home.action("iot_blockchain", "get_receipt", {"index": measured()[0]})
    assert answer["readings"][0]["device"] == following
    steps = {s["name"]: s for s in _verify(home, answer["receipt"])["steps"]}
    assert steps["device_known"]["result"] == "passed"


def test_another_device_in_its_place_is_not_believed(
    home: HomeAssistant, fridge: HostDevice, tmp_path: Path
) -> None:
    did = _key(home)
    asyncio.run(fridge.stop())
    _until(lambda: home.state(_KEY) == "unavailable")
    impostor = HostDevice(fridge._program, tmp_path, port=fridge.port)
    try:
        asyncio.run(impostor.start())
        _until(lambda: home.state(_KEY) not in (did, "unavailable", "unknown"))
        other = home.state(_KEY)
        assert other is not None
        _until(lambda: f"device_unknown_{other}" in _issues(home))
        _measure(home, 20)
        _until(lambda: (home.state(FRIDGE) or "").startswith("20."))
        assert other not in [payload.iss for payload in _signed(home)]
    finally:
        asyncio.run(impostor.stop())
        asyncio.run(fridge.start())
    _until(lambda: home.state(_KEY) == did)
    before = len(_signed(home))
    _until(lambda: len(_signed(home)) > before)
    assert other not in [payload.iss for payload in _signed(home)]


def test_a_forger_over_mqtt_is_refused_and_counted(
    house: House, home: HomeAssistant
) -> None:
    jws = str([entry["jws"] for entry in _entries(home) if "jws" in entry][-1])
    counted = {name: _refused(home, name) for name in ("bad_signature", "replayed")}

    def is_counted() -> bool:
        # The device itself may repeat something, too.
        return all(_refused(home, name) > before for name, before in counted.items())

    impostor = Impostor(house.broker)
    impostor.forge(jws, value="2.000")
    impostor.repeat(jws)
    impostor.introduce_itself("fridge", "temperature", "2.000")
    _until(is_counted)
    _until(lambda: f"device_unknown_{impostor.did}" in _issues(home))
    assert "2.000" not in [
        payload.value
        for payload in _signed(home)
        if isinstance(payload, ReadingPayload)
    ]
    assert _state(home, "status") == "trusted"


def test_a_flood_holds_nobody_up(house: House, home: HomeAssistant) -> None:
    answers = []
    with Impostor(house.broker).flooding(rate=1000):
        time.sleep(2)
        begun = time.monotonic()
        _measure(home, 3.5)
        _until(lambda: home.state(_TEMPERATURE) == "3.500")
        for _ in range(50):
            begun = time.monotonic()
            home.request("GET", "/api/")
            answers.append(time.monotonic() - begun)
    assert max(answers) < 10
    assert _state(home, "status") == "trusted"


def test_a_device_that_fails_is_quarantined_and_released_in_the_browser(
    home: HomeAssistant, browser: Browser
) -> None:
    for celsius in range(90, 100):
        _measure(home, celsius)
    _until(lambda: _state(home, "status") == "quarantined")
    assert _refused(home, "out_of_range") >= 10
    _measure(home, 4.75)

    page, dialog = browser.page, browser.dialog
    browser.open("/config/repairs")
    page.get_by_text("Fridge signed is in quarantine").click()
    dialog.get_by_text("Release Fridge signed?").wait_for()
    dialog.get_by_role("button", name="Submit").click()
    _until(lambda: _state(home, "status") == "trusted")
    _measure(home, 4.875)
    _until(lambda: home.state(_TEMPERATURE) == "4.875")
    entries = _entries(home)
    acts = [entry.get("act") for entry in entries]
    begin, end = acts.index("device_quarantined"), acts.index("device_released")
    assert begin < end
    assert not any("jws" in entry for entry in entries[begin:end])


def test_a_revoked_device_is_never_believed_again(
    home: HomeAssistant, browser: Browser
) -> None:
    page, dialog = browser.page, browser.dialog
    browser.open("/config/integrations/integration/iot_blockchain")
    row = page.locator("ha-config-sub-entry-row").filter(has_text="Device that signs")
    row.get_by_role("button", name="Change device").click()
    dialog.get_by_text("Revoke its key").click()
    dialog.get_by_text("Revoke the key of Fridge signed?").wait_for()
    dialog.get_by_role("button", name="Submit").click()
    dialog.get_by_text("The key is revoked").wait_for()
    _until(lambda: _state(home, "status") == "revoked")
    before = len(_signed(home))
    _measure(home, 5)
    _until(lambda: _refused(home, "revoked") > 0)
    assert len(_signed(home)) == before
    answer = home.action("iot_blockchain", "get_receipt", {"entity_id": _TEMPERATURE})
    report = _verify(home, answer["receipt"])
    (known,) = [step for step in report["steps"] if step["name"] == "device_known"]
    assert "revoked" in known["reason"]
    # Its next key is not that of a device that is trusted.
    _rotate(home)
    _until(lambda: f"device_unknown_{home.state(_KEY)}" in _issues(home))
