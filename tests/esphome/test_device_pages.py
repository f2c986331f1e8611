"""What docs/devices tells a home owner is what the configurations do."""

import re
from pathlib import Path

import pytest

from scripts.house.device import HOST_CONFIGS, ROOT
from tests.esphome.configurations import DEVICES, Validate, esphome

OVERVIEW = ROOT / "docs" / "devices.md"
PAGES = ROOT / "docs" / "devices"

BOARD = "esphome:\n  name: mine\nesp8266:\n  board: d1_mini\nwifi:\n  ap:\n"


def page_of(name: str) -> Path:
    """Find the page of a device, of which one has two kinds of sensors."""
    return PAGES / f"{name.removesuffix('.yaml').removesuffix('_sds011')}.md"


@pytest.mark.parametrize("name", DEVICES)
def test_the_overview_leads_to_each_device(name: str) -> None:
    """By its configuration, and with a page of its own that names it."""
    overview = OVERVIEW.read_text()
    assert f"`{name}`" in overview
    assert f"(devices/{page_of(name).name})" in overview
    assert f"`{name}`" in page_of(name).read_text()


@pytest.mark.parametrize("name", DEVICES)
def test_a_device_is_wired_as_it_is_configured(validated: Validate, name: str) -> None:
    """Each pin of the configuration is in a table of the page, and no other."""
    rows = re.findall(r"^\|.*\|$", page_of(name).read_text(), re.MULTILINE)
    wired = set(re.findall(r"\(GPIO(\d+)\)", "\n".join(rows)))
    assert wired == set(re.findall(r"^ +number: (\d+)$", validated(name), re.MULTILINE))


@pytest.mark.parametrize("name", DEVICES)
def test_the_overview_names_what_is_signed(validated: Validate, name: str) -> None:
    """As Home Assistant names it: after the device and the entity."""
    told = validated(name)
    (signed,) = re.findall(
        r"^signed_reading:\n  sensors:\n((?:    .*\n)+)", told, re.MULTILINE
    )
    (device,) = re.findall(r"^  friendly_name: (.+)$", told, re.MULTILINE)
    for entity_id in re.findall(r"- id: (\w+)", signed):
        (entity,) = re.findall(
            rf"^ +id: {entity_id}\n +name: (.+)$", told, re.MULTILINE
        )
        slug = re.sub(r"\W", "_", f"{device} {entity}".lower())
        assert re.search(rf"`(binary_)?sensor\.{slug}`", OVERVIEW.read_text()), slug


@pytest.mark.parametrize("name", DEVICES)
def test_a_host_device_is_where_its_page_says(name: str) -> None:
    """Its port is in the table."""
    (port,) = re.findall(r'api_port: "(\d+)"', (HOST_CONFIGS / name).read_text())
    (row,) = re.findall(
        rf"^\| .*`{name.removesuffix('.yaml')}`.* \| (\d+) \|",
        (PAGES / "host.md").read_text(),
        re.MULTILINE,
    )
    assert row == port


def test_a_second_device_of_a_kind_is_valid(configs: Path, tmp_path: Path) -> None:
    """With a name, a key and a network of its own, as the overview says."""
    (change,) = (
        block
        for block in re.findall(r"```yaml\n(.*?)```", OVERVIEW.read_text(), re.DOTALL)
        if "freezer_api_key" in block
    )
    settings, names = change.split("\n\n")
    fridge = (configs / "fridge.yaml").read_text()
    packages = fridge[fridge.index("packages:") :]
    (configs / "freezer.yaml").write_text(f"{settings}\n\n{packages}\n{names}")
    with (configs / "secrets.yaml").open("a") as secrets:
        secrets.write(
            'freezer_api_key: "ZXhhbXBsZSBrZXksIGRvIG5vdCB1c2UgaXQhIDAwMDg="\n'
        )
    result = esphome("config", configs / "freezer.yaml", data=tmp_path / "data")
    assert result.returncode == 0, result.stdout
    assert "\n  name: freezer\n  friendly_name: Freezer\n" in result.stdout
    assert "ssid: \\033[8mFreezer fallback" in result.stdout


@pytest.mark.parametrize(
    ("page", "component"),
    [("barcode_scanner.md", "barcode_scanner"), ("tracker.md", "gnss_fix")],
)
def test_the_documented_use_of_a_component_is_valid(
    configs: Path, tmp_path: Path, page: str, component: str
) -> None:
    """What a reader copies into a configuration of their own works."""
    (example,) = (
        block
        for block in re.findall(
            r"```yaml\n(.*?)```", (PAGES / page).read_text(), re.DOTALL
        )
        if f"platform: {component}" in block
    )
    source, subfolder = re.findall(r"url: (\S+).*\n +path: (\S+)", example)[0]
    assert (ROOT / subfolder / component / "text_sensor.py").is_file()
    # The same component, without the network.
    example = example.replace("type: git", "type: local")
    example = re.sub(rf" +url: {source}.*\n", "", example)
    example = example.replace(f"path: {subfolder}", "path: components")
    api = "" if "\napi:" in example else "\napi:\n"
    config = configs / "mine.yaml"
    config.write_text(BOARD + example + api)
    result = esphome("config", config, data=tmp_path / "data")
    assert result.returncode == 0, result.stdout
