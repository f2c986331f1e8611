"""Envelopes: what a device may sign, member by member."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.device.envelope import (
    BootPayload,
    ReadingPayload,
    RotationPayload,
    is_sensor,
    issuer_of,
    open_envelope,
)
from custom_components.iot_blockchain.device.errors import EnvelopeError, Reason
from scripts.house.signing import SigningDevice, canonical, decoded

DEVICE = SigningDevice(17, epoch=2**31 - 1)
NEXT = SigningDevice(18)
READING = {
    "epoch": 1,
    "iat": 1_790_000_000,
    "iss": DEVICE.did,
    "seq": 7,
    "sensor": "temperature",
    "unit": "°C",
    "uptime": 60,
    "value": "4.2",
}
BOOT = {
    "config": "1a2b3c4d",
    "epoch": 1,
    "esphome": "2026.10.1",
    "firmware": "0f" * 32,
    "iat": 0,
    "iss": DEVICE.did,
    "model": "esp8266 d1_mini",
    "name": "fridge",
    "seq": 1,
    "uptime": 2,
}
ROTATION = {
    "epoch": 1,
    "iat": 0,
    "iss": DEVICE.did,
    "next": NEXT.did,
    "seq": 9,
    "uptime": 2,
}
KINDS = (READING, BOOT, ROTATION)


def signed(members: dict[str, Any], **changes: object) -> str:
    """Sign members, some of them changed, or None: left out."""
    return DEVICE.sign(canonical({**members, **changes}))


def refusal(text: str) -> EnvelopeError:
    with pytest.raises(EnvelopeError) as raised:
        open_envelope(text)
    return raised.value


def test_a_reading_is_read() -> None:
    text = signed(READING)
    envelope = open_envelope(text)
    assert envelope.jws == text
    assert envelope.payload == ReadingPayload(
        iss=DEVICE.did,
        epoch=1,
        seq=7,
        iat=1_790_000_000,
        uptime=60,
        sensor="temperature",
        value="4.2",
        unit="°C",
    )


def test_a_reading_without_a_unit_is_read() -> None:
    payload = open_envelope(signed(READING, unit=None)).payload
    assert isinstance(payload, ReadingPayload)
    assert payload.unit is None


def test_a_boot_message_is_read() -> None:
    assert open_envelope(signed(BOOT)).payload == BootPayload(
        iss=DEVICE.did,
        epoch=1,
        seq=1,
        iat=0,
        uptime=2,
        config="1a2b3c4d",
        esphome="2026.10.1",
        firmware="0f" * 32,
        model="esp8266 d1_mini",
        name="fridge",
    )


def test_a_rotation_is_read() -> None:
    assert open_envelope(signed(ROTATION)).payload == RotationPayload(
        iss=DEVICE.did, epoch=1, seq=9, iat=0, uptime=2, next=NEXT.did
    )


@pytest.mark.parametrize("members", KINDS)
def test_the_issuer_is_found_without_verifying(members: dict[str, Any]) -> None:
    text = signed(members)
    assert issuer_of(text) == DEVICE.did
    forged = text[:-86] + "A" * 86
    with pytest.raises(EnvelopeError):
        issuer_of(forged)  # r is 0
    other = signed(members, seq=3).rpartition(".")[2]
    assert issuer_of(f"{text.rpartition('.')[0]}.{other}") == DEVICE.did


@pytest.mark.parametrize("payload", [b"{}", b"[]", b"1", b"nonsense", b'{"iss":1}'])
def test_what_names_no_key_has_no_issuer(payload: bytes) -> None:
    for read in (issuer_of, open_envelope):
        with pytest.raises(EnvelopeError) as raised:
            read(DEVICE.sign(payload))
        assert raised.value.reason is Reason.MALFORMED
        assert not raised.value.signed


@pytest.mark.parametrize(
    "issuer",
    ["did:key:zX", "x" * 500, "", "did:web:example.org", "did:key:z" + "1" * 48],
)
def test_an_issuer_that_is_no_key_is_refused(issuer: str) -> None:
    error = refusal(signed(READING, iss=issuer))
    assert (error.reason, error.signed) == (Reason.MALFORMED, False)


def test_an_ed25519_key_cannot_sign() -> None:
    issuer = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
    assert issuer_of(signed(READING, iss=issuer)) == issuer
    error = refusal(signed(READING, iss=issuer))
    assert (error.reason, error.signed) == (Reason.MALFORMED, False)
    assert "P-256" in str(error)


def test_nobody_signs_in_the_name_of_another() -> None:
    error = refusal(NEXT.sign(canonical(READING)))
    assert (error.reason, error.signed) == (Reason.BAD_SIGNATURE, False)


@pytest.mark.parametrize(
    ("members", "name"), [(kind, name) for kind in KINDS for name in kind]
)
def test_every_member_but_the_unit_is_needed(
    members: dict[str, Any], name: str
) -> None:
    if name == "unit":
        open_envelope(signed(members, unit=None))
        return
    error = refusal(signed(members, **{name: None}))
    assert error.reason is Reason.MALFORMED
    assert error.signed is (name != "iss")


@pytest.mark.parametrize("members", KINDS)
@pytest.mark.parametrize("name", ["more", "exp", "a", "", "é", "value2", "__proto__"])
def test_no_other_member_is_taken(members: dict[str, Any], name: str) -> None:
    error = refusal(signed(members, **{name: "x"}))
    assert (error.reason, error.signed) == (Reason.MALFORMED, True)


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", KINDS)
def test_a_payload_is_of_one_kind(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    if first is not second:
        assert refusal(signed({**first, **second})).reason is Reason.MALFORMED


NUMBERS = {"epoch": (0, 2**32 - 1), "seq": (1, 2**53 - 1)} | dict.fromkeys(
    ("iat", "uptime"), (0, 2**53 - 1)
)


@pytest.mark.parametrize("members", KINDS)
@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_have_ranges(members: dict[str, Any], name: str) -> None:
    least, most = NUMBERS[name]
    for value in (least, most):
        payload = open_envelope(signed(members, **{name: value})).payload
        assert getattr(payload, name) == value
    wrongs: list[object] = [
        least - 1,
        most + 1,
        -(2**53),
        True,
        "1",
        {},
        [],
        1.5,
        2**70,
    ]
    for wrong in wrongs:
        error = refusal(signed(members, **{name: wrong}))
        assert error.reason in {Reason.MALFORMED, Reason.NOT_CANONICAL}
        assert error.signed


# As docs/formats.md lists them.
INVISIBLE = [
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE007F),
]


def labels() -> list[tuple[dict[str, Any], str]]:
    return [
        (READING, "unit"),
        (BOOT, "esphome"),
        (BOOT, "model"),
        (BOOT, "name"),
    ]


@pytest.mark.parametrize(("members", "name"), labels())
@pytest.mark.parametrize(
    "text",
    ["x", "µg/m³", "Ω", "温度", "a" * 120, "<b>", "'; --", "a b", "👩\U0001f3fd"],
)
def test_labels_are_text_that_shows(
    members: dict[str, Any], name: str, text: str
) -> None:
    payload = open_envelope(signed(members, **{name: text})).payload
    assert getattr(payload, name) == text


@pytest.mark.parametrize(
    "code", [0x20, 0x7E, 0xA0, 0xAC, 0xAE, 0x2027, 0x202F, 0xE0080]
)
def test_what_stands_beside_the_invisible_is_taken(code: int) -> None:
    open_envelope(signed(READING, unit=f"a{chr(code)}"))


@pytest.mark.parametrize(("members", "name"), labels())
@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 121,
        "a\nb",
        "\x1b[31m",
        "\u202eegdirf",  # reads backwards
        "fri\u200bdge",  # a space of no width
        *(f"a{chr(code)}" for first, last in INVISIBLE for code in (first, last)),
        5,
        True,
        {},
    ],
)
def test_labels_that_deceive_are_refused(
    members: dict[str, Any], name: str, text: object
) -> None:
    error = refusal(signed(members, **{name: text}))
    assert (error.reason, error.signed) == (Reason.MALFORMED, True)


@pytest.mark.parametrize(
    "value", ["", "4.2", "on", "\x1d0104012345", "ab\ncd", "😀" * 9, "x" * 255]
)
def test_a_value_is_any_text(value: str) -> None:
    payload = open_envelope(signed(READING, value=value)).payload
    assert isinstance(payload, ReadingPayload)
    assert payload.value == value


@pytest.mark.parametrize("value", ["x" * 256, 4.2, 4, True, {}, ["4"]])
def test_a_value_is_never_anything_else(value: object) -> None:
    assert refusal(signed(READING, value=value)).signed


@pytest.mark.parametrize("sensor", ["t", "temp_1", "a-b", "0", "x" * 120])
def test_sensors_are_object_ids(sensor: str) -> None:
    assert is_sensor(sensor)
    payload = open_envelope(signed(READING, sensor=sensor)).payload
    assert isinstance(payload, ReadingPayload)
    assert payload.sensor == sensor


@pytest.mark.parametrize(
    "sensor", ["", "Temp", "temp 1", "temp.1", "té", "x" * 121, "a\n", "../a", "٣"]
)
def test_other_sensors_are_refused(sensor: str) -> None:
    assert not is_sensor(sensor)
    assert refusal(signed(READING, sensor=sensor)).reason is Reason.MALFORMED


@pytest.mark.parametrize("name", ["config", "firmware"])
def test_hashes_are_hexadecimal(name: str) -> None:
    for right in ("0" * 8, "a1" * 16, "f" * 64, "0" * 128):
        assert (
            getattr(open_envelope(signed(BOOT, **{name: right})).payload, name) == right
        )
    for wrong in (
        "",
        "0" * 7,
        "A" * 8,
        "g" * 8,
        "0x" + "0" * 8,
        "0" * 129,
        "0" * 7 + "\n",
    ):
        assert refusal(signed(BOOT, **{name: wrong})).reason is Reason.MALFORMED


@pytest.mark.parametrize(
    "key",
    [
        "",
        "did:key:z",
        "x" * 200,
        DEVICE.did,
        DEVICE.did[:-1],
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
    ],
)
def test_the_next_key_is_another_p256_key(key: str) -> None:
    error = refusal(signed(ROTATION, next=key))
    assert (error.reason, error.signed) == (Reason.MALFORMED, True)


def second_ways() -> list[bytes]:
    """Write the same reading as RFC 8785 does not."""
    data = canonical(READING)
    members = dict(READING)
    return [
        data + b" ",
        b" " + data,
        data + b"\n",
        b"\xef\xbb\xbf" + data,
        data.replace(b":", b": ", 1),
        data.replace(b",", b", ", 1),
        json.dumps(members, separators=(",", ":")).encode(),  # escapes ° as \u00b0
        json.dumps(
            dict(reversed(members.items())), separators=(",", ":"), ensure_ascii=False
        ).encode(),
        data.replace(b'"seq":7', b'"seq":7.0'),
        data.replace(b'"seq":7', b'"seq":7e0'),
        data.replace(b'"seq":7', b'"seq":07'),
        data.replace(b'"seq":7', b'"seq":+7'),
        data.replace(b'"seq":7', b'"seq":7,"seq":7'),
        data.replace(b'"seq":7', b'"seq":6,"seq":7'),
        data.replace(b'"value":"4.2"', b'"value":"9","value":"4.2"'),
        data.replace(b"4.2", b"4\\u002e2"),
        data.replace(b"4.2", b"4\\/2"),
        data.replace(b"temperature", b"temper\\u0061ture"),
        data.replace(b"4.2", b"\\u001F"),
        data.replace(b"4.2", b"\xed\xa0\x80"),
        data.replace(b"4.2", b"\\ud800"),
        data.replace(b"4.2", b"\xff"),
        data[:-1] + b",}",
        data + data,
        data.replace(b'"', b"'"),
    ]


@pytest.mark.parametrize("data", second_ways())
def test_there_is_one_way_to_write_a_payload(data: bytes) -> None:
    assert data != canonical(READING)
    error = refusal(DEVICE.sign(data))
    assert error.reason in {Reason.NOT_CANONICAL, Reason.MALFORMED}


def test_two_issuers_are_refused() -> None:
    data = canonical(READING)
    iss = b'"iss":' + json.dumps(DEVICE.did).encode()
    other = b'"iss":' + json.dumps(NEXT.did).encode()
    both = data.replace(iss, other + b"," + iss)
    assert issuer_of(DEVICE.sign(both)) == DEVICE.did
    error = refusal(DEVICE.sign(both))
    assert (error.reason, error.signed) == (Reason.NOT_CANONICAL, True)


@pytest.mark.parametrize("depth", [10, 300, 700])
def test_deep_payloads_are_refused(depth: int) -> None:
    payload = b'{"a":' * depth + b"1" + b"}" * depth
    assert refusal(DEVICE.sign(payload)).reason in {Reason.MALFORMED, Reason.TOO_LONG}
    inside = canonical(READING).replace(b'"4.2"', payload)
    assert refusal(DEVICE.sign(inside)).reason in {
        Reason.MALFORMED,
        Reason.NOT_CANONICAL,
        Reason.TOO_LONG,
    }


def test_the_largest_reading_fits() -> None:
    largest = signed(
        READING,
        value="\x01" * 100,
        sensor="s" * 120,
        unit="u" * 120,
        epoch=2**32 - 1,
        seq=2**53 - 1,
        iat=2**53 - 1,
        uptime=2**53 - 1,
    )
    assert len(largest) <= 2048
    open_envelope(largest)


@given(st.text(st.characters(codec="utf-8"), max_size=255), st.integers(1, 2**53 - 1))
def test_any_value_survives(value: str, seq: int) -> None:
    text = signed(READING, value=value, seq=seq)
    if len(text) > 2048:
        assert refusal(text).reason is Reason.TOO_LONG
        return
    payload = open_envelope(text).payload
    assert isinstance(payload, ReadingPayload)
    assert (payload.value, payload.seq) == (value, seq)
    assert decoded(text.split(".")[1]) == canonical(
        {**READING, "value": value, "seq": seq}
    )


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)


@given(
    st.dictionaries(
        st.sampled_from([*READING, *BOOT, *ROTATION]) | st.text(max_size=5),
        SCALARS | st.lists(SCALARS, max_size=3),
        max_size=12,
    )
)
def test_whatever_a_key_signs_is_read_or_refused(members: dict[str, Any]) -> None:
    try:
        data = json.dumps({**members, "iss": DEVICE.did}, sort_keys=True).encode()
        open_envelope(DEVICE.sign(data.replace(b", ", b",").replace(b": ", b":")))
    except EnvelopeError as err:
        assert str(err)  # noqa: PT017
