"""The page, and a reader who knows the hash of a block."""

import json
from threading import Event
from typing import Any

from .page import CORPUS, VerifierPage
from .test_chain import CASES, made_up

_KNOWN, _ANOTHER = json.loads((CORPUS / "known_blocks.json").read_text())[:2]
_LABEL = "Or compare with the hash of its block"


def test_who_knows_the_block_asks_nobody(page: VerifierPage) -> None:
    page.choose_from_corpus(_KNOWN["receipt"])
    assert page.verdict == "unchecked"
    assert page.steps["in_block"] == "passed"
    assert "known_block" not in page.steps
    field = page.page.get_by_label(_LABEL)
    field.fill(_KNOWN["block_hash"])
    page.page.locator("[data-verdict=anchored]").wait_for()
    assert page.steps["known_block"] == "passed"
    assert page.steps["on_chain"] == "open"
    assert "Given that the block you named is part of eip155:31337" in page.said
    assert "existed, exactly as shown here, no later than" in page.said
    assert page.violations() == []

    field.fill("")
    page.page.locator("[data-verdict=unchecked]").wait_for()
    assert "known_block" not in page.steps
    assert page.hosts == set()


def test_another_block_shows_nothing(page: VerifierPage) -> None:
    page.choose_from_corpus(_ANOTHER["receipt"])
    page.page.get_by_label(_LABEL).fill(_ANOTHER["block_hash"])
    page.page.locator("[data-step=known_block]").wait_for()
    assert page.verdict == "unchecked"
    assert page.steps["known_block"] == "skipped"
    assert "You named another block." in page.step("known_block")


def test_another_block_than_the_one_that_a_node_confirms(page: VerifierPage) -> None:
    page.choose_from_corpus(_ANOTHER["receipt"])
    page.page.get_by_label(_LABEL).fill(_ANOTHER["block_hash"])
    page.page.locator("[data-step=known_block]").wait_for()
    with made_up(CASES["proven"]["answers"]) as (url, _):
        page.ask(url)
    assert page.verdict == "unchecked"
    assert page.steps["on_chain"] == "passed"
    page.page.get_by_role("heading", name="Not the block that you named").wait_for()
    assert "The chain confirms that, but you named another block" in page.said
    status = page.page.get_by_role("status").first
    assert "Not the block that you named." in status.inner_text()
    for untrue in ("Not yet checked", "only a claim", "could not be asked"):
        assert untrue not in page.said


def test_what_is_no_hash_is_said_to_be_none(page: VerifierPage) -> None:
    page.choose_from_corpus(_KNOWN["receipt"])
    field = page.page.get_by_label(_LABEL)
    field.fill("38112044")
    wrong = page.page.get_by_text("This is not the hash of a block.")
    assert not wrong.is_visible()
    field.blur()
    wrong.wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    assert page.violations() == []
    field.fill(_KNOWN["block_hash"][2:].upper())
    page.page.locator("[data-verdict=anchored]").wait_for()
    assert not wrong.is_visible()


def test_the_hash_counts_beside_the_endpoints(page: VerifierPage) -> None:
    page.choose_from_corpus(_KNOWN["receipt"])
    page.page.get_by_label(_LABEL).fill(_KNOWN["block_hash"])
    page.page.locator("[data-verdict=anchored]").wait_for()
    with made_up(CASES["honest"]["answers"]) as (url, _):
        page.ask(url)  # of another chain
        assert page.verdict == "unchecked"
        assert page.steps["known_block"] == "passed"
        assert page.steps["on_chain"] == "skipped"
    page.page.get_by_role("button", name="Check offline only").click()
    page.page.locator("[data-verdict=anchored]").wait_for()
    assert page.steps["on_chain"] == "open"


def test_a_hash_that_comes_while_a_node_is_slow_counts(page: VerifierPage) -> None:
    answered = Event()

    class _Slow(dict[str, Any]):
        def __missing__(self, _method: str) -> dict[str, str]:
            answered.wait(60)
            return {"result": "0x1"}  # another chain

    page.choose_from_corpus(_KNOWN["receipt"])
    with made_up(_Slow()) as (url, calls):
        page.page.get_by_label("RPC endpoint").fill(url)
        page.page.get_by_role("button", name="Ask the chain").click()
        page.page.get_by_role("button", name="Asking…").wait_for()
        page.page.get_by_label(_LABEL).fill(_KNOWN["block_hash"])
        page.page.locator("[data-step=known_block]").wait_for()
        answered.set()
        page.page.get_by_role("button", name="Ask the chain").wait_for()
    assert calls
    assert page.steps["known_block"] == "passed"
    assert page.steps["on_chain"] == "skipped"


def test_a_receipt_without_its_block_has_no_use_for_a_hash(page: VerifierPage) -> None:
    page.choose_from_corpus("good/range")
    assert page.page.get_by_label(_LABEL).count() == 0


def test_a_block_that_does_not_hold_the_anchor_is_told_so(page: VerifierPage) -> None:
    page.choose_from_corpus("blocks/of-an-invented-time")
    assert page.verdict == "invalid"
    assert "The block that the receipt carries was made up" in page.step("in_block")
