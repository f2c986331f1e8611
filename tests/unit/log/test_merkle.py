"""The hashes and proofs of RFC 9162."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.log.merkle import (
    ProofError,
    fold,
    leaf_hash,
    node_hash,
    root_of,
    split_point,
    verify_consistency,
    verify_inclusion,
    verify_range,
)

from . import reference

# The leaves of the test vectors of Certificate Transparency's reference code.
CT_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
EMPTY_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Of a leaf's index in a tree of a size.
CT_INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        3,
        ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    ),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
# From one size to another.
CT_CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
# Another tree with the same shape cannot pass for this one.
STRANGE = sha256(b"strange").digest()


def leaves_of(size: int) -> list[bytes]:
    return [reference.hash_leaf(b"entry %d" % number) for number in range(size)]


LEAVES = leaves_of(70)
SIZES = st.integers(1, len(LEAVES))


class Tree(NamedTuple):
    """A tree, and one proof in it."""

    leaves: list[bytes]
    place: int
    proof: list[bytes]
    root: bytes


@st.composite
def inclusions(draw: st.DrawFn) -> Tree:
    leaves = LEAVES[: draw(SIZES)]
    index = draw(st.integers(0, len(leaves) - 1))
    return Tree(leaves, index, reference.path(index, leaves), reference.mth(leaves))


class Growth(NamedTuple):
    """Two sizes of a tree, and the proof that the second extends the first."""

    size1: int
    size2: int
    proof: list[bytes]
    root1: bytes
    root2: bytes


@st.composite
def growths(draw: st.DrawFn, *, least: int = 0) -> Growth:
    size1 = draw(st.integers(1, len(LEAVES) - least))
    size2 = draw(st.integers(size1 + least, len(LEAVES)))
    return Growth(
        size1,
        size2,
        reference.proof(size1, LEAVES[:size2]),
        reference.mth(LEAVES[:size1]),
        reference.mth(LEAVES[:size2]),
    )


class Range(NamedTuple):
    """Leaves that follow one another in a tree, and their proof."""

    first: int
    leaves: list[bytes]
    size: int
    proof: list[bytes]
    root: bytes


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    size = draw(SIZES)
    first = draw(st.integers(0, size - 1))
    stop = draw(st.integers(first + 1, size))
    return Range(
        first,
        LEAVES[first:stop],
        size,
        reference.range_path(first, stop, LEAVES[:size]),
        reference.mth(LEAVES[:size]),
    )


def flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8 % len(value)] ^= 1 << bit % 8
    return bytes(changed)


def mutations(proof: Sequence[bytes], bit: int) -> list[list[bytes]]:
    """Every way of tampering with one element, one after the other, and at the ends."""
    whole = list(proof)
    mutated = [[*whole, STRANGE], [STRANGE, *whole], [*whole, *whole[-1:], STRANGE]]
    for place, element in enumerate(whole):
        before, after = whole[:place], whole[place + 1 :]
        mutated += [
            [*before, *after],
            [*before, element, element, *after],
            [*before, flipped(element, bit), *after],
            [*before, element[:-1], *after],
            [*before, element + b"\0", *after],
            [*before, b"", *after],
        ]
        if after:
            mutated.append([*before, after[0], element, *after[1:]])
    mutated.append(whole[::-1])
    return [other for other in mutated if other != whole]


def refuses(check: Callable[[], None]) -> bool:
    try:
        check()
    except ProofError:
        return True
    return False


def test_the_roots_are_those_of_certificate_transparency() -> None:
    hashes = [leaf_hash(leaf) for leaf in CT_LEAVES]
    assert root_of([]).hex() == EMPTY_ROOT
    assert [root_of(hashes[:size]).hex() for size in range(1, 9)] == CT_ROOTS


def test_the_reference_computes_the_vectors_of_certificate_transparency() -> None:
    hashes = [reference.hash_leaf(leaf) for leaf in CT_LEAVES]
    assert reference.mth([]).hex() == EMPTY_ROOT
    assert [reference.mth(hashes[:size]).hex() for size in range(1, 9)] == CT_ROOTS
    for index, size, proof in CT_INCLUSION:
        assert [e.hex() for e in reference.path(index, hashes[:size])] == proof
    for size1, size2, proof in CT_CONSISTENCY:
        assert [e.hex() for e in reference.proof(size1, hashes[:size2])] == proof


@pytest.mark.parametrize(("index", "size", "proof"), CT_INCLUSION)
def test_inclusion_proofs_of_certificate_transparency_verify(
    index: int, size: int, proof: list[str]
) -> None:
    elements = [bytes.fromhex(element) for element in proof]
    root = bytes.fromhex(CT_ROOTS[size - 1])
    verify_inclusion(leaf_hash(CT_LEAVES[index]), index, size, elements, root)


@pytest.mark.parametrize(("size1", "size2", "proof"), CT_CONSISTENCY)
def test_consistency_proofs_of_certificate_transparency_verify(
    size1: int, size2: int, proof: list[str]
) -> None:
    elements = [bytes.fromhex(element) for element in proof]
    roots = [bytes.fromhex(CT_ROOTS[size - 1]) for size in (size1, size2)]
    verify_consistency(size1, size2, elements, *roots)


def test_every_proof_in_small_trees_verifies() -> None:
    for size in range(1, 34):
        leaves, root = LEAVES[:size], reference.mth(LEAVES[:size])
        assert root_of(leaves) == root
        for index in range(size):
            proof = reference.path(index, leaves)
            verify_inclusion(leaves[index], index, size, proof, root)
            verify_range([leaves[index]], index, size, proof, root)
        for size1 in range(1, size + 1):
            verify_consistency(
                size1,
                size,
                reference.proof(size1, leaves),
                reference.mth(leaves[:size1]),
                root,
            )


@given(ranges())
def test_a_right_range_verifies(range_: Range) -> None:
    verify_range(range_.leaves, range_.first, range_.size, range_.proof, range_.root)


@given(inclusions(), st.integers(0, 255))
def test_a_tampered_inclusion_proof_is_refused(tree: Tree, bit: int) -> None:
    leaf, size = tree.leaves[tree.place], len(tree.leaves)
    for proof in mutations(tree.proof, bit):
        with pytest.raises(ProofError):
            verify_inclusion(leaf, tree.place, size, proof, tree.root)
        with pytest.raises(ProofError):
            verify_range([leaf], tree.place, size, proof, tree.root)
    for other in (flipped(leaf, bit), leaf[:-1], leaf + b"\0", b""):
        with pytest.raises(ProofError):
            verify_inclusion(other, tree.place, size, tree.proof, tree.root)
        with pytest.raises(ProofError):
            verify_range([other], tree.place, size, tree.proof, tree.root)
    for other in (flipped(tree.root, bit), tree.root[:-1], tree.root + b"\0", b""):
        with pytest.raises(ProofError):
            verify_inclusion(leaf, tree.place, size, tree.proof, other)
        with pytest.raises(ProofError):
            verify_range([leaf], tree.place, size, tree.proof, other)


@given(inclusions(), st.integers(-3, len(LEAVES) + 3))
def test_a_leaf_proves_no_other_index(tree: Tree, index: int) -> None:
    if index != tree.place:
        leaf, size = tree.leaves[tree.place], len(tree.leaves)
        with pytest.raises(ProofError):
            verify_inclusion(leaf, index, size, tree.proof, tree.root)
        with pytest.raises(ProofError):
            verify_range([leaf], index, size, tree.proof, tree.root)


@pytest.mark.parametrize("size", [0, -1, -8])
def test_nothing_is_in_an_empty_tree(size: int) -> None:
    for index in (-1, 0, 1):
        with pytest.raises(ProofError):
            verify_inclusion(STRANGE, index, size, [], STRANGE)
        with pytest.raises(ProofError):
            verify_range([STRANGE], index, size, [], STRANGE)


def test_a_size_with_a_path_of_another_shape_is_refused() -> None:
    # The size is not part of the root: where two sizes have the same path, as all
    # from 5 to 8 have for leaf 0, the signature over the checkpoint tells them apart.
    for size in range(1, 18):
        for index in range(size):
            proof = reference.path(index, LEAVES[:size])
            root = reference.mth(LEAVES[:size])
            for other in range(1, 40):
                same = (
                    len(reference.path(index, LEAVES[:other])) if index < other else -1
                )
                if same != len(proof):
                    assert refuses(
                        lambda: verify_inclusion(
                            LEAVES[index],  # noqa: B023 - called at once
                            index,  # noqa: B023
                            other,  # noqa: B023
                            proof,  # noqa: B023
                            root,  # noqa: B023
                        )
                    )


@given(growths(least=1), st.integers(0, 255))
def test_a_tampered_consistency_proof_is_refused(growth: Growth, bit: int) -> None:
    size1, size2, right, root1, root2 = growth
    for proof in mutations(right, bit):
        with pytest.raises(ProofError):
            verify_consistency(size1, size2, proof, root1, root2)
    for other in (flipped(root1, bit), root1[:-1], root1 + b"\0", b"", root2):
        with pytest.raises(ProofError):
            verify_consistency(size1, size2, right, other, root2)
    for other in (flipped(root2, bit), root2[:-1], root2 + b"\0", b"", root1):
        with pytest.raises(ProofError):
            verify_consistency(size1, size2, right, root1, other)


@given(growths())
def test_a_right_consistency_proof_verifies(growth: Growth) -> None:
    verify_consistency(*growth)


@given(growths(least=1))
def test_consistency_of_other_sizes_is_refused(growth: Growth) -> None:
    size1, size2, proof, root1, root2 = growth
    shrunk = [(size2, size1), (0, size2), (-1, size2), (size1, 0), (0, 0)]
    others = [(size1 + step, size2) for step in (-1, 1)]
    for other1, other2 in shrunk + others:
        with pytest.raises(ProofError):
            verify_consistency(other1, other2, proof, root1, root2)


def test_an_empty_first_tree_proves_nothing() -> None:
    empty = bytes.fromhex(EMPTY_ROOT)
    with pytest.raises(ProofError):
        verify_consistency(0, 1, [], empty, LEAVES[0])
    with pytest.raises(ProofError):
        verify_consistency(0, 0, [], empty, empty)


def test_trees_of_the_same_size_are_consistent_only_when_equal() -> None:
    verify_consistency(5, 5, [], LEAVES[0], LEAVES[0])
    for proof, root2 in (([], LEAVES[1]), ([LEAVES[0]], LEAVES[0])):
        with pytest.raises(ProofError, match="same size"):
            verify_consistency(5, 5, proof, LEAVES[0], root2)


@given(ranges(), st.integers(0, 255), st.data())
def test_a_tampered_range_is_refused(
    range_: Range, bit: int, data: st.DataObject
) -> None:
    first, leaves, size, right, root = range_
    for proof in mutations(right, bit):
        with pytest.raises(ProofError):
            verify_range(leaves, first, size, proof, root)
    place = data.draw(st.integers(0, len(leaves) - 1))
    before, leaf, after = leaves[:place], leaves[place], leaves[place + 1 :]
    tampered = [
        [*before, flipped(leaf, bit), *after],
        [*before, leaf[:-1], *after],
        [*before, *after],
        [*before, leaf, leaf, *after],
        [*before, STRANGE, leaf, *after],
        [*before, leaf, *after, STRANGE],
    ]
    if len(leaves) > 1:
        tampered.append(leaves[::-1])
    for other in tampered:
        with pytest.raises(ProofError):
            verify_range(other, first, size, right, root)
    for other_first in (first - 1, first + 1, -1, size):
        with pytest.raises(ProofError):
            verify_range(leaves, other_first, size, right, root)
    with pytest.raises(ProofError):
        verify_range([], first, size, right, root)
    with pytest.raises(ProofError):
        verify_range(leaves, first, size, right, flipped(root, bit))


@pytest.mark.parametrize("left_out", range(3, 9))
def test_a_range_with_any_leaf_left_out_is_refused(left_out: int) -> None:
    # Whatever honest proof goes with the rest: between two readings nothing can go
    # missing, neither with the proof of the whole range nor with that of a shorter one.
    size, first, stop = 13, 3, 9
    root = reference.mth(LEAVES[:size])
    rest = LEAVES[first:left_out] + LEAVES[left_out + 1 : stop]
    for start in (first, first + 1):
        for proof_stop in (stop, stop - 1):
            proof = reference.range_path(first, proof_stop, LEAVES[:size])
            if rest == LEAVES[start : start + len(rest)]:
                continue  # the first or the last one: a shorter range, nothing left out
            with pytest.raises(ProofError):
                verify_range(rest, start, size, proof, root)


@given(ranges())
def test_a_range_of_one_is_an_inclusion(range_: Range) -> None:
    proof = reference.path(range_.first, LEAVES[: range_.size])
    assert (
        reference.range_path(range_.first, range_.first + 1, LEAVES[: range_.size])
        == proof
    )
    leaf = LEAVES[range_.first]
    verify_inclusion(leaf, range_.first, range_.size, proof, range_.root)
    verify_range([leaf], range_.first, range_.size, proof, range_.root)


def test_a_whole_tree_needs_no_proof() -> None:
    verify_range(LEAVES, 0, len(LEAVES), [], reference.mth(LEAVES))


def test_a_root_is_not_made_of_things_that_are_not_hashes() -> None:
    for wrong in (b"", bytes(31), bytes(33)):
        with pytest.raises(ProofError, match="instead of 32"):
            root_of([LEAVES[0], wrong])


def test_leaves_and_nodes_are_hashed_apart() -> None:
    # Otherwise an interior node could be passed off as an entry.
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)
    assert node_hash(left, right) != node_hash(right, left)


def test_folding_nothing_is_the_empty_tree() -> None:
    assert fold([]).hex() == EMPTY_ROOT
    assert fold([STRANGE]) == STRANGE


def test_the_split_point_is_the_largest_power_of_two_below() -> None:
    assert [split_point(size) for size in range(2, 70)] == [
        reference.k_of(size) for size in range(2, 70)
    ]
    assert split_point(2**63 + 1) == 2**63
    assert split_point(2**63) == 2**62
