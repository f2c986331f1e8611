// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LogAnchor} from "../src/LogAnchor.sol";
import {Rfc9162} from "../src/Rfc9162.sol";
import {Test} from "./Test.sol";
import {Tree} from "./Tree.sol";

/// @dev The test contract owns the log, PUBLISHER anchors, STRANGER may do nothing.
contract LogAnchorTest is Test {
    using Tree for bytes32[];

    address private constant PUBLISHER = address(0xB0B);
    address private constant STRANGER = address(0xBAD);
    bytes32 private constant KEY = "key";
    bytes32 private constant NO_LOG = "no such log";
    uint64 private constant START = 1_800_000_000;

    LogAnchor private immutable anchors = new LogAnchor();
    bytes32[] private leaves = Tree.leavesOf("log", 200);
    bytes32[] private none;
    bytes32 private logId;

    function setUp() public {
        vm.warp(START);
        logId = anchors.create(KEY, PUBLISHER, 0);
    }

    /// @dev Anchors the log at each of these sizes, a second apart: number n at START + n.
    function anchorUpTo(uint64 from, uint64 to) private {
        for (uint64 size = from; size <= to; ++size) {
            vm.warp(START + size);
            bytes32[] memory proof = size == 1 ? none : leaves.consistency(size - 1, size);
            bytes32 root = leaves.root(size);
            bytes32 prevRoot = size == 1 ? bytes32(0) : leaves.root(size - 1);
            vm.prank(PUBLISHER);
            anchors.anchor(logId, size, root, size == 1 ? 0 : START + size - 1, prevRoot, proof);
        }
    }

    function assertLog(bytes32 id, address owner, address publisher, uint64 size, uint32 count, bool closed)
        private
        view
    {
        (address owner_, address publisher_, uint64 size_, uint32 count_, bool closed_) = anchors.logOf(id);
        vm.assertEq(owner_, owner);
        vm.assertEq(publisher_, publisher);
        vm.assertEq(size_, size);
        vm.assertEq(count_, count);
        vm.assertEq(closed_, closed);
    }

    function expectError(bytes4 selector, bytes32 id) private {
        vm.expectRevert(abi.encodeWithSelector(selector, id));
    }

    // create

    function test_create() public {
        bytes32 id = anchors.idOf(STRANGER, KEY);
        vm.assertEq(id, keccak256(abi.encode(STRANGER, KEY)));
        vm.expectEmit();
        emit LogAnchor.LogCreated(id, STRANGER, 0, PUBLISHER, KEY);
        vm.prank(STRANGER);
        vm.assertEq(anchors.create(KEY, PUBLISHER, 0), id);
        assertLog(id, STRANGER, PUBLISHER, 0, 0, false);
    }

    function test_create_refusesSameKeyOfSameCreator() public {
        expectError(LogAnchor.LogExists.selector, logId);
        anchors.create(KEY, PUBLISHER, 0);
    }

    /// @dev Handing a log over does not free its id.
    function test_create_refusesSameKeyAfterHandOver() public {
        anchors.setOwner(logId, STRANGER);
        expectError(LogAnchor.LogExists.selector, logId);
        anchors.create(KEY, PUBLISHER, 0);
    }

    function test_create_closesOpenPredecessor() public {
        anchorUpTo(1, 3);
        bytes32 id = anchors.idOf(address(this), "key 2");
        vm.expectEmit();
        emit LogAnchor.Closed(logId);
        vm.expectEmit();
        emit LogAnchor.LogCreated(id, address(this), logId, PUBLISHER, "key 2");
        anchors.create("key 2", PUBLISHER, logId);
        assertLog(logId, address(this), address(0), 3, 3, true);
        assertLog(id, address(this), PUBLISHER, 0, 0, false);
    }

    function test_create_continuesClosedPredecessor() public {
        anchors.close(logId);
        bytes32 id = anchors.create("key 2", PUBLISHER, logId);
        assertLog(id, address(this), PUBLISHER, 0, 0, false);
    }

    function test_create_refusesUnknownPredecessor() public {
        expectError(LogAnchor.NoSuchLog.selector, NO_LOG);
        anchors.create("key 2", PUBLISHER, NO_LOG);
    }

    function test_create_refusesItselfAsPredecessor() public {
        bytes32 id = anchors.idOf(address(this), "key 2");
        expectError(LogAnchor.NoSuchLog.selector, id);
        anchors.create("key 2", PUBLISHER, id);
    }

    function test_create_refusesPredecessorOfAnother() public {
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.NotOwner.selector, address(this)));
        vm.prank(STRANGER);
        anchors.create(KEY, STRANGER, logId);
    }

    // setPublisher

    function test_setPublisher() public {
        vm.expectEmit();
        emit LogAnchor.PublisherChanged(logId, STRANGER);
        anchors.setPublisher(logId, STRANGER);
        assertLog(logId, address(this), STRANGER, 0, 0, false);
    }

    function test_setPublisher_zeroPauses() public {
        anchorUpTo(1, 1);
        anchors.setPublisher(logId, address(0));
        expectAnchorError(abi.encodeWithSelector(LogAnchor.NotPublisher.selector, address(0)), PUBLISHER);
        anchors.setPublisher(logId, PUBLISHER);
        anchorUpTo(2, 2);
    }

    function test_setPublisher_refusesOthers() public {
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.NotOwner.selector, address(this)));
        vm.prank(PUBLISHER);
        anchors.setPublisher(logId, PUBLISHER);
    }

    function test_setPublisher_refusesUnknownLog() public {
        expectError(LogAnchor.NoSuchLog.selector, NO_LOG);
        anchors.setPublisher(NO_LOG, PUBLISHER);
    }

    function test_setPublisher_refusesClosedLog() public {
        anchors.close(logId);
        expectError(LogAnchor.LogIsClosed.selector, logId);
        anchors.setPublisher(logId, PUBLISHER);
    }

    // setOwner

    function test_setOwner() public {
        vm.expectEmit();
        emit LogAnchor.OwnerChanged(logId, STRANGER);
        anchors.setOwner(logId, STRANGER);
        assertLog(logId, STRANGER, PUBLISHER, 0, 0, false);
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.NotOwner.selector, STRANGER));
        anchors.close(logId);
    }

    /// @dev The new owner of a closed log can continue it.
    function test_setOwner_ofClosedLog() public {
        anchors.close(logId);
        anchors.setOwner(logId, STRANGER);
        vm.prank(STRANGER);
        anchors.create(KEY, PUBLISHER, logId);
        assertLog(logId, STRANGER, address(0), 0, 0, true);
    }

    function test_setOwner_refusesZero() public {
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.ZeroOwner.selector));
        anchors.setOwner(logId, address(0));
    }

    function test_setOwner_refusesOthers() public {
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.NotOwner.selector, address(this)));
        vm.prank(STRANGER);
        anchors.setOwner(logId, STRANGER);
    }

    function test_setOwner_refusesUnknownLog() public {
        expectError(LogAnchor.NoSuchLog.selector, NO_LOG);
        anchors.setOwner(NO_LOG, STRANGER);
    }

    // close

    function test_close() public {
        anchorUpTo(1, 2);
        vm.expectEmit();
        emit LogAnchor.Closed(logId);
        anchors.close(logId);
        assertLog(logId, address(this), address(0), 2, 2, true);
        vm.assertTrue(anchors.known(logId, 2, 2, START + 2, leaves.root(2)), "what is anchored stays");
        expectAnchorError(abi.encodeWithSelector(LogAnchor.LogIsClosed.selector, logId), PUBLISHER);
        expectAnchorError(abi.encodeWithSelector(LogAnchor.LogIsClosed.selector, logId), address(this));
    }

    function test_close_refusesSecondTime() public {
        anchors.close(logId);
        expectError(LogAnchor.LogIsClosed.selector, logId);
        anchors.close(logId);
    }

    function test_close_refusesOthers() public {
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.NotOwner.selector, address(this)));
        vm.prank(PUBLISHER);
        anchors.close(logId);
    }

    function test_close_refusesUnknownLog() public {
        expectError(LogAnchor.NoSuchLog.selector, NO_LOG);
        anchors.close(NO_LOG);
    }

    // anchor

    /// @dev A right anchor of the log, now at size 1 or 2, up to size 7, but refused.
    function expectAnchorError(bytes memory expected, address caller) private {
        (,, uint64 size,,) = anchors.logOf(logId);
        bytes32[] memory proof = leaves.consistency(size, 7);
        (bytes32 root, bytes32 prevRoot) = (leaves.root(7), leaves.root(size));
        vm.expectRevert(expected);
        vm.prank(caller);
        anchors.anchor(logId, 7, root, START + size, prevRoot, proof);
    }

    function test_anchor_first() public {
        bytes32 root = leaves.root(5);
        vm.expectEmit();
        emit LogAnchor.Anchored(logId, 1, 5, root, START);
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 5, root, 0, 0, none);
        assertLog(logId, address(this), PUBLISHER, 5, 1, false);
        vm.assertTrue(anchors.known(logId, 1, 5, START, root), "not known");
    }

    function test_anchor_extends() public {
        anchorUpTo(1, 2);
        bytes32 root = leaves.root(7);
        bytes32 prevRoot = leaves.root(2);
        bytes32[] memory proof = leaves.consistency(2, 7);
        vm.warp(START + 100);
        vm.expectEmit();
        emit LogAnchor.Anchored(logId, 3, 7, root, START + 100);
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 7, root, START + 2, prevRoot, proof);
        assertLog(logId, address(this), PUBLISHER, 7, 3, false);
        vm.assertTrue(anchors.known(logId, 3, 7, START + 100, root), "not known");
    }

    function test_anchor_twiceInABlock() public {
        (bytes32 root1, bytes32 root2) = (leaves.root(1), leaves.root(2));
        bytes32[] memory proof = leaves.consistency(1, 2);
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 1, root1, 0, 0, none);
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 2, root2, START, root1, proof);
        assertLog(logId, address(this), PUBLISHER, 2, 2, false);
    }

    function test_anchor_largestSize() public {
        vm.prank(PUBLISHER);
        anchors.anchor(logId, type(uint64).max, "root", 0, 0, none);
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.SizeNotGrown.selector, type(uint64).max));
        vm.prank(PUBLISHER);
        anchors.anchor(logId, type(uint64).max, "root", START, "root", none);
    }

    /// @dev Only the publisher: not even the owner.
    function test_anchor_refusesOthers() public {
        anchorUpTo(1, 2);
        expectAnchorError(abi.encodeWithSelector(LogAnchor.NotPublisher.selector, PUBLISHER), STRANGER);
        expectAnchorError(abi.encodeWithSelector(LogAnchor.NotPublisher.selector, PUBLISHER), address(this));
    }

    function test_anchor_refusesReplacedPublisher() public {
        anchorUpTo(1, 2);
        anchors.setPublisher(logId, STRANGER);
        expectAnchorError(abi.encodeWithSelector(LogAnchor.NotPublisher.selector, STRANGER), PUBLISHER);
    }

    function test_anchor_refusesUnknownLog() public {
        expectError(LogAnchor.NoSuchLog.selector, NO_LOG);
        anchors.anchor(NO_LOG, 1, "root", 0, 0, none);
    }

    function test_anchor_refusesFirstOfNothing() public {
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.SizeNotGrown.selector, 0));
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 0, "root", 0, 0, none);
    }

    function test_anchor_refusesFirstWithPrevious() public {
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.WrongPrevious.selector, 0, 0));
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 5, "root", 1, 0, none);
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.WrongPrevious.selector, 0, 0));
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 5, "root", 0, "root", none);
    }

    function test_anchor_refusesFirstWithProof() public {
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.WrongProofLength.selector, 1));
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 5, "root", 0, 0, new bytes32[](1));
    }

    function test_anchor_refusesSizeNotGrown() public {
        anchorUpTo(1, 4);
        (bytes32 root3, bytes32 root4) = (leaves.root(3), leaves.root(4));
        bytes32[] memory proof = leaves.consistency(3, 4);
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.SizeNotGrown.selector, 4));
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 4, root4, START + 4, root4, none);
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.SizeNotGrown.selector, 4));
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 3, root3, START + 4, root4, proof);
    }

    function test_anchor_refusesWrongPrevious() public {
        anchorUpTo(1, 4);
        (bytes32 root3, bytes32 root4, bytes32 root7) = (leaves.root(3), leaves.root(4), leaves.root(7));
        bytes32[] memory proof = leaves.consistency(4, 7);
        bytes memory wrong = abi.encodeWithSelector(LogAnchor.WrongPrevious.selector, 4, 4);
        vm.expectRevert(wrong); // another time
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 7, root7, START + 3, root4, proof);
        vm.expectRevert(wrong); // another root
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 7, root7, START + 4, root7, proof);
        vm.expectRevert(wrong); // the checkpoint before the last
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 7, root7, START + 3, root3, proof);
        vm.expectRevert(wrong); // as if it were the first
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 7, root7, 0, 0, none);
    }

    function test_anchor_refusesMissingProof() public {
        anchorUpTo(1, 4);
        (bytes32 root4, bytes32 root7) = (leaves.root(4), leaves.root(7));
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.WrongProofLength.selector, 0));
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 7, root7, START + 4, root4, none);
    }

    function test_anchor_refusesRewrite() public {
        anchorUpTo(1, 5);
        bytes32 prevRoot = leaves.root(5);
        leaves[2] = "another reading";
        bytes32 root = leaves.root(7);
        bytes32[] memory proof = leaves.consistency(5, 7);
        vm.expectPartialRevert(Rfc9162.RootMismatch.selector);
        vm.prank(PUBLISHER);
        anchors.anchor(logId, 7, root, START + 5, prevRoot, proof);
    }

    // known

    function test_known_theLast64() public {
        anchorUpTo(1, 130);
        for (uint32 number = 1; number <= 130; ++number) {
            bool kept = anchors.known(logId, number, number, START + number, leaves.root(number));
            vm.assertEq(kept, number > 130 - 64);
        }
    }

    function test_known_refusesAnythingElse() public {
        anchorUpTo(1, 70);
        bytes32 root = leaves.root(66);
        vm.assertTrue(anchors.known(logId, 66, 66, START + 66, root), "not known");
        vm.assertFalse(anchors.known(logId, 2, 66, START + 66, root), "the number of an older one in this slot");
        vm.assertFalse(anchors.known(logId, 6, 70, START + 70, leaves.root(70)), "the last one, 64 numbers before");
        vm.assertFalse(anchors.known(logId, 130, 66, START + 66, root), "a number to come");
        vm.assertFalse(anchors.known(logId, 65, 66, START + 66, root), "another number");
        vm.assertFalse(anchors.known(logId, 66, 65, START + 66, root), "another size");
        vm.assertFalse(anchors.known(logId, 66, 66, START + 65, root), "another time");
        vm.assertFalse(anchors.known(logId, 66, 66, START + 66, ~root), "another root");
        vm.assertFalse(anchors.known(NO_LOG, 66, 66, START + 66, root), "another log");
        vm.assertFalse(anchors.known(logId, 0, 0, 0, 0), "the empty log");
    }

    /// @dev Logs do not mix, whoever's they are.
    function test_known_isPerLog() public {
        anchorUpTo(1, 3);
        bytes32 other = anchors.create("key 2", PUBLISHER, 0);
        vm.assertFalse(anchors.known(other, 3, 3, START + 3, leaves.root(3)), "another log's");
    }

    // requireIncluded

    function test_requireIncluded() public {
        anchorUpTo(1, 70);
        anchors.requireIncluded(logId, 68, 68, START + 68, leaves.root(68), leaves[41], 41, leaves.inclusion(41, 68));
    }

    function test_requireIncluded_refusesUnknownCheckpoint() public {
        anchorUpTo(1, 70);
        bytes32 root = leaves.root(6);
        bytes32[] memory proof = leaves.inclusion(4, 6);
        vm.expectRevert(abi.encodeWithSelector(LogAnchor.UnknownCheckpoint.selector, logId, 6));
        anchors.requireIncluded(logId, 6, 6, START + 6, root, leaves[4], 4, proof);
    }

    function test_requireIncluded_refusesAnotherLeaf() public {
        anchorUpTo(1, 7);
        bytes32 root = leaves.root(7);
        bytes32[] memory proof = leaves.inclusion(4, 7);
        vm.expectPartialRevert(Rfc9162.RootMismatch.selector);
        anchors.requireIncluded(logId, 7, 7, START + 7, root, leaves[5], 4, proof);
    }

    function test_requireIncluded_refusesIndexBeyond() public {
        anchorUpTo(1, 7);
        bytes32 root = leaves.root(7);
        vm.expectRevert(abi.encodeWithSelector(Rfc9162.IndexOutOfRange.selector, 7, 7));
        anchors.requireIncluded(logId, 7, 7, START + 7, root, leaves[6], 7, none);
    }

    // logOf

    function test_logOf_unknownLog() public view {
        assertLog(NO_LOG, address(0), address(0), 0, 0, false);
    }
}
