"""A backup holds the logs whole, whatever is written while it is made."""

import asyncio
import json
import sqlite3
import tarfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import pytest
from homeassistant.backup_restore import RESTORE_BACKUP_FILE, restore_backup
from homeassistant.components.backup import BackupManagerError, async_get_manager
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]
    async_fire_time_changed,
)

from custom_components.iot_blockchain import backup
from custom_components.iot_blockchain.chain.journal import Journal
from custom_components.iot_blockchain.chain.receipts import Receipts
from custom_components.iot_blockchain.const import CONF_LOG_ID, LOGS_FOLDER
from custom_components.iot_blockchain.log import entry as log_entry, store as log_store
from custom_components.iot_blockchain.log.database import connect
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.log.verification import Verdict, verify_offline

from .conftest import SetUp
from .house import CHAIN_ID, House, source

FEW = 40


@pytest.fixture(autouse=True)
async def _backups(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Home Assistant's own backups, and logs that use their files all the time."""
    # What is written is carried over into the file at once, and not after 16 MB.
    monkeypatch.setattr(log_store, "_CHECKPOINT_PAGES", 1)
    assert await async_setup_component(hass, "backup", {})
    await hass.async_block_till_done()


async def make_backup(hass: HomeAssistant) -> None:
    await async_get_manager(hass).async_create_backup(
        agent_ids=["backup.local"],
        include_addons=None,
        include_all_addons=False,
        include_database=True,
        include_folders=None,
        include_homeassistant=True,
        name="Night",
        password=None,
    )


def restore(config: Path, folder: Path) -> Path:
    """Restore the only backup as Home Assistant does, and return where the logs are."""
    (made,) = (config / "backups").glob("*.tar")
    folder.mkdir(exist_ok=True)
    instruction = {
        "path": str(made),
        "password": None,
        "remove_after_restore": False,
        "restore_database": True,
        "restore_homeassistant": True,
    }
    (folder / RESTORE_BACKUP_FILE).write_text(json.dumps(instruction))
    assert restore_backup(str(folder))
    return folder / LOGS_FOLDER


def states(store: LogStore) -> list[str]:
    """Return the states of all readings; each entry is compared with its hash."""
    decoded = [log_entry.decode(data) for data in store.entries(0, store.size)]
    return [
        str(entry.members["state"])
        for entry in decoded
        if entry.type == log_entry.READING
    ]


def write_while_copying(
    monkeypatch: pytest.MonkeyPatch, suffix: str, write: Callable[[], None]
) -> list[str]:
    """Write before, in the middle of, and after each log's file that is copied."""
    copied = []
    copy = tarfile.copyfileobj  # type: ignore[attr-defined]

    def slowly(
        source: IO[bytes],
        target: IO[bytes],
        length: int | None,
        *details: Any,  # noqa: ANN401 - the standard library's
        **options: Any,  # noqa: ANN401
    ) -> None:
        name = str(getattr(source, "name", ""))
        if not name.endswith(suffix) or LOGS_FOLDER not in name or length is None:
            copy(source, target, length, *details, **options)
            return
        copied.append(name)
        write()
        copy(source, target, length // 2, *details, **options)
        write()
        copy(source, target, length - length // 2, *details, **options)
        write()

    monkeypatch.setattr(tarfile, "copyfileobj", slowly)
    return copied


@pytest.mark.parametrize("suffix", [".db", ".db-wal"])
async def test_restored_log_is_whole_whatever_was_written_meanwhile(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    suffix: str,
) -> None:
    house: House = await set_up(source("sensor.fridge"))
    seen: list[str] = []

    async def record() -> None:
        for _ in range(FEW):
            seen.append(str(len(seen)))
            hass.states.async_set("sensor.fridge", seen[-1])
            await house.coordinator.recording.async_flush()

    for _ in range(3):
        await record()
    await house.call("anchor", wait=True)
    await record()
    before = len(seen)
    copied = write_while_copying(
        monkeypatch,
        suffix,
        lambda: asyncio.run_coroutine_threadsafe(record(), hass.loop).result(),
    )
    await make_backup(hass)
    assert len(copied) == 1
    assert len(seen) == before + 3 * FEW

    # Here nothing is missing, and what waited in the -wal goes into the file again.
    assert [state for _, state in await house.readings()] == seen
    await record()
    key = house.entry.data[CONF_LOG_ID]

    def look() -> None:
        path = restore(Path(hass.config.config_dir), tmp_path / "new") / f"{key}.db"
        with sqlite3.connect(path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
        store = LogStore(path)
        journal = Journal(path, CHAIN_ID)
        found = states(store)
        assert found == seen[: len(found)]
        assert len(found) >= before
        receipts = Receipts(store, journal, house.address, None)
        receipt = receipts.make(3, 4)
        assert verify_offline(receipt.to_json()).verdict is not Verdict.INVALID
        anchor = receipt.anchor
        assert anchor is not None
        assert anchor.size >= 3 * FEW
        journal.close()
        store.close()

    await hass.async_add_executor_job(look)


async def test_what_was_seen_a_moment_before_is_in_the_backup(
    hass: HomeAssistant, set_up: SetUp, tmp_path: Path
) -> None:
    house = await set_up(source("sensor.fridge"))
    await house.flush()
    hass.states.async_set("sensor.fridge", "the last one")
    await make_backup(hass)

    def look() -> list[str]:
        logs = restore(Path(hass.config.config_dir), tmp_path / "new")
        (path,) = logs.glob("*.db")
        # The file is whole by itself, too.
        path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
        store = LogStore(path)
        try:
            return states(store)
        finally:
            store.close()

    assert (await hass.async_add_executor_job(look))[-1] == "the last one"


async def test_log_that_is_unloaded_meanwhile_is_whole_in_the_backup(
    hass: HomeAssistant,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Closing a file carries all over into it, if nobody else has it open."""
    house = await set_up(source("sensor.fridge"))
    for number in range(FEW):
        hass.states.async_set("sensor.fridge", str(number))
    await house.flush()

    async def reload() -> None:
        for number in range(5 * FEW):
            hass.states.async_set("sensor.fridge", f"on the way {number}")
        await house.reload()

    write_while_copying(
        monkeypatch,
        ".db",
        lambda: asyncio.run_coroutine_threadsafe(reload(), hass.loop).result(),
    )
    await make_backup(hass)

    def look() -> None:
        logs = restore(Path(hass.config.config_dir), tmp_path / "new")
        (path,) = logs.glob("*.db")
        store = LogStore(path)
        assert states(store)[:FEW] == [str(number) for number in range(FEW)]
        store.close()

    await hass.async_add_executor_job(look)


async def test_file_that_is_in_use_all_the_time_ends_the_backup(
    hass: HomeAssistant, set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that may be broken, and says nothing, would be worse than none."""
    monkeypatch.setattr(backup, "_PATIENCE", 0.2)
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()

    def occupy() -> sqlite3.Connection:
        path = house.coordinator.parts.store.path
        # It reads what is in the -wal, and for that the -wal has to stay.
        house.coordinator.parts.store.append([], {"a": "b"})
        connection = connect(path)
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM entry").fetchone()
        house.coordinator.parts.store.append([], {"a": "c"})
        return connection

    occupied = await hass.async_add_executor_job(occupy)
    with pytest.raises(BackupManagerError, match="log"):
        await make_backup(hass)
    occupied.close()
    await make_backup(hass)


async def test_log_that_is_damaged_is_no_reason_for_no_backup(
    hass: HomeAssistant, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up()
    path = Path(hass.config.path(LOGS_FOLDER, "0" * 64 + ".db"))
    await hass.async_add_executor_job(path.write_bytes, b"no database at all" * 100)
    await make_backup(hass)
    assert "copies 000" in caplog.text


async def test_backup_that_never_ends_is_not_waited_for(
    hass: HomeAssistant,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    house = await set_up(source("sensor.fridge"))
    manager = async_get_manager(hass)
    await manager.async_pre_backup_actions()
    # Another one is begun, though nobody has ended the first.
    await manager.async_pre_backup_actions()
    path = house.coordinator.parts.store.path
    held = await hass.async_add_executor_job(path.read_bytes)
    hass.states.async_set("sensor.fridge", "1")
    await house.flush()
    assert await hass.async_add_executor_job(path.read_bytes) == held
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(hours=6, minutes=1))
    await hass.async_block_till_done()
    assert "has not ended" in caplog.text
    hass.states.async_set("sensor.fridge", "2")
    await house.flush()
    assert await hass.async_add_executor_job(path.read_bytes) != held
    with pytest.raises(BackupManagerError, match="may not be whole"):
        await manager.async_post_backup_actions()
