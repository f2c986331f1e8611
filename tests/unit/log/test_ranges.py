"""Which entries are of a period, and what the log did not see in it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.iot_blockchain.log import entry, ranges
from custom_components.iot_blockchain.log.entry import Act, Reading, Record
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.ranges import Gap, TooManyError, Why
from custom_components.iot_blockchain.log.store import LogStore

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SIGNER = Signer("home.iot-blockchain/" + "ab" * 32, bytes(range(32)))
FRIDGE, DOOR = "sensor.fridge", "binary_sensor.door"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    with closing(LogStore.create(tmp_path / "log.db", SIGNER.verifier_key)) as created:
        yield created


@pytest.fixture
def filled(store: LogStore) -> LogStore:
    """A log of an hour: each minute the fridge, and the door at 10 and 50 minutes."""
    for minute in range(60):
        store.append([Reading(FRIDGE, str(minute), at(minute))])
        if minute in {10, 50}:
            store.append([Reading(DOOR, "on", at(minute))])
    return store


def period(
    store: LogStore, entities: set[str], since: float, until: float, most: int = 1000
) -> range | None:
    return ranges.entries_of_period(store.path, entities, at(since), at(until), most)


def test_a_period_holds_all_that_was_written_in_it(filled: LogStore) -> None:
    assert period(filled, {FRIDGE}, 0, 9) == range(10)
    assert period(filled, {FRIDGE}, 5, 5) == range(5, 6)
    # With the door between, of whom nobody asked.
    assert period(filled, {FRIDGE}, 9, 11) == range(9, 13)
    assert period(filled, {FRIDGE, DOOR}, -100, 100) == range(62)


def test_a_period_shows_its_quiet_ends_too(filled: LogStore) -> None:
    """That the door was closed from 5 on can be seen, not only that it opened at 10."""
    assert period(filled, {DOOR}, 5, 15) == range(5, 17)


@pytest.mark.parametrize("entity", [DOOR, "sensor.never"])
def test_a_period_without_a_reading_is_none(filled: LogStore, entity: str) -> None:
    assert period(filled, {entity}, 11, 49) is None


def test_a_log_without_entries_has_no_period(store: LogStore) -> None:
    assert period(store, {FRIDGE}, 0, 1) is None


def test_a_clock_that_was_set_leaves_no_reading_out(store: LogStore) -> None:
    minutes = [0, 1, 2, 30, 31, 3, 4, 5]
    store.append([Reading(FRIDGE, str(minute), at(minute)) for minute in minutes])
    found = period(store, {FRIDGE}, 2, 4)
    assert found is not None
    assert {2, 5, 6} <= set(found)


def test_too_many_entries_are_refused(filled: LogStore) -> None:
    assert period(filled, {FRIDGE}, 0, 9, most=10) == range(10)
    with pytest.raises(TooManyError):
        period(filled, {FRIDGE}, 0, 9, most=9)
    # Of another entity, that is: those between count as well.
    with pytest.raises(TooManyError):
        period(filled, {DOOR}, 10, 50, most=20)


def indexes(
    store: LogStore,
    since: float,
    until: float,
    before: int | None = None,
    most: int = 5,
) -> list[int]:
    found = ranges.readings_before(
        store.path, FRIDGE, at(since), at(until), before=before, most=most
    )
    for kept in found:
        assert [kept.data] == store.entries(kept.index, kept.index + 1)
    return [kept.index for kept in found]


def test_readings_come_page_by_page_the_last_first(filled: LogStore) -> None:
    first = indexes(filled, 8, 15)
    assert first == [16, 15, 14, 13, 12]
    assert indexes(filled, 8, 15, first[-1]) == [10, 9, 8]
    assert indexes(filled, 8, 15, 8) == []
    assert indexes(filled, 8, 15, 10**9) == first


def test_pages_lose_nothing_where_times_are_the_same(store: LogStore) -> None:
    store.append([Reading(FRIDGE, str(number), NOON) for number in range(5)])
    assert indexes(store, 0, 0, most=2) == [4, 3]
    assert indexes(store, 0, 0, 3, most=2) == [2, 1]
    assert indexes(store, 0, 0, 1, most=2) == [0]


def test_acts_of_a_period(store: LogStore) -> None:
    store.append([Act("started", at(0)), Reading(FRIDGE, "1", at(1))])
    store.append([Act("stopped", at(2)), Act("started", at(9))])
    found = ranges.acts_of_period(store.path, at(1), at(20), 10)
    assert [kept.index for kept in found] == [2, 3]
    assert [k.index for k in ranges.acts_of_period(store.path, at(0), at(20), 2)] == [
        2,
        3,
    ]


def test_entities_by_name(filled: LogStore) -> None:
    assert ranges.entities(filled.path) == [DOOR, FRIDGE]


def gaps(*records: Record, first: int = 0) -> list[Gap]:
    entries = [entry.decode(entry.encode(record)) for record in records]
    return ranges.gaps(entries, {FRIDGE}, first)


def test_gaps_of_an_entity_end_with_its_next_state() -> None:
    assert gaps(
        Reading(FRIDGE, "4", at(0)),
        Reading(FRIDGE, "unavailable", at(1)),
        Reading(FRIDGE, "unavailable", at(2)),
        Reading(DOOR, "unavailable", at(3)),
        Reading(FRIDGE, "unknown", at(4)),
        Reading(FRIDGE, "4", at(5)),
        Reading(FRIDGE, "unavailable", at(6)),
    ) == [
        Gap(Why.UNAVAILABLE, at(1), at(4), FRIDGE),
        Gap(Why.UNKNOWN, at(4), at(5), FRIDGE),
        Gap(Why.UNAVAILABLE, at(6), None, FRIDGE),
    ]


def test_gaps_of_the_log_itself() -> None:
    assert gaps(
        Act("started", at(0)),
        Reading(DOOR, "on", at(1)),
        Act("started", at(5)),
        Act("paused", at(6)),
        Act("stopped", at(7)),
        Act("started", at(8)),
        Act("resumed", at(9)),
        Act("paused", at(10)),
    ) == [
        Gap(Why.STOPPED, at(1), at(5)),
        Gap(Why.PAUSED, at(6), at(9)),
        Gap(Why.STOPPED, at(7), at(8)),
        Gap(Why.PAUSED, at(10), None),
    ]


def test_gaps_reach_over_both_ends() -> None:
    reading = Reading(DOOR, "on", at(5))
    cases: list[tuple[list[Record], Gap]] = [
        ([Act("started", at(1)), reading], Gap(Why.STOPPED, None, at(1))),
        ([Act("resumed", at(1)), reading], Gap(Why.PAUSED, None, at(1))),
        ([reading, Act("stopped", at(6))], Gap(Why.STOPPED, at(6), None)),
        ([reading, Act("paused", at(6))], Gap(Why.PAUSED, at(6), None)),
    ]
    for records, expected in cases:
        assert gaps(*records, first=7) == [expected]
    # Before a log there was nothing that could have seen anything.
    assert gaps(Act("started", at(1)), reading) == []


def test_a_pause_that_began_before_lasts_through_what_is_noted_in_it() -> None:
    assert gaps(
        Act("started", at(1)),
        Act("sources", at(2)),
        Act("resumed", at(3)),
        Act("resumed", at(9)),
        first=7,
    ) == [Gap(Why.STOPPED, None, at(1)), Gap(Why.PAUSED, None, at(3))]


def test_a_gap_that_begins_twice_is_one() -> None:
    assert gaps(
        Act("paused", at(1)),
        Act("paused", at(2)),
        Act("resumed", at(3)),
        Act("stopped", at(4)),
        Act("stopped", at(5)),
        Act("started", at(6)),
    ) == [Gap(Why.PAUSED, at(1), at(3)), Gap(Why.STOPPED, at(4), at(6))]


def test_a_gap_does_not_end_before_it_begins_where_a_clock_was_set() -> None:
    assert gaps(Act("stopped", at(9)), Act("started", at(1))) == [
        Gap(Why.STOPPED, at(1), at(1))
    ]


def test_no_gap_where_all_is_well() -> None:
    assert gaps(Reading(FRIDGE, "4", at(0)), Reading(FRIDGE, "5", at(1))) == []
