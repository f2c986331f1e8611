// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Merkle tree proofs of RFC 9162 (Certificate Transparency 2.0), with SHA-256
/// @notice Every function either returns, and the claim is proven, or reverts and says why.
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

        uint256 fn = index;
        uint256 sn = size - 1;
        bytes32 r = leaf;
        for (uint256 i = 0; i < proof.length; ++i) {
            if (sn == 0) revert WrongProofLength(proof.length);
            if (fn & 1 == 1 || fn == sn) {
                r = nodeHash(proof[i], r);
                // fn == sn and even: the last node of its level has no sibling until a higher one.
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                r = nodeHash(r, proof[i]);
            }
            fn >>= 1;
            sn >>= 1;
        }
        if (sn != 0) revert WrongProofLength(proof.length);
        if (r != root) revert RootMismatch(root, r);
    }

    /// @notice Proves that the tree (`size2`, `root2`) begins with the leaves of the tree (`size1`, `root1`).
    /// RFC 9162 section 2.1.4.2.
    function verifyConsistency(uint64 size1, bytes32 root1, uint64 size2, bytes32 root2, bytes32[] calldata proof)
        internal
        view
    {
        if (size1 == 0 || size1 >= size2) revert SizesOutOfOrder(size1, size2);
        if (proof.length == 0) revert WrongProofLength(0);

        // Down to the largest complete subtree that ends the smaller tree.
        uint256 fn = size1 - 1;
        uint256 sn = size2 - 1;
        while (fn & 1 == 1) {
            fn >>= 1;
            sn >>= 1;
        }

        // Where that subtree is all of the smaller tree, the proof leaves its hash out: it is root1.
        uint256 i = fn == 0 ? 0 : 1;
        bytes32 fr = fn == 0 ? root1 : proof[0];
        bytes32 sr = fr;
        for (; i < proof.length; ++i) {
            if (sn == 0) revert WrongProofLength(proof.length);
            bytes32 c = proof[i];
            if (fn & 1 == 1 || fn == sn) {
                fr = nodeHash(c, fr);
                sr = nodeHash(c, sr);
                while (fn & 1 == 0 && fn != 0) {
                    fn >>= 1;
                    sn >>= 1;
                }
            } else {
                sr = nodeHash(sr, c);
            }
            fn >>= 1;
            sn >>= 1;
        }
        if (sn != 0) revert WrongProofLength(proof.length);
        if (fr != root1) revert RootMismatch(root1, fr);
        if (sr != root2) revert RootMismatch(root2, sr);
    }
}
