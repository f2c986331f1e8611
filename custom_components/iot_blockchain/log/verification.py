"""Checking a receipt, step by step, as far as that goes without a chain."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from . import checkpoint, entry
from .checkpoint import Checkpoint
from .members import ReceiptError
from .merkle import ProofError, leaf_hash, verify_range
from .note import NoteError, VerifierKey
from .receipt import Receipt

DEVICE_SIGNED = "device_signed"
"""The step of ``device.verification`` that no signed reading is believed without."""

# Steps of ``chain.verification``. Without the first, and one of the others or both, an
# anchor is only a claim.
_ANCHOR = "anchor"
_OF_THE_CHAIN = {"known_block", "on_chain"}

# A receipt can hold names of any length, and reasons quote them.
_MAX_REASON = 500


class Result(StrEnum):
    """How one step went."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """What is to be said of a receipt as a whole."""

    ANCHORED = "anchored"
    """Every step passed: the readings existed, unchanged, by the time of the block."""
    NOT_ANCHORED = "not_anchored"
    """In the log, which its owner could still change: no chain holds it yet."""
    UNCHECKED = "unchecked"
    """Sound as far as it was checked, but the chain that it names was not asked."""
    INVALID = "invalid"
    """A step failed. The receipt proves nothing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One named step of the verification, and why it went as it did."""

    name: str
    result: Result
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """All steps, and what was read on the way (None where a step failed before)."""

    steps: Sequence[Step]
    receipt: Receipt | None = None
    checkpoint: Checkpoint | None = None
    entries: Sequence[entry.Entry] = ()
    known_blocks: Collection[bytes] = ()
    """Hashes of blocks that the reader says the chain holds."""

    @property
    def verdict(self) -> Verdict:
        """The whole in a word."""
        results = {step.result for step in self.steps}
        if Result.FAILED in results or self.receipt is None:
            return Verdict.INVALID
        if self.receipt.anchor is None:
            return Verdict.NOT_ANCHORED
        taken = {step.name for step in self.steps}
        passed = {step.name for step in self.steps if step.result is Result.PASSED}
        of_the_chain = taken & _OF_THE_CHAIN
        needed = {_ANCHOR} | of_the_chain
        if any(map(_is_signed, self.entries)):
            needed.add(DEVICE_SIGNED)
        anchored = of_the_chain and passed >= needed
        return Verdict.ANCHORED if anchored else Verdict.UNCHECKED

    def with_step(self, name: str, result: Result, reason: str) -> Report:
        """Return the report with one more step."""
        return replace(
            self, steps=(*self.steps, Step(name, result, _shortened(reason)))
        )

    def failed(self, name: str, reason: str) -> Report:
        """Return the report that ends here: nothing of the receipt is shown."""
        return Report(self.with_step(name, Result.FAILED, reason).steps)


def verify_offline(value: object) -> Report:
    """Check what a receipt shows by itself: its form, its signature, its proof.

    The chain's part is ``chain.verification``, the devices' ``device.verification``.
    ``value`` is anything that ``Receipt.from_json`` takes; nothing that it holds makes
    this raise.
    """
    report = Report(())
    try:
        receipt = Receipt.from_json(value)
        entries = [entry.decode(data) for data in receipt.entries]
    except ReceiptError as err:
        return report.failed("format", str(err))
    except entry.EntryError as err:
        return report.failed(
            "format", f"An entry in the receipt cannot be read: {err}."
        )
    if receipt.credentials is None and any(map(_is_signed, entries)):
        return report.failed(
            "format", "A receipt that holds signed readings is of another format."
        )
    report = report.with_step(
        "format", Result.PASSED, f"A receipt for {_entries(len(entries))}."
    )

    try:
        signed = checkpoint.verify(receipt.checkpoint, VerifierKey.parse(receipt.key))
    except NoteError as err:
        return report.failed(
            "signed",
            f"The checkpoint does not carry the signature of the log's key: {err}.",
        )
    report = report.with_step(
        "signed",
        Result.PASSED,
        f"The key of the log {signed.origin} signed the checkpoint.",
    )

    try:
        verify_range(
            [leaf_hash(data) for data in receipt.entries],
            receipt.first,
            signed.size,
            receipt.proof,
            signed.root,
        )
    except ProofError as err:
        return report.failed(
            "in_log",
            "The readings are not what stands in the log. They were changed, or the"
            f" proof belongs to others: {err}.",
        )
    report = report.with_step(
        "in_log",
        Result.PASSED,
        f"Unchanged, at {_positions(receipt)} of a log of {_entries(signed.size)}.",
    )
    return Report(report.steps, receipt, signed, entries)


def _is_signed(found: entry.Entry) -> bool:
    return found.type == entry.SIGNED_READING


def _shortened(reason: str) -> str:
    if len(reason) <= _MAX_REASON:
        return reason
    return f"{reason[: _MAX_REASON // 2]} … {reason[-_MAX_REASON // 2 :]}"


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count} entries"


def _positions(receipt: Receipt) -> str:
    if len(receipt.entries) == 1:
        return f"position {receipt.first}"
    last = receipt.first + len(receipt.entries) - 1
    return f"positions {receipt.first} to {last}, with nothing left out"
