"""The account that pays."""

import traceback

import pytest
from eth_account import Account as EthAccount
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.chain.account import (
    Account,
    AccountError,
    create_account,
)
from scripts.house.chain import RICH_ADDRESS, RICH_KEY

DIGITS = RICH_KEY.removeprefix("0x")
# The order of secp256k1: keys are between zero and it.
ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141


@pytest.mark.parametrize(
    "text", [RICH_KEY, DIGITS, DIGITS.upper(), "0x" + DIGITS.upper(), f" {DIGITS}\n"]
)
def test_a_private_key_is_read_however_it_is_written(text: str) -> None:
    account = Account(text)
    assert account.address == RICH_ADDRESS
    assert account.private_key == RICH_KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        "secret",
        DIGITS[:-1],
        DIGITS + "0",
        "0x0x" + DIGITS,
        "0X" + DIGITS,
        DIGITS[:-1] + "g",
        DIGITS[:32] + " " + DIGITS[32:],
        DIGITS[:-1] + "\u0667",
        "0" * 64,
        f"{ORDER:064x}",
        "f" * 64,
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
    ],
)
def test_what_is_not_a_private_key_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(AccountError) as raised:
        Account(text)
    shown = "".join(traceback.format_exception(raised.value)).lower()
    start = text.removeprefix("0x")[:16].lower()
    assert not start or start not in shown
    assert str(ORDER) not in shown


def test_the_largest_key_is_valid() -> None:
    assert Account(f"{ORDER - 1:064x}").private_key == f"0x{ORDER - 1:064x}"


def test_an_account_never_shows_its_key() -> None:
    account = Account(RICH_KEY)
    assert repr(account) == str(account) == f"Account({RICH_ADDRESS})"
    assert DIGITS not in f"{account!r}{account}{[account]}".lower()


def test_new_accounts_differ() -> None:
    first, second = create_account(), create_account()
    assert first.address != second.address
    assert Account(first.private_key).address == first.address


@given(st.integers(0, 2**64 - 1), st.binary(max_size=64))
def test_what_is_signed_is_what_was_asked(nonce: int, data: bytes) -> None:
    account = Account(RICH_KEY)
    signed = account.sign(
        {
            "type": 2,
            "chainId": 31337,
            "nonce": nonce,
            "to": RICH_ADDRESS,
            "value": 0,
            "data": data,
            "gas": 100_000,
            "maxFeePerGas": 2,
            "maxPriorityFeePerGas": 1,
        }
    )
    assert EthAccount.recover_transaction(signed.raw) == RICH_ADDRESS
    assert len(signed.hash) == 32
    assert signed.raw[0] == 2
