"""What happens to the file of a log, and what Home Assistant says of it.

Each fault is put in from outside, as it would come: by another program. Those that a
house lives through and goes on from are among the troubles.
"""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from zipfile import ZipFile

import pytest
import pytest_socket

from custom_components.iot_blockchain.log.verification import Verdict, verify_offline
from scripts.house.disk import mounted
from scripts.house.load import LoadedHouse
from scripts.house.said import refused
from tests.unit.log.tlog_tiles import TiledLog

_ENTITIES = 5


@pytest.fixture
def house(tmp_path: Path) -> Iterator[LoadedHouse]:
    pytest_socket.enable_socket()
    house = LoadedHouse(tmp_path, rate=100, anchor_readings=10**6, entities=_ENTITIES)
    house.wait_for_entries()
    house.anchor()
    yield house
    house.close()


def test_entry_that_rotted_is_not_handed_out(house: LoadedHouse) -> None:
    """One letter of one reading is another, and the file is whole otherwise."""
    house.home.stop()
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


def test_export_that_does_not_fit_on_the_disk_leaves_nothing(
    house: LoadedHouse,
) -> None:
    exports = house.log.parent / "exports"
    exports.mkdir()
    house.wait_for_entries(600)
    with ExitStack() as small:
        try:
            small.enter_context(mounted(exports, "16k"))
        except (OSError, subprocess.CalledProcessError) as err:
            if "CI" in os.environ:
                raise
            pytest.skip(f"a disk of its own needs the right to mount one: {err}")
        size = house.size
        answer = refused(house.home, "export_log")
        assert "No space left" in answer
        assert "Make room on the disk" in answer
        assert list(exports.iterdir()) == []
        house.wait_for_entries()
    exported = house.home.action("iot_blockchain", "export_log", {})
    with ZipFile(exported["path"]) as archive:
        log = TiledLog.of(archive)
    assert log.size > size
    assert log.root_of_entries() == log.root_of_tiles() == log.checkpoint[2]
