"""What a verifier must make of a block's hash that the reader says the chain holds."""

from collections.abc import Iterator

from . import log, made_block
from .case import Json

_RECEIPT = "blocks/good-second"


def cases() -> Iterator[Json]:
    """Return each case: a receipt, a hash, how ``known_block`` must go, the verdict.

    Where the step is not taken, there is no result.
    """
    real = made_block.CAPTURED[1]["anchor"]["block_hash"]
    other = made_block.CAPTURED[0]["anchor"]["block_hash"]
    for name, about, receipt, known, result, verdict in (
        ("known", "The hash of its block.", _RECEIPT, real, "passed", "anchored"),
        (
            "another",
            "The hash of another block of the chain.",
            _RECEIPT,
            other,
            "skipped",
            "unchecked",
        ),
        (
            "no-block",
            "A receipt that does not carry its block.",
            "good/range",
            log.anchor(1, bytes(32))["block_hash"],
            "skipped",
            "unchecked",
        ),
        (
            "not-anchored",
            "A receipt that names no block.",
            "good/not-anchored",
            real,
            None,
            "not_anchored",
        ),
        (
            "failed",
            "A receipt whose block does not hold its anchor.",
            "blocks/of-an-invented-time",
            real,
            None,
            "invalid",
        ),
    ):
        yield {
            "name": name,
            "about": about,
            "receipt": receipt,
            "block_hash": known,
            "result": result,
            "verdict": verdict,
        }
