"""A log with signed readings in memory, and receipts of it."""

from collections.abc import Sequence
from datetime import UTC, datetime

from custom_components.iot_blockchain.device.credential import (
    DeviceCredential,
    Issuer,
)
from custom_components.iot_blockchain.device.rules import Assurance
from custom_components.iot_blockchain.device.status_list import StatusList
from custom_components.iot_blockchain.log import checkpoint, entry
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.entry import Record
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.receipt import Receipt
from tests.unit.log import reference

TIME = datetime(2026, 11, 21, 10, 22, 1, 123456, tzinfo=UTC)
LOG = bytes(range(100, 132))
PRIVATE = bytes(range(32))
SIGNER = Signer(checkpoint.origin_of("Home", LOG), PRIVATE)
ISSUER = Issuer(PRIVATE, LOG)


def receipt_of(
    records: Sequence[Record],
    credentials: Sequence[str] | None = (),
    signer: Signer = SIGNER,
) -> Receipt:
    """Make a log of these records, and the receipt of all."""
    entries = [entry.encode(record) for record in records]
    root = reference.mth([reference.hash_leaf(data) for data in entries])
    name = signer.verifier_key.name
    return Receipt(
        first=0,
        entries=entries,
        proof=[],
        checkpoint=checkpoint.sign(Checkpoint(name, len(entries), root), signer),
        key=str(signer.verifier_key),
        anchor=None,
        credentials=credentials,
    )


def credential_of(
    device: str,
    index: int = 7,
    time: datetime = TIME,
    assurance: Assurance = Assurance.SOFTWARE_KEY,
) -> str:
    """Vouch for a device."""
    return ISSUER.issue(
        DeviceCredential(
            device=device, assurance=assurance, valid_from=time, status_index=index
        )
    )


def list_of(*revoked: int, time: datetime = TIME) -> str:
    """Revoke what stands at these places."""
    return ISSUER.issue(StatusList.of(revoked, time))
