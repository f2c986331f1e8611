"""A disk that fails."""

from contextlib import AbstractContextManager
from unittest.mock import Mock, patch

from custom_components.iot_blockchain.log.database import StoreError


def broken_disk(owner: object, work: str) -> AbstractContextManager[Mock]:
    """Let what ``owner`` has under the name ``work`` fail, as on a broken disk.

    No disk can be broken in a test. ``call_count`` says how often it was tried.
    """
    return patch.object(owner, work, side_effect=StoreError("the disk is broken"))
