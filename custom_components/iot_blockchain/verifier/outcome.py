"""What became of one file, and how that is told to people and to programs."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from itertools import islice, repeat
from typing import Any, Final

from ..chain.earlier import Bounds, bounds, confirmed_anchors
from ..log.checkpoint import log_id_of
from ..log.entry import ACT, Entry, Trust
from ..log.note import NoteError
from ..log.ranges import Gap, Why, gaps
from ..log.receipt import Anchor
from ..log.verification import Report, Verdict
from .words import block_time, sentence, shown_time

UNREADABLE: Final = "unreadable"
_GAPS: Final = {
    Why.UNAVAILABLE: "was unavailable",
    Why.UNKNOWN: "was unknown",
    Why.STOPPED: "nothing was recorded: the gateway did not run",
    Why.PAUSED: "nothing was recorded: a person paused it",
}
_MOST_SHOWN: Final = 20
_LONGEST: Final = 200


class Status(IntEnum):
    """What the command ends with. The worst is the highest.

    1 and 2 are left to what Python and the shell mean by them: a fault of the command
    itself, and a wrong use of it.
    """

    ANCHORED = 0
    UNCHECKED = 3
    NOT_ANCHORED = 4
    UNREADABLE = 5
    INVALID = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file: a report, or why there is none."""

    file: str
    report: Report | None
    problem: str = ""

    @property
    def verdict(self) -> str:
        """The whole in a word: that of the report, or ``unreadable``."""
        return UNREADABLE if self.report is None else self.report.verdict

    @property
    def status(self) -> Status:
        """What a script is told."""
        return Status[self.verdict.upper()]

    def to_text(self) -> str:
        """Tell it to a person. Nothing in it can command a terminal."""
        return "\n".join(map(visible, self._lines()))

    def to_json(self) -> str:
        """Tell it to a program, in one line of ASCII."""
        members: dict[str, Any] = {"file": self.file, "verdict": self.verdict}
        if self.report is None:
            return json.dumps({**members, "steps": [], "says": self.problem})
        members["steps"] = [
            {"name": step.name, "result": step.result, "reason": step.reason}
            for step in self.report.steps
        ]
        members["says"] = sentence(self.report)
        receipt = self.report.receipt
        if receipt is not None and self.report.verdict is not Verdict.INVALID:
            members["log"] = _log_id(self.report)
            members["key"] = receipt.key
            members["anchor"] = receipt.anchor and receipt.anchor.to_json()
            members["earlier"] = [found.anchor.to_json() for found in receipt.earlier]
            members["entries"] = [
                {
                    "index": index,
                    "trust": entry.trust,
                    "entry": entry.members,
                    "claims": entry.claims,
                    "existed_by": found and found.by,
                    "anchor_before": found and found.since,
                }
                for index, (entry, found) in enumerate(
                    _with_bounds(self.report), receipt.first
                )
            ]
            members["gaps"] = [gap.to_json() for gap in _gaps(self.report)]
        return json.dumps(members)

    def _lines(self) -> Iterator[str]:
        yield self.file
        if self.report is None:
            yield f"{UNREADABLE}: {self.problem}"
            return
        for step in self.report.steps:
            yield f"  {step.result:<8} {step.name:<14} {step.reason}"
        if self.report.verdict is not Verdict.INVALID:
            yield from _contents(self.report)
        yield f"{self.verdict}: {sentence(self.report)}"


def _contents(report: Report) -> Iterator[str]:
    yield ""
    if (log_id := _log_id(report)) is not None:
        yield f"  log    {log_id}"
    yield from _anchors(report)
    for entry, found in islice(_with_bounds(report), _MOST_SHOWN):
        yield f"  {_row(entry)}{_between(report, found)}"
    if (more := len(report.entries) - _MOST_SHOWN) > 0:
        yield f"  and {more} more: --json tells them all"
    found_gaps = _gaps(report)
    for gap in found_gaps[:_MOST_SHOWN]:
        since = _moment(gap.since) or "before the first entry"
        until = _moment(gap.until) or "the end"
        who = "" if gap.entity is None else f" {_short(gap.entity)}"
        yield f"  gap   {who} {_GAPS[gap.why]} from {since} to {until}"
    if (more := len(found_gaps) - _MOST_SHOWN) > 0:
        yield f"  and {more} more gaps: --json tells them all"
    yield ""


def _anchors(report: Report) -> Iterator[str]:
    """Tell of the receipt's own anchor, and of those before it, and who says so."""
    receipt = report.receipt
    if receipt is None or receipt.anchor is None:
        return
    anchored = report.verdict is Verdict.ANCHORED
    confirmed = confirmed_anchors(report) if anchored else []

    def told(anchor: Anchor) -> str:
        claimed = "" if anchor in confirmed else ", as the receipt claims"
        return f"{anchor.block_number} of {block_time(anchor)}{claimed}"

    yield f"  block  {told(receipt.anchor)}"
    for found in receipt.earlier[:_MOST_SHOWN]:
        yield f"  earlier anchor {found.anchor.number}, block {told(found.anchor)}"
    if (more := len(receipt.earlier) - _MOST_SHOWN) > 0:
        yield f"  and {more} more earlier anchors: --json tells them all"


def _between(report: Report, found: Bounds | None) -> str:
    """Say between which anchors an entry came, where one of them is an earlier one."""
    own = report.receipt.anchor if report.receipt else None
    if found is None or own is None:
        return ""
    said = ""
    if found.by < own.block_time:
        said = f", existed by {shown_time(found.by)}"
    if found.since is not None:
        said += f", not in the anchor of {shown_time(found.since)}"
    return said


def _moment(time: datetime | None) -> str:
    return "" if time is None else f"{time:%Y-%m-%d %H:%M:%S} UTC"


def _gaps(report: Report) -> list[Gap]:
    """Return the times of which the log itself saw that nothing is known."""
    assert report.receipt is not None
    entities = {entry.entity for entry in report.entries if entry.entity is not None}
    return gaps(report.entries, entities, report.receipt.first)


def _with_bounds(report: Report) -> Iterator[tuple[Entry, Bounds | None]]:
    """Return each entry with the times of the anchors around it, where proven."""
    if report.verdict is not Verdict.ANCHORED:
        return zip(report.entries, repeat(None), strict=False)
    return zip(report.entries, bounds(report), strict=True)


def _row(entry: Entry) -> str:
    time = f"{entry.time:%Y-%m-%d %H:%M:%S} UTC"
    if entry.type == ACT:
        return f"{time}  act: {_short(str(entry.members['act']))}"
    if entry.trust is Trust.DEVICE_SIGNED:
        value, unit = entry.claims.get("value", ""), entry.claims.get("unit", "")
    else:
        value, unit = entry.members["state"], entry.members.get("unit", "")
    said = f"{_short(str(value))} {_short(str(unit))}".strip()
    return f"{time}  {_short(str(entry.entity))}  {said}  ({entry.trust})"


def _log_id(report: Report) -> str | None:
    """Return the id of the log, where its origin names one, as all of ours do."""
    assert report.checkpoint is not None
    try:
        return f"0x{log_id_of(report.checkpoint.origin).hex()}"
    except NoteError:
        return None


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def visible(text: str) -> str:
    """Show what would act on a terminal, hide, or turn what stands beside it.

    Control and format characters, line separators and whatever is no character stand
    there by their numbers, as Python writes them.
    """
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character)[0] == "C"
        or unicodedata.category(character) in ("Zl", "Zp")
        else character
        for character in text
    )
