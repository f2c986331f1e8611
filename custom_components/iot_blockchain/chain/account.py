"""The account that pays: a secp256k1 key. Slow (pure Python): for an executor."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from eth_account import Account as EthAccount
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

_PRIVATE_KEY = re.compile(r"(?:0x)?([0-9a-fA-F]{64})", re.ASCII)
_PHRASE_LENGTHS = (12, 15, 18, 21, 24)


class AccountError(ValueError):
    """The text is not a private key. The message never repeats it."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction as it goes over the wire, and its hash."""

    raw: bytes
    hash: bytes


class Payer(Protocol):
    """An account that can sign what it pays for, wherever its key is."""

    address: ChecksumAddress

    async def sign_transaction(
        self, transaction: Mapping[str, Any]
    ) -> SignedTransaction:
        """Sign a filled transaction.

        Raises:
            ChainError: it cannot be signed now.
        """


class Account:
    """A private key that signs transactions. It never shows its key."""

    def __init__(self, private_key: str) -> None:
        """Take 64 hexadecimal digits, with or without 0x.

        Raises:
            AccountError: it is not a private key.
        """
        match = _PRIVATE_KEY.fullmatch(private_key.strip())
        if match is None:
            raise AccountError(
                "a private key is 64 hexadecimal digits, with or without 0x in front"
            )
        try:
            self._account: LocalAccount = EthAccount.from_key("0x" + match[1])
        except Exception:  # noqa: BLE001 - whatever it is, it must not get out
            # The library's own message and its causes quote the key.
            raise AccountError("these digits are not a valid private key") from None
        self.address: ChecksumAddress = self._account.address

    @property
    def private_key(self) -> str:
        """The key, for whoever keeps it."""
        return "0x" + self._account.key.hex().removeprefix("0x")

    async def sign_transaction(
        self, transaction: Mapping[str, Any]
    ) -> SignedTransaction:
        """Sign a filled transaction."""
        return await asyncio.to_thread(self.sign, transaction)

    def sign(self, transaction: Mapping[str, Any]) -> SignedTransaction:
        """Sign a filled transaction."""
        signed = self._account.sign_transaction(dict(transaction))
        return SignedTransaction(bytes(signed.raw_transaction), bytes(signed.hash))

    def __repr__(self) -> str:
        """Show the address only."""
        return f"Account({self.address})"


def is_recovery_phrase(text: str) -> bool:
    """Say whether a text looks like the words that a wallet is restored with (BIP 39).

    Whoever has them has all accounts of the wallet: they belong nowhere but in it.
    """
    words = text.split()
    return len(words) in _PHRASE_LENGTHS and all(word.isalpha() for word in words)


def create_account() -> Account:
    """Make an account with a new random key."""
    return Account(EthAccount.create().key.hex())
