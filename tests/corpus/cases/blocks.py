"""Receipts that carry the block of their anchor."""

from collections.abc import Iterator

import rlp  # type: ignore[import-untyped]
from eth_utils.crypto import keccak

from .. import log, made_block as made
from ..case import Case, Json, written
from ..made_block import CAPTURED, Item

_ALONE, _SECOND, _LAST_SHORT, _FIRST_LONG = CAPTURED
_OTHER = bytes.fromhex("70997970c51812dc3a010c7d01b50e0d17dc79c8")


def cases() -> Iterator[Case]:
    """Return them, the good ones first."""
    yield from _good()
    yield from _of_another_form()
    yield from _with_another_header()
    yield from _with_another_trie()
    yield from _with_another_outcome()
    yield from _of_another_anchor()


def _case(name: str, about: str, found: Json, failed: str | None = "in_block") -> Case:
    return Case(f"blocks/{name}", about, written(found), failed=failed, block=True)


def _receipt(found: Json) -> Json:
    return made.receipt(found, 2, 7)


def _good() -> Iterator[Case]:
    for name, about, found in (
        ("alone", "The only transaction of a real block.", _ALONE),
        ("second", "The second of 17 transactions, of the types 0, 1 and 2.", _SECOND),
        ("last-short-key", "The transaction 127 of 129.", _LAST_SHORT),
        ("first-long-key", "The transaction 128 of 141.", _FIRST_LONG),
    ):
        yield _case(f"good-{name}", about, _receipt(found), None)
    event = made.event(_ALONE["anchor"])
    another = [_OTHER, [], b""]
    for name, about, outcome in (
        ("type-0", "A transaction of the oldest type.", made.outcome(event, kind=b"")),
        ("type-127", "The last type there can be.", made.outcome(event, kind=b"\x7f")),
        (
            "deposit",
            "A transaction that an OP-stack network took over from Ethereum.",
            made.outcome(event, kind=b"\x7e", more=[b"\x05", b"\x01"]),
        ),
        (
            "twelve-more",
            "What came of it has twelve more items, which nobody knows yet.",
            made.outcome(event, more=[b"x"] * 12),
        ),
        (
            "among-events",
            "Other events stand around it.",
            made.outcome(another, event, another),
        ),
    ):
        yield _case(
            f"good-{name}", about, _receipt(made.with_outcome(_ALONE, outcome)), None
        )
    members = made.members(_ALONE)
    for count in (15, 16, 20):
        header = made.with_header(_ALONE, members[:count])
        about = "A header of an earlier time."
        yield _case(f"good-header-of-{count}", about, _receipt(header), None)
    later = made.with_header(_ALONE, [*members, *[b"later"] * (64 - len(members))])
    yield _case("good-header-of-64", "A header of later.", _receipt(later), None)
    for name, anchored in (("null", True), ("null-not-anchored", False)):
        found = log.receipt(2, 7, anchored=anchored) | {
            "format": "iot-blockchain-receipt/3",
            "credentials": [],
            "block": None,
            "earlier": [],
        }
        about = "A receipt of this format that carries no block."
        yield Case(f"blocks/good-{name}", about, written(found), anchored=anchored)


def _of_another_form() -> Iterator[Case]:
    right = _receipt(_SECOND)
    node = right["block"]["proof"][0]
    header = right["block"]["header"]
    changes: dict[str, tuple[str, Json]] = {
        "in-format-1": (
            "A block in a receipt of another format.",
            {"format": "iot-blockchain-receipt/1"},
        ),
        "in-format-2": (
            "A block in a receipt of another format.",
            {"format": "iot-blockchain-receipt/2"},
        ),
        "without-anchor": ("A block of no anchor.", {"anchor": None}),
        "credentials-null": ("Another kind.", {"credentials": None}),
        **{
            f"is-{name}": ("A block of another kind.", {"block": value})
            for name, value in {
                "text": header,
                "list": [],
                "object": {},
                "true": True,
                "number": 0,
            }.items()
        },
    }
    for name, (about, other) in changes.items():
        yield _case(name, about, right | other, "format")
    for name, path, value in (
        ("header-empty", ("header",), "0x"),
        ("header-upper-case", ("header",), header.upper().replace("0X", "0x")),
        ("header-odd", ("header",), header[:-1]),
        ("header-no-prefix", ("header",), header[2:]),
        ("header-no-digits", ("header",), header[:-2] + "0g"),
        ("header-line-break", ("header",), header + "\n"),
        ("header-too-long", ("header",), "0x" + "00" * 8193),
        ("header-null", ("header",), None),
        ("header-list", ("header",), [header]),
        ("index-negative", ("index",), -1),
        ("index-too-large", ("index",), 2**53),
        ("index-fraction", ("index",), 1.5),
        ("index-text", ("index",), "1"),
        ("index-null", ("index",), None),
        ("index-true", ("index",), True),
        ("proof-null", ("proof",), None),
        ("proof-text", ("proof",), node),
        ("proof-of-numbers", ("proof",), [1, 2]),
        ("proof-nested", ("proof",), [[node]]),
        ("proof-with-nothing", ("proof",), [node, "0x"]),
        ("proof-upper-case", ("proof",), [node.upper().replace("0X", "0x")]),
        ("proof-too-long", ("proof",), [node] * 17),
        ("node-too-long", ("proof", 0), "0x" + "00" * 65_537),
        ("unknown-member", ("number",), 5),
    ):
        about = "A member of a block is of another kind, or is written otherwise."
        found = log.changed(right, "block", *path, to=value)
        yield _case(name, about, found, "format")
    for name in ("header", "index", "proof"):
        about = "A block lacks a member."
        yield _case(f"lacks-{name}", about, log.without(right, "block", name), "format")
    lacking = log.without(right, "block")
    yield _case("missing", "A receipt of this format without one.", lacking, "format")
    lacking = log.without(right, "credentials")
    yield _case("lacks-credentials", "A member is missing.", lacking, "format")
    twice = written(right).replace(b'"index":', b'"index": 0, "index":')
    yield Case("blocks/index-twice", "Twice.", twice, failed="format", block=True)


def _with_another_header() -> Iterator[Case]:
    right = _SECOND["block"]
    flipped = f"{right['header'][:-1]}{int(right['header'][-1], 16) ^ 1:x}"
    about = "Another header than that of the block."
    found = log.changed(_SECOND, "block", "header", to=flipped)
    yield _case("header-flipped", about, _receipt(found))
    found = log.changed(_SECOND, "block", "header", to=_ALONE["block"]["header"])
    yield _case("header-of-another-block", about, _receipt(found))
    members = made.members(_ALONE)
    rest = rlp.encode(members)[3:]
    about = "What has the hash that the anchor names is no header."
    for name, header in {
        "of-14": members[:14],
        "of-65": [*members, *[b""] * (65 - len(members))],
        "of-nothing": [],
        "that-is-bytes": rlp.encode(b"h" * 600),
        "with-a-list": [*members, [b"1"]],
        "with-a-short-root": [*members[:5], members[5][1:], *members[6:]],
        "with-a-list-for-a-root": [*members[:5], [members[5]], *members[6:]],
        "with-zeros-before-number": [
            *members[:8],
            b"\0" + members[8],
            *members[9:],
        ],
        "with-a-huge-number": [*members[:8], b"\1" + bytes(7), *members[9:]],
        "with-an-endless-number": [*members[:8], b"\1" + bytes(400), *members[9:]],
        "with-a-time-after-9999": [*members[:11], b"\x3b" + bytes(4), *members[12:]],
        "with-more-behind": rlp.encode(members) + b"\0",
        "cut-off": rlp.encode(members)[:-1],
        "with-a-longer-length": b"\xfa\0" + rlp.encode(members)[1:],
        "with-a-length-too-much": b"\xf9" + (len(rest) + 1).to_bytes(2) + rest,
        "with-a-length-for-a-byte": _longer_zero(members),
        "that-is-one-byte": b"\x7f",
        "nested": b"\xc1" * 8191 + b"\xc0",
    }.items():
        yield _case(f"header-{name}", about, _receipt(made.with_header(_ALONE, header)))
    for name, place, value in (("number", 8, b"\x05"), ("time", 11, b"\x05")):
        other = [*members[:place], value, *members[place + 1 :]]
        found = made.with_header(_ALONE, other)
        yield _case(
            f"header-with-another-{name}",
            "The anchor names another block than its header.",
            _receipt(found),
        )


def _longer_zero(members: list[Item]) -> bytes:
    """Write a header in which one byte that stands for itself has a length."""
    content = b"".join(map(rlp.encode, members)) + b"\x81\x05"
    return b"\xf9" + len(content).to_bytes(2) + content


def _with_another_trie() -> Iterator[Case]:
    nodes = list(map(made.unhex, _SECOND["block"]["proof"]))

    def case(name: str, about: str, found: Json) -> Case:
        return _case(f"trie-{name}", about, _receipt(found))

    def proof(name: str, about: str, *changed: bytes) -> Case:
        hexed = [f"0x{node.hex()}" for node in changed]
        return case(name, about, log.changed(_SECOND, "block", "proof", to=hexed))

    yield proof("empty", "No proof at all.")
    yield proof("too-short", "The last node is missing.", *nodes[:-1])
    yield proof("without-its-root", "The first node is missing.", *nodes[1:])
    yield proof("superfluous", "A node too much.", *nodes, nodes[-1])
    yield proof("backwards", "From the leaf up to the root.", *reversed(nodes))
    for place in range(len(nodes)):
        flipped = [*nodes]
        flipped[place] = nodes[place][:-1] + bytes([nodes[place][-1] ^ 1])
        yield proof(f"flipped-{place}", "One bit is flipped.", *flipped)
    for index in (0, 2, 128, 2**53 - 1):
        found = log.changed(_SECOND, "block", "index", to=index)
        yield case(f"index-{index}", "The place of another transaction.", found)

    outcome = made.outcome(made.event(_ALONE["anchor"]))
    leaf = made.leaf((8, 0), outcome)
    below = made.leaf((0,), outcome)
    node = made.branch(8, below)
    short = rlp.decode(made.leaf((0,), b"short"))
    longer = b"\xfa\0" + leaf[1:]
    path, value = rlp.decode(leaf)
    hashed = keccak(below)
    for name, about, changed in (
        ("value-in-a-branch", "A branch with a value.", [
            made.branch(8, below, b"value"),
            below,
        ]),
        ("node-in-a-node", "A node inside another.", [made.branch(8, short)]),
        ("leaf-in-a-branch", "A leaf instead of a hash.", [
            made.branch(8, [path, value])
        ]),
        ("no-child", "A branch that does not lead there.", [
            made.branch(7, below),
            below,
        ]),
        ("ends-in-a-branch", "The key ends in a branch.", [
            made.branch(8, made.branch(0, made.branch(0, below))),
            made.branch(0, made.branch(0, below)),
            made.branch(0, below),
            below,
        ]),
        ("leaf-elsewhere", "A leaf of another key.", [made.leaf((8, 1), outcome)]),
        ("leaf-too-long", "A longer key.", [made.leaf((8, 0, 0), outcome)]),
        ("leaf-too-short", "A shorter key.", [made.leaf((8,), outcome)]),
        ("extension-of-nothing", "An extension without a path.", [
            made.extension((), leaf),
            leaf,
        ]),
        ("extension-elsewhere", "An extension of another key.", [
            made.extension((9,), below),
            below,
        ]),
        ("extension-too-long", "An extension beyond the key.", [
            made.extension((8, 0, 0), below),
            below,
        ]),
        ("extension-to-a-short-hash", "A hash of 31 bytes.", [
            rlp.encode([b"\x18", hashed[1:]]),
            below,
        ]),
        ("extension-to-a-node", "A node inside another.", [
            rlp.encode([b"\x18", short])
        ]),
        ("path-with-another-flag", "A flag that there is not.", [
            rlp.encode([b"\x40\x80", value])
        ]),
        ("path-not-padded", "A path with something before it.", [
            rlp.encode([b"\x21\x80", value])
        ]),
        ("path-empty", "No path, not even its flags.", [rlp.encode([b"", value])]),
        ("path-list", "A list instead of a path.", [rlp.encode([[path], value])]),
        ("value-list", "A list instead of a value.", [rlp.encode([path, [value]])]),
        ("of-three", "A node of three items.", [rlp.encode([path, value, b""])]),
        ("of-one", "A node of one item.", [rlp.encode([path])]),
        ("of-sixteen", "A node of 16 items.", [rlp.encode([hashed] * 16)]),
        ("of-eighteen", "A node of 18 items.", [rlp.encode([hashed] * 18)]),
        ("bytes", "A node that is no list.", [rlp.encode(value)]),
        ("written-longer", "A length that is longer than it needs.", [longer]),
        ("more-behind", "More behind a node.", [leaf + b"\0"]),
    ):  # fmt: skip
        yield case(name, about, made.with_nodes(_ALONE, changed))
    # The same from the code above, as it must be: else the cases would show nothing.
    for name, about, changed in (
        ("branch", "A branch and a leaf.", [node, below]),
        ("extension", "An extension and a leaf.", [
            made.extension((8,), below),
            below,
        ]),
        ("two-branches", "Two branches and a leaf of no path.", [
            made.branch(8, made.branch(0, made.leaf((), outcome))),
            made.branch(0, made.leaf((), outcome)),
            made.leaf((), outcome),
        ]),
    ):  # fmt: skip
        found = _receipt(made.with_nodes(_ALONE, changed))
        yield _case(f"good-{name}", about, found, None)


def _with_another_outcome() -> Iterator[Case]:
    anchor = _ALONE["anchor"]
    right = made.event(anchor)
    address, topics, data = right

    def case(name: str, about: str, outcome: bytes) -> Case:
        found = _receipt(made.with_outcome(_ALONE, outcome))
        return _case(f"outcome-{name}", about, found)

    for name, event in {
        "another-contract": [_OTHER, topics, data],
        "another-topic": [address, [bytes(32), topics[1]], data],
        "topics-swapped": [address, topics[::-1], data],
        "one-topic": [address, topics[:1], data],
        "three-topics": [address, [*topics, bytes(32)], data],
        "topics-not-in-a-list": [address, *topics, data],
        "longer-data": [address, topics, data + bytes(32)],
        "shorter-data": [address, topics, data[:-1]],
        "no-data": [address, topics],
        "one-item-more": [address, topics, data, b""],
        "swapped": [topics, address, data],
        "another-log": made.event(anchor, log=f"0x{bytes(32).hex()}"),
        "another-number": made.event(anchor, number=2),
        "another-size": made.event(anchor, size=9),
        "another-root": made.event(anchor, root=f"0x{bytes(32).hex()}"),
        "another-time": made.event(anchor, block_time=anchor["block_time"] - 1),
    }.items():
        yield case(name, "An event that does not say this.", made.outcome(event))
    yield case("no-events", "No event at all.", made.outcome())
    yield case("event-not-in-a-list", "Items of an event.", made.outcome(*right))
    yield case("event-is-bytes", "Bytes instead of an event.", made.outcome(b"event"))
    for name, status in {
        "failed": b"",
        "zero": b"\0",
        "two": b"\x02",
        "root": bytes(32),
        "one-with-zero": b"\0\1",
    }.items():
        yield case(
            f"status-{name}",
            "The transaction did not succeed.",
            made.outcome(right, status=status),
        )
    event = rlp.encode(right)
    whole = made.outcome(right)
    deep: Item = [b"x"]
    for _ in range(3):
        deep = [deep]
    for name, outcome in {
        "of-three": b"\x02" + rlp.encode([b"\x01", b"", bytes(256)]),
        "of-seventeen": made.outcome(right, more=[b""] * 13),
        "events-are-bytes": b"\x02" + rlp.encode([b"\x01", b"", bytes(256), event]),
        "is-bytes": b"\x02" + rlp.encode(b"x" * 300),
        "is-bytes-without-type": rlp.encode(b"x" * 300),
        "without-content": b"\x02",
        "with-more-behind": whole + b"\x80",
        "with-two-types": b"\x02" + whole,
        "cut-off": whole[:-1],
        "nested": made.outcome(right, deep),
    }.items():
        yield case(name, "What came of the transaction cannot be read.", outcome)
    yield case("is-empty", "Nothing came of it.", b"")


def _of_another_anchor() -> Iterator[Case]:
    for name, about, anchor in (
        (
            "of-another-anchor",
            "The block of another anchor of the log.",
            _LAST_SHORT["anchor"],
        ),
        (
            "of-an-invented-number",
            "An anchor with another number.",
            _SECOND["anchor"] | {"number": 3},
        ),
        (
            "of-an-invented-time",
            "An anchor with an earlier time.",
            _SECOND["anchor"] | {"block_time": 1},
        ),
        (
            "of-an-invented-block-number",
            "An anchor with another block's number.",
            _SECOND["anchor"] | {"block_number": 1},
        ),
        (
            "of-an-invented-hash",
            "An anchor with another block's hash.",
            _SECOND["anchor"] | {"block_hash": f"0x{bytes(32).hex()}"},
        ),
    ):
        found = {"anchor": anchor, "block": _SECOND["block"]}
        yield _case(name, about, _receipt(found))
    found = _receipt(_SECOND)
    found = found | {"anchor": found["anchor"] | {"size": 19}}
    about = "The anchor is of another checkpoint; its block is not looked at."
    yield _case("after-an-anchor-that-failed", about, found, "anchor")
    found = _receipt(_SECOND)
    found["anchor"] = found["anchor"] | {"transaction": f"0x{bytes(32).hex()}"}
    about = "The hash of the transaction is not what the block shows."
    yield _case("good-another-transaction", about, found, None)
