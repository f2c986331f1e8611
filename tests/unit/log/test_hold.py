"""A log's file is left alone for as long as it is held."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from custom_components.iot_blockchain.log import hold
from custom_components.iot_blockchain.log.database import StoreError, connect
from custom_components.iot_blockchain.log.hold import BusyError, Hold
from custom_components.iot_blockchain.log.note import Signer, new_private_key
from custom_components.iot_blockchain.log.store import LogStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    key = Signer("house", new_private_key()).verifier_key
    with closing(LogStore.create(tmp_path / "log.db", key)) as created:
        yield created


def write(store: LogStore) -> None:
    store.append([], {"something": "x" * 5000})


def carry_over(store: LogStore) -> bool:
    """Carry over all that can be; say whether the file is another then."""
    before = store.path.read_bytes()
    store._writer.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return store.path.read_bytes() != before


def test_file_is_whole_and_stays_as_it_is_until_released(store: LogStore) -> None:
    write(store)
    held = Hold(store.path, 5)
    assert store.path.with_name("log.db-wal").stat().st_size == 0
    write(store)
    assert not carry_over(store)
    held.release()
    assert carry_over(store)


def test_what_is_written_just_before_the_hold_is_carried_over_too(
    store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Hold._carry_over
    times: list[int] = []

    def late(self: Hold) -> bool:
        done = original(self)
        if len(times) < 3:
            times.append(1)
            write(store)
        return done

    monkeypatch.setattr(Hold, "_carry_over", late)
    monkeypatch.setattr(hold, "_PAUSE", 0)
    held = Hold(store.path, 5)
    assert len(times) == 3
    write(store)
    assert not carry_over(store)
    held.release()


def test_file_that_is_read_all_the_time_is_not_held(store: LogStore) -> None:
    write(store)
    with closing(connect(store.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM meta").fetchone()
        write(store)
        with pytest.raises(BusyError):
            Hold(store.path, 0.05)
    Hold(store.path, 5).release()


def test_file_that_is_no_log_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError):
        Hold(path, 1)
