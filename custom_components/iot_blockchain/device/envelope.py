"""What a device signs: readings, boot messages, and the change of its key.

The format is public and specified in docs/formats.md. An envelope is a compact JWS; its
payload is canonical JSON (RFC 8785). Its bytes are verified as they were sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

import orjson

from ..log import canonical
from . import did_key, jws
from .errors import EnvelopeError, Reason

_MAX_NUMBER: Final = 2**53 - 1
_MAX_EPOCH: Final = 2**32 - 1
_MAX_VALUE: Final = 255
_MAX_TEXT: Final = 120
_SENSOR = re.compile(rf"[a-z0-9_-]{{1,{_MAX_TEXT}}}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{8,128}", re.ASCII)
# Control characters, and those that hide or turn what stands beside them. A list, and
# not Unicode's categories: those change from version to version, and readings stay.
_DECEIVING = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """What all kinds of payload have.

    ``iss`` is the did:key of the device. ``seq`` counts up from 1 within an
    ``epoch``. ``iat`` is the device's own time in seconds since 1970, and 0 where it
    knows none; ``uptime`` is in seconds since its boot.
    """

    iss: str
    epoch: int
    seq: int
    iat: int
    uptime: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPayload(Payload):
    """A reading: ``value`` is text, as the device wrote it, whatever it measures."""

    sensor: str
    value: str
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BootPayload(Payload):
    """What the device runs, sent after each boot. Hashes are hexadecimal digits."""

    config: str
    esphome: str
    firmware: str
    model: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationPayload(Payload):
    """The did:key with which the device signs from now on."""

    next: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a key signed, with the bytes of that."""

    jws: str
    payload: ReadingPayload | BootPayload | RotationPayload


def is_sensor(text: str) -> bool:
    """Say whether a text can name a sensor: an object id, as ESPHome writes it."""
    return _SENSOR.fullmatch(text) is not None


def issuer_of(text: str) -> str:
    """Return the did:key that an envelope names, quickly and without verifying.

    Only for finding out whose rules apply: anybody can write any name.

    Raises:
        EnvelopeError: it is not an envelope.
    """
    return _issuer(jws.parse(text).payload)


def open_envelope(text: str) -> Envelope:
    """Verify an envelope with the key that it names, and read it.

    That the key belongs to a known device is not for this function to say.

    Raises:
        EnvelopeError: it is not an envelope, or its signature is wrong. Where the
            signature is right and the payload is not, ``signed`` is true.
    """
    parts = jws.parse(text)
    try:
        key = did_key.decode_p256(_issuer(parts.payload))
    except did_key.DidKeyError as err:
        raise EnvelopeError(Reason.MALFORMED, f"'iss': {err}") from err
    parts.verify(key)
    try:
        return Envelope(text, _payload(parts.payload))
    except EnvelopeError as err:
        err.signed = True
        raise


def stamp_of(text: str) -> Payload | None:
    """Return the number of an envelope whose key did sign it, but no payload.

    Where its times cannot be read, they are 0. None where the number cannot be read.
    """
    data = jws.parse(text).payload
    fields = _Fields(orjson.loads(data))
    try:
        return Payload(
            iss=_issuer(data),
            epoch=fields.epoch(),
            seq=fields.seq(),
            iat=fields.number_or_zero("iat"),
            uptime=fields.number_or_zero("uptime"),
        )
    except EnvelopeError:
        return None


def _issuer(data: bytes) -> str:
    try:
        members = orjson.loads(data)
    except orjson.JSONDecodeError as err:
        raise EnvelopeError(Reason.MALFORMED, "the payload is not JSON") from err
    issuer = members.get("iss") if isinstance(members, dict) else None
    if not isinstance(issuer, str) or not did_key.is_did_key(issuer):
        raise EnvelopeError(Reason.MALFORMED, "the payload names no key in 'iss'")
    return issuer


def _payload(data: bytes) -> ReadingPayload | BootPayload | RotationPayload:
    """Read a payload: exactly the members of one kind, and none else.

    Raises:
        EnvelopeError: it is not that.
    """
    try:
        members = cast("Mapping[str, canonical.Value]", canonical.decode(data))
    except canonical.CanonicalError as err:
        raise EnvelopeError(Reason.NOT_CANONICAL, f"the payload: {err}") from err
    fields = _Fields(members)
    issuer = fields.text("iss", _MAX_TEXT)
    epoch, seq = fields.epoch(), fields.seq()
    iat, uptime = fields.number("iat"), fields.number("uptime")
    payload: ReadingPayload | BootPayload | RotationPayload
    if "sensor" in members:
        payload = ReadingPayload(
            iss=issuer,
            epoch=epoch,
            seq=seq,
            iat=iat,
            uptime=uptime,
            sensor=fields.matching("sensor", _SENSOR),
            value=fields.text("value", _MAX_VALUE),
            unit=fields.label("unit") if "unit" in members else None,
        )
    elif "next" in members:
        payload = RotationPayload(
            iss=issuer,
            epoch=epoch,
            seq=seq,
            iat=iat,
            uptime=uptime,
            next=fields.key_other_than("next", issuer),
        )
    else:
        payload = BootPayload(
            iss=issuer,
            epoch=epoch,
            seq=seq,
            iat=iat,
            uptime=uptime,
            config=fields.matching("config", _HASH),
            esphome=fields.label("esphome"),
            firmware=fields.matching("firmware", _HASH),
            model=fields.label("model"),
            name=fields.label("name"),
        )
    fields.require_no_others()
    return payload


class _Fields:
    """The members of a payload, each taken once and checked."""

    def __init__(self, members: Mapping[str, canonical.Value]) -> None:
        self._left = dict(members)

    def epoch(self) -> int:
        return self.number("epoch", most=_MAX_EPOCH)

    def seq(self) -> int:
        return self.number("seq", least=1)

    def number_or_zero(self, name: str) -> int:
        try:
            return self.number(name)
        except EnvelopeError:
            return 0

    def number(self, name: str, least: int = 0, most: int = _MAX_NUMBER) -> int:
        value = self._take(name)
        if type(value) is not int or not least <= value <= most:
            raise _malformed(f"{name!r} is not an integer from {least} to {most}")
        return value

    def text(self, name: str, most: int) -> str:
        value = self._take(name)
        if not isinstance(value, str) or len(value) > most:
            raise _malformed(f"{name!r} is not text of at most {most} characters")
        return value

    def matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self._take(name)
        if not isinstance(value, str) or pattern.fullmatch(value) is None:
            raise _malformed(f"{name!r} is not written as it must be")
        return value

    def label(self, name: str) -> str:
        """Take words that are shown to people."""
        value = self.text(name, _MAX_TEXT)
        if not value or _DECEIVING.search(value):
            raise _malformed(f"{name!r} is empty or has characters that do not show")
        return value

    def key_other_than(self, name: str, other: str) -> str:
        value = self.text(name, _MAX_TEXT)
        try:
            did_key.decode_p256(value)
        except did_key.DidKeyError as err:
            raise _malformed(f"{name!r}: {err}") from err
        if value == other:
            raise _malformed(f"{name!r} is the same key")
        return value

    def require_no_others(self) -> None:
        if self._left:
            raise _malformed("the payload has members that do not belong there")

    def _take(self, name: str) -> canonical.Value:
        try:
            return self._left.pop(name)
        except KeyError:
            raise _malformed(f"the payload lacks {name!r}") from None


def _malformed(words: str) -> EnvelopeError:
    return EnvelopeError(Reason.MALFORMED, words)
