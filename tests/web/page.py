"""The verifier's page, as a person uses it."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Request

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "custom_components" / "iot_blockchain" / "www" / "verify.html"
CORPUS = ROOT / "tests" / "corpus"
_AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_PATIENCE_MS = 60_000
_OWN = ("file:", "blob:", "data:")


class VerifierPage:
    """The page, opened from the disk, with all that it asks of the network."""

    def __init__(self, chromium: Browser, **context: Any) -> None:  # noqa: ANN401 - Playwright's
        """Open it."""
        self.asked: list[Request] = []
        self.errors: list[str] = []
        self.context: BrowserContext = chromium.new_context(
            **{
                "viewport": {"width": 1000, "height": 900},
                "timezone_id": "Europe/Berlin",
                "locale": "en-GB",
                **context,
            }
        )
        self.context.on("request", self._note)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(_PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.on("console", self._listen)
        self.page.goto(PAGE.as_uri())

    def _note(self, request: Request) -> None:
        if not request.url.startswith(_OWN):
            self.asked.append(request)

    def _listen(self, message: Any) -> None:  # noqa: ANN401 - Playwright's
        if message.type == "error":
            self.errors.append(message.text)

    @property
    def hosts(self) -> set[str]:
        """Where anything was sent to."""
        return {request.url for request in self.asked}

    def choose(self, *files: Path) -> None:
        """Choose files, and wait until all of the page's receipts are checked."""
        self.page.locator("input[type=file]").set_input_files(files)
        self.wait()

    def choose_from_corpus(self, *names: str) -> None:
        """Choose receipts of the corpus."""
        self.choose(*(CORPUS / "receipts" / f"{name}.json" for name in names))

    def drop(self, files: Sequence[tuple[str, str]]) -> None:
        """Let go of files, each a name and a text, over the page."""
        self.page.evaluate(
            """(files) => {
              const data = new DataTransfer();
              for (const [name, text] of files) data.items.add(new File([text], name));
              const about = {dataTransfer: data, bubbles: true, cancelable: true};
              for (const type of ["dragover", "drop"]) {
                document.body.dispatchEvent(new DragEvent(type, about));
              }
            }""",
            files,
        )
        self.wait()

    def wait(self) -> None:
        """Wait until every receipt has its verdict, and nothing is on its way."""
        self.page.wait_for_function(
            """() => {
              const root = document.querySelector("receipt-verifier").shadowRoot;
              const all = [...root.querySelectorAll("iot-blockchain-receipt-report")];
              const busy = /…$/.test(root.querySelector(".notice").textContent);
              return !busy && all.length > 0
                && all.every((one) => one.shadowRoot?.querySelector("[data-verdict]"));
            }"""
        )

    @property
    def reports(self) -> Locator:
        """The receipts."""
        return self.page.locator("iot-blockchain-receipt-report")

    @property
    def said(self) -> str:
        """All that is written about the receipts."""
        return " ".join(
            self.page.evaluate(
                """() => {
                  const text = (node) => node.nodeType === Node.TEXT_NODE
                    ? node.data
                    : node.tagName === "STYLE"
                      ? ""
                      : [...(node.shadowRoot ?? node).childNodes].map(text).join(" ");
                  const root = document.querySelector("receipt-verifier").shadowRoot;
                  const name = "iot-blockchain-receipt-report";
                  const reports = [...root.querySelectorAll(name)];
                  return reports.map(text).join(" ");
                }"""
            ).split()
        )

    @property
    def verdicts(self) -> list[str]:
        """The verdict of each receipt."""
        found: list[str] = self.page.locator(
            "iot-blockchain-receipt-report [data-verdict]"
        ).evaluate_all("all => all.map(one => one.dataset.verdict)")
        return found

    @property
    def verdict(self) -> str:
        """The verdict of the only receipt."""
        (verdict,) = self.verdicts
        return verdict

    @property
    def steps(self) -> dict[str, str]:
        """How each step of the only receipt went; those that are open too."""
        (steps,) = self.all_steps
        return steps

    @property
    def all_steps(self) -> list[dict[str, str]]:
        """The steps of each receipt."""
        found: list[dict[str, str]] = self.page.locator(
            "iot-blockchain-receipt-steps"
        ).evaluate_all(
            """all => all.map(one => Object.fromEntries(
              [...one.shadowRoot.querySelectorAll("li")].map(
                step => [step.dataset.step, step.dataset.result])))"""
        )
        return found

    def step(self, name: str) -> str:
        """Return what is said of a step."""
        return self.page.locator(f"[data-step={name}]").inner_text()

    def ask(self, *urls: str) -> None:
        """Name the endpoints of the only chain, and ask them."""
        fields = self.page.locator("iot-blockchain-endpoint-choice input")
        for place, url in enumerate(urls):
            fields.nth(place).fill(url)
        self.page.get_by_role("button", name="Ask the chain").click()
        self.wait()

    def pages(self, paper: str = "A4") -> int:
        """Print, and count the sheets."""
        printed = self.page.pdf(format=paper)
        return len(re.findall(rb"/Type\s*/Page\b", printed))

    def violations(self) -> list[str]:
        """Let axe look for what keeps people out."""
        self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {json.dumps([node['target'] for node in rule['nodes']])}"
            for rule in found["violations"]
        ]

    def close(self) -> None:
        """Close the page."""
        with suppress(Error):
            self.context.close()
