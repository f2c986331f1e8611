// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogAnchor} from "../src/LogAnchor.sol";
import {Test} from "./Test.sol";
import {Tree} from "./Tree.sol";

/// @dev What an anchor costs as a transaction of its own, on a log in its steady state: all 64 slots of the ring used.
abstract contract AnchorGas is Test {
    /// @dev For those who read: npm test -- --match-contract Gas -vvvv
    event Measured(string what, uint64 size, uint256 gas);

    LogAnchor private immutable anchors = new LogAnchor();
    bytes32[] private leaf;
    bytes32 private logId;

    function sizes() internal pure virtual returns (uint64 size1, uint64 size2);
    function limit() internal pure virtual returns (uint256);

    /// @dev What happens here is committed before the test: there the slots hold these values, as in a new transaction.
    function setUp() public {
        (uint64 size1,) = sizes();
        leaf.push(sha256(hex"00"));
        logId = anchors.create("key", address(this), 0);
        vm.warp(1_800_000_000);
        bytes32 last;
        for (uint64 size = size1 - 63; size <= size1; ++size) {
            bytes32 root = Tree.root(leaf, size);
            if (last == 0) anchors.anchor(logId, size, root, 0, 0, new bytes32[](0));
            else anchors.anchor(logId, size, root, 1_800_000_000, last, Tree.consistency(leaf, size - 1, size));
            last = root;
        }
    }

    function test_anchor() public {
        (uint64 size1, uint64 size2) = sizes();
        bytes memory call = abi.encodeCall(
            LogAnchor.anchor,
            (
                logId,
                size2,
                Tree.root(leaf, size2),
                1_800_000_000,
                Tree.root(leaf, size1),
                Tree.consistency(leaf, size1, size2)
            )
        );

        vm.warp(1_800_003_600);
        vm.cool(address(anchors)); // All slots cold, as for a new transaction.
        (bool ok,) = address(anchors).call(call);
        uint256 execution = vm.lastCallGas().gasTotalUsed;

        uint256 gas = transactionGas(call, execution);

        emit Measured("anchor", size2, gas);
        vm.assertTrue(ok, "not anchored");
        vm.assertLe(gas, limit(), "an anchor costs too much");
    }

    /// @dev What another contract pays for asking, besides its own transaction.
    function test_requireIncluded() public {
        (uint64 size,) = sizes();
        (bytes32 root, bytes32[] memory proof) = (Tree.root(leaf, size), Tree.inclusion(leaf, 1, size));
        vm.cool(address(anchors));
        anchors.requireIncluded(logId, 64, size, 1_800_000_000, root, leaf[0], 1, proof);
        uint256 gas = vm.lastCallGas().gasTotalUsed;

        emit Measured("requireIncluded", size, gas);
        vm.assertLe(gas, 15_000, "asking costs too much");
    }

    /// @dev EIP-2028: 21,000, 4 a zero byte of calldata and 16 any other, plus what the execution takes.
    /// EIP-7623: at least 21,000, 10 a zero byte and 40 any other. An anchor clears no slot, so nothing is refunded.
    function transactionGas(bytes memory data, uint256 execution) private pure returns (uint256) {
        uint256 zeros;
        for (uint256 i = 0; i < data.length; ++i) {
            if (data[i] == 0) ++zeros;
        }
        uint256 tokens = zeros + 4 * (data.length - zeros);
        uint256 standard = 21_000 + 4 * tokens + execution;
        uint256 floor = 21_000 + 10 * tokens;
        return standard > floor ? standard : floor;
    }
}

/// @dev The promise: a log of a million entries takes 5,000 more for at most 60,000 gas.
contract AnchorGasAMillionTest is AnchorGas {
    function sizes() internal pure override returns (uint64, uint64) {
        return (1_000_000, 1_005_000);
    }

    function limit() internal pure override returns (uint256) {
        return 60_000;
    }
}

/// @dev A young log.
contract AnchorGasTenThousandTest is AnchorGas {
    function sizes() internal pure override returns (uint64, uint64) {
        return (10_000, 15_000);
    }

    function limit() internal pure override returns (uint256) {
        return 52_000;
    }
}

/// @dev About the dearest sizes below two million: at nearly every level a left sibling, which both trees hash.
contract AnchorGasWorstTest is AnchorGas {
    function sizes() internal pure override returns (uint64, uint64) {
        return (1_048_575, 1_053_575);
    }

    function limit() internal pure override returns (uint256) {
        return 67_000;
    }
}
