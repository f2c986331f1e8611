"""Receipts of entries that are none. Their hashes are in the log all the same."""

from collections.abc import Iterator

from custom_components.iot_blockchain.log import canonical

from .. import log
from ..case import Case, Json, written

_TIME = "10:22:01.123456"
_READING = log.reading(1, "sensor.a", "1", _TIME, unit="°C")
_ACT = log.act(2, "named", _TIME)


def cases() -> Iterator[Case]:
    """Return what fails at the first step, because of an entry."""
    yield from _not_canonical()
    yield from _members()
    yield from _times()


def _not_canonical() -> Iterator[Case]:
    text = canonical.encode(_READING).decode()
    act = canonical.encode(_ACT).decode()

    def with_detail(detail: str) -> str:
        return act.replace('"act":"named",', f'"act":"named",{detail},')

    texts = {
        "space": text.replace(":", ": ", 1),
        "line-break": text + "\n",
        "order": '{"v":1,' + text[1:].replace(',"v":1}', "}"),
        "escaped": text.replace("sensor", "\\u0073ensor"),
        "slash": text.replace("sensor.a", "a\\/b"),
        "upper-case-escape": text.replace("sensor", "\\u001F"),
        "long-escape": text.replace("sensor", "\\u000a"),
        "surrogates": text.replace("sensor", "\\ud83d\\ude00"),
        "lone-surrogate": text.replace("sensor", "\\ud800"),
        "control": text.replace("sensor", "\x01"),
        "twice": text.replace('"v":1', '"v":1,"v":1'),
        "fraction": with_detail('"count":1.0'),
        "exponent": with_detail('"count":1e2'),
        "negative-zero": with_detail('"count":-0'),
        "too-large": with_detail('"count":9007199254740992'),
        "too-small": with_detail('"count":-9007199254740992'),
        "beyond-64-bits": with_detail('"count":18446744073709551616'),
        "list": with_detail('"b":[]'),
        "list-inside": with_detail('"b":{"c":["d"]}'),
        "nested": with_detail('"b":' + '{"a":' * 254 + "1" + "}" * 254),
        "not-an-object": '"a reading"',
        "a-list": f"[{text}]",
        "empty": "",
        "null": "null",
        "not-json": "4.2 °C",
        "two": text + text,
    }
    for name, entry in texts.items():
        yield Case(
            f"entries/{name}",
            "An entry that is not canonical JSON, or not what an entry may hold.",
            written(log.of_entries([entry])),
            failed="format",
        )
    yield Case(
        "entries/second-of-two",
        "The second entry is not canonical.",
        written(log.of_entries([text, text + " "])),
        failed="format",
    )


def _members() -> Iterator[Case]:
    for kind, record in (("reading", _READING), ("act", _ACT)):
        for name in record:
            if name == "unit":
                continue
            yield _case(f"{kind}-without-{name}", log.without(record, name))
            wrong: object = "1" if name == "v" else 1
            yield _case(f"{kind}-with-wrong-{name}", record | {name: wrong})
    yield _case("version-2", _READING | {"v": 2})
    yield _case("version-3", _READING | {"v": 3})
    attributes = {"attributes": {"door": "open"}}
    yield _case("attributes-in-version-1", _READING | attributes)
    yield _case("attributes-of-an-act", _ACT | attributes | {"v": 2})
    yield _case("act-of-version-2", _ACT | {"v": 2})
    for name, wrong in {
        "none": {},
        "null": None,
        "text": "open",
        "number": {"door": 1},
        "inside": {"door": {"left": "open"}},
    }.items():
        record = _READING | {"attributes": wrong, "v": 2}
        yield _case(f"attributes-{name}", record)
    yield _case("version-true", _READING | {"v": True})
    yield _case("type-unknown", _READING | {"type": "rumour"})
    yield _case("type-null", _READING | {"type": None})
    yield _case("type-of-javascript", _READING | {"type": "constructor"})
    yield _case("unit-null", _READING | {"unit": None})
    yield _case("class-number", _READING | {"class": 7})
    yield _case("reading-with-another-member", _READING | {"precision": 1})
    for name, salt in {
        "short": "A" * 21,
        "long": "A" * 23,
        "spare-bits": "A" * 21 + "B",
        "padded": "A" * 21 + "A==",
        "standard": "A" * 20 + "/A",
        "empty": "",
    }.items():
        yield _case(f"salt-{name}", _READING | {"salt": salt})


def _times() -> Iterator[Case]:
    for name, time in {
        "no-microseconds": "2026-11-20T10:22:01Z",
        "milliseconds": "2026-11-20T10:22:01.123Z",
        "nanoseconds": "2026-11-20T10:22:01.123456789Z",
        "offset": "2026-11-20T10:22:01.123456+00:00",
        "no-zone": "2026-11-20T10:22:01.123456",
        "lower-case": "2026-11-20t10:22:01.123456z",
        "space": "2026-11-20 10:22:01.123456Z",
        "comma": "2026-11-20T10:22:01,123456Z",
        "basic": "20261120T102201.123456Z",
        "month-13": "2026-13-20T10:22:01.123456Z",
        "month-0": "2026-00-20T10:22:01.123456Z",
        "day-31": "2026-11-31T10:22:01.123456Z",
        "no-leap-year": "2027-02-29T10:22:01.123456Z",
        "no-leap-century": "2100-02-29T10:22:01.123456Z",
        "hour-24": "2026-11-20T24:00:00.000000Z",
        "minute-60": "2026-11-20T10:60:01.123456Z",
        "leap-second": "2026-12-31T23:59:60.000000Z",
        "year-0": "0000-01-01T00:00:00.000000Z",
        "year-10000": "10000-01-01T00:00:00.000000Z",
        "other-digits": "2026-11-20T10:22:01.12345\u0666Z",
        "line-break": "2026-11-20T10:22:01.123456Z\n",
        "empty": "",
        "word": "yesterday",
    }.items():
        yield _case(f"time-{name}", _READING | {"time": time})


def _case(name: str, record: Json) -> Case:
    return Case(
        f"entries/{name}",
        "An entry that lacks a member, or has one that none may have.",
        written(log.of_records([record])),
        failed="format",
    )
