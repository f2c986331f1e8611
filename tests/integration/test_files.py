"""What stands beside the code: texts, icons, actions, manifest.

Home Assistant's own checker of these files, hassfest, is in no package. Its rules are
checked here, as far as Home Assistant ships the schemas for them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from awesomeversion import AwesomeVersion
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service import _SERVICES_SCHEMA
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
from packaging.requirements import Requirement

from custom_components.iot_blockchain import (
    PLATFORMS,
    device_sensor,
    issues,
    sensor,
    source_sensor,
)
from custom_components.iot_blockchain.anchoring import happenings
from custom_components.iot_blockchain.binary_sensor import BINARY_SENSORS
from custom_components.iot_blockchain.button import ANCHOR
from custom_components.iot_blockchain.chain import errors
from custom_components.iot_blockchain.chain.errors import ChainError
from custom_components.iot_blockchain.chain.keystore import KeystoreError
from custom_components.iot_blockchain.chain.networks import NETWORKS
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.coordinator import NoChainError
from custom_components.iot_blockchain.device.state import StatusReason
from custom_components.iot_blockchain.event import EVENT
from custom_components.iot_blockchain.flows import options_flow, source_flow
from custom_components.iot_blockchain.log_status import AnchorStatus
from custom_components.iot_blockchain.signing import device_issues
from custom_components.iot_blockchain.switch import PAUSE

FOLDER = Path(sensor.__file__).parent
TEXTS: dict[str, Any] = json.loads((FOLDER / "translations" / "en.json").read_text())
ICONS: dict[str, Any] = json.loads((FOLDER / "icons.json").read_text())
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())
SERVICES: dict[str, Any] = load_yaml_dict(str(FOLDER / "services.yaml"))
FLOW = (
    "network_steps",
    "account_steps",
    "take_over_steps",
    "deploy_steps",
    "reauth_steps",
    "config_flow",
)
# The glue to Home Assistant: what raises, shows and asks.
CODE = {
    path.stem: path.read_text()
    for folder in (
        *("", "anchoring", "evidence", "flows", "history"),
        *("intake", "panel", "signing"),
    )
    for path in (FOLDER / folder).glob("*.py")
    if folder == "" or path.stem != "__init__"
}

CHAIN_ERRORS = {
    error.key
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, ChainError)
} - {ChainError.key}
SENSORS = {
    description.translation_key
    for description in (
        *sensor.SENSORS,
        sensor.BALANCE,
        sensor.COST_PER_THOUSAND,
        sensor.LAST_TRANSACTION,
        sensor.SPENT,
        sensor.SPENT_TODAY,
        *device_sensor.DESCRIPTIONS,
        *source_sensor.DESCRIPTIONS,
    )
}
# What a person decides in the repair itself.
DEVICE_ISSUES = {
    device_issues.UNKNOWN,
    f"{device_issues.QUARANTINE}_{StatusReason.CHANGED}",
    f"{device_issues.QUARANTINE}_{StatusReason.FAILURES}",
}


def leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Go through all texts, with their place."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from leaves(member, f"{path}.{key}" if path else key)
    else:
        assert isinstance(value, str), path
        yield path, value


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def raised_keys(module: str) -> set[str]:
    """Return the keys of the exceptions that a module raises."""
    return set(
        re.findall(r'(?:invalid|failed)\(\s*"(\w+)"', CODE[module])
        + re.findall(r'translation_key="(\w+)"', CODE[module])
    )


def test_texts_are_texts() -> None:
    for path, text in leaves(TEXTS):
        assert text == text.strip(), path
        assert text, path
        assert "<" not in text, path
        assert "[%key:" not in text, path
        assert "'{" not in text, path


def test_every_exception_has_its_text_and_every_text_its_exception() -> None:
    raised = (
        raised_keys("services")
        | raised_keys("auditing")
        | raised_keys("backup")
        | set(re.findall(r'HistoryError\("(\w+)"\)', CODE["recorder_history"]))
        | raised_keys("button")
        | raised_keys("switch")
        | raised_keys("__init__")
        | raised_keys("opening")
        | {NoChainError.key}
        | raised_keys("exporting")
        | raised_keys("range_receipt")
        | raised_keys("package")
        | raised_keys("websocket_api")
        | CHAIN_ERRORS
    )
    raised -= TEXTS["entity"]["button"].keys() | TEXTS["entity"]["switch"].keys()
    assert raised == TEXTS["exceptions"].keys()


def test_every_issue_has_its_text_and_every_text_its_issue() -> None:
    created = {
        *issues._CHAIN_ISSUES,
        *issues._LASTING_ISSUES,
        issues._RECORDING_ISSUE,
        issues._LOST_ISSUE,
        issues._GONE_ISSUE,
        issues._LOW_ISSUE,
        issues._WEB3_ISSUE,
        *DEVICE_ISSUES,
    }
    assert created == TEXTS["issues"].keys()
    for key, texts in TEXTS["issues"].items():
        ended = key in {
            *issues._ENDED_BY_SUCCESSOR,
            *issues.ENDED_BY_MONEY,
            *DEVICE_ISSUES,
        }
        assert texts.keys() == {"title", "fix_flow" if ended else "description"}


def test_every_entity_has_its_name_and_icon() -> None:
    for files in (TEXTS["entity"], ICONS["entity"]):
        assert files.keys() == set(PLATFORMS)
        assert files["sensor"].keys() == SENSORS
        assert files["binary_sensor"].keys() == {
            description.translation_key for description in BINARY_SENSORS
        }
        assert files["button"].keys() == {ANCHOR.translation_key}
        assert files["event"].keys() == {EVENT.translation_key}
        assert files["switch"].keys() == {PAUSE.translation_key}
        assert files["sensor"]["anchor_status"]["state"].keys() == set(AnchorStatus)
        happened = files["event"]["event"]["state_attributes"]["event_type"]
        assert happened["state"].keys() == set(happenings.Kind)
    problem = TEXTS["entity"]["binary_sensor"]["problem"]["state_attributes"]
    assert problem["reason"]["state"].keys() == {
        *CHAIN_ERRORS,
        "log_unusable",
        "log_unwritable",
    }
    for path, icon in leaves(ICONS):
        assert re.fullmatch(r"mdi:[a-z0-9-]+", icon), path


def test_units_stand_in_one_place_only() -> None:
    for description in sensor.SENSORS:
        text = TEXTS["entity"]["sensor"][description.key]
        if "unit_of_measurement" in text:
            assert description.native_unit_of_measurement is None


def test_services_fit_home_assistants_schema() -> None:
    assert _SERVICES_SCHEMA(SERVICES)


async def test_every_action_has_fields_texts_and_an_icon(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    actions = hass.services.async_services_for_domain(DOMAIN)
    assert SERVICES.keys() == TEXTS["services"].keys() == actions.keys()
    assert ICONS["services"].keys() == actions.keys()
    for name, action in SERVICES.items():
        texts = TEXTS["services"][name]
        assert texts.keys() == {"name", "description", "fields"}
        assert texts["fields"].keys() == action["fields"].keys()
        for field in texts["fields"].values():
            assert field.keys() == {"name", "description"}
        accepted = set(re.findall(r"\w+", str(actions[name].schema)))
        assert action["fields"].keys() <= accepted


async def test_every_form_has_texts_for_its_fields(hass: HomeAssistant) -> None:
    code = "".join(CODE[module] for module in FLOW)
    steps = {
        name: set(re.findall(rf'step_id="{name}"', code))
        for name in re.findall(r"async def async_step_(\w+)", code)
    }
    shown = set(re.findall(r'step_id="(\w+)"', code)) | {
        *("endpoint", "reconfigure_endpoint", "reauth_endpoint", "new_log"),
    }
    assert shown == TEXTS["config"]["step"].keys()
    assert shown <= steps.keys()
    flow = hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    result = await flow.async_configure(result["flow_id"], {"next_step_id": "network"})
    assert result["data_schema"] is not None
    ((field, networks),) = result["data_schema"].schema.items()
    assert {str(field)} == TEXTS["config"]["step"]["network"]["data"].keys()
    labels = TEXTS["selector"]["network"]["options"]
    assert list(labels) == networks.config["options"]
    for key, network in NETWORKS.items():
        assert labels[key].startswith(network.name)
        assert ("(test network): costs nothing" in labels[key]) is network.testnet
        assert " final within " in labels[key]
    flow.async_abort(result["flow_id"])


def test_every_field_has_a_name_and_a_description() -> None:
    forms = {
        **{f"config {name}": step for name, step in TEXTS["config"]["step"].items()},
        **{f"options {name}": step for name, step in TEXTS["options"]["step"].items()},
        **{
            f"source {name}": step
            for name, step in TEXTS["config_subentries"]["source"]["step"].items()
        },
    }
    for name, form in forms.items():
        data = form.get("data", {}).keys()
        # The QR code is nothing that is entered.
        described = form.get("data_description", {}).keys()
        assert data - {"qr_code"} == described, name
        assert form["title"], name


def test_fields_of_the_source_form_have_texts() -> None:
    schema = {str(key): value for key, value in source_flow._schema([]).schema.items()}
    less = {str(key) for key in schema.pop("less").schema.schema}
    steps = TEXTS["config_subentries"]["source"]["step"]
    for name in ("user", "reconfigure"):
        assert steps[name]["data"].keys() == schema.keys()
        texts = steps[name]["sections"]["less"]
        assert texts["data"].keys() == texts["data_description"].keys() == less
    shown = {name for name in vars(source_flow.SourceFlow) if "step_confirm" in name}
    assert shown == {
        f"async_step_{name}" for name in steps if name not in {"user", "reconfigure"}
    }


def test_every_error_and_end_of_a_flow_has_its_text() -> None:
    config = TEXTS["config"]
    code = "".join(CODE[module] for module in FLOW)
    entered = set(re.findall(r'errors\[[^]]+\] = "(\w+)"', code))
    # What an endpoint can do to a question of the flow.
    endpoint = {
        *("chain_unreachable", "invalid_url", "no_base_fee", "reverted", "signer"),
        *("access_denied", "signer_denied"),
    }
    keys = {
        *(error.key for error in KeystoreError.__subclasses__()),
        *("invalid_private_key", "recovery_phrase"),
    }
    assert entered | endpoint | keys | {"wrong_chain"} == config["error"].keys()
    aborted = set(re.findall(r'(?:reason=|AbortFlow\()"(\w+)"', code))
    elsewhere = {"not_owner", "failed", "already_configured", "not_loaded"}
    assert aborted | elsewhere == config["abort"].keys()
    assert config["progress"].keys() == {"deploy", "give_away", "take_over"}
    options = set(re.findall(r'errors\[[^]]+\] = "(\w+)"', CODE["options_flow"]))
    assert options == TEXTS["options"]["error"].keys()
    source = TEXTS["config_subentries"]["source"]
    sources = set(re.findall(r'errors\[[^]]+\] = "(\w+)"', CODE["source_flow"]))
    assert sources == source["error"].keys()
    assert source["abort"].keys() == {"reconfigure_successful"}


def test_menus_have_texts_for_their_options() -> None:
    for step, options in (
        (
            "account",
            {
                *("create_account", "external_signer", "import_account"),
                *("import_keystore", "kept_account"),
            },
        ),
        ("log", {"new_log", "continue_log"}),
        (
            "reconfigure",
            {
                *("reconfigure_account", "reconfigure_endpoint", "reconfigure_owner"),
                "network",
            },
        ),
        ("user", {"network", "record_now"}),
        ("deployment", {"deploy", "finish"}),
    ):
        texts = TEXTS["config"]["step"][step]
        assert texts["menu_options"].keys() == options
        assert texts.get("menu_option_descriptions", {}).keys() <= options
        for option in options:
            code = "".join(CODE[module] for module in FLOW)
            assert f"async def async_step_{option}(" in code


@pytest.mark.parametrize("error", sorted(CHAIN_ERRORS))
def test_texts_of_a_chain_error_need_no_more_than_it_gives(error: str) -> None:
    """What the errors carry is looked up where they are raised."""
    code = "".join(path.read_text() for path in (FOLDER / "chain").glob("*.py"))
    (name,) = (
        name
        for name, found in vars(errors).items()
        if isinstance(found, type)
        and issubclass(found, ChainError)
        and found.key == error
    )
    given = {"error", "name"}
    for call in re.findall(rf"{name}\((.*?)\n\s*\)(?: from|\n)", code, re.DOTALL):
        given |= set(re.findall(r"(\w+)=", call))
    if error == "wrong_chain":
        given |= {"expected", "found"}
    assert placeholders(TEXTS["exceptions"][error]["message"]) <= given
    if error in issues.ENDED_BY_MONEY:
        given |= {"balance"}  # the flow asks for it
    if error in TEXTS["issues"]:
        for _, text in leaves(TEXTS["issues"][error]):
            assert placeholders(text) <= given | {"currency"}


def test_manifest_is_sorted_and_complete() -> None:
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert MANIFEST["domain"] == DOMAIN == FOLDER.name
    assert MANIFEST["config_flow"] is True
    assert MANIFEST["codeowners"]
    assert AwesomeVersion(MANIFEST["version"]).valid
    for name in ("documentation", "issue_tracker"):
        assert MANIFEST[name].startswith("https://")


async def test_home_assistant_loads_the_manifest(hass: HomeAssistant) -> None:
    integration = await async_get_integration(hass, DOMAIN)
    assert integration.name == "IoT Blockchain"
    assert integration.integration_type == "service"
    assert integration.version is not None
    assert not integration.is_built_in


def test_requirements_are_ranges_that_set_up_agrees_with() -> None:
    requirements = {
        requirement.name: requirement.specifier
        for requirement in map(Requirement, MANIFEST["requirements"])
    }
    assert requirements.keys() == {"eth-account", "pycryptodome", "web3"}
    assert {str(part)[0] for part in requirements["web3"]} == {">", "<"}
    for version in ("7.16.0", "8.0.0"):
        assert requirements["web3"].contains(version)
    for version in ("6.20.0", "9.0.0"):
        assert not requirements["web3"].contains(version)


def test_options_have_texts() -> None:
    names = re.findall(
        r"vol\.(?:Required|Optional)\(\s*(CONF_\w+)", CODE["options_flow"]
    )
    fields = {getattr(options_flow, name) for name in names}
    assert fields == TEXTS["options"]["step"]["init"]["data"].keys()


def test_every_rule_of_the_quality_scale_is_kept_or_does_not_apply() -> None:
    rules = load_yaml_dict(str(FOLDER / "quality_scale.yaml"))["rules"]
    assert len(rules) == 54
    for rule, state in rules.items():
        status = state if isinstance(state, str) else state["status"]
        assert status in {"done", "exempt"}, rule
        if status == "exempt":
            assert state["comment"], rule


def test_every_image_of_the_brand_is_there() -> None:
    names = {path.name for path in (FOLDER / "brand").iterdir()}
    assert names >= {"icon.png", "icon@2x.png", "logo.png", "logo@2x.png"}
