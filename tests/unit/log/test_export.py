"""The export of a log, checked with a reader that knows only C2SP tlog-tiles."""

import errno
import io
import json
import sqlite3
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from custom_components.iot_blockchain.log import checkpoint, entry, tiles
from custom_components.iot_blockchain.log.database import StoreError
from custom_components.iot_blockchain.log.entry import Act, Reading
from custom_components.iot_blockchain.log.export import export
from custom_components.iot_blockchain.log.note import Signer, VerifierKey
from custom_components.iot_blockchain.log.receipt import Anchor
from custom_components.iot_blockchain.log.store import LogStore

from . import reference
from .tlog_tiles import TiledLog

TIME = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
SIGNER = Signer("home.iot-blockchain/" + "ab" * 32, bytes(range(32)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LogStore]:
    created = LogStore.create(tmp_path / "log.db", SIGNER.verifier_key)
    with closing(created):
        yield created


def fill(store: LogStore, count: int) -> str:
    """Append some readings, and return the checkpoint after them."""
    store.append([Reading(f"sensor.{n % 7}", f"{n} °C", TIME) for n in range(count)])
    return store.sign_checkpoint(SIGNER)[1]


def exported(store: LogStore, note: str, anchor: Anchor | None = None) -> TiledLog:
    output = io.BytesIO()
    progress = list(export(store, note, output, anchor))
    assert progress == sorted(progress)
    with ZipFile(output) as archive:
        log = TiledLog.of(archive)
    assert progress[-1] == log.size
    return log


def damage(store: LogStore, statement: str) -> None:
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 1000, 65_536, 70_000])
def test_entries_and_tiles_lead_to_the_root_of_the_checkpoint(
    store: LogStore, size: int
) -> None:
    log = exported(store, fill(store, size))
    assert log.checkpoint == (SIGNER.verifier_key.name, size, store.root())
    assert log.root_of_entries() == log.root_of_tiles() == store.root()
    assert {path for path in log.resources if path.startswith("tile/")} == log.paths
    assert log.resources.keys() - log.paths == {"checkpoint", "key"}
    # Each hash of a higher level is that of a full tile below it.
    for level in range(1, log.levels):
        below = log.level(level - 1)
        assert log.level(level) == [
            reference.mth(below[start : start + 256])
            for start in range(0, len(below) // 256 * 256, 256)
        ]


def test_the_tiles_of_the_specification_s_example(store: LogStore) -> None:
    log = exported(store, fill(store, 70_000))
    found = Counter(
        (path.split("/")[1], ".p" in path)
        for path in log.paths
        if "entries" not in path
    )
    assert found == {
        ("0", False): 273,
        ("0", True): 1,
        ("1", False): 1,
        ("1", True): 1,
        ("2", True): 1,
    }
    assert {"tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"} <= log.paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (tiles.path(0, 1234067), "tile/0/x001/x234/067"),
        (tiles.path(1, 0), "tile/1/000"),
        (tiles.path(2, 999, 255), "tile/2/999.p/255"),
        (tiles.path(tiles.ENTRIES, 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(path: str, expected: str) -> None:
    assert path == expected


def test_the_key_stands_beside_the_checkpoint_that_it_signed(store: LogStore) -> None:
    log = exported(store, fill(store, 3))
    key = VerifierKey.parse(log.resources["key"].decode().removesuffix("\n"))
    note = log.resources["checkpoint"].decode()
    assert checkpoint.verify(note, key).root == store.root()


def test_the_last_anchor_is_written_as_in_a_receipt(store: LogStore) -> None:
    anchor = Anchor(
        chain="eip155:1",
        contract="0x" + "ab" * 20,
        creator="0x" + "cd" * 20,
        log=bytes(32),
        number=1,
        size=2,
        root=bytes(32),
        block_number=3,
        block_hash=bytes(32),
        block_time=4,
        transaction=bytes(32),
    )
    log = exported(store, fill(store, 3), anchor)
    assert Anchor.from_json(json.loads(log.resources["anchor.json"])) == anchor


def test_a_log_that_has_grown_is_exported_as_it_was(store: LogStore) -> None:
    note = fill(store, 300)
    root = store.root()
    fill(store, 300)
    log = exported(store, note)
    assert log.size == 300
    assert log.root_of_entries() == root


def test_the_same_log_is_the_same_file(store: LogStore) -> None:
    note = fill(store, 300)
    files = [io.BytesIO(), io.BytesIO()]
    for file in files:
        list(export(store, note, file))
    assert files[0].getvalue() == files[1].getvalue()


def test_the_log_goes_on_meanwhile(store: LogStore) -> None:
    note = fill(store, 600)
    output = io.BytesIO()
    for _ in export(store, note, output):
        fill(store, 10)
    with ZipFile(output) as archive:
        assert TiledLog.of(archive).size == 600
    assert store.size == 630


def test_an_erased_entry_leaves_only_its_hash(store: LogStore) -> None:
    note = fill(store, 300)
    (erased,) = store.entries(260, 261)
    damage(store, "UPDATE entry SET entry = NULL WHERE number = 260")
    log = exported(store, note)
    assert log.entries[260] == b""
    assert log.entries[259] != b""
    assert log.level(0)[260] == reference.hash_leaf(erased)
    assert log.root_of_tiles() == store.root()


def test_an_entry_too_long_for_a_bundle_stands_in_a_file_of_its_own(
    store: LogStore,
) -> None:
    fill(store, 2)
    # The longest that a bundle holds, and one byte more.
    empty = len(entry.encode(Act("", TIME)))
    for length in (65_535, 65_536):
        store.append([Act("a" * (length - empty), TIME)])
    log = exported(store, store.sign_checkpoint(SIGNER)[1])
    fits, too_long = store.entries(2, 4)
    assert (len(fits), len(too_long)) == (65_535, 65_536)
    assert log.entries[2:] == [fits, b""]
    assert log.resources["long/3"] == too_long
    assert log.root_of_tiles() == store.root()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE entry SET entry = x'7b7d' WHERE number = 260", "entry 260 is damaged"),
        ("UPDATE entry SET leaf = zeroblob(32), entry = NULL", "does not contain"),
        ("DELETE FROM entry WHERE number = 260", "from 256 to 299 are missing"),
        ("DROP TABLE entry", "cannot be used"),
    ],
)
def test_a_damaged_log_is_not_exported(
    store: LogStore, statement: str, message: str
) -> None:
    note = fill(store, 300)
    damage(store, statement)
    with pytest.raises(StoreError, match=message):
        list(export(store, note, io.BytesIO()))


class FullDisk(io.BytesIO):
    """Takes so many bytes, and no more."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room

    def write(self, data: object) -> int:
        if self.tell() + len(bytes(data)) > self.room:  # type: ignore[call-overload]
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [0, 0.3, 0.9, 0.99])
def test_a_full_disk_is_called_so_wherever_it_happens(
    store: LogStore, share: float
) -> None:
    note = fill(store, 2000)
    whole = io.BytesIO()
    list(export(store, note, whole))
    with pytest.raises(OSError, match="No space left"):
        list(export(store, note, FullDisk(int(len(whole.getvalue()) * share))))


def test_it_ends_when_nobody_asks_for_more(store: LogStore) -> None:
    note = fill(store, 2000)
    output = io.BytesIO()
    work = export(store, note, output)
    assert next(work) == 256
    work.close()
    written = output.tell()
    assert list(work) == []
    assert output.tell() == written
    # Nothing holds the log's file open any more.
    assert fill(store, 1)


def test_the_memory_that_it_takes_does_not_grow_with_the_log(store: LogStore) -> None:
    peaks = []
    for _ in range(2):
        note = fill(store, 50_000)
        tracemalloc.start()
        with (store.path.parent / "export.zip").open("wb") as output:
            list(export(store, note, output))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # 50,000 entries are 8 MB. What each bundle adds is a line in the ZIP's contents.
    assert peaks[1] - peaks[0] < 500_000
