"""What an account sends to the LogAnchor contract, written by web3 from its ABI.

Asking and verifying needs none of it: see ``contract``.
"""

from collections.abc import Sequence

from web3 import Web3

from .contract import ADDRESS, ARTIFACT, NO_PREDECESSOR

_CONTRACT = Web3().eth.contract(
    address=Web3.to_checksum_address(ADDRESS), abi=ARTIFACT["abi"]
)


def deployment() -> bytes:
    """Return the call data that makes the deployer create the contract."""
    return bytes.fromhex(
        ARTIFACT["create2_salt"].removeprefix("0x")
        + ARTIFACT["bytecode"].removeprefix("0x")
    )


def create(key: bytes, publisher: str, predecessor: bytes = NO_PREDECESSOR) -> bytes:
    """Return the call data that creates a log."""
    return call("create", key, publisher, predecessor)


def anchor(
    log: bytes,
    size: int,
    root: bytes,
    previous_time: int,
    previous_root: bytes,
    proof: Sequence[bytes],
) -> bytes:
    """Return the call data that anchors a checkpoint after the previous one."""
    return call("anchor", log, size, root, previous_time, previous_root, list(proof))


def set_publisher(log: bytes, publisher: str) -> bytes:
    """Return the call data by which a log's owner lets another account anchor it."""
    return call("setPublisher", log, publisher)


def set_owner(log: bytes, owner: str) -> bytes:
    """Return the call data by which a log's owner gives it to another account."""
    return call("setOwner", log, owner)


def call(name: str, *arguments: object) -> bytes:
    """Return the call data of any of the contract's functions."""
    data = _CONTRACT.encode_abi(name, args=arguments)
    return bytes.fromhex(data.removeprefix("0x"))
