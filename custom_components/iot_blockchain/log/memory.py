"""What a log remembers apart from what it keeps: texts by name, in its own file."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from .database import connect_to_read, translated_errors

_PREFIX: Final = "memory:"


def to_rows(memory: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the rows of the table ``meta`` that hold it."""
    return [(_PREFIX + name, value) for name, value in memory.items()]


def recall(path: Path) -> dict[str, str]:
    """Read what a log remembers, also one that is damaged elsewhere.

    Raises:
        StoreError: it cannot be read.
    """
    with closing(connect_to_read(path)) as connection, translated_errors():
        return {
            name.removeprefix(_PREFIX): value
            for name, value in connection.execute("SELECT name, value FROM meta")
            if name.startswith(_PREFIX)
        }
