"""Every configuration is one that ESPHome accepts, and refuses what cannot work."""

import re
from pathlib import Path

import pytest

from scripts.house.device import CONFIGS, HOST_CONFIGS
from tests.esphome.configurations import DEVICES, Validate, esphome


def test_every_device_is_listed() -> None:
    """None is left out of the tests below, and each has its variant for the host."""
    names = {path.name for path in CONFIGS.glob("*.yaml")} - {"secrets.yaml"}
    assert names == set(DEVICES)
    assert names <= {path.name for path in HOST_CONFIGS.glob("*.yaml")}


@pytest.mark.parametrize("name", [*DEVICES, *(f"host/{name}" for name in DEVICES)])
def test_a_configuration_is_valid(validated: Validate, name: str) -> None:
    """No error, and no warning either."""
    assert "WARNING" not in validated(name)


@pytest.mark.parametrize("name", [*DEVICES, *(f"host/{name}" for name in DEVICES)])
def test_a_device_signs(validated: Validate, name: str) -> None:
    """It says its key, and knows the time."""
    told = validated(name)
    assert "\nsigned_reading:\n  sensors:\n" in told
    assert "name: Signing key\n" in told
    clock = "host" if name.startswith("host/") else "sntp"
    assert f"\ntime:\n  - platform: {clock}\n    id: real_time\n" in told
    assert "\n  time_id: real_time\n" in told


@pytest.mark.parametrize("name", DEVICES)
def test_a_real_device_is_protected(validated: Validate, name: str) -> None:
    """API and updates are encrypted; the fallback network asks for a password."""
    told = validated(name)
    # Once for the API, once for updates. The same device may have another sensor.
    stem = name.removesuffix(".yaml").removesuffix("_sds011")
    assert len(re.findall(rf"\bkey: !secret '{stem}_api_key'", told)) == 2
    assert "password: !secret 'fallback_password'" in told


@pytest.mark.parametrize("name", DEVICES)
def test_a_serial_port_has_one_user(validated: Validate, name: str) -> None:
    """ESPHome says nothing when a sensor and the logger share the chip's UART."""
    told = validated(name)
    assert ("\nuart:\n" in told) == ("\nlogger:\n  baud_rate: 0\n" in told)


@pytest.mark.parametrize("name", DEVICES)
def test_firmware_is_generated(configs: Path, tmp_path: Path, name: str) -> None:
    """All that a D1 mini's firmware needs but its compiler."""
    result = esphome(
        "compile", "--only-generate", configs / name, data=tmp_path / "data"
    )
    assert result.returncode == 0, result.stdout
    assert list((tmp_path / "data").glob("build/*/src/main.cpp"))


def changed(folder: Path, name: str, changes: dict[str, str]) -> Path:
    """Change lines of a serial device's configuration, or of its packages."""
    config = folder / f"{name}.yaml"
    packages = (folder / "packages" / f"{p}.yaml" for p in (name, "d1_mini_serial"))
    files = [config, *packages]
    for old, new in changes.items():
        (file,) = (path for path in files if old in path.read_text())
        file.write_text(file.read_text().replace(old, new))
    return config


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        pytest.param(
            "barcode_scanner",
            {"rx_pin: GPIO13": "tx_pin: GPIO15"},
            "to declare a rx_pin",
            id="a scanner that nobody hears",
        ),
        pytest.param(
            "barcode_scanner",
            {"rx_pin: GPIO13": "rx_pin: GPIO3", "baud_rate: 0": "baud_rate: 115200"},
            "GPIO3 belongs to the logger's UART",
            id="the logger on the same UART",
        ),
        pytest.param(
            "barcode_scanner",
            {"idle_timeout: ${scanner_idle_timeout}": "idle_timeout: 0ms"},
            "idle_timeout",
            id="no time for a second piece",
        ),
        pytest.param(
            "barcode_scanner",
            {"batch_delay: 0ms": "batch_delay: 100ms"},
            "batch_delay: 0ms",
            id="an API that drops codes",
        ),
        pytest.param(
            "barcode_scanner",
            {"icon: mdi:barcode-scan": "max_length: 256"},
            "max_length",
            id="longer than a state",
        ),
        pytest.param(
            "tracker",
            {"rx_pin: GPIO13": "tx_pin: GPIO15"},
            "to declare a rx_pin",
            id="a receiver that nobody hears",
        ),
        pytest.param(
            "tracker",
            {"distance: ${tracker_distance}": "distance: 0m"},
            "distance",
            id="each report is a journey",
        ),
        pytest.param(
            "tracker",
            {"interval: ${tracker_interval}": "interval: 999ms"},
            "interval",
            id="more often than the receiver reports",
        ),
        pytest.param(
            "tracker",
            {"timeout: ${tracker_timeout}": "min_satellites: 3"},
            "min_satellites",
            id="too few satellites for a position",
        ),
    ],
)
def test_what_cannot_work_is_refused(
    configs: Path, tmp_path: Path, name: str, changes: dict[str, str], message: str
) -> None:
    """ESPHome says so before anything is flashed."""
    config = changed(configs, name, changes)
    result = esphome("config", config, data=tmp_path / "data")
    assert result.returncode != 0
    assert message in result.stdout


def test_gpio3_may_be_used_when_the_logger_is_silent(
    configs: Path, tmp_path: Path
) -> None:
    """It is the shared UART that is refused, not the pin."""
    config = changed(configs, "barcode_scanner", {"rx_pin: GPIO13": "rx_pin: GPIO3"})
    result = esphome("config", config, data=tmp_path / "data")
    assert result.returncode == 0, result.stdout
