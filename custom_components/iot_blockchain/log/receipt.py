"""Receipts: all that a stranger needs to check readings (see docs/formats.md)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson

from .members import (
    LAST_SECOND,
    Members,
    ReceiptError,
    bytes_of,
    written,
)

MEDIA_TYPE: Final = "application/vnd.iot-blockchain.receipt+json"
FORMAT: Final = "iot-blockchain-receipt/1"
FORMAT_WITH_DEVICES: Final = "iot-blockchain-receipt/2"
"""Has one more member, ``credentials``, and may hold signed readings."""
FORMAT_WITH_BLOCK: Final = "iot-blockchain-receipt/3"
"""Has two more members than that, ``block`` and ``earlier``."""
_FORMATS: Final = (FORMAT, FORMAT_WITH_DEVICES, FORMAT_WITH_BLOCK)

MAX_BYTES: Final = 64 * 1024 * 1024
_MAX_PROOF: Final = 128
_LONG_PROOF: Final = "The receipt's proof is longer than any log needs."
MAX_EARLIER: Final = 1024
"""Earlier anchors in a receipt: six weeks of hourly ones."""
_MAX_CREDENTIALS: Final = 1024
_MAX_CREDENTIAL: Final = 8192
MAX_HEADER: Final = 8192
"""Bytes of a block's header. Most have some 600; with a list of validators, 5,000."""
MAX_NODES: Final = 16
"""Nodes of a block proof. With a million transactions in a block it has seven."""
MAX_NODE: Final = 65_536
"""Bytes of such a node: of the last, which holds all events of a transaction."""
# How a ZIP file begins (APPNOTE.TXT, section 4.3.7).
_ZIP: Final = b"PK\x03\x04"
_CHAIN = re.compile(r"eip155:[1-9][0-9]{0,15}", re.ASCII)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
# A JSON text, with or without its end, or what a further value follows. Possessive:
# whatever the file holds, it is read once.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?+|[\[{,]', re.DOTALL)
# A whole text of valid JSON, and the colon after it where it is the name of a member.
_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"[ \t\n\r]*+(:?)', re.DOTALL)
# An entry takes two of these tokens, and more than a hundred bytes. An earlier anchor
# takes some thirty more than its bytes give room for.
_BYTES_A_TOKEN = 32
_SPARE_TOKENS = 3000 + 32 * MAX_EARLIER


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
            "log": written(self.log),
            "number": self.number,
            "size": self.size,
            "root": written(self.root),
            "block_number": self.block_number,
            "block_hash": written(self.block_hash),
            "block_time": self.block_time,
            "transaction": written(self.transaction),
        }

    @classmethod
    def from_json(cls, value: object) -> Anchor:
        """Read the JSON object that stands in a receipt."""
        fields = Members(value, "anchor", cls.__dataclass_fields__)
        return cls(
            chain=fields.matching("chain", _CHAIN),
            contract=fields.matching("contract", _ADDRESS),
            creator=fields.matching("creator", _ADDRESS),
            log=fields.hash("log"),
            number=fields.number("number"),
            size=fields.number("size"),
            root=fields.hash("root"),
            block_number=fields.number("block_number"),
            block_hash=fields.hash("block_hash"),
            block_time=fields.number("block_time", LAST_SECOND),
            transaction=fields.hash("transaction"),
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
        fields = Members(value, "block", cls.__dataclass_fields__)
        nodes = fields.texts("proof")
        if len(nodes) > MAX_NODES:
            raise ReceiptError("The proof of the block is longer than any block needs.")
        return cls(
            header=bytes_of(fields.text("header"), MAX_HEADER),
            index=fields.number("index"),
            proof=[bytes_of(node, MAX_NODE) for node in nodes],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierAnchor:
    """An anchor of the same log before the receipt's own.

    ``consistency`` is for ``merkle.verify_consistency``: what it anchored is the
    beginning of what the receipt's own did.
    """

    anchor: Anchor
    consistency: Sequence[bytes]
    block: BlockProof | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that stands in a receipt."""
        return {
            "anchor": self.anchor.to_json(),
            "consistency": [written(element) for element in self.consistency],
            "block": self.block and self.block.to_json(),
        }

    @classmethod
    def from_json(cls, value: object) -> EarlierAnchor:
        """Read the JSON object that stands in a receipt."""
        fields = Members(value, "earlier anchor", cls.__dataclass_fields__)
        anchor = fields.optional("anchor", Anchor.from_json)
        if anchor is None:
            raise ReceiptError("An earlier anchor in the receipt is none.")
        return cls(
            anchor=anchor,
            consistency=fields.hashes("consistency", _MAX_PROOF, _LONG_PROOF),
            block=fields.optional("block", BlockProof.from_json),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Entries, all that follow one another, with their proof.

    ``entries`` are verbatim, the first at index ``first`` of the log; ``proof`` is
    for ``merkle.verify_range``; ``checkpoint`` is a signed note and ``key`` the vkey
    that signed it. Without an ``anchor`` the entries are in the log and no more.
    ``credentials`` are JWTs for ``device.credential``: what the gateway says of the
    devices that signed. None is a receipt of the first format. With a ``block``, or
    with ``earlier`` anchors, there is an anchor, too.
    """

    first: int
    entries: Sequence[bytes]
    proof: Sequence[bytes]
    checkpoint: str
    key: str
    anchor: Anchor | None
    credentials: Sequence[str] | None = None
    block: BlockProof | None = None
    earlier: Sequence[EarlierAnchor] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as a JSON object.

        It is of the first format wherever that can hold it, for verifiers that know
        no other.
        """
        members = {
            "format": FORMAT,
            "first": self.first,
            "entries": [entry.decode() for entry in self.entries],
            "proof": [written(element) for element in self.proof],
            "checkpoint": self.checkpoint,
            "key": self.key,
            "anchor": self.anchor and self.anchor.to_json(),
        }
        has_block = self.block is not None or bool(self.earlier)
        if (
            has_block
            or self.credentials is not None
            or any(map(_may_be_signed, self.entries))
        ):
            members["format"] = FORMAT_WITH_DEVICES
            members["credentials"] = list(self.credentials or ())
        if has_block:
            members["format"] = FORMAT_WITH_BLOCK
            members["block"] = self.block and self.block.to_json()
            members["earlier"] = [anchor.to_json() for anchor in self.earlier]
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
        fields = Members(value, "receipt", _names(found))
        entries = fields.texts("entries")
        if not entries:
            raise ReceiptError("The receipt holds no entries.")
        try:
            encoded = [entry.encode() for entry in entries]
        except UnicodeEncodeError as err:
            raise ReceiptError("The receipt's entries are not Unicode text.") from err
        receipt = cls(
            first=fields.number("first"),
            entries=encoded,
            proof=fields.hashes("proof", _MAX_PROOF, _LONG_PROOF),
            checkpoint=fields.text("checkpoint"),
            key=fields.text("key"),
            anchor=fields.optional("anchor", Anchor.from_json),
            credentials=None if found == FORMAT else _credentials(fields),
            **(_of_blocks(fields) if found == FORMAT_WITH_BLOCK else {}),
        )
        if receipt.anchor is None and (receipt.block or receipt.earlier):
            raise ReceiptError("The receipt holds a block, and names no anchor in it.")
        if data is not None:
            _require_names(data, _names_in(value))
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
    if data.startswith(_ZIP):
        raise ReceiptError(
            "This is a ZIP file, as evidence comes. Unpack it, and choose the"
            " receipt.json in it."
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


def _names_in(value: object) -> int:
    """Count the members of an object, and of all objects in it."""
    if isinstance(value, list):
        return sum(_names_in(item) for item in value if isinstance(item, Mapping))
    if isinstance(value, Mapping):
        return len(value) + sum(map(_names_in, value.values()))
    return 0


def _of_blocks(fields: Members) -> dict[str, Any]:
    """Read the members that only the third format has."""
    return {
        "block": fields.optional("block", BlockProof.from_json),
        "earlier": tuple(
            fields.objects(
                "earlier",
                EarlierAnchor.from_json,
                MAX_EARLIER,
                "The receipt has more earlier anchors than it may have.",
            )
        ),
    }


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
        names -= {"block", "earlier"}
    if found == FORMAT:
        names.remove("credentials")
    return names


def _credentials(fields: Members) -> list[str]:
    credentials = fields.texts("credentials")
    if len(credentials) > _MAX_CREDENTIALS:
        raise ReceiptError("The receipt has more credentials than it may have.")
    if any(len(credential) > _MAX_CREDENTIAL for credential in credentials):
        raise ReceiptError("A credential in the receipt is too long.")
    return credentials
