"""The LogAnchor contract: its address, its calls, its event and its errors.

``log_anchor.json`` is written by ``npm --prefix contracts run export``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from ..log.receipt import LAST_SECOND
from . import abi, address, answers
from .keccak import keccak256
from .rpc import NonsenseError

_ARTIFACT: Mapping[str, Any] = json.loads(
    (files(__package__) / "log_anchor.json").read_text(encoding="utf-8")
)
_FUNCTIONS = {
    item["name"]: abi.selector(item)
    for item in _ARTIFACT["abi"]
    if item["type"] == "function"
}
_ERRORS = {
    abi.selector(item): str(item["name"])
    for item in _ARTIFACT["abi"]
    if item["type"] == "error"
}
_ANCHORED_TOPIC = next(
    abi.identity(item) for item in _ARTIFACT["abi"] if item.get("name") == "Anchored"
)

ADDRESS: str = _ARTIFACT["address"]
"""Where LogAnchor stands on every chain, by CREATE2."""

DEPLOYER: str = _ARTIFACT["create2_deployer"]
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
    return keccak256(abi.encode(creator, key))


def deployment() -> bytes:
    """Return the call data that makes the deployer create the contract."""
    return bytes.fromhex(
        _ARTIFACT["create2_salt"].removeprefix("0x")
        + _ARTIFACT["bytecode"].removeprefix("0x")
    )


def create(key: bytes, publisher: str, predecessor: bytes = NO_PREDECESSOR) -> bytes:
    """Return the call data that creates a log."""
    return _call("create", key, publisher, predecessor)


def anchor(
    log: bytes,
    size: int,
    root: bytes,
    previous_time: int,
    previous_root: bytes,
    proof: Sequence[bytes],
) -> bytes:
    """Return the call data that anchors a checkpoint after the previous one."""
    return _call("anchor", log, size, root, previous_time, previous_root, list(proof))


def set_publisher(log: bytes, publisher: str) -> bytes:
    """Return the call data by which a log's owner lets another account anchor it."""
    return _call("setPublisher", log, publisher)


def set_owner(log: bytes, owner: str) -> bytes:
    """Return the call data by which a log's owner gives it to another account."""
    return _call("setOwner", log, owner)


def log_of(log: bytes) -> bytes:
    """Return the call data that asks for the state of a log."""
    return _call("logOf", log)


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


def _call(name: str, *arguments: abi.Argument) -> bytes:
    return _FUNCTIONS[name] + abi.encode(*arguments)
