// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Trees and proofs by the recursive definitions of RFC 9162, which share nothing with the verifiers under test.
/// A tree of any size over few leaves repeats them; over a single one it is computed in logarithmic time.
library Tree {
    /// @dev `n` different leaves.
    function leavesOf(bytes32 seed, uint256 n) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](n);
        for (uint256 i = 0; i < n; ++i) {
            leaves[i] = sha256(abi.encodePacked(hex"00", seed, i));
        }
    }

    /// @dev MTH(D[lo:hi]), section 2.1.1.
    function root(bytes32[] memory leaves, uint256 lo, uint256 hi) internal pure returns (bytes32) {
        if (hi - lo == 1) return leaves[lo % leaves.length];
        uint256 k = split(hi - lo);
        bytes32 left = root(leaves, lo, lo + k);
        bytes32 right = leaves.length == 1 && hi - lo == 2 * k ? left : root(leaves, lo + k, hi);
        return sha256(abi.encodePacked(hex"01", left, right));
    }

    function root(bytes32[] memory leaves, uint256 size) internal pure returns (bytes32) {
        return root(leaves, 0, size);
    }

    /// @dev PATH(index, D[0:size]), section 2.1.3.1.
    function inclusion(bytes32[] memory leaves, uint256 index, uint256 size) internal pure returns (bytes32[] memory) {
        return path(leaves, index, 0, size);
    }

    /// @dev PROOF(size1, D[0:size2]), section 2.1.4.1.
    function consistency(bytes32[] memory leaves, uint256 size1, uint256 size2)
        internal
        pure
        returns (bytes32[] memory)
    {
        return subproof(leaves, size1, 0, size2, true);
    }

    function path(bytes32[] memory leaves, uint256 m, uint256 lo, uint256 hi) private pure returns (bytes32[] memory) {
        if (hi - lo == 1) return new bytes32[](0);
        uint256 k = split(hi - lo);
        return m < k
            ? append(path(leaves, m, lo, lo + k), root(leaves, lo + k, hi))
            : append(path(leaves, m - k, lo + k, hi), root(leaves, lo, lo + k));
    }

    function subproof(bytes32[] memory leaves, uint256 m, uint256 lo, uint256 hi, bool complete)
        private
        pure
        returns (bytes32[] memory)
    {
        if (m == hi - lo) {
            return complete ? new bytes32[](0) : append(new bytes32[](0), root(leaves, lo, hi));
        }
        uint256 k = split(hi - lo);
        return m <= k
            ? append(subproof(leaves, m, lo, lo + k, complete), root(leaves, lo + k, hi))
            : append(subproof(leaves, m - k, lo + k, hi, false), root(leaves, lo, lo + k));
    }

    /// @dev The largest power of two smaller than `n`.
    function split(uint256 n) private pure returns (uint256 k) {
        k = 1;
        while (2 * k < n) k *= 2;
    }

    function append(bytes32[] memory list, bytes32 item) internal pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; ++i) {
            longer[i] = list[i];
        }
        longer[list.length] = item;
    }

    /// @dev `list` without its item `skipped`.
    function remove(bytes32[] memory list, uint256 skipped) internal pure returns (bytes32[] memory shorter) {
        shorter = new bytes32[](list.length - 1);
        for (uint256 i = 0; i < shorter.length; ++i) {
            shorter[i] = list[i < skipped ? i : i + 1];
        }
    }

    function copy(bytes32[] memory list) internal pure returns (bytes32[] memory same) {
        same = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            same[i] = list[i];
        }
    }
}
