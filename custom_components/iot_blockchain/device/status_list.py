"""Bitstring Status List v1.0: which credentials of a log are revoked, one bit each."""

import secrets
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from .jws import decode_base64url, encode_base64url

BITS: Final = 131_072
"""How many credentials a list is for: the least that the standard allows."""

_GZIP: Final = 16 + zlib.MAX_WBITS
_MULTIBASE: Final = "u"  # base64url without padding


def new_index(used: Collection[int]) -> int:
    """Choose a place in the list by chance, so that it tells nothing (section 2.1).

    A device keeps its place for all its credentials, and for ever.
    """
    while (index := secrets.randbelow(BITS)) in used:
        pass
    return index


@dataclass(frozen=True, slots=True)
class StatusList:
    """What was revoked by a time.

    The first credential's bit is the highest of the first byte. ``encoded`` is the
    same as text: there are many ways to compress the same bits.
    """

    time: datetime
    bits: bytes
    encoded: str

    @classmethod
    def of(cls, revoked: Collection[int], time: datetime) -> Self:
        """Make the list in which the bits at these indexes are set (section 3.3)."""
        bits = bytearray(BITS // 8)
        for index in revoked:
            bits[index // 8] |= 0x80 >> index % 8
        packer = zlib.compressobj(level=9, wbits=_GZIP)
        packed = packer.compress(bits) + packer.flush()
        return cls(time, bytes(bits), _MULTIBASE + encode_base64url(packed))

    @classmethod
    def decode(cls, encoded: str, time: datetime) -> Self:
        """Read a list of exactly ``BITS`` bits (section 3.4).

        Raises:
            ValueError: it is not one.
        """
        if not encoded.startswith(_MULTIBASE):
            raise ValueError("the status list is not in base64url")
        unpacker = zlib.decompressobj(_GZIP)
        try:
            # one byte more than there may be: a small text can hold a very large list
            bits = unpacker.decompress(decode_base64url(encoded[1:]), BITS // 8 + 1)
        except zlib.error as err:
            raise ValueError("the status list is not compressed") from err
        if len(bits) != BITS // 8 or not unpacker.eof or unpacker.unused_data:
            raise ValueError("the status list has another size")
        return cls(time, bits, encoded)

    def revokes(self, index: int) -> bool:
        """Say whether the credential at an index is revoked."""
        return bool(self.bits[index // 8] & 0x80 >> index % 8)
