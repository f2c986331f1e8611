"""An account that comes in a keystore file."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import FormData
from eth_account import Account as EthAccount
from eth_utils.crypto import keccak
from homeassistant.core import HomeAssistant

from custom_components.iot_blockchain.keys import async_get_key_ring
from scripts.house.chain import RICH_ADDRESS, RICH_KEY, Anvil

from .flow import Flow

PASSWORD = "correct horse battery staple"

type Upload = Callable[[bytes], Awaitable[str]]


def keystore(key: str = RICH_KEY) -> dict[str, Any]:
    """Make a keystore file that opens quickly."""
    content: dict[str, Any] = EthAccount.encrypt(
        bytes.fromhex(key[2:]), PASSWORD, "pbkdf2", 2
    )
    return content


@pytest.fixture
def upload(hass_client: Callable[..., Awaitable[Any]]) -> Upload:
    """What the browser does with a file that is chosen."""

    async def upload(data: bytes) -> str:
        form = FormData()
        form.add_field("file", data, filename="UTC--2026-11-21--0xf39f")
        client = await hass_client()
        response = await client.post("/api/file_upload", data=form)
        return str((await response.json())["file_id"])

    return upload


async def to_keystore(flow: Flow, url: str) -> None:
    await flow.to_account(url)
    await flow.choose("import_keystore")
    assert flow.shows == "import_keystore"


async def test_keystore_file_and_its_password_bring_the_account(
    hass: HomeAssistant, flow: Flow, chain: Anvil, upload: Upload
) -> None:
    await to_keystore(flow, chain.url)
    await flow.enter(keystore=await upload(json.dumps(keystore()).encode()))
    assert flow.shows == "keystore_password"
    await flow.enter(password=PASSWORD)
    assert flow.shows == "new_log"
    await flow.enter(name="Home")
    entry = await flow.finish()
    assert entry.data["address"] == RICH_ADDRESS
    assert (await async_get_key_ring(hass)).account_key(RICH_ADDRESS) == RICH_KEY


async def test_wrong_password_can_be_corrected_and_shows_nowhere(
    flow: Flow, chain: Anvil, upload: Upload, caplog: pytest.LogCaptureFixture
) -> None:
    await to_keystore(flow, chain.url)
    await flow.enter(keystore=await upload(json.dumps(keystore()).encode()))
    await flow.enter(password="open sesame please")
    assert flow.shows == "keystore_password"
    assert flow.errors == {"password": "wrong_password"}
    assert flow.suggests("password") is None
    await flow.enter(password=PASSWORD)
    assert flow.shows == "new_log"
    for secret in ("open sesame", PASSWORD, RICH_KEY.removeprefix("0x")):
        assert secret not in caplog.text
        assert secret not in str(flow.result)


async def test_file_that_is_none_or_hostile_or_too_large_is_refused(
    flow: Flow, chain: Anvil, upload: Upload
) -> None:
    await to_keystore(flow, chain.url)
    costly = keystore()
    costly["crypto"]["kdfparams"]["c"] = 10**12
    for data, error in (
        (b"\x89PNG", "no_keystore"),
        (json.dumps({"address": RICH_ADDRESS}).encode(), "no_keystore"),
        (json.dumps(keystore()).encode() + b" " * 2**20, "no_keystore"),
        (json.dumps(costly).encode(), "keystore_too_costly"),
    ):
        await flow.enter(keystore=await upload(data))
        assert flow.shows == "import_keystore"
        assert flow.errors == {"keystore": error}
    await flow.enter(keystore=str(uuid4()))
    assert flow.errors == {"keystore": "upload_again"}
    await flow.enter(keystore=await upload(json.dumps(keystore()).encode()))
    assert flow.shows == "keystore_password"


async def test_key_that_is_none_is_refused(
    flow: Flow, chain: Anvil, upload: Upload
) -> None:
    """A file can hold any 32 bytes; zero is no key."""
    content = keystore()
    # The cipher is a stream: what is xored to its text is xored to the key.
    text = bytes.fromhex(content["crypto"]["ciphertext"])
    zero = bytes(a ^ b for a, b in zip(text, bytes.fromhex(RICH_KEY[2:]), strict=True))
    content["crypto"]["ciphertext"] = zero.hex()
    content["crypto"]["mac"] = _mac(content, zero)
    await to_keystore(flow, chain.url)
    await flow.enter(keystore=await upload(json.dumps(content).encode()))
    await flow.enter(password=PASSWORD)
    assert flow.errors == {"base": "no_keystore"}


async def test_account_of_another_log_is_refused(
    flow: Flow, chain: Anvil, upload: Upload
) -> None:
    await flow.to_fund(chain.url)
    await flow.finish()
    await to_keystore(flow, chain.url)
    await flow.enter(keystore=await upload(json.dumps(keystore()).encode()))
    await flow.enter(password=PASSWORD)
    assert flow.shows == "keystore_password"
    assert flow.errors == {"base": "account_in_use"}


def _mac(content: dict[str, Any], text: bytes) -> str:
    """Compute what tells whether a password is right, as the format says."""
    parameters = content["crypto"]["kdfparams"]
    key = hashlib.pbkdf2_hmac(
        "sha256",
        PASSWORD.encode(),
        bytes.fromhex(parameters["salt"]),
        parameters["c"],
        32,
    )
    return keccak(key[16:] + text).hex()
