"""Entries, keys, notes, checkpoints, receipts, and what devices sign."""

import json
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise

from custom_components.iot_blockchain.chain import rlp, verification as on_chain
from custom_components.iot_blockchain.log import (
    canonical,
    entry,
    note,
    verification,
)
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.note import NoteError, VerifierKey

from . import devices
from .honest import (
    ENTRIES,
    KEY,
    right_anchor,
    right_block,
    signed_checkpoint,
    signed_texts,
)
from .target import WronglyReadError, require

# The types of entries, and the member in which each has its time.
_TYPES = {"reading": "time", "signed_reading": "received", "act": "time"}
_SIGNED_MEMBERS = ("entity", "jws", "received", "salt", "type", "v")
_LONGEST_JWS = 2048
_MAX_INTEGER = 2**53 - 1
_MAX_REASON = 600


def read_canonical(data: bytes) -> None:
    """Read canonical JSON."""
    try:
        value = canonical.decode(data)
    except canonical.CanonicalError:
        return
    # Python's own parser, which shares nothing with the code under test.
    pairs: list[list[tuple[str, object]]] = []

    def members(found: list[tuple[str, object]]) -> dict[str, object]:
        pairs.append(found)
        return dict(found)

    def never(_text: str) -> None:
        raise WronglyReadError("a fraction was read")

    other = json.loads(
        data, object_pairs_hook=members, parse_float=never, parse_constant=never
    )
    require(other == value and repr(other) == repr(value), "another meaning")
    for found in pairs:
        names = [name.encode("utf-16-be") for name, _ in found]
        require(all(a < b for a, b in pairwise(names)), "members out of order")
    outside = "".join(data.decode().split('"')[::2]) if b"\\" not in data else ""
    require(not any(c.isspace() for c in outside), "white space")


def read_entry(data: bytes) -> None:
    """Read an entry."""
    try:
        found = entry.decode(data)
    except entry.EntryError:
        return
    members = json.loads(data)
    require(members == found.members, "other members")
    require(members["v"] == 1 and type(members["v"]) is int, "another version")
    require(members["type"] == found.type in _TYPES, "another type")
    time = found.time.replace(tzinfo=None).isoformat(timespec="microseconds")
    require(members[_TYPES[found.type]] == f"{time}Z", "another time")
    require(len(members["salt"]) == len("Tq5fKL3oel9aq823j5hQ7g"), "another salt")
    if found.type == "reading":
        texts = [members[name] for name in ("entity", "state")]
        texts += [members[name] for name in ("unit", "class") if name in members]
        require(all(isinstance(text, str) for text in texts), "something not text")
    if found.type == "signed_reading":
        jws = members["jws"]
        require(len(members) == len(_SIGNED_MEMBERS), "other members")
        require(len(jws) <= _LONGEST_JWS and jws.count(".") == len(".."), "no JWS")
        require(jws.replace(".", "").isascii(), "no base64url")
        require(isinstance(found.claims, dict), "claims that cannot be shown")


def read_key(data: bytes) -> None:
    """Read the key of a log."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        key = VerifierKey.parse(text)
    except NoteError:
        return
    encoded = b64encode(b"\x01" + key.public_key).decode()
    key_id = sha256(f"{key.name}\n".encode() + b"\x01" + key.public_key).digest()[:4]
    require(text == f"{key.name}+{key_id.hex()}+{encoded}", "another key")
    require(not set(key.name) & set(" +\n\t"), "a name that no line can hold")


def read_note(data: bytes) -> None:
    """Read a note that the key of the log should have signed."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        signed = note.verify(text, KEY)
    except NoteError:
        return
    require(signed in signed_texts(), "a text that was never signed")
    require(text.startswith(f"{signed}\n— "), "another text than the note's")


def read_checkpoint(data: bytes) -> None:
    """Read the text of a checkpoint."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        found = Checkpoint.parse(text)
    except NoteError:
        return
    root = b64encode(found.root).decode()
    require(text == f"{found.origin}\n{found.size}\n{root}\n", "another checkpoint")
    require(found.size < 10**19, "a size that no log has")


def read_receipt(data: bytes) -> None:
    """Read a receipt, and check all of it but the chain."""
    report = on_chain.check_anchor(verification.verify_offline(data))
    require(
        all(len(step.reason) < _MAX_REASON for step in report.steps), "a long reason"
    )
    require(report.verdict is not verification.Verdict.ANCHORED, "anchored, unasked")
    if report.verdict is verification.Verdict.INVALID:
        return
    # It claims nothing but what is so.
    value = json.loads(data)
    first, entries = value["first"], [text.encode() for text in value["entries"]]
    require(entries and entries == ENTRIES[first : first + len(entries)], "entries")
    require(value["checkpoint"].startswith(signed_checkpoint().body()), "a checkpoint")
    require(value["key"] == str(KEY), "a key")
    anchor = value["anchor"]
    if anchor is None:
        return
    for name in ("contract", "creator", "log", "size", "root"):
        require(anchor[name] == right_anchor().to_json()[name], f"the anchor's {name}")
    require(0 <= anchor["block_time"] <= _MAX_INTEGER, "a time out of range")
    if value.get("block") is not None:
        block = right_block()
        require(value["block"] == block.to_json(), "a block")
        for name in ("number", "block_number", "block_hash", "block_time"):
            right = right_anchor().to_json()[name]
            require(anchor[name] == right, f"the anchor's {name}")


def read_rlp(data: bytes) -> None:
    """Read what Ethereum writes headers and receipts in."""
    try:
        found = rlp.decode(data)
    except rlp.RlpError:
        return
    require(_written(found) == data, "an item that is written in another way")


def _written(item: rlp.Item) -> bytes:
    """Write an item as the Yellow Paper says it, appendix B."""
    if isinstance(item, bytes):
        alone = len(item) == 1 and item < b"\x80"
        return item if alone else _after_length(item, 0x80)
    return _after_length(b"".join(map(_written, item)), 0xC0)


def _after_length(content: bytes, kind: int) -> bytes:
    size = len(content)
    for count in range(9):
        if count == 0 and size < 56:  # noqa: PLR2004 - of the formula
            return bytes([kind + size]) + content
        if count and size < 256**count:
            return bytes([kind + 55 + count]) + size.to_bytes(count) + content
    raise AssertionError("no content is so long")


def read_envelope(data: bytes) -> None:
    """Read what a device should have signed."""
    wrong = devices.misread_envelope(data)
    require(wrong is None, wrong or "")


def read_credential(data: bytes) -> None:
    """Read what the log should have said of a device."""
    wrong = devices.misread_credential(data)
    require(wrong is None, wrong or "")
