"""The journal's table of what the logs before this one paid, which its budget counts.

A log that continues another one pays from the same account.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ..log.database import connect, connect_to_read, transaction, translated_errors

SCHEMA = """CREATE TABLE IF NOT EXISTS spent_before (
    chain INTEGER NOT NULL,
    block_time INTEGER NOT NULL,
    -- text, because wei outgrow SQLite's integers
    cost TEXT NOT NULL
)"""

type Cost = tuple[int, str]
"""The time of a block in seconds since 1970, and what was paid for it in wei."""


def costs_in(
    connection: sqlite3.Connection, chain: int, since: datetime
) -> Sequence[Cost]:
    """Return what was paid for blocks since a time, by this log and those before it."""
    start = int(since.timestamp())
    rows = connection.execute(
        "SELECT block_time, cost FROM submission WHERE chain = ?1 AND block_time >= ?2"
        " UNION ALL SELECT block_time, cost FROM spent_before"
        " WHERE chain = ?1 AND block_time >= ?2",
        (chain, start),
    )
    return [(block_time, cost) for block_time, cost in rows]


def costs_since(path: Path, chain: int, since: datetime) -> Sequence[Cost]:
    """Return the same from the file of a log.

    Raises:
        StoreError: it cannot be read.
    """
    with closing(connect_to_read(path)) as connection, translated_errors():
        return costs_in(connection, chain, since)


def carry_over(path: Path, chain: int, costs: Iterable[Cost]) -> None:
    """Count towards the budget of a log what was paid before it.

    Raises:
        StoreError: the log's file cannot be written.
    """
    with translated_errors(), closing(connect(path)) as connection:
        connection.execute(SCHEMA)
        with transaction(connection):
            connection.executemany(
                "INSERT INTO spent_before VALUES (?, ?, ?)",
                ((chain, *cost) for cost in costs),
            )
