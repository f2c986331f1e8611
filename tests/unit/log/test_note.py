"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint)."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.log import checkpoint, note
from custom_components.iot_blockchain.log.checkpoint import Checkpoint
from custom_components.iot_blockchain.log.note import NoteError, Signer, VerifierKey

# The examples that go with the specification's Go implementation.
PETER_TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER_NOTE = (
    f"{PETER_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN"
    "1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6"
    "TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The example of the checkpoint specification, which does not give the key.
CHECKPOINT_BODY = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
)

SIGNER = Signer("example.org/log", bytes(range(32)))
OTHER = Signer("example.org/other", bytes(range(1, 33)))
KEY = SIGNER.verifier_key
TEXT = "one\n\ntwo\n"
ROOT = sha256(b"root").digest()


def line(signer: Signer, text: str) -> str:
    return signer.sign(text).removeprefix(text + "\n")


def test_the_examples_of_the_specification_verify() -> None:
    assert note.verify(PETER_NOTE, VerifierKey.parse(PETER_KEY)) == PETER_TEXT
    assert (
        note.verify(EXAMPLE_NOTE, VerifierKey.parse(EXAMPLE_KEY))
        == "This is an example message.\n"
    )


def test_the_example_of_the_specification_is_signed_the_same() -> None:
    signer = Signer("PeterNeumann", base64.b64decode(PETER_SEED)[1:])
    assert str(signer.verifier_key) == PETER_KEY
    assert signer.sign(PETER_TEXT) == PETER_NOTE


def test_key_ids_are_those_of_the_specification() -> None:
    public = (
        Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        .public_key()
        .public_bytes_raw()
    )
    expected = sha256(b"example.org/log\n\x01" + public).digest()[:4]
    assert KEY.key_id == expected
    encoded = base64.b64encode(b"\x01" + public).decode()
    assert str(KEY) == f"example.org/log+{expected.hex()}+{encoded}"


@pytest.mark.parametrize(
    "key", [PETER_KEY, EXAMPLE_KEY, str(KEY), str(OTHER.verifier_key)]
)
def test_keys_are_read_as_they_are_written(key: str) -> None:
    assert str(VerifierKey.parse(key)) == key


def vkey(name: str, typed: bytes) -> str:
    """Write a key whose id is right, whatever else is wrong with it."""
    key_id = sha256(name.encode() + b"\n" + typed).hexdigest()[:8]
    return f"{name}+{key_id}+{base64.b64encode(typed).decode()}"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "+",
        "++",
        "name",
        "name+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        PETER_KEY + "=",
        PETER_KEY + "!",
        PETER_KEY + "\n",
        PETER_KEY + "AAAA",
        PETER_KEY[:-1],
        vkey("name", b"\x01" + bytes(31)),
        vkey("name", b"\x01" + bytes(33)),
        vkey("name", b"\x01"),
        vkey("name", b"\x02" + bytes(32)),
        vkey("name", b"\x04" + bytes(32)),
        vkey("", b"\x01" + bytes(32)),
        vkey("a b", b"\x01" + bytes(32)),
        vkey("a\u00a0b", b"\x01" + bytes(32)),
        vkey("a\u2003b", b"\x01" + bytes(32)),
        vkey("a\nb", b"\x01" + bytes(32)),
        "n\ud800+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "name+c74f20a3+Aé==",
    ],
)
def test_malformed_keys_are_refused(key: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(key)


@given(st.text(max_size=80))
def test_no_text_raises_anything_else_as_a_key(text: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


def test_a_signer_never_shows_its_key() -> None:
    secret = bytes(range(32))
    shown = f"{SIGNER!r} {SIGNER}"
    assert secret.hex() not in shown
    assert base64.b64encode(secret).decode() not in shown


def test_new_private_keys_differ_and_sign() -> None:
    keys = [note.new_private_key() for _ in range(2)]
    assert keys[0] != keys[1]
    signer = Signer("n", keys[0])
    assert note.verify(signer.sign("a\n"), signer.verifier_key) == "a\n"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])).map(lambda t: t + "\n"))
def test_whatever_is_signed_verifies(text: str) -> None:
    assert note.verify(SIGNER.sign(text), KEY) == text


def test_a_text_may_have_empty_lines() -> None:
    assert note.verify(SIGNER.sign(TEXT), KEY) == TEXT


def test_a_text_that_looks_like_a_note_is_only_text() -> None:
    inner = OTHER.sign("inner\n")
    assert note.verify(SIGNER.sign(inner), KEY) == inner
    with pytest.raises(NoteError, match="not signed by"):
        note.verify(SIGNER.sign(inner), OTHER.verifier_key)


def test_signatures_of_other_keys_are_passed_over() -> None:
    mine, others = line(SIGNER, TEXT), line(OTHER, TEXT)
    of_other_text = line(OTHER, "another\n")
    longer = f"— future.example {base64.b64encode(bytes(5000)).decode()}\n"
    namesake = line(Signer("example.org/log", bytes(32)), TEXT)
    for lines in (
        others + mine,
        mine + others,
        of_other_text + mine,
        longer * 15 + mine,
        namesake + mine,
    ):
        assert note.verify(f"{TEXT}\n{lines}", KEY) == TEXT


def test_a_note_signed_by_others_alone_is_refused() -> None:
    for signer in (OTHER, Signer("example.org/log", bytes(32))):
        with pytest.raises(NoteError, match=r"not signed by example\.org/log"):
            note.verify(signer.sign(TEXT), KEY)


def test_a_key_with_the_same_name_and_id_is_not_enough() -> None:
    # The id is short: someone can find another key that has it.
    forged = base64.b64encode(
        KEY.key_id + Ed25519PrivateKey.generate().sign(TEXT.encode())
    ).decode()
    with pytest.raises(NoteError, match="does not fit"):
        note.verify(f"{TEXT}\n— {KEY.name} {forged}\n", KEY)


def test_a_wrong_signature_of_the_key_is_fatal_even_before_a_right_one() -> None:
    wrong, right = line(SIGNER, "another\n"), line(SIGNER, TEXT)
    with pytest.raises(NoteError, match="does not fit"):
        note.verify(f"{TEXT}\n{wrong}{right}", KEY)


def test_at_most_a_hundred_signatures_are_read() -> None:
    others, mine = line(OTHER, TEXT), line(SIGNER, TEXT)
    assert note.verify(f"{TEXT}\n{others * 99}{mine}", KEY) == TEXT
    with pytest.raises(NoteError, match="too many"):
        note.verify(f"{TEXT}\n{others * 100}{mine}", KEY)


SIGNED = SIGNER.sign(TEXT)
ENCODED = SIGNED.rsplit(" ", 1)[1].rstrip("\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n",
        TEXT,
        SIGNED.removesuffix("\n"),
        SIGNED + "\n",
        SIGNED + "more\n",
        SIGNED.replace("\n\n—", "\n—"),
        SIGNED.replace("— ", "- "),
        SIGNED.replace("— ", "—"),
        SIGNED.replace("— ", "—  "),
        SIGNED.replace("— ", " — "),
        SIGNED.replace(" " + ENCODED, ""),
        SIGNED.replace(ENCODED, ""),
        SIGNED.replace(ENCODED, ENCODED.rstrip("=")),
        SIGNED.replace(ENCODED, ENCODED + " "),
        SIGNED.replace(ENCODED, ENCODED + "AAAA"),
        SIGNED.replace(ENCODED, "!" + ENCODED),
        SIGNED.replace(ENCODED, "AAAA"),
        SIGNED.replace(ENCODED, base64.b64encode(KEY.key_id).decode()),
        SIGNED.replace(KEY.name, ""),
        SIGNED.replace("\n", "\r\n"),
        SIGNER.sign("tab\t\n"),
        SIGNER.sign("nul\0\n"),
        SIGNED.replace("one", "o\ud800ne"),
    ],
)
def test_malformed_notes_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        note.verify(text, KEY)


def test_no_byte_of_a_note_can_be_changed() -> None:
    signed = SIGNED.encode()
    for place in range(len(signed)):
        for bit in range(8):
            changed = bytearray(signed)
            changed[place] ^= 1 << bit
            text = bytes(changed).decode(errors="surrogateescape")
            with pytest.raises(NoteError):
                note.verify(text, KEY)


@given(st.text(max_size=200))
def test_no_text_raises_anything_else_as_a_note(text: str) -> None:
    with pytest.raises(NoteError):
        note.verify(text, KEY)


def test_the_body_of_a_checkpoint_is_that_of_the_specification() -> None:
    parsed = Checkpoint.parse(CHECKPOINT_BODY)
    assert parsed == Checkpoint(
        "example.com/behind-the-sofa",
        20852163,
        bytes.fromhex(
            "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
        ),
    )
    assert parsed.body() == CHECKPOINT_BODY


@given(st.integers(0, 10**19 - 1), st.binary(min_size=32, max_size=32))
def test_checkpoints_are_read_as_they_are_written(size: int, root: bytes) -> None:
    made = Checkpoint(KEY.name, size, root)
    assert Checkpoint.parse(made.body()) == made
    assert checkpoint.verify(checkpoint.sign(made, SIGNER), KEY) == made


RIGHT = Checkpoint(KEY.name, 7, ROOT).body()
RIGHT_ROOT = base64.b64encode(ROOT).decode()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        "\n\n\n",
        RIGHT.removesuffix("\n"),
        RIGHT + "\n",
        RIGHT + "extension\n",
        RIGHT.replace(KEY.name, ""),
        RIGHT.replace("\n7\n", "\n"),
        RIGHT.replace("\n7\n", "\n\n"),
        RIGHT.replace("\n7\n", "\n07\n"),
        RIGHT.replace("\n7\n", "\n+7\n"),
        RIGHT.replace("\n7\n", "\n-7\n"),
        RIGHT.replace("\n7\n", "\n 7\n"),
        RIGHT.replace("\n7\n", "\n0x7\n"),
        RIGHT.replace("\n7\n", "\n7.0\n"),
        RIGHT.replace("\n7\n", "\n\u0667\n"),
        RIGHT.replace("\n7\n", f"\n{10**19}\n"),
        RIGHT.replace(RIGHT_ROOT, ""),
        RIGHT.replace(RIGHT_ROOT, "!" + RIGHT_ROOT),
        RIGHT.replace(RIGHT_ROOT, RIGHT_ROOT.rstrip("=")),
        RIGHT.replace(RIGHT_ROOT, "é" + RIGHT_ROOT),
        RIGHT.replace(RIGHT_ROOT, base64.b64encode(ROOT[:-1]).decode()),
        RIGHT.replace(RIGHT_ROOT, base64.b64encode(ROOT + b"\0").decode()),
        # The same bytes, written with other spare bits.
        RIGHT.replace(RIGHT_ROOT, RIGHT_ROOT[:-2] + "N=")
        if RIGHT_ROOT[-2] != "N"
        else "",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(body)
    with pytest.raises(NoteError):
        checkpoint.verify(SIGNER.sign(body), KEY)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    foreign = checkpoint.sign(Checkpoint("example.org/other", 7, ROOT), SIGNER)
    with pytest.raises(NoteError, match=r"is of the log 'example\.org/other'"):
        checkpoint.verify(foreign, KEY)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Home", "home"),
        ("My  Fridge (kitchen)", "my-fridge-kitchen"),
        ("Küche", "k-che"),
        ("冷蔵庫", "log"),
        ("", "log"),
        ("---", "log"),
        ("a+b/c\nd", "a-b-c-d"),
        ("x" * 100, "x" * 40),
        ("x" * 39 + " y", "x" * 39),
    ],
)
def test_an_origin_is_safe_whatever_the_name(name: str, label: str) -> None:
    log_id = bytes(range(32))
    origin = checkpoint.origin_of(name, log_id)
    assert origin == f"{label}.iot-blockchain/{log_id.hex()}"
    assert checkpoint.log_id_of(origin) == log_id
    VerifierKey(origin, bytes(32))  # it may be the name of a key


@given(st.text(), st.binary(min_size=32, max_size=32))
def test_every_origin_names_its_log_and_may_name_a_key(
    name: str, log_id: bytes
) -> None:
    origin = checkpoint.origin_of(name, log_id)
    assert checkpoint.log_id_of(origin) == log_id
    assert VerifierKey(origin, bytes(32)).name == origin


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "example.com/log",
        "a/" + "0" * 63,
        "a/" + "0" * 65,
        "a/" + "A" * 64,
        "a/" + "0" * 64 + "/",
        "a/" + "0" * 64 + "\n",
        "a/0x" + "0" * 62,
    ],
)
def test_an_origin_without_a_log_id_names_none(origin: str) -> None:
    with pytest.raises(NoteError, match="does not end in a log id"):
        checkpoint.log_id_of(origin)
