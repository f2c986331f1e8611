"""Proofs that are tampered with."""

from collections.abc import Callable
from dataclasses import dataclass

from custom_components.iot_blockchain.log import merkle

from .honest import LEAVES, SIZE, nodes, range_proof, root
from .target import require


def read_range(data: bytes) -> None:
    """Let the bytes tamper with a right proof: it must be taken only unchanged."""
    numbers = _Numbers(data)
    size = 1 + numbers.below(SIZE)
    first = numbers.below(size)
    stop = first + 1 + numbers.below(size - first)
    claim = _Claim(
        LEAVES[first:stop],
        first,
        size,
        range_proof(first, stop, 0, size),
        root(0, size),
    )
    while numbers.left:
        claim.tamper(numbers)
    taken = _takes(
        merkle.verify_range,
        claim.leaves,
        claim.first,
        claim.size,
        claim.proof,
        claim.root,
    )
    if len(claim.leaves) == 1:
        single = _takes(
            merkle.verify_inclusion,
            claim.leaves[0],
            claim.first,
            claim.size,
            claim.proof,
            claim.root,
        )
        require(single == taken, "an inclusion and a range of one differ")
    if claim.size == size and claim.root == root(0, size):
        # Otherwise nothing is known: the signature holds size and root together.
        true = claim.true
        require(taken == true, f"{'taken' if taken else 'refused'}, and it is {true}")


class _Numbers:
    """Bytes, as small numbers; noughts when they are used up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    @property
    def left(self) -> bool:
        return self._place < len(self._data)

    def below(self, limit: int) -> int:
        value = self._data[self._place] if self.left else 0
        self._place += 1
        return value % limit


@dataclass
class _Claim:
    """That leaves stand in a tree."""

    leaves: list[bytes]
    first: int
    size: int
    proof: list[bytes]
    root: bytes

    @property
    def true(self) -> bool:
        """Whether the claim is right, and its proof is the one that there is."""
        stop = self.first + len(self.leaves)
        return (
            0 <= self.first < stop <= self.size
            and self.leaves == LEAVES[self.first : stop]
            and self.proof == range_proof(self.first, stop, 0, self.size)
        )

    def tamper(self, numbers: _Numbers) -> None:
        """Change one thing."""
        kind = numbers.below(16)
        hashes = self.proof if kind & 1 else self.leaves
        start = numbers.below(len(hashes) + 1)
        node = nodes()[numbers.below(len(nodes()))]
        match kind >> 1:
            case 0:
                hashes.insert(start, node)
            case 1:
                del hashes[start : start + 1]
            case 2:
                hashes[start : start + 1] = [node]
            case 3:
                hashes[:] = hashes[start:] + hashes[:start]
            case 4:
                self.first = numbers.below(2 * SIZE) - 2
            case 5:
                self.size = numbers.below(2 * SIZE)
            case 6:
                self.root = node
            case _:
                hashes.insert(start, bytes(numbers.below(40)))


def _takes[**P](verify: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> bool:
    try:
        verify(*args, **kwargs)
    except merkle.ProofError:
        return False
    return True
