"""Setting up a log in the user interface."""

import re
from pathlib import Path

import pytest
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.iot_blockchain import config_flow
from custom_components.iot_blockchain.chain import contract
from custom_components.iot_blockchain.chain.account import Account
from custom_components.iot_blockchain.chain.networks import NETWORKS
from custom_components.iot_blockchain.const import DOMAIN, LOGS_FOLDER
from custom_components.iot_blockchain.keys import async_get_key_ring
from scripts.house.chain import RICH_ADDRESS, RICH_KEY, Anvil
from tests.closed_port import closed_url

from .conftest import SetUp
from .flow import Flow
from .house import CHAIN_ID, Endpoint, House, async_reconfigure, source

OTHER_KEY = "0x" + "17" * 32


async def test_new_account_and_new_log(
    hass: HomeAssistant, flow: Flow, endpoint: Endpoint
) -> None:
    await flow.to_account(f"  {endpoint.url} ")
    assert flow.shows == "account"
    assert flow.result["menu_options"] == [
        "create_account",
        "import_account",
        "import_keystore",
        "external_signer",
    ]
    await flow.choose("create_account")
    assert flow.shows == "new_log"
    await flow.enter(name="Käfer's Home")
    assert flow.shows == "fund"
    address = flow.placeholders["address"]
    assert flow.placeholders == {
        "address": address,
        "balance": "0",
        "budget": "no limit",
        "currency": "ETH",
        "needed": flow.placeholders["needed"],
    }
    assert re.fullmatch(r"about \d[^ ]* ETH", flow.placeholders["needed"])
    await flow.enter()
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.result["title"] == "Käfer's Home"
    entry = flow.result["result"]
    assert entry.unique_id == entry.data["log_id"]
    assert entry.data == {
        "address": address,
        "chain_id": CHAIN_ID,
        "currency": "ETH",
        "deploy": False,
        "log_id": entry.unique_id,
        "more_rpc_urls": [],
        "rpc_url": endpoint.url,
        "signer_url": None,
    }
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    kept = (await async_get_key_ring(hass)).account_key(address)
    assert kept is not None
    assert Account(kept).address == address


async def test_the_source_form_opens_when_the_entry_is_created(
    hass: HomeAssistant, flow: Flow, endpoint: Endpoint
) -> None:
    await flow.to_fund(endpoint.url)
    await flow.enter()
    kind, flow_id = flow.result["next_flow"]
    assert kind == "config_subentries_flow"
    hass.states.async_set("sensor.fridge", "4.2")
    await hass.async_block_till_done()
    result = await hass.config_entries.subentries.async_configure(
        flow_id,
        {
            "name": "Fridge",
            "target": {"entity_id": ["sensor.fridge"]},
            "reports": False,
        },
    )
    result = await hass.config_entries.subentries.async_configure(result["flow_id"], {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    house = House(hass, flow.result["result"])
    assert await house.readings() == [("sensor.fridge", "4.2")]


@pytest.mark.parametrize(
    ("key", "shown", "options"),
    [("base", "0.001 ETH", {"daily_budget": 0.001}), ("base_sepolia", "no limit", {})],
)
async def test_new_log_begins_with_the_budget_of_its_network(
    flow: Flow,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    shown: str,
    options: dict[str, float],
) -> None:
    """The local chain is taken for one that costs money, and for one that does not."""
    monkeypatch.setattr(config_flow, "by_chain_id", lambda _chain_id: NETWORKS[key])
    await flow.to_fund(endpoint.url)
    assert flow.placeholders["budget"] == shown
    await flow.enter()
    assert flow.result["result"].options == options


async def test_fund_form_shows_the_balance(flow: Flow, chain: Anvil) -> None:
    chain.fund(RICH_ADDRESS, 1.5)
    await flow.to_fund(chain.url)
    assert flow.placeholders["address"] == RICH_ADDRESS
    assert flow.placeholders["balance"] == "1.5"


async def test_fund_form_shows_without_a_balance_when_the_endpoint_dies(
    flow: Flow, endpoint: Endpoint
) -> None:
    endpoint.away_for.add("eth_getBalance")
    await flow.to_fund(endpoint.url)
    assert flow.placeholders["balance"] == "0"


async def test_fund_form_says_what_the_account_needs_to_begin_with(
    flow: Flow, endpoint: Endpoint
) -> None:
    endpoint.answers["eth_maxPriorityFeePerGas"] = hex(10**9)
    await flow.to_fund(endpoint.url)
    needed = float(flow.placeholders["needed"].split()[1])
    gas = 720 * 54_249 + 64 * 17_100 + 69_331
    # The price of gas is what the chain burns, which falls, and the tip.
    assert gas * 1e-9 * 0.95 < needed < gas * 2.1e-9


async def test_fund_form_shows_without_a_price_when_the_endpoint_has_none(
    flow: Flow, endpoint: Endpoint
) -> None:
    endpoint.away_for |= {"eth_maxPriorityFeePerGas"}
    await flow.to_fund(endpoint.url)
    assert flow.placeholders["needed"] == "not known"


async def test_every_preset_is_offered_and_suggests_its_endpoint(flow: Flow) -> None:
    for key, network in NETWORKS.items():
        await flow.choose_network(key)
        assert flow.shows == "endpoint"
        assert flow.suggests("rpc_url") == network.rpc_url
        assert flow.placeholders == {"network": network.name}


async def test_own_network_suggests_nothing(flow: Flow) -> None:
    await flow.choose_network("other")
    assert flow.suggests("rpc_url") is None
    assert flow.placeholders == {"network": "your network"}


async def test_preset_network_with_its_chain(
    hass: HomeAssistant, flow: Flow, base_sepolia: Anvil
) -> None:
    await flow.to_account(base_sepolia.url, network="base_sepolia")
    assert flow.shows == "contract"
    assert flow.placeholders == {"contract": contract.ADDRESS, "currency": "ETH"}
    await flow.enter(deploy=True)
    await flow.choose("create_account")
    await flow.enter(name="Home")
    entry = await flow.finish()
    assert entry.data["chain_id"] == 84532
    assert entry.data["deploy"] is True
    assert entry.state is ConfigEntryState.LOADED
    assert await hass.config_entries.async_unload(entry.entry_id)


async def test_preset_network_with_another_chain_says_which(
    flow: Flow, chain: Anvil, base_sepolia: Anvil
) -> None:
    await flow.to_account(chain.url, network="base_sepolia")
    assert flow.shows == "endpoint"
    assert flow.errors == {"rpc_url": "wrong_chain"}
    assert flow.placeholders == {
        "network": "Base Sepolia",
        "expected": "84532",
        "found": "31337",
    }
    assert flow.suggests("rpc_url") == chain.url
    await flow.enter(rpc_url=base_sepolia.url)
    assert flow.shows == "contract"


async def test_unreachable_endpoint_can_be_corrected(flow: Flow, chain: Anvil) -> None:
    url = closed_url()
    await flow.to_account(url, network="base")
    assert flow.errors == {"rpc_url": "chain_unreachable"}
    assert flow.suggests("rpc_url") == url
    await flow.to_account(url)
    assert flow.errors == {"rpc_url": "chain_unreachable"}
    await flow.enter(rpc_url=chain.url)
    assert flow.shows == "account"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sepolia.base.org",
        "localhost:8545",
        "ftp://example.org",
        "wss://example.org",
        "https://",
        "http:///path",
        "http://[::1",
        "http://example.org:port",
        "javascript:alert(1)",
        "0x5FbDB2315678afecb367f032d93F642f64180aa3",
    ],
)
async def test_what_is_no_url_is_refused(flow: Flow, url: str) -> None:
    await flow.to_account(url)
    assert flow.errors == {"rpc_url": "invalid_url"}


async def test_endpoint_that_refuses_the_question(
    flow: Flow, endpoint: Endpoint
) -> None:
    endpoint.errors["eth_chainId"] = "method not supported"
    await flow.to_account(endpoint.url)
    assert flow.errors == {"rpc_url": "reverted"}


async def test_endpoint_that_talks_nonsense(flow: Flow, endpoint: Endpoint) -> None:
    endpoint.nonsense = True
    await flow.to_account(endpoint.url)
    assert flow.errors == {"rpc_url": "chain_unreachable"}


async def test_contract_may_be_deployed(flow: Flow, bare_chain: Anvil) -> None:
    await flow.to_account(bare_chain.url)
    assert flow.shows == "contract"
    await flow.enter(deploy=True)
    assert flow.shows == "account"


async def test_without_the_contract_nothing_goes_on_until_it_is_allowed(
    flow: Flow, bare_chain: Anvil
) -> None:
    await flow.to_account(bare_chain.url)
    await flow.enter(deploy=False)
    assert flow.shows == "contract"
    assert flow.errors == {"deploy": "contract_missing"}
    await flow.enter(deploy=True)
    assert flow.shows == "account"


async def test_network_where_the_contract_cannot_be_deployed(
    flow: Flow, bare_chain: Anvil
) -> None:
    bare_chain.rpc("anvil_setCode", contract.DEPLOYER, "0x")
    await flow.to_account(bare_chain.url)
    assert flow.result["type"] is FlowResultType.ABORT
    assert flow.result["reason"] == "no_deployer"
    assert flow.placeholders == {"deployer": contract.DEPLOYER}


async def test_endpoint_that_dies_in_the_middle_stops_nobody(
    flow: Flow, endpoint: Endpoint
) -> None:
    endpoint.away_for |= {"eth_getCode", "eth_getBalance"}
    await flow.to_fund(endpoint.url)
    assert flow.placeholders["balance"] == "0"
    endpoint.away = True
    entry = await flow.finish()
    assert entry.state is ConfigEntryState.LOADED
    # Nobody knows whether the contract is there: anchoring finds out.
    assert entry.data["deploy"] is True


@pytest.mark.parametrize(
    "key",
    [
        "",
        "no private key",
        "0x" + "ab" * 31,
        "0x" + "0" * 64,
        "f" * 64,
        "0x" + "zz" * 32,
    ],
)
async def test_bad_private_key_is_refused_and_not_repeated(
    flow: Flow, chain: Anvil, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    await flow.to_account(chain.url)
    await flow.choose("import_account")
    await flow.enter(private_key=key)
    assert flow.shows == "import_account"
    assert flow.errors == {"private_key": "invalid_private_key"}
    assert flow.suggests("private_key") is None
    if key:
        assert key not in caplog.text
        assert key not in str(flow.result)
    await flow.enter(private_key=f" {RICH_KEY[2:].upper()}\n")
    assert flow.shows == "new_log"


@pytest.mark.parametrize(
    "phrase",
    [
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        " ".join(["letter", "advice", "cage", "absurd"] * 6),
        "  Legal winner\nthank year wave sausage worth useful legal winner thank you ",
    ],
)
async def test_recovery_phrase_is_refused_in_words_that_warn(
    flow: Flow, chain: Anvil, caplog: pytest.LogCaptureFixture, phrase: str
) -> None:
    await flow.to_account(chain.url)
    await flow.choose("import_account")
    await flow.enter(private_key=phrase)
    assert flow.errors == {"private_key": "recovery_phrase"}
    assert flow.suggests("private_key") is None
    assert phrase not in caplog.text
    assert phrase not in str(flow.result)


async def test_account_from_before_can_pay_for_another_log(
    hass: HomeAssistant, flow: Flow, chain: Anvil
) -> None:
    await flow.to_fund(chain.url)
    first = await flow.finish()
    await hass.config_entries.async_remove(first.entry_id)
    await flow.to_account(chain.url)
    assert "kept_account" in flow.result["menu_options"]
    await flow.choose("kept_account")
    await flow.enter(address=RICH_ADDRESS)
    await flow.choose("new_log")
    await flow.enter(name="Holiday home")
    second = await flow.finish()
    assert second.data["address"] == first.data["address"] == RICH_ADDRESS
    assert second.unique_id != first.unique_id


async def test_account_that_two_flows_chose_pays_for_the_first_that_is_done(
    hass: HomeAssistant, flow: Flow, chain: Anvil
) -> None:
    other = Flow(hass)
    await flow.to_fund(chain.url)
    await other.to_fund(chain.url, name="Other")
    entry = await flow.finish()
    await other.enter()
    assert other.result["type"] is FlowResultType.ABORT
    assert other.result["reason"] == "account_in_use"
    assert hass.config_entries.async_entries(DOMAIN) == [entry]


async def test_account_pays_for_one_log_of_a_chain_only(
    flow: Flow, chain: Anvil, base_sepolia: Anvil
) -> None:
    await flow.to_fund(chain.url)
    await flow.finish()
    await flow.to_account(chain.url)
    assert "kept_account" not in flow.result["menu_options"]
    await flow.choose("import_account")
    await flow.enter(private_key=RICH_KEY)
    assert flow.errors == {"private_key": "account_in_use"}
    await flow.to_account(base_sepolia.url)
    await flow.enter(deploy=True)
    await flow.choose("kept_account")
    await flow.enter(address=RICH_ADDRESS)
    assert flow.shows == "new_log"


async def test_chain_without_a_base_fee_is_refused(
    flow: Flow, endpoint: Endpoint, chain: Anvil
) -> None:
    block = chain.rpc("eth_getBlockByNumber", "latest", False)  # noqa: FBT003 - RPC
    del block["baseFeePerGas"]
    endpoint.answers["eth_getBlockByNumber"] = block
    await flow.to_account(endpoint.url)
    assert flow.errors == {"rpc_url": "no_base_fee"}


async def test_disk_that_cannot_be_written_is_said_and_can_be_tried_again(
    hass: HomeAssistant, flow: Flow, chain: Anvil
) -> None:
    await flow.to_account(chain.url)
    await flow.choose("create_account")
    in_the_way = Path(hass.config.path(LOGS_FOLDER))
    await hass.async_add_executor_job(in_the_way.touch)
    await flow.enter(name="Home")
    assert flow.shows == "new_log"
    assert flow.errors == {"base": "log_unwritable"}
    assert flow.placeholders["error"]
    await hass.async_add_executor_job(in_the_way.unlink)
    await flow.enter(name="Home")
    assert flow.shows == "fund"


async def test_log_is_continued_after_its_entry_was_removed(
    hass: HomeAssistant, flow: Flow, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge"), account=Account(OTHER_KEY))
    hass.states.async_set("sensor.fridge", "4.2")
    await house.call("anchor", wait=True)
    await hass.config_entries.async_remove(house.entry.entry_id)
    await flow.to_continue_log(endpoint.url, OTHER_KEY)
    log_id = house.entry.data["log_id"]
    await flow.enter(log_id=log_id)
    assert flow.shows == "fund"
    entry = await flow.finish()
    assert entry.title == "house"
    assert entry.unique_id == log_id
    continued = House(hass, entry)
    assert await continued.readings() == [("sensor.fridge", "4.2")]
    receipt = await continued.call("get_receipt", entity_id="sensor.fridge")
    verified = await continued.call("verify_receipt", receipt=receipt["receipt"])
    assert verified["verdict"] == "anchored"


async def test_offered_logs_say_how_many_readings_they_hold(
    hass: HomeAssistant, flow: Flow, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(source("sensor.fridge"))
    hass.states.async_set("sensor.fridge", "4.2")
    hass.states.async_set("sensor.fridge", "4.3")
    await house.flush()
    await hass.config_entries.async_remove(house.entry.entry_id)
    await flow.to_continue_log(endpoint.url)
    assert flow.result["data_schema"] is not None
    (field,) = flow.result["data_schema"].schema.values()
    log_id = house.entry.data["log_id"]
    assert field.config["options"] == [
        {"value": log_id, "label": f"house.iot-blockchain/{log_id} (2)"}
    ]


@pytest.mark.parametrize("reachable", [True, False])
async def test_log_that_was_never_anchored_may_be_continued(
    hass: HomeAssistant,
    flow: Flow,
    set_up: SetUp,
    endpoint: Endpoint,
    reachable: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    house = await set_up()
    await hass.config_entries.async_remove(house.entry.entry_id)
    if not reachable:
        endpoint.away_for.add("eth_getCode")
    await flow.to_account(endpoint.url)
    await flow.choose("kept_account")
    await flow.enter(address=house.address)
    await flow.choose("continue_log")
    await flow.enter(log_id=house.entry.data["log_id"])
    assert flow.shows == "fund"


@pytest.mark.parametrize("with_contract", [True, False])
async def test_log_that_was_never_anchored_is_continued_by_its_own_account_only(
    hass: HomeAssistant,
    flow: Flow,
    set_up: SetUp,
    chain: Anvil,
    with_contract: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """No other could create it in the contract, and it would never be anchored."""
    house = await set_up()
    await hass.config_entries.async_remove(house.entry.entry_id)
    if not with_contract:
        chain.rpc("anvil_setCode", contract.ADDRESS, "0x")
    await flow.to_account(chain.url)
    if not with_contract:
        await flow.enter(deploy=True)
    await flow.choose("import_account")
    await flow.enter(private_key=RICH_KEY)
    await flow.choose("continue_log")
    await flow.enter(log_id=house.entry.data["log_id"])
    assert flow.errors == {"log_id": "not_publisher"}
    assert flow.placeholders == {"address": RICH_ADDRESS, "publisher": house.address}


async def test_log_on_a_chain_without_the_contract_may_be_continued(
    hass: HomeAssistant, flow: Flow, set_up: SetUp, bare_chain: Anvil
) -> None:
    house = await set_up()
    await hass.config_entries.async_remove(house.entry.entry_id)
    await flow.to_account(bare_chain.url)
    await flow.enter(deploy=True)
    await flow.choose("kept_account")
    await flow.enter(address=house.address)
    await flow.choose("continue_log")
    await flow.enter(log_id=house.entry.data["log_id"])
    assert flow.shows == "fund"


async def test_account_that_may_not_anchor_the_log_cannot_continue_it(
    hass: HomeAssistant, flow: Flow, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(account=Account(OTHER_KEY))
    await house.call("anchor", wait=True)
    await hass.config_entries.async_remove(house.entry.entry_id)
    await flow.to_continue_log(endpoint.url, RICH_KEY)
    await flow.enter(log_id=house.entry.data["log_id"])
    assert flow.shows == "continue_log"
    assert flow.errors == {"log_id": "not_publisher"}
    assert flow.placeholders == {"address": RICH_ADDRESS, "publisher": house.address}


async def test_log_is_not_set_up_twice_by_two_people_at_once(
    hass: HomeAssistant, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up(account=Account(OTHER_KEY))
    await hass.config_entries.async_remove(house.entry.entry_id)
    log_id = house.entry.data["log_id"]
    flows = [Flow(hass) for _ in range(4)]
    first, at_the_end, at_the_question, before_the_question = flows
    for person in flows[:3]:
        await person.to_continue_log(endpoint.url, OTHER_KEY)
    await before_the_question.to_account(endpoint.url)
    await before_the_question.choose("import_account")
    await before_the_question.enter(private_key=OTHER_KEY)
    assert before_the_question.shows == "log"
    for person in (first, at_the_end):
        await person.enter(log_id=log_id)
        assert person.shows == "fund"
    entry = await first.finish()
    assert entry.state is ConfigEntryState.LOADED
    # Home Assistant ends the other flow that had come as far.
    assert at_the_end.result["flow_id"] not in {
        progress["flow_id"] for progress in hass.config_entries.flow.async_progress()
    }
    await at_the_question.enter(log_id=log_id)
    await before_the_question.choose("continue_log")
    for person in (at_the_question, before_the_question):
        assert person.result["type"] is FlowResultType.ABORT
        assert person.result["reason"] == "already_configured"
    assert len(hass.config_entries.async_entries(DOMAIN)) == 1


async def test_damaged_log_is_not_offered_and_does_not_stand_in_the_way(
    hass: HomeAssistant, flow: Flow, set_up: SetUp, endpoint: Endpoint
) -> None:
    house = await set_up()
    await hass.config_entries.async_remove(house.entry.entry_id)
    path = Path(hass.config.path(LOGS_FOLDER, f"{house.entry.data['log_id']}.db"))
    await hass.async_add_executor_job(path.write_bytes, b"not a database")
    await flow.to_account(endpoint.url)
    await flow.choose("create_account")
    assert flow.shows == "new_log"


async def test_file_of_a_log_whose_key_is_not_here_is_not_offered(
    hass: HomeAssistant, flow: Flow, endpoint: Endpoint
) -> None:
    folder = Path(hass.config.path(LOGS_FOLDER))
    await hass.async_add_executor_job(folder.mkdir)
    await hass.async_add_executor_job((folder / f"{'ab' * 32}.db").touch)
    await flow.to_account(endpoint.url)
    await flow.choose("create_account")
    assert flow.shows == "new_log"


async def test_endpoint_can_be_replaced_by_one_of_the_same_chain(
    hass: HomeAssistant, set_up: SetUp, chain: Anvil, base_sepolia: Anvil
) -> None:
    house = await set_up()
    old_url = house.entry.data["rpc_url"]
    configure = hass.config_entries.flow.async_configure
    result = await async_reconfigure(house, "reconfigure_endpoint")
    assert result["step_id"] == "reconfigure_endpoint"
    assert result["description_placeholders"] == {"network": f"chain {CHAIN_ID}"}
    for url, error in (
        (closed_url(), "chain_unreachable"),
        ("nonsense", "invalid_url"),
        (base_sepolia.url, "wrong_chain"),
    ):
        result = await configure(result["flow_id"], {"rpc_url": url})
        assert result["type"] is FlowResultType.FORM
        assert result["errors"] == {"rpc_url": error}
        assert house.entry.data["rpc_url"] == old_url
    assert result["description_placeholders"] == {
        "network": f"chain {CHAIN_ID}",
        "expected": str(CHAIN_ID),
        "found": "84532",
    }
    before = house.coordinator
    result = await configure(result["flow_id"], {"rpc_url": f" {chain.url}"})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert house.entry.data["rpc_url"] == chain.url
    assert house.entry.state is ConfigEntryState.LOADED
    assert house.coordinator is not before


async def test_reconfiguring_names_a_preset_network(
    hass: HomeAssistant, set_up: SetUp
) -> None:
    house = await set_up()
    hass.config_entries.async_update_entry(
        house.entry,
        data={**house.entry.data, "chain_id": 84532, "rpc_url": closed_url()},
    )
    await hass.async_block_till_done()
    result = await async_reconfigure(house, "reconfigure_endpoint")
    assert result["description_placeholders"] == {"network": "Base Sepolia"}


async def test_more_endpoints_are_tried_and_kept_in_their_order(
    flow: Flow, endpoint: Endpoint, chain: Anvil, base_sepolia: Anvil
) -> None:
    await flow.choose_network("other")
    for more, error in (
        ("nonsense", "invalid_url"),
        (closed_url(), "chain_unreachable"),
        (base_sepolia.url, "wrong_chain"),
    ):
        await flow.enter(rpc_url=endpoint.url, more_rpc_urls=[chain.url, more])
        assert flow.shows == "endpoint"
        assert flow.errors == {"more_rpc_urls": error}
        assert flow.suggests("more_rpc_urls") == [chain.url, more]
    shouted = chain.url.replace("http", "HTTP")
    for twice in ([endpoint.url], [chain.url, f"{shouted}/"]):
        await flow.enter(rpc_url=endpoint.url, more_rpc_urls=twice)
        assert flow.errors == {"more_rpc_urls": "endpoint_twice"}
        assert flow.suggests("more_rpc_urls") == twice
    await flow.enter(rpc_url=endpoint.url, more_rpc_urls=[f" {chain.url}"])
    await flow.choose("create_account")
    await flow.enter(name="Home")
    entry = await flow.finish()
    assert entry.data["rpc_url"] == endpoint.url
    assert entry.data["more_rpc_urls"] == [chain.url]


async def test_signer_outside_signs_the_anchors_and_no_key_is_kept(
    hass: HomeAssistant, flow: Flow, endpoint: Endpoint, chain: Anvil
) -> None:
    """The chain itself is the signer: it holds accounts and signs for them."""
    await flow.to_account(endpoint.url)
    await flow.choose("external_signer")
    for url, error in (("nonsense", "invalid_url"), (closed_url(), "signer")):
        await flow.enter(signer_url=url)
        assert flow.shows == "external_signer"
        assert flow.errors == {"signer_url": error}
    await flow.enter(signer_url=f" {chain.url}")
    assert flow.shows == "external_signer"
    assert not flow.errors
    await flow.enter(signer_url=chain.url, address=RICH_ADDRESS)
    await flow.enter(name="Home")
    entry = await flow.finish()
    assert entry.data["address"] == RICH_ADDRESS
    assert entry.data["signer_url"] == chain.url
    assert (await async_get_key_ring(hass)).addresses == []

    house = House(hass, entry)
    answer = await house.call("anchor", wait=True)
    assert answer["number"] == 1


async def test_signer_with_one_account_needs_no_choice(
    flow: Flow, endpoint: Endpoint
) -> None:
    endpoint.answers["eth_accounts"] = [RICH_ADDRESS.lower()]
    await flow.to_account(endpoint.url)
    await flow.choose("external_signer")
    await flow.enter(signer_url=endpoint.url)
    assert flow.shows == "new_log"


async def test_signer_whose_accounts_all_pay_for_logs_is_of_no_use(
    flow: Flow, endpoint: Endpoint
) -> None:
    endpoint.answers["eth_accounts"] = [RICH_ADDRESS]
    await flow.to_fund(endpoint.url)
    await flow.finish()
    await flow.to_account(endpoint.url)
    await flow.choose("external_signer")
    await flow.enter(signer_url=endpoint.url)
    assert flow.errors == {"signer_url": "no_accounts"}


async def test_account_of_a_log_whose_last_form_was_left_is_not_lost(
    hass: HomeAssistant, flow: Flow, endpoint: Endpoint
) -> None:
    await flow.to_account(endpoint.url)
    await flow.choose("create_account")
    await flow.enter(name="Home")
    address = flow.placeholders["address"]
    hass.config_entries.flow.async_abort(flow.result["flow_id"])
    assert (await async_get_key_ring(hass)).addresses == [address]
