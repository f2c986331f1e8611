"""What the signed_reading component accepts, and what it refuses and why."""

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.house.device import CONFIGS, HOST_CONFIGS, ROOT
from tests.esphome.configurations import esphome

COMPONENT_TESTS = Path(__file__).parent / "components" / "signed_reading"

BASE = f"""
external_components:
  - source: {{type: local, path: {CONFIGS / "components"}}}
esphome: {{name: mine}}
logger:
api:
  custom_services: true
  encryption: {{key: ZXhhbXBsZSBrZXksIGRvIG5vdCB1c2UgaXQhIDAwMDE=}}
time:
  - platform: sntp
wifi: {{ssid: network, password: password1}}
sensor:
  - platform: template
    id: temperature
    name: Temperature
text_sensor:
  - platform: signed_reading
    did: {{id: did, name: Signing key}}
binary_sensor:
  - platform: template
    id: warm
    name: temperature
switch:
  - platform: template
    id: relay
    name: Relay
    optimistic: true
"""
D1_MINI = "esp8266: {board: d1_mini}\n"
SIGNED = "signed_reading: {sensors: [{id: temperature}]}\n"


def config(tmp_path: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Have ESPHome check a configuration."""
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return esphome("config", path, data=tmp_path / "data")


def signing(*sensors: str) -> str:
    """Write the component with these sensors."""
    listed = "".join(f"    - id: {sensor}\n" for sensor in sensors)
    return f"signed_reading:\n  sensors:\n{listed}"


@pytest.mark.parametrize("name", sorted(p.name for p in COMPONENT_TESTS.glob("test.*")))
def test_the_component_s_own_tests_are_generated(tmp_path: Path, name: str) -> None:
    """On each platform, without a warning, and with that platform's sources only."""
    data = tmp_path / "data"
    result = esphome("compile", "--only-generate", COMPONENT_TESTS / name, data=data)
    assert result.returncode == 0, result.stdout
    assert "WARNING" not in result.stdout
    (sources,) = data.glob("build/*/src/esphome/components/signed_reading")
    found = {path.stem for path in sources.glob("*.cpp")}
    backends = {
        "esp8266": {"signer_bearssl", "key_copies_sectors", "key_copies_preferences"},
        "esp32": {"signer_mbedtls", "key_copies_preferences"},
        "host": {"signer_bearssl", "key_copies_files"},
    }
    platform = name.removeprefix("test.").partition("-")[0].removesuffix(".yaml")
    assert {s for s in found if s.startswith(("signer_", "key_copies_"))} == backends[
        platform
    ]


def test_an_esp32_keeps_its_curves(tmp_path: Path) -> None:
    """ESPHome takes what no component asks for out of mbedTLS."""
    data = tmp_path / "data"
    test = COMPONENT_TESTS / "test.esp32-idf.yaml"
    result = esphome("compile", "--only-generate", test, data=data)
    assert result.returncode == 0, result.stdout
    (options,) = data.glob("build/*/sdkconfig.*internal")
    assert "CONFIG_MBEDTLS_CCM_C=n" in options.read_text()
    assert "CONFIG_MBEDTLS_ECDSA_DETERMINISTIC=n" not in options.read_text()
    assert "CONFIG_MBEDTLS_ECP_C=n" not in options.read_text()


def test_the_host_s_configuration_is_valid(tmp_path: Path) -> None:
    """No error, and no warning either."""
    result = esphome("config", HOST_CONFIGS / "signed_reading.yaml", data=tmp_path)
    assert result.returncode == 0, result.stdout
    assert "WARNING" not in result.stdout


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {SIGNED: signing("temperatur")},
            "Couldn't find ID 'temperatur'",
            id="no such entity",
        ),
        pytest.param(
            {SIGNED: signing("relay")},
            "'relay' is a switch. Only the states of a sensor, a text_sensor",
            id="no state to sign",
        ),
        pytest.param(
            {SIGNED: signing("did")},
            "'did' tells about the signing itself",
            id="a signature that asks for the next one",
        ),
        pytest.param(
            {SIGNED: signing("temperature", "warm")},
            "'warm' and 'temperature' are both called 'temperature'",
            id="two that cannot be told apart",
        ),
        pytest.param(
            {SIGNED: signing("temperature", "temperature")},
            "are both called 'temperature'",
            id="one twice",
        ),
        pytest.param({SIGNED: "signed_reading:\n"}, "sensors", id="nothing to sign"),
        pytest.param(
            {SIGNED: "signed_reading: {sensors: []}\n"}, "at least 1", id="no sensors"
        ),
        pytest.param(
            {"custom_services: true": "custom_services: false"},
            "Write 'custom_services: true' under 'api:'",
            id="no acknowledgements",
        ),
        pytest.param(
            {"api:\n  custom_services: true\n  encryption": "substitutions:\n  unused"},
            "requires component api",
            id="nobody to send to",
        ),
        pytest.param(
            {"d1_mini": "d1_mini_lite"},
            "Write 'restore_from_flash: true' under 'esp8266:'",
            id="a small ESP8266 without a place for the key",
        ),
        pytest.param(
            {"temperature}]}": "temperature}], buffer_size: 1kB}"},
            "buffer_size",
            id="no room for the largest envelope",
        ),
        pytest.param(
            {D1_MINI: "rp2040: {board: rpipicow}\n"},
            "signed_reading",
            id="a platform without a signer",
        ),
    ],
)
def test_what_cannot_work_is_refused(
    tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    """ESPHome says so before anything is flashed, and says what to write."""
    text = BASE + D1_MINI + SIGNED
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    result = config(tmp_path, text)
    assert result.returncode != 0
    assert message in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        pytest.param({}, None, id="all is well"),
        pytest.param(
            {"time:\n  - platform: sntp\n": ""},
            "the device signs no time (iat is 0)",
            id="no clock",
        ),
        pytest.param(
            {"  encryption: {key: ZXhhbXBsZSBrZXksIGRvIG5vdCB1c2UgaXQhIDAwMDE=}\n": ""},
            "everybody in the network can make this device change its key",
            id="no encryption",
        ),
        pytest.param(
            {"{board: d1_mini}": "{board: d1_mini_lite, restore_from_flash: true}"},
            None,
            id="a small ESP8266 with a place for the key",
        ),
    ],
)
def test_what_is_doubtful_is_said(
    tmp_path: Path, changes: dict[str, str], warning: str | None
) -> None:
    """Each once; and a configuration in which all is well gets no warning."""
    text = BASE + D1_MINI + SIGNED
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    result = config(tmp_path, text)
    assert result.returncode == 0, result.stdout
    said = [
        line.partition("signed_reading: ")[2]
        for line in result.stdout.splitlines()
        if "WARNING signed_reading" in line
    ]
    assert len(said) == (0 if warning is None else 1)
    assert warning is None or warning in said[0]


def test_the_documented_use_is_valid(tmp_path: Path) -> None:
    """What a reader copies into a configuration of their own works."""
    page = (ROOT / "docs" / "signed_reading.md").read_text()
    example = page.split("```yaml\n")[1].split("```")[0]
    assert "signed_reading:" in example
    # The same component, without the network.
    start, end = example.index("      type: git"), example.index("    components:")
    components = tmp_path / "components"
    shutil.copytree(CONFIGS / "components", components)
    local = f"      type: local\n      path: {components}\n"
    board = "esphome: {name: mine}\nesp8266: {board: d1_mini}\nlogger:\n"
    network = "wifi: {ssid: network, password: password1}\n"
    key = "ZXhhbXBsZSBrZXksIGRvIG5vdCB1c2UgaXQhIDAwMDE="
    example = f"{example[:start]}{local}{example[end:]}"
    result = config(tmp_path, board + network + example.replace("!secret api_key", key))
    assert result.returncode == 0, result.stdout
    assert "WARNING" not in result.stdout
