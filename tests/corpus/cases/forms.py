"""Receipts with members that none may have, or lack, or have otherwise."""

from collections.abc import Iterator

from .. import log
from ..case import Case, Json, written

_HASH = "0x" + "0a" * 32
# None of these is right for any member of one of these kinds, and a fraction for none.
_WRONG: dict[str, object] = {
    "null": None,
    "true": True,
    "fraction": 1.5,
    "negative": -1,
    "text": "",
    "object": {},
    "list-of-null": [None],
}
_ONE_OF_EACH_KIND = (
    ("first",),
    ("entries",),
    ("proof",),
    ("anchor", "chain"),
    ("anchor", "log"),
    ("anchor", "number"),
)


def cases() -> Iterator[Case]:
    """Return what fails at the first step, as a receipt."""
    receipt = log.receipt(5, 6)
    for path in _paths(receipt):
        name = "-".join(path)
        yield _case(
            f"lacks-{name}", "A member is missing.", log.without(receipt, *path)
        )
        for what, wrong in _WRONG.items():
            if what == "fraction" or path in _ONE_OF_EACH_KIND:
                yield _case(
                    f"{name}-is-{what}",
                    "A member is of another kind.",
                    log.changed(receipt, *path, to=wrong),
                )
    for what, wrong in (("true", True), ("text", ""), ("list", []), ("object", {})):
        yield _case(
            f"anchor-is-{what}",
            "The anchor is of another kind.",
            receipt | {"anchor": wrong},
        )
    yield _case(
        "unknown-member",
        "A member that is not known.",
        receipt | {"comment": "trust me"},
    )
    yield _case(
        "credentials", "A member of another format.", receipt | {"credentials": []}
    )
    yield _case(
        "unknown-in-anchor",
        "The anchor has a member that is not known.",
        log.changed(receipt, "anchor", "comment", to="trust me"),
    )
    yield _case("no-entries", "No entries.", receipt | {"entries": []})
    yield _case("first-too-large", "A number out of range.", receipt | {"first": 2**53})
    yield _case(
        "first-beyond-64-bits", "A number out of range.", receipt | {"first": 2**64 + 5}
    )
    yield _case(
        "first-as-fraction",
        "A number with a point is no integer.",
        receipt | {"first": 5.0},
    )
    yield _case(
        "first-as-text", "A number as text is no integer.", receipt | {"first": "5"}
    )
    yield from _of_hashes(receipt)
    yield from _of_anchors(receipt)


def _of_hashes(receipt: Json) -> Iterator[Case]:
    wrong = {
        "upper-case": _HASH.upper().replace("0X", "0x"),
        "big-x": "0X" + "0a" * 32,
        "short": _HASH[:-2],
        "long": _HASH + "00",
        "no-prefix": "0a" * 32,
        "no-digits": "0x" + "0g" * 32,
        "line-break": _HASH + "\n",
    }
    for name, value in wrong.items():
        about = "A hash that is written in another way."
        yield _case(f"hash-{name}", about, log.changed(receipt, "proof", 0, to=value))
    yield _case(
        "root-upper-case",
        "A hash that is written in another way.",
        log.changed(receipt, "anchor", "root", to=_HASH.upper().replace("0X", "0x")),
    )
    yield _case(
        "long-proof",
        "A proof that is longer than any log needs.",
        receipt | {"proof": [_HASH] * 129},
    )


def _of_anchors(receipt: Json) -> Iterator[Case]:
    for name, chain in {
        "zero": "eip155:0",
        "leading-zero": "eip155:08453",
        "name": "eip155:base",
        "other": "bip122:000000000019d6689c085ae165831e93",
        "long": "eip155:" + "9" * 17,
        "space": " eip155:8453",
        "line-break": "eip155:8453\n",
        "other-digits": "eip155:\u0668\u0664\u0665\u0663",
    }.items():
        yield _case(
            f"chain-{name}",
            "A chain that is not named as CAIP-2 names it.",
            log.changed(receipt, "anchor", "chain", to=chain),
        )
    for name, address in {
        "short": log.CREATOR[:-1],
        "long": log.CREATOR + "0",
        "no-prefix": log.CREATOR[2:],
        "name": "pharmacy.eth",
    }.items():
        yield _case(
            f"creator-{name}",
            "An address that is none.",
            log.changed(receipt, "anchor", "creator", to=address),
        )
    yield _case(
        "block-time-after-9999",
        "A time that no calendar holds.",
        log.changed(receipt, "anchor", "block_time", to=253402300800),
    )


def _paths(receipt: Json) -> Iterator[tuple[str, ...]]:
    for name in receipt:
        yield (name,)
    for name in receipt["anchor"]:
        yield ("anchor", name)


def _case(name: str, about: str, receipt: object) -> Case:
    return Case(f"forms/{name}", about, written(receipt), failed="format")
