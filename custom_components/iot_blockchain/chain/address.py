"""Addresses of accounts and contracts, as people write them (EIP-55)."""

import re
from typing import Final

from .keccak import keccak256

SIZE: Final = 20
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_CAPITAL_FROM = 8


def written(address: bytes) -> str:
    """Write the 20 bytes of an address, with the capitals that are its checksum."""
    assert len(address) == SIZE
    digits = address.hex()
    checksum = keccak256(digits.encode("ascii")).hex()
    return "0x" + "".join(
        digit.upper() if int(check, 16) >= _CAPITAL_FROM else digit
        for digit, check in zip(digits, checksum, strict=False)
    )


def is_written(text: str) -> bool:
    """Say whether a text is an address, with the capitals that its checksum has."""
    return _ADDRESS.fullmatch(text) is not None and written(read(text)) == text


def read(text: str) -> bytes:
    """Return the 20 bytes of an address that is written after 0x."""
    return bytes.fromhex(text.removeprefix("0x"))
