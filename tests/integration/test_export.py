"""A whole log in a file, and who may have it."""

import asyncio
import hashlib
import json
import stat
from collections.abc import Awaitable, Callable, Generator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import IO, Any
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.components.http.auth import async_sign_path
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized

from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.evidence import export_files, exporting
from custom_components.iot_blockchain.log import entry
from custom_components.iot_blockchain.log.entry import Reading
from custom_components.iot_blockchain.log.export import export
from custom_components.iot_blockchain.log.receipt import Anchor
from custom_components.iot_blockchain.log.store import LogStore
from tests.unit.log.tlog_tiles import TiledLog

from .conftest import SetUp
from .house import House, source, until

FRIDGE = "sensor.fridge"

type Client = TestClient[Any, Any]
type MakeClient = Callable[..., Awaitable[Client]]


@pytest.fixture
async def house(hass: HomeAssistant, set_up: SetUp) -> House:
    """A log of a thousand readings and some acts."""
    house = await set_up(source(FRIDGE))
    hass.states.async_set(FRIDGE, "4.2")
    await house.flush()
    state = hass.states.get(FRIDGE)
    assert state is not None
    await house.coordinator.recording.async_record(
        [Reading(FRIDGE, str(n), state.last_updated) for n in range(1000)]
    )
    return house


class Gate:
    """Holds an export up in its midst, until it is opened."""

    def __init__(self) -> None:
        self.reached = Event()
        self.open = Event()

    def export(
        self,
        store: LogStore,
        note: str,
        output: IO[bytes],
        anchor: Anchor | None,
    ) -> Generator[int]:
        for done in export(store, note, output, anchor):
            self.reached.set()
            assert self.open.wait(20)
            yield done


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(exporting, "export", gate.export)
    return gate


async def begin(house: House, gate: Gate) -> asyncio.Task[dict[str, Any]]:
    """Ask for an export, and wait until it is being written."""
    work = asyncio.create_task(house.call("export_log"))
    await until(gate.reached.is_set, what="the export's begin")
    return work


def file(answer: dict[str, Any]) -> Path:
    return Path(answer["path"])


def files(house: House) -> list[str]:
    folder = export_files.exports_folder(house.hass)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def read(answer: dict[str, Any]) -> TiledLog:
    with ZipFile(answer["path"]) as archive:
        return TiledLog.of(archive)


async def test_export_holds_all_entries_and_leads_to_the_checkpoint(
    house: House,
) -> None:
    answer = await house.call("export_log")
    log = read(answer)
    store = house.coordinator.parts.store
    assert log.checkpoint == (store.origin, store.size, store.root())
    assert log.root_of_entries() == log.root_of_tiles() == store.root()
    assert [entry.decode(data).type for data in log.entries[:4]] == [
        *("act", "act", "reading", "reading")
    ]
    assert answer["size"] == store.size > 1000
    assert log.resources["key"].decode() == f"{store.key}\n"
    assert "anchor.json" not in log.resources


async def test_answer_says_what_the_file_is_and_nobody_else_may_read_it(
    house: House,
) -> None:
    answer = await house.call("export_log")
    path = file(answer)
    data = path.read_bytes()
    assert answer["bytes"] == len(data)
    assert answer["sha256"] == hashlib.sha256(data).hexdigest()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert files(house) == [path.name]


async def test_last_anchor_is_in_the_export(house: House) -> None:
    anchored = await house.call("anchor", wait=True)
    log = read(await house.call("export_log"))
    anchor = Anchor.from_json(json.loads(log.resources["anchor.json"]))
    assert anchor.size == anchored["size"]
    assert f"0x{anchor.transaction.hex()}" == anchored["transaction"]
    assert log.size >= anchor.size


async def test_what_was_just_said_is_in_it(house: House, hass: HomeAssistant) -> None:
    hass.states.async_set(FRIDGE, "at the last moment")
    log = read(await house.call("export_log"))
    assert b"at the last moment" in log.entries[-1]


async def test_an_export_replaces_the_one_before(house: House) -> None:
    first = await house.call("export_log")
    house.hass.states.async_set(FRIDGE, "another")
    second = await house.call("export_log")
    assert first["path"] != second["path"]
    assert files(house) == [file(second).name]


async def test_what_a_crash_left_is_removed(house: House) -> None:
    answer = await house.call("export_log")
    left = file(answer).with_suffix(".part")
    left.write_bytes(b"half of it")
    await house.reload()
    assert files(house) == [file(answer).name]


async def test_progress_shows_while_it_is_written(house: House, gate: Gate) -> None:
    assert house.state("export") == "unknown"
    work = await begin(house, gate)
    assert house.state("export") == "0"
    shown = []
    house.coordinator.async_add_listener(lambda: shown.append(house.status.export))
    gate.open.set()
    await work
    await house.hass.async_block_till_done()
    numbers = [percent for percent in shown if percent is not None]
    assert numbers == sorted(numbers)
    assert {25, 100} <= set(numbers)
    assert house.state("export") == "unknown"


async def test_recording_goes_on_while_it_is_written(house: House, gate: Gate) -> None:
    work = await begin(house, gate)
    size = house.coordinator.parts.store.size
    house.hass.states.async_set(FRIDGE, "meanwhile")
    await house.coordinator.recording.async_flush()
    assert house.coordinator.parts.store.size == size + 1
    gate.open.set()
    assert (await work)["size"] == size


async def test_a_log_is_exported_once_at_a_time(house: House, gate: Gate) -> None:
    work = await begin(house, gate)
    with pytest.raises(HomeAssistantError, match="exported already"):
        await house.call("export_log")
    gate.open.set()
    answer = await work
    assert files(house) == [file(answer).name]
    await house.call("export_log")


async def unload(house: House) -> None:
    await house.unload()


async def stop(house: House) -> None:
    house.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await house.hass.async_block_till_done()


@pytest.mark.parametrize("end", [unload, stop])
async def test_nothing_is_left_of_it_when_the_log_ends(
    house: House, gate: Gate, end: Callable[[House], Awaitable[None]]
) -> None:
    work = await begin(house, gate)
    ending = asyncio.ensure_future(end(house))
    await until(house.coordinator.exporter._ended.is_set, what="the wish to end it")
    gate.open.set()
    await ending
    with pytest.raises(HomeAssistantError, match="Ask for it again"):
        await work
    assert files(house) == []


async def test_nothing_is_left_of_it_when_nobody_waits_for_it(
    house: House, gate: Gate
) -> None:
    work = await begin(house, gate)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    gate.open.set()
    await until(lambda: files(house) == [], what="the end of the export")
    await until(lambda: house.state("export") == "unknown", what="the news of it")
    gate.reached.clear()
    await house.call("export_log")


async def test_a_folder_that_cannot_be_written_to(house: House) -> None:
    folder = export_files.exports_folder(house.hass)
    folder.write_text("no folder")
    with pytest.raises(HomeAssistantError, match="Make room on the disk"):
        await house.call("export_log")
    assert house.state("export") == "unknown"
    folder.unlink()
    await house.call("export_log")


async def test_a_damaged_log_is_not_exported(house: House) -> None:
    store = house.coordinator.parts.store
    store._writer.execute("UPDATE entry SET entry = x'7b7d' WHERE number = 700")
    with pytest.raises(HomeAssistantError, match="the entry 700 is damaged"):
        await house.call("export_log")
    assert files(house) == []


async def test_only_administrators_may_ask_for_it(
    house: House, hass_read_only_user: User, hass_admin_user: User
) -> None:
    async def call(user: User) -> None:
        await house.hass.services.async_call(
            DOMAIN, "export_log", blocking=True, context=Context(user_id=user.id)
        )

    with pytest.raises(Unauthorized):
        await call(hass_read_only_user)
    assert files(house) == []
    await call(hass_admin_user)
    assert len(files(house)) == 1


async def test_link_serves_it_for_an_hour(
    house: House,
    hass_client_no_auth: MakeClient,
    freezer: FrozenDateTimeFactory,
) -> None:
    answer = await house.call("export_log")
    client = await hass_client_no_auth()
    served = await client.get(answer["download"])
    assert served.status == 200
    assert await served.read() == file(answer).read_bytes()
    assert served.headers["content-type"] == "application/zip"
    assert file(answer).name in served.headers["content-disposition"]
    part = await client.get(answer["download"], headers={"range": "bytes=0-3"})
    assert await part.read() == b"PK\x03\x04"
    freezer.tick(timedelta(minutes=61))
    assert (await client.get(answer["download"])).status == 401


async def test_without_a_link_only_administrators_get_it(
    house: House,
    hass_client: MakeClient,
    hass_client_no_auth: MakeClient,
    hass_read_only_access_token: str,
) -> None:
    answer = await house.call("export_log")
    path = answer["download"].partition("?")[0]
    assert (await (await hass_client()).get(path)).status == 200
    assert (await (await hass_client_no_auth()).get(path)).status == 401
    reader = await hass_client(hass_read_only_access_token)
    assert (await reader.get(path)).status == 401


async def test_nobody_else_can_sign_a_link_or_use_a_system_token(
    house: House,
    hass_client: MakeClient,
    hass_client_no_auth: MakeClient,
    hass_read_only_user: User,
) -> None:
    hass = house.hass
    answer = await house.call("export_log")
    path = answer["download"].partition("?")[0]
    token = await hass.auth.async_create_refresh_token(
        hass_read_only_user, "https://example.invalid"
    )
    signed = async_sign_path(hass, path, timedelta(hours=1), refresh_token_id=token.id)
    assert (await (await hass_client_no_auth()).get(signed)).status == 401
    system = await hass.auth.async_create_system_user("Cast")
    token = await hass.auth.async_create_refresh_token(system)
    client = await hass_client(hass.auth.async_create_access_token(token))
    assert (await client.get(path)).status == 401


@pytest.mark.parametrize(
    "name", ["none.zip", "../../secret.zip", "{config}/secret.zip", "a.part", "a\0.zip"]
)
async def test_no_other_file_is_served(
    house: House, hass_client: MakeClient, name: str
) -> None:
    await house.call("export_log")
    config = export_files.exports_folder(house.hass).parents[1]
    (config / "secret.zip").write_text("secret")
    (export_files.exports_folder(house.hass) / "a.part").write_text("half of it")
    client = await hass_client()
    path = quote(name.format(config=config), safe="")
    found = await client.get(f"/api/iot_blockchain/exports/{path}")
    # Home Assistant itself refuses some of them.
    assert found.status in {400, 404}


async def test_logs_do_not_touch_each_other_s_exports(
    house: House, set_up: SetUp
) -> None:
    other = await set_up(name="Other")
    first = await house.call("export_log")
    second = await other.call("export_log")
    await house.reload()
    assert house.entry.state is ConfigEntryState.LOADED
    assert files(house) == sorted(file(answer).name for answer in (first, second))
