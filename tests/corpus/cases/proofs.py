"""Receipts whose readings are not those that stand in the log."""

from collections.abc import Iterator

from .. import log
from ..case import Case, Json, written
from ..log import ENTRIES


def cases() -> Iterator[Case]:
    """Return what fails at the third step."""
    receipt = log.receipt(5, 9)
    entries, proof = receipt["entries"], receipt["proof"]
    changes: dict[str, tuple[str, Json]] = {
        "value": (
            "A value was changed.",
            _entry(receipt, '"state":"4.3"', '"state":"3.9"'),
        ),
        "time": ("A time was changed.", _entry(receipt, "T08:20", "T08:21")),
        "entity": (
            "Another entity's name.",
            _entry(receipt, "fridge_temperature", "freezer_temperature"),
        ),
        "unit": ("Another unit.", _entry(receipt, "°C", "°F")),
        "class": ("Another class.", _entry(receipt, '"temperature"', '"humidity"')),
        "salt": ("Another salt.", _entry(receipt, '"salt":"', '"salt":"A', cut=True)),
        "unit-left-out": (
            "The unit was left out.",
            _entry(receipt, '"unit":"°C",', ""),
        ),
        "left-out": (
            "A reading between was left out.",
            receipt | {"entries": entries[:1] + entries[2:]},
        ),
        "first-left-out": (
            "The first reading was left out.",
            receipt | {"entries": entries[1:]},
        ),
        "last-left-out": (
            "The last reading was left out.",
            receipt | {"entries": entries[:-1]},
        ),
        "added": (
            "A reading was added.",
            receipt | {"entries": [*entries, entries[-1]]},
        ),
        "next-added": (
            "The next reading was added, and the proof is that of fewer.",
            receipt | {"entries": ENTRIES[5:10]},
        ),
        "swapped": (
            "Two readings changed places.",
            receipt | {"entries": [entries[1], entries[0], *entries[2:]]},
        ),
        "moved-up": ("They stand one place later.", receipt | {"first": 6}),
        "moved-down": ("They stand one place earlier.", receipt | {"first": 4}),
        "at-the-start": ("They stand at the start.", receipt | {"first": 0}),
        "after-the-end": (
            "They stand behind the end of the log.",
            receipt | {"first": len(ENTRIES)},
        ),
        "over-the-end": (
            "The last of them stands behind the end of the log.",
            receipt | {"first": len(ENTRIES) - 3},
        ),
        "largest-index": ("The largest index.", receipt | {"first": 2**53 - 1}),
        "no-proof": ("No proof.", receipt | {"proof": []}),
        "proof-too-short": ("The proof is too short.", receipt | {"proof": proof[:-1]}),
        "proof-too-long": (
            "The proof is too long.",
            receipt | {"proof": [*proof, proof[-1]]},
        ),
        "proof-of-128": (
            "The proof is as long as it may be, and far too long.",
            receipt | {"proof": (proof * 128)[:128]},
        ),
        "proof-turned": (
            "The proof is turned round.",
            receipt | {"proof": proof[::-1]},
        ),
        "proof-of-others": (
            "The proof of other entries.",
            receipt | {"proof": log.receipt(9, 13)["proof"]},
        ),
        "proof-of-zeros": (
            "A proof of zeros.",
            receipt | {"proof": ["0x" + "00" * 32] * len(proof)},
        ),
        "bit-flipped": (
            "A bit of the proof is another.",
            log.changed(receipt, "proof", 0, to=_flipped(proof[0])),
        ),
        "node-for-an-entry": (
            "A node of the tree is not an entry.",
            receipt | {"entries": [*entries[:3], _node_as_entry()]},
        ),
        "of-an-empty-log": ("A log without entries.", _of_size(0)),
        "of-a-smaller-log": ("The checkpoint is of a smaller log.", _of_size(8)),
        "of-a-larger-log": ("The checkpoint is of a larger log.", _of_size(64)),
        "of-the-largest-log": ("A log of the largest size.", _of_size(10**19 - 1)),
    }
    for name, (about, changed) in changes.items():
        yield Case(f"proofs/{name}", about, written(changed), failed="in_log")
    yield Case(
        "proofs/whole-log-with-superfluous-proof",
        "A whole log needs no proof.",
        written(log.receipt(0, 4, ENTRIES[:4]) | {"proof": [proof[0]]}),
        failed="in_log",
    )


def _entry(receipt: Json, old: str, new: str, *, cut: bool = False) -> Json:
    """Change the first of the entries that holds a text."""
    entries = list(receipt["entries"])
    place = next(n for n, entry in enumerate(entries) if old in entry)
    changed = entries[place].replace(old, new, 1)
    if cut:
        # The salt keeps its length: its second character goes.
        start = changed.index(new) + len(new)
        changed = changed[:start] + changed[start + 1 :]
    entries[place] = changed
    return receipt | {"entries": entries}


def _of_size(size: int) -> Json:
    """Let the key sign another size for the same root."""
    receipt = log.receipt(5, 9)
    root = bytes.fromhex(receipt["anchor"]["root"][2:])
    text = log.checkpoint(size, root)
    return receipt | {"checkpoint": log.KEY.note(log.ORIGIN, text), "anchor": None}


def _flipped(element: str) -> str:
    return f"0x{int(element, 0) ^ 1:064x}"


def _node_as_entry() -> str:
    return ENTRIES[8].replace('"state":"', '"state":"\\u0001')
