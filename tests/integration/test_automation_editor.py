"""Triggers, conditions and actions as the automation editor shows them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, service, trigger
from homeassistant.helpers.condition import _CONDITIONS_DESCRIPTION_SCHEMA
from homeassistant.helpers.service import _SERVICES_SCHEMA
from homeassistant.helpers.trigger.descriptions import _TRIGGERS_DESCRIPTION_SCHEMA
from homeassistant.util.yaml import load_yaml_dict

from custom_components.iot_blockchain.condition import async_get_conditions
from custom_components.iot_blockchain.const import DOMAIN
from custom_components.iot_blockchain.trigger import async_get_triggers

from .conftest import SetUp

_FOLDER = Path(__file__).parents[2] / "custom_components" / DOMAIN
_SCHEMAS: dict[str, Callable[[object], object]] = {
    "triggers": _TRIGGERS_DESCRIPTION_SCHEMA,
    "conditions": _CONDITIONS_DESCRIPTION_SCHEMA,
    "services": _SERVICES_SCHEMA,
}


def _described(kind: str) -> dict[str, Any]:
    found = load_yaml_dict(str(_FOLDER / f"{kind}.yaml"))
    return {name: what for name, what in found.items() if not name.startswith(".")}


def _json(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("kind", _SCHEMAS)
def test_what_is_described_is_described_rightly(kind: str) -> None:
    assert _SCHEMAS[kind](load_yaml_dict(str(_FOLDER / f"{kind}.yaml")))


@pytest.mark.parametrize("kind", _SCHEMAS)
def test_everything_has_a_name_a_description_and_an_icon(kind: str) -> None:
    described = _described(kind)
    words = _json("translations/en.json")[kind]
    assert words.keys() == described.keys()
    for name, what in described.items():
        assert words[name]["name"]
        assert words[name]["description"]
        fields = words[name].get("fields", {})
        assert fields.keys() == (what.get("fields") or {}).keys()
        for field, shown in (what.get("fields") or {}).items():
            assert shown["selector"], field
            assert fields[field].keys() == {"name", "description"}
    icons = _json("icons.json")[kind]
    assert icons == {
        name: {kind.removesuffix("s"): icons[name][kind.removesuffix("s")]}
        for name in described
    }


async def test_what_there_is_is_described(hass: HomeAssistant) -> None:
    assert (await async_get_triggers(hass)).keys() == _described("triggers").keys()
    assert (await async_get_conditions(hass)).keys() == _described("conditions").keys()


async def test_the_editor_is_told_of_all(hass: HomeAssistant, set_up: SetUp) -> None:
    await set_up()
    for kind, ask in (
        ("triggers", trigger.async_get_all_descriptions),
        ("conditions", condition.async_get_all_descriptions),
    ):
        found = await ask(hass)
        ours = {name for name in found if name.startswith(f"{DOMAIN}.")}
        assert ours == {f"{DOMAIN}.{name}" for name in _described(kind)}
        assert all(found[name] is not None for name in ours)
    actions = (await service.async_get_all_descriptions(hass))[DOMAIN]
    assert actions.keys() == _described("services").keys()
    assert all(
        "response" in action for name, action in actions.items() if name != DOMAIN
    )
