"""Signed readings in the log: the entry holds what the device sent, to the byte."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.log import entry
from custom_components.iot_blockchain.log.entry import (
    Act,
    EntryError,
    Reading,
    Record,
    SignedReading,
    Trust,
)
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.store import LogStore
from scripts.house.signing import SigningDevice, base64url

TIME = datetime(2026, 11, 20, 10, 22, 1, 123456, tzinfo=UTC)
JWS = SigningDevice(9).reading()


def valid(**changes: object) -> bytes:
    """Write the bytes of a signed reading, with some members changed or left out."""
    members: dict[str, object] = {
        "entity": "sensor.fridge_signed_temperature",
        "jws": JWS,
        "received": "2026-11-20T10:22:01.123456Z",
        "salt": "AAECAwQFBgcICQoLDA0ODw",
        "type": "signed_reading",
        "v": 1,
        **changes,
    }
    present = {name: value for name, value in members.items() if value is not None}
    return json.dumps(
        present, separators=(",", ":"), sort_keys=True, ensure_ascii=False
    ).encode()


def test_a_signed_reading_is_written_as_specified(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entry, "urandom", lambda size: bytes(range(size)))
    signed = SignedReading("sensor.fridge_signed_temperature", TIME, JWS)
    assert signed.time == TIME
    assert entry.encode(signed) == valid()
    assert valid().startswith(b'{"entity":"sensor.fridge_signed_temperature","jws":"ey')


def test_a_signed_reading_is_read_back() -> None:
    signed = SignedReading("sensor.a", TIME, JWS)
    read = entry.decode(entry.encode(signed))
    assert (read.type, read.entity, read.time) == ("signed_reading", "sensor.a", TIME)
    assert read.members["jws"] == JWS
    assert read.to_record() == signed


@pytest.mark.parametrize(
    "record",
    [
        Reading("sensor.a", "4.2", TIME, "°C", "temperature"),
        Reading("sensor.a", "on", TIME),
        Act("device_booted", TIME, {"device": "x", "jws": JWS}),
        Act("started", TIME, {}),
    ],
)
def test_what_was_recorded_can_be_recorded_again(record: Record) -> None:
    assert entry.decode(entry.encode(record)).to_record() == record


def test_each_entry_says_whose_word_it_is() -> None:
    records: dict[Trust | None, Record] = {
        Trust.DEVICE_SIGNED: SignedReading("sensor.a", TIME, JWS),
        Trust.GATEWAY_SIGNED: Reading("sensor.a", "4.2", TIME),
        None: Act("device_booted", TIME, {"jws": JWS}),
    }
    for trust, record in records.items():
        assert entry.decode(entry.encode(record)).trust is trust
    assert [str(trust) for trust in Trust] == ["device-signed", "gateway-signed"]


def test_what_the_device_says_can_be_shown() -> None:
    claims = entry.decode(valid()).claims
    assert (claims["sensor"], claims["value"], claims["unit"]) == (
        "temperature",
        "4.2",
        "°C",
    )
    assert entry.decode(entry.encode(Reading("sensor.a", "4.2", TIME))).claims == {}
    act = entry.decode(entry.encode(Act("device_booted", TIME, {"jws": JWS})))
    assert act.claims == {}


@pytest.mark.parametrize(
    "payload",
    [b"", b"1", b"[1]", b'"x"', b"null", b"{", b"\xff", b"[" * 2000, b'{"a":' * 300],
)
def test_what_cannot_be_shown_is_not(payload: bytes) -> None:
    middle = base64url(payload)[:1900] or "A"
    read = entry.decode(valid(jws=f"a.{middle}.b"))
    assert read.claims == {}


@given(st.text("abcXYZ019-_", min_size=1, max_size=90))
def test_nothing_in_an_envelope_makes_showing_it_fail(middle: str) -> None:
    assert isinstance(entry.decode(valid(jws=f"a.{middle}.b")).claims, dict)


@pytest.mark.parametrize("name", ["entity", "jws", "received", "salt"])
@pytest.mark.parametrize("value", [None, 1, True, {}])
def test_members_are_text(name: str, value: object) -> None:
    with pytest.raises(EntryError, match=f"no text {name!r}"):
        entry.decode(valid(**{name: value}))


@pytest.mark.parametrize(
    "name", ["time", "state", "unit", "class", "more", "", "act", "value"]
)
def test_no_other_member_is_taken(name: str) -> None:
    with pytest.raises(EntryError, match="do not belong there"):
        entry.decode(valid(**{name: "2026-11-20T10:22:01.123456Z"}))


@pytest.mark.parametrize("time", ["", "2026-11-20T10:22:01Z", "yesterday"])
def test_the_time_of_receipt_is_written_like_any_time(time: str) -> None:
    with pytest.raises(EntryError, match="is not a time in UTC"):
        entry.decode(valid(received=time))


@pytest.mark.parametrize(
    "jws",
    [
        "",
        "a",
        "a.b",
        "a..b",
        ".a.b",
        "a.b.",
        "a.b.c.d",
        "a.b.c=",
        "a.b.c ",
        "a.b.c\n",
        "a.b.é",
        "a.b.+",
        "a.b./",
        "a.b." + "c" * 2045,
    ],
)
def test_what_has_not_the_form_of_an_envelope_is_refused(jws: str) -> None:
    with pytest.raises(EntryError, match="compact JWS"):
        entry.decode(valid(jws=jws))
    with pytest.raises(EntryError, match="compact JWS"):
        entry.encode(SignedReading("sensor.a", TIME, jws))


def test_the_longest_envelope_fits() -> None:
    jws = "a.b." + "c" * 2044
    signed = SignedReading("sensor.a", TIME, jws)
    assert entry.decode(entry.encode(signed)).to_record() == signed


def test_halves_of_characters_are_replaced_in_its_entity() -> None:
    read = entry.decode(entry.encode(SignedReading("sensor.\ud800", TIME, JWS)))
    assert read.entity == "sensor.\ufffd"


def test_the_log_keeps_signed_readings_beside_others(tmp_path: Path) -> None:
    key = Signer("home.iot-blockchain/" + "ab" * 32, bytes(range(32))).verifier_key
    store = LogStore.create(tmp_path / "log.db", key)
    other = SigningDevice(9).reading("5")
    counts = store.append(
        [
            Act("started", TIME),
            SignedReading("sensor.a", TIME, JWS),
            Reading("sensor.b", "1", TIME),
            SignedReading("sensor.a", TIME, other),
        ]
    )
    assert (counts.size, counts.readings) == (4, 3)
    assert store.find("sensor.a") == 3
    assert store.has_reading("sensor.a", TIME, TIME)
    assert store.time_of_first_reading_from(0) == TIME
    read = [entry.decode(data) for data in store.entries(0, 4)]
    assert [e.trust for e in read] == [
        None,
        Trust.DEVICE_SIGNED,
        Trust.GATEWAY_SIGNED,
        Trust.DEVICE_SIGNED,
    ]
    assert read[3].members["jws"] == other
    store.close()
