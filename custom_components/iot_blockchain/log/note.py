"""Signed notes (C2SP signed-note), with Ed25519 keys.

A note is a text, an empty line, and one line for each signature:
``— <key name> base64(4 bytes of key id ‖ signature)``.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_KEY_BYTES = 32
_MAX_SIGNATURES = 100


class NoteError(ValueError):
    """The note is malformed, or not signed by the key that was asked for."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A named public key: what C2SP signed-note calls a vkey."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        """Refuse names that could not stand in a signature line."""
        if not self.name or "+" in self.name or any(c.isspace() for c in self.name):
            raise NoteError(f"{self.name!r} cannot be the name of a key")
        _encode(self.name)
        if len(self.public_key) != _KEY_BYTES:
            raise NoteError("an Ed25519 public key has 32 bytes")

    @property
    def key_id(self) -> bytes:
        """The four bytes that a signature line names the key by."""
        named = self.name.encode() + b"\n" + _ED25519 + self.public_key
        return sha256(named).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """Write the key as ``<name>+<key id>+<base64 of type and key>``."""
        encoded = b64encode(_ED25519 + self.public_key).decode("ascii")
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a key as ``str`` writes it.

        Raises:
            NoteError: it is malformed, not Ed25519, or its key id is wrong.
        """
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        typed = _decode(encoded)
        if typed[:1] != _ED25519:
            raise NoteError("the key is not an Ed25519 key")
        key = cls(name, typed[1:])
        if key.key_id.hex() != key_id:
            raise NoteError("the key's id does not belong to its name and bytes")
        return key


class Signer:
    """A private key under a name. Its bytes never show in its representation."""

    def __init__(self, name: str, private_key: bytes) -> None:
        """Take the 32 bytes of an Ed25519 private key."""
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        self.verifier_key = VerifierKey(name, self._key.public_key().public_bytes_raw())

    def sign(self, text: str) -> str:
        """Make a signed note of a text, which must end in a line break."""
        key = self.verifier_key
        signature = self._key.sign(text.encode())
        encoded = b64encode(key.key_id + signature).decode("ascii")
        return f"{text}\n— {key.name} {encoded}\n"


def new_private_key() -> bytes:
    """Make a new Ed25519 private key."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def verify(note: str, key: VerifierKey) -> str:
    """Return the text of a note that is signed by the key.

    Signatures of other keys are passed over, as C2SP signed-note asks.

    Raises:
        NoteError: the note is malformed, or the key's signature is missing or wrong.
    """
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    if not separator or not signatures.endswith("\n"):
        raise NoteError("the note is not a text, an empty line and signature lines")
    if any(ord(c) < ord(" ") and c != "\n" for c in note):
        raise NoteError("the note has control characters")
    signed = _encode(text)
    lines = signatures.removesuffix("\n").split("\n")
    if len(lines) > _MAX_SIGNATURES:
        raise NoteError("the note has too many signatures")
    for name, signature in [_signature(line) for line in lines]:
        if name != key.name or signature[:_KEY_ID_BYTES] != key.key_id:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key.public_key).verify(
                signature[_KEY_ID_BYTES:], signed
            )
        except InvalidSignature as err:
            raise NoteError("the signature does not fit the text") from err
        return text
    raise NoteError(f"the note is not signed by {key.name}")


def _signature(line: str) -> tuple[str, bytes]:
    """Read a signature line: whose it is, and the key id with the signature."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—" or not name or not encoded:
        raise NoteError("a signature line is malformed")
    return name, _decode(encoded)


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as err:
        raise NoteError("the text is not Unicode") from err


def _decode(encoded: str) -> bytes:
    try:
        data = b64decode(encoded, validate=True)
    except (Base64Error, ValueError) as err:
        raise NoteError("malformed base64") from err
    if b64encode(data).decode("ascii") != encoded:
        raise NoteError("malformed base64")
    return data
