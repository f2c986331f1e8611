"""The trie of a block's receipts, beside one that was written from the Yellow Paper."""

import pytest
import rlp as other  # type: ignore[import-untyped]
from eth_utils.crypto import keccak
from hypothesis import given, settings, strategies as st

from custom_components.iot_blockchain.chain import trie

from . import reference_trie

VALUES = st.binary(min_size=32, max_size=80)


def receipts(count: int) -> dict[bytes, bytes]:
    return {
        trie.key_of(n): keccak(bytes([n % 256, n // 256])) * 9 for n in range(count)
    }


@pytest.mark.parametrize("index", [0, 1, 2, 127, 128, 129, 255, 256, 65_535, 65_536])
def test_a_key_is_the_rlp_of_the_index(index: int) -> None:
    assert trie.key_of(index) == other.encode(index)


@pytest.mark.parametrize("count", [1, 2, 3, 15, 16, 17, 18, 127, 128, 129, 130, 300])
def test_every_receipt_of_a_block_is_proven(count: int) -> None:
    values = receipts(count)
    root = reference_trie.root_of(values)
    indexes = {0, 1, count // 2, count - 1, *range(120, min(count, 135))}
    for key in (trie.key_of(index) for index in indexes if index < count):
        found, nodes = trie.prove(values, key)
        assert found == root
        assert trie.verify(root, key, nodes) == values[key]


@settings(deadline=None)
@given(st.sets(st.integers(0, 70_000), min_size=1, max_size=40), st.data())
def test_every_key_of_any_trie_is_proven_and_no_other(
    indexes: set[int], data: st.DataObject
) -> None:
    values = {trie.key_of(index): data.draw(VALUES) for index in indexes}
    key = trie.key_of(data.draw(st.sampled_from(sorted(indexes))))
    root, nodes = trie.prove(values, key)
    assert root == reference_trie.root_of(values)
    assert trie.verify(root, key, nodes) == values[key]
    wrong = trie.key_of(data.draw(st.integers(0, 70_000)))
    if wrong != key:
        with pytest.raises(trie.TrieError):
            trie.verify(root, wrong, nodes)


@pytest.mark.parametrize(("count", "index"), [(1, 0), (2, 1), (130, 0), (300, 257)])
def test_a_change_of_any_byte_is_refused(count: int, index: int) -> None:
    values = receipts(count)
    key = trie.key_of(index)
    root, nodes = trie.prove(values, key)
    for place, node in enumerate(nodes):
        for at in range(len(node)):
            changed = node[:at] + bytes([node[at] ^ 1]) + node[at + 1 :]
            with pytest.raises(trie.TrieError):
                trie.verify(root, key, [*nodes[:place], changed, *nodes[place + 1 :]])
    for wrong in (nodes[:-1], nodes[1:], [*nodes, nodes[-1]], nodes * 2, []):
        with pytest.raises(trie.TrieError):
            trie.verify(root, key, wrong)
    with pytest.raises(trie.TrieError):
        trie.verify(bytes(32), key, nodes)


HASH = bytes(range(32))
LEAF_PATH, ODD_PATH = b"\x20\x80", b"\x38"


@pytest.mark.parametrize(
    ("node", "why"),
    [
        ([LEAF_PATH, HASH, HASH], "of no kind"),
        ([LEAF_PATH], "length"),
        (b"leaf", "kind"),
        ([HASH] * 18, "length"),
        ([LEAF_PATH, [HASH]], "kind"),
        ([b"", HASH], "not written"),
        ([b"\x40\x80", HASH], "not written"),
        ([b"\x28\x80", HASH], "not written"),
        ([b"\x08", HASH], "not written"),
        ([ODD_PATH, HASH], "another key"),
        ([b"\x00", HASH], "another key"),
        ([b"\x17", HASH], "another key"),
        ([b"\x18", HASH[:-1]], "length"),
        ([b""] * 8 + [HASH[:-1]] + [b""] * 8, "length"),
        ([b""] * 8 + [[b"\x30", b"short"]] + [b""] * 8, "kind"),
        ([b""] * 17, "length"),
        ([b""] * 8 + [HASH] + [b""] * 7 + [b"value"], "ends there"),
    ],
)
def test_a_node_that_no_such_trie_has_is_refused(node: object, why: str) -> None:
    written = other.encode(node)
    with pytest.raises(trie.TrieError, match=why):
        trie.verify(keccak(written), b"\x80", [written])


def test_a_node_that_is_written_in_a_longer_way_is_refused() -> None:
    right = other.encode([LEAF_PATH, HASH * 2])
    assert trie.verify(keccak(right), b"\x80", [right]) == HASH * 2
    longer = b"\xf9\x00" + right[1:]
    with pytest.raises(trie.TrieError, match="longer way"):
        trie.verify(keccak(longer), b"\x80", [longer])


def test_a_branch_is_not_followed_beyond_the_key() -> None:
    last = other.encode([b""] * 17)
    first = other.encode([*[b""] * 8, keccak(last), *[b""] * 8])
    second = other.encode([keccak(last), *[b""] * 16])
    top = other.encode([*[b""] * 8, keccak(second), *[b""] * 8])
    assert first != top
    with pytest.raises(trie.TrieError, match="ends there"):
        trie.verify(keccak(top), b"\x80", [top, second, last])
