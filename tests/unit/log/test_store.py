"""The log on disk."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.iot_blockchain.log import checkpoint, entry
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.database import (
    StoreError,
    StoreUnavailableError,
    connect,
)
from custom_components.iot_blockchain.log.entry import Act, Reading
from custom_components.iot_blockchain.log.merkle import (
    verify_consistency,
    verify_range,
)
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.store import Counts, LogStore

from . import reference

TIME = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SIGNER = Signer("home.iot-blockchain/" + "ab" * 32, bytes(range(32)))
ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "log.db"


@pytest.fixture
def store(path: Path) -> Iterator[LogStore]:
    with closing(LogStore.create(path, SIGNER.verifier_key)) as created:
        yield created


def readings(count: int, start: int = 0) -> list[Reading | Act]:
    return [
        Reading(f"sensor.{number % 3}", str(number), TIME + timedelta(seconds=number))
        for number in range(start, start + count)
    ]


def states(store: LogStore) -> list[str]:
    return [
        str(entry.decode(data).members["state"])
        for data in store.entries(0, store.size)
    ]


def expected_root(store: LogStore) -> bytes:
    return reference.mth(
        [reference.hash_leaf(data) for data in store.entries(0, store.size)]
    )


def tamper(path: Path, *statements: str) -> None:
    """Change the file as somebody with another program would."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def reopened(path: Path) -> LogStore:
    return LogStore(path)


def test_a_new_log_is_empty(store: LogStore, path: Path) -> None:
    assert path.is_file()
    assert store.counts == Counts(0, 0)
    assert store.size == 0
    assert store.root() == reference.mth([])
    assert store.origin == SIGNER.verifier_key.name
    assert store.key == SIGNER.verifier_key
    assert store.last_checkpoint() is None
    assert store.find("sensor.0") is None
    assert store.time_of_first_reading_from(0) is None


def test_entries_are_there_after_reopening(store: LogStore, path: Path) -> None:
    store.append(readings(300))
    store.append([Act("paused", TIME), *readings(5, 300)])
    before = (store.counts, store.root(), store.entries(0, 306))
    store.close()
    with closing(reopened(path)) as again:
        assert (again.counts, again.root(), again.entries(0, 306)) == before
        assert again.counts == Counts(306, 305)
        again.append(readings(10, 305))
        assert again.root() == expected_root(again)
        assert again.size == 316


def test_the_same_log_comes_of_any_batches(path: Path) -> None:
    with closing(LogStore.create(path, SIGNER.verifier_key)) as store:
        for batch in (1, 0, 254, 1, 1, 300, 2):
            assert store.append(readings(batch, store.size)).size == store.size
            assert store.root() == expected_root(store)
        assert states(store) == [str(number) for number in range(559)]


def test_proofs_hold_across_the_stored_levels(store: LogStore) -> None:
    roots = {}
    for batch in (200, 56, 1, 300, 9500, 3):
        store.append(readings(batch, store.size))
        roots[store.size] = store.root()
    leaves = [reference.hash_leaf(data) for data in store.entries(0, store.size)]
    sizes = sorted(roots)
    for size in sizes:
        assert store.root(size) == roots[size] == reference.mth(leaves[:size])
        first, stop = size // 2, min(size, size // 2 + 7)
        proof = store.range_proof(first, stop, size)
        verify_range(leaves[first:stop], first, size, proof, roots[size])
        for later in sizes:
            if later >= size:
                verify_consistency(
                    size,
                    later,
                    store.consistency_proof(size, later),
                    roots[size],
                    roots[later],
                )


def test_a_log_grows_past_the_second_level(store: LogStore, path: Path) -> None:
    for _ in range(9):
        store.append(readings(7500, store.size))
    assert store.size == 67500
    store.close()
    with closing(reopened(path)) as again:
        again.append(readings(1, 67500))
        leaves = [reference.hash_leaf(data) for data in again.entries(0, 67501)]
        assert again.root() == again.root(67501) == reference.mth(leaves)
        proof = again.range_proof(65530, 65540, 67501)
        verify_range(leaves[65530:65540], 65530, 67501, proof, again.root())


def test_entries_are_verbatim(store: LogStore) -> None:
    strange = 'a"b\\c\n\x00 \U0001f600 \ud800'
    store.append([Reading("sensor.x", strange, TIME, "°C", "temperature")])
    (data,) = store.entries(0, 1)
    read = entry.decode(data)
    assert read.members["state"] == strange.replace("\ud800", "\ufffd")
    assert store.root() == reference.hash_leaf(data)


@pytest.mark.parametrize(("first", "stop"), [(0, 4), (3, 4), (-1, 1), (2, 5), (4, 9)])
def test_entries_that_are_not_there_are_an_error(
    store: LogStore, first: int, stop: int
) -> None:
    store.append(readings(3))
    with pytest.raises(StoreError, match=f"no entries {first} to {stop - 1}"):
        store.entries(first, stop)


def test_a_reading_is_found_by_entity_and_time(store: LogStore) -> None:
    store.append([*readings(6), Act("paused", TIME), *readings(3, 6)])
    assert store.find("sensor.0") == 7  # its reading number 6 comes after the act
    assert store.find("sensor.2", TIME + timedelta(seconds=4.5)) == 2
    assert store.find("sensor.2", TIME + timedelta(seconds=5)) == 5
    assert store.find("sensor.2", TIME + timedelta(seconds=1.999999)) is None
    assert store.find("sensor.9") is None
    # Of two at the same time, the one that was recorded last.
    store.append([Reading("sensor.0", "again", TIME + timedelta(seconds=6))])
    assert store.find("sensor.0", TIME + timedelta(seconds=6)) == 10


def test_readings_and_acts_are_counted(store: LogStore) -> None:
    assert store.append([Act("a", TIME), *readings(4)]) == Counts(5, 4)
    assert store.append([*readings(2), Act("b", TIME)]) == Counts(8, 6)
    assert store.counts == Counts(8, 6)


def test_the_first_waiting_reading_is_not_an_act(store: LogStore) -> None:
    store.append([*readings(2), Act("a", TIME), Act("b", TIME), *readings(1, 7)])
    assert store.time_of_first_reading_from(0) == TIME
    assert store.time_of_first_reading_from(2) == TIME + timedelta(seconds=7)
    assert store.time_of_first_reading_from(5) is None


def test_acts_are_gone_through_from_the_last(store: LogStore) -> None:
    store.append(
        [
            Act("sources", TIME, {"n": 1}),
            *readings(3),
            Act("paused", TIME),
            Act("sources", TIME, {"n": 2}),
        ]
    )
    assert [act.members["n"] for act in store.acts("sources")] == [2, 1]
    assert list(store.acts("nothing")) == []


def test_memory_is_on_the_disk_with_the_entries_or_not_at_all(
    store: LogStore, path: Path
) -> None:
    store.append(readings(1), {"device a": "1", "device b": "1"})
    store.append([], {"device b": "2"})
    with sqlite3.connect(path) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON entry"
            " BEGIN SELECT raise(ABORT, 'full'); END"
        )
    other.close()
    with pytest.raises(StoreError, match="full"):
        store.append(readings(1), {"device a": "3"})
    store.close()
    with closing(LogStore(path)) as reopened:
        assert reopened.recall() == {"device a": "1", "device b": "2"}
        assert reopened.size == 1


def test_a_checkpoint_is_signed_once_for_each_size(store: LogStore) -> None:
    store.append(readings(3))
    first, note = store.sign_checkpoint(SIGNER)
    assert first == Checkpoint(store.origin, 3, store.root())
    assert checkpoint.verify(note, store.key) == first
    assert store.sign_checkpoint(SIGNER) == (first, note)
    store.append(readings(1, 3))
    second, later = store.sign_checkpoint(SIGNER)
    assert second.size == 4
    assert store.checkpoint_at(3) == note
    assert store.checkpoint_at(4) == store.last_checkpoint() == later
    assert store.checkpoint_at(2) is None


def test_checkpoints_are_there_after_reopening(store: LogStore, path: Path) -> None:
    store.append(readings(300))
    _, note = store.sign_checkpoint(SIGNER)
    store.append(readings(300, 300))
    store.close()
    with closing(reopened(path)) as again:
        assert again.last_checkpoint() == note


def test_a_log_is_not_made_over_another(store: LogStore, path: Path) -> None:
    store.append(readings(1))
    with pytest.raises(StoreError, match=r"there is a log at log\.db already"):
        LogStore.create(path, SIGNER.verifier_key)
    assert store.size == 1


def test_a_log_that_was_half_made_is_made_anew(path: Path) -> None:
    path.parent.mkdir()
    path.with_suffix(".new").write_bytes(b"SQLite format 3\0 and then a power cut")
    with closing(LogStore.create(path, SIGNER.verifier_key)) as created:
        assert created.size == 0
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_only_the_key_of_the_log_signs_it(store: LogStore) -> None:
    store.append(readings(1))
    with pytest.raises(StoreError, match="not the key"):
        store.sign_checkpoint(Signer(store.origin, bytes(32)))
    assert store.last_checkpoint() is None


def test_a_log_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        LogStore.create(tmp_path / "file" / "log.db", SIGNER.verifier_key)


def test_a_missing_log_is_an_error_and_is_not_made(path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no log at log\.db"):
        LogStore(path)
    assert not path.exists()


def test_a_file_of_a_later_version_is_left_alone(store: LogStore, path: Path) -> None:
    store.close()
    tamper(path, "PRAGMA user_version = 2")
    with pytest.raises(StoreError, match=r"format 2, and this version .* format 1"):
        LogStore(path)


@pytest.mark.parametrize("content", [b"", b"not a database" * 500, bytes(4096)])
def test_a_file_that_is_no_log_is_an_error(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(StoreError):
        LogStore(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("kept", [100, 4096, 10_000])
def test_a_truncated_file_is_an_error(store: LogStore, path: Path, kept: int) -> None:
    store.append(readings(500))
    store.sign_checkpoint(SIGNER)
    store.close()
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(StoreError):
        LogStore(path)


def test_a_file_with_damaged_pages_is_an_error(store: LogStore, path: Path) -> None:
    store.append(readings(500))
    store.sign_checkpoint(SIGNER)
    store.close()
    data = bytearray(path.read_bytes())
    data[4096:] = random.Random(1).randbytes(len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="the log's file cannot be used"):
        LogStore(path)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        # 500 entries: 0 to 255 are in a stored subtree root, the rest is not.
        ("UPDATE entry SET leaf = zeroblob(32) WHERE number = 300", "not contain what"),
        ("UPDATE subtree SET root = zeroblob(32)", "not contain what"),
        ("DELETE FROM entry WHERE number = 499", "not contain what"),
        ("DELETE FROM entry WHERE number = 300", "hashes are missing"),
        ("UPDATE entry SET leaf = x'00' WHERE number = 300", "hashes are missing"),
        ("UPDATE entry SET leaf = NULL WHERE number = 300", "NOT NULL"),
        ("UPDATE entry SET leaf = 5 WHERE number = 300", "cannot be used"),
        ("DELETE FROM subtree", "hashes are missing"),
        ("DELETE FROM meta", "cannot be used"),
        ("UPDATE meta SET value = 'x'", "cannot be used"),
        ("UPDATE checkpoint SET note = 'x'", "cannot be used"),
        ("UPDATE checkpoint SET note = replace(note, '500', '499')", "cannot be used"),
        ("DROP TABLE checkpoint", "cannot be used"),
        ("DROP TABLE entity", "cannot be used"),
    ],
)
def test_a_log_that_was_tampered_with_is_an_error(
    store: LogStore, path: Path, statement: str, message: str
) -> None:
    store.append(readings(500))
    store.sign_checkpoint(SIGNER)
    store.close()
    if message == "NOT NULL":
        with pytest.raises(sqlite3.IntegrityError, match=message):
            tamper(path, statement)
        return
    tamper(path, statement)
    with pytest.raises(StoreError, match=message):
        LogStore(path)


def test_a_checkpoint_of_another_key_is_an_error(store: LogStore, path: Path) -> None:
    store.append(readings(3))
    other = Signer(SIGNER.verifier_key.name, bytes(32))
    note = checkpoint.sign(Checkpoint(store.origin, 3, store.root()), other)
    store.close()
    tamper(path, f"INSERT INTO checkpoint VALUES (3, '{note}')")
    with pytest.raises(StoreError, match="not signed by"):
        LogStore(path)


def test_a_restored_old_file_with_a_new_checkpoint_is_an_error(
    store: LogStore, path: Path
) -> None:
    store.append(readings(3))
    note = checkpoint.sign(Checkpoint(store.origin, 9, bytes(32)), SIGNER)
    store.close()
    tamper(path, f"INSERT INTO checkpoint VALUES (9, '{note}')")
    with pytest.raises(StoreError, match="does not contain what its last checkpoint"):
        LogStore(path)


def test_an_erased_entry_is_said_to_be_and_every_proof_still_holds(
    store: LogStore, path: Path
) -> None:
    store.append(readings(5))
    store.append([Act("kept", TIME), Act("kept", TIME)])
    leaves = [reference.hash_leaf(data) for data in store.entries(0, 7)]
    store.sign_checkpoint(SIGNER)
    store.close()
    tamper(path, "UPDATE entry SET entry = NULL WHERE number IN (2, 6)")
    with closing(reopened(path)) as again:
        with pytest.raises(StoreError, match="or one was erased"):
            again.entries(0, 5)
        assert len(again.entries(3, 5)) == 2
        assert len(list(again.acts("kept"))) == 1
        proof = again.range_proof(2, 3, 7)
        verify_range([leaves[2]], 2, 7, proof, reference.mth(leaves))


def unwritable() -> Reading:
    """Make a record that is refused after others of its batch were written."""
    return Reading("sensor.bad", "1", TIME.replace(tzinfo=None))


def check_untouched(store: LogStore, path: Path, size: int) -> None:
    """See that a failed append left nothing, here and on the disk, and go on."""
    assert store.size == size
    assert store.root() == expected_root(store)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (size,)
        names = {name for (name,) in connection.execute("SELECT name FROM entity")}
    assert names <= {"sensor.0", "sensor.1", "sensor.2"}
    store.append(readings(300, size))
    assert store.root() == expected_root(store)
    store.sign_checkpoint(SIGNER)
    with closing(reopened(path)) as again:
        assert states(again) == [str(number) for number in range(size + 300)]


def test_a_batch_is_written_whole_or_not_at_all(store: LogStore, path: Path) -> None:
    store.append(readings(200))
    with pytest.raises(StoreError):
        store.append([*readings(100, 200), unwritable()])
    check_untouched(store, path, 200)


def test_an_entity_that_cannot_be_written_is_an_error(
    store: LogStore, path: Path
) -> None:
    store.append(readings(3))
    with pytest.raises(StoreError):
        store.append([*readings(1, 3), Reading("sensor.\ud800", "1", TIME)])
    check_untouched(store, path, 3)


def test_a_full_disk_loses_nothing(store: LogStore, path: Path) -> None:
    store.append(readings(200))
    (pages,) = store._writer.execute("PRAGMA page_count").fetchone()
    store._writer.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StoreError, match="full"):
        store.append(readings(2000, 200))
    store._writer.execute("PRAGMA max_page_count = 1000000")
    check_untouched(store, path, 200)


def test_a_disk_that_cannot_be_written_loses_nothing(
    store: LogStore, path: Path
) -> None:
    store.append(readings(200))
    store._writer.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="readonly"):
        store.append(readings(1, 200))
    with pytest.raises(StoreError, match="readonly"):
        store.sign_checkpoint(SIGNER)
    store._writer.execute("PRAGMA query_only = OFF")
    check_untouched(store, path, 200)


def test_a_full_disk_at_the_commit_loses_nothing(store: LogStore, path: Path) -> None:
    store.append(readings(200))
    store._writer.set_authorizer(
        lambda action, argument, *_: (
            sqlite3.SQLITE_DENY
            if (action, argument) == (sqlite3.SQLITE_TRANSACTION, "COMMIT")
            else sqlite3.SQLITE_OK
        )
    )
    with pytest.raises(StoreError, match="not authorized"):
        store.append(readings(1, 200))
    store._writer.set_authorizer(None)
    check_untouched(store, path, 200)


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.append(readings(1)),
        lambda store: store.entries(0, 1),
        lambda store: store.find("sensor.0"),
        lambda store: store.sign_checkpoint(SIGNER),
        lambda store: store.last_checkpoint(),
        lambda store: store.range_proof(0, 1, 3),
    ],
)
def test_a_closed_log_cannot_be_used(
    store: LogStore, use: Callable[[LogStore], object]
) -> None:
    store.append(readings(3))
    store.close()
    store.close()  # twice is harmless
    with pytest.raises(StoreError, match="closed"):
        use(store)


def test_readers_see_whole_batches_while_the_writer_appends(store: LogStore) -> None:
    batch, batches = 50, 30
    stop = threading.Event()
    problems: list[str] = []
    seen: set[int] = set()

    def read() -> None:
        while not stop.is_set():
            size = store.counts.size
            seen.add(size)
            if size % batch:
                problems.append(f"half a batch: {size}")
            if size:
                leaves = [reference.hash_leaf(data) for data in store.entries(0, size)]
                if store.root(size) != reference.mth(leaves):
                    problems.append(f"another root at {size}")
                    return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(batches):
        store.append(readings(batch, store.size))
    stop.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert len(seen) > 1
    assert states(store) == [str(number) for number in range(batch * batches)]


def test_threads_that_append_at_once_lose_and_mix_nothing(store: LogStore) -> None:
    def write(name: int) -> None:
        for number in range(20):
            store.append(
                [Reading(f"sensor.{name}", f"{number}.{n}", TIME) for n in range(7)]
            )

    writers = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert store.size == 4 * 20 * 7
    assert store.root() == expected_root(store)
    read = [entry.decode(data) for data in store.entries(0, store.size)]
    for name in range(4):
        mine = [e.members["state"] for e in read if e.entity == f"sensor.{name}"]
        assert mine == [f"{number}.{n}" for number in range(20) for n in range(7)]


def check_after_a_kill(path: Path, reported: str) -> None:
    """See that the log holds all that was reported, and goes on."""
    size, root = reported.split()
    with closing(reopened(path)) as store:
        assert store.size >= int(size)
        assert store.root(int(size)).hex() == root
        entries = store.entries(0, store.size)
        assert store.root() == reference.mth([*map(reference.hash_leaf, entries)])
        for index, data in enumerate(entries):
            members = entry.decode(data).members
            assert str(members.get("index", members.get("state"))) == str(index)
        store.sign_checkpoint(SIGNER)


def test_nothing_that_was_committed_is_lost_when_the_process_is_killed(
    path: Path,
) -> None:
    LogStore.create(path, SIGNER.verifier_key).close()
    chance = random.Random(20261120)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.unit.log.writer", str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for _ in range(5):
            nursery.stdin.write("\n")
            nursery.stdin.flush()
            lines: list[str] = []
            # The process may say several sizes before the nursery says its id.
            while {" " in line for line in lines} != {True, False}:
                lines.append(nursery.stdout.readline())
            child = int(next(line for line in lines if " " not in line))
            time.sleep(chance.uniform(0, 0.1))
            os.kill(child, signal.SIGKILL)
            while (line := nursery.stdout.readline()) != "killed\n":
                lines.append(line)
            check_after_a_kill(path, [line for line in lines if " " in line][-1])
        nursery.stdin.close()


def test_what_waits_after_a_size_is_counted(store: LogStore) -> None:
    store.append([Act("a", TIME), *readings(4), Act("b", TIME), *readings(1, 4)])
    assert store.counts_from(0) == Counts(7, 5)
    assert store.counts_from(1) == Counts(6, 5)
    assert store.counts_from(5) == Counts(2, 1)
    assert store.counts_from(7) == Counts(0, 0)


def test_a_reading_between_two_times_is_known(store: LogStore) -> None:
    store.append([*readings(4), Act("a", TIME + timedelta(days=1))])

    def has(entity: str, first: int, last: int) -> bool:
        second = timedelta(seconds=1)
        return store.has_reading(entity, TIME + first * second, TIME + last * second)

    assert has("sensor.0", 3, 3)
    assert has("sensor.0", 1, 9)
    assert not has("sensor.0", 1, 2)
    assert not has("sensor.0", 4, 9**6)
    assert not has("sensor.9", 0, 9)


def test_the_last_reading_is_the_last_whatever_the_clock_said(store: LogStore) -> None:
    store.append(readings(4))
    store.append([Reading("sensor.0", "after the clock was set back", TIME)])
    assert store.find("sensor.0") == 4
    assert store.find("sensor.0", TIME + timedelta(hours=1)) == 3
    assert store.find("sensor.9") is None


def test_the_last_reading_of_each_entity_is_known_without_reading_the_file(
    store: LogStore, path: Path
) -> None:
    assert store.last_reading("sensor.a") is None
    store.append([Act("started", TIME), Reading("sensor.a", "1", TIME)])
    store.append(
        [
            Reading("sensor.a", "2", TIME - timedelta(hours=1)),
            Reading("sensor.b", "1", TIME),
        ]
    )
    assert store.last_reading("sensor.a") == 2
    assert store.last_reading("sensor.b") == 3
    store.close()
    assert store.last_reading("sensor.b") == 3
    with closing(LogStore(path)) as reopened:
        # The one of the latest time: to look for the last one would take long.
        assert reopened.last_reading("sensor.a") == 1
        assert reopened.last_reading("sensor.b") == 3


def test_an_entry_that_rotted_is_not_handed_out(store: LogStore, path: Path) -> None:
    store.append(readings(4))
    tamper(path, "UPDATE entry SET entry = replace(entry, '2', '3') WHERE number = 2")
    with pytest.raises(StoreError, match="the entry 2 is damaged"):
        store.entries(0, 4)
    assert len(store.entries(0, 2)) == 2


@pytest.mark.parametrize("replaced", [True, False])
def test_a_file_that_was_removed_or_replaced_is_not_written_to(
    store: LogStore, path: Path, *, replaced: bool
) -> None:
    store.append(readings(4))
    backup = path.with_name("backup")
    shutil.copy(path, backup)
    if replaced:
        backup.rename(path)
    else:
        path.unlink()
    with pytest.raises(StoreError, match="removed or replaced"):
        store.append(readings(1, 4))
    with pytest.raises(StoreError, match="removed or replaced"):
        store.sign_checkpoint(SIGNER)
    assert store.size == 4


def test_a_file_that_may_not_be_written_to_is_not_held_for_damaged(
    store: LogStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's answer is put in: root may write whatever the rights say."""
    monkeypatch.setattr(os, "access", lambda checked, _mode: checked != path.parent)
    with pytest.raises(StoreUnavailableError, match="read-only"):
        LogStore(path)
    assert store.size == 0


def test_a_file_that_another_program_holds_is_not_held_for_damaged(
    store: LogStore, path: Path
) -> None:
    store._writer.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="locked"):
            store.append(readings(1))
    store.append(readings(1))


def test_a_damaged_file_is_not_held_for_unavailable(
    store: LogStore, path: Path
) -> None:
    store.close()
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError) as raised:
        LogStore(path)
    assert not isinstance(raised.value, StoreUnavailableError)


def test_what_is_committed_is_on_the_disk_also_when_the_power_fails(
    path: Path, store: LogStore
) -> None:
    """A killed process does not show it: what it wrote is in the system's memory."""
    with closing(connect(path)) as connection:
        # 2 is FULL: each commit waits until the disk has it.
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._writer.execute("PRAGMA synchronous").fetchone() == (2,)
