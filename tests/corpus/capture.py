"""Writes ``blocks.json``: ``python -m tests.corpus.capture``.

It lets a real chain anchor the corpus's log, in blocks of one transaction and of many,
and keeps each anchor with its block. That is never the same twice, so it is done once.
"""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Any

from custom_components.iot_blockchain.chain import calls, contract, proving
from scripts.house.chain import RICH_ADDRESS, Anvil
from tests.unit.chain.blocks import send_transfers
from tests.unit.chain.house import opened
from tests.unit.log import reference

from . import log
from .case import Json

PATH = Path(__file__).with_name("blocks.json")
_LEAVES = [log.leaf(entry) for entry in log.ENTRIES]
_HOUR = 3600
# Each anchor: the size, the time, and how many transactions its block has before it and
# after it. The keys of 127 and 128 are the last short one and the first long one.
_ANCHORS = (
    (8, log.BLOCK_TIME - 3 * _HOUR, 0, 0),
    (20, log.BLOCK_TIME - 2 * _HOUR, 1, 15),
    (28, log.BLOCK_TIME - _HOUR, 127, 1),
    (31, log.BLOCK_TIME, 128, 12),
)


def main() -> None:
    """Write the file anew."""
    with tempfile.TemporaryDirectory() as folder:
        chain = Anvil(Path(folder))
        try:
            found = asyncio.run(_capture(chain))
        finally:
            chain.stop()
    PATH.write_text(json.dumps(found, indent=1) + "\n")


async def _capture(chain: Anvil) -> list[Json]:
    _send(chain, contract.DEPLOYER, calls.deployment())
    _send(chain, contract.ADDRESS, calls.create(log.KEY.public, RICH_ADDRESS))
    chain.mine()
    chain.rpc("evm_setAutomine", False)  # noqa: FBT003 - JSON
    captured: list[Json] = []
    for number, (size, time, before, after) in enumerate(_ANCHORS, 1):
        last = captured[-1]["anchor"] if captured else None
        anchor = _anchor(chain, size, time, last, (before, after)) | {"number": number}
        captured.append({"anchor": anchor, "block": await _block(chain, anchor)})
    return captured


def _anchor(
    chain: Anvil, size: int, time: int, last: Json | None, others: tuple[int, int]
) -> Json:
    root = reference.mth(_LEAVES[:size])
    data = calls.anchor(
        log.LOG_ID,
        size,
        root,
        last["block_time"] if last else 0,
        bytes.fromhex(last["root"][2:]) if last else bytes(32),
        reference.proof(last["size"], _LEAVES[:size]) if last else [],
    )
    before, after = others
    send_transfers(chain, before, high=True)
    sent = _send(chain, contract.ADDRESS, data)
    send_transfers(chain, after, high=False)
    chain.rpc("evm_setNextBlockTimestamp", time)
    chain.mine()
    receipt = chain.rpc("eth_getTransactionReceipt", sent)
    assert receipt["status"] == "0x1"
    assert int(receipt["transactionIndex"], 16) == before
    return log.anchor(
        size,
        root,
        chain="eip155:31337",
        block_number=int(receipt["blockNumber"], 16),
        block_hash=receipt["blockHash"],
        block_time=time,
        transaction=sent,
    )


async def _block(chain: Anvil, anchor: Json) -> Json:
    async with opened(chain.url) as client:
        header = await client.header(bytes.fromhex(anchor["block_hash"][2:]))
        outcomes = await client.outcomes(anchor["block_number"])
    transaction = bytes.fromhex(anchor["transaction"][2:])
    return proving.prove(header, outcomes, transaction).to_json()


def _send(chain: Anvil, to: str, data: bytes) -> str:
    transaction: dict[str, Any] = {
        "from": RICH_ADDRESS,
        "to": to,
        "data": f"0x{data.hex()}",
        "gas": hex(3_000_000),
    }
    return str(chain.rpc("eth_sendTransaction", transaction))


if __name__ == "__main__":
    main()
