"""Reading what LogAnchor answers and tells: one word of 32 bytes for each value.

As the Solidity documentation says ("Contract ABI Specification"). Calls are written by
web3, which whoever only verifies does not need.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from . import address
from .keccak import keccak256

WORD: Final = 32
_SELECTOR: Final = 4
_UINT = re.compile(r"uint([0-9]+)")


class AbiError(ValueError):
    """The bytes are not what these types are written as."""


def identity(item: Mapping[str, Any]) -> bytes:
    """Hash the name and the types of a function, an error or an event.

    The hash is the first topic of an event.
    """
    types = ",".join(parameter["type"] for parameter in item["inputs"])
    return keccak256(f"{item['name']}({types})".encode("ascii"))


def selector(item: Mapping[str, Any]) -> bytes:
    """Return the four bytes that a function or an error goes by."""
    return identity(item)[:_SELECTOR]


def decode(types: Sequence[str], data: bytes) -> list[Any]:
    """Read one value of each type, and nothing more.

    Numbers are integers, addresses in EIP-55 form, and ``bytes32`` bytes.

    Raises:
        AbiError: the bytes are something else.
    """
    if len(data) != WORD * len(types):
        raise AbiError(f"{len(data)} bytes instead of {WORD * len(types)}")
    words = (data[start : start + WORD] for start in range(0, len(data), WORD))
    return [_decode(kind, word) for kind, word in zip(types, words, strict=True)]


def _decode(kind: str, word: bytes) -> int | bytes | str | bool:
    if kind == "bytes32":
        return word
    number = int.from_bytes(word)
    bits = {"address": address.SIZE * 8, "bool": 1}.get(kind)
    if bits is None and (uint := _UINT.fullmatch(kind)) is not None:
        bits = int(uint[1])
    assert bits is not None, f"{kind} is no type that is read here"
    if number >> bits:
        raise AbiError(f"a number beyond {kind}")
    if kind == "address":
        return address.written(word[-address.SIZE :])
    return bool(number) if kind == "bool" else number
