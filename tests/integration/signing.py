"""A device that signs, as the tests of the integration use it."""

import secrets
from typing import Any

from scripts.house import signing


class SigningDevice(signing.SigningDevice):
    """One that nobody has seen before, and that can change its key."""

    def __init__(self, *, epoch: int = 7) -> None:
        """Make a key."""
        super().__init__(secrets.randbelow(2**255) + 1, epoch)

    def reading(self, value: str = "4.2", **changes: object) -> str:
        """Sign a reading, without a unit if none is given."""
        return super().reading(value, **{"unit": None, **changes})

    def boot(self, **changes: object) -> str:
        """Sign a boot message: the device is up for no time at all."""
        self.uptime = -1
        return super().boot(**{"firmware": "ab" * 16, **changes})

    def rotate(self) -> str:
        """Sign the next key with this one, and go on with that."""
        following = SigningDevice(epoch=self.epoch + 1)
        envelope = self.rotation(following)
        self.__dict__.update(following.__dict__)
        return envelope

    def _next(self, members: Any) -> str:  # noqa: ANN401 - JSON
        self.uptime += 1
        return super()._next(members)
