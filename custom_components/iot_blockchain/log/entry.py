"""Entries: the bytes that stand in the log.

The format is public and specified in docs/formats.md. An entry is canonical JSON; its
``salt`` is 128 random bits, so that nobody can guess a reading from its leaf hash, and
an erased reading is gone although every proof still holds.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from os import urandom
from types import MappingProxyType
from typing import Any

import orjson

from . import canonical

VERSION = 1
VERSION_WITH_ATTRIBUTES = 2
"""Of readings that hold attributes, and of nothing else."""
READING = "reading"
SIGNED_READING = "signed_reading"
ACT = "act"
MAX_JWS = 2048

_SALT_BYTES = 16
_SALT_LENGTH = 22
_SALT = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]", re.ASCII)
_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)

# The members of each type that are text, besides its time and its salt.
_TEXTS = {
    READING: ("entity", "state"),
    SIGNED_READING: ("entity", "jws"),
    ACT: ("act",),
}
# All that an entry may have, of the types that are not open.
_MEMBERS = {
    READING: {
        *("attributes", "class", "entity", "salt", "state", "time", "type", "unit", "v")
    },
    SIGNED_READING: {"entity", "jws", "received", "salt", "type", "v"},
}


class EntryError(ValueError):
    """The bytes are not an entry that this version can read."""


class Trust(StrEnum):
    """Whose word a reading is."""

    DEVICE_SIGNED = "device-signed"
    """The device signed it, and the entry holds its signature."""
    GATEWAY_SIGNED = "gateway-signed"
    """The gateway says that its device sent it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One recorded state, ready to be written.

    ``state`` is Home Assistant's own string, verbatim; ``time`` is when Home
    Assistant wrote or last confirmed it. ``attributes`` are those that somebody chose,
    by name, as text.
    """

    entity: str
    state: str
    time: datetime
    unit: str | None = None
    device_class: str | None = None
    attributes: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SignedReading:
    """A reading as its device signed it, ready to be written.

    ``jws`` is the envelope, exactly as the device sent it; ``received`` is when the
    gateway got it; ``entity`` is whose reading it is in Home Assistant.
    """

    entity: str
    received: datetime
    jws: str

    @property
    def time(self) -> datetime:
        """When the gateway got it."""
        return self.received


@dataclass(frozen=True, slots=True)
class Act:
    """What the operator or the recording itself did: the log of the log."""

    act: str
    time: datetime
    details: Mapping[str, canonical.Value] | None = None


type Record = Reading | SignedReading | Act
"""What an entry is made of."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as read back: its type, and its members as they stand there.

    ``time`` of a signed reading is when the gateway received it.
    """

    type: str
    time: datetime
    members: Mapping[str, canonical.Value]

    @property
    def entity(self) -> str | None:
        """The entity of a reading, and None for an act."""
        return None if self.type == ACT else str(self.members["entity"])

    @property
    def trust(self) -> Trust | None:
        """Whose word a reading is, and None for an act.

        Whether the signature in a signed reading is right is for
        ``device.verification`` to say.
        """
        match self.type:
            case "signed_reading":
                return Trust.DEVICE_SIGNED
            case "reading":
                return Trust.GATEWAY_SIGNED
        return None

    @property
    def claims(self) -> Mapping[str, Any]:
        """What the envelope of a signed reading says, to be shown. Not verified.

        Empty where there is no envelope, or where it holds no JSON object.
        """
        if self.type != SIGNED_READING:
            return {}
        payload = str(self.members["jws"]).split(".")[1]
        try:
            claims = orjson.loads(
                urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            )
        except ValueError:
            return {}
        return claims if isinstance(claims, dict) else {}

    def to_record(self) -> Record:
        """Return what was recorded, to write it into another log."""
        if self.type == ACT:
            details = {
                name: value
                for name, value in self.members.items()
                if name not in {"act", "salt", "time", "type", "v"}
            }
            return Act(str(self.members["act"]), self.time, details)
        entity = str(self.members["entity"])
        if self.type == SIGNED_READING:
            return SignedReading(entity, self.time, str(self.members["jws"]))
        unit, device_class = self.members.get("unit"), self.members.get("class")
        attributes = self.members.get("attributes", {})
        assert isinstance(attributes, Mapping)
        return Reading(
            entity,
            str(self.members["state"]),
            self.time,
            None if unit is None else str(unit),
            None if device_class is None else str(device_class),
            {name: str(value) for name, value in attributes.items()},
        )


def encode(record: Record) -> bytes:
    """Write an entry, with a new salt.

    Raises:
        EntryError: the envelope of a signed reading is none.
    """
    if isinstance(record, Reading):
        return _encode_reading(record)
    if isinstance(record, SignedReading):
        _require_jws(record.jws)
        members: dict[str, canonical.Value] = {
            "entity": record.entity,
            "jws": record.jws,
            "received": format_time(record.received),
            "type": SIGNED_READING,
        }
    else:
        members = {
            **(record.details or {}),
            "act": record.act,
            "time": format_time(record.time),
            "type": ACT,
        }
    return canonical.encode(
        _replace_surrogates({**members, "salt": _salt(), "v": VERSION})
    )


def _encode_reading(reading: Reading) -> bytes:
    """Write a reading.

    Readings come in thousands: their members are put down in canonical order, and
    orjson itself writes a time with microseconds as ``format_time`` does.
    """
    time = reading.time.astimezone(UTC)
    members: dict[str, Any] = {}
    if reading.device_class is not None:
        members["class"] = reading.device_class
    members["entity"] = reading.entity
    members["salt"] = _salt()
    members["state"] = reading.state
    members["time"] = time if time.microsecond else format_time(time)
    members["type"] = READING
    if reading.unit is not None:
        members["unit"] = reading.unit
    members["v"] = VERSION
    if reading.attributes:
        members |= {
            "attributes": reading.attributes,
            "time": format_time(time),
            "v": VERSION_WITH_ATTRIBUTES,
        }
        return canonical.encode(_replace_surrogates(members))
    try:
        return orjson.dumps(members, option=orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError:
        # Python strings can hold halves of characters, which no JSON can.
        members["time"] = format_time(time)
        return canonical.encode(_replace_surrogates(members))


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
    if type(version) is not int or version not in (VERSION, VERSION_WITH_ATTRIBUTES):
        raise EntryError(f"version {version!r} of entries is not known here")
    kind = members.get("type")
    if not isinstance(kind, str) or kind not in _TEXTS:
        raise EntryError(f"{kind!r} is not a type of entry known here")
    if version == VERSION_WITH_ATTRIBUTES or (
        kind == READING and "attributes" in members
    ):
        _require_attributes(kind, version, members.get("attributes"))
    time = "received" if kind == SIGNED_READING else "time"
    _require_form(kind, members, time)
    return Entry(kind, parse_time(str(members[time])), members)


def _require_form(kind: str, members: Mapping[str, canonical.Value], time: str) -> None:
    for name in (*_TEXTS[kind], time, "salt"):
        if not isinstance(members.get(name), str):
            raise EntryError(f"the entry has no text {name!r}")
    for name in ("unit", "class") if kind == READING else ():
        if not isinstance(members.get(name, ""), str):
            raise EntryError(f"the entry's {name!r} is not text")
    if _SALT.fullmatch(str(members["salt"])) is None:
        raise EntryError("the entry's salt is not 128 bits in base64url")
    if kind in _MEMBERS and not members.keys() <= _MEMBERS[kind]:
        raise EntryError("the entry has members that do not belong there")
    if kind == SIGNED_READING:
        _require_jws(str(members["jws"]))


def _require_attributes(kind: str, version: int, attributes: object) -> None:
    """Require that readings with attributes, and they alone, are of their version."""
    if kind != READING or version != VERSION_WITH_ATTRIBUTES:
        raise EntryError("only readings of version 2 have attributes")
    if not (
        attributes
        and isinstance(attributes, Mapping)
        and all(isinstance(value, str) for value in attributes.values())
    ):
        raise EntryError("the entry's 'attributes' are not texts by name")


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


def _require_jws(text: str) -> None:
    """Require the form of an envelope; what it means is for ``device`` to say."""
    if len(text) > MAX_JWS or _JWS.fullmatch(text) is None:
        raise EntryError("the entry's 'jws' is not a compact JWS of an envelope's size")


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
