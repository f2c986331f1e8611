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
    its signature. ``failures`` are the times of those that count towards quarantine.
    ``software`` is what the device runs by its last boot message that was accepted, and
    ``next_software`` what it runs by a later one that was not: a release takes that.
    ``turn`` belongs to the limit of its rate.
    """

    sequence: Sequence = field(default_factory=Sequence)
    status: Status = Status.TRUSTED
    status_reason: StatusReason | None = None
    software: Software | None = None
    next_software: Software | None = None
    last_envelope: float | None = None
    last_iat: int = 0
    accepted: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[float, ...] = ()
    turn: float = 0.0

    @property
    def running_software(self) -> Software | None:
        """What the device runs by its last word, whether that was accepted or not."""
        return self.next_software or self.software

    def running(self, software: Software, *, accepted: bool) -> Self:
        """Return the state once the device said what it runs."""
        if not accepted:
            return replace(self, next_software=software)
        return replace(self, software=software, next_software=None)

    def quarantined(self, reason: StatusReason = StatusReason.OWNER) -> Self:
        """Return the state in quarantine; a revoked device stays revoked."""
        if self.status is Status.REVOKED:
            return self
        return replace(self, status=Status.QUARANTINED, status_reason=reason)

    def released(self) -> Self:
        """Return the state as the owner trusts the device again, with what it runs.

        Its failures are forgotten. A revoked device stays revoked.
        """
        if self.status is Status.REVOKED:
            return self
        return replace(
            self,
            status=Status.TRUSTED,
            status_reason=None,
            software=self.running_software,
            next_software=None,
            failures=(),
        )

    def revoked(self) -> Self:
        """Return the state of a device that is never trusted again."""
        return replace(
            self, status=Status.REVOKED, status_reason=StatusReason.OWNER, failures=()
        )

    def rotated(self) -> Self:
        """Return the state for the device's next key, which begins a new epoch."""
        return replace(self, sequence=self.sequence.for_next_key(), last_iat=0)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object to keep the state in."""
        return {
            "sequence": self.sequence.to_json(),
            "status": self.status.value,
            "status_reason": self.status_reason and self.status_reason.value,
            "software": self.software and self.software.to_json(),
            "next_software": self.next_software and self.next_software.to_json(),
            "last_envelope": self.last_envelope,
            "last_iat": self.last_iat,
            "accepted": self.accepted,
            "refused": dict(self.refused),
            "failures": list(self.failures),
            "turn": self.turn,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        reason = value["status_reason"]
        software, following = value["software"], value["next_software"]
        return cls(
            sequence=Sequence.from_json(value["sequence"]),
            status=Status(value["status"]),
            status_reason=None if reason is None else StatusReason(reason),
            software=None if software is None else Software(**software),
            next_software=None if following is None else Software(**following),
            last_envelope=value["last_envelope"],
            last_iat=value["last_iat"],
            accepted=value["accepted"],
            refused=dict(value["refused"]),
            failures=tuple(value["failures"]),
            turn=value["turn"],
        )
