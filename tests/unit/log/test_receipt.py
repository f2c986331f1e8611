"""Receipts, and what can be checked of them without a chain."""

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.log import checkpoint, entry, receipt as module
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.entry import Reading
from custom_components.iot_blockchain.log.members import ReceiptError
from custom_components.iot_blockchain.log.note import Signer
from custom_components.iot_blockchain.log.receipt import (
    FORMAT,
    Anchor,
    BlockProof,
    Receipt,
)
from custom_components.iot_blockchain.log.verification import (
    Report,
    Result,
    Step,
    Verdict,
    verify_offline,
)

from . import reference

type Json = dict[str, Any]

SIGNER = Signer("home.iot-blockchain/" + "ab" * 32, bytes(range(32)))
TIME = datetime(2026, 11, 20, 10, 22, 1, tzinfo=UTC)
ENTRIES = [
    entry.encode(Reading("sensor.fridge", f"{number}.5", TIME, "°C"))
    for number in range(11)
]
LEAVES = [reference.hash_leaf(data) for data in ENTRIES]
ROOT = reference.mth(LEAVES)
NOTE = checkpoint.sign(Checkpoint(SIGNER.verifier_key.name, len(ENTRIES), ROOT), SIGNER)
ANCHOR = Anchor(
    chain="eip155:8453",
    contract="0x" + "Ab" * 20,
    creator="0x" + "cD" * 20,
    log=bytes(range(32)),
    number=3,
    size=len(ENTRIES),
    root=ROOT,
    block_number=17,
    block_hash=bytes(32),
    block_time=1_790_000_000,
    transaction=bytes(range(1, 33)),
)


def receipt(first: int, stop: int, anchor: Anchor | None = None) -> Receipt:
    return Receipt(
        first=first,
        entries=ENTRIES[first:stop],
        proof=reference.range_path(first, stop, LEAVES),
        checkpoint=NOTE,
        key=str(SIGNER.verifier_key),
        anchor=anchor,
    )


def as_json(anchor: Anchor | None = ANCHOR) -> Json:
    return receipt(3, 5, anchor).to_json()


def results(report: Report) -> list[tuple[str, Result]]:
    return [(step.name, step.result) for step in report.steps]


PASSED = [
    ("format", Result.PASSED),
    ("signed", Result.PASSED),
    ("in_log", Result.PASSED),
]


@pytest.mark.parametrize("anchor", [None, ANCHOR])
def test_a_receipt_is_read_as_it_is_written(anchor: Anchor | None) -> None:
    made = receipt(3, 5, anchor)
    text = json.dumps(made.to_json(), indent=2)
    for form in (made.to_json(), text, text.encode(), orjson.dumps(made.to_json())):
        assert Receipt.from_json(form) == made


BLOCK = BlockProof(header=b"\xc0", index=7, proof=[b"\x01", bytes(300)])
BLOCK_JSON = {"header": "0xc0", "index": 7, "proof": ["0x01", "0x" + "00" * 300]}


def with_block(**other: object) -> Json:
    made = replace(receipt(3, 5, ANCHOR), block=BLOCK)
    value = made.to_json()
    return {**value, "block": {**value["block"], **other}}


def test_a_receipt_with_a_block_is_of_its_own_format() -> None:
    made = replace(receipt(3, 5, ANCHOR), block=BLOCK, credentials=[])
    assert made.to_json() == {
        **as_json(),
        "format": "iot-blockchain-receipt/3",
        "credentials": [],
        "block": BLOCK_JSON,
        "earlier": [],
    }
    for form in (made.to_json(), json.dumps(made.to_json())):
        assert Receipt.from_json(form) == made
    without = {**made.to_json(), "block": None}
    assert Receipt.from_json(without) == replace(made, block=None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"header": "0x"},
        {"header": "c0"},
        {"header": "0xC0"},
        {"header": "0xc"},
        {"header": "0xc0\n"},
        {"header": "0x" + "00" * 8193},
        {"header": None},
        {"index": -1},
        {"index": 2**53},
        {"index": "7"},
        {"index": True},
        {"proof": None},
        {"proof": ["0x"]},
        {"proof": [1]},
        {"proof": ["0x00"] * 17},
        {"proof": ["0x" + "00" * 65_537]},
        {"more": 1},
    ],
)
def test_a_block_of_another_form_is_refused(wrong: Json) -> None:
    with pytest.raises(ReceiptError):
        Receipt.from_json(with_block(**wrong))


def test_a_block_of_the_largest_form_is_read() -> None:
    largest = {"header": "0x" + "00" * 8192, "proof": ["0x" + "00" * 65_536] * 16}
    assert Receipt.from_json(json.dumps(with_block(**largest))).block is not None
    assert Receipt.from_json(with_block(proof=[])).block is not None


@pytest.mark.parametrize("name", ["header", "index", "proof"])
def test_a_block_lacks_nothing_and_names_nothing_twice(name: str) -> None:
    value = with_block()
    del value["block"][name]
    with pytest.raises(ReceiptError, match=f"The block lacks {name}"):
        Receipt.from_json(value)
    text = json.dumps(with_block())
    twice = text.replace(f'"{name}":', f'"{name}": 0, "{name}":')
    assert twice != text
    assert verify_offline(twice).verdict is Verdict.INVALID


def test_a_block_stands_only_in_its_format_and_with_an_anchor() -> None:
    refused: list[Json] = [
        {"format": FORMAT},
        {"format": "iot-blockchain-receipt/2"},
        {"anchor": None},
        {"block": []},
        {"block": "0x"},
    ]
    for wrong in refused:
        with pytest.raises(ReceiptError):
            Receipt.from_json({**with_block(), **wrong})
    lacking = with_block()
    del lacking["block"]
    with pytest.raises(ReceiptError, match="lacks block"):
        Receipt.from_json(lacking)


def test_the_json_of_a_receipt_is_as_specified() -> None:
    assert as_json() == {
        "format": "iot-blockchain-receipt/1",
        "first": 3,
        "entries": [data.decode() for data in ENTRIES[3:5]],
        "proof": [
            "0x" + element.hex() for element in reference.range_path(3, 5, LEAVES)
        ],
        "checkpoint": NOTE,
        "key": str(SIGNER.verifier_key),
        "anchor": {
            "chain": "eip155:8453",
            "contract": "0x" + "Ab" * 20,
            "creator": "0x" + "cD" * 20,
            "log": "0x" + bytes(range(32)).hex(),
            "number": 3,
            "size": 11,
            "root": "0x" + ROOT.hex(),
            "block_number": 17,
            "block_hash": "0x" + "00" * 32,
            "block_time": 1_790_000_000,
            "transaction": "0x" + bytes(range(1, 33)).hex(),
        },
    }
    assert as_json(None)["anchor"] is None


MEMBERS = sorted(as_json())
ANCHOR_MEMBERS = sorted(as_json()["anchor"])
# None of these is right for any member, but None itself for the anchor.
WRONG = [None, True, 1.5, -1, 2**53, "", "0x", [], [1], [None], {}, {"a": 1}]


@pytest.mark.parametrize("name", MEMBERS)
def test_a_receipt_without_one_of_its_members_is_refused(name: str) -> None:
    value = as_json()
    del value[name]
    with pytest.raises(ReceiptError, match=r"lacks|its format is missing"):
        Receipt.from_json(value)


@pytest.mark.parametrize("name", ANCHOR_MEMBERS)
def test_an_anchor_without_one_of_its_members_is_refused(name: str) -> None:
    value = as_json()
    del value["anchor"][name]
    with pytest.raises(ReceiptError, match=f"The anchor lacks {name}"):
        Receipt.from_json(value)


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_of_the_wrong_kind_is_not_accepted(name: str, wrong: object) -> None:
    if name == "anchor" and wrong is None:
        return  # not anchored: tested elsewhere
    value = {**as_json(), name: wrong}
    if name == "proof" and wrong == []:
        # A list of no elements is a proof of the right form, and the wrong one.
        assert verify_offline(value).verdict is Verdict.INVALID
        return
    if name in {"checkpoint", "key"} and isinstance(wrong, str):
        assert results(verify_offline(value))[-1] == ("signed", Result.FAILED)
        return
    with pytest.raises(ReceiptError):
        Receipt.from_json(value)
    assert results(verify_offline(value)) == [("format", Result.FAILED)]


@pytest.mark.parametrize("wrong", [*WRONG, "1", "eip155:0", "0xg"], ids=repr)
@pytest.mark.parametrize("name", ANCHOR_MEMBERS)
def test_a_member_of_the_anchor_of_the_wrong_kind_is_refused(
    name: str, wrong: object
) -> None:
    value = as_json()
    value["anchor"][name] = wrong
    with pytest.raises(ReceiptError):
        Receipt.from_json(value)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("chain", "eip155:01"),
        ("chain", "eip155:1 "),
        ("chain", "eip155:\u0661"),
        ("chain", "eip155:12345678901234567"),
        ("chain", "solana:1"),
        ("contract", "0x" + "ab" * 19),
        ("contract", "0x" + "ab" * 21),
        ("contract", "ab" * 20),
        ("creator", "0X" + "ab" * 20),
        ("creator", "0x" + "ag" * 20),
        ("log", "0x" + "AB" * 32),
        ("log", "ab" * 32),
        ("root", "0x" + "ab" * 31),
        ("block_hash", "0x" + "ab" * 33),
        ("transaction", "0x" + "ab" * 32 + "\n"),
        ("number", 1.0),
        ("size", "11"),
    ],
)
def test_malformed_members_of_the_anchor_are_refused(name: str, wrong: object) -> None:
    value = as_json()
    value["anchor"][name] = wrong
    with pytest.raises(ReceiptError):
        Receipt.from_json(value)


def test_members_that_do_not_belong_there_are_refused() -> None:
    value = as_json()
    with pytest.raises(ReceiptError, match="The receipt has members that do not"):
        Receipt.from_json({**value, "comment": "trust me"})
    value["anchor"]["comment"] = "trust me"
    with pytest.raises(ReceiptError, match="The anchor has members that do not"):
        Receipt.from_json(value)


def test_a_later_format_asks_for_a_newer_verifier() -> None:
    value = {**as_json(), "format": "iot-blockchain-receipt/4", "more": 1}
    with pytest.raises(ReceiptError, match=r"receipt/4'\)\. Use a newer version"):
        Receipt.from_json(value)
    long = {"format": "iot-blockchain-receipt/" + "9" * 10_000}
    with pytest.raises(ReceiptError) as raised:
        Receipt.from_json(long)
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        1.5,
        True,
        [],
        {},
        b"",
        "",
        " ",
        "null",
        "[]",
        "{",
        "{}",
        "not a receipt",
        b"\xff\xfe",
        "\ud800",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"format":"iot-blockchain-receipt/1"}',
        bytearray(b"{}"),
        {"format": "some-other-format/1"},
        {"format": "\ud800"},
        {1: 2},
        {"format": FORMAT, 1: 2},
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_receipt_is_refused(value: object) -> None:
    with pytest.raises(ReceiptError):
        Receipt.from_json(value)
    report = verify_offline(value)
    assert results(report) == [("format", Result.FAILED)]
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize("kind", [str, bytes])
def test_a_file_that_is_too_large_is_not_parsed(
    kind: type[str | bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(as_json())
    value = text if kind is str else text.encode()
    monkeypatch.setattr(module, "MAX_BYTES", len(value))
    Receipt.from_json(value)
    monkeypatch.setattr(module, "MAX_BYTES", len(value) - 1)
    with pytest.raises(ReceiptError, match="too large"):
        Receipt.from_json(value)


def with_credentials(*credentials: object) -> Json:
    return {
        **as_json(),
        "format": "iot-blockchain-receipt/2",
        "credentials": list(credentials),
    }


@pytest.mark.parametrize(
    "credentials", [[], ["a.b.c"], ["x" * 99] * 1024, ["x" * 8192]]
)
def test_credentials_make_a_receipt_of_the_second_format(
    credentials: list[str],
) -> None:
    value = with_credentials(*credentials)
    found = Receipt.from_json(json.dumps(value))
    assert found.credentials == credentials
    assert found.to_json() == value
    assert results(verify_offline(value)) == PASSED


@pytest.mark.parametrize("credentials", [None, 1, "x", {}, [1], [None], [["x"]]])
def test_credentials_are_a_list_of_texts(credentials: object) -> None:
    with pytest.raises(ReceiptError, match="'credentials' in the receipt is not"):
        Receipt.from_json({**with_credentials(), "credentials": credentials})


def test_there_are_only_so_many_credentials_of_only_such_a_length() -> None:
    with pytest.raises(ReceiptError, match="more credentials than it may"):
        Receipt.from_json(with_credentials(*["x" * 99] * 1025))
    with pytest.raises(ReceiptError, match="credential in the receipt is too long"):
        Receipt.from_json(with_credentials("x", "x" * 8193))


def test_the_formats_are_kept_apart() -> None:
    with pytest.raises(ReceiptError, match="members that do not belong"):
        Receipt.from_json({**as_json(), "credentials": []})
    value = with_credentials()
    del value["credentials"]
    with pytest.raises(ReceiptError, match="lacks credentials"):
        Receipt.from_json(value)


def test_a_receipt_holds_entries_and_a_proof_that_a_log_can_have() -> None:
    with pytest.raises(ReceiptError, match="holds no entries"):
        Receipt.from_json({**as_json(), "entries": []})
    with pytest.raises(ReceiptError, match="longer than any log"):
        Receipt.from_json({**as_json(), "proof": ["0x" + "00" * 32] * 129})
    Receipt.from_json({**as_json(), "proof": ["0x" + "00" * 32] * 128})
    with pytest.raises(ReceiptError, match="not Unicode"):
        Receipt.from_json({**as_json(), "entries": ["\ud800"]})


@pytest.mark.parametrize(("first", "stop"), [(0, 1), (3, 5), (10, 11), (0, 11)])
def test_a_receipt_that_is_not_anchored_says_so(first: int, stop: int) -> None:
    report = verify_offline(receipt(first, stop).to_json())
    assert results(report) == PASSED
    assert report.verdict is Verdict.NOT_ANCHORED
    assert report.checkpoint == Checkpoint(SIGNER.verifier_key.name, 11, ROOT)
    assert [e.members["state"] for e in report.entries] == [
        f"{number}.5" for number in range(first, stop)
    ]


def test_the_steps_say_what_was_found() -> None:
    one = verify_offline(receipt(3, 4).to_json())
    assert [step.reason for step in one.steps] == [
        "A receipt for 1 entry.",
        f"The key of the log {SIGNER.verifier_key.name} signed the checkpoint.",
        "Unchanged, at position 3 of a log of 11 entries.",
    ]
    many = verify_offline(receipt(3, 6).to_json())
    assert many.steps[0].reason == "A receipt for 3 entries."
    assert (
        many.steps[2].reason
        == "Unchanged, at positions 3 to 5, with nothing left out of a log of 11"
        " entries."
    )


def test_an_anchor_that_no_chain_was_asked_about_is_unchecked() -> None:
    # An anchor is easy to make up: until a chain says so, nothing is anchored.
    assert verify_offline(as_json()).verdict is Verdict.UNCHECKED


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ({}, Verdict.UNCHECKED),
        ({"anchor": Result.PASSED}, Verdict.UNCHECKED),
        ({"on_chain": Result.PASSED}, Verdict.UNCHECKED),
        ({"anchor": Result.PASSED, "on_chain": Result.SKIPPED}, Verdict.UNCHECKED),
        ({"anchor": Result.PASSED, "on_chain": Result.PASSED}, Verdict.ANCHORED),
        ({"anchor": Result.PASSED, "on_chain": Result.FAILED}, Verdict.INVALID),
        ({"anchor": Result.FAILED}, Verdict.INVALID),
    ],
)
def test_only_a_chain_makes_a_receipt_anchored(
    results: dict[str, Result], verdict: Verdict
) -> None:
    offline = verify_offline(as_json())
    steps: Sequence[Step] = [
        *offline.steps,
        *(Step(name, result, "") for name, result in results.items()),
    ]
    report = Report(steps, offline.receipt, offline.checkpoint, offline.entries)
    assert report.verdict is verdict


def test_another_entry_is_not_in_the_log() -> None:
    value = as_json()
    value["entries"][0] = value["entries"][0].replace('"3.5"', '"2.5"')
    report = verify_offline(value)
    assert results(report) == [*PASSED[:2], ("in_log", Result.FAILED)]
    assert report.verdict is Verdict.INVALID
    assert report.entries == ()


@pytest.mark.parametrize("change", ["left out", "added", "swapped", "moved", "proof"])
def test_entries_that_are_not_what_stands_there_are_refused(change: str) -> None:
    value = receipt(3, 6).to_json()
    entries = value["entries"]
    match change:
        case "left out":
            del entries[1]
        case "added":
            entries.append(ENTRIES[6].decode())
        case "swapped":
            entries.reverse()
        case "moved":
            value["first"] = 2
        case "proof":
            value["proof"] = value["proof"][:-1]
    assert results(verify_offline(value))[-1] == ("in_log", Result.FAILED)


def test_an_entry_that_cannot_be_read_is_refused() -> None:
    value = as_json()
    value["entries"][1] = "{}"
    report = verify_offline(value)
    assert results(report) == [("format", Result.FAILED)]
    assert "entry in the receipt cannot be read" in report.steps[0].reason


def test_a_checkpoint_of_another_key_is_refused() -> None:
    other = Signer(SIGNER.verifier_key.name, bytes(32))
    value = {**as_json(), "key": str(other.verifier_key)}
    report = verify_offline(value)
    assert results(report) == [PASSED[0], ("signed", Result.FAILED)]
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize("name", ["checkpoint", "key"])
def test_half_a_character_is_refused_anywhere(name: str) -> None:
    value = as_json()
    value[name] = value[name].replace("home", "h\ud800me", 1)
    assert results(verify_offline(value))[-1] == ("signed", Result.FAILED)


def test_no_bit_of_a_receipt_can_be_changed() -> None:
    right = orjson.dumps(as_json(None))
    for place in range(len(right)):
        for bit in range(8):
            changed = bytearray(right)
            changed[place] ^= 1 << bit
            assert verify_offline(bytes(changed)).verdict is Verdict.INVALID


SHAPE = st.fixed_dictionaries(
    {name: st.just(value) for name, value in as_json().items()}
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON | st.binary() | st.text())
def test_no_garbage_raises(value: object) -> None:
    assert verify_offline(value).verdict is Verdict.INVALID


@given(SHAPE, st.sampled_from(MEMBERS), JSON)
def test_no_garbage_in_a_member_raises(value: Json, name: str, garbage: object) -> None:
    report = verify_offline({**value, name: garbage})
    if name != "anchor" or garbage is not None:
        assert report.verdict is Verdict.INVALID


@given(st.sampled_from(ANCHOR_MEMBERS), JSON)
def test_no_garbage_in_the_anchor_raises(name: str, garbage: object) -> None:
    value = deepcopy(as_json())
    value["anchor"][name] = garbage
    assert verify_offline(value).verdict is not Verdict.ANCHORED


@given(JSON, st.integers(0, 1))
def test_no_garbage_among_the_entries_raises(garbage: object, place: int) -> None:
    value = deepcopy(as_json())
    value["entries"][place] = garbage
    assert verify_offline(value).verdict is Verdict.INVALID


def test_a_time_that_no_calendar_holds_is_refused() -> None:
    value = receipt(0, 1, ANCHOR).to_json()
    value["anchor"]["block_time"] = 253402300799
    assert Receipt.from_json(value).anchor is not None
    value["anchor"]["block_time"] += 1
    with pytest.raises(ReceiptError, match="block_time"):
        Receipt.from_json(value)


@pytest.mark.parametrize(
    "named", ['"first": 3, ', '"anchor": null, "f\\u0069rst": 3, ']
)
def test_a_member_that_is_named_twice_is_refused(named: str) -> None:
    text = "{" + named + json.dumps(as_json())[1:]
    assert json.loads(text) == as_json()
    assert results(verify_offline(text)) == [("format", Result.FAILED)]


def test_an_anchor_that_names_a_member_twice_is_refused() -> None:
    text = json.dumps(as_json()).replace('"number": 3', '"number": 2, "number": 3')
    assert json.loads(text) == as_json()
    assert results(verify_offline(text)) == [("format", Result.FAILED)]
