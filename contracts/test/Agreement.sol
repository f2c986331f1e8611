// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc9162} from "../src/Rfc9162.sol";

/// @dev Judges many proofs in one call, so that another verifier can be compared with `Rfc9162` a million times over.
/// The calldata is proofs one after another: kind (1 byte: 0 inclusion, 1 consistency), index or size1 (8), size or
/// size2 (8), leaf or root1 (32), root or root2 (32), how many hashes (2), the hashes (32 each).
/// The answer is four bytes a proof: zero where it is taken, else the selector of the error.
contract Agreement {
    bytes4 private constant WITHOUT_REASON = 0xffffffff;

    fallback(bytes calldata proofs) external returns (bytes memory verdicts) {
        uint256 count = 0;
        for (uint256 start = 0; start < proofs.length; ++count) {
            start = next(proofs, start);
        }
        verdicts = new bytes(4 * count);
        uint256 i = 0;
        for (uint256 start = 0; start < proofs.length;) {
            uint256 end = next(proofs, start);
            bytes4 verdict = judged(proofs[start:end]);
            for (uint256 b = 0; b < 4; ++b) {
                verdicts[i++] = verdict[b];
            }
            start = end;
        }
    }

    function judge(bool inclusion, uint64 a, uint64 b, bytes32 c, bytes32 d, bytes32[] calldata proof) external view {
        if (inclusion) Rfc9162.verifyInclusion(c, a, b, d, proof);
        else Rfc9162.verifyConsistency(a, c, b, d, proof);
    }

    function judged(bytes calldata one) private view returns (bytes4) {
        (uint64 a, uint64 b) = (uint64(bytes8(one[1:9])), uint64(bytes8(one[9:17])));
        (bytes32 c, bytes32 d) = (bytes32(one[17:49]), bytes32(one[49:81]));
        bytes32[] calldata proof;
        assembly ("memory-safe") {
            proof.offset := add(one.offset, 83)
            proof.length := shr(5, sub(one.length, 83))
        }
        try this.judge(one[0] == 0, a, b, c, d, proof) {
            return 0;
        } catch (bytes memory reason) {
            return reason.length < 4 ? WITHOUT_REASON : bytes4(reason);
        }
    }

    function next(bytes calldata proofs, uint256 start) private pure returns (uint256) {
        return start + 83 + 32 * uint256(uint16(bytes2(proofs[start + 81:start + 83])));
    }
}
