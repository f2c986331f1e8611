"""The page for everybody: without a mouse, in the dark, on a phone, and on paper."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from . import crowded
from .conftest import Open
from .page import CORPUS, ROOT, VerifierPage
from .test_chain import made_up

_SHOWN = (
    "good/whole-log",
    "devices/good-three",
    "good/not-anchored",
    "proofs/value",
    "files/text",
)


_FOCUS = """() => {
  let focus = document.activeElement;
  for (let inner; (inner = focus.shadowRoot?.activeElement); ) focus = inner;
  return focus === document.body ? undefined : focus;
}"""


def _in_focus(page: VerifierPage) -> str:
    """Return the words of what has the focus, wherever it is."""
    words: str = page.page.evaluate(
        f"""() => {{
          const focus = ({_FOCUS})();
          const label = focus?.labels?.[0]?.innerText;
          return (focus?.ariaLabel ?? label ?? focus?.innerText ?? "").trim();
        }}"""
    )
    return words


def _has_outline(page: VerifierPage) -> bool:
    shown: bool = page.page.evaluate(
        f"""() => {{
          const focus = ({_FOCUS})();
          const all = [focus, ...(focus.labels ?? [])];
          return all.some((one) => getComputedStyle(one).outlineStyle !== "none");
        }}"""
    )
    return shown


def test_all_is_done_with_the_keyboard(opened: Open) -> None:
    page = opened()
    keyboard = page.page.keyboard
    # Playwright takes choosers from the moment on that somebody listens.
    page.page.on("filechooser", lambda _: None)
    keyboard.press("Tab")
    assert _in_focus(page) == "Choose files"
    assert _has_outline(page)
    with page.page.expect_file_chooser() as chooser:
        keyboard.press("Enter")
    names = ("good/range", "proofs/value")
    chooser.value.set_files([CORPUS / "receipts" / f"{name}.json" for name in names])
    page.wait()
    met = []
    for _ in range(20):
        keyboard.press("Tab")
        if _in_focus(page) == "":
            break
        met.append(_in_focus(page))
        assert _has_outline(page), met
    assert met == [
        "Paste the text of a receipt instead",
        "range.json",
        "value.json",
        "RPC endpoint",
        "A second one, of another operator (optional)",
        "Ask the chain",
        "Remove range.json",
        "Entries of range.json",
        "0xce922519a3c3ecaf9b0986c2449c7680895c15f4b0e9818e994e14a4d28b6aaf",
        "Compare with the id or key that you know",
        "Remove value.json",
    ]
    keyboard.press("Shift+Tab")
    keyboard.press("Space")
    assert page.verdicts == ["unchecked"]


def test_who_listens_is_told(opened: Open) -> None:
    page = opened()
    page.choose_from_corpus("good/one-reading")
    status = page.page.get_by_role("status").first
    assert status.inner_text() == "one-reading.json: Not yet checked on the chain."
    tree = page.page.locator("receipt-verifier").aria_snapshot()
    for heading in (
        'heading "one-reading.json" [level=2]',
        'heading "Not yet checked on the chain" [level=3]',
        'heading "The file is a receipt passed" [level=3]',
        'heading "The chain holds the anchor nobody was asked yet" [level=3]',
    ):
        assert heading in tree
    assert re.search(r'img "Chart of binary_sensor\.fridge_door: 1 reading', tree)
    assert 'columnheader "Position"' in tree


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
def test_nothing_keeps_people_out(opened: Open, scheme: str, width: int) -> None:
    page = opened(color_scheme=scheme, viewport={"width": width, "height": 800})
    assert page.violations() == []
    page.choose_from_corpus(*_SHOWN)
    page.page.get_by_label("RPC endpoint").fill("no endpoint")
    page.page.get_by_role("button", name="Ask the chain").click()
    page.page.get_by_text("This is not the address of an endpoint").wait_for()
    assert page.violations() == []
    # Nothing is wider than the page: nobody has to scroll in two directions.
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_dark_page_is_dark(opened: Open) -> None:
    def brightness(scheme: str) -> int:
        page = opened(color_scheme=scheme)
        page.choose_from_corpus("good/one-reading")
        colour = page.page.locator("iot-blockchain-receipt-report article").evaluate(
            "one => getComputedStyle(one).backgroundColor"
        )
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3])

    assert brightness("light") > 700
    assert brightness("dark") < 150


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_receipt_fits_on_one_page_of_paper(opened: Open, paper: str) -> None:
    page = opened(color_scheme="dark")
    for name in (
        "good/whole-log",
        "devices/good-two-devices",
        "good/text-long",
        "signatures/name-long",
        "proofs/value",
        "earlier/good-all",
    ):
        page.choose_from_corpus(name)
        assert (name, page.pages(paper)) == (name, 1)
        page.page.get_by_role("button", name="Remove").click()
    for count, levels, gaps in ((3, 6, False), (4, 4, True), (8, None, True)):
        found = crowded.several(count, levels=levels, gaps=gaps)
        page.drop([("several.json", json.dumps(found))])
        assert (count, page.pages(paper)) == (count, 1)
        drawn = page.page.locator("iot-blockchain-readings-chart .paper figure").count()
        assert drawn == 2
        left = page.page.locator("iot-blockchain-readings-chart .paper p").inner_text()
        assert left.startswith(f"{count - drawn} more entit")
        page.page.get_by_role("button", name="Remove").click()


def test_paper_shows_few_entities_larger_than_many(opened: Open) -> None:
    page = opened()
    heights = []
    for count in (1, 8):
        page.drop([("several.json", json.dumps(crowded.several(count)))])
        drawn = page.page.locator("iot-blockchain-readings-chart .paper svg")
        # The last one has the scale of time.
        heights.append(int(drawn.last.get_attribute("height") or 0))
        page.page.get_by_role("button", name="Remove").click()
    assert heights[0] > heights[1] > 0


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_receipt_with_everything_fits_on_one_page(opened: Open, paper: str) -> None:
    page = opened()
    found = crowded.everything()
    name = "a-long-name-of-a-file-" * 6 + ".json"
    page.drop([(name, json.dumps(found))])
    assert page.pages(paper) == 1
    assert page.page.locator("iot-blockchain-readings-chart .paper figure").count() == 1

    known = page.page.get_by_label("Or compare with the hash of its block")
    known.fill(found["anchor"]["block_hash"])
    page.page.locator("[data-verdict=anchored]").wait_for()
    assert page.pages(paper) == 1

    known.fill("0x" + "ab" * 32)
    page.page.locator("[data-step=known_block][data-result=skipped]").wait_for()
    with made_up({"eth_chainId": {"result": "0x1"}}) as (url, _):
        page.ask(url, f"{url}/another")
    assert list(page.steps.values()).count("skipped") == 3
    assert page.pages(paper) == 1
    page.page.emulate_media(media="print")
    left = page.page.get_by_text("11 entities in the file")
    assert left.is_visible()


def test_each_receipt_has_a_page_of_paper(opened: Open) -> None:
    page = opened()
    page.choose_from_corpus(*_SHOWN)
    assert page.pages() == len(_SHOWN)


def test_the_code_on_paper_is_read_again(opened: Open, tmp_path: Path) -> None:
    page = opened(color_scheme="dark", device_scale_factor=2)
    page.choose_from_corpus("good/range")
    page.page.emulate_media(media="print")
    code = page.page.locator("iot-blockchain-qr-code")
    code.screenshot(path=tmp_path / "code.png")
    with Image.open(tmp_path / "code.png") as image:
        pixels = image.convert("RGBA")
    read = subprocess.run(
        ["node", "test/read-code.js", str(pixels.width), str(pixels.height)],
        cwd=ROOT / "frontend",
        input=pixels.tobytes(),
        stdout=subprocess.PIPE,
        check=True,
    )
    receipt = json.loads((CORPUS / "receipts" / "good" / "range.json").read_bytes())
    assert json.loads(read.stdout) == {
        "checkpoint": receipt["checkpoint"],
        "anchor": receipt["anchor"],
    }
