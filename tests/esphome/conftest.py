"""Devices that run as processes."""

from pathlib import Path

import pytest

from scripts.house.device import HOST_CONFIGS, build


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Home Assistant's test plugin forbids the sockets that a device needs."""


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
