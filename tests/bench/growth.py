"""What grows with the log: the gas of an anchor and the size of a receipt."""

from collections.abc import Iterator
from contextlib import closing
from math import log2
from pathlib import Path
from typing import Any

import orjson

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.log import checkpoint
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.receipt import Anchor, Receipt
from custom_components.iot_blockchain.log.store import LogStore
from custom_components.iot_blockchain.log.verification import Verdict, verify_offline
from scripts.house.chain import Anvil

from . import logs, prices
from .chain import RING, AnchoredLog, chain, gas_of, send
from .report import Goal, Table
from .scale import MORE, Scale

_MOST = 0.001
_SIGNED = 110
"""What a signed transaction has beside its call data, in bytes."""


def run(scale: Scale, cache: Path, folder: Path) -> Iterator[Table]:
    """Anchor logs of all sizes on anvil, and make receipts of their entries."""
    rows: list[list[str]] = []
    gas = data = 0
    with (
        closing(LogStore(logs.large_log(cache, scale))) as store,
        chain(folder) as anvil,
    ):
        for number, size in enumerate(scale.sizes):
            log = AnchoredLog.of(store, number)
            receipt, data = _anchor(anvil, log, size)
            gas = gas_of(receipt)
            shown = _receipt(store, log, receipt)
            rows.append(
                [
                    f"{size:,}",
                    f"{log2(size):.1f}",
                    str(len(store.consistency_proof(size, size + MORE))),
                    f"{gas:,}",
                    f"{data:,} bytes",
                    str(len(shown.proof)),
                    f"{len(orjson.dumps(shown.to_json())):,} bytes",
                ]
            )
    yield Table(
        f"Growth with the log: an anchor of {MORE:,} more, a receipt of one reading",
        rows,
        (
            "entries",
            "log2",
            "hashes in its proof",
            "gas of the anchor",
            "call data",
            "hashes in the receipt",
            "receipt",
        ),
        "Gas of real transactions on anvil, in logs whose ring has gone round once.",
    )
    yield _costs(scale, gas, data + _SIGNED)


def _anchor(anvil: Anvil, log: AnchoredLog, size: int) -> tuple[dict[str, Any], int]:
    """Anchor a log until its ring is full, at the size, and after an anchor more."""
    anvil.fund(log.account)
    send(anvil, [log.creation()])
    for earlier in range(size - min(RING, size - 1), size + 1):
        _send(anvil, log, earlier)
    return _send(anvil, log, size + MORE)


def _send(anvil: Anvil, log: AnchoredLog, size: int) -> tuple[dict[str, Any], int]:
    call = log.anchor(size)
    (receipt,) = send(anvil, [call])
    block = anvil.rpc("eth_getBlockByNumber", receipt["blockNumber"], False)  # noqa: FBT003 - RPC
    log.time = int(block["timestamp"], 16)
    return receipt, len(call[2])


def _receipt(store: LogStore, log: AnchoredLog, receipt: dict[str, Any]) -> Receipt:
    """Make the receipt of a reading in the middle of the log."""
    index = log.size // 2
    made = Receipt(
        first=index,
        entries=store.entries(index, index + 1),
        proof=store.range_proof(index, index + 1, log.size),
        checkpoint=checkpoint.sign(
            Checkpoint(store.origin, log.size, log.root), logs.signer()
        ),
        key=str(store.key),
        anchor=Anchor(
            chain="eip155:8453",
            contract=contract.ADDRESS,
            creator=log.account,
            log=contract.log_id(log.account, log.key),
            number=RING + 2,
            size=log.size,
            root=log.root,
            block_number=int(receipt["blockNumber"], 16),
            block_hash=bytes.fromhex(receipt["blockHash"][2:]),
            block_time=log.time,
            transaction=bytes.fromhex(receipt["transactionHash"][2:]),
        ),
    )
    assert verify_offline(made.to_json()).verdict is Verdict.UNCHECKED
    return made


def _costs(scale: Scale, gas: int, size: int) -> Table:
    rows = []
    for network in prices.NETWORKS:
        execution = prices.execution(network, gas)
        publication = prices.publication(network, size)
        cost = (execution + publication) * 1000 / MORE
        rows.append(
            Goal(
                f"1,000 readings on {network.name}",
                f"${cost:.5f}",
                f"an anchor: ${execution:.5f} for gas, ${publication:.5f} for its data",
                "",
                f"under ${_MOST}" if network.rollup else "",
                cost < _MOST if network.rollup else None,
            )
        )
    return Table(
        f"Cost with {MORE:,} readings an anchor, in a log of {scale.log:,}",
        rows,
        notes=f"Computed from {gas:,} gas and {size:,} bytes: ETH at $3,000, gas at "
        + ", ".join(f"{n.gas} gwei ({n.name})" for n in prices.NETWORKS)
        + ".\nThe price of the data is an estimate: the OP stack's formula, Ethereum's"
        " gas at 1 gwei and its blobs at 0.1 gwei.",
    )
