"""LogAnchor on anvil, and logs that are anchored in it: real calls, real proofs."""

import json
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from eth_utils.address import to_checksum_address

from custom_components.iot_blockchain.chain import calls, contract
from custom_components.iot_blockchain.log.store import LogStore
from scripts.house.chain import RICH_ADDRESS, Anvil

RING: Final = 64
"""How many anchors use a fresh slot each, before a log's ring goes round."""

_GAS: Final = 1_500_000


@contextmanager
def chain(folder: Path) -> Iterator[Anvil]:
    """Start a chain that has the contract, and takes transactions of any account."""
    anvil = Anvil(folder)
    try:
        anvil.rpc("evm_setAutomine", False)  # noqa: FBT003 - RPC
        anvil.rpc("anvil_autoImpersonateAccount", True)  # noqa: FBT003 - RPC
        send(anvil, [(RICH_ADDRESS, contract.DEPLOYER, calls.deployment())])
        yield anvil
    finally:
        anvil.stop()


type Call = tuple[str, str, bytes]
"""From whom, to whom, and the call data."""


def send(
    anvil: Anvil, calls: Sequence[Call], *, at: int | None = None
) -> list[dict[str, Any]]:
    """Make one block of transactions, and return their receipts in order."""
    hashes = batch(
        anvil,
        [
            (
                "eth_sendTransaction",
                {"from": who, "to": to, "data": f"0x{data.hex()}", "gas": hex(_GAS)},
            )
            for who, to, data in calls
        ],
    )
    if at is not None:
        anvil.rpc("evm_setNextBlockTimestamp", at)
    anvil.rpc("evm_mine")
    receipts = [
        receipt
        for receipt in batch(anvil, [("eth_getTransactionReceipt", h) for h in hashes])
        if receipt is not None and int(receipt["status"], 16) == 1
    ]
    assert len(receipts) == len(calls), "not all transactions succeeded"
    return receipts


def batch(anvil: Anvil, calls: Sequence[tuple[str, object]]) -> list[Any]:
    """Make many RPC calls in one request."""
    request = urllib.request.Request(
        anvil.url,
        json.dumps(
            [
                {
                    "jsonrpc": "2.0",
                    "id": number,
                    "method": method,
                    "params": [parameter],
                }
                for number, (method, parameter) in enumerate(calls)
            ]
        ).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=120) as response:
        answers = sorted(json.load(response), key=lambda answer: int(answer["id"]))
    return [answer["result"] for answer in answers]


def gas_of(receipt: dict[str, Any]) -> int:
    """Return what a transaction used."""
    return int(receipt["gasUsed"], 16)


@lru_cache(4096)
def _root(store: LogStore, size: int) -> bytes:
    return store.root(size)


@lru_cache(4096)
def _proof(store: LogStore, size1: int, size2: int) -> Sequence[bytes]:
    return store.consistency_proof(size1, size2)


@dataclass(slots=True)
class AnchoredLog:
    """A log in the contract, whose readings are the first ones of a store."""

    store: LogStore
    account: str
    key: bytes
    size: int = 0
    root: bytes = bytes(32)
    time: int = 0

    @classmethod
    def of(cls, store: LogStore, number: int) -> AnchoredLog:
        """Make the log of one of many gateways."""
        seed = sha256(number.to_bytes(8)).digest()
        return cls(store, to_checksum_address(seed[:20]), seed)

    def creation(self) -> Call:
        """Return the call that creates it."""
        return self.account, contract.ADDRESS, calls.create(self.key, self.account)

    def anchor(self, size: int) -> Call:
        """Return the call that anchors it at a size."""
        root = _root(self.store, size)
        proof = _proof(self.store, self.size, size) if self.size else []
        data = calls.anchor(
            contract.log_id(self.account, self.key),
            size,
            root,
            self.time,
            self.root,
            proof,
        )
        self.size, self.root = size, root
        return self.account, contract.ADDRESS, data
