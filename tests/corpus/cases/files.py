"""Files that are no receipts, or none that this version reads."""

import json
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from .. import log
from ..case import Case


def cases() -> Iterator[Case]:
    """Return what fails at the first step, as a file."""
    receipt = log.receipt(5, 6)
    text = json.dumps(receipt, ensure_ascii=False)
    data = text.encode()
    first = '"first": 5'
    assert first in text
    files: dict[str, tuple[str, bytes]] = {
        "empty": ("Nothing at all.", b""),
        "space": ("Only white space.", b" \n\t\r "),
        "text": ("A letter.", b"Dear Sir or Madam, here is my receipt."),
        "html": ("A web page.", b"<!DOCTYPE html><title>Receipt</title>"),
        "picture": ("A picture.", bytes.fromhex("89504e470d0a1a0a0000000d49484452")),
        "zip": ("A receipt in a ZIP file, as evidence comes.", _zipped(data)),
        "zip-cut-off": ("The beginning of a ZIP file.", _zipped(data)[:4]),
        "null": ("Not an object.", b"null"),
        "number": ("Not an object.", b"4.2"),
        "string": ("A receipt inside a text.", json.dumps(text).encode()),
        "list": ("A receipt inside a list.", f"[{text}]".encode()),
        "empty-object": ("No member at all.", b"{}"),
        "other-json": ("Another product's file.", b'{"format":"something/1","a":1}'),
        "geojson": ("Another product's file.", b'{"type":"Feature","geometry":null}'),
        "format-number": ("The format is a number.", _with(text, "1")),
        "format-object": ("The format is an object.", _with(text, '{"a": 1}')),
        "later-format": ("A later format.", _with(text, '"iot-blockchain-receipt/9"')),
        "format-without-number": (
            "A format without a number.",
            _with(text, '"iot-blockchain-receipt/"'),
        ),
        "long-format": (
            "A later format with a name that does not end.",
            _with(text, json.dumps("iot-blockchain-receipt/" + "9" * 10_000)),
        ),
        "format-with-space": (
            "Nearly the format.",
            _with(text, '"iot-blockchain-receipt/1 "'),
        ),
        "truncated": ("The end is missing.", data[:-40]),
        "one-brace-short": ("The last brace is missing.", data[:-1]),
        "two-receipts": ("Two receipts in one file.", data + data),
        "more-after": ("A word after the end.", data + b" true"),
        "null-byte": ("A null byte after the end.", data + b"\0"),
        "byte-order-mark": ("A byte order mark.", b"\xef\xbb\xbf" + data),
        "utf-16": ("Not in UTF-8.", text.encode("utf-16")),
        "windows-1252": ("Not in UTF-8.", text.encode("cp1252")),
        "overlong": (
            "UTF-8 that is too long.",
            data.replace(b"sensor", b"\xc1\xb3ensor", 1),
        ),
        "surrogate": (
            "UTF-8 of half a character.",
            data.replace(b"sensor", b"\xed\xa0\x80", 1),
        ),
        "lone-surrogate": ("Half a character.", data.replace(b"sensor", b"\\ud800", 1)),
        "reversed-surrogates": (
            "Two halves in the wrong order.",
            data.replace(b"sensor", b"\\udc00\\ud800", 1),
        ),
        "raw-newline": (
            "A line break inside a text.",
            data.replace(b"sensor", b"sen\nsor", 1),
        ),
        "bad-escape": (
            "An escape that there is not.",
            data.replace(b"sensor", b"\\x73", 1),
        ),
        "short-escape": (
            "An escape that is too short.",
            data.replace(b"sensor", b"\\u00g3", 1),
        ),
        "single-quotes": ("Python's quotes.", str(receipt).encode()),
        "comment": ("A comment.", b"// a receipt\n" + data),
        "trailing-comma": ("A comma before the end.", data[:-1] + b",}"),
        "form-feed": ("White space that JSON does not have.", b"\x0c" + data),
        "no-break-space": ("White space that JSON does not have.", b"\xc2\xa0" + data),
        "nan": ("Not a number.", text.replace(first, '"first": NaN').encode()),
        "infinity": ("Infinity.", text.replace(first, '"first": 1e999').encode()),
        "leading-zero": (
            "A zero in front.",
            text.replace(first, '"first": 05').encode(),
        ),
        "plus": ("A plus in front.", text.replace(first, '"first": +5').encode()),
        "hexadecimal": ("Hexadecimal.", text.replace(first, '"first": 0x5').encode()),
        "point": (
            "A number without its end.",
            text.replace(first, '"first": 5.').encode(),
        ),
        "deep": ("Nested without end.", b'{"format":' + b"[" * 100_000),
        "deep-and-closed": (
            "Nested deeply.",
            b'{"format":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        ),
        "many-small-values": (
            "Very many very small values.",
            b'{"format":"iot-blockchain-receipt/1","entries":['
            + b"[],[],{},0," * 5_000
            + b"0]}",
        ),
        "named-twice": (
            "A member that is named twice, the same each time.",
            text.replace(first, f"{first}, {first}").encode(),
        ),
        "named-twice-first-wrong": (
            "A member that is named twice: who takes the last one sees nothing wrong.",
            text.replace(first, f'"first": 6, {first}').encode(),
        ),
        "named-twice-last-wrong": (
            "A member that is named twice: who takes the first one sees nothing wrong.",
            text.replace(first, f'{first}, "first": 6').encode(),
        ),
        "named-twice-escaped": (
            "A member that is named twice, once with an escape.",
            text.replace(first, f'{first}, "\\u0066irst": 5').encode(),
        ),
        "anchor-named-twice": (
            "Two anchors.",
            text.replace('"anchor": {', '"anchor": null, "anchor": {').encode(),
        ),
        "in-anchor-named-twice": (
            "A member of the anchor that is named twice.",
            text.replace('"number": 3', '"number": 4, "number": 3').encode(),
        ),
    }
    for name, (about, content) in files.items():
        yield Case(f"files/{name}", about, content, failed="format")


def _zipped(data: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr(ZipInfo("receipt.json"), data)
    return file.getvalue()


def _with(text: str, written_format: str) -> bytes:
    return text.replace('"iot-blockchain-receipt/1"', written_format).encode()
