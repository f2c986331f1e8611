"""The proof of one entry, as other tools for transparency logs read it.

This is C2SP tlog-proof. Such a file holds neither the entry nor the log's key, and
knows no chain.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .merkle import HASH_SIZE

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_BYTES: Final = 1024 * 1024

# As many as a receipt may have; and the sizes of logs that a checkpoint may name.
_MAX_HASHES: Final = 128
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})", re.ASCII)
_EXTRA: Final = "extra "


class TlogProofError(ValueError):
    """This is not a proof of this format. The message is for the person who asked."""


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Where an entry stands in a log, and the way from there to the root.

    ``hashes`` are an inclusion proof (RFC 9162, section 2.1.3.1); ``checkpoint`` is a
    signed note, verbatim.
    """

    index: int
    hashes: Sequence[bytes]
    checkpoint: str

    def __str__(self) -> str:
        """Write the proof (C2SP tlog-proof, "Format"), without extra data."""
        hashes = (b64encode(element).decode("ascii") for element in self.hashes)
        head = "\n".join((HEADER, f"index {self.index}", *hashes))
        return f"{head}\n\n{self.checkpoint}"

    @classmethod
    def parse(cls, data: bytes) -> TlogProof:
        """Read a proof (C2SP tlog-proof, "Format").

        Extra data are passed over: nothing signs them.

        Raises:
            TlogProofError: it is none.
        """
        if len(data) > MAX_BYTES:
            raise TlogProofError("This file is too large for a tlog-proof (1 MB).")
        try:
            head, separator, checkpoint = data.decode().partition("\n\n")
        except UnicodeDecodeError as err:
            raise TlogProofError("This is not a tlog-proof: it is not UTF-8.") from err
        first, *lines = head.split("\n")
        if first != HEADER or not separator:
            raise TlogProofError(
                f"This is not a tlog-proof: it is not {HEADER!r}, an index, hashes, an"
                " empty line and a checkpoint."
            )
        if lines and lines[0].startswith(_EXTRA):
            _decode(lines.pop(0).removeprefix(_EXTRA))
        if not lines or (index := _INDEX.fullmatch(lines[0])) is None:
            raise TlogProofError("The tlog-proof does not say the index of its entry.")
        if len(lines) > 1 + _MAX_HASHES:
            raise TlogProofError("The tlog-proof is longer than any log needs.")
        return cls(int(index[1]), [_hash(line) for line in lines[1:]], checkpoint)


def _hash(line: str) -> bytes:
    if len(found := _decode(line)) != HASH_SIZE:
        raise TlogProofError("A hash in the tlog-proof does not have 32 bytes.")
    return found


def _decode(text: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as err:
        raise TlogProofError("A line of the tlog-proof is not base64.") from err
    if b64encode(data).decode("ascii") != text:
        raise TlogProofError("A line of the tlog-proof is not base64.")
    return data
