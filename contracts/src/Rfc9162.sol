// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Merkle tree proofs of RFC 9162 (Certificate Transparency 2.0), with SHA-256
/// @notice `verifyInclusion` and `verifyConsistency` return when the claim is proven; else they revert and say why.
/// A proof speaks of a size together with a root: neither is proven by the other alone.
library Rfc9162 {
    /// @notice There is no leaf with this index in a tree of this size.
    error IndexOutOfRange(uint64 index, uint64 size);

    /// @notice A consistency proof needs 0 < size1 < size2.
    error SizesOutOfOrder(uint64 size1, uint64 size2);

    /// @notice The proof has hashes too few or too many for the place it proves.
    error WrongProofLength(uint256 length);

    /// @notice The proof leads to another root than the one claimed.
    error RootMismatch(bytes32 claimed, bytes32 computed);

    /// @notice The hash of a leaf: SHA-256(0x00 || entry). RFC 9162 section 2.1.1.
    function leafHash(bytes memory entry) internal pure returns (bytes32) {
        return sha256(bytes.concat(hex"00", entry));
    }

    /// @notice The hash of an inner node: SHA-256(0x01 || left || right). RFC 9162 section 2.1.1.
    function nodeHash(bytes32 left, bytes32 right) internal view returns (bytes32 hash) {
        assembly ("memory-safe") {
            // 65 bytes past the free memory pointer, which stays where it is.
            let ptr := mload(0x40)
            mstore8(ptr, 0x01)
            mstore(add(ptr, 0x01), left)
            mstore(add(ptr, 0x21), right)
            // Fails without enough gas; returns nothing on a chain without the precompile.
            let ok := staticcall(gas(), 0x02, ptr, 0x41, 0x00, 0x20)
            if iszero(and(ok, eq(returndatasize(), 0x20))) { revert(0x00, 0x00) }
            hash := mload(0x00)
        }
    }

    /// @notice Proves that `leaf` is the leaf at `index` of the tree (`size`, `root`). RFC 9162 section 2.1.3.2.
    /// @param leaf The leaf's hash, as of `leafHash`.
    function verifyInclusion(bytes32 leaf, uint64 index, uint64 size, bytes32 root, bytes32[] calldata proof)
        internal
        view
    {
        if (index >= size) revert IndexOutOfRange(index, size);

        // The way up from the leaf and from the tree's last leaf, a bit a level: 1 is a right child.
        uint256 fn = index;
        uint256 sn = size - 1;
        uint256 i = 0;
        bytes32 r = leaf;
        unchecked {
            for (; fn != sn; (fn, sn) = (fn >> 1, sn >> 1)) {
                bytes32 p = _at(proof, i++);
                r = fn & 1 == 1 ? nodeHash(p, r) : nodeHash(r, p);
            }
            // On the tree's right edge: a left child has no sibling there and moves up as it is.
            for (; fn != 0; fn >>= 1) {
                if (fn & 1 == 1) r = nodeHash(_at(proof, i++), r);
            }
        }
        if (i != proof.length) revert WrongProofLength(proof.length);
        if (r != root) revert RootMismatch(root, r);
    }

    /// @notice Proves that the tree (`size2`, `root2`) begins with the leaves of the tree (`size1`, `root1`).
    /// RFC 9162 section 2.1.4.2.
    function verifyConsistency(uint64 size1, bytes32 root1, uint64 size2, bytes32 root2, bytes32[] calldata proof)
        internal
        view
    {
        if (size1 == 0 || size1 >= size2) revert SizesOutOfOrder(size1, size2);

        // The way up from the last leaves of both trees, beginning at the largest subtree that ends the first one.
        uint256 fn = size1 - 1;
        uint256 sn = size2 - 1;
        for (; fn & 1 == 1; (fn, sn) = (fn >> 1, sn >> 1)) {}

        // Where that subtree is all of the first tree, its hash is root1 and not in the proof.
        uint256 i = 0;
        bytes32 fr = fn == 0 ? root1 : _at(proof, i++);
        bytes32 sr = fr;
        unchecked {
            for (; fn != sn; (fn, sn) = (fn >> 1, sn >> 1)) {
                bytes32 c = _at(proof, i++);
                if (fn & 1 == 1) (fr, sr) = (nodeHash(c, fr), nodeHash(c, sr));
                else sr = nodeHash(sr, c);
            }
            // On the right edge of both, as above.
            for (; fn != 0; fn >>= 1) {
                if (fn & 1 == 1) {
                    bytes32 c = _at(proof, i++);
                    (fr, sr) = (nodeHash(c, fr), nodeHash(c, sr));
                }
            }
        }
        if (i != proof.length) revert WrongProofLength(proof.length);
        if (fr != root1) revert RootMismatch(root1, fr);
        if (sr != root2) revert RootMismatch(root2, sr);
    }

    /// @dev Unchecked, since both verifiers count what they take and compare with the proof's length in the end.
    function _at(bytes32[] calldata proof, uint256 i) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            hash := calldataload(add(proof.offset, shl(5, i)))
        }
    }
}
