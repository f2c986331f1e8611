"""An account whose key is in a signer outside. The signer is a real anvil."""

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from custom_components.iot_blockchain.chain.account import Account, create_account
from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.errors import SignerError
from custom_components.iot_blockchain.chain.external_account import (
    ExternalAccount,
    accounts_of,
)
from scripts.house.chain import RICH_ADDRESS, RICH_KEY, Anvil
from tests.closed_port import closed_url

from .endpoint import Answer, body, endpoint, error, result
from .house import CHAIN, House

TRANSACTION: dict[str, Any] = {
    "type": 2,
    "chainId": CHAIN,
    "nonce": 3,
    "to": RICH_ADDRESS,
    "value": 0,
    "data": b"\x01\x02",
    "gas": 60_000,
    "maxFeePerGas": 2 * 10**9,
    "maxPriorityFeePerGas": 10**9,
}


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as opened:
        yield opened


@pytest.fixture
def external(anvil: Anvil, session: ClientSession) -> ExternalAccount:
    return ExternalAccount(RICH_ADDRESS, anvil.url, session)  # type: ignore[arg-type]


async def signed_by(answer: Answer, session: ClientSession) -> None:
    """Have the transaction signed by a signer that answers so."""
    async with endpoint(answer) as served:
        account = ExternalAccount(
            RICH_ADDRESS,  # type: ignore[arg-type]
            f"{served.url}/s3cr3t",
            session,
        )
        await account.sign_transaction(TRANSACTION)


async def test_a_signer_tells_its_accounts(
    anvil: Anvil, session: ClientSession
) -> None:
    assert RICH_ADDRESS in await accounts_of(anvil.url, session)


async def test_what_a_signer_signs_is_what_the_key_itself_would_sign(
    external: ExternalAccount,
) -> None:
    assert await external.sign_transaction(TRANSACTION) == Account(RICH_KEY).sign(
        TRANSACTION
    )


async def test_an_object_around_the_transaction_is_taken_too(
    session: ClientSession,
) -> None:
    raw = Account(RICH_KEY).sign(TRANSACTION).raw
    await signed_by(result({"raw": "0x" + raw.hex(), "tx": {}}), session)


async def test_a_log_is_anchored_with_a_key_that_is_elsewhere(
    anvil: Anvil, client: ChainClient, external: ExternalAccount, tmp_path: Path
) -> None:
    with closing(House(anvil, client, tmp_path, account=external)) as house:
        house.record(3)
        await house.anchor()
        assert house.events() == [(1, 3)]


@pytest.mark.parametrize(
    "field", ["nonce", "to", "value", "data", "gas", "maxFeePerGas", "chainId"]
)
async def test_a_signer_that_signs_something_else_is_found_out(
    session: ClientSession, field: str
) -> None:
    changed = {"to": "0x" + "22" * 20, "data": b"\x01\x03"}.get(field, 77)
    raw = Account(RICH_KEY).sign({**TRANSACTION, field: changed}).raw
    with pytest.raises(SignerError, match="signed something else"):
        await signed_by(result("0x" + raw.hex()), session)


@pytest.mark.parametrize(
    "added",
    [{"accessList": [{"address": RICH_ADDRESS, "storageKeys": []}]}, {"type": 1}],
    ids=["access list", "type"],
)
async def test_a_signer_that_adds_something_is_found_out(
    session: ClientSession, added: dict[str, Any]
) -> None:
    changed = {**TRANSACTION, **added}
    if changed["type"] == 1:
        changed["gasPrice"] = changed.pop("maxFeePerGas")
        del changed["maxPriorityFeePerGas"]
        changed["accessList"] = []
    raw = Account(RICH_KEY).sign(changed).raw
    with pytest.raises(SignerError):
        await signed_by(result("0x" + raw.hex()), session)


async def test_a_signature_of_another_account_is_found_out(
    session: ClientSession,
) -> None:
    raw = create_account().sign(TRANSACTION).raw
    with pytest.raises(SignerError, match="signed something else"):
        await signed_by(result("0x" + raw.hex()), session)


@pytest.mark.parametrize(
    "answer",
    [
        result("0x"),
        result("0x02"),
        result("nonsense"),
        result(None),
        result({"raw": 7}),
        result([]),
        result("0x" + "02" + "c0"),
        error({"code": -32000, "message": "denied"}),
        body(b"<html>"),
        body(b"{}", status="500 Oh No"),
        lambda _: b"",
    ],
)
async def test_a_signer_that_errs_is_told_without_its_address(
    session: ClientSession, answer: Answer
) -> None:
    with pytest.raises(SignerError, match="the signer") as raised:
        await signed_by(answer, session)
    assert "s3cr3t" not in str(raised.value)


async def test_a_signer_that_is_away_is_told(session: ClientSession) -> None:
    with pytest.raises(SignerError, match="does not answer"):
        await accounts_of(closed_url(), session)


@pytest.mark.parametrize("accounts", [None, "0x", [1], ["0x12"], {}])
async def test_accounts_that_are_none_are_refused(
    session: ClientSession, accounts: object
) -> None:
    async with endpoint(result(accounts)) as served:
        with pytest.raises(SignerError, match="without sense"):
            await accounts_of(served.url, session)
