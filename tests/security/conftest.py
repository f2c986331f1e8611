"""What the security tests stand on."""

import pytest
from hypothesis import settings

settings.register_profile("security", deadline=None, max_examples=60)
settings.load_profile("security")


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """Let the tests talk to the processes that they start."""
