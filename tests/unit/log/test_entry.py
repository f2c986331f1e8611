"""Entries: the bytes that stand in the log."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.log import canonical, entry
from custom_components.iot_blockchain.log.entry import Act, EntryError, Reading

TIME = datetime(2026, 11, 20, 10, 22, 1, 123456, tzinfo=UTC)
SALT = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
type Details = dict[str, canonical.Value]
ANY_TEXT = st.text(st.characters(), max_size=255)


@pytest.fixture
def known_salt(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(entry, "urandom", lambda size: bytes(range(size)))
    return "AAECAwQFBgcICQoLDA0ODw"


def valid(**changes: object) -> bytes:
    """Write the bytes of a reading, with some members changed, or None: left out."""
    members: dict[str, object] = {
        "entity": "sensor.fridge",
        "salt": "AAECAwQFBgcICQoLDA0ODw",
        "state": "4.2",
        "time": "2026-11-20T10:22:01.123456Z",
        "type": "reading",
        "v": 1,
        **changes,
    }
    present = {name: value for name, value in members.items() if value is not None}
    return json.dumps(
        present, separators=(",", ":"), sort_keys=True, ensure_ascii=False
    ).encode()


def test_a_full_reading_is_written_as_specified(known_salt: str) -> None:
    reading = Reading("sensor.fridge", "4.2", TIME, "°C", "temperature")
    assert (
        entry.encode(reading)
        == (
            '{"class":"temperature","entity":"sensor.fridge",'
            f'"salt":"{known_salt}","state":"4.2",'
            '"time":"2026-11-20T10:22:01.123456Z","type":"reading","unit":"°C","v":1}'
        ).encode()
    )


def test_a_reading_with_attributes_is_of_version_2(known_salt: str) -> None:
    attributes = {"longitude": "13.4", "latitude": "52.52", "note": "\ud800"}
    reading = Reading("device_tracker.van", "home", TIME, attributes=attributes)
    data = entry.encode(reading)
    assert data.decode() == (
        '{"attributes":{"latitude":"52.52","longitude":"13.4","note":"\ufffd"},'
        f'"entity":"device_tracker.van","salt":"{known_salt}","state":"home",'
        '"time":"2026-11-20T10:22:01.123456Z","type":"reading","v":2}'
    )
    record = entry.decode(data).to_record()
    assert isinstance(record, Reading)
    assert record.attributes == attributes | {"note": "\ufffd"}


def test_absent_members_are_left_out(known_salt: str) -> None:
    assert (
        entry.encode(Reading("sensor.fridge", "unavailable", TIME))
        == (
            f'{{"entity":"sensor.fridge","salt":"{known_salt}","state":"unavailable",'
            '"time":"2026-11-20T10:22:01.123456Z","type":"reading","v":1}'
        ).encode()
    )


def test_an_act_is_written_as_specified(known_salt: str) -> None:
    act = Act("paused", TIME, {"by": "someone", "for": {"seconds": 60}})
    assert (
        entry.encode(act)
        == (
            '{"act":"paused","by":"someone","for":{"seconds":60},'
            f'"salt":"{known_salt}","time":"2026-11-20T10:22:01.123456Z",'
            '"type":"act","v":1}'
        ).encode()
    )


def test_an_act_without_details_is_written_as_specified(known_salt: str) -> None:
    assert (
        entry.encode(Act("resumed", TIME))
        == (
            f'{{"act":"resumed","salt":"{known_salt}",'
            '"time":"2026-11-20T10:22:01.123456Z","type":"act","v":1}'
        ).encode()
    )


def test_a_reading_is_read_back() -> None:
    read = entry.decode(entry.encode(Reading("sensor.a", "on", TIME, "W", "power")))
    assert (read.type, read.entity, read.time) == ("reading", "sensor.a", TIME)
    assert {**read.members, "salt": ""} == {
        "class": "power",
        "entity": "sensor.a",
        "salt": "",
        "state": "on",
        "time": "2026-11-20T10:22:01.123456Z",
        "type": "reading",
        "unit": "W",
        "v": 1,
    }


def test_an_act_is_read_back_and_belongs_to_no_entity() -> None:
    details: Details = {"entity": "sensor.a", "unit": 5, "class": None}
    read = entry.decode(entry.encode(Act("erased", TIME, details)))
    assert (read.type, read.entity, read.time) == ("act", None, TIME)
    assert {**read.members, **details} == dict(read.members)


def test_the_details_of_an_act_cannot_pass_for_its_own_members() -> None:
    details: Details = {"act": "b", "type": "reading", "v": 2, "time": "x", "salt": "x"}
    read = entry.decode(entry.encode(Act("a", TIME, details)))
    assert (read.type, read.time, read.members["act"]) == ("act", TIME, "a")


def test_salts_are_128_random_bits_and_never_the_same() -> None:
    records: list[Reading | Act] = [Reading("sensor.a", "1", TIME), Act("p", TIME)]
    salts = [
        str(entry.decode(entry.encode(record)).members["salt"])
        for record in records * 500
    ]
    assert len(set(salts)) == 1000
    assert all(SALT.fullmatch(salt) for salt in salts)


@given(ANY_TEXT, ANY_TEXT, st.none() | ANY_TEXT, st.none() | ANY_TEXT)
def test_any_text_is_written_canonically(
    entity: str, state: str, unit: str | None, device_class: str | None
) -> None:
    encoded = entry.encode(Reading(entity, state, TIME, unit, device_class))
    read = entry.decode(encoded)
    assert canonical.encode(read.members) == encoded
    for name, text in (
        ("entity", entity),
        ("state", state),
        ("unit", unit),
        ("class", device_class),
    ):
        if text is None:
            assert name not in read.members
        elif text.isprintable() or max(text, default="") < "\ud800":
            assert read.members[name] == text


def test_halves_of_characters_become_the_replacement_character() -> None:
    read = entry.decode(entry.encode(Reading("sensor.a", "a\ud800b\udfff", TIME)))
    assert read.members["state"] == "a\ufffdb\ufffd"
    act = Act("named", TIME, {"n\ud800": {"x": "\udc00", "count": 1}})
    assert entry.decode(entry.encode(act)).members["n\ufffd"] == {
        "x": "\ufffd",
        "count": 1,
    }


def test_two_halves_that_meet_become_their_character() -> None:
    read = entry.decode(entry.encode(Reading("sensor.a", "\ud83d\ude00", TIME)))
    assert read.members["state"] == "😀"


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (TIME, "2026-11-20T10:22:01.123456Z"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00.000000Z"),
        (
            datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            "2026-01-01T18:30:00.000000Z",
        ),
    ],
)
def test_times_are_in_utc_with_microseconds(time: datetime, text: str) -> None:
    assert entry.format_time(time) == text
    assert entry.parse_time(text) == time


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_time_is_read_back(time: datetime) -> None:
    assert entry.parse_time(entry.format_time(time)) == time


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-20",
        "2026-11-20T10:22:01Z",
        "2026-11-20T10:22:01.123Z",
        "2026-11-20T10:22:01.123456",
        "2026-11-20T10:22:01.123456+00:00",
        "2026-11-20T10:22:01.123456z",
        "2026-11-20 10:22:01.123456Z",
        "2026-11-20T11:22:01.123456+01:00",
        "2026-11-20T24:00:00.000000Z",
        "2026-11-20T10:22:60.000000Z",
        "2026-11-31T10:22:01.123456Z",
        "20261120T102201.123456Z",
        "٢٠٢٦-11-20T10:22:01.123456Z",
        # In UTC these would lie outside what can be written.
        "0001-01-01T00:00:00.000000+05:00",
        "9999-12-31T23:59:59.999999-05:00",
    ],
)
def test_times_written_otherwise_are_refused(text: str) -> None:
    with pytest.raises(EntryError, match="is not a time in UTC"):
        entry.parse_time(text)
    with pytest.raises(EntryError, match="is not a time in UTC"):
        entry.decode(valid(time=text))


def test_the_valid_entry_of_these_tests_is_valid() -> None:
    assert entry.decode(valid()).entity == "sensor.fridge"
    assert entry.decode(valid(type="act", act="a")).type == "act"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"v": 2}, "not texts by name"),
        ({"v": 3}, "version 3"),
        ({"attributes": {"a": "b"}}, "only readings of version 2"),
        ({"type": "act", "act": "x", "v": 2}, "only readings of version 2"),
        ({"attributes": {"a": 1}, "v": 2}, "not texts by name"),
        ({"attributes": {}, "v": 2}, "not texts by name"),
        ({"v": 0}, "version 0"),
        ({"v": "1"}, "version '1'"),
        ({"v": True}, "version True"),
        ({"v": None}, "version None"),
        ({"type": "signed_reading2"}, "not a type of entry"),
        ({"type": ""}, "not a type of entry"),
        ({"type": 1}, "not a type of entry"),
        ({"type": {}}, "not a type of entry"),
        ({"type": None}, "not a type of entry"),
        ({"entity": None}, "no text 'entity'"),
        ({"entity": 1}, "no text 'entity'"),
        ({"state": None}, "no text 'state'"),
        ({"state": 4}, "no text 'state'"),
        ({"state": False}, "no text 'state'"),
        ({"time": None}, "no text 'time'"),
        ({"time": 0}, "no text 'time'"),
        ({"salt": None}, "no text 'salt'"),
        ({"salt": 1}, "no text 'salt'"),
        ({"salt": ""}, "salt is not 128 bits"),
        ({"salt": "A" * 21}, "salt is not 128 bits"),
        ({"salt": "A" * 23}, "salt is not 128 bits"),
        ({"salt": "A" * 21 + "="}, "salt is not 128 bits"),
        ({"salt": "A" * 21 + "B"}, "salt is not 128 bits"),
        ({"salt": "+" + "A" * 21}, "salt is not 128 bits"),
        ({"salt": "é" * 22}, "salt is not 128 bits"),
        ({"unit": 1}, "'unit' is not text"),
        ({"class": {}}, "'class' is not text"),
        ({"type": "act"}, "no text 'act'"),
        ({"type": "act", "act": 1}, "no text 'act'"),
    ],
)
def test_what_is_not_an_entry_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(EntryError, match=message):
        entry.decode(valid(**changes))


@pytest.mark.parametrize("data", [b"", b"null", b'"text"', b"1", b"{}", b" {}", b"[]"])
def test_what_is_not_a_canonical_object_is_refused(data: bytes) -> None:
    with pytest.raises(EntryError):
        entry.decode(data)


@given(st.binary(max_size=100))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with pytest.raises(EntryError):
        entry.decode(data)


def test_a_reading_with_a_member_of_a_later_version_is_refused() -> None:
    members = json.loads(entry.encode(Reading("sensor.a", "1", TIME)))
    with pytest.raises(EntryError, match="do not belong"):
        entry.decode(canonical.encode(members | {"precision": 1}))
