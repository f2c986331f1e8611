"""Receipts that are as they must be."""

import json
from collections.abc import Iterator

from .. import log
from ..case import Case, Json, written
from ..log import ENTRIES, KEY, ORIGIN, Key

_TIME = "10:22:01.123456"
_LAST_INDEX = 2**53 - 1


def cases() -> Iterator[Case]:
    """Return what every verifier must accept."""
    yield from _of_the_log()
    yield from _of_any_size()
    yield from _of_any_entry()
    yield from _written_otherwise()
    yield from _with_other_signatures()


def _case(name: str, about: str, receipt: object, *, anchored: bool = True) -> Case:
    return Case(f"good/{name}", about, written(receipt), anchored=anchored)


def _of_the_log() -> Iterator[Case]:
    last = len(ENTRIES)
    yield _case("first-entry", "The first entry of a log: an act.", log.receipt(0, 1))
    yield _case("one-reading", "One reading.", log.receipt(5, 6))
    yield _case("last-entry", "The last entry: a barcode.", log.receipt(last - 1, last))
    yield _case("range", "Readings that follow one another.", log.receipt(3, 20))
    yield _case("whole-log", "All entries of a log.", log.receipt(0, last))
    yield _case(
        "gap", "A gap: the sensor was unavailable for a time.", log.receipt(11, 14)
    )
    yield _case(
        "not-anchored",
        "In the log, and in no block yet.",
        log.receipt(4, 9, anchored=False),
        anchored=False,
    )
    yield _case(
        "whole-log-not-anchored",
        "All entries, and no block holds the log yet.",
        log.receipt(0, last, anchored=False),
        anchored=False,
    )
    for number in (1, 42161, 31337, 999_999_999_999_999):
        yield _case(
            f"chain-{number}",
            "An anchor on another chain, which may be one that nobody knows.",
            log.changed(log.receipt(5, 6), "anchor", "chain", to=f"eip155:{number}"),
        )


def _of_any_size() -> Iterator[Case]:
    for size in (1, 2, 3, 4, 5, 7, 8, 9, 16, 17):
        for first in sorted({0, size // 2, size - 1}):
            yield _case(
                f"size-{size}-index-{first}",
                f"Entry {first} of a log of {size}.",
                log.receipt(first, first + 1, ENTRIES[:size]),
            )
    yield _case(
        "million",
        "Three entries of a log of more than a million.",
        log.fabricated(777_777, ENTRIES[5:8], 1_048_577),
    )
    yield _case(
        "largest-numbers",
        "The largest index and the largest size that an anchor can name.",
        log.fabricated(_LAST_INDEX - 1, ENTRIES[5:6], _LAST_INDEX),
    )
    yield _case(
        "largest-size",
        "The largest size that a checkpoint can name. No anchor can name it.",
        log.fabricated(_LAST_INDEX, ENTRIES[5:7], 10**19 - 1),
        anchored=False,
    )


def _of_any_entry() -> Iterator[Case]:
    place = {"latitude": "52.52", "longitude": "13.4", "": "\U0001f600"}
    yield _case(
        "attributes",
        "A reading with attributes that somebody chose.",
        log.of_records(
            [log.reading(1, "device_tracker.van", "home", _TIME, attributes=place, v=2)]
        ),
    )
    yield _case(
        "act-with-attributes",
        "An act may have members of any name.",
        log.of_records([log.act(2, "named", _TIME, attributes={})]),
    )
    texts = {
        "empty": "",
        "html": "<img src=x onerror=alert(1)><script>alert(2)</script>",
        "right-to-left": "4.2 \u202e9.1\u202c \u2066x\u2069",
        "unicode": 'ä€😀\u0000\u001f\u007f\u0080\u2028\ufeff"\\/\b\f\n\r\t',
        "long": "n" * 10_000,
        "noncharacters": "\ufffe\uffff\U0010ffff\ufffd",
    }
    for name, text in texts.items():
        record = log.reading(1, text, text, _TIME, unit=text, **{"class": text})
        yield _case(
            f"text-{name}",
            "Names and states of any text are shown as text, and nothing else.",
            log.of_records([record]),
        )
    deep: object = 1
    for _ in range(253):
        deep = {"a": deep}
    details: dict[str, Json] = {
        "act-with-all-values": {
            "a": {"b": None, "c": True, "d": False, "e": -(2**53 - 1), "": 2**53 - 1}
        },
        "act-in-order": {"\ud7ff": 1, "\U00010000": 2, "\uffff": 3, "Z": 4, "z": 5},
        "act-nested": {"a": deep},
        "act-with-names-of-javascript": {
            "__proto__": 1,
            "constructor": "x",
            "toString": {"valueOf": None},
        },
    }
    for name, more in details.items():
        yield _case(
            name,
            "Acts hold what they like, as long as it is canonical JSON.",
            log.of_records([log.act(1, "named", _TIME, **more)]),
        )
    for time in ("0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"):
        record = log.reading(1, "sensor.a", "1", _TIME) | {"time": time}
        yield _case(
            f"year-{time[:4]}",
            "The first and the last year that there is.",
            log.of_records([record]),
        )
    leap = log.reading(1, "sensor.a", "1", _TIME) | {
        "time": "2028-02-29T23:59:59.000000Z"
    }
    yield _case("leap-day", "A leap day.", log.of_records([leap]))


def _written_otherwise() -> Iterator[Case]:
    receipt = log.receipt(3, 6)
    forms = {
        "compact": json.dumps(receipt, separators=(",", ":"), ensure_ascii=False),
        "escaped": json.dumps(receipt, ensure_ascii=True),
        "indented": json.dumps(receipt, indent=8),
        "backwards": json.dumps(dict(reversed(receipt.items()))),
        "spaced": "\r\n\t " + json.dumps(receipt, separators=(" ,\t", "\n: ")) + " \r",
        "negative-zero": json.dumps(log.receipt(0, 1)).replace(
            '"first": 0', '"first": -0'
        ),
        "all-escaped": json.dumps(receipt).replace('"format"', '"\\u0066ormat"'),
    }
    for name, text in forms.items():
        yield Case(
            f"good/written-{name}",
            "The same receipt, written in another way that JSON allows.",
            text.encode(),
        )


def _with_other_signatures() -> Iterator[Case]:
    receipt = log.receipt(5, 6)
    text, _, own = receipt["checkpoint"].rpartition("\n\n")
    text += "\n"
    witness = Key("a witness")
    others = {
        "witness-after": own + witness.line("witness.example/1", text),
        "witness-before": witness.line("witness.example/1", text) + own,
        "same-name": witness.line(ORIGIN, text) + own,
        "unknown-algorithm": f"— {ORIGIN} {log.base64(b'any bytes at all')}\n" + own,
        "wrong-witness": f"— witness.example/1 {log.base64(bytes(68))}\n" + own,
        "hundred": own + witness.line("witness.example/1", text) * 99,
        "own-twice": own + own,
        "own-then-wrong": own
        + f"— {ORIGIN} {log.base64(KEY.key_id(ORIGIN) + bytes(64))}\n",
    }
    for name, lines in others.items():
        yield _case(
            f"signed-{name}",
            "Lines of other keys are passed over, and what follows the log's own.",
            receipt | {"checkpoint": f"{text}\n{lines}"},
        )
