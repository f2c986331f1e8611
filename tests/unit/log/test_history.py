"""Questions about what a log holds of its entities."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.iot_blockchain.log import history
from custom_components.iot_blockchain.log.database import StoreError
from custom_components.iot_blockchain.log.entry import Act, Reading
from custom_components.iot_blockchain.log.history import Period, Stretch
from custom_components.iot_blockchain.log.note import Signer, new_private_key
from custom_components.iot_blockchain.log.store import LogStore

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    """A log of an act and six readings, one a second, the last one late."""
    key = Signer("test", new_private_key()).verifier_key
    with closing(LogStore.create(tmp_path / "log.db", key)) as created:
        created.append([Act("started", START)])
        created.append(
            [
                Reading("sensor.a", "1", START),
                Reading("sensor.b", "1", START + SECOND),
                Reading("sensor.a", "2", START + 2 * SECOND),
                Reading("sensor.a", "3", START + 3 * SECOND),
                Reading("sensor.c", "1", START + 4 * SECOND),
                Reading("sensor.b", "0", START),
            ]
        )
        yield created


@pytest.mark.parametrize("rows", [1, 2, 50_000])
def test_stretches_say_whose_readings_stand_where(
    store: LogStore, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_ROWS", rows)
    assert history.stretches(store.path, 0, 7) == {
        "sensor.a": Stretch(3, 4),
        "sensor.b": Stretch(2, 6),
        "sensor.c": Stretch(1, 5),
    }
    assert history.stretches(store.path, 2, 4) == {
        "sensor.a": Stretch(1, 3),
        "sensor.b": Stretch(1, 2),
    }
    assert history.stretches(store.path, 0, 1) == {}
    assert history.stretches(store.path, 4, 4) == {}


def test_the_last_reading_of_each_entity_is_the_one_with_the_latest_time(
    store: LogStore,
) -> None:
    assert history.last_readings(store.path) == {
        "sensor.a": 4,
        "sensor.b": 2,
        "sensor.c": 5,
    }


@pytest.mark.parametrize(
    ("entity", "times", "entries", "expected"),
    [
        ("sensor.a", (0, 9), (0, None), Period(3, START, START + 3 * SECOND)),
        ("sensor.a", (0, 3), (0, None), Period(2, START, START + 2 * SECOND)),
        ("sensor.a", (2, 9), (0, 4), Period(1, START + 2 * SECOND, START + 2 * SECOND)),
        ("sensor.a", (2, 9), (4, 5), Period(1, START + 3 * SECOND, START + 3 * SECOND)),
        ("sensor.a", (0, 9), (0, 0), Period()),
        ("sensor.b", (0, 9), (3, None), Period(1, START, START)),
        ("sensor.a", (8, 9), (0, None), Period()),
        ("sensor.unknown", (0, 9), (0, None), Period()),
    ],
)
def test_a_period_is_counted(
    store: LogStore,
    entity: str,
    times: tuple[int, int],
    entries: tuple[int, int | None],
    expected: Period,
) -> None:
    found = history.period(
        store.path,
        entity,
        *(START + time * SECOND for time in times),
        first=entries[0],
        stop=entries[1],
    )
    assert found == expected


def test_periods_add_up() -> None:
    early, late = START, START + SECOND
    total = Period(2, late, late) + Period(3, early, late) + Period()
    assert total == Period(5, early, late)
    assert Period() + Period() == Period()


def test_a_file_that_is_gone_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "gone.db"
    for ask in (
        lambda: history.stretches(path, 0, 1),
        lambda: history.last_readings(path),
        lambda: history.period(path, "sensor.a", START, START),
    ):
        with pytest.raises(StoreError):
            ask()
