"""The canonical JSON of RFC 8785, for what entries hold."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.log import canonical
from custom_components.iot_blockchain.log.canonical import CanonicalError

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.dictionaries(TEXT, inner, max_size=5),
)


def reference(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Serialise as RFC 8785 says it, with nothing but the standard library."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda m: m[0].encode("utf-16-be"))
        inside = ",".join(f"{reference(k)}:{reference(v)}" for k, v in members)
        return "{" + inside + "}"
    return json.dumps(value, ensure_ascii=False)


def test_the_strings_and_literals_of_the_rfcs_example() -> None:
    # Section 3.2.2, without its numbers and its array, which entries do not have.
    value: canonical.Value = {
        "string": "€$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": {"a": None, "b": True, "c": False},
    }
    assert (
        canonical.encode(value)
        == (
            '{"literals":{"a":null,"b":true,"c":false},'
            '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        ).encode()
    )


def test_the_members_of_the_rfcs_sorting_example() -> None:
    # Section 3.2.3: by UTF-16 code units, so the emoji comes before U+FB33.
    value: canonical.Value = {
        "€": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "😀": "Emoji: Grinning Face",
        "\u0080": "Control",
        "ö": "Latin Small Letter O With Diaeresis",
    }
    encoded = json.loads(canonical.encode(value))
    assert list(encoded.values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_every_control_character_is_escaped_as_the_rfc_says() -> None:
    # Section 3.2.2.2.
    short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
    for code in range(0x20):
        escaped = short.get(code, f"\\u{code:04x}")
        assert canonical.encode(chr(code)) == f'"{escaped}"'.encode()
    for plain in ("\x7f", "\u0080", "\u2028", "/", "<", "é", "\U0010ffff"):
        assert canonical.encode(plain) == f'"{plain}"'.encode()


@given(VALUES)
def test_what_is_written_is_what_the_rfc_says_and_is_read_back(
    value: canonical.Value,
) -> None:
    encoded = canonical.encode(value)
    assert encoded == reference(value).encode()
    assert canonical.decode(encoded) == value


@pytest.mark.parametrize("integer", [2**53 - 1, -(2**53) + 1, 0, -1])
def test_integers_that_every_json_reader_holds_are_exact(integer: int) -> None:
    assert canonical.encode(integer) == str(integer).encode()
    assert canonical.decode(str(integer).encode()) == integer


@pytest.mark.parametrize("integer", [2**53, -(2**53), 2**64, 10**30])
def test_larger_integers_are_refused(integer: int) -> None:
    with pytest.raises(CanonicalError):
        canonical.encode(integer)
    with pytest.raises(CanonicalError):
        canonical.decode(str(integer).encode())


@pytest.mark.parametrize("value", [4.2, 1.0, [], ["a"], b"a", {"a": 4.2}, {"a": [1]}])
def test_what_an_entry_cannot_hold_is_not_written(value: Any) -> None:  # noqa: ANN401
    with pytest.raises(CanonicalError, match="cannot stand in an entry"):
        canonical.encode(value)


@pytest.mark.parametrize("value", ["\ud800", {"\udfff": 1}, {"a": "x\udc00"}])
def test_halves_of_characters_are_not_written(value: canonical.Value) -> None:
    with pytest.raises(CanonicalError):
        canonical.encode(value)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{",
        b"{}x",
        b"nul",
        b"'a'",
        b'"\xff"',  # not UTF-8
        b'"\xed\xa0\x80"',  # half a character
        b'"\\ud800"',
        b"\xef\xbb\xbf{}",  # a byte order mark
        b" {}",
        b"{} ",
        b"{}\n",
        b'{"a": 1}',
        b'{"a":1 }',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"b":1,"a":2}',
        '{"\ufb33":1,"😀":2}'.encode(),  # sorted by code points
        b'{"a":1,}',
        b"1.0",
        b"1e2",
        b"-0",
        b"01",
        b"+1",
        b"4.2",
        b"NaN",
        b"Infinity",
        b"[]",
        b'{"a":[]}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u000A"',
        b'"\\u000a"',
        b'"\\u001F"',
        b'"\x1f"',
        b'"\\u20ac"',
        b"[" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"a":' * 400 + b"1" + b"}" * 400,
    ],
)
def test_any_other_way_to_write_it_is_refused(data: bytes) -> None:
    with pytest.raises(CanonicalError):
        canonical.decode(data)


@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace"))
)
def test_whatever_is_read_is_written_the_same(data: bytes) -> None:
    try:
        value = canonical.decode(data)
    except CanonicalError:
        return
    assert canonical.encode(value) == data


def test_too_deep_a_value_is_not_written() -> None:
    value: canonical.Value = None
    for _ in range(100_000):
        value = {"a": value}
    with pytest.raises(CanonicalError):
        canonical.encode(value)


def test_objects_are_nested_as_deeply_as_is_specified() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a":' * depth + b"1" + b"}" * depth

    canonical.decode(nested(254))
    with pytest.raises(CanonicalError):
        canonical.decode(nested(255))
