"""Work on the log that does not end half done."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, Protocol

from homeassistant.core import HomeAssistant

from ..const import DOMAIN


class _InHome(Protocol):
    _hass: HomeAssistant


def to_the_end[Self: _InHome, **Parameters, Result](
    method: Callable[Concatenate[Self, Parameters], Coroutine[Any, Any, Result]],
) -> Callable[Concatenate[Self, Parameters], Coroutine[Any, Any, Result]]:
    """Let a method come to its end, also when whoever waits for it goes away.

    Home Assistant cancels the call of an action when its automation restarts. What an
    executor has written by then must be known to be written, or it is written again.
    """

    @wraps(method)
    async def run(
        self: Self, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        work = self._hass.async_create_task(
            method(self, *args, **kwargs), f"{DOMAIN} {method.__name__}"
        )
        return await asyncio.shield(work)

    return run
