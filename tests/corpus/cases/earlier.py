"""Receipts that name the anchors before their own."""

from collections.abc import Iterator
from typing import Any

from tests.unit.log import reference

from .. import log, made_block as made
from ..case import Case, Json, written
from ..made_block import CAPTURED

_LEAVES = [log.leaf(entry) for entry in log.ENTRIES]
_LAST = CAPTURED[-1]
_HASH = "0x" + "0a" * 32


def cases() -> Iterator[Case]:
    """Return them, the good ones first."""
    yield from _good()
    yield from _of_another_form()
    yield from _that_do_not_fit()


def _earlier(captured: Json, size: int = 31, *, block: bool = True) -> Json:
    """Name a real anchor as one before an anchor of so many entries."""
    before = captured["anchor"]["size"]
    proof = reference.proof(before, _LEAVES[:size])
    return {
        "anchor": captured["anchor"],
        "consistency": [f"0x{element.hex()}" for element in proof],
        "block": captured["block"] if block else None,
    }


def _receipt(first: int, stop: int, *earlier: Json, of: Json = _LAST) -> Json:
    return made.receipt(of, first, stop) | {"earlier": list(earlier)}


def _case(
    name: str,
    about: str,
    found: Json,
    failed: str | None = "earlier",
    *,
    block: bool = True,
) -> Case:
    return Case(
        f"earlier/{name}",
        about,
        written(found),
        failed=failed,
        block=block,
        earlier=True,
    )


def _good() -> Iterator[Case]:
    first, second, third, _ = CAPTURED
    every = [_earlier(captured) for captured in CAPTURED[:-1]]
    for name, about, found in (
        ("all", "A range, and all anchors in it.", _receipt(3, 30, *every)),
        ("one", "One reading, and the anchor before it.", _receipt(29, 30, every[2])),
        (
            "not-all",
            "A range, and some of the anchors in it: less is known, and nothing wrong.",
            _receipt(3, 30, every[1]),
        ),
        (
            "without-their-blocks",
            "Earlier anchors that do not carry their blocks.",
            _receipt(3, 30, *[before | {"block": None} for before in every]),
        ),
        (
            "of-another-last",
            "An earlier anchor as the receipt's own, and one before it.",
            _receipt(3, 9, _earlier(first, 20), of=second),
        ),
    ):
        yield _case(f"good-{name}", about, found, None)
    found = _receipt(9, 21, _earlier(third), of=_LAST) | {"block": None}
    about = "Blocks of earlier anchors, and none of the receipt's own."
    yield _case("good-without-its-block", about, found, None, block=False)


def _of_another_form() -> Iterator[Case]:
    right = _receipt(3, 30, _earlier(CAPTURED[0]))
    small = _earlier(CAPTURED[0], block=False) | {"consistency": []}
    changes: dict[str, tuple[str, Any]] = {
        "null": ("Another kind.", None),
        "object": ("Another kind.", {}),
        "of-text": ("Another kind.", ["anchor"]),
        "of-null": ("Another kind.", [None]),
        "of-lists": ("Another kind.", [[]]),
        "of-1025": ("More than there may be.", [small] * 1025),
    }
    for name, (about, value) in changes.items():
        yield _case(f"is-{name}", about, right | {"earlier": value}, "format")
    for name in ("anchor", "consistency", "block"):
        found = log.without(right, "earlier", 0, name)
        yield _case(f"lacks-{name}", "A member is missing.", found, "format")
    for name, path, value in (
        ("anchor-null", ("anchor",), None),
        ("anchor-text", ("anchor",), "anchor"),
        ("anchor-without-number", ("anchor", "number"), None),
        ("consistency-null", ("consistency",), None),
        ("consistency-text", ("consistency",), _HASH),
        ("consistency-short-hash", ("consistency",), [_HASH[:-2]]),
        ("consistency-of-129", ("consistency",), [_HASH] * 129),
        ("block-text", ("block",), "0x00"),
        ("block-index-negative", ("block", "index"), -1),
        ("unknown-member", ("number",), 1),
    ):
        about = "A member is of another kind."
        found = log.changed(right, "earlier", 0, *path, to=value)
        yield _case(name, about, found, "format")
    for number, about in ((1, "format 1"), (2, "format 2")):
        other = {"format": f"iot-blockchain-receipt/{number}"}
        found = log.without(right, "block") | other
        yield _case(f"in-format-{number}", f"It is of {about}.", found, "format")
    found = log.without(right, "earlier")
    yield _case("missing", "A receipt of this format without.", found, "format")
    found = right | {"anchor": None, "block": None}
    yield _case("without-anchor", "None that they are before.", found, "format")
    twice = written(right).replace(b'"consistency":', b'"block": 0, "consistency":')
    yield Case("earlier/block-twice", "Twice.", twice, failed="format", earlier=True)


def _that_do_not_fit() -> Iterator[Case]:
    one, two, three = (_earlier(captured) for captured in CAPTURED[:-1])

    def case(name: str, about: str, *earlier: Json) -> Case:
        return _case(name, about, _receipt(3, 30, *earlier))

    def anchor(name: str, about: str, **other: Any) -> Case:  # noqa: ANN401 - JSON
        changed = two | {"anchor": two["anchor"] | other, "block": None}
        return case(f"anchor-{name}", about, one, changed, three)

    yield anchor("of-another-chain", "Another chain.", chain="eip155:1")
    yield anchor("of-another-contract", "Another contract.", contract=log.CREATOR)
    yield anchor("of-another-creator", "Another account.", creator=log.CONTRACT)
    yield anchor("of-another-log", "Another log.", log=_HASH)
    yield anchor("of-another-root", "Another tree.", root=_HASH)
    yield anchor("of-one-entry-less", "Another size.", size=19)
    yield anchor("of-one-entry-more", "Another size.", size=21)
    yield anchor("of-nothing", "An empty log proves nothing.", size=0)
    yield anchor("that-is-larger", "More than the last.", size=32)
    yield anchor("with-the-number-before", "No growing number.", number=1)
    yield anchor("with-the-number-after", "No growing number.", number=3)
    yield anchor("with-the-last-number", "No growing number.", number=4)
    yield anchor("in-a-block-before", "A block before the last.", block_number=1)
    yield anchor("in-a-block-after", "A block after the next.", block_number=9)
    yield anchor("of-a-time-before", "A time before the last.", block_time=1)
    yield anchor("of-a-time-after", "A time after the next.", block_time=log.BLOCK_TIME)
    yield case("backwards", "The last one first.", three, two, one)
    yield case("twice", "One of them twice.", one, one)
    itself = {"anchor": _LAST["anchor"], "consistency": [], "block": None}
    yield case("itself", "The receipt's own anchor, once more.", one, itself)
    proof = two["consistency"]
    for name, elements in {
        "empty": [],
        "too-short": proof[:-1],
        "too-long": [*proof, _HASH],
        "of-another": three["consistency"],
        "backwards": proof[::-1],
        "flipped": [*proof[:-1], f"{proof[-1][:-1]}{int(proof[-1][-1], 16) ^ 1:x}"],
    }.items():
        about = "A proof that does not show how the log grew."
        yield case(f"consistency-{name}", about, one, two | {"consistency": elements})
    yield case(
        "block-of-another",
        "The block of another anchor.",
        one,
        two | {"block": three["block"]},
    )
    index = log.changed(two, "block", "index", to=0)
    yield case("block-index", "Another place in its block.", one, index)
    found = _receipt(3, 30, one, itself)
    found = log.changed(found, "block", "index", to=0)
    about = "The block does not hold the anchor; earlier ones are not looked at."
    yield _case("after-a-block-that-failed", about, found, "in_block")
