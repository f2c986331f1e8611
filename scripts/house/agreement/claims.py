"""Claims that a proof is right, most of them wrong."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .trees import DifferentLeaves, EqualLeaves, Tree, consistency, inclusion, node

_MAX_SIZE = 2**64 - 1

type Kind = Literal["inclusion", "consistency"]


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
                consistency(tree, first, size),
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
            inclusion(tree, index, size),
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
            start=node(left, sibling),
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


def _within(number: int) -> int:
    return min(max(number, 0), _MAX_SIZE)
