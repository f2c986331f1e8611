// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc9162} from "../src/Rfc9162.sol";
import {Test} from "./Test.sol";
import {Tree} from "./Tree.sol";

/// @dev The library's functions as external ones.
contract Rfc9162Harness {
    function nodeHash(bytes32 left, bytes32 right) external view returns (bytes32) {
        return Rfc9162.nodeHash(left, right);
    }

    function verifyInclusion(bytes32 leaf, uint64 index, uint64 size, bytes32 root, bytes32[] calldata proof)
        external
        view
    {
        Rfc9162.verifyInclusion(leaf, index, size, root, proof);
    }

    function verifyConsistency(uint64 size1, bytes32 root1, uint64 size2, bytes32 root2, bytes32[] calldata proof)
        external
        view
    {
        Rfc9162.verifyConsistency(size1, root1, size2, root2, proof);
    }
}

contract Rfc9162Test is Test {
    using Tree for bytes32[];

    Rfc9162Harness private immutable rfc = new Rfc9162Harness();

    /// @dev The eight entries that Certificate Transparency implementations have tested with since RFC 6962.
    function ctLeaves() private pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](8);
        leaves[0] = Rfc9162.leafHash("");
        leaves[1] = Rfc9162.leafHash(hex"00");
        leaves[2] = Rfc9162.leafHash(hex"10");
        leaves[3] = Rfc9162.leafHash(hex"2021");
        leaves[4] = Rfc9162.leafHash(hex"3031");
        leaves[5] = Rfc9162.leafHash(hex"40414243");
        leaves[6] = Rfc9162.leafHash(hex"5051525354555657");
        leaves[7] = Rfc9162.leafHash(hex"606162636465666768696a6b6c6d6e6f");
    }

    /// @dev Their roots, at sizes 1 to 8.
    function ctRoots() private pure returns (bytes32[9] memory roots) {
        roots[1] = 0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d;
        roots[2] = 0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125;
        roots[3] = 0xaeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77;
        roots[4] = 0xd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7;
        roots[5] = 0x4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4;
        roots[6] = 0x76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef;
        roots[7] = 0xddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c;
        roots[8] = 0x5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328;
    }

    function test_leafHash_knownVectors() public pure {
        vm.assertEq(Rfc9162.leafHash(""), ctRoots()[1]);
        vm.assertEq(Rfc9162.leafHash("L123456"), 0x395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56);
    }

    function test_nodeHash_knownVector() public view {
        vm.assertEq(rfc.nodeHash("N123", "N456"), sha256(abi.encodePacked(hex"01", bytes32("N123"), bytes32("N456"))));
        vm.assertEq(rfc.nodeHash(ctLeaves()[0], ctLeaves()[1]), ctRoots()[2]);
    }

    function test_nodeHash_leavesFreeMemoryAlone() public view {
        bytes32[] memory before = ctLeaves();
        Rfc9162.nodeHash(before[0], before[1]);
        bytes32[] memory later = ctLeaves();
        vm.assertEq(keccak256(abi.encode(before)), keccak256(abi.encode(later)));
    }

    /// @dev Holds the definitions in Tree, and with them every other test here, against the known roots.
    function test_knownRoots() public pure {
        bytes32[] memory leaves = ctLeaves();
        for (uint256 size = 1; size <= 8; ++size) {
            vm.assertEq(leaves.root(size), ctRoots()[size]);
        }
    }

    function test_verifyInclusion_knownVectors() public view {
        bytes32[] memory proof = new bytes32[](3);
        proof[0] = 0xbc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b;
        proof[1] = 0xca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0;
        proof[2] = 0xd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7;
        rfc.verifyInclusion(ctLeaves()[5], 5, 8, ctRoots()[8], proof);

        proof[0] = 0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d;
        proof[1] = 0x5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e;
        proof[2] = 0xbc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b;
        rfc.verifyInclusion(ctLeaves()[1], 1, 5, ctRoots()[5], proof);

        proof = new bytes32[](1);
        proof[0] = 0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125;
        rfc.verifyInclusion(ctLeaves()[2], 2, 3, ctRoots()[3], proof);
    }

    function test_verifyConsistency_knownVectors() public view {
        bytes32[] memory proof = new bytes32[](3);
        proof[0] = 0x96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7;
        proof[1] = 0x5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e;
        proof[2] = 0x6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4;
        rfc.verifyConsistency(1, ctRoots()[1], 8, ctRoots()[8], proof);

        proof[0] = 0x0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a;
        proof[1] = 0xca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0;
        proof[2] = 0xd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7;
        rfc.verifyConsistency(6, ctRoots()[6], 8, ctRoots()[8], proof);

        proof = new bytes32[](2);
        proof[0] = 0x5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e;
        proof[1] = 0xbc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b;
        rfc.verifyConsistency(2, ctRoots()[2], 5, ctRoots()[5], proof);
    }

    function test_verifyInclusion_everyLeafOfSmallTrees() public view {
        bytes32[] memory leaves = Tree.leavesOf("small", 20);
        for (uint256 size = 1; size <= leaves.length; ++size) {
            for (uint256 index = 0; index < size; ++index) {
                rfc.verifyInclusion(
                    leaves[index], uint64(index), uint64(size), leaves.root(size), leaves.inclusion(index, size)
                );
            }
        }
    }

    function test_verifyConsistency_everyPairOfSmallTrees() public view {
        bytes32[] memory leaves = Tree.leavesOf("small", 20);
        for (uint256 size2 = 2; size2 <= leaves.length; ++size2) {
            for (uint256 size1 = 1; size1 < size2; ++size1) {
                rfc.verifyConsistency(
                    uint64(size1),
                    leaves.root(size1),
                    uint64(size2),
                    leaves.root(size2),
                    leaves.consistency(size1, size2)
                );
            }
        }
    }

    // Hashing is a call too: whatever a refused call takes is computed before the revert is expected.

    function test_verifyInclusion_refusesIndexBeyondTree() public {
        bytes32[] memory leaves = ctLeaves();
        bytes32[] memory proof = leaves.inclusion(7, 8);
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.IndexOutOfRange.selector, 8, 8));
        rfc.verifyInclusion(leaves[7], 8, 8, ctRoots()[8], proof);
    }

    function test_verifyInclusion_refusesEmptyTree() public {
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.IndexOutOfRange.selector, 0, 0));
        rfc.verifyInclusion(ctRoots()[1], 0, 0, ctRoots()[1], new bytes32[](0));
    }

    function test_verifyInclusion_refusesProofOfSingleLeaf() public {
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.WrongProofLength.selector, 1));
        rfc.verifyInclusion(ctRoots()[1], 0, 1, ctRoots()[1], new bytes32[](1));
    }

    function test_verifyInclusion_refusesWrongLeaf() public {
        bytes32[] memory leaves = ctLeaves();
        bytes32[] memory proof = leaves.inclusion(5, 8);
        vm.expectPartialRevert(Rfc9162.RootMismatch.selector);
        rfc.verifyInclusion(leaves[4], 5, 8, ctRoots()[8], proof);
    }

    /// @dev An inner node in the place of a leaf: the proof is one hash short.
    function test_verifyInclusion_refusesInnerNode() public {
        bytes32[] memory leaves = ctLeaves();
        bytes32[] memory proof = leaves.inclusion(0, 8).remove(0);
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.WrongProofLength.selector, 2));
        rfc.verifyInclusion(ctRoots()[2], 0, 8, ctRoots()[8], proof);
    }

    function test_verifyConsistency_refusesSizesOutOfOrder() public {
        bytes32[] memory none = new bytes32[](0);
        bytes32[] memory proof = ctLeaves().consistency(6, 8);
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.SizesOutOfOrder.selector, 0, 8));
        rfc.verifyConsistency(0, 0, 8, ctRoots()[8], none);
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.SizesOutOfOrder.selector, 8, 8));
        rfc.verifyConsistency(8, ctRoots()[8], 8, ctRoots()[8], none);
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.SizesOutOfOrder.selector, 8, 6));
        rfc.verifyConsistency(8, ctRoots()[8], 6, ctRoots()[6], proof);
    }

    function test_verifyConsistency_refusesEmptyProof() public {
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.WrongProofLength.selector, 0));
        rfc.verifyConsistency(4, ctRoots()[4], 8, ctRoots()[8], new bytes32[](0));
    }

    function testFuzz_verifyInclusion(bytes32 seed, uint256 size, uint256 index) public view {
        size = bound(size, 1, 300);
        index = bound(index, 0, size - 1);
        bytes32[] memory leaves = Tree.leavesOf(seed, size);
        rfc.verifyInclusion(
            leaves[index], uint64(index), uint64(size), leaves.root(size), leaves.inclusion(index, size)
        );
    }

    function testFuzz_verifyConsistency(bytes32 seed, uint256 size1, uint256 size2) public view {
        size2 = bound(size2, 2, 300);
        size1 = bound(size1, 1, size2 - 1);
        bytes32[] memory leaves = Tree.leavesOf(seed, size2);
        rfc.verifyConsistency(
            uint64(size1), leaves.root(size1), uint64(size2), leaves.root(size2), leaves.consistency(size1, size2)
        );
    }

    /// @dev Up to the largest trees, which have equal leaves here.
    function testFuzz_hugeTrees(bytes32 leaf, uint64 size1, uint64 size2, uint64 index) public view {
        size2 = uint64(bound(size2, 2, type(uint64).max));
        size1 = uint64(bound(size1, 1, size2 - 1));
        index = uint64(bound(index, 0, size2 - 1));
        bytes32[] memory leaves = new bytes32[](1);
        leaves[0] = leaf;
        rfc.verifyConsistency(size1, leaves.root(size1), size2, leaves.root(size2), leaves.consistency(size1, size2));
        rfc.verifyInclusion(leaf, index, size2, leaves.root(size2), leaves.inclusion(index, size2));
    }

    /// @dev A right proof with one thing about it changed proves nothing.
    function testFuzz_verifyInclusion_refusesMutation(
        bytes32 seed,
        uint256 size,
        uint256 index,
        uint256 kind,
        uint256 where,
        uint8 bit
    ) public view {
        size = bound(size, 2, 300);
        index = bound(index, 0, size - 1);
        bytes32[] memory leaves = Tree.leavesOf(seed, size);
        bytes32 leaf = leaves[index];
        bytes32 root = leaves.root(size);
        bytes32[] memory proof = leaves.inclusion(index, size);
        bytes32 flip = bytes32(uint256(1) << bit);

        kind = kind % 4;
        if (kind == 0) leaf ^= flip;
        else if (kind == 1) root ^= flip;
        else if (kind == 2) index = bound(index + 1 + where % (size - 1), 0, size - 1);
        else proof = mutated(proof, where, flip);

        try rfc.verifyInclusion(leaf, uint64(index), uint64(size), root, proof) {
            vm.assertTrue(false, "proven");
        } catch {}
    }

    function testFuzz_verifyConsistency_refusesMutation(
        bytes32 seed,
        uint256 size1,
        uint256 size2,
        uint256 kind,
        uint256 where,
        uint8 bit
    ) public view {
        size2 = bound(size2, 3, 300);
        size1 = bound(size1, 1, size2 - 1);
        bytes32[] memory leaves = Tree.leavesOf(seed, size2);
        bytes32 root1 = leaves.root(size1);
        bytes32 root2 = leaves.root(size2);
        bytes32[] memory proof = leaves.consistency(size1, size2);
        bytes32 flip = bytes32(uint256(1) << bit);

        kind = kind % 4;
        if (kind == 0) root1 ^= flip;
        else if (kind == 1) root2 ^= flip;
        else if (kind == 2) size1 = 1 + (size1 + where % (size2 - 2)) % (size2 - 1);
        else proof = mutated(proof, where, flip);

        try rfc.verifyConsistency(uint64(size1), root1, uint64(size2), root2, proof) {
            vm.assertTrue(false, "proven");
        } catch {}
    }

    /// @dev A history with one old leaf changed: its own proof does not lead from the old root.
    function testFuzz_verifyConsistency_refusesRewrite(bytes32 seed, uint256 size1, uint256 size2, uint256 where)
        public
    {
        size2 = bound(size2, 2, 200);
        size1 = bound(size1, 1, size2 - 1);
        bytes32[] memory leaves = Tree.leavesOf(seed, size2);
        bytes32 root1 = leaves.root(size1);
        leaves[bound(where, 0, size1 - 1)] ^= bytes32(uint256(1));
        bytes32 root2 = leaves.root(size2);
        bytes32[] memory proof = leaves.consistency(size1, size2);

        vm.expectPartialRevert(Rfc9162.RootMismatch.selector);
        rfc.verifyConsistency(uint64(size1), root1, uint64(size2), root2, proof);
    }

    /// @dev Another proof: a bit flipped, a hash dropped, doubled or added, or two exchanged.
    function mutated(bytes32[] memory proof, uint256 where, bytes32 flip) private pure returns (bytes32[] memory) {
        uint256 kind = where % 5;
        where = (where / 5) % proof.length;
        uint256 next = (where + 1) % proof.length;
        if (kind == 0) return proof.remove(where);
        if (kind == 1) return proof.append(proof[where]);
        if (kind == 2) return proof.append(flip);
        if (kind == 3 && next != where) (proof[where], proof[next]) = (proof[next], proof[where]);
        else proof[where] ^= flip;
        return proof;
    }
}
