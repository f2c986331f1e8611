"""What all tests stand on."""  # noqa: INP001 - tests is no package

import pytest

# Home Assistant looks for custom integrations in the package of this name: it must
# be this repository's before the test plugin's own is found.
import custom_components  # noqa: F401


@pytest.fixture(autouse=True)
def _loopback(socket_enabled: None) -> None:
    """Let tests talk to the processes that they start on this machine, and no others.

    Home Assistant's test plugin forbids all sockets, and all other machines.
    """
