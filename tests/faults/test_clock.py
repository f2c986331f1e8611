"""A wall clock that is set back and forth while Home Assistant runs."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scripts.house.audit import Auditor
from scripts.house.clock import Clock
from scripts.house.load import LoadedHouse, issues
from scripts.house.load_generator import entity_of

from .house import wait_for_entries

_ENTITIES = 5
_HOUR = 3600


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    try:
        return Clock(tmp_path)
    except OSError as err:
        pytest.skip(f"no clock of its own can be given to a process here: {err}")


@pytest.fixture
def house(tmp_path: Path, clock: Clock) -> Iterator[LoadedHouse]:
    house = LoadedHouse(
        tmp_path, rate=100, anchor_readings=10**6, entities=_ENTITIES, env=clock.env
    )
    yield house
    house.close()


def _last(house: LoadedHouse) -> dict[str, Any]:
    """Return the entry that the receipt of an entity's last reading holds."""
    house.home.log_in()  # the one before has come to an end, or has not begun yet
    (*_, receipt) = house.receipts(1, 1)
    entry: dict[str, Any] = json.loads(receipt["entries"][0])
    return entry


def test_every_step_of_the_clock_is_recorded_and_anchored(
    house: LoadedHouse, clock: Clock
) -> None:
    wait_for_entries(house)
    for hours in (-2, 30, -1, 0):
        clock.set(hours * _HOUR)
        before = house.size
        wait_for_entries(house)
        assert _number(_last(house)) > _newest(house, before)
        assert house.anchor()["size"] > before
        assert issues(house.home) == []
    # Killed and started with a clock that is behind what it was.
    clock.set(-5 * _HOUR)
    house.home.kill()
    auditor = Auditor(_ENTITIES)
    auditor.look(house.log)
    house.home.start()
    wait_for_entries(house)
    recorded = datetime.fromisoformat(_last(house)["time"])
    assert recorded < datetime.now(UTC) - timedelta(hours=4)
    house.anchor()
    house.home.stop()
    auditor.look(house.log)
    payments = auditor.check_chain(house.chain, house.log, house.address)
    assert payments.anchored <= auditor.size


def _number(entry: dict[str, Any]) -> int:
    return int(entry["state"].split(":")[1])


def _newest(house: LoadedHouse, size: int) -> int:
    """Return the number of an entity's last state in the first entries of a log."""
    with closing(sqlite3.connect(house.log)) as connection:
        ((data,),) = connection.execute(
            "SELECT entry FROM entry JOIN entity ON entity.id = entry.entity"
            " WHERE name = ? AND number < ? ORDER BY number DESC LIMIT 1",
            (entity_of(0, _ENTITIES), size),
        )
    return _number(json.loads(data))
