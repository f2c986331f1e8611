"""What the log says about devices: acts, named and made up as docs/formats.md says."""

from collections.abc import Mapping
from datetime import datetime

from ..log.canonical import Value
from ..log.entry import Act
from .envelope import BootPayload, RotationPayload
from .rules import DeviceRules, SensorRule
from .state import DeviceState, Status
from .trust import Accepted, Judgement

ENROLLED = "device_enrolled"
REFUSED = "device_refused"
QUARANTINED = "device_quarantined"
RELEASED = "device_released"
REVOKED = "device_revoked"
REMOVED = "device_removed"
ROTATED = "device_rotated"
BOOTED = "device_booted"


def enrolled(rules: DeviceRules, time: datetime) -> Act:
    """Say that the owner enrolled a device, or changed its rules."""
    return _act(
        ENROLLED,
        rules,
        time,
        assurance=rules.assurance.value,
        sensors={name: _limits(rule) for name, rule in rules.sensors.items()},
    )


def refused(rules: DeviceRules, state: DeviceState, time: datetime) -> Act:
    """Say how many envelopes of a device were refused since it was enrolled, and why.

    One act for many envelopes: nobody may fill the log with what is refused.
    """
    return _act(REFUSED, rules, time, refused=dict(state.refused))


def quarantined(rules: DeviceRules, state: DeviceState, time: datetime) -> Act:
    """Say that a device is in quarantine, and why."""
    assert state.status_reason is not None
    return _act(QUARANTINED, rules, time, reason=state.status_reason.value)


def released(rules: DeviceRules, time: datetime) -> Act:
    """Say that the owner trusts a device again."""
    return _act(RELEASED, rules, time)


def revoked(rules: DeviceRules, time: datetime) -> Act:
    """Say that the owner never trusts a device again."""
    return _act(REVOKED, rules, time)


def removed(rules: DeviceRules, time: datetime) -> Act:
    """Say that the owner takes no envelopes of a device any more."""
    return _act(REMOVED, rules, time)


def following(before: DeviceState, judgement: Judgement, time: datetime) -> list[Act]:
    """Return the acts that a judgement leads to, in their order.

    A boot message or a rotation that was accepted, and a quarantine that it, or a
    failure, led to, or another reason for one.
    """
    acts = []
    rules, outcome = judgement.rules, judgement.outcome
    if isinstance(outcome, Accepted):
        jws = outcome.envelope.jws
        match outcome.envelope.payload:
            case BootPayload():
                acts.append(_act(BOOTED, rules, time, jws=jws))
            case RotationPayload(iss=old):
                acts.append(_act(ROTATED, rules, time, jws=jws, previous=old))
    after = judgement.state
    if after.status is Status.QUARANTINED and (
        before.status is not after.status or before.status_reason != after.status_reason
    ):
        acts.append(quarantined(rules, after, time))
    return acts


def _act(name: str, rules: DeviceRules, time: datetime, **details: Value) -> Act:
    return Act(name, time, {"device": rules.did, "name": rules.name, **details})


def _limits(rule: SensorRule) -> Mapping[str, Value]:
    limits = {"minimum": rule.minimum, "maximum": rule.maximum}
    return {name: str(limit) for name, limit in limits.items() if limit is not None}
