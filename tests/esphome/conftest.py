"""Devices that run as processes, and configurations of real ones."""

from functools import cache
from pathlib import Path

import pytest

from scripts.house.device import HOST_CONFIGS, build
from tests.esphome.configurations import Validate, copy_to, esphome


@pytest.fixture(scope="session")
def scanner_program() -> Path:
    """Build the barcode scanner."""
    return build(HOST_CONFIGS / "barcode_scanner.yaml")


@pytest.fixture(scope="session")
def fridge_program() -> Path:
    """Build a fridge thermometer that measures, and gives up, in no time."""
    return build(
        HOST_CONFIGS / "fridge.yaml",
        substitutions={"measuring_interval": "100ms", "temperature_gap": "1s"},
    )


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """Copy the configurations for one test, which may change them."""
    return copy_to(tmp_path / "configs")


@pytest.fixture(scope="session")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Validate:
    """Have ESPHome validate a configuration, once for all tests, and say it in full."""
    folder = tmp_path_factory.mktemp("devices")
    configs = copy_to(folder / "configs")

    @cache
    def validated(name: str) -> str:
        result = esphome("config", configs / name, data=folder / "data")
        assert result.returncode == 0, result.stdout
        return result.stdout

    return validated
