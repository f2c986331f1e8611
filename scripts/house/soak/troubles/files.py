"""What happens to the file of a log, put in from outside, as it would come."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from custom_components.iot_blockchain.chain.errors import LogDivergedError

from ... import disk
from ...said import entry, issues, reason, refused, wait_for_issue
from .troubled import Trouble, TroubledOrdeal, require

_UNWRITABLE: Final = "log_unwritable"
_DAMAGED: Final = slice(8192, 16384)


@contextmanager
def _full_disk(ordeal: TroubledOrdeal) -> Iterator[None]:
    with disk.full(ordeal.house.log.parent):
        wait_for_issue(ordeal.house.home, _UNWRITABLE)
        yield


@contextmanager
def _read_only_disk(ordeal: TroubledOrdeal) -> Iterator[None]:
    """Start Home Assistant while nobody can write."""
    house = ordeal.house
    _stop(ordeal)
    before = house.log.read_bytes()
    with disk.read_only(house.log.parent):
        house.home.start()
        require("read-only" in reason(house.home), "a log on a read-only disk is used")
        require(house.log.read_bytes() == before, "a read-only file was changed")
    house.home.request(
        "POST", f"/api/config/config_entries/entry/{house.entry_id}/reload"
    )
    require(entry(house.home)["state"] == "loaded", "the log does not come back")
    yield


@contextmanager
def _damaged(ordeal: TroubledOrdeal) -> Iterator[None]:
    house = ordeal.house
    _stop(ordeal)
    whole = house.log.read_bytes()
    damaged = bytearray(whole)
    damaged[_DAMAGED] = b"\x5a" * len(damaged[_DAMAGED])
    house.log.write_bytes(damaged)
    house.home.start()
    require("malformed" in reason(house.home), "a damaged log is used")
    require(house.log.read_bytes() == damaged, "a damaged file was changed")
    house.home.kill()
    house.log.write_bytes(whole)
    house.home.start()
    yield


@contextmanager
def _moved_away(ordeal: TroubledOrdeal) -> Iterator[None]:
    """Take the files away while they are used, and put them back after a kill."""
    house, logs = ordeal.house, ordeal.house.log.parent
    kept = logs / "kept"
    kept.mkdir()
    paid = ordeal.nonce
    for path in _files(logs):
        path.rename(kept / path.name)
    wait_for_issue(ordeal.house.home, _UNWRITABLE)
    said = refused(house.home, "anchor", wait=True)
    require("removed or replaced" in said, f"of a log that is gone is said: {said}")
    require(ordeal.nonce - paid <= 1, "a log that is gone was anchored")
    house.home.kill()
    house.home.start()
    said = reason(house.home)
    require("there is no log" in said, f"of a log that is gone is said: {said}")
    house.home.kill()
    for path in _files(kept):
        path.rename(logs / path.name)
    kept.rmdir()
    ordeal.look()
    house.home.start()
    yield


@contextmanager
def _older_backup(ordeal: TroubledOrdeal) -> Iterator[None]:
    """Go on with an older file for a while, and then with the newest again."""
    house, logs = ordeal.house, ordeal.house.log.parent
    older, newest = house.folder / "older", house.folder / "newest"
    _stop(ordeal)
    _copy(logs, older)
    house.home.start()
    house.anchor()
    _stop(ordeal)
    _copy(logs, newest)
    _copy(older, logs)
    paid = ordeal.nonce
    house.home.start()
    house.wait_for_entries()
    said = refused(house.home, "anchor", wait=True)
    require("later state" in said, f"of an older backup is said: {said}")
    wait_for_issue(house.home, LogDivergedError.key)
    require(ordeal.nonce == paid, "an older backup was anchored")
    house.home.stop()
    _copy(newest, logs)
    house.home.start()
    yield


@contextmanager
def _second_machine(ordeal: TroubledOrdeal) -> Iterator[None]:
    """Let a copy of all there is run at the same time."""
    house = ordeal.house
    _stop(ordeal)
    copy = house.second_machine()
    try:
        house.home.start()
        house.anchor()
        copy.start()
        said = refused(copy, "anchor", wait=True)
        require("later state" in said, f"on a second machine is said: {said}")
        wait_for_issue(copy, LogDivergedError.key)
        yield
        require(
            LogDivergedError.key not in issues(house.home),
            "the first machine is held to be the copy",
        )
    finally:
        copy.stop()
        shutil.rmtree(copy.folder)


def _stop(ordeal: TroubledOrdeal) -> None:
    ordeal.house.home.stop()
    ordeal.look()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()]


def _copy(source: Path, target: Path) -> None:
    """Let the files of a folder be those of another one, and no others."""
    target.mkdir(exist_ok=True)
    for path in _files(target):
        path.unlink()
    for path in _files(source):
        shutil.copy(path, target)


TROUBLES: dict[str, Trouble] = {
    "the disk is full": _full_disk,
    "the disk is read-only": _read_only_disk,
    "the file is damaged": _damaged,
    "the file is moved away": _moved_away,
    "the file is an older backup": _older_backup,
    "a second machine has a copy": _second_machine,
}
