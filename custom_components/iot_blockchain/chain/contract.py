"""The LogAnchor contract: its address, its state, its event and its errors.

``log_anchor.json`` is written by ``npm --prefix contracts run export``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from ..log.members import LAST_SECOND
from . import abi, address, answers, rlp
from .keccak import keccak256
from .rpc import NonsenseError

ARTIFACT: Mapping[str, Any] = json.loads(
    (files(__package__) / "log_anchor.json").read_text(encoding="utf-8")
)
"""What the compiler made, and the address that follows from it."""

_LOG_OF = next(
    abi.selector(item) for item in ARTIFACT["abi"] if item.get("name") == "logOf"
)
_ERRORS = {
    abi.selector(item): str(item["name"])
    for item in ARTIFACT["abi"]
    if item["type"] == "error"
}
_ANCHORED_TOPIC = next(
    abi.identity(item) for item in ARTIFACT["abi"] if item.get("name") == "Anchored"
)

ADDRESS: str = ARTIFACT["address"]
"""Where LogAnchor stands on every chain, by CREATE2."""

DEPLOYER: str = ARTIFACT["create2_deployer"]
"""The usual deterministic deployment proxy."""

NO_PREDECESSOR = bytes(32)
_NO_ADDRESS = "0x" + "0" * 40
_ADDRESS = address.read(ADDRESS)
# The topic of the event itself, and the log's id.
_ANCHORED_TOPICS = 2


@dataclass(frozen=True, slots=True)
class LogState:
    """What the contract holds of a log."""

    owner: str
    publisher: str
    size: int
    count: int
    closed: bool

    @property
    def exists(self) -> bool:
        """Whether the log was created."""
        return self.owner != _NO_ADDRESS


@dataclass(frozen=True, slots=True)
class Anchored:
    """The event that says a checkpoint was accepted."""

    log: bytes
    number: int
    size: int
    root: bytes
    time: int


def log_id(creator: str, key: bytes) -> bytes:
    """Compute the id of the log that an account creates for an Ed25519 key."""
    return keccak256(address.read(creator).rjust(abi.WORD, b"\0") + key)


def log_of(log: bytes) -> bytes:
    """Return the call data that asks for the state of a log."""
    return _LOG_OF + log


def decode_log_of(answer: object) -> LogState:
    """Read the answer to ``log_of``.

    Raises:
        NonsenseError: it is none.
    """
    owner, publisher, size, count, closed = _decoded(
        ["address", "address", "uint64", "uint32", "bool"], answer
    )
    return LogState(owner, publisher, size, count, closed)


def anchored(event: object) -> Anchored | None:
    """Read one event of a transaction's receipt, unless it is something else.

    Raises:
        NonsenseError: it is none, or not as the contract makes it.
    """
    log = answers.members(event)
    emitter = answers.data(log.get("address"), address.SIZE)
    topics = [answers.word(topic) for topic in answers.items(log.get("topics"), 4)]
    if emitter != _ADDRESS or topics[:1] != [_ANCHORED_TOPIC]:
        return None
    if len(topics) != _ANCHORED_TOPICS:
        raise NonsenseError("an event that the contract does not make")
    number, size, root, time = _decoded(
        ["uint32", "uint64", "bytes32", "uint64"], log.get("data")
    )
    if time > LAST_SECOND:
        raise NonsenseError("a time that no calendar holds")
    return Anchored(topics[1], number, size, root, time)


def event_of(anchored: Anchored) -> rlp.Item:
    """Return the event that the contract makes, as it stands in a block's receipts."""
    numbers = anchored.number, anchored.size, anchored.time
    number, size, time = (value.to_bytes(abi.WORD) for value in numbers)
    topics = [_ANCHORED_TOPIC, anchored.log]
    return [_ADDRESS, topics, number + size + anchored.root + time]


def error_name(data: bytes) -> str | None:
    """Return the name of the contract's error in the data of a revert."""
    return _ERRORS.get(data[:4])


def _decoded(types: Sequence[str], answer: object) -> list[Any]:
    """Decode what the contract says: one word for each value, and nothing more."""
    try:
        values = abi.decode(types, answers.data(answer))
    except abi.AbiError:
        raise NonsenseError("not what the contract says") from None
    if any(isinstance(value, int) and value > answers.MAX_NUMBER for value in values):
        raise NonsenseError("a number out of range")
    return values
