"""Keccak-256, as Ethereum has it: the hash from before FIPS 202 changed the padding.

PyCryptodome brings it for every platform, and the types with it; it is also what web3
asks for, so whoever has that has nothing more to install.
"""

from Crypto.Hash import keccak


def keccak256(data: bytes) -> bytes:
    """Hash bytes into 32 bytes."""
    return keccak.new(digest_bits=256, data=data).digest()
