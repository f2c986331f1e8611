"""Words, addresses and hashes, beside the libraries that Ethereum's own people keep."""

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.chain import abi, address
from custom_components.iot_blockchain.chain.keccak import keccak256

WORDS = st.binary(min_size=32, max_size=32)
ADDRESSES = st.binary(min_size=20, max_size=20)


@given(st.binary(max_size=500))
def test_keccak_is_ethereums_and_not_sha_3(data: bytes) -> None:
    assert keccak256(data) == keccak(data)


@given(ADDRESSES)
def test_an_address_is_written_as_eip_55_says(data: bytes) -> None:
    text = address.written(data)
    assert text == to_checksum_address(data)
    assert address.read(text) == data
    assert address.is_written(text)
    assert not address.is_written(text.swapcase())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
        "f39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb922660",
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb9226g",
    ],
)
def test_what_is_no_address_or_has_other_capitals_is_not_taken(text: str) -> None:
    assert not address.is_written(text)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    WORDS,
    ADDRESSES,
    st.booleans(),
)
def test_values_are_read_as_eth_abi_writes_them(
    count: int,
    size: int,
    word: bytes,
    account: bytes,
    closed: bool,  # noqa: FBT001 - given
) -> None:
    types = ["uint32", "uint64", "bytes32", "address", "bool"]
    values = [count, size, word, address.written(account), closed]
    assert abi.decode(types, encode(types, values)) == values


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("bool", 2),
        ("uint32", 2**32),
        ("uint64", 2**64),
        ("address", 2**160),
        ("uint64", 2**256 - 1),
    ],
)
def test_a_word_beyond_its_type_is_refused(kind: str, word: int) -> None:
    abi.decode([kind], (word - 1).to_bytes(32) if word < 2**256 - 1 else bytes(32))
    with pytest.raises(abi.AbiError):
        abi.decode([kind], word.to_bytes(32))


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_more_or_less_than_one_word_for_each_is_refused(size: int) -> None:
    with pytest.raises(abi.AbiError):
        abi.decode(["bytes32"], bytes(size))
