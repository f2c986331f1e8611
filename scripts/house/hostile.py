"""Hostile input for everything that reads what a stranger wrote.

Each target reads bytes and knows, by other means than the code under test, what may be
made of them; it raises ``WronglyReadError`` where something else was. Any other error
than the one that the code documents is a finding too, and so is a hang.

``scripts/fuzz`` runs the targets for long, led by coverage (atheris); the tests run
them for a second each, by chance.
"""

import asyncio
import json
import random
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from itertools import pairwise
from typing import Any, cast

from aiohttp import ClientSession

from custom_components.iot_blockchain.chain import contract, verification as on_chain
from custom_components.iot_blockchain.chain.client import (
    Block,
    ChainClient,
    Inclusion,
)
from custom_components.iot_blockchain.chain.errors import ChainError
from custom_components.iot_blockchain.log import (
    canonical,
    checkpoint,
    entry,
    merkle,
    note,
    verification,
)
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.entry import (
    Act,
    Reading,
    Record,
    SignedReading,
)
from custom_components.iot_blockchain.log.note import NoteError, Signer, VerifierKey
from custom_components.iot_blockchain.log.receipt import Anchor, Receipt

from . import hostile_devices

_TIME = datetime(2026, 11, 20, 10, 22, 1, 123456, tzinfo=UTC)
_CREATOR = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
_PRIVATE = bytes(range(32))
_PUBLIC = Signer("x", _PRIVATE).verifier_key.public_key
_LOG = contract.log_id(_CREATOR, _PUBLIC)
_SIGNER = Signer(checkpoint.origin_of("Home", _LOG), _PRIVATE)
_KEY = _SIGNER.verifier_key


def _entry(number: int, record: Record) -> bytes:
    """Write an entry with a salt that is the same each time.

    What a run has kept is read again by the next one, which must know what was signed.
    """
    data = entry.encode(record)
    salt = urlsafe_b64encode(number.to_bytes(16)).rstrip(b"=")
    return data.replace(json.loads(data)["salt"].encode(), salt)


_RECORDS: Sequence[Record] = (
    *(
        Reading("sensor.fridge", f"{state}.5", _TIME, "°C", "temperature")
        for state in range(9)
    ),
    Act("started", _TIME),
    Act("sources", _TIME, {"sources": {"a": {"title": "x", "on": True}}}),
)
_ENTRIES = [_entry(number, record) for number, record in enumerate(_RECORDS)]
_LEAVES = [merkle.leaf_hash(data) for data in _ENTRIES]
_SIZE = len(_LEAVES)
_SIGNED_ENTRY = _entry(
    99, SignedReading("sensor.a", _TIME, hostile_devices.envelopes()[0][1:].decode())
)
# The types of entries, and the member in which each has its time.
_TYPES = {"reading": "time", "signed_reading": "received", "act": "time"}
_SIGNED_MEMBERS = ("entity", "jws", "received", "salt", "type", "v")
_LONGEST_JWS = 2048
_MAX_INTEGER = 2**53 - 1
_MAX_REASON = 600
_MAX_ERROR = 300
_LAST_SQLITE_INTEGER = 2**63 - 1


class WronglyReadError(Exception):
    """Something was made of an input that must not be."""


@dataclass(frozen=True)
class Target:
    """Something that reads bytes from outside.

    ``seeds`` are what it is meant to read, and some of what it must refuse.
    """

    name: str
    read: Callable[[bytes], None]
    seeds: Sequence[bytes]


def _require(condition: object, what: str) -> None:
    if not condition:
        raise WronglyReadError(what)


def _read_canonical(data: bytes) -> None:
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
    _require(other == value and repr(other) == repr(value), "another meaning")
    for found in pairs:
        names = [name.encode("utf-16-be") for name, _ in found]
        _require(all(a < b for a, b in pairwise(names)), "members out of order")
    outside = "".join(data.decode().split('"')[::2]) if b"\\" not in data else ""
    _require(not any(c.isspace() for c in outside), "white space")


def _read_entry(data: bytes) -> None:
    try:
        found = entry.decode(data)
    except entry.EntryError:
        return
    members = json.loads(data)
    _require(members == found.members, "other members")
    _require(members["v"] == 1 and type(members["v"]) is int, "another version")
    _require(members["type"] == found.type in _TYPES, "another type")
    time = found.time.replace(tzinfo=None).isoformat(timespec="microseconds")
    _require(members[_TYPES[found.type]] == f"{time}Z", "another time")
    _require(len(members["salt"]) == len("Tq5fKL3oel9aq823j5hQ7g"), "another salt")
    if found.type == "reading":
        texts = [members[name] for name in ("entity", "state")]
        texts += [members[name] for name in ("unit", "class") if name in members]
        _require(all(isinstance(text, str) for text in texts), "something not text")
    if found.type == "signed_reading":
        jws = members["jws"]
        _require(len(members) == len(_SIGNED_MEMBERS), "other members")
        _require(len(jws) <= _LONGEST_JWS and jws.count(".") == len(".."), "no JWS")
        _require(jws.replace(".", "").isascii(), "no base64url")
        _require(isinstance(found.claims, dict), "claims that cannot be shown")


def _read_key(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        key = VerifierKey.parse(text)
    except NoteError:
        return
    encoded = b64encode(b"\x01" + key.public_key).decode()
    key_id = sha256(f"{key.name}\n".encode() + b"\x01" + key.public_key).digest()[:4]
    _require(text == f"{key.name}+{key_id.hex()}+{encoded}", "another key")
    _require(not set(key.name) & set(" +\n\t"), "a name that no line can hold")


def _read_note(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        signed = note.verify(text, _KEY)
    except NoteError:
        return
    _require(signed in _signed_texts(), "a text that was never signed")
    _require(text.startswith(f"{signed}\n— "), "another text than the note's")


def _read_checkpoint(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        found = Checkpoint.parse(text)
    except NoteError:
        return
    root = b64encode(found.root).decode()
    _require(text == f"{found.origin}\n{found.size}\n{root}\n", "another checkpoint")
    _require(found.size < 10**19, "a size that no log has")


def _read_receipt(data: bytes) -> None:
    report = on_chain.check_anchor(verification.verify_offline(data))
    _require(
        all(len(step.reason) < _MAX_REASON for step in report.steps), "a long reason"
    )
    _require(report.verdict is not verification.Verdict.ANCHORED, "anchored, unasked")
    if report.verdict is verification.Verdict.INVALID:
        return
    # It claims nothing but what is so.
    value = json.loads(data)
    first, entries = value["first"], [text.encode() for text in value["entries"]]
    _require(entries and entries == _ENTRIES[first : first + len(entries)], "entries")
    _require(value["checkpoint"].startswith(_checkpoint().body()), "a checkpoint")
    _require(value["key"] == str(_KEY), "a key")
    anchor = value["anchor"]
    if anchor is None:
        return
    for name in ("contract", "creator", "log", "size", "root"):
        _require(anchor[name] == _anchor().to_json()[name], f"the anchor's {name}")
    _require(0 <= anchor["block_time"] <= _MAX_INTEGER, "a time out of range")


def _read_range(data: bytes) -> None:
    """Let the bytes tamper with a right proof: it must be taken only unchanged."""
    numbers = _Numbers(data)
    size = 1 + numbers.below(_SIZE)
    first = numbers.below(size)
    stop = first + 1 + numbers.below(size - first)
    claim = _Claim(
        _LEAVES[first:stop],
        first,
        size,
        _range_proof(first, stop, 0, size),
        _root(0, size),
    )
    while numbers.left:
        claim.tamper(numbers)
    taken = _takes(
        merkle.verify_range,
        claim.leaves,
        claim.first,
        claim.size,
        claim.proof,
        claim.root,
    )
    if len(claim.leaves) == 1:
        single = _takes(
            merkle.verify_inclusion,
            claim.leaves[0],
            claim.first,
            claim.size,
            claim.proof,
            claim.root,
        )
        _require(single == taken, "an inclusion and a range of one differ")
    if claim.size == size and claim.root == _root(0, size):
        # Otherwise nothing is known: the signature holds size and root together.
        true = claim.true
        _require(taken == true, f"{'taken' if taken else 'refused'}, and it is {true}")


class _Numbers:
    """Bytes, as small numbers; noughts when they are used up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    @property
    def left(self) -> bool:
        return self._place < len(self._data)

    def below(self, limit: int) -> int:
        value = self._data[self._place] if self.left else 0
        self._place += 1
        return value % limit


@dataclass
class _Claim:
    """That leaves stand in a tree."""

    leaves: list[bytes]
    first: int
    size: int
    proof: list[bytes]
    root: bytes

    @property
    def true(self) -> bool:
        """Whether the claim is right, and its proof is the one that there is."""
        stop = self.first + len(self.leaves)
        return (
            0 <= self.first < stop <= self.size
            and self.leaves == _LEAVES[self.first : stop]
            and self.proof == _range_proof(self.first, stop, 0, self.size)
        )

    def tamper(self, numbers: _Numbers) -> None:
        """Change one thing."""
        kind = numbers.below(16)
        hashes = self.proof if kind & 1 else self.leaves
        start = numbers.below(len(hashes) + 1)
        node = _nodes()[numbers.below(len(_nodes()))]
        match kind >> 1:
            case 0:
                hashes.insert(start, node)
            case 1:
                del hashes[start : start + 1]
            case 2:
                hashes[start : start + 1] = [node]
            case 3:
                hashes[:] = hashes[start:] + hashes[:start]
            case 4:
                self.first = numbers.below(2 * _SIZE) - 2
            case 5:
                self.size = numbers.below(2 * _SIZE)
            case 6:
                self.root = node
            case _:
                hashes.insert(start, bytes(numbers.below(40)))


def _takes[**P](verify: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> bool:
    try:
        verify(*args, **kwargs)
    except merkle.ProofError:
        return False
    return True


_ASKED: Sequence[tuple[Callable[[ChainClient], Coroutine[Any, Any, object]], type]] = (
    (ChainClient.chain_id, int),
    (lambda client: client.balance(contract.ADDRESS), int),
    (lambda client: client.transaction_count(contract.ADDRESS), int),
    (lambda client: client.has_code(contract.ADDRESS), bool),
    (lambda client: client.log_state(_LOG), contract.LogState),
    (lambda client: client.estimate_gas(contract.ADDRESS, contract.ADDRESS, b""), int),
    (ChainClient.priority_fee, int),
    (ChainClient.base_fee, int),
    (ChainClient.latest_block, Block),
    (lambda client: client.block(7), Block),
    (ChainClient.final_block_number, int),
    (lambda client: client.inclusion(bytes(32)), Inclusion),
    (lambda client: client.knows(bytes(32)), bool),
    (lambda client: client.send(b"\x02"), type(None)),
)


def _read_answer(data: bytes) -> None:
    """Let an endpoint answer a question; the first byte chooses the question."""
    ask, kind = _ASKED[data[0] % len(_ASKED) if data else 0]
    try:
        answer = _loop().run_until_complete(ask(answered_with(data[1:])))
    except ChainError:
        return
    may_be_none = kind is Block or kind is Inclusion
    _require(
        isinstance(answer, kind) or (answer is None and may_be_none), "another type"
    )
    if isinstance(answer, Block | Inclusion):
        for value in (getattr(answer, name) for name in answer.__slots__):
            if type(value) is int:
                _require(0 <= value <= _LAST_SQLITE_INTEGER, "a number out of range")


def _read_envelope(data: bytes) -> None:
    wrong = hostile_devices.misread_envelope(data)
    _require(wrong is None, wrong or "")


def _read_credential(data: bytes) -> None:
    wrong = hostile_devices.misread_credential(data)
    _require(wrong is None, wrong or "")


def answered_with(body: bytes, url: str = "http://endpoint") -> ChainClient:
    """Make a client that gets the same bytes as the answer to every question."""
    return ChainClient(url, cast("ClientSession", _Session(body)))


def right_answer(to: str) -> dict[str, Any]:
    """Return what an honest endpoint says when it is asked for a block or inclusion."""
    place = {"block": 9, "inclusion": 11}[to]
    found = next(data[1:] for data in _answers() if data[0] == place)
    return cast("dict[str, Any]", json.loads(found)["result"])


class _Session:
    """A session whose endpoint answers anything with the same bytes."""

    closed = False

    def __init__(self, body: bytes) -> None:
        self._body = body
        self.content = self

    def post(self, *_args: object, **_kwargs: object) -> _Session:
        return self

    async def __aenter__(self) -> _Session:  # noqa: PYI034 - nothing stands on it
        return self

    async def __aexit__(self, *_args: object) -> None:
        pass

    def raise_for_status(self) -> None:
        pass

    async def iter_chunked(self, _size: int) -> AsyncIterator[bytes]:
        yield self._body


@cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()


@cache
def _root(low: int, high: int) -> bytes:
    if high - low == 1:
        return _LEAVES[low]
    middle = low + _split(high - low)
    return sha256(b"\x01" + _root(low, middle) + _root(middle, high)).digest()


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


@cache
def _nodes() -> Sequence[bytes]:
    """Every hash that a cheat has at hand."""
    pairs = [(low, high) for high in range(1, _SIZE + 1) for low in range(high)]
    return [*dict.fromkeys(_root(low, high) for low, high in pairs), bytes(32)]


def _range_proof(first: int, stop: int, low: int, high: int) -> list[bytes]:
    """Prove a range as docs/formats.md says it."""
    if high - low == 1:
        return []
    middle = low + _split(high - low)
    if stop <= middle:
        return [*_range_proof(first, stop, low, middle), _root(middle, high)]
    if first >= middle:
        return [*_range_proof(first, stop, middle, high), _root(low, middle)]
    return [
        *_range_proof(first, middle, low, middle),
        *_range_proof(middle, stop, middle, high),
    ]


def _checkpoint() -> Checkpoint:
    return Checkpoint(_KEY.name, _SIZE, _root(0, _SIZE))


@cache
def _signed_texts() -> Mapping[str, str]:
    """All that the log's key has signed, as notes."""
    texts = (_checkpoint().body(), "a\n\nb\n", "\n")
    return {text: _SIGNER.sign(text) for text in texts}


def _anchor() -> Anchor:
    return Anchor(
        chain="eip155:8453",
        contract=contract.ADDRESS,
        creator=_CREATOR,
        log=_LOG,
        number=3,
        size=_SIZE,
        root=_root(0, _SIZE),
        block_number=17,
        block_hash=bytes(32),
        block_time=1_790_000_000,
        transaction=bytes(range(1, 33)),
    )


def _receipt(first: int, stop: int, anchor: Anchor | None) -> bytes:
    receipt = Receipt(
        first=first,
        entries=_ENTRIES[first:stop],
        proof=_range_proof(first, stop, 0, _SIZE),
        checkpoint=_signed_texts()[_checkpoint().body()],
        key=str(_KEY),
        anchor=anchor,
    )
    return json.dumps(receipt.to_json(), ensure_ascii=False).encode()


def _answers() -> list[bytes]:
    """Write answers that are right for some of the questions."""
    word = "0x" + "00" * 32
    event = {
        "address": contract.ADDRESS,
        "topics": [
            "0x67063167db0c7162928459180be34bf1b42a457cc339ef12d974b4a537680200",
            "0x" + _LOG.hex(),
        ],
        "data": "0x" + f"{3:064x}{11:064x}" + _root(0, 11).hex() + f"{1790000000:064x}",
        "blockNumber": "0x11",
        "blockHash": word,
        "transactionHash": word,
        "transactionIndex": "0x0",
        "logIndex": "0x0",
        "removed": False,
    }
    block = {
        "number": "0x11",
        "hash": word,
        "timestamp": "0x6ab13b80",
        "baseFeePerGas": "0x7",
        "extraData": "0x",
    }
    receipt = {
        "status": "0x1",
        "blockNumber": "0x11",
        "blockHash": word,
        "gasUsed": "0x5208",
        "effectiveGasPrice": "0x7",
        "l1Fee": "0x1",
        "transactionHash": word,
        "logs": [event],
    }
    state = "0x" + ("00" * 12 + "ab" * 20) * 2 + f"{11:064x}{3:064x}{0:064x}"
    right: dict[int, object] = {
        **dict.fromkeys((0, 1, 2, 5, 6), "0x7a69"),
        3: "0x60",
        4: state,
        **dict.fromkeys((7, 8, 9, 10), block),
        11: receipt,
        12: {"hash": word, "blockNumber": "0x11"},
        13: word,
    }
    errors: list[object] = [
        {"code": -32000, "message": "insufficient funds"},
        {"code": 3, "message": "execution reverted", "data": "0x" + "ab" * 36},
        "no",
    ]
    answers = [(place, {"result": value}) for place, value in right.items()]
    answers += [(place, {"result": None}) for place in right]
    answers += [(13, {"error": value}) for value in errors]
    return [
        bytes([place]) + json.dumps({"jsonrpc": "2.0", "id": 0, **answer}).encode()
        for place, answer in answers
    ]


def targets() -> Mapping[str, Target]:
    """Return all targets, by name."""
    body = _checkpoint().body()
    notes = list(_signed_texts().values())
    receipts = [
        _receipt(3, 5, None),
        _receipt(0, _SIZE, _anchor()),
        _receipt(10, 11, _anchor()),
    ]
    values = [
        b'{"a":{"b":null,"c":true},"d":-9007199254740991,"\xc3\xa9":"\\u0001\\n"}',
        b'"x"',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a": 1}',
        b"[1.5]",
        b"-0",
    ]
    forged = Signer(_KEY.name, bytes(32)).sign(body)
    return {
        target.name: target
        for target in (
            Target("canonical", _read_canonical, [*values, *_ENTRIES[-2:]]),
            Target("entry", _read_entry, [*_ENTRIES[-3:], _SIGNED_ENTRY, *values]),
            Target("key", _read_key, [str(_KEY).encode(), b"a+00000000+AQ=="]),
            Target("note", _read_note, [text.encode() for text in (*notes, forged)]),
            Target("checkpoint", _read_checkpoint, [body.encode(), b"a\n01\nAA==\n"]),
            Target("receipt", _read_receipt, receipts),
            Target("range", _read_range, [bytes([10, 3, 2]), bytes([10, 0, 9, 4, 1])]),
            Target("answer", _read_answer, _answers()),
            Target("envelope", _read_envelope, hostile_devices.envelopes()),
            Target("credential", _read_credential, hostile_devices.credentials()),
        )
    }


def mutated(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """Change some bytes of a seed, put two together, or make up bytes."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
        start = chance.randint(0, len(data))
        length = chance.choice((1, 1, 2, 4, chance.randint(0, 64)))
        other = chance.choice(seeds)
        cut = chance.randint(0, len(other))
        match chance.randrange(6):
            case 0 if start < len(data):
                data[start] ^= 1 << chance.randrange(8)
            case 1:
                del data[start : start + length]
            case 2:
                data[start:start] = chance.randbytes(length)
            case 3:
                data[start : start + length] = other[cut : cut + length]
            case 4:
                data[start:start] = data[start : start + length] * chance.choice((1, 9))
            case _:
                token = chance.choice(_TOKENS)
                data[start : start + len(token) * chance.randrange(2)] = token
    return bytes(data)


_TOKENS = (
    b"{}",
    b"[]",
    b"null",
    b"true",
    b"-1",
    b"1e9",
    b"9007199254740992",
    b"18446744073709551616",
    b"1" * 30,
    b'""',
    b'"',
    b"\\ud800",
    b"\\u0000",
    b"\xff",
    b"\xed\xa0\x80",
    "\u202e".encode(),
    b"\n\n",
    "\n— a AAAAAA==\n".encode(),
    b"0x",
    b"[" * 200,
    b'{"a":' * 200,
)


def try_by_chance(target: Target, count: int, chance: random.Random) -> None:
    """Read the seeds, and then so many inputs that are made of them.

    Raises:
        Exception: whatever the target finds, with the input in a note.
    """
    for place in range(len(target.seeds) + count):
        data = (
            target.seeds[place]
            if place < len(target.seeds)
            else mutated(target.seeds, chance)
        )
        try:
            target.read(data)
        except Exception as err:
            err.add_note(f"input: {data!r}")
            raise
