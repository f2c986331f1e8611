"""Rules: what the owner allows a device."""

import json

import pytest

from custom_components.iot_blockchain.device.rules import (
    Assurance,
    DeviceRules,
    OnDrift,
    SensorRule,
)


@pytest.mark.parametrize(
    "value",
    ["0", "-0", "4.2", "10", "10.000", "00.1", "9.99999999999999999999", "0" * 255],
)
def test_numbers_within_the_limits_are_allowed(value: str) -> None:
    assert SensorRule(minimum=0, maximum=10).allows(value)


@pytest.mark.parametrize(
    "value",
    [
        "-0.01",
        "10.01",
        "85",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "",
        "on",
        "1e1",
        "0x1",
        "+1",
        " 1",
        "1 ",
        "1\n",
        "1_0",
        "1,5",
        ".5",
        "5.",
        "٣",
        "\uff15",  # a wide 5
        "9" * 255,
        "-" + "9" * 254,
    ],
)
def test_all_else_is_not(value: str) -> None:
    assert not SensorRule(minimum=0, maximum=10).allows(value)


def test_one_limit_is_enough() -> None:
    assert SensorRule(minimum=5).allows("1000")
    assert not SensorRule(minimum=5).allows("4.9")
    assert SensorRule(maximum=5).allows("-1000")
    assert not SensorRule(maximum=5).allows("5.1")


@pytest.mark.parametrize("value", ["on", "", "nan", "4", "4006381333931"])
def test_without_limits_any_text_is_allowed(value: str) -> None:
    assert SensorRule().allows(value)


def test_a_limit_of_nought_is_a_limit() -> None:
    assert not SensorRule(minimum=0.0).allows("-1")
    assert not SensorRule(maximum=0.0).allows("1")


def test_rules_are_kept_as_json() -> None:
    rules = DeviceRules(
        did="did:key:zDnaex",
        name="Kühlschrank",
        assurance=Assurance.SECURE_ELEMENT,
        sensors={"t": SensorRule(minimum=-30, maximum=8.5), "door": SensorRule()},
        previous_dids=("did:key:zDnaea", "did:key:zDnaeb"),
        time_tolerance=60,
        on_drift=OnDrift.REFUSE,
        max_age=3600.5,
        rate=0.5,
        burst=3,
        quarantine_on_change=True,
    )
    assert DeviceRules.from_json(json.loads(json.dumps(rules.to_json()))) == rules


def test_a_new_key_has_the_same_rules() -> None:
    rules = DeviceRules(
        did="a",
        name="x",
        assurance=Assurance.SOFTWARE_KEY,
        sensors={},
        previous_dids=("b",),
    )
    rotated = rules.rotated("c")
    assert (rotated.did, rotated.previous_dids) == ("c", ("b", "a"))
    assert {**rotated.to_json(), "did": 0, "previous_dids": 0} == {
        **rules.to_json(),
        "did": 0,
        "previous_dids": 0,
    }
