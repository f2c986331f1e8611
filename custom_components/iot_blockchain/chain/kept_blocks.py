"""The journal's table of block proofs, by the anchors that they are of."""

import sqlite3
import time

from ..log.receipt import MAX_NODES, BlockProof
from . import rlp

SCHEMA = """CREATE TABLE IF NOT EXISTS block_proof (
    submission INTEGER PRIMARY KEY REFERENCES submission (id),
    -- the block that it is of: after a reorg it is of no use
    block_hash BLOB NOT NULL,
    -- how often it was asked for, and when last, in seconds since 1970
    tries INTEGER NOT NULL,
    tried INTEGER NOT NULL,
    -- the proof, once there is one; its nodes as a list in RLP
    header BLOB,
    place INTEGER,
    nodes BLOB
)"""

# How many anchors back a proof is still asked for, how often, and how long after the
# last time, in seconds.
_RECENT = 16
_MOST_TRIES = 5
_NEXT_TRY_AFTER = 600

MISSING = """
    kind = ? AND status = ?
    AND size >= coalesce((
        SELECT size FROM submission WHERE chain = ? AND kind = ? AND status = ?
        ORDER BY size DESC LIMIT 1 OFFSET ?
    ), 0)
    AND NOT EXISTS (
        SELECT * FROM block_proof
        WHERE submission = submission.id
        AND block_proof.block_hash = submission.block_hash
        AND (header IS NOT NULL OR tries >= ? OR abs(tried - ?) < ?)
    )
    ORDER BY size DESC LIMIT 1
"""
"""Which anchors have no proof that could be had now.

Its parameters are a kind and a status, a chain, both again, and ``limits``.
"""


def limits() -> tuple[int, ...]:
    """Return how far back, how often and how soon again a proof is asked for."""
    return _RECENT - 1, _MOST_TRIES, int(time.time()), _NEXT_TRY_AFTER


def keep(
    connection: sqlite3.Connection,
    anchor: int,
    block_hash: bytes,
    block: BlockProof | None,
) -> None:
    """Write down a proof, or that it could not be had this time."""
    connection.execute(
        """
        INSERT INTO block_proof VALUES (?, ?, 1, ?, ?, ?, ?)
        ON CONFLICT (submission) DO UPDATE SET
            tries = CASE block_hash
                WHEN excluded.block_hash THEN tries + 1 ELSE 1
            END,
            block_hash = excluded.block_hash,
            tried = excluded.tried,
            header = excluded.header,
            place = excluded.place,
            nodes = excluded.nodes
        """,
        (
            anchor,
            block_hash,
            int(time.time()),
            block and block.header,
            block and block.index,
            block and rlp.encode(block.proof),
        ),
    )


def find(
    connection: sqlite3.Connection, anchor: int, block_hash: bytes
) -> BlockProof | None:
    """Return the proof that a block holds an anchor, None where there is none."""
    row = connection.execute(
        "SELECT header, place, nodes FROM block_proof"
        " WHERE submission = ? AND block_hash = ? AND header IS NOT NULL",
        (anchor, block_hash),
    ).fetchone()
    if row is None:
        return None
    nodes = rlp.as_list(rlp.decode(row["nodes"]), 1, MAX_NODES)
    return BlockProof(
        header=row["header"],
        index=row["place"],
        proof=[rlp.as_bytes(node) for node in nodes],
    )
