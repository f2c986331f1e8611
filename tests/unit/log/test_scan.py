"""Going through a log by the times of its readings."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.iot_blockchain.log.database import StoreError
from custom_components.iot_blockchain.log.entry import Act, Reading
from custom_components.iot_blockchain.log.note import Signer, new_private_key
from custom_components.iot_blockchain.log.scan import Scan
from custom_components.iot_blockchain.log.store import LogStore

SECOND = 1_000_000
ALL = [("a.a", 0, 10**9)]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    key = Signer("house", new_private_key()).verifier_key
    with closing(LogStore.create(tmp_path / "log.db", key)) as created:
        yield created


def write(store: LogStore, *readings: tuple[str, int, str]) -> None:
    store.append(
        [
            Reading(entity, state, EPOCH + timedelta(seconds=time))
            for entity, time, state in readings
        ]
    )


def states(found: Sequence[tuple[int, int, object]]) -> list[tuple[int, int]]:
    return [(index, time // SECOND) for index, time, _ in found]


def test_pages_hold_all_in_the_order_of_their_times(store: LogStore) -> None:
    write(store, *(("a.a", 10 + number // 3, str(number)) for number in range(30)))
    write(store, ("b.b", 12, "other"), ("a.a", 11, "late"))
    with closing(Scan(store.path)) as scan:
        assert scan.entities == {"a.a", "b.b"}
        start, found = 0, []
        while start < 100 * SECOND:
            # As many as that are of one moment, and more.
            page, end = scan.page(ALL, start, 100 * SECOND, 2)
            assert all(start <= time < end for _, time, _ in page)
            found += page
            start = end
        assert states(found) == sorted(states(found), key=lambda each: each[1])
        assert len(found) == 31


def test_last_before_a_time_and_part_of_the_log(store: LogStore) -> None:
    write(store, ("a.a", 10, "1"), ("b.b", 20, "2"), ("a.a", 30, "3"))
    with closing(Scan(store.path)) as scan:
        renamed = [("b.b", 1, 10**9), ("a.a", 0, 1)]
        last = scan.last(renamed, 100 * SECOND)
        assert last is not None
        assert last[0] == 1
        assert states(scan.page(renamed, 0, 100 * SECOND, 9)[0]) == [(0, 10), (1, 20)]
        assert scan.last(ALL, 10 * SECOND) is None
        assert scan.last([("c.c", 0, 9)], 100 * SECOND) is None


def test_times_that_the_clock_went_through_twice(store: LogStore) -> None:
    write(store, *(("a.a", time, "1") for time in (10, 20, 60, 30, 40, 70, 80, 75)))
    with closing(Scan(store.path)) as scan:
        assert scan.set_back(ALL, 0, 100 * SECOND) == [
            (30 * SECOND, 60 * SECOND),
            (75 * SECOND, 80 * SECOND),
        ]


def test_acts_and_the_time_before_them(store: LogStore) -> None:
    write(store, ("a.a", 10, "1"))
    store.append([Act("started", EPOCH + timedelta(seconds=20))])
    with closing(Scan(store.path)) as scan:
        ((index, time, act),) = scan.acts()
        assert (index, time, act.members["act"]) == (1, 20 * SECOND, "started")
        assert scan.last_time(1) == 10 * SECOND
        assert scan.last_time(0) == 0


def test_entry_that_is_not_what_its_hash_says_is_refused(store: LogStore) -> None:
    write(store, ("a.a", 10, "1"))
    store._writer.execute(
        "UPDATE entry SET entry = CAST(replace(entry, '1', '2') AS BLOB)"
    )
    with closing(Scan(store.path)) as scan, pytest.raises(StoreError, match="damaged"):
        scan.page(ALL, 0, 100 * SECOND, 9)
