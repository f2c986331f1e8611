"""Whether an envelope may be recorded as signed by its device.

``judge`` is a function of what is known and what came, and nothing else: the caller
keeps the rules and the state that it returns, on the disk before it acknowledges.

Only what the device's own key signed, and signed for the first time, can speak against
the device. Whoever has no key, but writes in the device's name or sends its old
envelopes again, changes nothing that is remembered of it but a count.
"""

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from .envelope import (
    BootPayload,
    Envelope,
    Payload,
    ReadingPayload,
    RotationPayload,
    issuer_of,
    open_envelope,
    stamp_of,
)
from .errors import EnvelopeError, Reason
from .rules import (
    FAILURE_WINDOW,
    MAX_FAILURES,
    MAX_PREVIOUS_KEYS,
    DeviceRules,
    OnDrift,
)
from .sequence import MAX_EPOCHS, Place, Sequence
from .state import DeviceState, Software, Status, StatusReason
from .throttle import next_turn

_SHOWN: Final = 40


class Mark(StrEnum):
    """What is to be said of an envelope that was accepted."""

    NO_TIME = "no_time"
    """The device knows no time."""
    CLOCK_AHEAD = "clock_ahead"
    """The device's time is ahead of the gateway's by more than is tolerated."""
    DELAYED = "delayed"
    """The device's time is behind: it signed this earlier, or its clock is late."""
    LATE = "late"
    """It was missing, and came after all."""
    NEW_EPOCH = "new_epoch"
    """The device began to count anew."""
    GAP = "gap"
    """Numbers before this one are missing."""
    RESTARTED = "restarted"
    """The device restarted since its last envelope."""
    FIRMWARE_CHANGED = "firmware_changed"
    """The device runs another firmware than at its last boot message."""
    CONFIG_CHANGED = "config_changed"
    """The device has another configuration than at its last boot message."""


_OWN_FAILURES: Final = {
    Reason.MALFORMED,
    Reason.NOT_CANONICAL,
    Reason.OUT_OF_RANGE,
    Reason.ROTATION_REFUSED,
    Reason.UNKNOWN_SENSOR,
}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The envelope may be recorded, and must be acknowledged."""

    envelope: Envelope
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True)
class Refused:
    """The envelope must not be recorded. ``words`` are for people.

    ``payload`` is what the device did sign, as far as it can be read; None where
    nothing shows that it did. ``waits`` says that it can still be taken later.
    """

    reason: Reason
    words: str
    payload: Payload | None = None
    waits: bool = False

    @property
    def settled(self) -> bool:
        """Whether the device need not send it again: acknowledge it all the same."""
        return self.payload is not None and not self.waits


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of an envelope, and what is known of the device from now on.

    After a rotation, ``rules`` are those of the device's next key.
    """

    rules: DeviceRules
    state: DeviceState
    outcome: Accepted | Refused


def judge(
    rules: DeviceRules,
    state: DeviceState,
    text: str,
    now: float,
    other_keys: Container[str] = (),
) -> Judgement:
    """Judge what came in the name of a device, at a time in UNIX seconds.

    ``other_keys`` are the did:keys of all other devices, old and revoked ones too:
    nobody can take them over. Never raises, whatever the text is.
    """
    try:
        envelope = open_envelope(text)
    except EnvelopeError as err:
        return _misread(rules, state, text, err, now)
    payload = envelope.payload
    known, refused = _admit(
        rules, state, payload, now, _not_allowed(rules, payload, other_keys)
    )
    if refused is not None:
        return Judgement(rules, known, refused)
    known = replace(known, accepted=known.accepted + 1)
    marks = frozenset(
        (
            *_marks_of_time(rules, payload.iat, now),
            *_marks_of_sequence(state.sequence, known.sequence),
            *_marks_of_software(state.software, known.software),
        )
    )
    if isinstance(payload, RotationPayload):
        rules, known = rules.rotated(payload.next), known.rotated()
    return Judgement(rules, known, Accepted(envelope, marks))


def _misread(
    rules: DeviceRules, state: DeviceState, text: str, err: EnvelopeError, now: float
) -> Judgement:
    """Refuse what is no envelope.

    The device fails where it signed that. But without a number it could be sent again
    and again, by anybody: then it is counted, and no more.
    """
    refused = Refused(err.reason, str(err))
    stamp = stamp_of(text) if err.signed else None
    if stamp is not None:
        state, other = _admit(rules, state, stamp, now, refused)
        refused = other or refused
    elif err.signed and issuer_of(text) == rules.did:
        state = _counted(state, err.reason)
    return Judgement(rules, state, refused)


def _admit(
    rules: DeviceRules,
    state: DeviceState,
    payload: Payload,
    now: float,
    fault: Refused | None,
) -> tuple[DeviceState, Refused | None]:
    """Take note of what a key signed; ``fault`` is what is wrong with its content.

    Returns what is known of the device then, and why this is refused if it is.
    """
    if payload.iss != rules.did:
        return state, _of_another_key(rules, payload)
    place = state.sequence.place(payload.epoch, payload.seq)
    turn = next_turn(state.turn, now, rules.rate / 60, rules.burst)
    refused = _out_of_turn(rules, state, payload, place, now)
    if refused is None and turn is None:
        refused = Refused(
            Reason.TOO_FAST,
            f"{rules.name} sends more than {rules.rate:g} a minute",
            waits=True,
        )
    if refused is not None:
        return _counted(state, refused.reason), replace(refused, payload=payload)

    # From here on the number is used up: what is refused now is not waited for.
    known = replace(
        state,
        sequence=state.sequence.after(payload.epoch, payload.seq, payload.uptime),
        last_envelope=now,
        last_iat=max(state.last_iat, min(payload.iat, int(now))),
        turn=state.turn if turn is None else turn,
    )
    refused = _untimely(rules, state, payload, now) or fault
    if isinstance(payload, BootPayload) and place is not Place.LATE:
        # Even where the message is refused: a change must not slip through by that.
        software = _software(payload)
        known = known.running(software, accepted=refused is None)
        changed = any(_marks_of_software(state.software, software))
        if rules.quarantine_on_change and changed:
            known = known.quarantined(StatusReason.CHANGED)
    if refused is None:
        return known, None
    known = _counted(known, refused.reason)
    if refused.reason in _OWN_FAILURES:
        known = _failed(known, now)
    return known, replace(refused, payload=payload)


def _of_another_key(rules: DeviceRules, payload: Payload) -> Refused:
    if payload.iss in rules.previous_dids:
        return Refused(
            Reason.OLD_KEY,
            f"{rules.name} changed its key, and this is the old one",
            payload,
        )
    return Refused(Reason.UNKNOWN_DEVICE, f"this is not the key of {rules.name}")


def _out_of_turn(
    rules: DeviceRules, state: DeviceState, payload: Payload, place: Place, now: float
) -> Refused | None:
    """Refuse what must leave no trace: it may be a stranger's repetition."""
    name = rules.name
    rotates = isinstance(payload, RotationPayload)
    if state.status is Status.REVOKED:
        # Its device changes the key once more only when this change is acknowledged.
        return Refused(Reason.REVOKED, f"{name} is revoked", waits=not rotates)
    waits = False
    match place:
        case Place.SEEN:
            reason = Reason.REPLAYED
            words = f"number {payload.seq} of {name} came before, or was given up"
        case Place.OLD_EPOCH:
            reason = Reason.OLD_EPOCH
            words = f"{name} went on from epoch {payload.epoch}"
        case Place.NO_ROOM:
            reason = Reason.TOO_MANY_EPOCHS
            words = f"{name} began more than {MAX_EPOCHS} epochs: change its key"
            waits = True
        case Place.NEW_EPOCH if _was_signed_before(rules, state, payload, now):
            reason = Reason.OLD_EPOCH
            words = f"{name} began epoch {payload.epoch} before what it sent last"
            # It may be the clock that was wrong: then it is taken once another one
            # has begun the epoch.
            waits = True
        case _ if rotates and state.status is Status.QUARANTINED:
            reason = Reason.QUARANTINED
            words = f"{name} is in quarantine: its new key waits until you release it"
            waits = True
        case _:
            return None
    return Refused(reason, words, waits=waits)


def _was_signed_before(
    rules: DeviceRules, state: DeviceState, payload: Payload, now: float
) -> bool:
    """Say whether this was signed before what came last.

    That cannot have been signed after now: the gateway's clock was ahead at that time.
    """
    return 0 < payload.iat < min(state.last_iat, now) - rules.time_tolerance


def _untimely(
    rules: DeviceRules, state: DeviceState, payload: Payload, now: float
) -> Refused | None:
    """Refuse what came at a wrong time, which says nothing about the device.

    A change of key counts whenever it comes: the device repeats it until it is known.
    """
    if isinstance(payload, RotationPayload):
        return None
    if state.status is Status.QUARANTINED:
        return Refused(
            Reason.QUARANTINED, f"{rules.name} is in quarantine until you release it"
        )
    if payload.iat and payload.iat < now - rules.max_age:
        return Refused(
            Reason.TOO_OLD,
            f"{rules.name} signed this more than {rules.max_age:g} seconds ago",
        )
    if rules.on_drift is OnDrift.REFUSE and payload.iat > now + rules.time_tolerance:
        return Refused(
            Reason.TOO_NEW,
            f"the time of {rules.name} is ahead of the gateway's by more than"
            f" {rules.time_tolerance:g} seconds",
        )
    return None


def _not_allowed(
    rules: DeviceRules, payload: Payload, other_keys: Container[str]
) -> Refused | None:
    """Refuse what the owner did not allow the device to say."""
    match payload:
        case RotationPayload(next=key) if (
            key in rules.previous_dids
            or key in other_keys
            or len(rules.previous_dids) >= MAX_PREVIOUS_KEYS
        ):
            return Refused(
                Reason.ROTATION_REFUSED,
                f"{rules.name} may not change to this key: it was used before, or there"
                " were too many; enrol the device again",
            )
        case ReadingPayload(sensor=sensor) if sensor not in rules.sensors:
            return Refused(
                Reason.UNKNOWN_SENSOR,
                f"{rules.name} may not report the sensor {sensor}",
            )
        case ReadingPayload(sensor=sensor, value=value) if not rules.sensors[
            sensor
        ].allows(value):
            return Refused(
                Reason.OUT_OF_RANGE,
                f"{value[:_SHOWN]!r} is not between the limits of {sensor}",
            )
    return None


def _marks_of_time(rules: DeviceRules, iat: int, now: float) -> Iterable[Mark]:
    if iat == 0:
        yield Mark.NO_TIME
    elif iat > now + rules.time_tolerance:
        yield Mark.CLOCK_AHEAD
    elif iat < now - rules.time_tolerance:
        yield Mark.DELAYED


def _marks_of_sequence(before: Sequence, after: Sequence) -> Iterable[Mark]:
    if after.epoch != before.epoch:
        if before.epoch is not None:
            yield Mark.NEW_EPOCH
        if after.gaps:
            yield Mark.GAP
    elif after.last == before.last:
        yield Mark.LATE
    else:
        if after.last > before.last + 1:
            yield Mark.GAP
        if after.uptime < before.uptime:
            yield Mark.RESTARTED


def _marks_of_software(
    before: Software | None, after: Software | None
) -> Iterable[Mark]:
    if before is None or after is None:
        return
    if after.firmware != before.firmware:
        yield Mark.FIRMWARE_CHANGED
    if after.config != before.config:
        yield Mark.CONFIG_CHANGED


def _software(payload: BootPayload) -> Software:
    return Software(
        config=payload.config,
        esphome=payload.esphome,
        firmware=payload.firmware,
        model=payload.model,
        name=payload.name,
    )


def _counted(state: DeviceState, reason: Reason) -> DeviceState:
    refused = Counter(state.refused)
    refused[reason.value] += 1
    return replace(state, refused=dict(refused))


def _failed(state: DeviceState, now: float) -> DeviceState:
    """Count a failure of the device itself, and quarantine it after many."""
    recent = [time for time in state.failures if abs(now - time) < FAILURE_WINDOW]
    failures = (*recent, now)[-MAX_FAILURES:]
    state = replace(state, failures=failures)
    if len(failures) < MAX_FAILURES or state.status is not Status.TRUSTED:
        return state
    return state.quarantined(StatusReason.FAILURES)
