"""Questions about what a log holds of some entities, taken together."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.iot_blockchain.log.database import StoreError
from custom_components.iot_blockchain.log.entry import Act, Reading
from custom_components.iot_blockchain.log.holdings import Holding, held, last_time
from custom_components.iot_blockchain.log.note import Signer, new_private_key
from custom_components.iot_blockchain.log.store import LogStore

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """A log of an act and five readings, one a second, the last one late."""
    key = Signer("test", new_private_key()).verifier_key
    with closing(LogStore.create(tmp_path / "log.db", key)) as created:
        created.append(
            [
                Act("started", START),
                Reading("sensor.a", "1", START),
                Reading("sensor.b", "1", START + SECOND),
                Reading("sensor.a", "2", START + 2 * SECOND),
                Reading("sensor.c", "1", START + 3 * SECOND),
                Reading("sensor.b", "0", START),
            ]
        )
        yield created.path


def test_readings_of_several_entities_are_taken_together(path: Path) -> None:
    assert held(path, ["sensor.a", "sensor.b"]) == Holding(4, START + 2 * SECOND, 3)
    assert held(path, ["sensor.b"]) == Holding(2, START + SECOND, 2)
    assert held(path, ["sensor.none"]) == held(path, []) == Holding(0)


def test_last_time_is_of_the_first_entries_only(path: Path) -> None:
    both = ["sensor.a", "sensor.b"]
    assert last_time(path, both, 6) == START + 2 * SECOND
    assert last_time(path, both, 3) == START + SECOND
    assert last_time(path, both, 2) == START
    assert last_time(path, both, 1) is None
    assert last_time(path, [], 6) is None


def test_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        held(tmp_path / "none.db", ["sensor.a"])
    with pytest.raises(StoreError):
        last_time(tmp_path / "none.db", ["sensor.a"], 1)
