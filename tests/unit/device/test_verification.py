"""What a receipt shows of the devices that signed."""

import json
from datetime import timedelta
from typing import Any

import pytest

from custom_components.iot_blockchain.device.credential import Issuer
from custom_components.iot_blockchain.device.rules import Assurance
from custom_components.iot_blockchain.device.status_list import StatusList
from custom_components.iot_blockchain.device.verification import check_devices
from custom_components.iot_blockchain.log.entry import (
    Act,
    Reading,
    Record,
    SignedReading,
    Trust,
)
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.receipt import Receipt
from custom_components.iot_blockchain.log.verification import (
    Report,
    Result,
    Step,
    Verdict,
    verify_offline,
)
from scripts.house.signing import SigningDevice, with_high_s
from tests.unit.log.test_receipt import ANCHOR

from .house import LOG, TIME, credential_of, list_of, receipt_of

UNSIGNED = Reading("sensor.plain", "1", TIME)


@pytest.fixture
def device() -> SigningDevice:
    return SigningDevice(33, epoch=77)


def signed(jws: str, entity: str = "sensor.fridge") -> SignedReading:
    return SignedReading(entity, TIME, jws)


def check(receipt: Receipt) -> Report:
    """Go through JSON, as a receipt does."""
    return check_devices(verify_offline(json.dumps(receipt.to_json())))


def steps(report: Report) -> dict[str, tuple[Result, str]]:
    """Return the steps about devices; those before them passed."""
    before, others = report.steps[:3], report.steps[3:]
    assert all(step.result is Result.PASSED for step in before)
    return {step.name: (step.result, step.reason) for step in others}


def test_a_signed_reading_of_a_known_device(device: SigningDevice) -> None:
    receipt = receipt_of(
        [signed(device.reading())], [credential_of(device.did), list_of()]
    )
    report = check(receipt)
    assert [step.name for step in report.steps] == [
        "format",
        "signed",
        "in_log",
        "device_signed",
        "device_known",
    ]
    assert steps(report) == {
        "device_signed": (
            Result.PASSED,
            (
                f"1 of 1 readings carry their device's signature: {device.did}"
                " (temperature; number 1 of epoch 77). When they were received is the"
                " gateway's word."
            ),
        ),
        "device_known": (
            Result.PASSED,
            (
                f"The log's owner vouches for {device.did} (software key), and had not"
                " revoked any by 2026-11-21T10:22:01+00:00."
            ),
        ),
    }
    assert report.verdict is Verdict.NOT_ANCHORED
    assert report.entries[0].trust is Trust.DEVICE_SIGNED


def test_a_receipt_without_devices_has_the_same_steps_as_ever() -> None:
    receipt = receipt_of([UNSIGNED], None)
    assert receipt.to_json()["format"].endswith("/1")
    assert steps(check(receipt)) == {}
    assert steps(check(receipt_of([UNSIGNED]))) == {}


def test_what_is_the_gateways_word_is_called_so(device: SigningDevice) -> None:
    records: list[Record] = [
        signed(device.reading()),
        UNSIGNED,
        Act("stopped", TIME),
        signed(device.reading(sensor="door", value="on", unit=None), "sensor.door"),
        UNSIGNED,
    ]
    report = check(receipt_of(records))
    result, reason = steps(report)["device_signed"]
    assert result is Result.PASSED
    assert "2 of 4 readings carry" in reason
    assert "(door, temperature; numbers 1 to 2 of epoch 77)" in reason
    assert "Another 2 are the gateway's word." in reason
    report = check(receipt_of(records[:2]))
    assert "Another 1 is the gateway's word." in steps(report)["device_signed"][1]


def test_gaps_and_repetitions_are_named_and_no_failure(device: SigningDevice) -> None:
    readings = [device.reading() for _ in range(9)]
    kept = [readings[place] for place in (0, 4, 2, 7, 7)]
    report = check(receipt_of([signed(jws) for jws in kept]))
    result, reason = steps(report)["device_signed"]
    assert result is Result.PASSED
    assert (
        "numbers 1 to 8 of epoch 77 without 2, 4, 6 to 7 with 8 more than once"
        in reason
    )


def test_boot_messages_and_rotations_fill_gaps(device: SigningDevice) -> None:
    following = SigningDevice(34)
    records: list[Record] = [
        signed(device.reading()),
        Act("device_booted", TIME, {"jws": device.boot()}),
        signed(device.reading()),
        Act("device_rotated", TIME, {"jws": device.rotation(following)}),
        Act("device_booted", TIME, {"jws": following.boot()}),
        signed(following.reading()),
        # what acts hold is the gateway's word: it can only leave a gap
        Act("device_booted", TIME, {"jws": with_high_s(following.boot())}),
        Act("device_booted", TIME, {"jws": 5}),
        Act("device_booted", TIME, {"jws": SigningDevice(35).boot()}),
        signed(following.reading()),
    ]
    report = check(receipt_of(records))
    result, reason = steps(report)["device_signed"]
    assert result is Result.PASSED
    assert f"{device.did} (temperature; numbers 1 to 4 of epoch 77);" in reason
    assert (
        f"{following.did} (temperature; numbers 1 to 4 of epoch 1 without 3)" in reason
    )


def test_epochs_are_counted_apart(device: SigningDevice) -> None:
    first = device.reading()
    device.epoch, device.seq = 78, 4
    report = check(receipt_of([signed(first), signed(device.reading())]))
    _, reason = steps(report)["device_signed"]
    assert "number 1 of epoch 77, number 5 of epoch 78" in reason


@pytest.mark.parametrize("what", ["signature", "forged", "boot", "rotation", "payload"])
def test_a_reading_that_its_device_did_not_sign_makes_the_receipt_invalid(
    device: SigningDevice, what: str
) -> None:
    right = device.reading()
    other = device.reading("5")
    wrong = {
        "signature": right.rpartition(".")[0] + "." + other.rpartition(".")[2],
        "forged": "a.b.c",
        "boot": device.boot(),
        "rotation": device.rotation(SigningDevice(2)),
        "payload": device.reading(more=1),
    }[what]
    for credentials in ([], [credential_of(device.did), list_of()]):
        receipt = receipt_of([UNSIGNED, signed(right), signed(wrong)], credentials)
        report = check(receipt)
        ((name, (result, reason)),) = steps(report).items()
        assert (name, result) == ("device_signed", Result.FAILED)
        assert "position 2 is not signed by the device" in reason
        assert report.verdict is Verdict.INVALID
        # nothing of it is shown, and nothing more is checked
        assert (report.receipt, report.entries) == (None, ())


def anchored(report: Report) -> Report:
    """Let a chain say that the anchor is there."""
    return report.with_step("anchor", Result.PASSED, "").with_step(
        "on_chain", Result.PASSED, ""
    )


def with_anchor(receipt: Receipt) -> str:
    return json.dumps({**receipt.to_json(), "anchor": ANCHOR.to_json()})


def test_signed_readings_are_anchored_only_when_their_signatures_were_checked(
    device: SigningDevice,
) -> None:
    text = with_anchor(receipt_of([signed(device.reading())]))
    unchecked = verify_offline(text)
    assert anchored(unchecked).verdict is Verdict.UNCHECKED
    assert anchored(check_devices(unchecked)).verdict is Verdict.ANCHORED
    plain = verify_offline(with_anchor(receipt_of([UNSIGNED], None)))
    assert anchored(plain).verdict is Verdict.ANCHORED


# Who vouches for the device


def known(receipt: Receipt) -> tuple[Result, str]:
    return steps(check(receipt))["device_known"]


def test_without_credentials_nobody_vouches(device: SigningDevice) -> None:
    result, reason = known(receipt_of([signed(device.reading())]))
    assert result is Result.SKIPPED
    assert reason.endswith(f"key of these devices: {device.did}.")


def test_without_a_list_nothing_is_said_of_revocations(device: SigningDevice) -> None:
    result, reason = known(
        receipt_of([signed(device.reading())], [credential_of(device.did)])
    )
    assert result is Result.SKIPPED
    assert "whether the log's owner revoked" in reason


def test_each_device_needs_its_credential(device: SigningDevice) -> None:
    other = SigningDevice(34)
    records = [signed(device.reading()), signed(other.reading())]
    mine, its = credential_of(device.did), credential_of(other.did, 8)
    assert known(receipt_of(records, [mine, its, list_of()]))[0] is Result.PASSED
    result, reason = known(receipt_of(records, [mine, list_of()]))
    assert result is Result.SKIPPED
    assert other.did in reason
    assert device.did not in reason


def test_a_credential_counts_from_its_time_on(device: SigningDevice) -> None:
    records = [signed(device.reading())]
    later = credential_of(device.did, time=TIME + timedelta(seconds=1))
    assert known(receipt_of(records, [later, list_of()]))[0] is Result.SKIPPED
    earlier = credential_of(device.did, time=TIME - timedelta(days=900))
    both = receipt_of(records, [earlier, later, list_of()])
    assert known(both)[0] is Result.PASSED


def test_a_credential_counts_in_its_first_second(device: SigningDevice) -> None:
    at_once = SignedReading("sensor.a", TIME.replace(microsecond=0), device.reading())
    credentials = [credential_of(device.did), list_of()]
    assert known(receipt_of([at_once], credentials))[0] is Result.PASSED


def test_a_revoked_device_makes_the_receipt_invalid(device: SigningDevice) -> None:
    credentials = [credential_of(device.did, 5), list_of(5)]
    report = check(receipt_of([signed(device.reading())], credentials))
    result, reason = steps(report)["device_known"]
    assert result is Result.FAILED
    assert f"revoked the device {device.did}" in reason
    assert report.verdict is Verdict.INVALID


def test_one_revoked_device_among_unknown_ones_is_enough(device: SigningDevice) -> None:
    other = SigningDevice(34)
    records = [signed(other.reading()), signed(device.reading())]
    credentials = [credential_of(device.did, 5), list_of(), list_of(5)]
    assert known(receipt_of(records, credentials))[0] is Result.FAILED


def test_the_revocation_of_others_changes_nothing(device: SigningDevice) -> None:
    credentials = [
        credential_of(device.did, 5),
        credential_of(SigningDevice(34).did, 6),
        list_of(6),
    ]
    result, reason = known(receipt_of([signed(device.reading())], credentials))
    assert result is Result.PASSED
    assert SigningDevice(34).did not in reason


def test_the_assurance_is_told(device: SigningDevice) -> None:
    credential = credential_of(device.did, assurance=Assurance.SECURE_ELEMENT)
    _, reason = known(receipt_of([signed(device.reading())], [credential, list_of()]))
    assert f"{device.did} (secure element)" in reason


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "x",
        "a.b.c",
        "\u202e" * 3000,
        Issuer(bytes(32), LOG).issue(StatusList.of((), TIME)),
        Issuer(bytes(range(32)), bytes(32)).issue(StatusList.of((), TIME))[:-1],
        SigningDevice(33).reading(),
    ],
)
def test_a_credential_that_is_not_the_logs_makes_the_receipt_invalid(
    device: SigningDevice, credential: str
) -> None:
    found: list[Record] = [signed(device.reading()), UNSIGNED]
    for records in (found, found[1:]):
        right = [credential_of(device.did), list_of()]
        report = check(receipt_of(records, [*right, credential]))
        result, reason = steps(report)["device_known"]
        assert result is Result.FAILED
        assert "is not the log's" in reason
        assert report.verdict is Verdict.INVALID


def test_credentials_without_signed_readings_are_checked_all_the_same() -> None:
    result, reason = known(
        receipt_of([UNSIGNED], [credential_of(SigningDevice(1).did), list_of()])
    )
    assert result is Result.PASSED
    assert "no device that signed here" in reason


def test_a_log_that_names_no_id_vouches_for_nobody(device: SigningDevice) -> None:
    signer = Signer("home.example/log", bytes(range(32)))
    receipt = receipt_of(
        [signed(device.reading())], [credential_of(device.did), list_of()], signer
    )
    result, reason = known(receipt)
    assert result is Result.FAILED
    assert "does not end in a log id" in reason


def test_a_report_that_failed_before_stays_as_it_is() -> None:
    failed = Report([Step("format", Result.FAILED, "x")])
    assert check_devices(failed) is failed


def test_reasons_stay_short(device: SigningDevice) -> None:
    records = [
        signed(SigningDevice(100 + number).reading(sensor="s" * 120))
        for number in range(40)
    ]
    report = check(receipt_of([*records, signed(device.reading())]))
    assert all(len(step.reason) < 510 for step in report.steps)


# The second format


def test_a_receipt_with_signed_readings_is_of_the_second_format(
    device: SigningDevice,
) -> None:
    receipt = receipt_of([signed(device.reading())], None)
    value = receipt.to_json()
    assert value["format"] == "iot-blockchain-receipt/2"
    assert value["credentials"] == []
    found = Receipt.from_json(value)
    assert found.to_json() == value
    assert steps(check_devices(verify_offline(value)))["device_signed"]


def test_it_is_not_taken_for_one_of_the_first(device: SigningDevice) -> None:
    value: dict[str, Any] = receipt_of([signed(device.reading())]).to_json()
    value["format"] = "iot-blockchain-receipt/1"
    with_more = verify_offline(value)
    assert with_more.steps[0].result is Result.FAILED
    del value["credentials"]
    (step,) = verify_offline(value).steps
    assert (step.name, step.result) == ("format", Result.FAILED)
    assert "of another format" in step.reason


def test_an_act_about_signed_readings_is_none() -> None:
    act = Act("x", TIME, {"y": {"type": "signed_reading"}})
    value = receipt_of([act], None).to_json()
    # taken for one that may be signed: it is read as well
    assert value["format"] == "iot-blockchain-receipt/2"
    assert check_devices(verify_offline(value)).verdict is Verdict.NOT_ANCHORED
    del value["credentials"]
    value["format"] = "iot-blockchain-receipt/1"
    assert verify_offline(value).verdict is Verdict.NOT_ANCHORED
