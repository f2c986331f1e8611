"""What the log says about devices."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.iot_blockchain.device import acts
from custom_components.iot_blockchain.device.rules import (
    Assurance,
    DeviceRules,
    SensorRule,
)
from custom_components.iot_blockchain.device.state import DeviceState, StatusReason
from custom_components.iot_blockchain.device.trust import judge
from custom_components.iot_blockchain.log import entry
from custom_components.iot_blockchain.log.entry import Act
from scripts.house.signing import SigningDevice

TIME = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DEVICE = SigningDevice(5)
RULES = DeviceRules(
    did=DEVICE.did,
    name="Kühlschrank",
    assurance=Assurance.SOFTWARE_KEY,
    sensors={
        "temperature": SensorRule(minimum=-30, maximum=8.25),
        "door": SensorRule(),
    },
)


def written(act: Act) -> dict[str, object]:
    """Write an act into an entry and read it back: it must be one that may stand."""
    members: dict[str, object] = dict(entry.decode(entry.encode(act)).members)
    for name in ("salt", "v", "type"):
        del members[name]
    assert members.pop("time") == "2026-11-21T10:00:00.000000Z"
    assert members.pop("device") == RULES.did
    assert members.pop("name") == RULES.name
    return members


def test_an_enrolment_says_what_the_device_may_do() -> None:
    assert written(acts.enrolled(RULES, TIME)) == {
        "act": "device_enrolled",
        "assurance": "software_key",
        "sensors": {"temperature": {"minimum": "-30", "maximum": "8.25"}, "door": {}},
    }


@pytest.mark.parametrize(
    ("limit", "text"),
    [(5, "5"), (5.0, "5.0"), (0.1, "0.1"), (1234567.8, "1234567.8"), (1e22, "1e+22")],
)
def test_a_limit_is_written_as_it_is(limit: float, text: str) -> None:
    rules = DeviceRules(
        did=DEVICE.did,
        name=RULES.name,
        assurance=Assurance.SOFTWARE_KEY,
        sensors={"t": SensorRule(maximum=limit)},
    )
    assert written(acts.enrolled(rules, TIME))["sensors"] == {"t": {"maximum": text}}


def test_one_act_tells_of_many_refusals() -> None:
    state = DeviceState(refused={"replayed": 1000, "too_fast": 3})
    assert written(acts.refused(RULES, state, TIME)) == {
        "act": "device_refused",
        "refused": {"replayed": 1000, "too_fast": 3},
    }


@pytest.mark.parametrize("reason", StatusReason)
def test_a_quarantine_says_why(reason: StatusReason) -> None:
    state = DeviceState().quarantined(reason)
    assert written(acts.quarantined(RULES, state, TIME)) == {
        "act": "device_quarantined",
        "reason": reason.value,
    }


def test_decisions_of_the_owner() -> None:
    assert written(acts.released(RULES, TIME)) == {"act": "device_released"}
    assert written(acts.revoked(RULES, TIME)) == {"act": "device_revoked"}
    assert written(acts.removed(RULES, TIME)) == {"act": "device_removed"}


def test_what_follows_from_envelopes() -> None:
    device = SigningDevice(5)
    state = DeviceState()
    boot = device.boot()
    judgement = judge(RULES, state, boot, TIME.timestamp())
    (act,) = acts.following(state, judgement, TIME)
    assert written(act) == {"act": "device_booted", "jws": boot}

    state = judgement.state
    reading = device.reading("4", sensor="door")
    judgement = judge(RULES, state, reading, TIME.timestamp())
    assert acts.following(state, judgement, TIME) == []

    state = judgement.state
    judgement = judge(RULES, state, reading, TIME.timestamp())
    assert acts.following(state, judgement, TIME) == []

    rotation = device.rotation(SigningDevice(6))
    judgement = judge(RULES, state, rotation, TIME.timestamp())
    (act,) = acts.following(state, judgement, TIME)
    assert act.details is not None
    assert act.details["device"] == SigningDevice(6).did
    assert act.details["previous"] == DEVICE.did
    assert act.details["jws"] == rotation


def test_a_quarantine_follows_once() -> None:
    device = SigningDevice(5)
    state = DeviceState()
    found = []
    for _ in range(15):
        judgement = judge(RULES, state, device.reading("99"), TIME.timestamp())
        found += acts.following(state, judgement, TIME)
        state = judgement.state
    (act,) = found
    assert written(act) == {"act": "device_quarantined", "reason": "failures"}


def test_a_changed_firmware_is_told_with_its_boot_message() -> None:
    device = SigningDevice(5)
    rules = DeviceRules(
        did=RULES.did,
        name=RULES.name,
        assurance=Assurance.SOFTWARE_KEY,
        sensors={},
        quarantine_on_change=True,
    )
    state = judge(rules, DeviceState(), device.boot(), 0).state
    judgement = judge(rules, state, device.boot(firmware="ab" * 16), 0)
    booted, quarantined = acts.following(state, judgement, TIME)
    assert booted.act == "device_booted"
    assert written(quarantined) == {"act": "device_quarantined", "reason": "changed"}


def test_another_reason_for_a_quarantine_is_told_too() -> None:
    device = SigningDevice(5)
    rules = replace(RULES, quarantine_on_change=True)
    state = judge(rules, DeviceState(), device.boot(), 0).state
    state = state.quarantined(StatusReason.FAILURES)
    found = []
    for firmware in ("0f" * 16, "ab" * 16, "ab" * 16):
        judgement = judge(rules, state, device.boot(firmware=firmware), 0)
        found += acts.following(state, judgement, TIME)
        state = judgement.state
    (act,) = found
    assert written(act) == {"act": "device_quarantined", "reason": "changed"}
