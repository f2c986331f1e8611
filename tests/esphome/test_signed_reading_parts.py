"""The parts of the signed_reading component, alone: the same sources, other programs.

Each platform's signer runs here on the library that it uses there: BearSSL for the
ESP8266 and the host, mbedTLS for both kinds of ESP-IDF. What is a stand-in, see `cpp/`.
"""

import base64
import json
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.esphome.cpp_program import compile_program, has_library
from tests.esphome.signing import ORDER, Payload, canonical, public_key, verify

# RFC 6979, appendix A.2.5: P-256, SHA-256.
KEY = bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
POINT = bytes.fromhex(
    "0360FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
)
SIGNATURES = {
    b"sample": (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
    ),
    b"test": (
        "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
        "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
    ),
}

BACKENDS = {
    "host": ("signer_bearssl", "USE_HOST", "bearssl"),
    "esp8266": ("signer_bearssl", "USE_ESP8266", "bearssl"),
    "esp32 with ESP-IDF 5": (
        "signer_mbedtls",
        "USE_ESP32 ESP_IDF_MAJOR=5",
        "mbedcrypto",
    ),
    "esp32 with ESP-IDF 6": (
        "signer_mbedtls",
        "USE_ESP32 ESP_IDF_MAJOR=6",
        "mbedcrypto",
    ),
}


class Program:
    """A program that answers commands, one a line."""

    def __init__(self, path: Path) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, command: str, *arguments: bytes | str | int) -> bytes | None:
        """Run a command; None when it failed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        words = [
            (a if isinstance(a, bytes) else str(a).encode()).hex() for a in arguments
        ]
        print(command, *(f"x{word}" for word in words), file=self._process.stdin)
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if answer == "failed":
            return None
        assert answer.startswith("x")
        return bytes.fromhex(answer[1:])

    def close(self) -> None:
        """End it."""
        self._process.communicate()
        assert self._process.returncode == 0


@pytest.fixture(scope="module", params=list(BACKENDS))
def signer(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """Build a signer."""
    part, defines, library = BACKENDS[request.param]
    if library == "mbedcrypto" and not has_library("psa/crypto.h", library):
        pytest.skip("mbedTLS is not installed here (Debian: libmbedtls-dev)")
    program = Program(
        compile_program(
            "parts",
            f"p256 text envelope outbox {part}",
            tmp_path_factory.mktemp("signer") / "program",
            defines=defines,
            library=library,
        )
    )
    yield program
    program.close()


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Build what writes text, which is the same everywhere."""
    program = Program(
        compile_program(
            "parts",
            "p256 text envelope outbox signer_bearssl",
            tmp_path_factory.mktemp("text") / "program",
            defines="USE_HOST",
            library="bearssl",
        )
    )
    yield program
    program.close()


def low(s: int) -> int:
    """Choose the lower of s and n - s."""
    return min(s, ORDER - s)


@pytest.mark.parametrize("message", list(SIGNATURES))
def test_signatures_are_those_of_rfc_6979(signer: Program, message: bytes) -> None:
    """Byte for byte; of "sample", whose s is high, the low one."""
    r, s = SIGNATURES[message]
    expected = bytes.fromhex(r) + low(int(s, 16)).to_bytes(32)
    assert signer("sign", KEY, message) == expected
    assert (int(s, 16) > ORDER // 2) == (message == b"sample")


def test_signatures_are_those_of_another_library(signer: Program) -> None:
    """Many keys and messages, also of the lengths at which SHA-256 pads differently."""
    chance = random.Random(3)
    for length in (0, 1, 55, 56, 63, 64, 65, 119, 120, 500, 2047, *range(300, 320)):
        number = chance.randrange(1, ORDER)
        message = chance.randbytes(length)
        key = ec.derive_private_key(number, ec.SECP256R1())
        der = key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = utils.decode_dss_signature(der)
        private = number.to_bytes(32)
        assert signer("sign", private, message) == r.to_bytes(32) + low(s).to_bytes(32)
        point = key.public_key().public_bytes(
            Encoding.X962, PublicFormat.CompressedPoint
        )
        assert signer("public_key", private) == point


def test_a_public_key_is_that_of_rfc_6979(signer: Program) -> None:
    """Compressed; its y is odd."""
    assert signer("public_key", KEY) == POINT


@pytest.mark.parametrize("number", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_what_is_no_key_signs_nothing(signer: Program, number: int) -> None:
    """Zero, and what is not below the order of the curve."""
    assert signer("sign", number.to_bytes(32), b"sample") is None
    assert signer("public_key", number.to_bytes(32)) is None


@pytest.mark.parametrize("number", [1, 2, ORDER - 1])
def test_the_first_and_the_last_key_sign(signer: Program, number: int) -> None:
    """They are keys like all others."""
    key = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    signature = signer("sign", number.to_bytes(32), b"sample")
    assert signature is not None
    r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    key.verify(utils.encode_dss_signature(r, s), b"sample", ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("signer", ["esp8266"], indirect=True)
def test_without_memory_an_esp8266_signs_nothing(signer: Program) -> None:
    """Its second stack is one piece of memory; without it, the core would abort."""
    signer("free_block", 7223)
    assert signer("sign", KEY, b"sample") is None
    assert signer("public_key", KEY) is None
    signer("free_block", 7224)
    assert signer("sign", KEY, b"sample") is not None


@pytest.mark.parametrize(
    "s",
    [
        1,
        ORDER // 2 - 1,
        ORDER // 2,
        ORDER // 2 + 1,
        ORDER // 2 + 2,
        ORDER - 1,
        ORDER - 2**64,
        ORDER - 2**224,
    ],
)
def test_the_low_s_is_chosen(text: Program, s: int) -> None:
    """At both sides of the middle, and where a subtraction borrows far."""
    signature = text("low_s", b"r" * 32 + s.to_bytes(32))
    assert signature == b"r" * 32 + low(s).to_bytes(32)


def test_a_did_is_its_key(text: Program) -> None:
    """Read back by base58, multicodec and SEC 1; the first is another's example."""
    # The did:key specification, "P-256", test vectors.
    example = "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"
    keys = [public_key(example)]
    keys += [
        ec.derive_private_key(number, ec.SECP256R1()).public_key()
        for number in range(1, 50)
    ]
    for key in keys:
        point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        did = cast("bytes", text("did", point)).decode()
        assert did.startswith("did:key:zDnae")
        assert public_key(did) == key
    point = keys[0].public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    assert text("did", point) == example.encode()


def test_every_character_is_escaped_as_rfc_8785_says(text: Program) -> None:
    """Each of the first ones, and some of all lengths."""
    characters = [
        *range(0x300),
        0x7FF,
        0x800,
        0xD7FF,
        0xE000,
        0xFFFF,
        0x10000,
        0x10FFFF,
    ]
    for character in map(chr, characters):
        expected = json.dumps(character, ensure_ascii=False).encode()
        assert text("json", character) == expected
        assert text("characters", character) == b"1"


def test_what_is_not_utf_8_is_replaced_as_python_does(text: Program) -> None:
    """Every two bytes, and many mixtures of pieces that are nearly right."""
    chance = random.Random(4)
    pieces = [
        b"a", b'"', b"\x80", b"\xbf", b"\xc0", b"\xc1", b"\xc2", b"\xdf", b"\xe0",
        b"\xe0\xa0", b"\xe0\x9f", b"\xed", b"\xed\x9f", b"\xed\xa0", b"\xef\xbf",
        b"\xf0", b"\xf0\x90", b"\xf0\x8f", b"\xf4\x8f", b"\xf4\x90", b"\xf5", b"\xff",
        "é€😀".encode(),
    ]  # fmt: skip
    texts = [bytes([a, b]) for a in range(0x80, 0x100) for b in range(0, 0x100, 3)]
    texts += [b"".join(chance.choices(pieces, k=6)) for _ in range(3000)]
    for data in texts:
        expected = data.decode(errors="replace")
        answer = cast("bytes", text("json", data))
        assert json.loads(answer) == expected, data
        assert text("characters", data) == str(len(expected)).encode()


def test_base64url_has_no_padding(text: Program) -> None:
    """Of all lengths, with the bits that are left over zero."""
    chance = random.Random(5)
    for length in range(70):
        data = chance.randbytes(length)
        expected = base64.urlsafe_b64encode(data).rstrip(b"=")
        assert text("base64url", data) == expected


STAMP: Payload = {
    "iss": "did:key:zDnae1",
    "epoch": 2**31 - 1,
    "seq": 2**31 - 1,
    "iat": 2**32 - 1,
}
UPTIME: Payload = {"uptime": 0}


@pytest.mark.parametrize("unit", ["°C", ""])
def test_a_reading_is_canonical(text: Program, unit: str) -> None:
    """Its members in order; without a unit, there is none."""
    said: Payload = {"sensor": "fridge", "unit": unit, "value": "4.20"}
    payload = {k: v for k, v in (STAMP | UPTIME | said).items() if v != ""}
    assert text("reading", *(STAMP | UPTIME | said).values()) == canonical(payload)


def test_a_boot_message_is_canonical(text: Program) -> None:
    """Its members in order."""
    said: Payload = {
        "config": "0123abcd",
        "esphome": "2026.10.0",
        "firmware": "ff" * 32,
        "model": 'esp8266 "d1"',
        "name": "fridge",
    }
    payload = STAMP | UPTIME | said
    assert text("boot", *payload.values()) == canonical(payload)


def test_a_payload_says_whose_it_is(text: Program) -> None:
    """Whatever its other members say."""
    said = ['","iss":"did:key:zDnae2'] * 5
    for payload in (
        text("boot", *(STAMP | UPTIME).values(), *said),
        text("reading", *(STAMP | UPTIME).values(), *said[:3]),
    ):
        assert payload is not None
        assert text("issuer", payload) == b"did:key:zDnae1"


def test_a_rotation_is_canonical(text: Program) -> None:
    """Its members in order."""
    payload: Payload = STAMP | UPTIME | {"next": "did:key:zDnae2"}
    assert text("rotation", *payload.values()) == canonical(payload)


def test_an_envelope_is_a_compact_jws(signer: Program) -> None:
    """Checked as any receiver does."""
    point = signer("public_key", KEY)
    assert point is not None
    did = cast("bytes", signer("did", point)).decode()
    payload = signer("reading", did, 1, 2, 3, 4, "fridge", "°C", "4.20")
    assert payload is not None
    jws = cast("bytes", signer("jws", KEY, payload)).decode()
    assert verify(jws).payload["value"] == "4.20"


@dataclass
class Item:
    """What the outbox should know of an envelope."""

    iss: str
    epoch: int
    seq: int
    payload: bytes
    keep: bool = False
    state: str = "waiting"
    signature: bytes = b""

    # A header of 12 bytes, the signature, the payload.
    @property
    def size(self) -> int:
        return 12 + 64 + len(self.payload)

    def __bytes__(self) -> bytes:
        head = f"{self.epoch} {self.seq} ".encode() + self.payload
        return head if self.state == "waiting" else head + b" " + self.signature


ISSUERS = ("did:key:zDnae1", "did:key:zDnae12")


class Outbox:
    """An outbox that is easy to believe, and beside it the device's."""

    def __init__(self, program: Program, capacity: int) -> None:
        self.capacity = capacity
        self.items: list[Item] = []
        self.program = program
        assert program("outbox", capacity) is not None

    def of(self, state: str) -> list[Item]:
        return [item for item in self.items if item.state == state]

    def push(self, item: Item) -> None:
        dropped = 0
        self.items.append(item)
        while sum(i.size for i in self.items) > self.capacity:
            # The new one is the last to make way.
            may_go = [i for i in self.items[:-1] if not i.keep] or [item]
            self.items.remove(may_go[0])
            dropped += 1
        keep = "keep" if item.keep else ""
        answer = self.program("push", item.epoch, item.seq, item.payload, keep)
        assert answer == str(dropped).encode()

    def sign(self, signature: bytes) -> None:
        for item in self.of("waiting")[:1]:
            item.state, item.signature = "signed", signature
            self.program("set_signed", item.epoch, item.seq, signature)

    def send(self) -> None:
        for item in self.of("signed")[:1]:
            item.state = "sent"
            self.program("set_sent", item.epoch, item.seq)

    def sent(self, iss: str, epoch: int, first: int, last: int) -> list[Item]:
        return [
            item
            for item in self.of("sent")
            if (item.iss, item.epoch) == (iss, epoch) and first <= item.seq <= last
        ]

    def acknowledge(self, iss: str, epoch: int, first: int, last: int) -> None:
        known = self.sent(iss, epoch, first, last)
        for item in known:
            self.items.remove(item)
        answer = self.program("acknowledge", iss, epoch, first, last)
        assert answer == (b"kept" if any(item.keep for item in known) else b"")

    def resend(self, iss: str, epoch: int, first: int, last: int) -> None:
        for item in self.sent(iss, epoch, first, last):
            item.state = "signed"
        self.program("resend", iss, epoch, first, last)

    def resend_all(self) -> None:
        for item in self.of("sent"):
            item.state = "signed"
        self.program("resend_all")

    def remove(self, item: Item) -> None:
        self.items.remove(item)
        self.program("remove", item.epoch, item.seq)

    def compare(self) -> None:
        states = ("waiting", "signed", "sent")
        for state in states:
            oldest = self.of(state)[:1]
            answer = self.program(f"oldest_{state}")
            assert answer == (bytes(oldest[0]) if oldest else b"")
        counts = "".join(f"{len(self.of(state))} " for state in states)
        assert self.program("counts") == counts.encode()


@pytest.mark.parametrize("capacity", [2000, 2001, 4000])
def test_the_outbox_does_what_a_simple_one_does(text: Program, capacity: int) -> None:
    """Through many steps made by chance, with room for few envelopes."""
    chance = random.Random(capacity)
    outbox = Outbox(text, capacity)
    for seq in range(1, 1500):
        epoch = 7 + seq // 400
        first = max(1, seq - chance.randrange(40))
        numbers = (chance.choice(ISSUERS), epoch, first, first + chance.randrange(20))
        match chance.randrange(9):
            case 0 | 1 | 2:
                iss = chance.choice(ISSUERS)
                size = chance.choice([100, 101, 190, 190, 1455])
                payload = f'{{"iss":"{iss}"}}'.encode().ljust(size)
                keep = chance.random() < 0.2
                outbox.push(Item(iss, epoch, seq, payload, keep=keep))
            case 3 | 4:
                outbox.sign(chance.randbytes(64))
            case 5 | 6:
                outbox.send()
            case 7:
                outbox.acknowledge(*numbers)
            case 8 if chance.random() < 0.2:
                outbox.resend_all()
            case 8 if outbox.items and chance.random() < 0.2:
                outbox.remove(chance.choice(outbox.items))
            case 8:
                outbox.resend(*numbers)
        outbox.compare()


def test_a_power_cut_never_takes_the_key(tmp_path: Path) -> None:
    """An ESP8266's flash, cut off at every word of every change of the key."""
    program = compile_program(
        "power_cuts",
        "p256 key_store key_copies_sectors",
        tmp_path / "program",
        defines="USE_ESP8266 USE_SIGNED_READING_SECTORS",
    )
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
