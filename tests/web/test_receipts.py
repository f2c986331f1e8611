"""Receipts in, verdicts out. Nothing leaves the browser."""

import json
from collections.abc import Iterator, Sequence
from itertools import batched
from pathlib import Path
from typing import Any

import pytest

from .page import CORPUS, VerifierPage

EXPECTED: dict[str, Any] = json.loads((CORPUS / "expected.json").read_text())


LOG_ID = "b618676e7d8d5e9434f788ca6db411b7587dd130bf5c258313610a4d579e9ca7"


@pytest.fixture(autouse=True)
def _nothing_leaves(page: VerifierPage) -> Iterator[None]:
    yield
    assert page.hosts == set()


def text_of(name: str) -> str:
    return (CORPUS / "receipts" / f"{name}.json").read_text(encoding="utf-8")


def test_a_receipt_is_dropped_and_its_steps_appear(page: VerifierPage) -> None:
    page.drop([("fridge.json", text_of("good/whole-log"))])
    assert page.verdict == "unchecked"
    assert page.steps == {
        "format": "passed",
        "signed": "passed",
        "in_log": "passed",
        "anchor": "passed",
        "on_chain": "open",
    }
    assert "with nothing left out of a log of 31 entries" in page.step("in_log")
    assert "nobody was asked yet" in page.step("on_chain")
    report = page.reports
    assert report.get_by_text("that is only a claim").is_visible()
    assert "21 Nov 2026, 13:00:00 CET" in page.said
    assert "2026-11-21 12:00:00 UTC" in page.said
    assert report.get_by_text("is a test network, which can be shut down").is_visible()


def test_the_readings_are_shown_as_a_chart_and_as_a_table(page: VerifierPage) -> None:
    page.choose_from_corpus("good/whole-log")
    charts = page.page.locator("iot-blockchain-readings-chart .screen svg")
    labels = [chart.get_attribute("aria-label") or "" for chart in charts.all()]
    assert [label.partition(":")[0] for label in labels] == [
        "Chart of sensor.fridge_temperature",
        "Chart of binary_sensor.fridge_door",
        "Chart of sensor.scanner",
    ]
    assert labels[0].endswith(": 22 readings, from 3.9 to 6.1 °C, with 2 gaps.")
    assert charts.first.locator(".gap").count() == 3  # two of the sensor, one stop
    assert "Gap: the state was unavailable or unknown" in page.said
    rows = page.page.locator("iot-blockchain-readings-table tbody tr")
    assert rows.count() == 31
    assert " ".join(rows.nth(2).inner_text().split()) == (
        "2 21 Nov 2026, 09:00:01 CET 2026-11-21 08:00:01 UTC"
        " sensor.fridge_temperature 4.1 °C"
    )
    assert "act" in rows.nth(0).inner_text()


def test_an_unanchored_receipt_is_never_called_anchored(page: VerifierPage) -> None:
    page.choose_from_corpus("good/not-anchored")
    assert page.verdict == "not_anchored"
    assert page.steps["anchor"] == "skipped"
    assert "on_chain" not in page.steps
    text = page.said
    assert "Not anchored" in text
    assert "its owner could still replace it" in text
    assert page.page.locator("iot-blockchain-endpoint-choice").count() == 0
    assert page.page.locator("iot-blockchain-readings-chart .anchor").count() == 0


def test_a_changed_reading_is_refused_and_says_what_that_means(
    page: VerifierPage,
) -> None:
    page.drop([("fridge.json", text_of("good/range").replace("4.2", "2.4"))])
    assert page.verdict == "invalid"
    assert page.steps["in_log"] == "failed"
    assert page.steps["anchor"] == page.steps["on_chain"] == "open"
    said = page.step("in_log")
    assert "They were changed, or the proof belongs to others" in said
    assert "What this means: The log holds something else at this place" in said
    assert "not checked, because a step before it failed" in page.step("anchor")
    # What is refused is not shown, lest somebody take it for shown.
    for part in ("readings-chart", "readings-table", "receipt-facts"):
        assert page.page.locator(f"iot-blockchain-{part}").count() == 0
    assert page.page.locator("iot-blockchain-endpoint-choice").count() == 0


def test_what_is_no_receipt_gets_a_clear_answer(page: VerifierPage) -> None:
    answers = {
        "files/empty": "The file is empty.",
        "files/picture": "This is not a receipt: it is not text in UTF-8.",
        "files/html": "This is not a receipt: it is not JSON",
        "files/zip": "Unpack it, and choose the receipt.json in it.",
        "files/other-json": "This is not a receipt of this product",
        "files/later-format": "Use a newer version of the verifier.",
        "files/deep": "nested too deeply",
        "files/named-twice-last-wrong": "a member stands there twice",
        "files/many-small-values": "too many small values",
    }
    page.choose_from_corpus(*answers)
    assert set(page.verdicts) == {"invalid"}
    steps = page.page.locator("[data-step=format]").all_inner_texts()
    for step, said in zip(steps, answers.values(), strict=True):
        assert said in step
        assert "Unless that says what to do, ask the sender for the original" in step
        assert "Error" not in step


def test_the_proof_of_one_entry_is_told_who_reads_it(page: VerifierPage) -> None:
    for text in ("c2sp.org/tlog-proof@v1\nindex 0\n\n", "c2sp.org/tlog-proof@v1\r\n"):
        page.drop([("receipt.tlog-proof", text)])
        assert page.verdict == "invalid"
        said = page.step("format")
        assert "The command iot-blockchain-verify reads it" in said
        page.page.get_by_role("button", name="Remove").click()
    page.drop([("receipt.json", "c2sp.org/tlog-proof@v10\n")])
    assert "it is not JSON" in page.step("format")


def test_a_file_of_500_mb_is_refused_without_being_read(
    page: VerifierPage, tmp_path: Path
) -> None:
    large = tmp_path / "receipt.json"
    with large.open("wb") as file:
        file.truncate(500 * 2**20)
    page.choose(large)
    assert "too large for a receipt (64 MB at most)" in page.step("format")


def test_the_page_answers_while_the_worst_file_is_checked(
    page: VerifierPage, tmp_path: Path
) -> None:
    hostile = tmp_path / "receipt.json"
    hostile.write_bytes(b'{"a":"' + rb"\u0041\"" * (7 * 2**20) + b'"}')
    page.page.evaluate(
        """() => {
          const listen = Worker.prototype.addEventListener;
          window.released = new Promise((release) => { window.release = release; });
          Worker.prototype.addEventListener = function (type, listener) {
            listen.call(this, type, type !== "message" ? listener : async (event) => {
              window.answered = true;
              await window.released;
              listener(event);
            });
          };
        }"""
    )
    page.page.locator("input[type=file]").set_input_files(hostile)
    page.page.get_by_text("Paste the text of a receipt instead").click()
    page.page.get_by_label("Text of the receipt").wait_for()
    # All of the work is done elsewhere, and its end is not known here yet.
    page.page.wait_for_function("() => window.answered")
    assert page.page.get_by_role("status").inner_text() == "Checking…"
    page.page.evaluate("window.release()")
    page.wait()
    assert "its format is missing" in page.step("format")


def test_what_the_worker_cannot_hold_is_said_so(page: VerifierPage) -> None:
    page.page.evaluate(
        """() => { Worker.prototype.postMessage = function () {
             setTimeout(() => this.dispatchEvent(new Event("error")));
           }; }"""
    )
    page.choose_from_corpus("good/one-reading")
    assert page.verdict == "none"
    assert "That says nothing about the receipt." in page.said
    assert page.page.get_by_role("status").inner_text() == (
        "one-reading.json: Not checked."
    )


def test_a_receipt_can_be_pasted(page: VerifierPage) -> None:
    page.page.get_by_text("Paste the text of a receipt instead").click()
    page.page.get_by_label("Text of the receipt").fill(text_of("good/one-reading"))
    page.page.get_by_role("button", name="Verify").click()
    page.wait()
    assert page.verdict == "unchecked"
    page.page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.body.dispatchEvent(new ClipboardEvent("paste",
            {clipboardData: data, bubbles: true}));
        }""",
        text_of("proofs/value"),
    )
    page.reports.nth(1).wait_for()
    page.wait()
    assert page.verdicts == ["unchecked", "invalid"]


def test_several_receipts_are_listed_and_each_can_be_removed(
    page: VerifierPage,
) -> None:
    page.choose_from_corpus("good/one-reading", "proofs/value", "files/text")
    summary = page.page.get_by_role("navigation", name="Receipts")
    assert [line.split("\n") for line in summary.locator("li").all_inner_texts()] == [
        ["one-reading.json", "Not yet checked on the chain"],
        ["value.json", "Not valid"],
        ["text.json", "Not valid"],
    ]
    status = page.page.get_by_role("status").first
    assert "value.json: Not valid." in status.inner_text()
    page.page.get_by_role("button", name="Remove value.json").click()
    assert page.verdicts == ["unchecked", "invalid"]
    page.page.get_by_role("button", name="Remove text.json").click()
    assert summary.count() == 0


def test_more_files_than_fit_are_left_out_and_counted(page: VerifierPage) -> None:
    page.drop([(f"{number}.json", "{}") for number in range(103)])
    assert page.reports.count() == 100
    status = page.page.get_by_role("status").first
    assert "3 files left out: 100 at a time." in status.inner_text()


def test_a_long_table_is_shown_in_parts(page: VerifierPage) -> None:
    from tests.corpus import log  # noqa: PLC0415 - only here, and it makes a log

    records = [
        log.reading(
            number,
            "sensor.a",
            str(number),
            f"10:{number // 60:02}:{number % 60:02}.000000",
        )
        for number in range(120)
    ]
    page.drop([("long.json", json.dumps(log.of_records(records)))])
    rows = page.page.locator("iot-blockchain-readings-table tbody tr")
    assert rows.count() == 50
    pages = page.page.get_by_role("navigation", name="Pages: Entries of long.json")
    assert "1 to 50 of 120" in pages.inner_text()
    pages.get_by_role("button", name="Next").click()
    pages.get_by_text("51 to 100 of 120").wait_for()
    pages.get_by_role("button", name="Next").click()
    pages.get_by_text("101 to 120 of 120").wait_for()
    assert rows.count() == 20
    assert pages.get_by_role("button", name="Next").is_disabled()


def test_readings_say_whose_word_they_are(page: VerifierPage) -> None:
    page.choose_from_corpus("devices/good-three")
    assert page.steps["device_signed"] == page.steps["device_known"] == "passed"
    rows = page.page.locator("iot-blockchain-readings-table tbody tr")
    assert [row.rpartition("\t")[2] for row in rows.all_inner_texts()] == [
        "device-signed",
        "device-signed",
        "gateway-signed",
        "device-signed",
    ]
    assert "1 reading is the word of the gateway" in page.said


def test_names_from_strangers_are_shown_as_text_and_bounded(
    page: VerifierPage,
) -> None:
    for name in (
        "good/text-html",
        "good/text-right-to-left",
        "good/text-long",
        "signatures/name-html",
        "signatures/name-long",
        "signatures/name-right-to-left",
    ):
        page.choose_from_corpus(name)
        assert page.verdict == "unchecked"
        assert not {"\u202e", "\u2066"} & set(page.said)
        assert len(page.said) < 6_000
        assert (
            page.page.locator("iot-blockchain-receipt-report :is(img, script)").count()
            == 0
        )
        width = page.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 1000
        assert ("<script>alert(" in page.said) is ("html" in name)
        page.page.get_by_role("button", name="Remove").click()


def test_a_clock_that_ran_ahead_of_the_block_is_named(page: VerifierPage) -> None:
    said = "it names a time after that of the block"
    page.choose_from_corpus("good/year-9999")
    assert said in page.said
    page.page.get_by_role("button", name="Remove").click()
    page.choose_from_corpus("good/whole-log")
    assert said not in page.said


def test_the_log_is_compared_with_one_that_is_known(page: VerifierPage) -> None:
    page.choose_from_corpus("good/range")
    field = page.page.get_by_label("Compare with the id or key that you know")
    said = page.page.locator("iot-blockchain-receipt-facts [role=status]")
    assert said.inner_text() == ""
    key = json.loads(text_of("good/range"))["key"]
    for known in (LOG_ID, f"0x{LOG_ID}", f" {key}\n", key.partition("+")[2]):
        field.fill(known)
        assert said.inner_text() == "This is the log that you know."
    for other in (LOG_ID[:-1], LOG_ID.upper(), "corner-pharmacy.iot-blockchain"):
        field.fill(other)
        assert said.inner_text() == "This is another log."


def _batches() -> Iterator[Sequence[str]]:
    yield from batched(EXPECTED, 100, strict=False)


def test_the_page_judges_the_whole_corpus_as_expected(page: VerifierPage) -> None:
    for names in _batches():
        page.page.reload()
        page.choose_from_corpus(*names)
        found = {
            name: {
                "verdict": verdict,
                "steps": {k: v for k, v in steps.items() if v != "open"},
            }
            for name, verdict, steps in zip(
                names, page.verdicts, page.all_steps, strict=True
            )
        }
        expected = {
            name: {key: EXPECTED[name][key] for key in ("verdict", "steps")}
            for name in names
        }
        assert found == expected
