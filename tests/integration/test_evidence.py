"""Evidence: one file with all that a stranger needs, and nothing that harms him."""

import asyncio
import csv
import io
import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    MockUser,
)
from pytest_homeassistant_custom_component.typing import (  # type: ignore[import-untyped]
    ClientSessionGenerator,
)

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.evidence import export_files, package as evidence
from custom_components.iot_blockchain.log.receipt import Receipt

from .conftest import SetUp
from .house import House, source

FRIDGE, DOOR = "sensor.fridge", "sensor.door"
DAY = {"hours": 24}
CELSIUS = {"unit_of_measurement": "°C"}


@pytest.fixture
async def house(hass: HomeAssistant, set_up: SetUp) -> House:
    """Readings before, between and after two anchors; the last is in none."""
    house = await set_up(source(FRIDGE, DOOR))
    for states in (("-4.2", "unavailable"), ("4.4",), ("4.5",)):
        for state in states:
            hass.states.async_set(FRIDGE, state, CELSIUS)
            hass.states.async_set(DOOR, f"={state}")
            await house.flush()
        if states != ("4.5",):
            await house.call("anchor", wait=True)
    return house


async def files(house: House, **data: object) -> dict[str, bytes]:
    """Ask for evidence, of the last day if not otherwise, and return what it holds."""
    period = {} if "start" in data else {"duration": DAY}
    answer = await house.call(
        "export_evidence", **({"entity_id": FRIDGE} | period | data)
    )
    return read(Path(answer["path"]))


def read(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def table(data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8-sig")
    assert "\n" not in text.replace("\r\n", "").replace("'\n", "")
    return list(csv.DictReader(io.StringIO(text, newline="")))


async def test_evidence_holds_all_that_is_needed(house: House) -> None:
    found = await files(house)
    assert set(found) == {
        "README.txt",
        "receipt.json",
        "readings.csv",
        "gaps.csv",
        "anchors.csv",
        "verify.html",
    }
    receipt = json.loads(found["receipt.json"])
    Receipt.from_json(found["receipt.json"])
    report = await house.call("verify_receipt", receipt=receipt)
    assert report["verdict"] == "anchored"
    assert b"<title>Verify a receipt" in found["verify.html"]


async def test_readings_stand_between_the_anchors_around_them(house: House) -> None:
    found = await files(house)
    rows = table(found["readings.csv"])
    assert [(row["state"], row["unit"]) for row in rows] == [
        ("-4.2", "°C"),
        ("unavailable", "°C"),
        ("4.4", "°C"),
    ]
    first, second = (row["block_time"] for row in table(found["anchors.csv"]))
    assert [(row["not_anchored_at"], row["anchored_at"]) for row in rows] == [
        ("", first),
        ("", first),
        (first, second),
    ]
    assert {row["signed_by_device"] for row in rows} == {"no"}
    (gap,) = table(found["gaps.csv"])
    assert (gap["reason"], gap["entity"]) == ("unavailable", FRIDGE)


async def test_a_period_after_an_anchor_says_what_was_before(
    hass: HomeAssistant, house: House
) -> None:
    state = hass.states.get(FRIDGE)
    assert state is not None
    found = await files(house, start=state.last_updated.isoformat())
    (row,) = table(found["readings.csv"])
    assert row["state"] == "4.5"
    assert datetime.fromisoformat(row["not_anchored_at"])
    assert row["anchored_at"] == ""
    (before,) = table(found["anchors.csv"])
    assert before["block_time"] == row["not_anchored_at"]


async def test_anchors_that_the_receipt_leaves_out_are_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.call("anchor", wait=True)
    found = await files(house)
    assert [row["in_receipt"] for row in table(found["anchors.csv"])] == ["yes"] * 3
    assert b"receipt.json names" not in found["README.txt"]
    monkeypatch.setattr(
        "custom_components.iot_blockchain.chain.receipts.MAX_EARLIER", 1
    )
    found = await files(house)
    named = [row["in_receipt"] for row in table(found["anchors.csv"])]
    assert named == ["yes", "no", "yes"]
    assert b"receipt.json names 2 of these 3." in found["README.txt"]
    answer = await house.call("get_receipt", entity_id=FRIDGE, duration=DAY)
    assert [anchor["in_receipt"] for anchor in answer["anchors"]] == [True, False, True]


async def test_no_cell_is_a_formula(hass: HomeAssistant, house: House) -> None:
    for state in ("=1+1", "+49 123", "-x", "@SUM(A1)", "\t=1", "\n=1", "＝1", "-1.5"):  # noqa: RUF001
        hass.states.async_set(DOOR, state)
    await house.call("anchor", wait=True)
    rows = table((await files(house, entity_id=DOOR))["readings.csv"])
    assert [row["state"] for row in rows[-8:]] == [
        "'=1+1",
        "'+49 123",
        "'-x",
        "'@SUM(A1)",
        "'\t=1",
        "'\n=1",
        "'＝1",  # noqa: RUF001
        "-1.5",
    ]


async def test_the_explanation_is_one_page_of_truth(
    hass: HomeAssistant, house: House
) -> None:
    state = hass.states.get(FRIDGE)
    assert state is not None
    found = await files(house, start=state.last_updated.isoformat())
    page = found["README.txt"].decode()
    assert "NOT ANCHORED YET" in page
    assert "All of this existed by" not in page
    # The page for receipts has nothing to ask the chain about then.
    assert "Ask the chain" not in page
    page = (await files(house))["README.txt"].decode()
    assert "1 reading of this time waits for its anchor and is not in it." in page
    assert "All of this existed by 20" in page
    hass.states.async_set(FRIDGE, "4.6", CELSIUS)
    page = (await files(house))["README.txt"].decode()
    assert "2 readings of this time wait for their anchor and are not in it." in page
    await house.call("anchor", wait=True)
    page = (await files(house))["README.txt"].decode()
    assert "NOT ANCHORED" not in page
    assert "All of this existed by 20" in page
    assert '3. Press "Ask the chain"' in page
    assert "of this time wait" not in page
    assert house.coordinator.parts.store.origin in page
    lines = page.split("\r\n")
    assert len(lines) < 66
    assert max(map(len, lines)) < 110


async def test_the_explanation_of_many_entities_is_one_page_too(
    set_up: SetUp, hass: HomeAssistant
) -> None:
    entities = [f"sensor.{'a' * 60}_{number:02}" for number in range(30)]
    house = await set_up(source(*entities))
    for entity in entities:
        hass.states.async_set(entity, "1")
    await house.flush()
    await house.call("anchor", wait=True)
    found = await files(house, entity_id=entities)
    lines = found["README.txt"].decode().split("\r\n")
    listed = [line.strip() for line in lines if line.startswith("  sensor.")]
    assert listed == entities[:8]
    assert "  and 22 more: see readings.csv" in lines
    assert len(lines) < 66
    assert {row["entity"] for row in table(found["readings.csv"])} == set(entities)


async def test_the_file_can_be_downloaded_with_its_link_only(
    hass: HomeAssistant,
    house: House,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "http", {})
    client = await hass_client_no_auth()
    answer = await house.call("export_evidence", entity_id=FRIDGE, duration=DAY)
    served = await client.get(answer["download"])
    assert served.status == 200
    path = Path(answer["path"])
    data, status = await hass.async_add_executor_job(
        lambda: (path.read_bytes(), path.stat())
    )
    assert await served.read() == data
    assert (await client.get(answer["download"].partition("?")[0])).status == 401
    assert status.st_mode & 0o077 == 0
    assert answer["status"] == "confirmed"
    assert (answer["readings"], answer["entries"], answer["waiting"]) == (3, 8, 1)


async def test_only_administrators_get_it(hass: HomeAssistant, house: House) -> None:
    member = MockUser(groups=[]).add_to_hass(hass)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "export_evidence",
            {
                "config_entry_id": house.entry.entry_id,
                "entity_id": FRIDGE,
                "duration": DAY,
            },
            blocking=True,
            context=Context(user_id=member.id),
        )


async def test_five_are_kept_and_whole_exports_too(
    hass: HomeAssistant, house: House
) -> None:
    whole = Path((await house.call("export_log"))["path"])
    folder = export_files.exports_folder(hass)
    paths = []
    for number in range(7):
        hass.states.async_set(FRIDGE, f"{number}")
        await house.call("anchor", wait=True)
        answer = await house.call("export_evidence", entity_id=FRIDGE, duration=DAY)
        paths.append(Path(answer["path"]))
        os.utime(paths[-1], (number, number))
    assert sorted(folder.iterdir()) == sorted([whole, *paths[2:]])
    whole = Path((await house.call("export_log"))["path"])
    assert sorted(folder.iterdir()) == sorted([whole, *paths[2:]])


async def test_two_at_once_are_one_after_the_other(house: House) -> None:
    first, second = await asyncio.gather(
        house.call("export_evidence", entity_id=FRIDGE, duration=DAY),
        house.call("export_evidence", entity_id=FRIDGE, duration=DAY),
    )
    assert first["sha256"] == second["sha256"]


async def test_a_full_disk_leaves_nothing(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(evidence, "_fill", full)
    with pytest.raises(HomeAssistantError) as raised:
        await files(house)
    assert raised.value.translation_key == "evidence_unwritable"
    assert list(export_files.exports_folder(hass).iterdir()) == []


async def test_what_a_crash_left_is_removed(hass: HomeAssistant, house: House) -> None:
    answer: Any = await house.call("export_evidence", entity_id=FRIDGE, duration=DAY)
    path = Path(answer["path"])
    left = path.with_name(path.name.replace("evidence-0", "evidence-7")).with_suffix(
        ".part"
    )
    shutil.copy(path, left)
    await house.call("export_evidence", entity_id=FRIDGE, duration=DAY)
    assert list(export_files.exports_folder(hass).iterdir()) == [path]


@pytest.mark.parametrize("limit", ["entries", "bytes"])
async def test_a_period_that_is_too_long(
    house: House, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(
        evidence, *(("MOST_ENTRIES", 3) if limit == "entries" else ("MAX_BYTES", 100))
    )
    with pytest.raises(ServiceValidationError) as raised:
        await files(house)
    assert raised.value.translation_key == "period_too_long"


async def test_a_period_without_readings(house: House) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await files(house, duration=timedelta(days=1), end="2001-01-01 00:00")
    assert raised.value.translation_key == "no_readings_in_period"
