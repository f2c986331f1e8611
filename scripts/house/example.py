"""A morning of a pharmacy's fridge, anchored on a real chain: something to show."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import ClientSession

from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.account import Account
from custom_components.iot_blockchain.chain.anchoring import Anchoring
from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.endpoints import Endpoints
from custom_components.iot_blockchain.chain.fees import Limits
from custom_components.iot_blockchain.chain.journal import Journal
from custom_components.iot_blockchain.chain.receipts import Receipts
from custom_components.iot_blockchain.log import checkpoint, note
from custom_components.iot_blockchain.log.entry import Act, Reading, Record
from custom_components.iot_blockchain.log.receipt import Receipt
from custom_components.iot_blockchain.log.store import LogStore

from .chain import Anvil

_CHAIN = 31337
_NAME = "Corner pharmacy"
_KEY = bytes([11]) * 32
_ACCOUNT = bytes([12]) * 32
_STATES = """
4.1 4.0 4.2 4.3 4.1 3.9 4.0 4.4 4.6 4.9 5.3 5.8 6.1 5.6 5.0 4.6 4.4 unavailable 4.3
4.2 4.1 4.0 4.2 4.1 3.9
"""
_DOOR = {7: "on", 8: "off", 9: "on", 12: "off"}
_EVERY = timedelta(minutes=10)


def _morning(end: datetime) -> Sequence[Record]:
    """Return what a fridge and its door did until a time."""
    states = _STATES.split()
    start = end - len(states) * _EVERY
    records: list[Record] = [Act("started", start - timedelta(minutes=1))]
    for number, state in enumerate(states):
        time = start + number * _EVERY
        records.append(
            Reading("sensor.fridge_temperature", state, time, "°C", "temperature")
        )
        if door := _DOOR.get(number):
            time += timedelta(minutes=2)
            records.append(
                Reading("binary_sensor.fridge_door", door, time, device_class="door")
            )
    return records


async def anchored_receipt(anvil: Anvil, folder: Path) -> Receipt:
    """Record the morning until now, anchor it, and make the receipt of all of it."""
    account = Account(_ACCOUNT.hex())
    anvil.fund(account.address)
    public = note.Signer("x", _KEY).verifier_key.public_key
    log_id = contract.log_id(account.address, public)
    signer = note.Signer(checkpoint.origin_of(_NAME, log_id), _KEY)
    path = folder / "example.db"
    store = LogStore.create(path, signer.verifier_key)
    journal = Journal(path, _CHAIN)
    store.append(_morning(datetime.now(UTC)))
    try:
        async with ClientSession() as session:
            anchoring = Anchoring(
                store=store,
                signer=signer,
                journal=journal,
                endpoints=Endpoints([ChainClient(anvil.url, session)], _CHAIN),
                account=account,
                creator=account.address,
                limits=Limits(),
                deploy=True,
            )
            while journal.anchor_covering(store.size - 1) is None:
                await anchoring.follow()
                await anchoring.anchor()
                anvil.mine()
        anvil.mine(5)  # so that the block is final
        return Receipts(store, journal, account.address, signer).make(0, store.size)
    finally:
        journal.close()
        store.close()
