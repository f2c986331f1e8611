// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogAnchor} from "../src/LogAnchor.sol";
import {Test} from "./Test.sol";
import {Tree} from "./Tree.sol";

/// @dev Plays three accounts that do right and wrong things with a few logs, and keeps a model of what must be.
/// Of every log it holds the leaves that were anchored: an accepted root that is not theirs is a rewritten log.
contract Handler is Test {
    using Tree for bytes32[];

    struct Checkpoint {
        uint64 size;
        uint64 time;
        bytes32 root;
    }

    struct Model {
        address owner;
        address publisher;
        bool closed;
        bytes32[] leaves;
        Checkpoint[] checkpoints;
    }

    LogAnchor public immutable anchors = new LogAnchor();
    bytes32[] public ids;
    mapping(bytes32 => Model) private models;
    uint64 private time = 1_800_000_000;
    uint256 private salt;

    /// @dev A log whose ring goes round within a few anchors, and one that begins.
    constructor() {
        create(0, 0, 1, 0, false);
        create(1, 0, 1, 0, false);
        for (uint256 i = 0; i < 62; ++i) {
            anchor(1, 0, i, 0);
        }
    }

    function count() external view returns (uint256) {
        return ids.length;
    }

    function modelOf(bytes32 id) external view returns (Model memory) {
        return models[id];
    }

    // The acts. Each predicts whether the contract takes it.

    function create(uint256 who, uint256 key, uint256 whom, uint256 which, bool continues) public {
        address caller = actor(who);
        bytes32 k = bytes32(key % 4);
        bytes32 id = keccak256(abi.encode(caller, k));
        bytes32 predecessor = continues && ids.length > 0 ? pick(which) : bytes32(0);
        bool right = models[id].owner == address(0) && (predecessor == 0 || models[predecessor].owner == caller);

        attempt(caller, abi.encodeCall(LogAnchor.create, (k, actor(whom), predecessor)), right);
        if (!right) return;
        if (predecessor != 0) setClosed(predecessor);
        ids.push(id);
        models[id].owner = caller;
        models[id].publisher = actor(whom);
    }

    function setPublisher(uint256 who, uint256 which, uint256 whom, bool pauses) external {
        bytes32 id = pick(which);
        address publisher = pauses ? address(0) : actor(whom);
        bool right = models[id].owner == actor(who) && !models[id].closed;

        attempt(actor(who), abi.encodeCall(LogAnchor.setPublisher, (id, publisher)), right);
        if (right) models[id].publisher = publisher;
    }

    function setOwner(uint256 who, uint256 which, uint256 whom) external {
        bytes32 id = pick(which);
        bool right = models[id].owner == actor(who);

        attempt(actor(who), abi.encodeCall(LogAnchor.setOwner, (id, actor(whom))), right);
        if (right) models[id].owner = actor(whom);
    }

    /// @dev Rarely, or no log would live long.
    function close(uint256 who, uint256 which, uint256 chance) external {
        bytes32 id = pick(which);
        bool right = models[id].owner == actor(who) && !models[id].closed;
        if (right && chance % 8 != 0) return;

        attempt(actor(who), abi.encodeCall(LogAnchor.close, (id)), right);
        if (right) setClosed(id);
    }

    /// @dev A true extension, by anyone.
    function anchor(uint256 who, uint256 which, uint256 grow, uint256 later) public {
        bytes32 id = pick(which);
        Model storage model = models[id];
        vm.warp(time += uint64(later % 3) * 12);

        uint256 size1 = model.leaves.length;
        bytes32[] memory leaves = extended(model.leaves, 1 + grow % 9);
        Checkpoint memory prev = last(id);
        Checkpoint memory next = Checkpoint(uint64(leaves.length), time, leaves.root(leaves.length));
        bytes32[] memory proof = size1 == 0 ? new bytes32[](0) : leaves.consistency(size1, leaves.length);
        bool right = actor(who) == model.publisher;

        attempt(actor(who), call(id, next, prev, proof), right);
        if (!right) return;
        model.leaves = leaves;
        model.checkpoints.push(next);
    }

    /// @dev What a publisher may try who wants another history. The contract must take none of it.
    function forge(uint256 which, uint256 kind, uint256 where, uint256 grow) external {
        bytes32 id = pick(which);
        Model storage model = models[id];
        uint256 size1 = model.leaves.length;
        if (size1 == 0 || model.publisher == address(0)) return;

        bytes32[] memory leaves = extended(model.leaves, 1 + grow % 9);
        bytes32[] memory proof = leaves.consistency(size1, leaves.length);
        Checkpoint memory prev = last(id);
        where %= size1;
        kind %= 11;

        // Another history, with its own right proof: a leaf changed, dropped, or moved; or another beginning claimed.
        if (kind <= 3) {
            if (kind == 1) leaves = leaves.remove(where);
            else if (kind == 2) (leaves[where], leaves[size1]) = (leaves[size1], leaves[where]);
            else leaves[where] ^= bytes32(uint256(1));
            if (kind == 3) prev.root = leaves.root(size1);
            if (leaves.length <= size1) leaves = extended(leaves, 1);
            proof = leaves.consistency(size1, leaves.length);
        }
        Checkpoint memory next = Checkpoint(uint64(leaves.length), time, leaves.root(leaves.length));

        // The true history, and something about the call wrong.
        if (kind == 4) prev.time += uint64(1 + where);
        if (kind == 5) prev = model.checkpoints[where % model.checkpoints.length];
        if (kind == 5 && prev.size == size1) return;
        if (kind == 6) proof = where % 2 == 0 ? proof.append(prev.root) : proof.remove(where % proof.length);
        if (kind == 7) proof[where % proof.length] ^= bytes32(uint256(1));
        if (kind == 8) {
            (uint256 a, uint256 b) = (where % proof.length, (where + 1) % proof.length);
            if (a == b) return;
            (proof[a], proof[b]) = (proof[b], proof[a]);
        }
        if (kind == 9) next = last(id);
        if (kind == 10) (prev, proof) = (Checkpoint(0, 0, 0), new bytes32[](0));

        attempt(model.publisher, call(id, next, prev, proof), false);
    }

    // Helpers.

    function attempt(address caller, bytes memory data, bool right) private {
        vm.prank(caller);
        (bool ok,) = address(anchors).call(data);
        vm.assertEq(ok, right);
    }

    function call(bytes32 id, Checkpoint memory next, Checkpoint memory prev, bytes32[] memory proof)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeCall(LogAnchor.anchor, (id, next.size, next.root, prev.time, prev.root, proof));
    }

    function setClosed(bytes32 id) private {
        (models[id].closed, models[id].publisher) = (true, address(0));
    }

    function actor(uint256 who) private pure returns (address) {
        return address(uint160(0xA1 + who % 3));
    }

    function pick(uint256 which) private view returns (bytes32) {
        return ids[which % ids.length];
    }

    function last(bytes32 id) private view returns (Checkpoint memory) {
        Checkpoint[] storage all = models[id].checkpoints;
        return all.length == 0 ? Checkpoint(0, 0, 0) : all[all.length - 1];
    }

    /// @dev With `more` leaves that never were before.
    function extended(bytes32[] memory leaves, uint256 more) private returns (bytes32[] memory) {
        for (uint256 i = 0; i < more; ++i) {
            leaves = leaves.append(sha256(abi.encodePacked(hex"00", ++salt)));
        }
        return leaves;
    }
}

contract LogAnchorInvariantTest is Test {
    using Tree for bytes32[];

    Handler private handler;

    function setUp() public {
        handler = new Handler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// @dev After every act: what the contract says of each log.
    function invariant_logsAreAsModelled() public view {
        LogAnchor anchors = handler.anchors();
        for (uint256 i = 0; i < handler.count(); ++i) {
            bytes32 id = handler.ids(i);
            Handler.Model memory model = handler.modelOf(id);
            (address owner, address publisher, uint64 size, uint32 count, bool closed) = anchors.logOf(id);
            vm.assertEq(owner, model.owner);
            vm.assertEq(publisher, model.publisher);
            vm.assertEq(size, model.leaves.length);
            vm.assertEq(count, model.checkpoints.length);
            vm.assertEq(closed, model.closed);
        }
    }

    /// @dev After every run: each checkpoint is the root of the log's first leaves as they are in the end, so every one
    /// extended the one before; and the contract knows the last 64 of them.
    function afterInvariant() public view {
        LogAnchor anchors = handler.anchors();
        for (uint256 i = 0; i < handler.count(); ++i) {
            bytes32 id = handler.ids(i);
            Handler.Model memory model = handler.modelOf(id);
            uint256 count = model.checkpoints.length;
            for (uint256 n = 1; n <= count; ++n) {
                Handler.Checkpoint memory c = model.checkpoints[n - 1];
                vm.assertEq(c.root, model.leaves.root(c.size));
                vm.assertEq(anchors.known(id, uint32(n), c.size, c.time, c.root), n + 64 > count);
            }
        }
    }
}
