"""Receipts: all that a stranger needs to check readings (see docs/formats.md)."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson

from .merkle import HASH_SIZE

MEDIA_TYPE: Final = "application/vnd.iot-blockchain.receipt+json"
FORMAT: Final = "iot-blockchain-receipt/1"
FORMAT_WITH_DEVICES: Final = "iot-blockchain-receipt/2"
"""Has one more member, ``credentials``, and may hold signed readings."""
FORMAT_WITH_BLOCK: Final = "iot-blockchain-receipt/3"
"""Has one more member than that, ``block``."""
_FORMATS: Final = (FORMAT, FORMAT_WITH_DEVICES, FORMAT_WITH_BLOCK)

MAX_BYTES: Final = 64 * 1024 * 1024
_MAX_NUMBER: Final = 2**53 - 1
LAST_SECOND: Final = 253402300799  # of the year 9999, the last that calendars hold
_MAX_PROOF: Final = 128
_MAX_CREDENTIALS: Final = 1024
_MAX_CREDENTIAL: Final = 8192
MAX_HEADER: Final = 8192
"""Bytes of a block's header. Most have some 600; with a list of validators, 5,000."""
MAX_NODES: Final = 16
"""Nodes of a block proof. With a million transactions in a block it has seven."""
MAX_NODE: Final = 65_536
"""Bytes of such a node: of the last, which holds all events of a transaction."""
_CHAIN = re.compile(r"eip155:[1-9][0-9]{0,15}", re.ASCII)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_BYTES = re.compile(r"0x(?:[0-9a-f]{2})++", re.ASCII)
# A JSON text, with or without its end, or what a further value follows. Possessive:
# whatever the file holds, it is read once.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?+|[\[{,]', re.DOTALL)
# A whole text of valid JSON, and the colon after it where it is the name of a member.
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"[ \t\n\r]*+(:?)', re.DOTALL)
# An entry takes two of these tokens, and more than a hundred bytes.
_BYTES_A_TOKEN = 32
_SPARE_TOKENS = 1000


class ReceiptError(ValueError):
    """This is not a receipt that this version can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Where a checkpoint stands on a chain, as the receipt claims.

    ``chain`` is a CAIP-2 id; ``block_time`` is in seconds since 1970; addresses are
    in EIP-55 form.
    """

    chain: str
    contract: str
    creator: str
    log: bytes
    number: int
    size: int
    root: bytes
    block_number: int
    block_hash: bytes
    block_time: int
    transaction: bytes

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that stands in a receipt."""
        return {
            "chain": self.chain,
            "contract": self.contract,
            "creator": self.creator,
            "log": _hex(self.log),
            "number": self.number,
            "size": self.size,
            "root": _hex(self.root),
            "block_number": self.block_number,
            "block_hash": _hex(self.block_hash),
            "block_time": self.block_time,
            "transaction": _hex(self.transaction),
        }

    @classmethod
    def from_json(cls, value: object) -> Anchor:
        """Read the JSON object that stands in a receipt."""
        fields = _members(value, "anchor", cls.__dataclass_fields__)
        return cls(
            chain=_matching(fields, "chain", _CHAIN),
            contract=_matching(fields, "contract", _ADDRESS),
            creator=_matching(fields, "creator", _ADDRESS),
            log=_hash(fields["log"]),
            number=_number(fields, "number"),
            size=_number(fields, "size"),
            root=_hash(fields["root"]),
            block_number=_number(fields, "block_number"),
            block_hash=_hash(fields["block_hash"]),
            block_time=_number(fields, "block_time", LAST_SECOND),
            transaction=_hash(fields["transaction"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockProof:
    """That a block holds the anchor's transaction, for ``chain.block_proof``.

    ``header`` is the block's in RLP, ``index`` the transaction's place in the block,
    and ``proof`` the nodes from the block's receipts root down to its receipt.
    """

    header: bytes
    index: int
    proof: Sequence[bytes]

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that stands in a receipt."""
        return {
            "header": f"0x{self.header.hex()}",
            "index": self.index,
            "proof": [f"0x{node.hex()}" for node in self.proof],
        }

    @classmethod
    def from_json(cls, value: object) -> BlockProof:
        """Read the JSON object that stands in a receipt."""
        fields = _members(value, "block", cls.__dataclass_fields__)
        nodes = _texts(fields, "proof")
        if len(nodes) > MAX_NODES:
            raise ReceiptError("The proof of the block is longer than any block needs.")
        return cls(
            header=_bytes(_text(fields, "header"), MAX_HEADER),
            index=_number(fields, "index"),
            proof=[_bytes(node, MAX_NODE) for node in nodes],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Entries, all that follow one another, with their proof.

    ``entries`` are verbatim, the first at index ``first`` of the log; ``proof`` is
    for ``merkle.verify_range``; ``checkpoint`` is a signed note and ``key`` the vkey
    that signed it. Without an ``anchor`` the entries are in the log and no more.
    ``credentials`` are JWTs for ``device.credential``: what the gateway says of the
    devices that signed. None is a receipt of the first format. With a ``block`` there
    is an anchor, too.
    """

    first: int
    entries: Sequence[bytes]
    proof: Sequence[bytes]
    checkpoint: str
    key: str
    anchor: Anchor | None
    credentials: Sequence[str] | None = None
    block: BlockProof | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as a JSON object.

        It is of the first format wherever that can hold it, for verifiers that know
        no other.
        """
        members = {
            "format": FORMAT,
            "first": self.first,
            "entries": [entry.decode() for entry in self.entries],
            "proof": [_hex(element) for element in self.proof],
            "checkpoint": self.checkpoint,
            "key": self.key,
            "anchor": self.anchor and self.anchor.to_json(),
        }
        if (
            self.block is not None
            or self.credentials is not None
            or any(map(_may_be_signed, self.entries))
        ):
            members["format"] = FORMAT_WITH_DEVICES
            members["credentials"] = list(self.credentials or ())
        if self.block is not None:
            members["format"] = FORMAT_WITH_BLOCK
            members["block"] = self.block.to_json()
        return members

    @classmethod
    def from_json(cls, value: object) -> Receipt:
        """Read a receipt, given as a JSON object, its text or its bytes.

        Raises:
            ReceiptError: it is not a receipt, or one of a later format. The message
                is for the person who asked.
        """
        data = None
        if isinstance(value, str | bytes):
            data = _encode(value)
            value = _parse(data)
        if not isinstance(value, Mapping):
            raise ReceiptError("This is not a receipt: a receipt is a JSON object.")
        found = value.get("format")
        fields = _members(value, "receipt", _names(found))
        entries = _texts(fields, "entries")
        if not entries:
            raise ReceiptError("The receipt holds no entries.")
        proof = _texts(fields, "proof")
        if len(proof) > _MAX_PROOF:
            raise ReceiptError("The receipt's proof is longer than any log needs.")
        try:
            encoded = [entry.encode() for entry in entries]
        except UnicodeEncodeError as err:
            raise ReceiptError("The receipt's entries are not Unicode text.") from err
        receipt = cls(
            first=_number(fields, "first"),
            entries=encoded,
            proof=[_hash(element) for element in proof],
            checkpoint=_text(fields, "checkpoint"),
            key=_text(fields, "key"),
            anchor=_optional(Anchor.from_json, fields["anchor"]),
            credentials=None if found == FORMAT else _credentials(fields),
            block=_optional(BlockProof.from_json, fields.get("block")),
        )
        if receipt.block is not None and receipt.anchor is None:
            raise ReceiptError("The receipt holds a block, and names no anchor in it.")
        if data is not None:
            inside = [part for part in (receipt.anchor, receipt.block) if part]
            _require_names(
                data,
                len(fields) + sum(len(part.__dataclass_fields__) for part in inside),
            )
        return receipt


def _encode(text: str | bytes) -> bytes:
    try:
        return text.encode() if isinstance(text, str) else text
    except UnicodeEncodeError as err:
        raise ReceiptError("This is not a receipt: it is not Unicode.") from err


def _parse(data: bytes) -> object:
    if not data:
        raise ReceiptError("The file is empty.")
    if len(data) > MAX_BYTES:
        raise ReceiptError(
            f"This file is too large for a receipt ({MAX_BYTES // 2**20} MB at most)."
        )
    _require_few_values(data)
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as err:
        raise ReceiptError("This is not a receipt: it is not JSON.") from err


def _require_few_values(data: bytes) -> None:
    """Refuse what would fill the memory: empty lists are 30 times their text."""
    limit = _SPARE_TOKENS + len(data) // _BYTES_A_TOKEN
    if sum(1 for _ in islice(_TOKEN.finditer(data), limit + 1)) > limit:
        raise ReceiptError("This is not a receipt: it holds too many small values.")


def _require_names(data: bytes, count: int) -> None:
    """Require so many names of members: where one is named twice, parsers differ."""
    if sum(text[1] == b":" for text in _TEXT.finditer(data)) != count:
        raise ReceiptError("The receipt has a member that stands there twice.")


def _may_be_signed(entry: bytes) -> bool:
    """Say whether an entry can be a signed reading; all that are can be."""
    return b'"type":"signed_reading"' in entry


def _names(found: object) -> set[str]:
    """Return the members that a receipt of this format has."""
    if found not in _FORMATS:
        msg = (
            f"This receipt has a format that is not known here ({found[:80]!r})."
            " Use a newer version of the verifier."
            if isinstance(found, str) and found.startswith("iot-blockchain-receipt/")
            else "This is not a receipt of this product: its format is missing."
        )
        raise ReceiptError(msg)
    names = {"format", *Receipt.__dataclass_fields__}
    if found != FORMAT_WITH_BLOCK:
        names.remove("block")
    if found == FORMAT:
        names.remove("credentials")
    return names


def _optional[T](read: Callable[[object], T], value: object) -> T | None:
    return None if value is None else read(value)


def _credentials(fields: Mapping[str, object]) -> list[str]:
    credentials = _texts(fields, "credentials")
    if len(credentials) > _MAX_CREDENTIALS:
        raise ReceiptError("The receipt has more credentials than it may have.")
    if any(len(credential) > _MAX_CREDENTIAL for credential in credentials):
        raise ReceiptError("A credential in the receipt is too long.")
    return credentials


def _members(value: object, what: str, names: Collection[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ReceiptError(f"The {what} is not a JSON object.")
    missing = set(names) - set(value)
    if missing:
        raise ReceiptError(f"The {what} lacks {', '.join(sorted(missing))}.")
    unknown = set(value) - set(names)
    if unknown:
        raise ReceiptError(f"The {what} has members that do not belong there.")
    return value


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields[name]
    if not isinstance(value, str):
        raise ReceiptError(f"{name!r} in the receipt is not text.")
    return value


def _texts(fields: Mapping[str, object], name: str) -> list[str]:
    value = fields[name]
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ReceiptError(f"{name!r} in the receipt is not a list of texts.")
    return value


def _matching(fields: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> str:
    text = _text(fields, name)
    if pattern.fullmatch(text) is None:
        raise ReceiptError(f"{name!r} in the receipt is malformed.")
    return text


def _number(fields: Mapping[str, object], name: str, maximum: int = _MAX_NUMBER) -> int:
    value = fields[name]
    if type(value) is not int or not 0 <= value <= maximum:
        raise ReceiptError(f"{name!r} in the receipt is not a number in range.")
    return value


def _hash(value: object) -> bytes:
    if not isinstance(value, str) or _HASH.fullmatch(value) is None:
        raise ReceiptError(
            "A hash in the receipt is not 64 lower-case hexadecimal digits after 0x."
        )
    return bytes.fromhex(value[2:])


def _bytes(text: str, most: int) -> bytes:
    if len(text) > 2 + 2 * most or _BYTES.fullmatch(text) is None:
        raise ReceiptError(
            "Bytes in the receipt are too many, or are not lower-case hexadecimal"
            " digits after 0x."
        )
    return bytes.fromhex(text[2:])


def _hex(value: bytes) -> str:
    assert len(value) == HASH_SIZE
    return "0x" + value.hex()
