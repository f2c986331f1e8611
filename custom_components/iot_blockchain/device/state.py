"""What the gateway remembers of a device from one envelope to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from .sequence import Sequence


class Status(StrEnum):
    """Whether the device's envelopes are taken."""

    TRUSTED = "trusted"
    QUARANTINED = "quarantined"
    REVOKED = "revoked"


class StatusReason(StrEnum):
    """Why a device is in quarantine or revoked."""

    FAILURES = "failures"
    """Too many envelopes that it signed could not be taken."""
    CHANGED = "changed"
    """Its firmware or configuration changed, and the owner wants to look first."""
    OWNER = "owner"
    """The owner did it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What the device said at its last boot that it runs."""

    config: str
    esphome: str
    firmware: str
    model: str
    name: str

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """All that is remembered of a device. Times are UNIX seconds.

    ``refused`` counts by reason what was refused of the device itself: envelopes with
    its signature. ``failures`` are those that count towards quarantine: when they came,
    and the beginning of their hash. ``turn`` belongs to the limit of its rate.
    """

    sequence: Sequence = field(default_factory=Sequence)
    status: Status = Status.TRUSTED
    status_reason: StatusReason | None = None
    software: Software | None = None
    last_envelope: float | None = None
    last_iat: int = 0
    accepted: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[tuple[float, str], ...] = ()
    turn: float = 0.0

    def quarantined(self, reason: StatusReason = StatusReason.OWNER) -> Self:
        """Return the state in quarantine; a revoked device stays revoked."""
        if self.status is Status.REVOKED:
            return self
        return replace(self, status=Status.QUARANTINED, status_reason=reason)

    def released(self) -> Self:
        """Return the state as the owner trusts the device again, failures forgotten.

        A revoked device stays revoked.
        """
        if self.status is Status.REVOKED:
            return self
        return replace(self, status=Status.TRUSTED, status_reason=None, failures=())

    def revoked(self) -> Self:
        """Return the state of a device that is never trusted again."""
        return replace(
            self, status=Status.REVOKED, status_reason=StatusReason.OWNER, failures=()
        )

    def rotated(self) -> Self:
        """Return the state for the device's next key, which begins a new epoch."""
        return replace(self, sequence=self.sequence.for_next_key())

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object to keep the state in."""
        return {
            "sequence": self.sequence.to_json(),
            "status": self.status.value,
            "status_reason": self.status_reason and self.status_reason.value,
            "software": self.software and self.software.to_json(),
            "last_envelope": self.last_envelope,
            "last_iat": self.last_iat,
            "accepted": self.accepted,
            "refused": dict(self.refused),
            "failures": [[time, digest] for time, digest in self.failures],
            "turn": self.turn,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        reason, software = value["status_reason"], value["software"]
        return cls(
            sequence=Sequence.from_json(value["sequence"]),
            status=Status(value["status"]),
            status_reason=None if reason is None else StatusReason(reason),
            software=None if software is None else Software(**software),
            last_envelope=value["last_envelope"],
            last_iat=value["last_iat"],
            accepted=value["accepted"],
            refused=dict(value["refused"]),
            failures=tuple((time, digest) for time, digest in value["failures"]),
            turn=value["turn"],
        )
