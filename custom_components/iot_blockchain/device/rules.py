"""What the owner decided about a device at its enrolment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

DEFAULT_TIME_TOLERANCE: Final = 300
DEFAULT_MAX_AGE: Final = 7 * 24 * 3600
DEFAULT_RATE: Final = 600
DEFAULT_BURST: Final = 600
MAX_FAILURES: Final = 10
FAILURE_WINDOW: Final = 600
"""So many failures of its own within so many seconds put a device into quarantine."""

MAX_PREVIOUS_KEYS: Final = 64
"""So often may a device change its key: all its keys are remembered."""

# As ESPHome prints a number: no exponent, no infinity, and "nan" is none.
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)


class Assurance(StrEnum):
    """How well the device keeps its key, as the owner says."""

    SOFTWARE_KEY = "software_key"
    """In its flash: whoever has the device in hand, or may update it, can read it."""
    SECURE_ELEMENT = "secure_element"
    """In a chip that signs and never gives it out."""


class OnDrift(StrEnum):
    """What to do with an envelope from the future."""

    MARK = "mark"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorRule:
    """The limits between which a sensor's values are plausible; None is no limit."""

    minimum: float | None = None
    maximum: float | None = None

    def allows(self, value: str) -> bool:
        """Say whether a value is within the limits; with none, any text is."""
        if self.minimum is None and self.maximum is None:
            return True
        if _NUMBER.fullmatch(value) is None:
            return False
        number = float(value)
        return (self.minimum is None or number >= self.minimum) and (
            self.maximum is None or number <= self.maximum
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRules:
    """What a device may do.

    ``sensors`` are the only ones that it may report, by their object ids. Its time may
    be ahead of the gateway's by ``time_tolerance`` seconds, ``on_drift`` says what
    happens beyond that, and what it signed more than ``max_age`` seconds ago is
    refused. It may send ``rate`` envelopes a minute for long, and ``burst`` at once:
    more than its store of unsent ones, which it sends when it is back.
    """

    did: str
    name: str
    assurance: Assurance
    sensors: Mapping[str, SensorRule]
    previous_dids: tuple[str, ...] = ()
    time_tolerance: float = DEFAULT_TIME_TOLERANCE
    on_drift: OnDrift = OnDrift.MARK
    max_age: float = DEFAULT_MAX_AGE
    rate: float = DEFAULT_RATE
    burst: float = DEFAULT_BURST
    quarantine_on_change: bool = False

    def rotated(self, did: str) -> Self:
        """Return the same rules for the device's next key."""
        return replace(self, did=did, previous_dids=(*self.previous_dids, self.did))

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object to keep the rules in."""
        return {
            "did": self.did,
            "name": self.name,
            "assurance": self.assurance.value,
            "sensors": {
                name: {"minimum": rule.minimum, "maximum": rule.maximum}
                for name, rule in self.sensors.items()
            },
            "previous_dids": list(self.previous_dids),
            "time_tolerance": self.time_tolerance,
            "on_drift": self.on_drift.value,
            "max_age": self.max_age,
            "rate": self.rate,
            "burst": self.burst,
            "quarantine_on_change": self.quarantine_on_change,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        return cls(
            did=value["did"],
            name=value["name"],
            assurance=Assurance(value["assurance"]),
            sensors={
                name: SensorRule(minimum=rule["minimum"], maximum=rule["maximum"])
                for name, rule in value["sensors"].items()
            },
            previous_dids=tuple(value["previous_dids"]),
            time_tolerance=value["time_tolerance"],
            on_drift=OnDrift(value["on_drift"]),
            max_age=value["max_age"],
            rate=value["rate"],
            burst=value["burst"],
            quarantine_on_change=value["quarantine_on_change"],
        )
