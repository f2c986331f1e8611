// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Rfc9162} from "./Rfc9162.sol";

/// @title Anchors of append-only logs
/// @notice Keeps the checkpoints (size and root) of RFC 9162 logs. A new checkpoint is taken only with the proof
/// that its log begins with all entries of the last one: what is anchored cannot be rewritten, dropped or reordered.
/// No administrator, no upgrade, open to everyone.
contract LogAnchor {
    /// @notice The caller has already created a log with this key.
    error LogExists(bytes32 logId);
    /// @notice Nobody has created this log.
    error NoSuchLog(bytes32 logId);
    /// @notice The log is closed, for ever.
    error LogIsClosed(bytes32 logId);
    /// @notice Only the owner may do this.
    error NotOwner(address owner);
    /// @notice Only the publisher may anchor; zero: anchoring is paused.
    error NotPublisher(address publisher);
    /// @notice A log needs an owner.
    error ZeroOwner();
    /// @notice A new checkpoint must be larger than the last one, which has this size.
    error SizeNotGrown(uint64 current);
    /// @notice The last checkpoint, with this number and size, has another time or root than the one named.
    error WrongPrevious(uint32 number, uint64 size);
    /// @notice No such checkpoint among the last 64.
    error UnknownCheckpoint(bytes32 logId, uint32 number);

    /// @notice A log was created; a predecessor other than zero is a log that this one continues.
    event LogCreated(
        bytes32 indexed logId, address indexed owner, bytes32 indexed predecessor, address publisher, bytes32 key
    );
    /// @notice The log has another publisher; zero: anchoring is paused.
    event PublisherChanged(bytes32 indexed logId, address indexed publisher);
    /// @notice The log has another owner.
    event OwnerChanged(bytes32 indexed logId, address indexed owner);
    /// @notice The log takes no checkpoint any more.
    event Closed(bytes32 indexed logId);
    /// @notice A checkpoint was taken; a log's checkpoints are numbered from 1.
    event Anchored(bytes32 indexed logId, uint32 number, uint64 size, bytes32 root, uint64 time);

    struct Log {
        // One slot, all that `anchor` needs besides the ring. A closed log has no publisher.
        address publisher;
        uint64 size;
        uint32 count;
        // The next slot. No owner: no such log.
        address owner;
        bool closed;
        // The last 64 checkpoints, number n at n % 64, as keccak256(size, time, root).
        bytes32[64] ring;
    }

    mapping(bytes32 logId => Log) private logs;

    /// @notice Creates a log, owned by the caller.
    /// @param key The Ed25519 public key that signs the log's checkpoints. Not checked here, but part of the log's id.
    /// @param publisher The account that may anchor; zero for none yet.
    /// @param predecessor Zero, or a log of the caller that this one continues. If it is open, this closes it.
    function create(bytes32 key, address publisher, bytes32 predecessor) external returns (bytes32 logId) {
        logId = idOf(msg.sender, key);
        if (logs[logId].owner != address(0)) revert LogExists(logId);
        if (predecessor != 0 && !_owned(predecessor).closed) _close(predecessor);

        logs[logId].publisher = publisher;
        logs[logId].owner = msg.sender;
        emit LogCreated(logId, msg.sender, predecessor, publisher, key);
    }

    /// @notice The owner names the account that may anchor; zero pauses.
    function setPublisher(bytes32 logId, address publisher) external {
        _ownedAndOpen(logId).publisher = publisher;
        emit PublisherChanged(logId, publisher);
    }

    /// @notice The owner hands the log over, open or closed: only its owner can continue a closed log.
    function setOwner(bytes32 logId, address owner) external {
        if (owner == address(0)) revert ZeroOwner();
        _owned(logId).owner = owner;
        emit OwnerChanged(logId, owner);
    }

    /// @notice The owner closes the log, for ever.
    function close(bytes32 logId) external {
        _ownedAndOpen(logId);
        _close(logId);
    }

    /// @notice The publisher anchors a checkpoint that extends the last one.
    /// @param size How many entries the log has now.
    /// @param root The root over all of them.
    /// @param prevTime The time of the last checkpoint; zero for the first one.
    /// @param prevRoot The root of the last checkpoint; zero for the first one.
    /// @param consistencyProof From the last checkpoint to this one, RFC 9162 section 2.1.4; empty for the first one.
    function anchor(
        bytes32 logId,
        uint64 size,
        bytes32 root,
        uint64 prevTime,
        bytes32 prevRoot,
        bytes32[] calldata consistencyProof
    ) external {
        Log storage log = logs[logId];
        (address publisher, uint64 prevSize, uint32 number) = (log.publisher, log.size, log.count);
        if (msg.sender != publisher) {
            if (log.owner == address(0)) revert NoSuchLog(logId);
            if (log.closed) revert LogIsClosed(logId);
            revert NotPublisher(publisher);
        }
        if (size <= prevSize) revert SizeNotGrown(prevSize);

        if (number == 0) {
            if (prevTime != 0 || prevRoot != 0) revert WrongPrevious(0, 0);
            if (consistencyProof.length != 0) revert Rfc9162.WrongProofLength(consistencyProof.length);
        } else {
            if (log.ring[number % 64] != _digest(prevSize, prevTime, prevRoot)) revert WrongPrevious(number, prevSize);
            Rfc9162.verifyConsistency(prevSize, prevRoot, size, root, consistencyProof);
        }

        uint64 time = uint64(block.timestamp);
        ++number;
        (log.publisher, log.size, log.count) = (publisher, size, number);
        log.ring[number % 64] = _digest(size, time, root);
        emit Anchored(logId, number, size, root, time);
    }

    /// @notice Whether this is one of the log's last 64 checkpoints. Older ones are in the events.
    function known(bytes32 logId, uint32 number, uint64 size, uint64 time, bytes32 root) public view returns (bool) {
        Log storage log = logs[logId];
        uint256 count = log.count;
        bool kept = number != 0 && number <= count && uint256(number) + 64 > count;
        return kept && log.ring[number % 64] == _digest(size, time, root);
    }

    /// @notice Reverts unless this is one of the log's last 64 checkpoints and the leaf is in it, at this index.
    /// @param leafHash SHA-256(0x00 || entry).
    /// @param proof An inclusion proof, RFC 9162 section 2.1.3.
    function requireIncluded(
        bytes32 logId,
        uint32 number,
        uint64 size,
        uint64 time,
        bytes32 root,
        bytes32 leafHash,
        uint64 index,
        bytes32[] calldata proof
    ) external view {
        if (!known(logId, number, size, time, root)) revert UnknownCheckpoint(logId, number);
        Rfc9162.verifyInclusion(leafHash, index, size, root, proof);
    }

    /// @notice What is known of a log; the owner is zero where there is no such log.
    /// @return owner Who may change publisher and owner, close and continue the log.
    /// @return publisher Who may anchor; zero when paused or closed.
    /// @return size How many entries the last checkpoint has.
    /// @return count How many checkpoints were taken.
    /// @return closed Whether the log is closed.
    function logOf(bytes32 logId)
        external
        view
        returns (address owner, address publisher, uint64 size, uint32 count, bool closed)
    {
        Log storage log = logs[logId];
        return (log.owner, log.publisher, log.size, log.count, log.closed);
    }

    /// @notice The id of the log that this creator makes with this key, now or later. Nobody else can take it.
    function idOf(address creator, bytes32 key) public pure returns (bytes32) {
        return keccak256(abi.encode(creator, key));
    }

    /// @dev The log, if the caller owns it.
    function _owned(bytes32 logId) private view returns (Log storage log) {
        log = logs[logId];
        if (log.owner == address(0)) revert NoSuchLog(logId);
        if (log.owner != msg.sender) revert NotOwner(log.owner);
    }

    /// @dev The log, if the caller owns it and it is open.
    function _ownedAndOpen(bytes32 logId) private view returns (Log storage log) {
        log = _owned(logId);
        if (log.closed) revert LogIsClosed(logId);
    }

    /// @dev Without a publisher, nothing is anchored.
    function _close(bytes32 logId) private {
        logs[logId].publisher = address(0);
        logs[logId].closed = true;
        emit Closed(logId);
    }

    /// @dev keccak256(abi.encodePacked(size, time, root)), in scratch memory.
    function _digest(uint64 size, uint64 time, bytes32 root) private pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            mstore(0x00, or(shl(192, size), shl(128, time)))
            mstore(0x10, root)
            digest := keccak256(0x00, 0x30)
        }
    }
}
