"""The devices' part in checking a receipt."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from ..log import checkpoint
from ..log.entry import ACT, SIGNED_READING, Entry, Trust
from ..log.note import NoteError, VerifierKey
from ..log.receipt import Receipt
from ..log.verification import DEVICE_SIGNED, Report, Result
from .credential import CredentialError, DeviceCredential, read
from .envelope import ReadingPayload, open_envelope
from .errors import EnvelopeError, Reason
from .status_list import StatusList

DEVICE_KNOWN: Final = "device_known"

_LATEST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Signed:
    """What one key signed of a receipt: ``numbers`` are those in each epoch."""

    sensors: set[str] = field(default_factory=set)
    first_received: datetime = _LATEST
    numbers: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))


def check_devices(report: Report) -> Report:
    """Check, without asking anybody, what devices signed and who vouches for them.

    Adds the steps ``device_signed`` and ``device_known`` to a report of
    ``log.verification``, where the receipt has anything to do with devices.
    """
    receipt, signed = report.receipt, report.checkpoint
    if receipt is None or signed is None or receipt.credentials is None:
        return report
    devices: dict[str, _Signed] = defaultdict(_Signed)
    for position, entry in enumerate(report.entries, receipt.first):
        if entry.type != SIGNED_READING:
            continue
        try:
            _add_reading(devices, entry)
        except EnvelopeError as err:
            return report.failed(
                DEVICE_SIGNED,
                f"The reading at position {position} is not signed by the device that"
                f" it names: {err}.",
            )
    _add_messages(devices, report.entries)
    if devices:
        reason = _told(devices, report.entries)
        report = report.with_step(DEVICE_SIGNED, Result.PASSED, reason)
    elif not receipt.credentials:
        return report
    return _check_known(report, receipt, signed.origin, devices)


def _add_reading(devices: dict[str, _Signed], entry: Entry) -> None:
    payload = open_envelope(str(entry.members["jws"])).payload
    if not isinstance(payload, ReadingPayload):
        raise EnvelopeError(Reason.MALFORMED, "what it signed is no reading")
    device = devices[payload.iss]
    device.sensors.add(payload.sensor)
    device.numbers[payload.epoch].append(payload.seq)
    device.first_received = min(device.first_received, entry.time)


def _add_messages(devices: Mapping[str, _Signed], entries: Sequence[Entry]) -> None:
    """Count boot messages and rotations, whose numbers are not missing either.

    They stand in acts, which are the gateway's word: what is wrong there only leaves
    numbers missing.
    """
    for entry in entries:
        jws = entry.members.get("jws")
        if entry.type != ACT or not isinstance(jws, str) or not devices:
            continue
        try:
            payload = open_envelope(jws).payload
        except EnvelopeError:
            continue
        if payload.iss in devices:
            devices[payload.iss].numbers[payload.epoch].append(payload.seq)


def _told(devices: Mapping[str, _Signed], entries: Sequence[Entry]) -> str:
    """Say which readings are the word of a device, and which are not."""
    trusts = [entry.trust for entry in entries]
    signed = trusts.count(Trust.DEVICE_SIGNED)
    unsigned = trusts.count(Trust.GATEWAY_SIGNED)
    whose = "; ".join(
        f"{did} ({', '.join(sorted(device.sensors))}; {_numbers(device)})"
        for did, device in devices.items()
    )
    others = (
        f" Another {unsigned} {'is' if unsigned == 1 else 'are'} the gateway's word."
        if unsigned
        else ""
    )
    return (
        f"{signed} of {signed + unsigned} readings carry their device's signature:"
        f" {whose}.{others} When they were received is the gateway's word."
    )


def _numbers(device: _Signed) -> str:
    return ", ".join(
        f"number {numbers[0]} of epoch {epoch}"
        if len(numbers) == 1
        else f"numbers {min(numbers)} to {max(numbers)} of epoch {epoch}"
        f"{_flaws(numbers)}"
        for epoch, numbers in device.numbers.items()
    )


def _flaws(numbers: Sequence[int]) -> str:
    """Say which numbers are missing between, and which stand there twice."""
    found = sorted(numbers)
    missing = [
        f"{a + 1}" if b == a + 2 else f"{a + 1} to {b - 1}"
        for a, b in pairwise(found)
        if b > a + 1
    ]
    twice = sorted({a for a, b in pairwise(found) if a == b})
    return (f" without {', '.join(missing)}" if missing else "") + (
        f" with {', '.join(map(str, twice))} more than once" if twice else ""
    )


def _check_known(
    report: Report, receipt: Receipt, origin: str, devices: Mapping[str, _Signed]
) -> Report:
    """Check that the log's owner vouches for the devices, and did not revoke it."""
    key = VerifierKey.parse(receipt.key).public_key
    try:
        log_id = checkpoint.log_id_of(origin)
        found = [read(token, key, log_id) for token in receipt.credentials or ()]
    except (NoteError, CredentialError) as err:
        return report.failed(
            DEVICE_KNOWN, f"A credential in the receipt is not the log's: {err}."
        )
    credentials = [c for c in found if isinstance(c, DeviceCredential)]
    lists = [c for c in found if isinstance(c, StatusList)]
    unknown = []
    for did, device in devices.items():
        valid = [c for c in credentials if c.device == did and _covers(c, device)]
        if any(revoked.revokes(c.status_index) for revoked in lists for c in valid):
            return report.failed(
                DEVICE_KNOWN,
                f"The log's owner revoked the device {did}: its key may be another's.",
            )
        if not valid:
            unknown.append(did)
    if unknown:
        return report.with_step(
            DEVICE_KNOWN,
            Result.SKIPPED,
            "The receipt does not say who vouches for the key of these devices:"
            f" {', '.join(unknown)}.",
        )
    if not lists:
        return report.with_step(
            DEVICE_KNOWN,
            Result.SKIPPED,
            "The receipt does not say whether the log's owner revoked the devices.",
        )
    return report.with_step(
        DEVICE_KNOWN,
        Result.PASSED,
        f"The log's owner vouches for {_vouched(credentials, devices)}, and had not"
        f" revoked any by {max(revoked.time for revoked in lists).isoformat()}.",
    )


def _covers(credential: DeviceCredential, device: _Signed) -> bool:
    """Say whether a credential was valid before all that the device signed here."""
    return credential.valid_from <= device.first_received


def _vouched(
    credentials: Sequence[DeviceCredential], devices: Mapping[str, _Signed]
) -> str:
    named = {
        c.device: f"{c.device} ({c.assurance.replace('_', ' ')})"
        for c in credentials
        if c.device in devices
    }
    return ", ".join(named.values()) or "no device that signed here"
