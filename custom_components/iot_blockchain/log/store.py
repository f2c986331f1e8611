"""The log on disk: one SQLite file in WAL mode.

Entries are only ever added. One writer appends in transactions; readers have a
connection of their own, so a long export does not hold up recording. Every commit is
synced to the disk before it counts: an entry that was anchored and then lost in a power
cut would leave a log that can never be continued.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import Any

from . import checkpoint, entry, history, memory as log_memory, note, schema, tree
from .checkpoint import Checkpoint
from .database import (
    StoreError,
    StoreUnavailableError,
    connect,
    transaction,
    translated_errors,
)
from .merkle import HASH_SIZE, leaf_hash

# The write-ahead log is carried over into the file at this many pages (16 MB): seldom,
# because the right edges of the tables and of the index are written anew each time.
_CHECKPOINT_PAGES = 4000


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the log holds."""

    size: int
    readings: int


class LogStore:
    """A log in a file. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open an existing log.

        Raises:
            StoreError: there is none, it is damaged, or a later version wrote it;
                StoreUnavailableError where only the disk, or its rights, are at fault.
        """
        if not path.is_file():
            raise StoreError(f"there is no log at {path.name}")
        if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
            # Without this, SQLite only says that it cannot open the file.
            raise StoreUnavailableError(
                "the log's file may not be written to: the disk is read-only, or the"
                " file belongs to another user"
            )
        self.path = path
        self._write_lock = RLock()
        self._read_lock = RLock()
        with translated_errors():
            self._opened = self._identity()
            self._writer = connect(path)
            self._writer.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
            self._reader = connect(path)
        try:
            with translated_errors():
                self._load()
        except StoreError:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path, key: note.VerifierKey) -> LogStore:
        """Make the file of a new log, and open it.

        The name of the key is the log's origin.

        Raises:
            StoreError: something is there already, or cannot be written.
        """
        if path.exists():
            raise StoreError(f"there is a log at {path.name} already")
        with translated_errors():
            schema.create(path, key)
        return cls(path)

    def _load(self) -> None:
        self.key = schema.read_key(self._reader)
        (last,) = self._reader.execute("SELECT max(number) FROM entry").fetchone()
        self._size = 0 if last is None else last + 1
        (acts,) = self._reader.execute(
            "SELECT count(*) FROM entry WHERE entity IS NULL"
        ).fetchone()
        self._acts: int = acts
        self._last_readings = history.last_readings(self.path)
        self._entities: dict[str, int] = dict(
            self._reader.execute("SELECT name, id FROM entity")
        )
        levels: list[Sequence[bytes]] = []
        complete = self._size
        while complete:
            start = complete - complete % tree.LEVEL_WIDTH
            levels.append(self.subtree_roots(len(levels), start, complete))
            complete //= tree.LEVEL_WIDTH
        self._frontier = tree.Frontier(levels)
        last_checkpoint = self.last_checkpoint()
        if last_checkpoint is None:
            return
        signed = checkpoint.verify(last_checkpoint, self.key)
        if signed.size > self._size or self.root(signed.size) != signed.root:
            raise StoreError("the log does not contain what its last checkpoint says")

    def close(self) -> None:
        """Close the file. The log cannot be used after."""
        with self._write_lock, self._read_lock:
            self._writer.close()
            self._reader.close()

    @property
    def origin(self) -> str:
        """The log's name for the world."""
        return self.key.name

    @property
    def counts(self) -> Counts:
        """How many entries there are, and how many of them are readings."""
        with self._write_lock:
            return Counts(self._size, self._size - self._acts)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self._size

    def append(
        self,
        records: Sequence[entry.Record],
        memory: Mapping[str, str] = MappingProxyType({}),
    ) -> Counts:
        """Write records as entries, all or none, and return the new counts.

        When this returns, they are on the disk, and with them ``memory``: what
        ``recall`` is to return, by its names.

        Raises:
            StoreError: nothing was written.
        """
        encoded = [entry.encode(record) for record in records]
        leaves = [leaf_hash(data) for data in encoded]
        with self._write_lock, translated_errors():
            self._require_file()
            frontier = self._frontier.copy()
            completed = frontier.append(leaves)
            size = self._size + len(records)
            with transaction(self._writer):
                self._writer.executemany(
                    "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                    log_memory.to_rows(memory),
                )
                new_entities = self._add_entities(records)
                entities = self._entities | new_entities
                self._writer.executemany(
                    "INSERT INTO entry VALUES (?, ?, ?, ?, ?)",
                    (
                        (
                            self._size + offset,
                            leaf,
                            None
                            if isinstance(record, entry.Act)
                            else entities[record.entity],
                            schema.microseconds(record.time),
                            data,
                        )
                        for offset, (record, leaf, data) in enumerate(
                            zip(records, leaves, encoded, strict=True)
                        )
                    ),
                )
                for level, roots in completed:
                    start = size // tree.LEVEL_WIDTH**level - len(roots)
                    self._writer.executemany(
                        "INSERT INTO subtree VALUES (?, ?, ?)",
                        (
                            (level, start + offset, root)
                            for offset, root in enumerate(roots)
                        ),
                    )
            self._frontier = frontier
            self._entities = entities
            self._last_readings |= {
                record.entity: self._size + offset
                for offset, record in enumerate(records)
                if not isinstance(record, entry.Act)
            }
            self._acts += sum(isinstance(record, entry.Act) for record in records)
            self._size = size
            return self.counts

    def _require_file(self) -> None:
        """Make sure that the file is still the one that was opened.

        A file that was removed or replaced can be written to on and on, and is gone
        with the process: nothing of it may count as recorded, or be anchored.
        """
        try:
            found = self._identity()
        except FileNotFoundError:
            found = None
        if found != self._opened:
            raise StoreError(
                "the log's file was removed or replaced while it was in use; put it"
                " back and restart Home Assistant"
            )

    def _identity(self) -> tuple[int, int]:
        status = self.path.stat()
        return status.st_dev, status.st_ino

    def _add_entities(self, records: Sequence[entry.Record]) -> dict[str, int]:
        names = {
            record.entity: None
            for record in records
            if not isinstance(record, entry.Act)
        }
        added: dict[str, int] = {}
        for name in names:
            if name not in self._entities:
                cursor = self._writer.execute(
                    "INSERT INTO entity (name) VALUES (?)", (name,)
                )
                added[name] = cursor.lastrowid or 0
        return added

    def recall(self) -> dict[str, str]:
        """Return what was written beside the entries, by its names."""
        return log_memory.recall(self.path)

    def subtree_roots(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Return the roots numbered ``start`` up to ``stop`` at ``level``."""
        query = (
            "SELECT leaf FROM entry WHERE number >= ? AND number < ? ORDER BY number"
            if level == 0
            else "SELECT root FROM subtree WHERE number >= ? AND number < ?"
            " AND level = ? ORDER BY number"
        )
        parameters = (start, stop) if level == 0 else (start, stop, level)
        roots = [root for (root,) in self._read(query, parameters)]
        if len(roots) != stop - start or any(len(root) != HASH_SIZE for root in roots):
            raise StoreError("hashes are missing from the log's file")
        return roots

    def root(self, size: int | None = None) -> bytes:
        """Hash the log as it was at a size, or as it is."""
        if size is None:
            with self._write_lock:
                return self._frontier.root()
        return tree.root(self, size)

    def range_proof(self, first: int, stop: int, size: int) -> list[bytes]:
        """Prove the entries ``first`` up to ``stop`` in the log as it was at a size."""
        return tree.range_proof(self, first, stop, size)

    def consistency_proof(self, size1: int, size2: int) -> list[bytes]:
        """Prove that the log at ``size2`` extends the log at ``size1``."""
        return tree.consistency_proof(self, size1, size2)

    def entries(self, first: int, stop: int) -> list[bytes]:
        """Return entries as they were written.

        Raises:
            StoreError: one of them does not exist, was erased, or is damaged.
        """
        found = self._read(
            "SELECT number, leaf, entry FROM entry WHERE number >= ? AND number < ?"
            " AND entry IS NOT NULL ORDER BY number",
            (first, stop),
        )
        if len(found) != stop - first:
            raise StoreError(
                f"the log has no entries {first} to {stop - 1}, or one was erased"
            )
        for number, leaf, data in found:
            if not isinstance(data, bytes) or leaf_hash(data) != leaf:
                raise StoreError(f"the entry {number} is damaged in the log's file")
        return [data for _, _, data in found]

    def find(self, entity: str, time: datetime | None = None) -> int | None:
        """Return the index of an entity's last reading at or before a time.

        Without a time: of its last reading, whatever the clock said then.
        """
        number = self._entities.get(entity)
        rows = (
            self._read("SELECT max(number) FROM entry WHERE entity = ?", (number,))
            if time is None
            else self._read(
                "SELECT number FROM entry WHERE entity = ? AND time <= ?"
                " ORDER BY time DESC, number DESC LIMIT 1",
                (number, schema.microseconds(time)),
            )
        )
        return rows[0][0] if rows else None

    def last_reading(self, entity: str) -> int | None:
        """Return the index of an entity's last reading. It is known: nothing is read.

        It is the last one written, or of those before a start the one of latest time.
        """
        return self._last_readings.get(entity)

    def has_reading(self, entity: str, first: datetime, last: datetime) -> bool:
        """Say whether a reading of an entity was made between two times, or at them."""
        return bool(
            self._read(
                "SELECT 1 FROM entry WHERE entity = ? AND time BETWEEN ? AND ? LIMIT 1",
                (
                    self._entities.get(entity),
                    schema.microseconds(first),
                    schema.microseconds(last),
                ),
            )
        )

    def acts(self, *names: str) -> Iterator[entry.Entry]:
        """Go through the acts that have one of these names, the last first."""
        for (data,) in self._read(
            "SELECT entry FROM entry WHERE entity IS NULL AND entry IS NOT NULL"
            " ORDER BY number DESC",
            (),
        ):
            decoded = entry.decode(data)
            if decoded.members.get("act") in names:
                yield decoded

    def counts_from(self, size: int) -> Counts:
        """Count the entries, and the readings among them, after the first ``size``."""
        with self._write_lock:
            ((acts,),) = self._read(
                "SELECT count(*) FROM entry WHERE entity IS NULL AND number >= ?",
                (size,),
            )
            waiting = self._size - size
            return Counts(waiting, waiting - acts)

    def time_of_first_reading_from(self, size: int) -> datetime | None:
        """Return when the first reading after the first ``size`` entries was made."""
        rows = self._read(
            "SELECT time FROM entry WHERE number >= ? AND entity IS NOT NULL"
            " ORDER BY number LIMIT 1",
            (size,),
        )
        return schema.time_of(rows[0][0]) if rows else None

    def sign_checkpoint(self, signer: note.Signer) -> tuple[Checkpoint, str]:
        """Sign what the log is now, keep the note, and return both.

        The log must not be empty.

        Raises:
            StoreError: the signer is not this log's, or the note cannot be kept.
        """
        if signer.verifier_key != self.key:
            raise StoreError("this is not the key that signs this log")
        with self._write_lock, translated_errors():
            self._require_file()
            current = Checkpoint(self.origin, self._size, self._frontier.root())
            existing = self.checkpoint_at(current.size)
            if existing is not None:
                return current, existing
            text = checkpoint.sign(current, signer)
            with transaction(self._writer):
                self._writer.execute(
                    "INSERT INTO checkpoint VALUES (?, ?)", (current.size, text)
                )
            return current, text

    def checkpoint_at(self, size: int) -> str | None:
        """Return the signed checkpoint of exactly this size."""
        rows = self._read("SELECT note FROM checkpoint WHERE size = ?", (size,))
        return rows[0][0] if rows else None

    def last_checkpoint(self) -> str | None:
        """Return the signed checkpoint of the largest size."""
        rows = self._read("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1", ())
        return rows[0][0] if rows else None

    def _read(self, query: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._read_lock, translated_errors():
            return self._reader.execute(query, parameters).fetchall()
