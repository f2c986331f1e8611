"""The panel and the card in a real Home Assistant, on a desk and on a phone."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
import pytest_socket
from playwright.sync_api import Locator, Page, Route, expect

from scripts.house.browser import Browser
from scripts.house.chain import Anvil
from scripts.house.home_assistant import CONFIGURATION, HomeAssistant
from scripts.house.house import NAME, add_log
from scripts.house.panel_pictures import DASHBOARD, make_dashboard
from scripts.house.waiting import until

from .conftest import PAGES

_AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
_FRIDGE, _CELLAR = "sensor.fridge", "sensor.cellar"
_DASHBOARD = """\
views:
  - title: Cards
    type: sections
    sections:
      - cards:
          - {type: "custom:iot-blockchain-card", entity: sensor.fridge}
          - {type: "custom:iot-blockchain-card", entity: sun.sun, name: The sun}
"""
_DASHBOARDS = """\
lovelace:
  dashboards:
    try-cards:
      mode: yaml
      title: Cards
      filename: cards.yaml
"""

type Open = Callable[..., Page]


class Home:
    """A Home Assistant with a log of two sensors, and its chain."""

    def __init__(self, folder: Path) -> None:
        """Start both; record and anchor a little."""
        self.chain = Anvil(folder, block_time=1)
        self.home = HomeAssistant(
            folder / "home_assistant", configuration=CONFIGURATION + _DASHBOARDS
        )
        self.home.folder.mkdir()
        (self.home.folder / "cards.yaml").write_text(_DASHBOARD)
        self.home.start()
        self.measure("4.2")
        _, address = add_log(
            self.home,
            [self.chain.url],
            {
                "name": "Cold",
                "target": {"entity_id": [_FRIDGE, _CELLAR]},
                "reports": False,
            },
        )
        self.chain.fund(address, ether=0.05)
        recorded = "sensor.corner_pharmacy_recorded_readings"
        until(lambda: self.home.state(recorded) == "2", "recording", seconds=120)
        for state in ("4.4", "unavailable", "4.3"):
            self.measure(state)
        self.anchor()

    def measure(self, state: str) -> None:
        """Let both sensors say something."""
        for entity, name in ((_FRIDGE, "Fridge"), (_CELLAR, "Cellar")):
            attributes = {"friendly_name": name, "unit_of_measurement": "°C"}
            self.home.request(
                "POST",
                f"/api/states/{entity}",
                {"state": state, "attributes": attributes},
            )
        time.sleep(1)

    def anchor(self) -> None:
        """Anchor all of it, until that is final."""
        self.home.action("iot_blockchain", "anchor", {"wait": True}, timeout=120)
        status = "sensor.corner_pharmacy_anchor_status"
        until(lambda: self.home.state(status) == "final", "finality", seconds=120)

    def stop(self) -> None:
        """End both."""
        self.home.stop()
        self.chain.stop()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Start a Home Assistant; two of its readings wait for their anchor."""
    pytest_socket.enable_socket()
    with_log = Home(tmp_path_factory.mktemp("panel"))
    with_log.measure("4.8")
    yield with_log
    with_log.stop()


@pytest.fixture(
    params=[(1280, "light"), (1280, "dark"), (390, "light")], ids=lambda one: f"{one}"
)
def screen(request: pytest.FixtureRequest) -> tuple[int, str]:
    """How wide the screen is, and whether light or dark is wanted."""
    found: tuple[int, str] = request.param
    return found


@pytest.fixture
def opened(home: Home, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Open a page of Home Assistant. It must never say an error of its own."""
    browsers: list[Browser] = []
    errors: list[str] = []
    pages: list[Page] = []
    request.node.stash[PAGES] = pages

    def open_page(path: str, screen: tuple[int, str] = (1280, "light")) -> Page:
        browser = Browser(home.home, width=screen[0], height=900)
        browsers.append(browser)
        page = browser.page
        pages.append(page)
        page.emulate_media(color_scheme="dark" if screen[1] == "dark" else "light")
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(home.home.url + path)
        return page

    yield open_page
    for browser in browsers:
        with closing(browser):
            pass
    assert errors == []


@pytest.fixture
def panel(opened: Open) -> Page:
    """Open the panel on a desk."""
    page = opened("/iot-blockchain")
    _rows(page).first.wait_for()
    return page


def _rows(page: Page) -> Locator:
    return page.locator("iot-blockchain-reading-search tbody tr")


def _verdict(page: Page) -> Locator:
    return page.locator("iot-blockchain-receipt-report [data-verdict]")


def _choose(page: Page, entity: str) -> None:
    page.get_by_label("Entity", exact=True).select_option(entity)
    page.get_by_role("button", name="Show", exact=True).click()
    page.locator("iot-blockchain-readings-chart").get_by_text(entity).first.wait_for()


def test_the_panel_shows_where_the_log_stands(
    opened: Open, screen: tuple[int, str]
) -> None:
    page = opened("/iot-blockchain", screen)
    _rows(page).first.wait_for()
    state = page.locator("iot-blockchain-log-state")
    ago = re.compile("just now|ago")
    for text in (NAME, "2 readings", ago, "Final", "ETH in 24 hours"):
        expect(state.get_by_text(text).first).to_be_visible()
    expect(page.locator("iot-blockchain-anchor-list tbody tr")).to_have_count(1)
    # Nothing is wider than the screen.
    assert page.evaluate("document.documentElement.scrollWidth") <= screen[0]
    for element in (
        "iot-blockchain-log-state",
        "iot-blockchain-reading-search",
        "iot-blockchain-anchor-list",
    ):
        box = page.locator(element).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= screen[0]


def test_nobody_is_kept_out(opened: Open, screen: tuple[int, str]) -> None:
    page = opened("/iot-blockchain", screen)
    _rows(page).first.wait_for()
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.locator("iot-blockchain-panel").evaluate(
        "panel => axe.run(panel, {resultTypes: ['violations']})"
    )
    assert found["passes"]
    assert [
        f"{rule['id']}: {json.dumps([node['target'] for node in rule['nodes']])}"
        for rule in found["violations"]
    ] == []


def test_its_parts_are_home_assistants_own(panel: Page) -> None:
    expect(panel.locator("iot-blockchain-panel ha-card")).to_have_count(3)
    panel.get_by_role("button", name="Receipt of").first.click()
    close = panel.get_by_role("button", name="Close")
    expect(close).to_be_visible()
    for element in ("ha-menu-button", "ha-button", "ha-icon-button"):
        assert panel.locator(f"iot-blockchain-panel {element}:defined").count(), element


def test_the_sidebar_can_be_reached_on_a_phone(opened: Open) -> None:
    page = opened("/iot-blockchain", (390, "light"))
    page.get_by_role("button", name="Sidebar").click()
    expect(page.locator("ha-sidebar").get_by_text("IoT Blockchain")).to_be_in_viewport()


def test_readings_are_found_with_their_lifecycle_and_gaps(panel: Page) -> None:
    _choose(panel, _FRIDGE)
    rows = _rows(panel)
    expect(rows).to_have_count(5)
    expect(rows.nth(0)).to_contain_text("4.8 °C")
    expect(rows.nth(0)).to_contain_text("Pending")
    expect(rows.nth(1)).to_contain_text("Final")
    expect(panel.get_by_text("the state was unavailable")).to_be_visible()


def test_a_time_can_be_named(panel: Page) -> None:
    panel.get_by_label("Time", exact=True).select_option("custom")
    panel.get_by_label("From", exact=True).fill("2020-01-01T00:00")
    panel.get_by_label("To", exact=True).fill("2020-01-02T00:00")
    panel.get_by_role("button", name="Show", exact=True).click()
    expect(panel.get_by_text("holds no reading")).to_be_visible()
    panel.get_by_label("To", exact=True).fill("2019-01-02T00:00")
    panel.get_by_role("button", name="Show", exact=True).click()
    expect(panel.get_by_text("Swap the two")).to_be_visible()


def test_a_receipt_is_verified_in_the_browser(panel: Page, home: Home) -> None:
    asked: list[str] = []
    panel.on("request", lambda request: asked.append(request.url))
    _choose(panel, _FRIDGE)
    _rows(panel).nth(1).get_by_role("button").click()
    expect(_verdict(panel)).to_contain_text("Not yet checked on the chain")
    assert [url for url in asked if not url.startswith((home.home.url, "blob:"))] == []
    panel.get_by_label("RPC endpoint").fill(home.chain.url)
    panel.get_by_role("button", name="Ask the chain").click()
    expect(_verdict(panel)).to_contain_text("no later than")

    panel.get_by_role("button", name="Close").click()
    _rows(panel).nth(0).get_by_role("button").click()
    expect(_verdict(panel)).to_contain_text("Not anchored")


def test_a_receipt_is_downloaded_and_verifies_elsewhere(
    panel: Page, home: Home, tmp_path: Path
) -> None:
    _choose(panel, _FRIDGE)
    panel.get_by_role("button", name="Receipt of this time").click()
    _verdict(panel).wait_for()
    expect(panel.get_by_text("of this time waits for its anchor")).to_be_visible()
    with panel.expect_download() as download:
        panel.get_by_role("button", name="Download").click()
    path = tmp_path / "receipt.json"
    download.value.save_as(path)
    report = home.home.action(
        "iot_blockchain", "verify_receipt", {"receipt": path.read_text()}
    )
    assert report["verdict"] == "anchored"
    assert {one.get("entity") for one in report["readings"]} > {_FRIDGE, _CELLAR}


def test_a_receipt_is_shared(panel: Page, home: Home) -> None:
    # Headless Chromium has nobody to share with: what a phone would get is kept here.
    panel.evaluate(
        """() => {
            navigator.canShare = ({ files }) => files[0].type === "text/plain";
            navigator.share = async ({ files }) => { window.shared = files[0]; };
        }"""
    )
    _choose(panel, _FRIDGE)
    _rows(panel).nth(1).get_by_role("button").click()
    panel.get_by_role("button", name="Share…").click()
    panel.wait_for_function("window.shared")
    assert panel.evaluate("window.shared.name").endswith(".json.txt")
    text = panel.evaluate("window.shared.text()")
    report = home.home.action("iot_blockchain", "verify_receipt", {"receipt": text})
    assert report["verdict"] == "anchored"


def test_evidence_is_downloaded(panel: Page, tmp_path: Path) -> None:
    with panel.expect_download() as download:
        panel.get_by_role("button", name="Evidence as a file").click()
    path = tmp_path / "evidence.zip"
    download.value.save_as(path)
    with ZipFile(path) as archive:
        assert "receipt.json" in archive.namelist()
    expect(panel.get_by_text("begin with README.txt")).to_be_visible()


def test_the_card_shows_how_far_the_last_reading_is(
    opened: Open, screen: tuple[int, str]
) -> None:
    page = opened("/try-cards/0", screen)
    card = page.locator("iot-blockchain-card").first
    expect(card).to_contain_text("Fridge")
    expect(card).to_contain_text("4.8 °C")
    expect(card).to_contain_text("Pending")
    expect(page.locator("iot-blockchain-card").nth(1)).to_contain_text(
        "Is not recorded in any log"
    )
    card.get_by_role("button").click()
    expect(_verdict(page)).to_contain_text("Not anchored")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("iot-blockchain-receipt-dialog")).to_have_count(0)


def test_the_card_is_found_though_its_module_comes_before_home_assistants(
    home: Home,
) -> None:
    with closing(Browser(home.home)) as browser:
        page = browser.page
        held: list[Route] = []
        page.route("**/frontend_latest/app.*.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks functions
        with page.expect_response("**/card.js*"):
            page.goto(home.home.url + "/try-cards/0", wait_until="commit")
        page.wait_for_timeout(3000)  # so that it has run, if it does not wait
        held[0].continue_()
        expect(page.locator("iot-blockchain-card").first).to_contain_text("Fridge")


def test_a_person_adds_the_card_with_the_editor(home: Home) -> None:
    # Not with ``opened``: the editor shows all cards there are, which have errors.
    with closing(Browser(home.home)) as browser:
        page = browser.page
        browser.open("/iot-blockchain")
        page.locator("iot-blockchain-log-state").wait_for()
        make_dashboard(page)
        page.goto(f"{home.home.url}{DASHBOARD}?edit=1")
        page.locator("hui-section .add").first.click()
        page.get_by_text("By card", exact=True).click()
        picker = page.locator("hui-card-picker")
        picker.locator("input").first.fill("Anchored reading")
        # It begins with an entity that is recorded.
        expect(picker.locator("iot-blockchain-card")).to_contain_text("Cellar")
        picker.get_by_text("Anchored reading").first.click(force=True)
        dialog = page.locator("hui-dialog-edit-card")
        expect(dialog.get_by_text("Entity", exact=True)).to_be_visible()
        dialog.locator("ha-selector-text input").fill("Our cellar")
        expect(dialog.locator("iot-blockchain-card")).to_contain_text("Our cellar")
        dialog.get_by_role("button", name="Save").click()
        cards = page.locator("hui-section iot-blockchain-card")
        expect(cards).to_have_count(3)
        expect(cards.nth(2)).to_contain_text("Our cellar")


def test_panel_and_card_follow_what_happens(panel: Page, home: Home) -> None:
    """Last, because it changes what the others look at."""
    _choose(panel, _FRIDGE)
    expect(_rows(panel).nth(0)).to_contain_text("Pending")
    panel.get_by_role("button", name="Anchor now").click()
    expect(_rows(panel).nth(0)).to_contain_text("Final", timeout=60_000)
    expect(panel.locator("iot-blockchain-anchor-list tbody tr")).to_have_count(2)
    panel.goto(home.home.url + "/try-cards/0")
    card = panel.locator("iot-blockchain-card").first
    expect(card).to_contain_text("Final")
    home.measure("9.1")
    expect(card).to_contain_text("9.1 °C")
    expect(card).to_contain_text("Pending")
