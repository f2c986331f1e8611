"""Entries: the bytes that stand in the log.

The format is public and specified in docs/formats.md. An entry is canonical JSON; its
``salt`` is 128 random bits, so that nobody can guess a reading from its leaf hash, and
an erased reading is gone although every proof still holds.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from os import urandom
from typing import Any

import orjson

from . import canonical

VERSION = 1
READING = "reading"
ACT = "act"

_SALT_BYTES = 16
_SALT_LENGTH = 22
_SALT = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]", re.ASCII)


class EntryError(ValueError):
    """The bytes are not an entry that this version can read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One recorded state, ready to be written.

    ``state`` is Home Assistant's own string, verbatim; ``time`` is when Home
    Assistant wrote or last confirmed it.
    """

    entity: str
    state: str
    time: datetime
    unit: str | None = None
    device_class: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What the operator or the recording itself did: the log of the log."""

    act: str
    time: datetime
    details: Mapping[str, canonical.Value] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as read back: its type, and its members as they stand there."""

    type: str
    time: datetime
    members: Mapping[str, canonical.Value]

    @property
    def entity(self) -> str | None:
        """The entity of a reading, and None for an act."""
        return str(self.members["entity"]) if self.type == READING else None

    def to_record(self) -> Reading | Act:
        """Return what was recorded, to write it into another log."""
        if self.type == ACT:
            details = {
                name: value
                for name, value in self.members.items()
                if name not in {"act", "salt", "time", "type", "v"}
            }
            return Act(str(self.members["act"]), self.time, details)
        unit, device_class = self.members.get("unit"), self.members.get("class")
        return Reading(
            str(self.members["entity"]),
            str(self.members["state"]),
            self.time,
            None if unit is None else str(unit),
            None if device_class is None else str(device_class),
        )


def encode(record: Reading | Act) -> bytes:
    """Write an entry, with a new salt."""
    if isinstance(record, Reading):
        # Readings come in thousands: their members are put down in canonical order, and
        # orjson itself writes a time with microseconds as ``format_time`` does.
        time = record.time.astimezone(UTC)
        members: dict[str, Any] = {}
        if record.device_class is not None:
            members["class"] = record.device_class
        members["entity"] = record.entity
        members["salt"] = _salt()
        members["state"] = record.state
        members["time"] = time if time.microsecond else format_time(time)
        members["type"] = READING
        if record.unit is not None:
            members["unit"] = record.unit
        members["v"] = VERSION
        try:
            return orjson.dumps(members, option=orjson.OPT_UTC_Z)
        except orjson.JSONEncodeError:
            # Python strings can hold halves of characters, which no JSON can.
            members["time"] = format_time(time)
            return canonical.encode(_replace_surrogates(members))
    return canonical.encode(
        _replace_surrogates(
            {
                **(record.details or {}),
                "act": record.act,
                "salt": _salt(),
                "time": format_time(record.time),
                "type": ACT,
                "v": VERSION,
            }
        )
    )


def decode(data: bytes) -> Entry:
    """Read an entry.

    Raises:
        EntryError: the bytes are not an entry, or of a later version.
    """
    try:
        members = canonical.decode(data)
    except canonical.CanonicalError as err:
        raise EntryError(str(err)) from err
    if not isinstance(members, Mapping):
        raise EntryError("an entry is a JSON object")
    version = members.get("v")
    if type(version) is not int or version != VERSION:
        raise EntryError(f"this is an entry of version {version!r}, not {VERSION}")
    kind = members.get("type")
    required = {READING: ("entity", "state"), ACT: ("act",)}.get(str(kind))
    if required is None:
        raise EntryError(f"{kind!r} is not a type of entry known here")
    for name in (*required, "time", "salt"):
        if not isinstance(members.get(name), str):
            raise EntryError(f"the entry has no text {name!r}")
    for name in ("unit", "class") if kind == READING else ():
        if not isinstance(members.get(name, ""), str):
            raise EntryError(f"the entry's {name!r} is not text")
    if _SALT.fullmatch(str(members["salt"])) is None:
        raise EntryError("the entry's salt is not 128 bits in base64url")
    return Entry(str(kind), parse_time(str(members["time"])), members)


def format_time(time: datetime) -> str:
    """Write a time as RFC 3339 in UTC with microseconds, as entries hold it."""
    in_utc = time.astimezone(UTC).replace(tzinfo=None)
    return in_utc.isoformat(timespec="microseconds") + "Z"


def parse_time(text: str) -> datetime:
    """Read what ``format_time`` wrote.

    Raises:
        EntryError: it is not written so.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is not UTC or format_time(time) != text:
        raise EntryError(f"{text!r} is not a time in UTC with microseconds")
    return time


def _salt() -> str:
    return urlsafe_b64encode(urandom(_SALT_BYTES))[:_SALT_LENGTH].decode("ascii")


def _replace_surrogates(value: canonical.Value) -> canonical.Value:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, Mapping):
        return {
            str(_replace_surrogates(key)): _replace_surrogates(member)
            for key, member in value.items()
        }
    return value
