"""What happens to the file of a log, and what Home Assistant says of it.

Each fault is put in from outside, as it would come: by another program.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from zipfile import ZipFile

import pytest
import pytest_socket

from custom_components.iot_blockchain.log.verification import Verdict, verify_offline
from scripts.house.audit import Auditor
from scripts.house.load import LoadedHouse, entry, issues
from tests.unit.log.tlog_tiles import TiledLog

from .house import reason, refused, second_machine, until, wait_for_entries

_ENTITIES = 5


@pytest.fixture(scope="module")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedHouse]:
    pytest_socket.enable_socket()
    house = LoadedHouse(
        tmp_path_factory.mktemp("house"),
        rate=100,
        anchor_readings=10**6,
        entities=_ENTITIES,
    )
    wait_for_entries(house)
    house.anchor()
    house.home.stop()
    shutil.copytree(house.log.parent, house.folder / "first_backup")
    yield house
    house.close()


@pytest.fixture
def house(_house: LoadedHouse) -> Iterator[LoadedHouse]:
    """A house with an anchored log, stopped; what a test does to it is undone."""
    before = _house.chain.rpc("evm_snapshot")
    yield _house
    _house.home.stop()
    _restore(_house, _house.folder / "first_backup")
    _house.chain.rpc("evm_revert", before)


def _restore(house: LoadedHouse, backup: Path) -> None:
    logs = house.home.folder / "iot_blockchain"
    for path in logs.iterdir():
        path.unlink()
    for path in backup.iterdir():
        shutil.copy(path, logs)


def _says(house: LoadedHouse, issue: str) -> None:
    until(lambda: issue in issues(house.home), f"the issue {issue}")


def test_damaged_file_is_not_opened(house: LoadedHouse) -> None:
    data = bytearray(house.log.read_bytes())
    data[8192:16384] = b"\x5a" * 8192
    house.log.write_bytes(data)
    house.home.start()
    assert "malformed" in reason(house.home)
    assert house.log.read_bytes() == data


def test_entry_that_rotted_is_not_handed_out(house: LoadedHouse) -> None:
    """One letter of one reading is another, and the file is whole otherwise."""
    with closing(sqlite3.connect(house.log)) as connection:
        ((number, data),) = connection.execute(
            "SELECT number, entry FROM entry WHERE entity IS NOT NULL"
            " ORDER BY number LIMIT 1"
        ).fetchall()
    damaged = house.log.read_bytes().replace(data, data.replace(b"e", b"f", 1))
    assert damaged != house.log.read_bytes()
    house.log.write_bytes(damaged)
    house.home.start()
    assert "damaged" in refused(house.home, "get_receipt", index=number)
    # The others still stand, and so does their anchor.
    (receipt, _) = house.receipts(1, 1)
    assert verify_offline(receipt).verdict is not Verdict.INVALID


def test_file_that_is_removed_while_it_is_used(house: LoadedHouse) -> None:
    house.home.start()
    wait_for_entries(house)
    kept = house.folder / "kept"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(house.log.parent, kept)
    paid = _nonce(house)
    for path in list(house.log.parent.iterdir()):
        path.unlink()
    _says(house, "log_unwritable")
    assert "removed or replaced" in refused(house.home, "anchor", wait=True)
    assert _nonce(house) == paid
    house.home.kill()
    house.home.start()
    assert "there is no log" in reason(house.home)
    # As the person puts it back, it goes on where it was.
    house.home.stop()
    _restore(house, kept)
    auditor = Auditor(_ENTITIES)
    auditor.look(house.log)
    house.home.start()
    assert house.anchor()["size"] > auditor.size
    house.home.stop()
    auditor.look(house.log)


def test_file_of_an_older_backup_never_becomes_another_history(
    house: LoadedHouse,
) -> None:
    house.home.start()
    wait_for_entries(house)
    anchored = house.anchor()
    auditor = Auditor(_ENTITIES)
    auditor.receipts = house.receipts(anchored["size"], 5)
    house.home.stop()
    auditor.look(house.log)
    newest = house.folder / "newest"
    shutil.rmtree(newest, ignore_errors=True)
    shutil.copytree(house.log.parent, newest)

    _restore(house, house.folder / "first_backup")
    paid = _nonce(house)
    house.home.start()
    wait_for_entries(house)
    assert "later state" in refused(house.home, "anchor", wait=True)
    _says(house, "log_diverged")
    assert _nonce(house) == paid
    house.home.stop()

    _restore(house, newest)
    house.home.start()
    assert house.anchor()["number"] == anchored["number"] + 1
    assert "log_diverged" not in issues(house.home)
    house.home.stop()
    auditor.look(house.log)
    auditor.check_chain(house.chain, house.log, house.address)


def test_copy_on_a_second_machine_never_becomes_another_history(
    house: LoadedHouse,
) -> None:
    copy = second_machine(house)
    house.home.start()
    copy.start()
    try:
        wait_for_entries(house)
        anchored = house.anchor()
        paid = _nonce(house)
        assert "later state" in refused(copy, "anchor", wait=True)
        until(lambda: "log_diverged" in issues(copy), "the issue log_diverged")
        assert _nonce(house) == paid
        assert house.anchor()["number"] == anchored["number"] + 1
        assert issues(house.home) == []
    finally:
        copy.stop()
        shutil.rmtree(copy.folder)
    house.home.stop()
    auditor = Auditor(_ENTITIES)
    auditor.look(house.log)
    auditor.check_chain(house.chain, house.log, house.address)


def test_full_disk_loses_nothing(house: LoadedHouse) -> None:
    with _small_disk(house) as disk:
        house.home.start()
        wait_for_entries(house)
        filler = disk / "filler"
        _fill(filler)
        _says(house, "log_unwritable")
        size = house.size
        filler.unlink()
        until(lambda: issues(house.home) == [], "the end of the issue")
        assert house.size > size
        assert house.anchor()["size"] > size
        house.home.stop()
        # Whatever was set while the disk was full is there, and in order.
        last = Auditor(_ENTITIES).look(house.log)
        assert last[house.progress.run] == house.progress.states - 1


def test_disk_that_is_read_only_changes_nothing(house: LoadedHouse) -> None:
    with _small_disk(house) as disk:
        before = house.log.read_bytes()
        _as_root("mount", "-o", "remount,ro", disk)
        house.home.start()
        assert "read-only" in reason(house.home)
        assert house.log.read_bytes() == before
        _as_root("mount", "-o", "remount,rw", disk)
        house.home.request(
            "POST", f"/api/config/config_entries/entry/{house.entry_id}/reload"
        )
        assert entry(house.home)["state"] == "loaded"
        size = house.size
        assert house.anchor()["size"] >= size
        house.home.stop()
        Auditor(_ENTITIES).look(house.log)


def test_export_that_does_not_fit_on_the_disk_leaves_nothing(
    house: LoadedHouse,
) -> None:
    exports = house.log.parent / "exports"
    exports.mkdir()
    try:
        with _mounted(exports, "16k"):
            house.home.start()
            wait_for_entries(house, 600)
            size = house.size
            answer = refused(house.home, "export_log")
            assert "No space left" in answer
            assert "Make room on the disk" in answer
            assert list(exports.iterdir()) == []
            wait_for_entries(house)
        exported = house.home.action("iot_blockchain", "export_log", {})
        with ZipFile(exported["path"]) as archive:
            log = TiledLog.of(archive)
        assert log.size > size
        assert log.root_of_entries() == log.root_of_tiles() == log.checkpoint[2]
    finally:
        shutil.rmtree(exports)


@contextmanager
def _small_disk(house: LoadedHouse) -> Iterator[Path]:
    """Put the log on a disk of its own."""
    disk = house.log.parent
    with _mounted(disk, "4m"):
        _restore(house, house.folder / "first_backup")
        try:
            yield disk
        finally:
            house.home.stop()


@contextmanager
def _mounted(folder: Path, size: str) -> Iterator[None]:
    """Put a folder on a disk of its own."""
    try:
        owner = f"uid={os.geteuid()},gid={os.getegid()}"
        _as_root("mount", "-t", "tmpfs", "-o", f"size={size},{owner}", "tmpfs", folder)
    except (OSError, subprocess.CalledProcessError) as err:
        if "CI" in os.environ:
            raise
        pytest.skip(f"a disk of its own needs the right to mount one: {err}")
    try:
        yield
    finally:
        _as_root("umount", folder)


def _as_root(*command: str | Path) -> None:
    """Run a command as root, if that needs no password."""
    sudo = ["sudo", "--non-interactive"] if os.geteuid() else []
    subprocess.run([*sudo, *command], check=True, capture_output=True)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        size = 1 << 16
        while size:
            try:
                file.write(b"\0" * size)
            except OSError:
                size >>= 1


def _nonce(house: LoadedHouse) -> int:
    return int(house.chain.rpc("eth_getTransactionCount", house.address, "pending"), 16)
