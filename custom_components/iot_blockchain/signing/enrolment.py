"""Keys that nobody has decided about yet, and those that the owner refused.

A key announces itself by signing. The owner is told, and decides: approving makes a
device of it, refusing is remembered. Nothing that it signs is recorded before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..device.envelope import BootPayload, Envelope, ReadingPayload, open_envelope
from ..device.errors import EnvelopeError
from . import device_issues

# Whoever can reach a transport can make up keys: so many wait for the owner at a time,
# and so many refusals are remembered. One that was silent for so many seconds gives way
# to another: a device that is not acknowledged goes on to send.
_MOST_CANDIDATES = 8
_SILENCE = 600.0
_MOST_REFUSED = 256
_MOST_SENSORS = 64


@dataclass(slots=True)
class Candidate:
    """A key that signs and is not enrolled, and what it says about itself.

    ``heard`` is when it last signed, in seconds of a clock that is never set.
    """

    did: str
    name: str | None = None
    model: str | None = None
    sensors: set[str] = field(default_factory=set)
    heard: float = 0.0


class _Refused(TypedDict):
    refused: list[str]


def fingerprint_of(did: str) -> str:
    """Return the end of a key's name, which a person can compare."""
    return did[-8:]


class Enrolment:
    """Remembers the keys that wait for the owner's decision, and the refused ones."""

    def __init__(
        self, hass: HomeAssistant, store: Store[_Refused], refused: Sequence[str]
    ) -> None:
        """Use ``async_get_enrolment`` instead."""
        self._hass = hass
        self._store = store
        self._refused = list(refused)
        self._candidates: dict[str, Candidate] = {}

    @property
    def candidates(self) -> Mapping[str, Candidate]:
        """The keys that wait for the owner's decision, by their did:key."""
        return self._candidates

    async def async_meet(self, did: str, texts: Sequence[str]) -> Candidate | None:
        """Take note of a key, if the envelopes really are its own.

        Returns what is known of it, or None where its owner need not decide about it.
        """
        now = monotonic()
        if did in self._refused or not self._has_room(did, now):
            return None
        opened = await self._hass.async_add_executor_job(_open_all, texts)
        # The owner may have refused it meanwhile.
        if not opened or did in self._refused:
            return None
        self._make_room(did)
        candidate = self._candidates.setdefault(did, Candidate(did))
        candidate.heard = now
        for payload in (envelope.payload for envelope in opened):
            if isinstance(payload, BootPayload):
                candidate.name, candidate.model = payload.name, payload.model
            elif (
                isinstance(payload, ReadingPayload)
                and len(candidate.sensors) < _MOST_SENSORS
            ):
                candidate.sensors.add(payload.sensor)
        device_issues.set_unknown_issue(
            self._hass, did, fingerprint_of(did), candidate.name, candidate.model
        )
        return candidate

    def _has_room(self, did: str, now: float) -> bool:
        """Say whether a key may wait for a decision, now or in the place of another."""
        return (
            did in self._candidates
            or len(self._candidates) < _MOST_CANDIDATES
            or now - self._most_silent.heard >= _SILENCE
        )

    @callback
    def _make_room(self, did: str) -> None:
        if did not in self._candidates and len(self._candidates) >= _MOST_CANDIDATES:
            self.forget(self._most_silent.did)

    @property
    def _most_silent(self) -> Candidate:
        return min(self._candidates.values(), key=lambda each: each.heard)

    @callback
    def forget(self, did: str) -> None:
        """Take note that a key is not waiting any more."""
        self._candidates.pop(did, None)
        device_issues.clear_unknown_issue(self._hass, did)

    async def async_refuse(self, did: str) -> None:
        """Ask nothing about a key any more."""
        self._refused = [*self._refused, did][-_MOST_REFUSED:]
        self.forget(did)
        await self._store.async_save(_Refused(refused=self._refused))

    async def async_enrol(self, did: str) -> None:
        """Take note that a key is enrolled now, though it may have been refused."""
        self.forget(did)
        if did in self._refused:
            self._refused.remove(did)
            await self._store.async_save(_Refused(refused=self._refused))


def _open_all(texts: Sequence[str]) -> list[Envelope]:
    """Open what is signed as it says. Runs in an executor."""
    opened = []
    for text in texts:
        try:
            opened.append(open_envelope(text))
        except EnvelopeError:
            continue
    return opened


_ENROLMENT: HassKey[Enrolment] = HassKey(f"{DOMAIN}_enrolment")


@singleton(_ENROLMENT, async_=True)
async def async_get_enrolment(hass: HomeAssistant) -> Enrolment:
    """Read what the owner refused, once."""
    store = Store[_Refused](hass, 1, f"{DOMAIN}_devices", atomic_writes=True)
    kept = await store.async_load() or _Refused(refused=[])
    return Enrolment(hass, store, kept["refused"])
