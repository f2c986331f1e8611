"""Whoever looks for what is lost or doubled has to find it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custom_components.iot_blockchain.log.entry import Act, Reading
from custom_components.iot_blockchain.log.note import Signer, new_private_key
from custom_components.iot_blockchain.log.store import LogStore
from scripts.house.audit import AuditError, Auditor
from scripts.house.home_assistant import HomeAssistant
from scripts.house.load_generator import entity_of, state_of
from scripts.house.said import shows_a_key

_ENTITIES = 5
_TIME = datetime(2026, 11, 20, tzinfo=UTC)


def _reading(run: int, number: int) -> Reading:
    return Reading(entity_of(number, _ENTITIES), state_of(run, number), _TIME)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    key = Signer("log", new_private_key()).verifier_key
    with closing(LogStore.create(tmp_path / "log.db", key)) as store:
        store.append([Act("started", _TIME), *(_reading(1, n) for n in range(7, 30))])
        yield store


@pytest.fixture
def auditor(store: LogStore) -> Auditor:
    auditor = Auditor(_ENTITIES)
    assert auditor.look(store.path) == {1: 29}
    return auditor


def test_a_log_that_goes_on_is_good(store: LogStore, auditor: Auditor) -> None:
    # Of the states before the log listened, each entity's last one is caught up with.
    store.append([_reading(2, n) for n in (12, 13, 14, 15, *range(20, 40))])
    assert auditor.look(store.path) == {2: 39}
    assert auditor.roots({store.size}) == {store.size: store.root()}


def test_a_log_that_is_set_up_listens_from_its_last_start_on(tmp_path: Path) -> None:
    key = Signer("log", new_private_key()).verifier_key
    with closing(LogStore.create(tmp_path / "log.db", key)) as store:
        store.append([Act("started", _TIME), *(_reading(1, n) for n in range(5))])
        # What came while it was reloaded is caught up with, apart from what is old.
        store.append(
            [Act("started", _TIME), *(_reading(1, n) for n in (11, *range(13, 30)))]
        )
        auditor = Auditor(_ENTITIES)
        assert auditor.look(store.path) == {1: 29}
        # Later, nobody sets it up.
        store.append([_reading(2, n) for n in range(20)])
        store.append([Act("started", _TIME), *(_reading(2, n) for n in range(25, 40))])
        with pytest.raises(AuditError, match="missing"):
            auditor.look(store.path)


@pytest.mark.parametrize(
    ("numbers", "what"),
    [
        pytest.param([*range(9), 3], "twice", id="doubled"),
        pytest.param([*range(20), *range(21, 40)], "missing", id="lost"),
    ],
)
def test_states_that_are_lost_or_doubled_are_found(
    store: LogStore, auditor: Auditor, numbers: list[int], what: str
) -> None:
    store.append([_reading(2, n) for n in numbers])
    with pytest.raises(AuditError, match=what):
        auditor.look(store.path)


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (_reading(1, 30), "which was over"),
        (Reading("sensor.noise_1", "1", _TIME), "not to be recorded"),
        (Reading("sensor.load_0", state_of(2, 0)[:-1], _TIME), "not verbatim"),
        (Reading("sensor.load_1", state_of(2, 0), _TIME), "another entity"),
    ],
)
def test_readings_that_do_not_belong_there_are_found(
    store: LogStore, auditor: Auditor, record: Reading, what: str
) -> None:
    store.append([record])
    with pytest.raises(AuditError, match=what):
        auditor.look(store.path)


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("DELETE FROM entry WHERE number = 23", "are left"),
        ("DELETE FROM entry WHERE number = 3", "the entry 3 is lost"),
        (
            "UPDATE entry SET leaf = zeroblob(32) WHERE number = 3",
            "another than before",
        ),
    ],
)
def test_what_was_seen_must_stay(
    store: LogStore, auditor: Auditor, damage: str, what: str
) -> None:
    _damage(store, damage)
    with pytest.raises(AuditError, match=what):
        auditor.look(store.path)


def test_what_was_committed_before_a_kill_must_be_there_after_it(
    store: LogStore, auditor: Auditor
) -> None:
    store.append([_reading(2, 0)])
    assert auditor.peek(store.path) == store.size
    _damage(store, "DELETE FROM entry WHERE number = 24")
    with pytest.raises(AuditError, match="was committed, and is lost"):
        auditor.look(store.path)


@pytest.mark.parametrize("key", ["AB" * 32, "cd" * 32])
def test_keys_that_were_logged_are_found(tmp_path: Path, key: str) -> None:
    home = HomeAssistant(tmp_path)
    kept = {
        "accounts": {"0x01": f"0x{'ab' * 32}"},
        "logs": {"02": {"private_key": "cd" * 32}},
    }
    (tmp_path / ".storage").mkdir()
    (tmp_path / ".storage" / "iot_blockchain").write_text(json.dumps({"data": kept}))
    (tmp_path / "process.log").write_text(f"0x{'01' * 32} is something else\n")
    assert not shows_a_key(home)
    with (tmp_path / "process.log").open("a") as log:
        log.write(f"signed with <{key}>\n")
    assert shows_a_key(home)


def _damage(store: LogStore, statement: str) -> None:
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute(statement)
