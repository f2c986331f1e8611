"""Receipts whose anchor is not one of the checkpoint beside it."""

from collections.abc import Iterator

from .. import log
from ..case import Case, Json, written
from ..log import CREATOR, Key

_OTHER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


def cases() -> Iterator[Case]:
    """Return what fails at the last step that needs no chain."""
    receipt = log.receipt(5, 9)
    size, root = receipt["anchor"]["size"], receipt["anchor"]["root"]
    other = Key("another").log_id()
    changes: dict[str, tuple[str, Json]] = {
        "contract-of-somebody-else": ("Another contract.", {"contract": _OTHER}),
        "contract-lower-case": (
            "LogAnchor's address, without its capitals.",
            {"contract": log.CONTRACT.lower()},
        ),
        "contract-upper-case": (
            "LogAnchor's address, with other capitals.",
            {"contract": "0x" + log.CONTRACT[2:].upper()},
        ),
        "creator-lower-case": (
            "An address without its capitals can be misspelt.",
            {"creator": CREATOR.lower()},
        ),
        "creator-upper-case": (
            "An address with other capitals.",
            {"creator": "0x" + CREATOR[2:].upper()},
        ),
        "creator-one-capital": (
            "An address with one capital that is wrong.",
            {"creator": CREATOR[:-1] + CREATOR[-1].swapcase()}
            if CREATOR[-1].isalpha()
            else {"creator": CREATOR.replace("Fd", "fd")},
        ),
        "creator-somebody-else": ("Another account's log.", {"creator": _OTHER}),
        "log-of-zeros": ("Another log.", {"log": "0x" + "00" * 32}),
        "log-of-another-key": ("The log of another key.", {"log": f"0x{other.hex()}"}),
        "size-smaller": ("An anchor of an earlier checkpoint.", {"size": size - 1}),
        "size-larger": ("An anchor of a later checkpoint.", {"size": size + 1}),
        "size-zero": ("An anchor of an empty log.", {"size": 0}),
        "root-other": (
            "An anchor of another tree.",
            {"root": f"0x{int(root, 0) ^ 1:064x}"},
        ),
    }
    for name, (about, members) in changes.items():
        changed = receipt | {"anchor": receipt["anchor"] | members}
        yield Case(f"anchors/{name}", about, written(changed), failed="anchor")
    yield Case(
        "anchors/key-of-somebody-else",
        "Somebody signed the log with a key of his own, and names the true anchor.",
        written(_signed_by(Key("another"), log.ORIGIN)),
        failed="anchor",
    )
    for name, origin in {
        "without-log-id": "corner-pharmacy",
        "with-another-log-id": f"corner-pharmacy.iot-blockchain/{other.hex()}",
        "with-log-id-upper-case": f"corner-pharmacy/{log.LOG_ID.hex().upper()}",
        "with-log-id-in-front": f"{log.LOG_ID.hex()}/corner-pharmacy",
        "with-longer-log-id": f"corner-pharmacy/00{log.LOG_ID.hex()}",
    }.items():
        yield Case(
            f"anchors/origin-{name}",
            "The checkpoint's name does not end in the id of the anchor's log.",
            written(_signed_by(log.KEY, origin)),
            failed="anchor",
        )
    bare = log.LOG_ID.hex()
    yield Case(
        "anchors/origin-of-log-id-only",
        "A name that is only the log's id ends in it.",
        written(_signed_by(log.KEY, bare)),
    )


def _signed_by(key: Key, origin: str) -> Json:
    receipt = log.receipt(5, 9)
    root = bytes.fromhex(receipt["anchor"]["root"][2:])
    text = log.checkpoint(receipt["anchor"]["size"], root, origin)
    return receipt | {"checkpoint": key.note(origin, text), "key": key.vkey(origin)}
