"""Receipts whose checkpoint is not one that the log's key signed."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256

from .. import log
from ..case import Case, Json, written
from ..log import KEY, ORIGIN, Key

# Points of small order: the neutral one, one of order 2, one of order 8.
_SMALL_ORDER = {
    1: bytes([1, *bytes(31)]),
    2: bytes.fromhex("ec" + "ff" * 30 + "7f"),
    8: bytes.fromhex(
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    ),
}
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493


def cases() -> Iterator[Case]:
    """Return what fails at the second step, and unusual signatures that do not."""
    receipt = log.receipt(5, 6)
    for name, key in _keys(receipt["key"]).items():
        yield _case(f"key-{name}", "The key is none.", receipt | {"key": key})
    for name, note in _notes(receipt["checkpoint"]).items():
        about = "The checkpoint is no signed note, or not one of this key."
        yield _case(f"note-{name}", about, receipt | {"checkpoint": note})
    for name, text in _checkpoints(receipt["checkpoint"]).items():
        note = KEY.note(ORIGIN, text)
        about = "What the key signed is no checkpoint of this log."
        yield _case(f"checkpoint-{name}", about, receipt | {"checkpoint": note})
    yield from _names()
    yield from _small_orders(receipt)


def _keys(key: str) -> dict[str, str]:
    name, key_id, encoded = key.split("+", 2)
    other = Key("another").vkey(ORIGIN)
    return {
        "empty": "",
        "name-only": name,
        "no-id": f"{name}++{encoded}",
        "wrong-id": f"{name}+00000000+{encoded}",
        "upper-case-id": f"{name}+{key_id.upper()}+{encoded}",
        "long-id": f"{name}+{key_id}00+{encoded}",
        "other-name": key.replace("pharmacy", "brewery"),
        "other-key": other,
        "no-name": Key("the log").vkey(""),
        "spare-bits": key[:-1] + chr(ord(key[-1]) + 1),
        "no-padding-needed": key + "=",
        "line-break": key + "\n",
        "base64url": f"{name}+{key_id}+"
        + urlsafe_b64encode(b"\x01" + b"\xff" * 32).decode(),
        "short": _vkey(name, b"\x01" + bytes(31)),
        "long": _vkey(name, b"\x01" + bytes(33)),
        "other-algorithm": _vkey(name, b"\x02" + KEY.public),
        "witness-algorithm": _vkey(name, b"\x04" + KEY.public),
        "no-point": _vkey(name, b"\x01" + (2).to_bytes(32, "little")),
    }


def _vkey(name: str, typed: bytes) -> str:
    key_id = sha256(f"{name}\n".encode() + typed).digest()[:4]
    return f"{name}+{key_id.hex()}+{log.base64(typed)}"


def _notes(note: str) -> dict[str, str]:
    text, _, line = note.rpartition("\n\n")
    text += "\n"
    dash, name, encoded = line.rstrip("\n").split(" ")
    signature = bytearray(b64decode(encoded))
    flipped = bytes([*signature[:-1], signature[-1] ^ 1])
    s = int.from_bytes(signature[36:], "little")
    second = bytes(signature[:36]) + (s + _ORDER).to_bytes(32, "little")
    other = Key("another")
    forged = other.sign(text.encode())

    def with_line(changed: str) -> str:
        return f"{text}\n{changed}\n"

    return {
        "empty": "",
        "unsigned": text,
        "unsigned-with-empty-line": text + "\n",
        "no-empty-line": text + line,
        "no-last-line-break": note[:-1],
        "empty-line-at-end": note + "\n",
        "carriage-returns": note.replace("\n", "\r\n"),
        "tab": note.replace(ORIGIN, "\t" + ORIGIN),
        "other-size": note.replace(f"\n{len(log.ENTRIES)}\n", "\n9\n", 1),
        "other-root": text.replace("=", "A=", 1) + "\n" + line,
        "more-text": text + "more\n\n" + line,
        "bit-flipped": with_line(f"{dash} {name} {log.base64(flipped)}"),
        "signature-plus-order": with_line(f"{dash} {name} {log.base64(second)}"),
        "short-signature": with_line(
            f"{dash} {name} {log.base64(bytes(signature[:-1]))}"
        ),
        "long-signature": with_line(
            f"{dash} {name} {log.base64(bytes(signature) + b'0')}"
        ),
        "key-id-only": with_line(f"{dash} {name} {log.base64(bytes(signature[:4]))}"),
        "other-key": other.note(ORIGIN, text),
        "other-key-with-this-id": with_line(
            f"{dash} {name} {log.base64(KEY.key_id(ORIGIN) + forged)}"
        ),
        "other-name": KEY.note("witness.example/1", text),
        "hyphen": with_line(f"- {name} {encoded}"),
        "no-dash": with_line(f"{name} {encoded}"),
        "two-spaces": with_line(f"{dash}  {name} {encoded}"),
        "space-at-end": with_line(f"{dash} {name} {encoded} "),
        "malformed-second-line": f"{note}— witness\n",
        "malformed-base64": f"{note}— witness.example/1 AAA\n",
        "spare-bits-of-a-witness": f"{note}— witness.example/1 AAB=\n",
        "hundred-and-one": note + KEY.line("witness.example/1", text) * 100,
        "wrong-then-right": f"{text}\n{dash} {name} {log.base64(flipped)}\n{line}",
    }


def _checkpoints(note: str) -> dict[str, str]:
    text = note.rpartition("\n\n")[0] + "\n"
    origin, size, root = text.splitlines()
    return {
        "of-another-log": text.replace("pharmacy", "brewery"),
        "no-origin": f"\n{size}\n{root}\n",
        "extension": text + "extension\n",
        "no-root": f"{origin}\n{size}\n",
        "size-leading-zero": f"{origin}\n0{size}\n{root}\n",
        "size-negative": f"{origin}\n-1\n{root}\n",
        "size-plus": f"{origin}\n+{size}\n{root}\n",
        "size-twenty-digits": f"{origin}\n{10**19}\n{root}\n",
        "size-hexadecimal": f"{origin}\n0x10\n{root}\n",
        "size-other-digits": f"{origin}\n\u0663\u0665\n{root}\n",
        "size-empty": f"{origin}\n\n{root}\n",
        "root-short": f"{origin}\n{size}\n{log.base64(bytes(31))}\n",
        "root-long": f"{origin}\n{size}\n{log.base64(bytes(33))}\n",
        "root-spare-bits": f"{origin}\n{size}\n{'A' * 42}B=\n",
        "root-hexadecimal": f"{origin}\n{size}\n{'00' * 32}\n",
    }


def _names() -> Iterator[Case]:
    """Let the log have another name: of any text but white space and plus."""
    size = len(log.ENTRIES)
    receipt = log.receipt(5, 6)
    root = bytes.fromhex(receipt["anchor"]["root"][2:])

    def named(name: str) -> Json:
        text = log.checkpoint(size, root, name)
        return receipt | {"checkpoint": KEY.note(name, text), "key": KEY.vkey(name)}

    end = f"/{log.LOG_ID.hex()}"
    for what, name in {
        "unicode": "apotheke-ä-😀",
        "html": "<script>alert(1)</script>",
        "right-to-left": "\u202epharmacy",
        "zero-width": "\u200b\ufeff",
        "long": "n" * 10_000,
        "slashes": "a/b/c",
        "no-name": "",
    }.items():
        yield Case(
            f"signatures/name-{what}",
            "A name of any text, which is not to be trusted.",
            written(named(name + end)),
        )
    for what, space in {
        "space": " ",
        "no-break-space": "\u00a0",
        "next-line": "\u0085",
        "ideographic-space": "\u3000",
        "line-separator": "\u2028",
        "plus": "+",
        "unit-separator": "\u001f",
    }.items():
        yield _case(
            f"name-with-{what}",
            "A name with white space or a plus.",
            named(f"a{space}b{end}"),
        )


def _small_orders(receipt: Json) -> Iterator[Case]:
    """Take keys whose signatures anybody can make, and who leave room for two answers.

    RFC 8032 lets a verifier multiply by the cofactor, or not. What decides here is the
    equation without it: R ‖ S with R = [S]B - [k]A, compared as bytes.
    """
    root = bytes.fromhex(receipt["anchor"]["root"][2:])
    text = log.checkpoint(len(log.ENTRIES), root)
    # With S = 0, R = -[k]A. For the neutral point that is the neutral point.
    neutral = _SMALL_ORDER[1]
    yield from _with_key(
        receipt, text, "neutral-key", neutral, neutral + bytes(32), None
    )
    non_canonical = (_P + 1).to_bytes(32, "little")
    yield from _with_key(
        receipt,
        text,
        "neutral-key-not-canonical",
        non_canonical,
        neutral + bytes(32),
        None,
    )
    yield from _with_key(
        receipt,
        text,
        "neutral-r-not-canonical",
        neutral,
        non_canonical + bytes(32),
        "signed",
    )
    # Multiplied by the cofactor, all of these are the neutral point.
    wrong = _SMALL_ORDER[8]
    yield from _with_key(
        receipt, text, "only-with-the-cofactor", neutral, wrong + bytes(32), "signed"
    )
    yield from _with_key(
        receipt,
        text,
        "key-of-order-8-only-with-the-cofactor",
        _SMALL_ORDER[8],
        _SMALL_ORDER[2] + bytes(32),
        "signed",
    )


def _with_key(
    receipt: Json,
    text: str,
    name: str,
    public: bytes,
    signature: bytes,
    failed: str | None,
) -> Iterator[Case]:
    typed = b"\x01" + public
    key_id = sha256(f"{ORIGIN}\n".encode() + typed).digest()[:4]
    note = f"{text}\n— {ORIGIN} {log.base64(key_id + signature)}\n"
    # The log on the chain belongs to another key: that is found at a later step.
    yield Case(
        f"signatures/{name}",
        "A key of small order: every verifier must compute the same equation.",
        written(receipt | {"key": _vkey(ORIGIN, typed), "checkpoint": note}),
        failed=failed or "anchor",
    )


def _case(name: str, about: str, receipt: object) -> Case:
    return Case(f"signatures/{name}", about, written(receipt), failed="signed")
