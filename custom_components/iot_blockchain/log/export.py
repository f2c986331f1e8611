"""A whole log in one file: C2SP tlog-tiles in a ZIP (see docs/formats.md)."""

import json
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from . import checkpoint, tiles
from .database import StoreError, connect_to_read, translated_errors
from .merkle import leaf_hash
from .receipt import Anchor
from .store import LogStore
from .tree import LEVEL_WIDTH

MEDIA_TYPE: Final = "application/zip"

type _Row = tuple[bytes, bytes | None]
"""A leaf hash, and its entry; None where that was erased."""


def export(
    store: LogStore, note: str, output: IO[bytes], anchor: Anchor | None = None
) -> Generator[int]:
    """Write a log as it was at a checkpoint, and say again and again how far that is.

    ``note`` is the signed checkpoint, ``anchor`` the last one that a block holds.
    What is returned is how many entries are written so far. Closing the generator ends
    the export; what is in ``output`` is then no export, and neither is it after an
    error. Entries are read in small batches on a connection of their own, so that
    the log goes on meanwhile and the memory holds little at any time.

    Raises:
        StoreError: the log's file does not hold what the checkpoint says.
        OSError: it cannot be written to ``output``.
    """
    signed = checkpoint.verify(note, store.key)
    tree = tiles.Tiles()
    with (
        closing(connect_to_read(store.path)) as connection,
        ZipFile(output, "w") as archive,
    ):
        _add(archive, "checkpoint", note.encode())
        _add(archive, "key", f"{store.key}\n".encode())
        if anchor is not None:
            _add(archive, "anchor.json", json.dumps(anchor.to_json()).encode())
        for first in range(0, signed.size, LEVEL_WIDTH):
            rows = _read(connection, first, min(first + LEVEL_WIDTH, signed.size))
            _add_entries(archive, first, [data for _, data in rows])
            for path, hashes in tree.append([leaf for leaf, _ in rows]):
                _add(archive, path, hashes, ZIP_STORED)
            yield first + len(rows)
        for path, hashes in tree.partial():
            _add(archive, path, hashes, ZIP_STORED)
        if tree.root() != signed.root:
            raise StoreError("the log does not contain what its checkpoint says")


def _read(connection: sqlite3.Connection, first: int, stop: int) -> list[_Row]:
    with translated_errors():
        rows: list[tuple[int, bytes, bytes | None]] = connection.execute(
            "SELECT number, leaf, entry FROM entry WHERE number >= ? AND number < ?"
            " ORDER BY number",
            (first, stop),
        ).fetchall()
    if len(rows) != stop - first:
        raise StoreError(f"entries from {first} to {stop - 1} are missing")
    for number, leaf, data in rows:
        if data is not None and leaf_hash(data) != leaf:
            raise StoreError(f"the entry {number} is damaged in the log's file")
    return [(leaf, data) for _, leaf, data in rows]


def _add_entries(archive: ZipFile, first: int, entries: Sequence[bytes | None]) -> None:
    """Add a bundle, with nothing in it for what it cannot hold."""
    bundled = []
    for number, data in enumerate(entries, first):
        if data is not None and len(data) > tiles.MAX_ENTRY_BYTES:
            _add(archive, f"long/{number}", data)
            bundled.append(b"")
        else:
            bundled.append(data or b"")
    path = tiles.path(tiles.ENTRIES, first // LEVEL_WIDTH, len(entries))
    _add(archive, path, tiles.bundle(bundled))


def _add(
    archive: ZipFile, path: str, data: bytes, compression: int = ZIP_DEFLATED
) -> None:
    # Without the time of day: the same log is the same file each time.
    archive.writestr(ZipInfo(path), data, compression)
