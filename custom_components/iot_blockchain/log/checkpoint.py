"""Checkpoints: a log's name, size and root (C2SP tlog-checkpoint), signed."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass

from . import note
from .merkle import HASH_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_UNSAFE = re.compile(r"[^a-z0-9]+")
_MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log was at one moment."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """Write the text that is signed."""
        root = b64encode(self.root).decode("ascii")
        return f"{self.origin}\n{self.size}\n{root}\n"

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """Read the text of a checkpoint.

        Raises:
            NoteError: it is not one. Extension lines are refused: none are in use,
                and a verifier must not pass over what it does not understand.
        """
        match body.split("\n"):
            case [origin, size, encoded, ""] if origin and _SIZE.fullmatch(size):
                pass
            case _:
                raise note.NoteError(
                    "the checkpoint is not an origin, a size and a root"
                )
        try:
            root = b64decode(encoded, validate=True)
        except (Base64Error, ValueError) as err:
            raise note.NoteError("the checkpoint's root is not base64") from err
        if len(root) != HASH_SIZE or b64encode(root).decode("ascii") != encoded:
            raise note.NoteError("the checkpoint's root is not a SHA-256 hash")
        return cls(origin, int(size), root)


def origin_of(name: str, log_id: bytes) -> str:
    """Make the origin of a log from the name a person gave it and its id."""
    label = _UNSAFE.sub("-", name.lower()).strip("-")[:_MAX_NAME].strip("-") or "log"
    return f"{label}.iot-blockchain/{log_id.hex()}"


def log_id_of(origin: str) -> bytes:
    """Return the log id that an origin names.

    Raises:
        NoteError: it names none.
    """
    encoded = origin.rpartition("/")[2]
    if re.fullmatch(r"[0-9a-f]{64}", encoded) is None:
        raise note.NoteError(f"the origin {origin!r} does not end in a log id")
    return bytes.fromhex(encoded)


def sign(checkpoint: Checkpoint, signer: note.Signer) -> str:
    """Make the signed note of a checkpoint."""
    return signer.sign(checkpoint.body())


def verify(text: str, key: note.VerifierKey) -> Checkpoint:
    """Read a checkpoint that is signed by the log's key.

    Raises:
        NoteError: malformed, not signed by this key, or of another log.
    """
    checkpoint = Checkpoint.parse(note.verify(text, key))
    if checkpoint.origin != key.name:
        raise note.NoteError(
            f"the checkpoint is of the log {checkpoint.origin!r}, not {key.name!r}"
        )
    return checkpoint
