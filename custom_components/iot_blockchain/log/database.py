"""A SQLite file that outlives crashes and power cuts, for the log and its journal."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(Exception):
    """The log's file cannot be read or written, or is not what it should be."""


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
    except (sqlite3.Error, OSError, KeyError, TypeError, ValueError) as err:
        raise StoreError(f"the log's file cannot be used: {err}") from err
