"""The tables in a log's file."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .database import StoreError, connect, transaction
from .note import VerifierKey

VERSION = 1

_TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE entity (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    # entity is null for an act; time is in microseconds since 1970; entry is null
    # once it has been erased
    """CREATE TABLE entry (
        number INTEGER PRIMARY KEY,
        leaf BLOB NOT NULL,
        entity INTEGER REFERENCES entity (id),
        time INTEGER NOT NULL,
        entry BLOB
    )""",
    "CREATE INDEX entry_by_entity_and_time ON entry (entity, time)",
    # the root of each complete subtree of 256**level leaves; level 0 is entry.leaf
    """CREATE TABLE subtree (
        level INTEGER, number INTEGER, root BLOB NOT NULL, PRIMARY KEY (level, number)
    ) WITHOUT ROWID""",
    "CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL)",
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(time: datetime) -> int:
    """Return a time as the tables hold it."""
    return (time - _EPOCH) // _MICROSECOND


def time_of(microseconds: int) -> datetime:
    """Return a time that the tables hold, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND


def create(path: Path, key: VerifierKey) -> None:
    """Make the file of a log that this key signs, with nothing in it yet.

    Raises:
        OSError, sqlite3.Error: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole: half a log would be no log.
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with closing(connect(unfinished)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            for statement in _TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
            connection.execute("INSERT INTO meta VALUES ('key', ?)", (str(key),))
    unfinished.rename(path)


def read_key(connection: sqlite3.Connection) -> VerifierKey:
    """Make sure that this version can read a file, and return the key of its log.

    Raises:
        StoreError: a later version wrote it.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        raise StoreError(
            f"the log's file has format {version}, and this version of the"
            f" integration reads format {VERSION}"
        )
    meta = dict(connection.execute("SELECT name, value FROM meta"))
    return VerifierKey.parse(meta["key"])
