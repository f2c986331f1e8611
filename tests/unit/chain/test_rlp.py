"""RLP beside another implementation, which takes more than ours does."""

import pytest
import rlp as other  # type: ignore[import-untyped]
from hypothesis import example, given, strategies as st

from custom_components.iot_blockchain.chain import rlp

TEXTS = st.binary(max_size=60) | st.binary(min_size=250, max_size=300)
ITEMS = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=20), max_leaves=30
).filter(lambda item: depth(item) <= 4)


def depth(item: object) -> int:
    if isinstance(item, bytes):
        return 0
    assert isinstance(item, list)
    return 1 + max(map(depth, item), default=0)


@given(ITEMS)
@example(b"")
@example(b"\x7f")
@example(b"\x80")
@example(b"\x00")
@example(bytes(55))
@example(bytes(56))
@example(bytes(256))
@example(bytes(65_536))
@example([])
@example([b"\x01"] * 55)
@example([b"\x01"] * 56)
@example([[[[b"\x01"]]]])
def test_an_item_is_written_and_read_as_others_do(item: rlp.Item) -> None:
    written = rlp.encode(item)
    assert written == other.encode(item)
    assert rlp.decode(written) == item


@given(st.binary(max_size=80))
def test_bytes_are_refused_or_are_the_one_way_to_write_what_they_mean(
    data: bytes,
) -> None:
    try:
        item = rlp.decode(data)
    except rlp.RlpError:
        return
    assert other.encode(item) == data


@given(ITEMS, st.data())
def test_a_changed_byte_is_never_read_as_the_same(
    item: rlp.Item, data: st.DataObject
) -> None:
    written = bytearray(rlp.encode(item))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 255))
    try:
        found = rlp.decode(bytes(written))
    except rlp.RlpError:
        return
    assert found != item
    assert other.encode(found) == written


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "too early"),
        (b"\x81", "too early"),
        (b"\xc2\x01", "too early"),
        (b"\xc1\x81", "too early"),
        (b"\xc2\x82\x01\x01", "too early"),
        (b"\xb8", "longer way"),
        (b"\xf9\x01\x00", "too early"),
        (b"\xbf" + b"\xff" * 8, "too early"),
        (b"\x01\x01", "more follows"),
        (b"\xc0\xc0", "more follows"),
        (b"\x81\x7f", "stands for itself"),
        (b"\xb8\x37" + bytes(55), "longer way"),
        (b"\xf8\x00", "longer way"),
        (b"\xb9\x00\x38" + bytes(56), "longer way"),
        (b"\xc4\xc3\xc2\xc1\xc0", "nested too deeply"),
        (b"\xc1" * 100_000, "too early|nested too deeply"),
    ],
)
def test_what_is_written_otherwise_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(rlp.RlpError, match=why):
        rlp.decode(data)


def test_numbers_have_no_zeros_in_front() -> None:
    for number in (0, 1, 127, 128, 255, 256, 2**53, 2**256 - 1):
        data = rlp.encode_number(number)
        assert data == other.sedes.big_endian_int.serialize(number)
        assert rlp.as_number(data, number) == number
    refused: list[rlp.Item] = [b"\0", b"\0\1", b"\x02", [b"\x01"]]
    for wrong in refused:
        with pytest.raises(rlp.RlpError):
            rlp.as_number(wrong, 1)


def test_an_item_of_another_kind_or_length_is_refused() -> None:
    assert rlp.as_bytes(b"ab", 2) == b"ab"
    assert rlp.as_list([b"a"], 1, 1) == [b"a"]
    wrong_bytes: list[rlp.Item] = [b"a", b"abc", []]
    for wrong in wrong_bytes:
        with pytest.raises(rlp.RlpError):
            rlp.as_bytes(wrong, 2)
    wrong_lists: list[rlp.Item] = [b"a", [], [b"a", b"b"]]
    for wrong in wrong_lists:
        with pytest.raises(rlp.RlpError):
            rlp.as_list(wrong, 1, 1)
