"""A SQLite file that outlives crashes and power cuts, for the log and its journal."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What is wrong with the disk, or with who may use it, and not with the file.
_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


class StoreError(Exception):
    """The log's file cannot be read or written, or is not what it should be."""


class StoreUnavailableError(StoreError):
    """The log's file cannot be used for now; nothing says that it is damaged."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a file, so that what is committed is on the disk.

    The connection may be used from several threads, by one at a time.
    """
    connection = sqlite3.connect(
        path, timeout=30, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a file to read from it only, beside whoever writes to it.

    The connection may be used from several threads, by one at a time.
    """
    with translated_errors():
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            timeout=30,
            isolation_level=None,
            check_same_thread=False,
            uri=True,
        )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all of what follows, or none of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise whatever goes wrong with the file as StoreError."""
    try:
        yield
    except sqlite3.OperationalError as err:
        # the lowest byte is the kind of error, the others say more of it
        code = getattr(err, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        unavailable = code & 0xFF in _UNAVAILABLE
        kind = StoreUnavailableError if unavailable else StoreError
        raise kind(f"the log's file cannot be used: {err}") from err
    except (
        *(sqlite3.Error, OSError, KeyError),
        *(OverflowError, TypeError, ValueError),
    ) as err:
        raise StoreError(f"the log's file cannot be used: {err}") from err
