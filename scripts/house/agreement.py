"""Whether the contract and the Python verifier say the same of any proof.

They differ in one place, by design: the contract refuses a consistency proof between
equal sizes, because what is anchored must grow; ``log.merkle`` takes one that is empty,
of one and the same root.

The contract cannot be asked about hashes of other lengths than 32 bytes, and numbers
below 0 or beyond 64 bits: its types do not hold them. That the Python verifier refuses
such hashes and negative numbers is in tests/unit/log/test_merkle.py.
"""

import json
import random
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol

from custom_components.iot_blockchain.log.merkle import (
    ProofError,
    verify_consistency,
    verify_inclusion,
    verify_range,
)

from .chain import Anvil

_CONTRACTS = Path(__file__).parents[2] / "contracts"
_ARTIFACT = _CONTRACTS / "out" / "Agreement.sol" / "Agreement.json"
_ADDRESS = "0x" + "a9" * 20
# anvil takes no larger request; and no call with more gas than a transaction may have.
_MAX_BATCH_BYTES = 300_000
_MAX_BATCH = 600

TAKEN = "taken"
_SIZES_OUT_OF_ORDER = "SizesOutOfOrder(uint64,uint64)"
_ERRORS = (
    "IndexOutOfRange(uint64,uint64)",
    _SIZES_OUT_OF_ORDER,
    "WrongProofLength(uint256)",
    "RootMismatch(bytes32,bytes32)",
)
_MAX_SIZE = 2**64 - 1

type Kind = Literal["inclusion", "consistency"]


class DisagreementError(Exception):
    """Two verifiers judge a proof differently, or one judges a right one wrong."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A proof with what it claims: an inclusion, or a consistency.

    ``first`` is an index or the first size, ``size`` the (second) size, ``start`` the
    leaf or the first root, ``root`` the (second) root. ``must`` is what the verdict has
    to be: True for a right proof, False where a hash was changed, None where all that
    is known is that the verifiers agree.
    """

    kind: Kind
    first: int
    size: int
    start: bytes
    root: bytes
    proof: Sequence[bytes]
    must: bool | None
    change: str

    def packed(self) -> bytes:
        """Write the claim as contracts/test/Agreement.sol reads it."""
        return b"".join(
            (
                bytes([self.kind == "consistency"]),
                self.first.to_bytes(8),
                self.size.to_bytes(8),
                self.start,
                self.root,
                len(self.proof).to_bytes(2),
                *self.proof,
            )
        )

    def __str__(self) -> str:
        """Write the claim so that it can be tried again."""
        return json.dumps(
            {
                "kind": self.kind,
                "change": self.change,
                "first": self.first,
                "size": self.size,
                "start": self.start.hex(),
                "root": self.root.hex(),
                "proof": [element.hex() for element in self.proof],
            }
        )


class Tree(Protocol):
    """Hashes of a tree, by the definition of RFC 9162, section 2.1.1."""

    def root(self, low: int, high: int) -> bytes:
        """Hash the leaves from ``low`` up to ``high``."""


class DifferentLeaves:
    """A tree of some hundred leaves, no two alike."""

    def __init__(self, chance: random.Random, size: int) -> None:
        """Make the leaves."""
        self.size = size
        self._leaves = [chance.randbytes(32) for _ in range(size)]
        self._known: dict[tuple[int, int], bytes] = {}

    def root(self, low: int, high: int) -> bytes:
        """Hash the leaves from ``low`` up to ``high``."""
        if high - low == 1:
            return self._leaves[low]
        if (low, high) not in self._known:
            middle = low + _split(high - low)
            self._known[low, high] = _node(
                self.root(low, middle), self.root(middle, high)
            )
        return self._known[low, high]


class EqualLeaves:
    """A tree of any size, up to the largest: its leaves are all the same."""

    def __init__(self, chance: random.Random) -> None:
        """Make the leaf."""
        leaf = chance.randbytes(32)

        @lru_cache(maxsize=100_000)
        def root(size: int) -> bytes:
            if size == 1:
                return leaf
            left = _split(size)
            return _node(root(left), root(size - left))

        self._root = root

    def root(self, low: int, high: int) -> bytes:
        """Hash the leaves from ``low`` up to ``high``."""
        return self._root(high - low)


class Claims:
    """Random claims, right and wrong."""

    def __init__(self, seed: int, *, trees: int = 12, largest: int = 700) -> None:
        """Make the trees that the claims are about."""
        self._chance = chance = random.Random(seed)  # noqa: S311 - to be repeated
        self._small = [
            DifferentLeaves(chance, chance.randint(2, largest)) for _ in range(trees)
        ]
        self._huge = [EqualLeaves(chance) for _ in range(4)]

    def __iter__(self) -> Iterator[Claim]:
        """Go on for ever: each right claim, and then some wrong ones made of it."""
        while True:
            right = self._right()
            yield right
            for _ in range(3):
                yield self._changed(right)

    def _right(self) -> Claim:
        chance = self._chance
        tree: Tree
        if chance.random() < 0.75:  # noqa: PLR2004
            tree = small = chance.choice(self._small)
            size = chance.randint(1, small.size)
        else:
            tree = chance.choice(self._huge)
            size = chance.randint(1, 2 ** chance.randint(1, 64) - 1)
        if size > 1 and chance.random() < 0.5:  # noqa: PLR2004
            first = chance.randint(1, size - 1)
            return Claim(
                "consistency",
                first,
                size,
                tree.root(0, first),
                tree.root(0, size),
                _consistency(tree, first, size),
                must=True,
                change="none",
            )
        index = chance.randrange(size)
        return Claim(
            "inclusion",
            index,
            size,
            tree.root(index, index + 1),
            tree.root(0, size),
            _inclusion(tree, index, size),
            must=True,
            change="none",
        )

    def _changed(self, right: Claim) -> Claim:
        """Make another claim, which is wrong unless by chance."""
        change = self._chance.choice(self._CHANGES)
        changed = change(self, right)
        return replace(changed, change=change.__name__.strip("_"))

    def _bit_of_start(self, right: Claim) -> Claim:
        return replace(right, start=self._flipped(right.start), must=False)

    def _bit_of_root(self, right: Claim) -> Claim:
        return replace(right, root=self._flipped(right.root), must=False)

    def _bit_of_proof(self, right: Claim) -> Claim:
        if not right.proof:
            return self._one_more(right)
        proof = list(right.proof)
        place = self._chance.randrange(len(proof))
        proof[place] = self._flipped(proof[place])
        return replace(right, proof=proof, must=False)

    def _one_more(self, right: Claim) -> Claim:
        known = [right.start, right.root, bytes(32), *right.proof]
        proof = list(right.proof)
        proof.insert(
            self._chance.randint(0, len(proof)),
            self._chance.choice([*known, self._chance.randbytes(32)]),
        )
        return replace(right, proof=proof, must=False)

    def _many_more(self, right: Claim) -> Claim:
        more = [right.root] * self._chance.randint(60, 140)
        return replace(right, proof=[*right.proof, *more], must=False)

    def _one_less(self, right: Claim) -> Claim:
        proof = list(right.proof)
        if proof:
            del proof[self._chance.randrange(len(proof))]
            return replace(right, proof=proof, must=False)
        return self._one_more(right)

    def _no_proof(self, right: Claim) -> Claim:
        return replace(right, proof=[], must=None)

    def _exchanged(self, right: Claim) -> Claim:
        proof = list(right.proof)
        self._chance.shuffle(proof)
        # Equal hashes can change places: that is the same proof.
        must = proof == list(right.proof)
        return replace(right, proof=proof, must=must)

    def _other_first(self, right: Claim) -> Claim:
        near = right.first + self._chance.choice((-2, -1, 1, 2))
        first = self._chance.choice((near, self._number(), right.size, 0))
        return replace(right, first=_within(first), must=None)

    def _other_size(self, right: Claim) -> Claim:
        near = right.size + self._chance.choice((-2, -1, 1, 2))
        size = self._chance.choice((near, self._number(), right.first, 0, _MAX_SIZE))
        return replace(right, size=_within(size), must=None)

    def _other_kind(self, right: Claim) -> Claim:
        kind: Kind = "consistency" if right.kind == "inclusion" else "inclusion"
        return replace(right, kind=kind, must=None)

    def _turned_round(self, right: Claim) -> Claim:
        return replace(right, start=right.root, root=right.start, must=None)

    def _same_size(self, right: Claim) -> Claim:
        other = self._chance.choice((right.start, right.root))
        proof = self._chance.choice(([], right.proof))
        return replace(
            right,
            kind="consistency",
            first=right.size,
            start=other,
            proof=proof,
            must=None,
        )

    def _inner_node(self, right: Claim) -> Claim:
        """Pass a node off as a leaf: one level less, at half the index and size."""
        if not right.proof:
            return self._no_proof(right)
        pair = (right.start, right.proof[0])
        left, sibling = pair if self._chance.random() < 0.5 else pair[::-1]  # noqa: PLR2004
        return replace(
            right,
            first=right.first >> 1,
            size=self._chance.choice((right.size, (right.size + 1) >> 1)),
            start=_node(left, sibling),
            proof=right.proof[1:],
            must=None,
        )

    def _nothing_right(self, right: Claim) -> Claim:
        chance = self._chance
        count = chance.choice((0, 1, len(right.proof), chance.randint(0, 130)))
        return replace(
            right,
            first=self._number(),
            size=self._number(),
            start=chance.randbytes(32),
            root=chance.randbytes(32),
            proof=[chance.randbytes(32) for _ in range(count)],
            must=None,
        )

    _CHANGES: tuple[Callable[[Claims, Claim], Claim], ...] = (
        _bit_of_start,
        _bit_of_root,
        _bit_of_proof,
        _one_more,
        _many_more,
        _one_less,
        _no_proof,
        _exchanged,
        _other_first,
        _other_size,
        _other_kind,
        _turned_round,
        _same_size,
        _inner_node,
        _nothing_right,
    )

    def _flipped(self, value: bytes) -> bytes:
        number = int.from_bytes(value) ^ (1 << self._chance.randrange(256))
        return number.to_bytes(32)

    def _number(self) -> int:
        return self._chance.randint(0, 2 ** self._chance.randint(0, 64) - 1)


class Contract:
    """``contracts/src/Rfc9162.sol``, asked in batches on a chain of our own."""

    def __init__(self, anvil: Anvil) -> None:
        """Build the contract, which needs not be deployed to be asked."""
        subprocess.run(
            ["npm", "--silent", "--prefix", _CONTRACTS, "run", "build"],  # noqa: S607
            check=True,
            stdout=subprocess.DEVNULL,
        )
        artifact = json.loads(_ARTIFACT.read_text(encoding="utf-8"))
        self._code: str = artifact["deployedBytecode"]["object"]
        self._anvil = anvil
        self._errors = {
            bytes.fromhex(anvil.rpc("web3_sha3", "0x" + name.encode().hex())[2:10]): (
                name
            )
            for name in _ERRORS
        } | {bytes(4): TAKEN}

    def judge(self, claims: Sequence[Claim]) -> list[str]:
        """Return, of each claim, ``TAKEN`` or the error that it is refused with.

        Raises:
            DisagreementError: one is refused without one of the known reasons.
        """
        data = b"".join(claim.packed() for claim in claims)
        answer = bytes.fromhex(
            self._anvil.rpc(
                "eth_call",
                {"to": _ADDRESS, "data": "0x" + data.hex()},
                "latest",
                {_ADDRESS: {"code": self._code}},
            )[2:]
        )
        verdicts = [answer[i : i + 4] for i in range(0, len(answer), 4)]
        for claim, verdict in zip(claims, verdicts, strict=True):
            if verdict not in self._errors:
                raise DisagreementError(f"refused with 0x{verdict.hex()}: {claim}")
        return [self._errors[verdict] for verdict in verdicts]


def python_takes(claim: Claim) -> bool:
    """Ask ``log.merkle``; both of its ways to check an inclusion must agree."""
    if claim.kind == "consistency":
        return _takes(
            verify_consistency,
            claim.first,
            claim.size,
            claim.proof,
            claim.start,
            claim.root,
        )
    inclusion = _takes(
        verify_inclusion, claim.start, claim.first, claim.size, claim.proof, claim.root
    )
    single = _takes(
        verify_range, [claim.start], claim.first, claim.size, claim.proof, claim.root
    )
    if inclusion != single:
        raise DisagreementError(f"an inclusion and a range of one differ: {claim}")
    return inclusion


def compare(claim: Claim, python: bool, contract: str) -> str:  # noqa: FBT001
    """Compare two verdicts, and say in a word what they are.

    Raises:
        DisagreementError: they are not what they should be.
    """
    taken = contract == TAKEN
    if claim.kind == "consistency" and claim.first == claim.size:
        trivial = claim.first > 0 and not claim.proof and claim.start == claim.root
        if contract != _SIZES_OUT_OF_ORDER or python != trivial:
            raise DisagreementError(f"{python=}, {contract=}, of equal sizes: {claim}")
        return "equal sizes"
    if python != taken:
        raise DisagreementError(f"{python=}, {contract=}: {claim}")
    if claim.must is not None and claim.must != taken:
        raise DisagreementError(f"both say {taken}, it is {claim.must}: {claim}")
    return "taken" if taken else "refused"


def run(
    anvil: Anvil,
    count: int,
    *,
    seed: int,
    python: Callable[[Claim], bool] = python_takes,
    progress: Callable[[int], None] = lambda _done: None,
) -> Counter[tuple[str, str, str]]:
    """Compare the verdicts on so many claims; count them by kind, change and verdict.

    Raises:
        DisagreementError: at the first claim where they differ.
    """
    contract = Contract(anvil)
    counts: Counter[tuple[str, str, str]] = Counter()
    claims = islice(Claims(seed), count)
    # While the chain judges a batch, Python makes and judges the next one.
    with ThreadPoolExecutor(1) as chain:
        waiting = None
        while True:
            batch = _batch(claims)
            asked = chain.submit(contract.judge, batch) if batch else None
            verdicts = [python(claim) for claim in batch]
            if waiting is not None:
                claimed, said, answer = waiting
                for claim, python_said, contract_said in zip(
                    claimed, said, answer.result(), strict=True
                ):
                    word = compare(claim, python_said, contract_said)
                    counts[claim.kind, claim.change, word] += 1
                progress(counts.total())
            if asked is None:
                return counts
            waiting = batch, verdicts, asked


def _batch(claims: Iterator[Claim]) -> list[Claim]:
    batch: list[Claim] = []
    size = 0
    for claim in claims:
        batch.append(claim)
        size += 83 + 32 * len(claim.proof)
        if size > _MAX_BATCH_BYTES or len(batch) == _MAX_BATCH:
            break
    return batch


def _takes[**P](verify: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> bool:
    try:
        verify(*args, **kwargs)
    except ProofError:
        return False
    return True


def _within(number: int) -> int:
    return min(max(number, 0), _MAX_SIZE)


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """Return the largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _inclusion(tree: Tree, index: int, size: int) -> list[bytes]:
    """RFC 9162, section 2.1.3.1."""
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(tree.root(middle, high))
            high = middle
        else:
            proof.append(tree.root(low, middle))
            low = middle
    return proof[::-1]


def _consistency(tree: Tree, size1: int, size2: int) -> list[bytes]:
    """RFC 9162, section 2.1.4.1."""
    proof: list[bytes] = []
    low, high = 0, size2
    while high != size1:
        middle = low + _split(high - low)
        if size1 <= middle:
            proof.append(tree.root(middle, high))
            high = middle
        else:
            proof.append(tree.root(low, middle))
            low = middle
    if low:
        proof.append(tree.root(low, high))
    return proof[::-1]
