"""Roots and proofs out of stored subtree roots."""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.log import tree
from custom_components.iot_blockchain.log.merkle import (
    root_of,
    verify_consistency,
    verify_range,
)

from . import reference


class Stored:
    """What a store keeps: leaf hashes, and the roots that appending returns."""

    def __init__(self) -> None:
        self.frontier = tree.Frontier()
        self.levels: dict[int, list[bytes]] = {0: []}
        self.most_read = 0

    def append(self, leaves: Sequence[bytes]) -> None:
        self.levels[0] += leaves
        for level, roots in self.frontier.append(leaves):
            self.levels.setdefault(level, []).extend(roots)

    def subtree_roots(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        roots = self.levels.get(level, [])[start:stop]
        assert len(roots) == stop - start
        self.most_read = max(self.most_read, len(roots))
        return roots

    @property
    def size(self) -> int:
        return len(self.levels[0])


@cache
def leaves_up_to(size: int) -> list[bytes]:
    return [reference.hash_leaf(b"%d" % number) for number in range(size)]


def stored(size: int) -> Stored:
    store = Stored()
    store.append(leaves_up_to(size))
    return store


@cache
def small() -> Stored:
    return stored(600)


@cache
def large() -> Stored:
    """One that has a complete subtree two levels up."""
    return stored(65536 + 700)


# Around every boundary between the stored levels.
SMALL_SIZES = [1, 2, 3, 254, 255, 256, 257, 258, 511, 512, 513, 600]
LARGE_SIZES = [65535, 65536, 65537, 65536 + 255, 65536 + 256, 65536 + 257, 65536 + 700]


def test_the_frontier_has_the_root_at_every_size() -> None:
    frontier = tree.Frontier()
    assert frontier.root() == reference.mth([])
    leaves = leaves_up_to(600)
    for size, leaf in enumerate(leaves, 1):
        frontier.append([leaf])
        if size < 40 or size in SMALL_SIZES or size % 37 == 0:
            assert frontier.root() == reference.mth(leaves[:size])


@pytest.mark.parametrize("size", [*SMALL_SIZES, *LARGE_SIZES])
def test_a_root_from_any_earlier_size_is_that_of_the_reference(size: int) -> None:
    expected = reference.mth(leaves_up_to(65536 + 700)[:size])
    if size <= 600:
        assert tree.root(small(), size) == expected
    assert tree.root(large(), size) == expected
    assert stored(size).frontier.root() == expected


def test_the_root_of_nothing_is_that_of_the_empty_tree() -> None:
    assert tree.root(small(), 0) == reference.mth([])


@given(st.lists(st.integers(0, 300), max_size=8))
def test_batches_make_the_same_tree_as_single_leaves(batches: list[int]) -> None:
    store = Stored()
    leaves = leaves_up_to(300 * 8)
    for batch in batches:
        store.append(leaves[store.size : store.size + batch])
    assert store.frontier.root() == root_of(leaves[: store.size])
    assert len(store.levels.get(1, [])) == store.size // 256
    for number, root in enumerate(store.levels.get(1, [])):
        assert root == root_of(leaves[number * 256 : (number + 1) * 256])


def test_one_batch_completes_several_levels() -> None:
    levels = large().levels
    leaves = leaves_up_to(65536 + 700)
    assert {level: len(roots) for level, roots in levels.items()} == {
        0: 65536 + 700,
        1: 258,
        2: 1,
    }
    assert levels[2] == [reference.mth(leaves[:65536])]


def test_a_copied_frontier_grows_alone() -> None:
    frontier = tree.Frontier()
    frontier.append(leaves_up_to(255))
    before = frontier.root()
    other = frontier.copy()
    other.append(leaves_up_to(257)[255:])
    assert frontier.root() == before
    assert other.root() == reference.mth(leaves_up_to(257))


def test_a_frontier_goes_on_from_the_stored_roots() -> None:
    store = large()
    size, leaves = store.size, leaves_up_to(65536 + 1000)
    resumed = tree.Frontier(
        [
            store.levels[0][size - size % 256 :],
            store.levels[1][size // 256 - size // 256 % 256 :],
            store.levels[2],
        ]
    )
    resumed.append(leaves[size:])
    assert resumed.root() == reference.mth(leaves)


@given(st.data())
def test_inclusion_proofs_are_those_of_the_reference(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 600))
    index = data.draw(st.integers(0, size - 1))
    expected = reference.path(index, leaves_up_to(size))
    assert tree.range_proof(small(), index, index + 1, size) == expected


@given(st.data())
def test_range_proofs_are_those_of_the_reference(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 600))
    first = data.draw(st.integers(0, size - 1))
    stop = data.draw(st.integers(first + 1, size))
    expected = reference.range_path(first, stop, leaves_up_to(size))
    assert tree.range_proof(small(), first, stop, size) == expected


@given(st.data())
def test_consistency_proofs_are_those_of_the_reference(data: st.DataObject) -> None:
    size2 = data.draw(st.integers(1, 600))
    size1 = data.draw(st.integers(1, size2))
    expected = reference.proof(size1, leaves_up_to(size2))
    assert tree.consistency_proof(small(), size1, size2) == expected


@pytest.mark.parametrize("size", LARGE_SIZES)
def test_proofs_in_a_large_log_verify_at_every_earlier_size(size: int) -> None:
    root = reference.mth(leaves_up_to(65536 + 700)[:size])
    leaves = leaves_up_to(65536 + 700)
    for first, stop in ((0, 1), (size - 1, size), (255, 258), (65000, 65535)):
        proof = tree.range_proof(large(), first, stop, size)
        verify_range(leaves[first:stop], first, size, proof, root)


def test_consistency_holds_across_every_boundary_of_a_large_log() -> None:
    leaves = leaves_up_to(65536 + 700)
    sizes = [1, 255, 256, 257, 30000, *LARGE_SIZES]
    roots = [reference.mth(leaves[:size]) for size in sizes]
    for (size1, root1), (size2, root2) in [
        *pairwise(zip(sizes, roots, strict=True)),
        ((1, roots[0]), (sizes[-1], roots[-1])),
    ]:
        proof = tree.consistency_proof(large(), size1, size2)
        assert proof == reference.proof(size1, leaves[:size2])
        verify_consistency(size1, size2, proof, root1, root2)


def test_a_proof_in_a_large_log_reads_few_rows_at_a_time() -> None:
    store = large()
    store.most_read = 0
    tree.range_proof(store, 40000, 40001, store.size)
    tree.consistency_proof(store, 300, store.size)
    assert 0 < store.most_read <= 256


@pytest.mark.parametrize(
    ("first", "stop", "size"), [(0, 0, 5), (-1, 1, 5), (4, 6, 5), (3, 2, 5), (0, 1, 0)]
)
def test_ranges_outside_the_log_have_no_proof(first: int, stop: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside a log"):
        tree.range_proof(small(), first, stop, size)


@pytest.mark.parametrize(("size1", "size2"), [(0, 5), (-1, 5), (6, 5), (0, 0)])
def test_a_log_does_not_extend_nothing_nor_a_larger_one(size1: int, size2: int) -> None:
    with pytest.raises(ValueError, match="there is no proof"):
        tree.consistency_proof(small(), size1, size2)
