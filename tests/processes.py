"""For tests of real processes, and of none in their own."""  # noqa: INP001 - tests is no package

import pytest


@pytest.fixture(autouse=True, name="verify_cleanup")
def no_cleanup() -> None:
    """Home Assistant's test plugin looks for leftovers of one in this process."""
