"""What evidence says in words and tables; what it proves is in its receipt."""

import csv
import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from ..chain.journal import Submission
from ..coordinator import LogCoordinator
from ..log.entry import Trust, format_time
from ..log.ranges import state_of
from .range_receipt import Period, Proven

# What spreadsheets take for the start of a formula, full-width forms included.
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠\t\r\n]")  # noqa: RUF001
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)

_MOST_LISTED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A proven period, and the log that it is of."""

    origin: str
    period: Period
    proven: Proven
    anchor_before: Submission | None
    """The anchor before the first one that holds a part of the period."""

    @classmethod
    def of(cls, coordinator: LogCoordinator, proven: Proven, period: Period) -> Self:
        """Look up what there is to say. For an executor.

        Raises:
            StoreError: the log's file cannot be read.
        """
        chain = coordinator.parts.chain
        before = (
            chain.journal.anchor_before(proven.receipt.first + 1) if chain else None
        )
        return cls(
            origin=coordinator.parts.store.origin,
            period=period,
            proven=proven,
            anchor_before=before,
        )

    @property
    def _anchors(self) -> Sequence[Submission]:
        return [a for a in (self.anchor_before, *self.proven.anchors) if a]

    def readings(self) -> bytes:
        """Return the readings as a table.

        ``anchored_at`` is the time of the first anchor that holds a reading, and
        ``not_anchored_at`` that of the last one before, which does not.
        """
        anchors = self._anchors
        sizes = [anchor.intent.size or 0 for anchor in anchors]
        times = ["", *map(_block_time, anchors), ""]

        def rows() -> Iterable[Sequence[object]]:
            for index, entry in self.proven.readings:
                place = bisect_right(sizes, index)
                unit = entry.members.get("unit", entry.claims.get("unit", ""))
                yield (
                    index,
                    entry.entity,
                    state_of(entry),
                    unit,
                    format_time(entry.time),
                    "yes" if entry.trust is Trust.DEVICE_SIGNED else "no",
                    times[place],
                    times[place + 1],
                )

        return _table(
            (
                "index",
                "entity",
                "state",
                "unit",
                "time",
                "signed_by_device",
                "not_anchored_at",
                "anchored_at",
            ),
            rows(),
        )

    def gaps(self) -> bytes:
        """Return the gaps as a table."""
        return _table(
            ("reason", "entity", "start", "end"),
            (
                (gap.why, gap.entity or "all", _iso(gap.since), _iso(gap.until))
                for gap in self.proven.gaps
            ),
        )

    def anchors(self) -> bytes:
        """Return the anchors as a table."""
        named = self.proven.named
        return _table(
            (
                "number",
                "size",
                "block_time",
                "block_number",
                "transaction",
                "status",
                "in_receipt",
            ),
            (
                (
                    placement.number,
                    anchor.intent.size,
                    _block_time(anchor),
                    placement.block_number,
                    f"0x{placement.transaction.hex()}",
                    anchor.status,
                    "yes" if placement.number in named else "no",
                )
                for anchor in self._anchors
                if (placement := anchor.placement)
            ),
        )

    def explanation(self) -> bytes:
        """Return the page that says what all this is."""
        receipt, proven = self.proven.receipt, self.proven
        last = receipt.first + len(proven.entries) - 1
        anchor = receipt.anchor
        text = _PAGE.format(
            entities=_listed(sorted(proven.entities)),
            start=_iso(self.period.since),
            end=_iso(self.period.until),
            origin=self.origin,
            first=receipt.first,
            last=last,
            entries=len(proven.entries),
            readings=len(proven.readings),
            gaps=len(proven.gaps),
            waiting=_waiting(proven.waiting),
            continues="" if proven.continues is None else _CONTINUES % proven.continues,
            left_out=_left_out(len(self._anchors), len(proven.named)),
            ask="" if anchor is None else _ASK,
            anchor=_NOT_ANCHORED
            if anchor is None
            else _ANCHORED.format(
                chain=anchor.chain,
                block=anchor.block_number,
                time=_iso(datetime.fromtimestamp(anchor.block_time, UTC)),
                transaction=f"0x{anchor.transaction.hex()}",
            ),
        )
        return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def _listed(entities: Sequence[str]) -> str:
    """Write entities below one another, as many as a page has room for."""
    room = _MOST_LISTED if len(entities) > _MOST_LISTED + 1 else len(entities)
    lines = [*entities[:room]]
    if left := len(entities) - room:
        lines.append(f"and {left} more: see readings.csv")
    return "\n".join(f"  {line}" for line in lines)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as RFC 4180 has it, in UTF-8 that spreadsheets know as such."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    """Write a cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _left_out(anchors: int, named: int) -> str:
    if named in {0, anchors}:
        return ""
    return (
        f"\n  receipt.json names {named} of these {anchors}. For a reading whose anchor"
        "\n  it leaves out, it shows the next one that it names."
    )


def _waiting(readings: int) -> str:
    if readings == 0:
        return ""
    wait = "1 reading of this time waits for its anchor and is"
    if readings > 1:
        wait = f"{readings} readings of this time wait for their anchor and are"
    return f"\n  {wait} not in it."


def _block_time(anchor: Submission) -> str:
    assert anchor.placement is not None
    return _iso(datetime.fromtimestamp(anchor.placement.time, UTC))


def _iso(time: datetime | None) -> str:
    return "" if time is None else f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


_PAGE: Final = """\
EVIDENCE OF SENSOR READINGS

What this is
  Readings that a Home Assistant recorded of
{entities}
  from {start} to {end} (all times here are UTC).
  receipt.json holds {entries} entries of a log, of which {readings} are
  readings of these sensors. readings.csv shows them as a table.{waiting}{continues}

How to check it, on any computer, in a minute
  1. Open verify.html in a browser. It needs no installation and no server.
     You need not trust the copy in this file: take one from the project, or
     the command of the same project. Both compute the same.
  2. Drop receipt.json onto it. It checks the file without a network.{ask}
  Believe what the page says, not this text and not the tables: whoever gave
  you this file could have written anything into them.

What receipt.json shows
  - Each reading is, letter for letter, what stands in the log
    {origin}
    at the positions {first} to {last}.
  - Nothing that the log wrote between these two positions was left out,
    changed or moved. That is why it also holds entries of other sensors.
{anchor}

What gaps.csv says
  {gaps} time(s) of which the log itself says that nothing is known: a sensor was
  unavailable or unknown, or recording was stopped or paused. An empty start or
  end: it began before these entries, or was not over at the last of them. What
  a sensor was before its first reading here is not known either.

What is in readings.csv
  anchored_at: a reading existed by then, which is the time of the first anchor
  that holds it. not_anchored_at: the time of the anchor before, which does not
  hold it. An empty cell: there is no such anchor. anchors.csv names them all;
  anybody can look them up on the chain.{left_out}

What all this does not show
  - That a sensor was right, or where it was. Where signed_by_device is "no",
    that a sensor measured it at all is the word of the Home Assistant.
  - Who owns the log. Compare its name above with the one that the owner
    publishes.
  - That a reading was made only after not_anchored_at: a house can hold back
    what it has, and anchor it later.
  - What was measured before the first and after the last of these entries.
"""
_CONTINUES: Final = """
  The log begins within this time. What was before is in the log that it
  continues, %s."""
_ASK: Final = """
  3. Press "Ask the chain", with an endpoint that you trust, or better two."""
_ANCHORED: Final = """\
  - All of this existed by {time}, when block {block}
    of the chain {chain} was made, which holds the fingerprint of the
    log, in the transaction
    {transaction}
    This is what the file says. Step 3 above makes sure."""
_NOT_ANCHORED: Final = """\
  - NOT ANCHORED YET: no chain holds these readings. The owner of the log could
    still change them. Ask for the file again when they are anchored."""
