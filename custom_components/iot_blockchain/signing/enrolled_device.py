"""A device that is enrolled: what is known of it, and what becomes of what it sends."""

import json
import logging
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from ..device import acts
from ..device.credential import DeviceCredential
from ..device.envelope import Payload, ReadingPayload
from ..device.rules import DeviceRules
from ..device.state import DeviceState
from ..device.trust import Accepted, Mark, Refused, judge
from ..log.entry import Record, SignedReading

_LOGGER = logging.getLogger(__name__)

MEMORY = "device "
"""How the names begin under which devices are kept in the log's file."""


class Reply(Protocol):
    """The way back to a device.

    Who is there can be another than who signed: what is said names the did:key whose
    numbers it is about, and a device takes no notice of another's.
    """

    def acknowledge(self, did: str, epoch: int, first: int, last: int) -> None:
        """Tell it that all from ``first`` to ``last`` need not be sent again."""

    def resend(self, did: str, epoch: int, first: int, last: int) -> None:
        """Ask it for what it still has from ``first`` to ``last``."""

    def announce(self) -> None:
        """Ask it for a boot message."""


class Receive(Protocol):
    """What a transport gives envelopes to."""

    def __call__(
        self, text: object, source: str, reply: Reply, *, issuer: str | None = None
    ) -> None:
        """Take what came from a source, any text that says where from.

        ``issuer`` is the only key whose envelope it may be, where there is such a rule.
        """


@dataclass(frozen=True, slots=True)
class Arrival:
    """An envelope that came, from a transport that says where to answer."""

    jws: str
    time: datetime
    reply: Reply
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class SignedValue:
    """The last value of a sensor that its device signed."""

    payload: ReadingPayload
    received: datetime
    marks: frozenset[Mark]


@dataclass(slots=True)
class Device:
    """A device as its log knows it.

    ``since`` holds when the log began to take what each of its keys signs, in UNIX
    seconds. ``status_index`` is its place in the list of revoked devices.
    ``strangers`` counts what came in its name without its signature.
    """

    key: str
    rules: DeviceRules
    state: DeviceState
    since: Mapping[str, float]
    status_index: int
    enrolled: bool = True
    values: dict[str, SignedValue] = field(default_factory=dict)
    strangers: Counter[str] = field(default_factory=Counter)

    @property
    def keys(self) -> tuple[str, ...]:
        """Its key and those before, as did:keys."""
        return (self.rules.did, *self.rules.previous_dids)

    @property
    def refused(self) -> Mapping[str, int]:
        """How many envelopes were refused, for each reason."""
        return Counter(self.state.refused) + self.strangers

    def credential(self, did: str) -> DeviceCredential:
        """Return what the log's owner vouches for of one of its keys."""
        software = self.state.software
        return DeviceCredential(
            device=did,
            assurance=self.rules.assurance,
            valid_from=datetime.fromtimestamp(self.since[did], UTC),
            status_index=self.status_index,
            model=software.model if software else None,
            firmware=software.firmware if software else None,
        )

    def to_memory(self) -> dict[str, str]:
        """Return what is kept of it in the log's file."""
        kept = {
            "rules": self.rules.to_json(),
            "state": self.state.to_json(),
            "since": dict(self.since),
            "status_index": self.status_index,
            "enrolled": self.enrolled,
        }
        return {MEMORY + self.key: json.dumps(kept)}

    @classmethod
    def from_memory(cls, name: str, text: str) -> Device:
        """Read what ``to_memory`` wrote."""
        kept = json.loads(text)
        return cls(
            name.removeprefix(MEMORY),
            DeviceRules.from_json(kept["rules"]),
            DeviceState.from_json(kept["state"]),
            kept["since"],
            kept["status_index"],
            enrolled=kept["enrolled"],
        )


@dataclass(slots=True)
class Taken:
    """What became of arrivals, and what is known of their device then."""

    rules: DeviceRules
    state: DeviceState
    since: Mapping[str, float]
    records: list[Record] = field(default_factory=list)
    values: dict[str, SignedValue] = field(default_factory=dict)
    strangers: Counter[str] = field(default_factory=Counter)
    settled: list[tuple[Reply, Payload]] = field(default_factory=list)


def take(
    device: Device,
    arrivals: Iterable[Arrival],
    entities: Mapping[str, str],
    other_keys: Container[str],
) -> Taken:
    """Judge envelopes one after the other, in their order. For an executor.

    ``entities`` are those of the sensors that the device may report, ``other_keys``
    the did:keys of all other devices.
    """
    taken = Taken(device.rules, device.state, device.since)
    for arrival in arrivals:
        before = taken.state
        now = arrival.time.timestamp()
        judgement = judge(taken.rules, before, arrival.jws, now, other_keys)
        taken.records += acts.following(before, judgement, arrival.time)
        taken.rules, taken.state = judgement.rules, judgement.state
        taken.since = {taken.rules.did: now, **taken.since}
        outcome = judgement.outcome
        if isinstance(outcome, Accepted):
            _accept(taken, arrival, outcome, entities)
        else:
            _refuse(taken, arrival, outcome)
            if taken.state.refused == before.refused:
                taken.strangers[outcome.reason.value] += 1
    return taken


def _accept(
    taken: Taken, arrival: Arrival, accepted: Accepted, entities: Mapping[str, str]
) -> None:
    payload = accepted.envelope.payload
    taken.settled.append((arrival.reply, payload))
    if isinstance(payload, ReadingPayload):
        entity = entities[payload.sensor]
        taken.records.append(SignedReading(entity, arrival.time, arrival.jws))
        signed = SignedValue(payload, arrival.time, accepted.marks)
        taken.values[payload.sensor] = signed


def _refuse(taken: Taken, arrival: Arrival, refused: Refused) -> None:
    _LOGGER.debug("Refused (%s): %s", refused.reason, refused.words)
    if refused.settled and refused.payload is not None:
        taken.settled.append((arrival.reply, refused.payload))
