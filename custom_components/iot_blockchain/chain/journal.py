"""What was sent to the chain, kept in the log's own file.

A submission is one intended effect at one nonce: deploying the contract, creating the
log, or one anchor. It is on the disk, raw transaction and all, before anything is sent,
so that after a crash the very same bytes are sent again and nothing is paid for twice.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from threading import RLock

from ..log.database import connect, transaction, translated_errors
from ..log.receipt import BlockProof
from . import kept_blocks, spent_before
from .account import SignedTransaction
from .journal_schema import SCHEMA, SELECT

_ENDLESS = 2**63 - 1


class Kind(StrEnum):
    """What a submission is for."""

    DEPLOY = "deploy"
    CREATE = "create"
    ANCHOR = "anchor"
    HAND_OVER = "hand_over"


class Status(StrEnum):
    """How far a submission has come. ``failed`` and ``replaced`` have no effect."""

    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    FINAL = "final"
    FAILED = "failed"
    REPLACED = "replaced"


ANCHORED = (Status.CONFIRMED, Status.FINAL)
"""The statuses of an anchor that is in a block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is to be sent. ``size`` and ``root`` belong to an anchor."""

    kind: Kind
    to: str
    data: bytes
    size: int | None = None
    root: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a submission stands in the chain, and what it cost in wei.

    ``time`` is the block's, in seconds since 1970; ``number`` counts a log's anchors.
    """

    transaction: bytes
    block_number: int
    block_hash: bytes
    time: int
    cost: int
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A submission as it stands in the journal.

    ``hash`` is of the transaction in the block, or of the last one sent.
    """

    id: int
    intent: Intent
    sender: str
    nonce: int
    gas: int
    status: Status
    hash: bytes
    placement: Placement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One signed transaction for a submission. ``sent`` in seconds since 1970."""

    transaction: SignedTransaction
    max_fee: int
    priority_fee: int
    sent: int


class Journal:
    """The submissions of one log on one chain. Safe to use from several threads.

    ``spent`` is what was paid for blocks so far, in wei.
    """

    def __init__(self, path: Path, chain_id: int) -> None:
        """Open the journal in the file of a log, which must exist.

        Raises:
            StoreError: here and in every method, the file cannot be used.
        """
        self.chain_id = chain_id
        self._lock = RLock()
        with translated_errors():
            self._connection = connect(path)
        self._connection.row_factory = sqlite3.Row
        with self._transaction():
            for statement in (*SCHEMA, kept_blocks.SCHEMA, spent_before.SCHEMA):
                self._connection.execute(statement)
        self.spent = self._add_up("TRUE")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def add(
        self,
        intent: Intent,
        attempt: Attempt,
        *,
        sender: str,
        nonce: int,
        gas: int,
    ) -> Submission:
        """Write down a submission with its first transaction, before it is sent."""
        with self._transaction():
            cursor = self._connection.execute(
                "INSERT INTO submission (chain, kind, sender, nonce, recipient, data,"
                " gas, size, root, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    self.chain_id,
                    intent.kind,
                    sender,
                    nonce,
                    intent.to,
                    intent.data,
                    gas,
                    intent.size,
                    intent.root,
                    Status.SUBMITTED,
                ),
            )
            number = cursor.lastrowid
            assert number is not None
            self._add_attempt(number, attempt)
        return self._select("id = ?", number)[0]

    def add_attempt(self, submission: Submission, attempt: Attempt) -> None:
        """Write down another transaction for the same submission."""
        with self._transaction():
            self._add_attempt(submission.id, attempt)

    def _add_attempt(self, submission: int, attempt: Attempt) -> None:
        self._connection.execute(
            "INSERT INTO attempt VALUES (?, ?, ?, ?, ?, ?)",
            (
                attempt.transaction.hash,
                submission,
                attempt.transaction.raw,
                str(attempt.max_fee),
                str(attempt.priority_fee),
                attempt.sent,
            ),
        )

    def attempts(self, submission: Submission) -> Sequence[Attempt]:
        """Return the transactions for a submission, the last first."""
        with self._lock, translated_errors():
            return [
                Attempt(
                    transaction=SignedTransaction(row["raw"], row["hash"]),
                    max_fee=int(row["max_fee"]),
                    priority_fee=int(row["priority_fee"]),
                    sent=row["sent"],
                )
                for row in self._connection.execute(
                    "SELECT * FROM attempt WHERE submission = ? ORDER BY rowid DESC",
                    (submission.id,),
                )
            ]

    def update(
        self,
        submission: Submission,
        status: Status,
        placement: Placement | None = None,
    ) -> None:
        """Write down what became of a submission, and in which block."""
        cost = placement.cost if placement else 0
        with self._transaction():
            before = self._add_up("id = ?", submission.id)
            self._connection.execute(
                "UPDATE submission SET status = ?, hash = ?, block_number = ?,"
                " block_hash = ?, block_time = ?, number = ?, cost = ? WHERE id = ?",
                (
                    status,
                    placement and placement.transaction,
                    placement and placement.block_number,
                    placement and placement.block_hash,
                    placement and placement.time,
                    placement and placement.number,
                    str(cost),
                    submission.id,
                ),
            )
        self.spent += cost - before

    def with_status(self, *statuses: Status) -> Sequence[Submission]:
        """Return the submissions that have one of these statuses, in nonce order."""
        return self._select(
            f"status IN ({', '.join('?' * len(statuses))}) ORDER BY nonce, id",
            *statuses,
        )

    def last_anchor(self, *statuses: Status) -> Submission | None:
        """Return the last anchor that has one of these statuses."""
        return self._first(
            f"kind = ? AND status IN ({', '.join('?' * len(statuses))})"
            " ORDER BY size DESC LIMIT 1",
            Kind.ANCHOR,
            *statuses,
        )

    def last_final(self, before: Submission | None = None) -> Submission | None:
        """Return the last submission that is final, or the last before another one."""
        return self._first(
            "status = ? AND id < ? ORDER BY id DESC LIMIT 1",
            Status.FINAL,
            _ENDLESS if before is None else before.id,
        )

    def anchored_size(self) -> int:
        """Return how many entries the last anchor in a block holds; 0 without one."""
        anchor = self.last_anchor(*ANCHORED)
        return 0 if anchor is None else anchor.intent.size or 0

    def anchor_covering(self, index: int) -> Submission | None:
        """Return the first anchor in a block that holds the entry at an index."""
        return self._first(
            "kind = ? AND status IN (?, ?) AND size > ? ORDER BY size LIMIT 1",
            Kind.ANCHOR,
            Status.CONFIRMED,
            Status.FINAL,
            index,
        )

    def anchors_from(self, size: int) -> Sequence[Submission]:
        """Return the anchors in a block that hold so many entries or more, by size."""
        return self._select(
            "kind = ? AND status IN (?, ?) AND size >= ? ORDER BY size",
            Kind.ANCHOR,
            *ANCHORED,
            size,
        )

    def anchor_before(self, size: int) -> Submission | None:
        """Return the last anchor in a block that holds fewer entries than so many."""
        return self._first(
            "kind = ? AND status IN (?, ?) AND size < ? ORDER BY size DESC LIMIT 1",
            Kind.ANCHOR,
            *ANCHORED,
            size,
        )

    def status_of(self, index: int) -> Status | None:
        """Return how far the entry at an index is, None while nothing was sent."""
        covering = self.anchor_covering(index) or self._first(
            "kind = ? AND status = ? AND size > ? LIMIT 1",
            Kind.ANCHOR,
            Status.SUBMITTED,
            index,
        )
        return None if covering is None else covering.status

    def anchors_between(self, first: int, size: int) -> Sequence[Submission]:
        """Return the anchors in a block that hold fewer than ``size`` entries, by size.

        They begin with the last that does not hold the entry at an index.
        """
        before = self.anchor_before(first + 1)
        return self._select(
            "kind = ? AND status IN (?, ?) AND size >= ? AND size < ? ORDER BY size",
            Kind.ANCHOR,
            *ANCHORED,
            first + 1 if before is None else before.intent.size,
            size,
        )

    def anchor_without_block(self) -> Submission | None:
        """Return a recent anchor that is final, and whose block proof is missing."""
        anchor = (Kind.ANCHOR, Status.FINAL)
        return self._first(
            kept_blocks.MISSING,
            *anchor,
            self.chain_id,
            *anchor,
            *kept_blocks.limits(),
        )

    def keep_block(self, anchor: Submission, block: BlockProof | None) -> None:
        """Write down an anchor's block proof, or that it could not be had this time."""
        assert anchor.placement is not None
        with self._transaction():
            kept_blocks.keep(
                self._connection, anchor.id, anchor.placement.block_hash, block
            )

    def block_of(self, anchor: Submission) -> BlockProof | None:
        """Return the proof of the block that an anchor is in now, if there is one."""
        assert anchor.placement is not None
        with self._lock, translated_errors():
            return kept_blocks.find(
                self._connection, anchor.id, anchor.placement.block_hash
            )

    def last(self) -> Submission | None:
        """Return the last submission of any kind."""
        return self._first("TRUE ORDER BY id DESC LIMIT 1")

    def spent_since(self, time: datetime) -> int:
        """Add up what was paid for blocks since a time, also by the logs before it."""
        with self._lock, translated_errors():
            costs = spent_before.costs_in(self._connection, self.chain_id, time)
        return sum(int(cost) for _, cost in costs)

    def _add_up(self, condition: str, *parameters: object) -> int:
        """Add up costs here: SQLite's integers are too small for wei."""
        with self._lock, translated_errors():
            rows = self._connection.execute(
                f"SELECT cost FROM submission WHERE chain = ? AND {condition}",  # noqa: S608 - written here
                (self.chain_id, *parameters),
            )
            return sum(int(row["cost"]) for row in rows)

    def _first(self, condition: str, *parameters: object) -> Submission | None:
        found = self._select(condition, *parameters)
        return found[0] if found else None

    def _select(self, condition: str, *parameters: object) -> list[Submission]:
        with self._lock, translated_errors():
            return [
                _submission(row)
                for row in self._connection.execute(
                    f"{SELECT} AND {condition}",
                    (self.chain_id, *parameters),
                )
            ]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock, translated_errors(), transaction(self._connection):
            yield


def _submission(row: sqlite3.Row) -> Submission:
    placement = (
        None
        if row["hash"] is None
        else Placement(
            transaction=row["hash"],
            block_number=row["block_number"],
            block_hash=row["block_hash"],
            time=row["block_time"],
            cost=int(row["cost"]),
            number=row["number"],
        )
    )
    return Submission(
        id=row["id"],
        sender=row["sender"],
        intent=Intent(
            kind=Kind(row["kind"]),
            to=row["recipient"],
            data=row["data"],
            size=row["size"],
            root=row["root"],
        ),
        nonce=row["nonce"],
        gas=row["gas"],
        status=Status(row["status"]),
        hash=row["last_hash"],
        placement=placement,
    )
