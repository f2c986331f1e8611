"""Leaving the file of a log alone for as long as a backup copies it."""

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from .database import StoreUnavailableError, connect, translated_errors

_PAUSE = 0.05


class BusyError(StoreUnavailableError):
    """The file is in use all the time."""


class Hold:
    """Keeps what is in a log's file as it is, while the log goes on.

    From the start of the hold to its release, what is written goes only to the file's
    write-ahead log (``-wal``), which only grows then. So a copy of the file is whole by
    itself, and with a copy of the ``-wal`` of any later moment it is whole as of then:
    SQLite takes whole transactions of it, in their order, and leaves out the rest.

    That is so because a reader that found the ``-wal`` empty reads the file itself, and
    SQLite carries nothing over into a file that is read so, for no connection and no
    process (https://sqlite.org/walformat.html, section 2.3.2, WAL_READ_LOCK(0)).
    """

    def __init__(self, path: Path, seconds: float) -> None:
        """Carry over what was written, and hold the file. For an executor.

        Raises:
            BusyError: it is read or written all the time, for so many seconds.
            StoreError: it cannot be used.
        """
        wal = path.with_name(f"{path.name}-wal")
        deadline = time.monotonic() + seconds
        with translated_errors():
            self._connection = connect(path)
        try:
            with translated_errors():
                self._connection.execute("PRAGMA busy_timeout = 1000")
                self._begin(wal, deadline)
        except BaseException:
            self._connection.close()
            raise

    def _begin(self, wal: Path, deadline: float) -> None:
        while not self._carry_over() or not self._read_file(wal):
            if time.monotonic() >= deadline:
                raise BusyError("the log's file is in use all the time")
            time.sleep(_PAUSE)

    def _carry_over(self) -> bool:
        """Empty the write-ahead log; say whether nobody was in the way."""
        (busy, _, _) = self._connection.execute(
            "PRAGMA wal_checkpoint(TRUNCATE)"
        ).fetchone()
        return not busy

    def _read_file(self, wal: Path) -> bool:
        """Begin to read; say whether the write-ahead log was empty at that moment."""
        self._connection.execute("BEGIN")
        self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if not wal.exists() or wal.stat().st_size == 0:
            return True
        self._connection.execute("ROLLBACK")
        return False

    def release(self) -> None:
        """Let what is written be carried over into the file again."""
        with suppress(sqlite3.Error):
            self._connection.close()
