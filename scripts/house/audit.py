"""Looking for what is lost, doubled or changed in a log, from outside.

An auditor reads the log's file and the chain, and believes nobody: it keeps what it has
seen, and whatever it looks at later must still hold that.
"""

import asyncio
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.client import ChainClient, Inclusion
from custom_components.iot_blockchain.chain.verification import check_anchor
from custom_components.iot_blockchain.log import tree
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.merkle import HASH_SIZE, leaf_hash
from custom_components.iot_blockchain.log.receipt import Anchor
from custom_components.iot_blockchain.log.verification import (
    Report,
    Verdict,
    verify_offline,
)

from .chain import Anvil
from .load_generator import entity_of, state_of

_LOAD = "sensor.load_"


class AuditError(Exception):
    """Something is lost, doubled or changed."""


@dataclass(frozen=True, slots=True)
class Payments:
    """What the account paid for: how often each kind, how much is anchored.

    ``receipts`` counts those that verify, by whether they hold an anchor.
    """

    kinds: Counter[str]
    failed: int
    anchored: int
    receipts: Counter[str]


@dataclass
class Auditor:
    """What was seen of a log so far."""

    entities: int
    _leaves: bytearray = field(default_factory=bytearray)
    _runs: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _last_over: int = 0
    _peeked: list[tuple[int, bytes]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many entries were seen."""
        return len(self._leaves) // HASH_SIZE

    def peek(self, path: Path) -> int:
        """Keep the last entry that is committed now, and return the log's size."""
        with closing(_open(path)) as connection:
            found = connection.execute(
                "SELECT number, leaf FROM entry ORDER BY number DESC LIMIT 1"
            ).fetchone()
        if found is None:
            return 0
        self._peeked.append(found)
        return int(found[0]) + 1

    def look(self, path: Path) -> dict[int, int]:
        """Read the file of a log that was ended: what was seen before, what is new.

        Return the largest number that was recorded of each run of the load.

        Raises:
            AuditError: an entry is lost, doubled or changed.
        """
        before = self.size
        with closing(_open(path)) as connection:
            self._compare(connection)
            rows = connection.execute(
                "SELECT number, leaf, entry FROM entry WHERE number >= ?"
                " ORDER BY number",
                (before,),
            )
            new = list(self._take(rows))
        for leaf in new:
            self._leaves += leaf
        for number, leaf in self._peeked:
            start = number * HASH_SIZE
            if self._leaves[start : start + HASH_SIZE] != leaf:
                raise AuditError(f"the entry {number} was committed, and is lost")
        self._peeked.clear()
        last = {run: self._check_run(run) for run in self._runs}
        self._last_over = max([self._last_over, *self._runs])
        self._runs.clear()
        return last

    def _compare(self, connection: sqlite3.Connection) -> None:
        seen = memoryview(self._leaves)
        rows = connection.execute(
            "SELECT number, leaf FROM entry WHERE number < ? ORDER BY number",
            (self.size,),
        )
        index = -1
        for index, (number, leaf) in enumerate(rows):
            start = index * HASH_SIZE
            if number != index or leaf != seen[start : start + HASH_SIZE]:
                raise AuditError(f"the entry {index} is lost, or another than before")
        if index + 1 != self.size:
            raise AuditError(f"of {self.size} entries, {index + 1} are left")

    def _take(self, rows: Iterator[tuple[int, bytes, bytes]]) -> Iterator[bytes]:
        for index, (number, leaf, data) in enumerate(rows, self.size):
            if number != index:
                raise AuditError(f"the log has no entry {index}")
            if leaf != leaf_hash(data):
                raise AuditError(f"the entry {index} is not what its hash says")
            members = json.loads(data)
            if members["type"] == "reading":
                self._take_reading(members)
            elif members.get("act") == "started" and not self._last_over:
                # Whoever sets a log up reloads it. It listens from its last start on.
                self._runs.clear()
            yield leaf

    def _take_reading(self, members: dict[str, Any]) -> None:
        if not members["entity"].startswith(_LOAD):
            raise AuditError(f"{members['entity']} was not to be recorded")
        run, number, _ = members["state"].split(":", 2)
        if members["state"] != state_of(int(run), int(number)):
            raise AuditError(f"the state {number} of run {run} is not verbatim")
        if members["entity"] != entity_of(int(number), self.entities):
            raise AuditError(f"the state {number} of run {run} is of another entity")
        if int(run) <= self._last_over:
            raise AuditError(f"the state {number} is of run {run}, which was over")
        self._runs[int(run)].append(int(number))

    def _check_run(self, run: int) -> int:
        """Check the states that were recorded of one run, and return the last.

        From when the log listened, each is there. Of those before, each entity's last
        may have been caught up with.
        """
        numbers = sorted(self._runs[run])
        if len(set(numbers)) != len(numbers):
            raise AuditError(f"run {run}: a state was recorded twice")
        first = next(
            index
            for index, number in enumerate(numbers)
            if numbers[-1] - number == len(numbers) - 1 - index
        )
        caught_up = Counter(number % self.entities for number in numbers[:first])
        if caught_up and max(caught_up.values()) > 1:
            raise AuditError(
                f"run {run}: states before {numbers[first]} are missing from the log"
            )
        return numbers[-1]

    def roots(self, sizes: Iterable[int]) -> dict[int, bytes]:
        """Hash what was seen, as far as each of these sizes."""
        frontier = tree.Frontier()
        roots = {}
        done = 0
        for size in sorted(sizes):
            if size > self.size:
                raise AuditError(f"the log has {self.size} entries, not {size}")
            frontier.append(
                [
                    bytes(self._leaves[start : start + HASH_SIZE])
                    for start in range(done * HASH_SIZE, size * HASH_SIZE, HASH_SIZE)
                ]
            )
            done = size
            roots[size] = frontier.root()
        return roots

    def check_chain(
        self,
        chain: Anvil,
        path: Path,
        address: str,
        *,
        foreign: Collection[bytes] = (),
    ) -> Payments:
        """Compare the chain, and what an account paid for, with a log and its receipts.

        ``foreign`` are hashes of what the account paid for otherwise.

        Raises:
            AuditError: something was paid for twice, the log does not know it, or a
                receipt does not verify.
        """
        with closing(_open(path)) as connection:
            attempts = {
                hash_: (kind, size)
                for hash_, kind, size in connection.execute(
                    "SELECT attempt.hash, kind, size FROM attempt"
                    " JOIN submission ON submission.id = attempt.submission"
                )
            }
        paid = {
            hash_: end
            for hash_, end in asyncio.run(_paid(chain, address)).items()
            if hash_ not in foreign
        }
        if unknown := paid.keys() - attempts.keys():
            raise AuditError(f"the log does not know its transactions {unknown}")
        effects = [attempts[hash_] for hash_, end in paid.items() if end.succeeded]
        if twice := [effect for effect in set(effects) if effects.count(effect) > 1]:
            raise AuditError(f"paid for twice: {twice}")
        self._check_anchors([event for end in paid.values() for event in end.anchored])
        return Payments(
            kinds=Counter(kind for kind, _ in effects),
            failed=len(paid) - len(effects),
            anchored=max((size or 0 for _, size in effects), default=0),
            receipts=self._check_receipts(paid),
        )

    def _check_receipts(self, paid: Mapping[bytes, Inclusion]) -> Counter[str]:
        """Verify every receipt that was ever handed out."""
        reports = [check_anchor(verify_offline(receipt)) for receipt in self.receipts]
        roots = self.roots({_signed(report).size for report in reports})
        kinds: Counter[str] = Counter()
        for report in reports:
            signed = _signed(report)
            if signed.root != roots[signed.size]:
                raise AuditError(f"a receipt at {signed.size} is of another history")
            anchor = report.receipt.anchor if report.receipt else None
            if anchor is not None and not _holds(paid, anchor):
                raise AuditError(f"the chain does not hold the anchor {anchor.number}")
            kinds["waiting" if anchor is None else "anchored"] += 1
        return kinds

    def _check_anchors(self, anchors: Sequence[contract.Anchored]) -> None:
        roots = self.roots({anchor.size for anchor in anchors})
        size = 0
        for count, anchor in enumerate(anchors, 1):
            if anchor.number != count or anchor.size <= size:
                raise AuditError(f"anchor {anchor.number} does not follow the last")
            if anchor.root != roots[anchor.size]:
                raise AuditError(f"anchor {anchor.number} is of another history")
            size = anchor.size


def _signed(report: Report) -> Checkpoint:
    if report.checkpoint is None or report.verdict is Verdict.INVALID:
        raise AuditError(f"a receipt does not verify: {report.steps[-1]}")
    return report.checkpoint


def _holds(paid: Mapping[bytes, Inclusion], anchor: Anchor) -> bool:
    inclusion = paid.get(anchor.transaction)
    return (
        inclusion is not None
        and (inclusion.block_number, inclusion.block_hash)
        == (anchor.block_number, anchor.block_hash)
        and contract.Anchored(
            anchor.log, anchor.number, anchor.size, anchor.root, anchor.block_time
        )
        in inclusion.anchored
    )


async def _paid(chain: Anvil, address: str) -> dict[bytes, Inclusion]:
    """Find all that an account paid for, in the order of the chain."""
    paid = {}
    async with ClientSession() as session:
        client = ChainClient(chain.url, session)
        for number in range(int(chain.rpc("eth_blockNumber"), 16) + 1):
            block = chain.rpc("eth_getBlockByNumber", hex(number), True)  # noqa: FBT003 - RPC
            for transaction in block["transactions"]:
                if transaction["from"] == address.lower():
                    hash_ = bytes.fromhex(transaction["hash"].removeprefix("0x"))
                    inclusion = await client.inclusion(hash_)
                    if inclusion is not None:
                        paid[hash_] = inclusion
    return paid


def _open(path: Path) -> sqlite3.Connection:
    """Open a file to look at; a log that was not closed is left as it is."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def anchors_between(path: Path, low: int, high: int) -> int:
    """Count a log's anchors of sizes between two others."""
    with closing(_open(path)) as connection:
        ((count,),) = connection.execute(
            "SELECT count(*) FROM submission WHERE kind = 'anchor'"
            " AND size > ? AND size < ?",
            (low, high),
        )
    return int(count)


def attempts_like(path: Path, transaction: str) -> int:
    """Count the transactions that a log has made for the same as this one."""
    with closing(_open(path)) as connection:
        ((count,),) = connection.execute(
            "SELECT count(*) FROM attempt WHERE submission ="
            " (SELECT submission FROM attempt WHERE hash = ?)",
            (bytes.fromhex(transaction.removeprefix("0x")),),
        )
    return int(count)


def size_of(path: Path) -> int:
    """Count the entries that are committed in a log's file."""
    with closing(_open(path)) as connection:
        ((last,),) = connection.execute("SELECT max(number) FROM entry")
    return 0 if last is None else int(last) + 1
