"""Keystore files: a private key, encrypted with a password.

The format is Web3 Secret Storage, version 3, as wallets and nodes write it. Such a file
says itself how much work it is to open. One that asks for more than any wallet does is
refused before any of it is done. Everything here is slow: for an executor.
"""

import re
from collections.abc import Mapping
from typing import Any

import orjson
from eth_account import Account as EthAccount

from .account import Account

MAX_BYTES = 64 * 1024
"""No keystore of one key is nearly as large."""

_HEXADECIMAL = re.compile(r"(?:0x)?((?:[0-9a-fA-F]{2})*)", re.ASCII)
_VERSION = 3
_KEY_LENGTH = 32
# What wallets use at most: 2**18 * 8, which takes 256 MiB and a second or some.
_MAX_SCRYPT_MEMORY = 2**21
_MAX_SCRYPT_WORK = 2**22
_MAX_PBKDF2_ROUNDS = 10_000_000


class KeystoreError(ValueError):
    """The key cannot be had. ``key`` names the reason for translations.

    The message repeats nothing of the file or the password.
    """

    key: str


class NotKeystoreError(KeystoreError):
    """The file is no keystore of this format."""

    key = "no_keystore"


class CostlyKeystoreError(KeystoreError):
    """The file asks for more work or memory than it may."""

    key = "keystore_too_costly"


class WrongPasswordError(KeystoreError):
    """The file was encrypted with another password."""

    key = "wrong_password"


class Keystore:
    """A keystore file that is one, and that may be opened."""

    def __init__(self, data: bytes) -> None:
        """Read the file.

        Raises:
            NotKeystoreError: it is none.
            CostlyKeystoreError: it would take too much to open it.
        """
        if len(data) > MAX_BYTES:
            raise NotKeystoreError("too large")
        try:
            content = _members(orjson.loads(data))
        except orjson.JSONDecodeError:
            raise NotKeystoreError("not JSON") from None
        if content.get("version") != _VERSION:
            raise NotKeystoreError("not of version 3")
        crypto = _members(content.get("crypto"))
        cipher = _members(crypto.get("cipherparams"))
        derivation = _members(crypto.get("kdfparams"))
        if crypto.get("cipher") != "aes-128-ctr":
            raise NotKeystoreError("not of a cipher that is known")
        _require_hexadecimal(crypto.get("ciphertext"), _KEY_LENGTH)
        _require_hexadecimal(crypto.get("mac"), 32)
        _require_hexadecimal(cipher.get("iv"), 16)
        _require_hexadecimal(derivation.get("salt"))
        self._check_work(crypto.get("kdf"), derivation)
        # Nothing else of the file is looked at.
        self._content = {
            "version": _VERSION,
            "crypto": {
                **{
                    name: crypto[name]
                    for name in ("cipher", "ciphertext", "kdf", "mac")
                },
                "cipherparams": cipher,
                "kdfparams": derivation,
            },
        }

    @staticmethod
    def _check_work(function: object, parameters: Mapping[str, Any]) -> None:
        """Look at what it takes to make the file's key from a password."""
        if parameters.get("dklen") != _KEY_LENGTH:
            raise NotKeystoreError("not of a key length that is known")
        if function == "scrypt":
            # RFC 7914, section 2: N is a power of 2.
            n, r, p = (_positive(parameters.get(name)) for name in "nrp")
            if n & (n - 1) or n == 1:
                raise NotKeystoreError("not of a work factor that scrypt has")
            if n * r > _MAX_SCRYPT_MEMORY or n * r * p > _MAX_SCRYPT_WORK:
                raise CostlyKeystoreError("more work than any wallet asks for")
        elif function == "pbkdf2" and parameters.get("prf") == "hmac-sha256":
            if _positive(parameters.get("c")) > _MAX_PBKDF2_ROUNDS:
                raise CostlyKeystoreError("more work than any wallet asks for")
        else:
            raise NotKeystoreError("not of a key derivation that is known")

    def open(self, password: str) -> Account:
        """Return the account.

        Raises:
            WrongPasswordError: the password is another one.
            AccountError: what is in the file is no private key.
        """
        try:
            key = EthAccount.decrypt(self._content, password)
        except ValueError:
            # All else that can be wrong was looked at before.
            raise WrongPasswordError("the password does not fit") from None
        return Account(key.hex())

    def __repr__(self) -> str:
        """Show nothing of it."""
        return "Keystore()"


def _members(value: object) -> dict[str, Any]:
    """Return the members of an object, by names that some wallets write in capitals."""
    if not isinstance(value, dict):
        raise NotKeystoreError("a part is missing")
    return {name.lower(): member for name, member in value.items()}


def _require_hexadecimal(value: object, length: int | None = None) -> None:
    match = _HEXADECIMAL.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise NotKeystoreError("a part is not hexadecimal")
    if length is not None and len(match[1]) != 2 * length:
        raise NotKeystoreError("a part has another length")


def _positive(value: object) -> int:
    if type(value) is not int or value < 1:
        raise NotKeystoreError("a part is no number above zero")
    return value
