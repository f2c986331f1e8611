"""A log whose every byte is fixed, and receipts of it."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from copy import deepcopy
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_utils.crypto import keccak

from custom_components.iot_blockchain.log import canonical
from tests.unit.log import reference

from .case import Json

CONTRACT = "0xeE14D6242Cda2aeb92F211B47Aa801365141D795"
CREATOR = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
BLOCK_TIME = 1_795_262_400  # 2026-11-21 12:00:00 UTC
BLOCK_NUMBER = 38_112_044
_DAY = "2026-11-21"


class Key:
    """An Ed25519 key under a name, which can sign anything."""

    def __init__(self, seed: str) -> None:
        """Make the key that belongs to a seed."""
        self._key = Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest())
        self.public = self._key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        """Sign."""
        return self._key.sign(data)

    def key_id(self, name: str) -> bytes:
        """Return the four bytes by which a signature line names the key."""
        return sha256(f"{name}\n\x01".encode() + self.public).digest()[:4]

    def vkey(self, name: str) -> str:
        """Write the key."""
        return f"{name}+{self.key_id(name).hex()}+{base64(b'\x01' + self.public)}"

    def line(self, name: str, text: str) -> str:
        """Make a signature line."""
        return f"— {name} {base64(self.key_id(name) + self.sign(text.encode()))}\n"

    def note(self, name: str, text: str) -> str:
        """Sign a note."""
        return f"{text}\n{self.line(name, text)}"

    def log_id(self, creator: str = CREATOR) -> bytes:
        """Compute the id of the log that an account creates for the key."""
        return keccak(bytes(12) + bytes.fromhex(creator[2:]) + self.public)


def base64(data: bytes) -> str:
    """Write base64."""
    return b64encode(data).decode("ascii")


def salt(number: int) -> str:
    """Make a salt that is the same each time."""
    digest = sha256(f"salt {number}".encode()).digest()[:16]
    return urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def reading(number: int, entity: str, state: str, time: str, **more: Any) -> Json:  # noqa: ANN401 - JSON
    """Make the members of a reading."""
    return {
        "entity": entity,
        "state": state,
        "time": f"{_DAY}T{time}Z",
        "salt": salt(number),
        "type": "reading",
        "v": 1,
        **more,
    }


def act(number: int, name: str, time: str, **details: Any) -> Json:  # noqa: ANN401 - JSON
    """Make the members of an act."""
    return {
        **details,
        "act": name,
        "time": f"{_DAY}T{time}Z",
        "salt": salt(number),
        "type": "act",
        "v": 1,
    }


_STATES = """
4.1 4.0 4.2 4.3 4.1 3.9 4.0 4.4 unavailable 4.6 4.9
5.3 5.8 6.1 5.6 5.0 4.6 unknown 4.4 4.3 4.2 4.1
"""


def _records() -> list[Json]:
    temperature = {"unit": "°C", "class": "temperature"}
    sources = {"fridge": {"title": "Fridge", "every": "change"}}
    made = [
        act(0, "started", "07:58:00.000000"),
        act(1, "sources", "07:58:00.000000", sources=sources),
    ]
    for place, state in enumerate(_STATES.split()):
        minute = f"{8 + place // 6:02}:{place % 6 * 10:02}"
        made.append(
            reading(
                10 + place,
                "sensor.fridge_temperature",
                state,
                f"{minute}:01.{place:06}",
                **temperature,
            )
        )
        if place % 5 == 2:
            made.append(
                reading(
                    50 + place,
                    "binary_sensor.fridge_door",
                    "on" if place % 10 == 2 else "off",
                    f"{minute}:31.500000",
                    **{"class": "door"},
                )
            )
    made.append(act(90, "stopped", "11:36:00.000000"))
    made.append(act(91, "started", "11:40:12.000000"))
    made.append(reading(92, "sensor.scanner", "4006381333931", "11:41:00.000001"))
    return made


RECORDS = _records()
ENTRIES = [canonical.encode(record).decode() for record in RECORDS]
KEY = Key("the log")
LOG_ID = KEY.log_id()
ORIGIN = f"corner-pharmacy.iot-blockchain/{LOG_ID.hex()}"


def leaf(entry: str) -> bytes:
    """Hash an entry."""
    return reference.hash_leaf(entry.encode())


def checkpoint(size: int, root: bytes, origin: str = ORIGIN) -> str:
    """Write the text of a checkpoint."""
    return f"{origin}\n{size}\n{base64(root)}\n"


def anchor(size: int, root: bytes, log_id: bytes = LOG_ID, **other: Any) -> Json:  # noqa: ANN401 - JSON
    """Say where a checkpoint stands."""
    return {
        "chain": "eip155:84532",
        "contract": CONTRACT,
        "creator": CREATOR,
        "log": f"0x{log_id.hex()}",
        "number": 3,
        "size": size,
        "root": f"0x{root.hex()}",
        "block_number": BLOCK_NUMBER,
        "block_hash": f"0x{sha256(b'block').hexdigest()}",
        "block_time": BLOCK_TIME,
        "transaction": f"0x{sha256(b'transaction').hexdigest()}",
        **other,
    }


def receipt(
    first: int,
    stop: int,
    entries: Sequence[str] = tuple(ENTRIES),
    *,
    anchored: bool = True,
) -> Json:
    """Make the receipt of some entries of a log that holds no others than these."""
    leaves = [leaf(entry) for entry in entries]
    proof = reference.range_path(first, stop, leaves)
    return assembled(
        first,
        entries[first:stop],
        proof,
        len(entries),
        reference.mth(leaves),
        anchored=anchored,
    )


def fabricated(first: int, entries: Sequence[str], size: int) -> Json:
    """Make a receipt of a log that is too large to be made.

    The hashes beside the way to the entries are made up: the root follows from them.
    """
    stop = first + len(entries)
    proof: list[bytes] = []

    def beside() -> bytes:
        proof.append(sha256(f"beside {len(proof)}".encode()).digest())
        return proof[-1]

    def walk(low: int, high: int) -> bytes:
        if high - low == 1:
            return leaf(entries[low - first])
        middle = low + (1 << (high - low - 1).bit_length() - 1)
        if stop <= middle:
            left = walk(low, middle)
            return reference.hash_children(left, beside())
        if first >= middle:
            right = walk(middle, high)
            return reference.hash_children(beside(), right)
        left = walk(low, middle)
        return reference.hash_children(left, walk(middle, high))

    root = walk(0, size)
    anchored = size < 2**53
    return assembled(first, entries, proof, size, root, anchored=anchored)


def assembled(
    first: int,
    entries: Sequence[str],
    proof: Sequence[bytes],
    size: int,
    root: bytes,
    *,
    anchored: bool = True,
) -> Json:
    """Put a receipt together and sign its checkpoint."""
    return {
        "format": "iot-blockchain-receipt/1",
        "first": first,
        "entries": list(entries),
        "proof": [f"0x{element.hex()}" for element in proof],
        "checkpoint": KEY.note(ORIGIN, checkpoint(size, root)),
        "key": KEY.vkey(ORIGIN),
        "anchor": anchor(size, root) if anchored else None,
    }


def of_records(records: Sequence[Mapping[str, Any]]) -> Json:
    """Make the receipt of a log that holds just these records."""
    entries = [canonical.encode(record).decode() for record in records]
    return of_entries(entries)


def of_entries(entries: Sequence[str]) -> Json:
    """Make the receipt of a log that holds just these entries."""
    return receipt(0, len(entries), entries)


def changed(value: Json, *path: str | int, to: object) -> Json:
    """Return a copy in which one member has another value."""
    copy = deepcopy(value)
    inner: Any = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return copy


def without(value: Json, *path: str | int) -> Json:
    """Return a copy that lacks one member."""
    copy = deepcopy(value)
    inner: Any = copy
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    return copy
