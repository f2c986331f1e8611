"""The panel and the card in a browser, and a Home Assistant that answers when told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, Route

from .page import PAGE

_FILES = PAGE.parent / "panel"
_HOST = "http://house.test"
_HOUSE = """
() => {
  customElements.define("home-assistant", class extends HTMLElement {});
  window.asked = [];
  window.answers = {};
  window.defined = [];
  const define = customElements.define.bind(customElements);
  customElements.define = (name, element) => {
    defined.push(name);
    define(name, element);
  };
  const named = (message) => message.service ?? message.type.split("/").at(-1);
  window.hass = {
    states: {},
    config: { state: "RUNNING" },
    connection: { subscribeMessage: async () => async () => {} },
    hassUrl: (path) => path,
    callWS: async (message) => {
      asked.push(message);
      const answer = answers[named(message)];
      return typeof answer === "function" ? answer(message) : answer;
    },
  };
}
"""


class HousePage:
    """A page with nothing on it, to which the panel or a card is added."""

    def __init__(self, page: Page) -> None:
        """Load the modules that Home Assistant would load."""
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.route(f"{_HOST}/**", self._serve)
        page.goto(f"{_HOST}/")
        page.evaluate(_HOUSE)

    @staticmethod
    def _serve(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name:
            route.fulfill(path=_FILES / name, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><html lang=en><title>House</title>")

    def answer(self, what: str, value: Any) -> None:  # noqa: ANN401 - JSON
        """Say what the house answers to a command or an action."""
        self.page.evaluate(
            "([what, value]) => { answers[what] = value }", [what, value]
        )

    def hold(self, what: str) -> None:
        """Let what asks for something wait, until it is released."""
        self.page.evaluate(
            "what => { answers[what] = () => new Promise(go => { held = go }) }", what
        )

    def release(self, value: Any) -> None:  # noqa: ANN401 - JSON
        """Answer what waits."""
        self.page.evaluate("value => held(value)", value)

    def asked(self, what: str) -> list[dict[str, Any]]:
        """Return the messages of a command, or the data that an action was given."""
        found: list[dict[str, Any]] = self.page.evaluate("asked")
        return [
            one.get("service_data", one)
            for one in found
            if what in {one.get("service"), one["type"].rpartition("/")[2]}
        ]

    @property
    def defined(self) -> list[str]:
        """The names of the elements that were defined."""
        found: list[str] = self.page.evaluate("defined")
        return found

    def add_card(self, entity: str) -> None:
        """Add a card for an entity."""
        self._load("card")
        self.page.evaluate(
            """entity => {
              const card = document.createElement("iot-blockchain-card");
              card.setConfig({ type: "custom:iot-blockchain-card", entity });
              card.hass = hass;
              document.body.append(card);
            }""",
            entity,
        )

    def add_panel(self) -> None:
        """Add the panel."""
        self._load("panel")
        self.page.evaluate(
            """() => {
              const panel = document.createElement("iot-blockchain-panel");
              panel.hass = hass;
              document.body.append(panel);
            }"""
        )

    def _load(self, name: str) -> None:
        self.page.evaluate(f"import('{_HOST}/{name}.js')")


@contextmanager
def house_page(chromium: Browser) -> Iterator[HousePage]:
    """Open such a page. It must never say an error of its own."""
    with chromium.new_context(locale="en-GB", timezone_id="Europe/Berlin") as context:
        house = HousePage(context.new_page())
        yield house
        assert house.errors == []
