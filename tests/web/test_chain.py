"""The page asks a chain: one that is made up, one that is real, and none."""

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import pytest_socket

from scripts.house.chain import Anvil
from tests.unit.chain.house import house_with_readings, opened as client_of

from .page import CORPUS, VerifierPage

CASES: dict[str, Any] = {
    case["name"]: case
    for case in json.loads((CORPUS / "endpoints.json").read_text(encoding="utf-8"))
}

type Calls = list[dict[str, Any]]


@contextmanager
def made_up(answers: dict[str, Any]) -> Iterator[tuple[str, Calls]]:
    """Serve the answers of a made-up endpoint of the corpus."""
    calls: Calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            self._head(204, b"")

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            call = json.loads(self.rfile.read(length))
            calls.append({"headers": dict(self.headers), **call})
            method = call["method"]
            about = " ".join([method, *map(str, call["params"][:1])])
            answer = {
                "jsonrpc": "2.0",
                "id": call["id"],
                **(answers.get(about) or answers[method]),
            }
            self._head(200, json.dumps(answer).encode())

        def _head(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "*")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", calls
    finally:
        server.shutdown()
        server.server_close()


def test_the_endpoint_of_the_chain_is_suggested_and_can_be_changed(
    page: VerifierPage,
) -> None:
    page.choose_from_corpus("good/range")
    field = page.page.get_by_label("RPC endpoint")
    assert field.input_value() == "https://sepolia.base.org"
    assert page.page.get_by_text("Base Sepolia (eip155:84532)").first.is_visible()
    with made_up(CASES["honest"]["answers"]) as (url, calls):
        page.ask(url)
        assert page.verdict == "anchored"
        assert page.hosts == {f"{url}/"}
    assert [call["method"] for call in calls] == [
        "eth_chainId",
        "eth_getTransactionReceipt",
        "eth_getBlockByNumber",
        "eth_getBlockByNumber",
    ]
    assert all("Referer" not in call["headers"] for call in calls)
    assert f"says {url.removeprefix('http://')}. Its block is final" in page.step(
        "on_chain"
    )
    assert "existed, exactly as shown here, no later than 2026-11-21 12:00:00 UTC" in (
        page.said
    )
    assert "Nothing between them was left out." in page.said
    assert (
        page.page.locator("iot-blockchain-readings-chart .screen .anchor").count() == 2
    )
    assert "Anchored, 2026-11-21 12:00:00 UTC" in page.said


def test_who_asked_can_go_back_to_what_holds_without_the_chain(
    page: VerifierPage,
) -> None:
    page.choose_from_corpus("good/range")
    offline = page.page.get_by_role("button", name="Check offline only")
    assert offline.is_disabled()
    with made_up(CASES["another-root"]["answers"]) as (url, _):
        page.ask(url)
        assert page.verdict == "invalid"
        said = page.step("on_chain")
        assert "does not hold this anchor" in said
        assert "Ask the sender to make the receipt again" in said
        asked = len(page.asked)
        offline.click()
        page.wait()
    assert page.verdict == "unchecked"
    assert page.steps["on_chain"] == "open"
    assert len(page.asked) == asked


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("another-chain", "it serves the chain eip155:1, not eip155:84532"),
        ("refuses", "it refuses: the method is not available"),
        ("events-null", "it answers without sense"),
    ],
)
def test_an_endpoint_that_cannot_answer_is_said_to_be_none(
    page: VerifierPage, name: str, said: str
) -> None:
    page.choose_from_corpus("good/range")
    with made_up(CASES[name]["answers"]) as (url, _):
        page.ask(url)
    assert page.verdict == "unchecked"
    assert "Not every endpoint that was asked confirmed that" in page.said
    assert page.steps["on_chain"] == "skipped"
    assert said in page.step("on_chain")
    assert "the anchor is only a claim" in page.step("on_chain")


def test_nobody_is_there(page: VerifierPage) -> None:
    page.choose_from_corpus("good/range")
    page.ask("http://127.0.0.1:9")
    assert page.verdict == "unchecked"
    assert "nothing answers there, or nothing that lets web pages ask" in page.step(
        "on_chain"
    )
    page.errors.clear()  # the browser itself tells its console that nobody answered


def test_two_endpoints_must_agree(page: VerifierPage) -> None:
    page.choose_from_corpus("good/range")
    with (
        made_up(CASES["honest"]["answers"]) as (honest, _),
        made_up(CASES["no-transaction"]["answers"]) as (other, _),
    ):
        page.ask(honest, other)
        assert page.verdict == "invalid"
        assert "The endpoints contradict each other" in page.step("on_chain")
        page.ask(honest, honest)
        assert page.verdict == "anchored"


def test_what_is_no_address_is_not_asked(page: VerifierPage) -> None:
    page.choose_from_corpus("good/chain-999999999999999")
    field = page.page.get_by_label("RPC endpoint")
    assert field.input_value() == ""
    button = page.page.get_by_role("button", name="Ask the chain")
    for text in ("", "file:///etc/passwd", "javascript:alert(1)", "sepolia.base.org"):
        field.fill(text)
        button.click()
        page.page.get_by_text("This is not the address of an endpoint").wait_for()
        focused = "() => document.querySelector('receipt-verifier').shadowRoot"
        assert page.page.evaluate(
            f"({focused})().querySelector('iot-blockchain-endpoint-choice').shadowRoot.activeElement.id"
        ).startswith("endpoint-0-0")
    assert page.hosts == set()


def test_the_browser_lets_nothing_else_out(page: VerifierPage) -> None:
    with made_up({}) as (url, calls):
        page.page.evaluate(
            """(url) => {
              const add = (name, more) =>
                document.body.append(Object.assign(document.createElement(name), more));
              add("img", {src: `${url}/image`});
              add("script", {src: `${url}/script`});
              add("link", {rel: "stylesheet", href: `${url}/style`});
              add("iframe", {src: `${url}/frame`});
              add("script", {textContent: `window.injected = true`});
              const form = document.createElement("form");
              Object.assign(form, {action: `${url}/form`, method: "post"});
              document.body.append(form);
              form.submit();
            }""",
            url,
        )
        while len(page.errors) < 6:  # one for each of these
            page.page.wait_for_event("console")
        assert calls == []
    assert page.page.evaluate("window.injected") is None
    assert all("Content Security Policy" in error for error in page.errors)
    page.errors.clear()


@pytest.fixture(scope="module")
def anvil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Anvil]:
    """Start a real chain."""
    pytest_socket.enable_socket()
    chain = Anvil(tmp_path_factory.mktemp("chain"))
    yield chain
    chain.stop()


def _receipt(anvil: Anvil, folder: Path) -> str:
    """Anchor ten readings, and make the receipt of three of them."""

    async def make() -> str:
        async with (
            client_of(anvil.url) as client,
            house_with_readings(anvil, client, folder) as house,
        ):
            await house.anchor()
            return json.dumps(house.receipt(4, 7).to_json())

    return _elsewhere(lambda: asyncio.run(make()))


def _elsewhere[T](work: Callable[[], T]) -> T:
    """Work in another thread: in this one, Playwright's event loop is running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def test_a_real_chain_confirms_a_real_receipt(
    page: VerifierPage, anvil: Anvil, tmp_path: Path
) -> None:
    text = _receipt(anvil, tmp_path)
    page.drop([("real.json", text)])
    page.ask(anvil.url)
    assert page.verdict == "anchored"
    assert "recent: it becomes final" in page.step("on_chain")
    anvil.mine(5)
    page.ask(anvil.url)
    assert "Its block is final" in page.step("on_chain")

    anchor = json.loads(text)["anchor"]
    forged = text.replace(anchor["transaction"], anchor["block_hash"])
    page.drop([("forged.json", forged)])
    page.ask(anvil.url)
    assert page.verdicts == ["anchored", "invalid"]
