"""The binding to the LogAnchor contract, and the networks that it may stand on."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from eth_utils.address import is_checksum_address, to_checksum_address
from eth_utils.crypto import keccak

from custom_components.iot_blockchain.chain import calls, contract
from custom_components.iot_blockchain.chain.client import ChainClient
from custom_components.iot_blockchain.chain.errors import RevertedError
from custom_components.iot_blockchain.chain.networks import NETWORKS, by_chain_id
from scripts.house.chain import RICH_ADDRESS, Anvil

from .house import House

ARTIFACT = json.loads((Path(contract.__file__).parent / "log_anchor.json").read_text())
KEY = bytes(range(32))
RICH = to_checksum_address(RICH_ADDRESS)
LOG = contract.log_id(RICH_ADDRESS, KEY)


def create2_address() -> str:
    """EIP-1014, from the parts of the artifact."""
    code = bytes.fromhex(ARTIFACT["bytecode"].removeprefix("0x"))
    salt = bytes.fromhex(ARTIFACT["create2_salt"].removeprefix("0x"))
    deployer = bytes.fromhex(ARTIFACT["create2_deployer"].removeprefix("0x"))
    return to_checksum_address(keccak(b"\xff" + deployer + salt + keccak(code))[12:])


def test_the_address_is_the_one_that_create2_gives() -> None:
    assert create2_address() == contract.ADDRESS
    assert contract.DEPLOYER == "0x4e59b44847b379578588920cA78FbF26c0B4956C"


def test_a_log_id_is_made_of_its_creator_and_its_key() -> None:
    padded = bytes(12) + bytes.fromhex(RICH_ADDRESS[2:])
    assert keccak(padded + KEY) == LOG


def deploy(anvil: Anvil) -> None:
    anvil.rpc(
        "eth_sendTransaction",
        {
            "from": RICH_ADDRESS,
            "to": contract.DEPLOYER,
            "data": "0x" + calls.deployment().hex(),
        },
    )
    anvil.mine()  # by itself it makes the block a moment after it answers


async def test_a_real_chain_agrees_on_address_and_log_id(
    anvil: Anvil, client: ChainClient
) -> None:
    assert not await client.has_code(contract.ADDRESS)
    deploy(anvil)
    assert await client.has_code(contract.ADDRESS)
    data = "0x" + calls.call("idOf", RICH_ADDRESS, KEY).hex()
    answer = anvil.rpc("eth_call", {"to": contract.ADDRESS, "data": data}, "latest")
    assert answer == "0x" + LOG.hex()
    state = await client.log_state(LOG)
    assert not state.exists
    assert state.size == state.count == 0


@pytest.mark.parametrize(
    "name", [i["name"] for i in ARTIFACT["abi"] if i["type"] == "error"]
)
def test_every_error_of_the_contract_has_its_name(name: str) -> None:
    (item,) = [i for i in ARTIFACT["abi"] if i.get("name") == name]
    types = ",".join(parameter["type"] for parameter in item["inputs"])
    selector = keccak(f"{name}({types})".encode())[:4]
    assert contract.error_name(selector) == name
    assert contract.error_name(selector + bytes(32)) == name


@pytest.mark.parametrize("data", [b"", b"\x08\xc3\x79\xa0", bytes(36)])
def test_other_errors_have_no_name(data: bytes) -> None:
    assert contract.error_name(data) is None


async def test_the_contracts_refusals_are_named(
    anvil: Anvil, client: ChainClient
) -> None:
    deploy(anvil)
    anchor = calls.anchor(LOG, 1, bytes(32), 0, bytes(32), [])
    with pytest.raises(RevertedError, match="the contract refuses: NoSuchLog"):
        await client.estimate_gas(RICH, contract.ADDRESS, anchor)
    create = calls.create(KEY, RICH_ADDRESS)
    anvil.rpc(
        "eth_sendTransaction",
        {"from": RICH_ADDRESS, "to": contract.ADDRESS, "data": "0x" + create.hex()},
    )
    anvil.mine()
    with pytest.raises(RevertedError, match="the contract refuses: LogExists"):
        await client.estimate_gas(RICH, contract.ADDRESS, create)
    assert await client.estimate_gas(RICH, contract.ADDRESS, anchor) > 21000
    grown = calls.anchor(LOG, 0, bytes(32), 0, bytes(32), [])
    with pytest.raises(RevertedError, match="the contract refuses: SizeNotGrown"):
        await client.estimate_gas(RICH, contract.ADDRESS, grown)


async def test_a_predecessor_is_closed_when_a_log_continues_it(
    anchored: House,
) -> None:
    successor = calls.create(KEY, anchored.account.address, anchored.log_id)
    anchored.call_as_owner(successor)
    assert (await anchored.client.log_state(anchored.log_id)).closed
    new = contract.log_id(anchored.account.address, KEY)
    assert (await anchored.client.log_state(new)).exists


async def test_events_of_others_are_not_anchors(anchored: House) -> None:
    (anchor,) = anchored.anchors()
    assert anchor.placement is not None
    receipt = anchored.anvil.rpc(
        "eth_getTransactionReceipt", "0x" + anchor.placement.transaction.hex()
    )
    inclusion = await anchored.client.inclusion(anchor.placement.transaction)
    assert inclusion is not None
    (event,) = inclusion.anchored
    assert event == contract.Anchored(
        anchored.log_id, 1, 10, anchored.store.root(), anchor.placement.time
    )
    (log,) = receipt["logs"]
    other = "0x" + "00" * 32
    assert contract.anchored({**log, "address": RICH_ADDRESS}) is None
    assert contract.anchored({**log, "topics": [other, *log["topics"][1:]]}) is None
    assert contract.anchored({**log, "topics": []}) is None


def test_networks_are_found_by_their_chain_id() -> None:
    for network in NETWORKS.values():
        assert by_chain_id(network.chain_id) is network
    assert by_chain_id(31337) is None


@pytest.mark.parametrize("key", NETWORKS)
def test_every_network_can_be_reached_and_looked_at(key: str) -> None:
    network = NETWORKS[key]
    assert urlsplit(network.rpc_url).scheme == "https"
    assert urlsplit(network.explorer).scheme == "https"
    assert not network.explorer.endswith("/")
    assert network.poll > 0
    assert network.currency


def test_no_chain_id_or_name_is_there_twice() -> None:
    ids = [network.chain_id for network in NETWORKS.values()]
    names = [network.name for network in NETWORKS.values()]
    assert len(set(ids)) == len(ids)
    assert len(set(names)) == len(names)


def test_the_contracts_addresses_are_in_eip_55_form() -> None:
    assert is_checksum_address(contract.ADDRESS)
    assert is_checksum_address(contract.DEPLOYER)
