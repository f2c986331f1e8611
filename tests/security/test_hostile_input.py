"""Whatever reads what a stranger wrote reads nothing into it, and never falls over.

``scripts/fuzz`` goes on for longer, led by coverage.
"""

import random
import re
import subprocess
import sys
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import time_ns

import orjson
import pytest

from custom_components.iot_blockchain.chain import (
    answers,
    block_proof,
    rlp,
    verification as on_chain,
)
from custom_components.iot_blockchain.device import credential, envelope, jws
from custom_components.iot_blockchain.device.errors import EnvelopeError, Reason
from custom_components.iot_blockchain.log import (
    canonical,
    checkpoint,
    entry,
    merkle,
    note,
    verification,
)
from custom_components.iot_blockchain.log.receipt import Receipt
from scripts.house import fuzz
from scripts.house.hostile.chance import mutated, try_by_chance
from scripts.house.hostile.target import WronglyReadError
from scripts.house.hostile.targets import targets

INPUTS = {"answer": 1500, "receipt": 8000, "note": 15_000, "range": 15_000}


def test_every_target_can_be_fuzzed_for_long() -> None:
    assert tuple(targets()) == fuzz.TARGETS


@pytest.mark.filterwarnings("ignore:There was an issue with the method")
@pytest.mark.parametrize("name", targets())
def test_hostile_input_is_read_right_or_refused(name: str) -> None:
    seed = time_ns()
    try:
        try_by_chance(targets()[name], INPUTS.get(name, 20_000), random.Random(seed))
    except Exception as err:
        err.add_note(f"{seed=}")
        raise


def test_what_one_run_kept_another_can_judge() -> None:
    command = """
from scripts.house.hostile.targets import targets
print([target.seeds for target in targets().values()])
"""
    shown = {
        subprocess.run(
            [sys.executable, "-c", command],
            check=True,
            capture_output=True,
            cwd=Path(__file__).parents[2],
        ).stdout
        for _ in range(2)
    }
    assert len(shown) == 1


def test_some_of_what_chance_makes_is_still_read() -> None:
    # Otherwise nothing would be shown: refusing is easy.
    chance = random.Random(1)
    read: dict[str, int] = {"canonical": 0, "entry": 0, "receipt": 0}
    for name in read:
        for _ in range(3000):
            data = mutated(targets()[name].seeds, chance)
            try:
                match name:
                    case "canonical":
                        canonical.decode(data)
                    case "entry":
                        entry.decode(data)
                    case _:
                        Receipt.from_json(data)
            except ValueError:
                continue
            read[name] += 1
    assert all(count > 30 for count in read.values()), read


class Broken:
    """Faults that a reader could have, each of which a target must find."""

    @staticmethod
    def any_json(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(canonical, "decode", orjson.loads)

    @staticmethod
    def any_order(monkeypatch: pytest.MonkeyPatch) -> None:
        def ordered(value: object) -> object:
            return value

        monkeypatch.setattr(canonical, "_ordered", ordered)

    @staticmethod
    def any_salt(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(entry, "_SALT", re.compile(".*"))

    @staticmethod
    def any_time(monkeypatch: pytest.MonkeyPatch) -> None:
        def parse_time(text: str) -> datetime:
            try:
                return datetime.fromisoformat(text).replace(tzinfo=UTC)
            except ValueError as err:
                raise entry.EntryError from err

        monkeypatch.setattr(entry, "parse_time", parse_time)

    @staticmethod
    def any_base64(monkeypatch: pytest.MonkeyPatch) -> None:
        def decode(encoded: str) -> bytes:
            try:
                return b64decode(encoded)
            except ValueError as err:
                raise note.NoteError from err

        monkeypatch.setattr(note, "_decode", decode)

    @staticmethod
    def any_signature(monkeypatch: pytest.MonkeyPatch) -> None:
        class Anybody:
            @staticmethod
            def from_public_bytes(_data: bytes) -> Anybody:
                return Anybody()

            def verify(self, _signature: bytes, _data: bytes) -> None:
                pass

        monkeypatch.setattr(note, "Ed25519PublicKey", Anybody)

    @staticmethod
    def any_size(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(checkpoint, "_SIZE", re.compile(r"[0-9]+"))

    @staticmethod
    def any_entries(monkeypatch: pytest.MonkeyPatch) -> None:
        def verify_range(*_args: object) -> None:
            pass

        monkeypatch.setattr(verification, "verify_range", verify_range)

    @staticmethod
    def any_anchor(monkeypatch: pytest.MonkeyPatch) -> None:
        def check_anchor(report: verification.Report) -> verification.Report:
            return report

        monkeypatch.setattr(on_chain, "check_anchor", check_anchor)

    @staticmethod
    def any_block(monkeypatch: pytest.MonkeyPatch) -> None:
        def problem_of(*_args: object) -> None:
            pass

        monkeypatch.setattr(block_proof, "problem_of", problem_of)

    @staticmethod
    def any_length(monkeypatch: pytest.MonkeyPatch) -> None:
        def bounds(data: bytes, at: int, end: int, length: int) -> tuple[int, int]:
            if length <= 55:
                return at, min(at + length, end)
            start = min(at + length - 55, end)
            return start, min(start + int.from_bytes(data[at:start]), end)

        monkeypatch.setattr(rlp, "_bounds", bounds)

    @staticmethod
    def any_proof_that_begins_right(monkeypatch: pytest.MonkeyPatch) -> None:
        original = merkle.verify_range

        def verify_range(
            leaves: list[bytes], first: int, size: int, proof: list[bytes], root: bytes
        ) -> None:
            for end in range(len(proof), -1, -1):
                try:
                    original(leaves, first, size, proof[:end], root)
                except merkle.ProofError:
                    continue
                return
            raise merkle.ProofError

        monkeypatch.setattr(merkle, "verify_range", verify_range)

    @staticmethod
    def any_object(monkeypatch: pytest.MonkeyPatch) -> None:
        def members(value: object) -> object:
            return value

        monkeypatch.setattr(answers, "members", members)

    @staticmethod
    def any_number(monkeypatch: pytest.MonkeyPatch) -> None:
        quantity = answers.quantity

        def of_any_size(value: object, _most: int = 0) -> int:
            return quantity(value, 2**300)

        monkeypatch.setattr(answers, "quantity", of_any_size)

    @staticmethod
    def any_spare_bits(monkeypatch: pytest.MonkeyPatch) -> None:
        def decode(text: str) -> bytes:
            try:
                return urlsafe_b64decode(text + "=" * (-len(text) % 4))
            except ValueError as err:
                raise EnvelopeError(Reason.MALFORMED, "") from err

        monkeypatch.setattr(jws, "decode_base64url", decode)

    @staticmethod
    def any_payload(monkeypatch: pytest.MonkeyPatch) -> None:
        def decode(data: bytes) -> object:
            try:
                return orjson.loads(data)
            except ValueError as err:
                raise canonical.CanonicalError from err

        monkeypatch.setattr(canonical, "decode", decode)

    @staticmethod
    def any_members(monkeypatch: pytest.MonkeyPatch) -> None:
        def require_no_others(_fields: object) -> None:
            pass

        monkeypatch.setattr(envelope._Fields, "require_no_others", require_no_others)

    @staticmethod
    def any_claims(monkeypatch: pytest.MonkeyPatch) -> None:
        class Anything:
            def __init__(self, terms: object) -> None:
                self.header = terms.header  # type: ignore[attr-defined]

            def payload(self, _found: object) -> Anything:
                return self

            def __ne__(self, _other: object) -> bool:
                return False

            __hash__ = None  # type: ignore[assignment]

        original = credential._Terms

        def terms(public_key: bytes, log_id: bytes) -> Anything:
            return Anything(original(public_key, log_id))

        monkeypatch.setattr(credential, "_Terms", terms)


FAULTS: Mapping[str, tuple[Callable[[pytest.MonkeyPatch], None], ...]] = {
    "canonical": (Broken.any_json, Broken.any_order),
    "entry": (Broken.any_salt, Broken.any_time),
    "key": (Broken.any_base64,),
    "note": (Broken.any_signature,),
    "checkpoint": (Broken.any_size,),
    "receipt": (Broken.any_entries, Broken.any_anchor, Broken.any_block),
    "rlp": (Broken.any_length,),
    "range": (Broken.any_proof_that_begins_right,),
    "answer": (Broken.any_object, Broken.any_number),
    "envelope": (Broken.any_spare_bits, Broken.any_payload, Broken.any_members),
    "credential": (Broken.any_claims,),
}


@pytest.mark.filterwarnings("ignore:There was an issue with the method")
@pytest.mark.parametrize(
    ("name", "fault"),
    [(name, fault) for name, faults in FAULTS.items() for fault in faults],
)
def test_a_fault_is_found(
    name: str,
    fault: Callable[[pytest.MonkeyPatch], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fault(monkeypatch)
    kind = AttributeError if fault is Broken.any_object else WronglyReadError
    with pytest.raises(kind) as raised:
        try_by_chance(targets()[name], 20_000, random.Random(2))
    assert raised.value.__notes__[0].startswith("input: ")
