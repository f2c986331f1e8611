"""Several RPC endpoints of one chain, in the order of preference."""

import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta

from yarl import URL

from .client import ChainClient, Inclusion
from .errors import AccessDeniedError, ChainError

# How long an endpoint that failed is asked only after the others.
_REST = timedelta(minutes=5)


def distinct(urls: Iterable[str]) -> list[str]:
    """Leave out each URL of an endpoint that another one before it names, too.

    An endpoint that is asked twice is no second opinion. URLs mean the same (RFC 3986,
    section 6.2) whatever the case of scheme and host, with the usual port or without,
    and here also with a slash at the end or without.
    """
    found: dict[object, str] = {}
    for url in urls:
        read = URL(url)
        found.setdefault(
            (
                *(read.scheme, read.raw_user, read.raw_password),
                *(read.raw_host, read.port),
                *(read.raw_path.rstrip("/"), read.raw_query_string),
            ),
            url,
        )
    return list(found.values())


class Endpoints:
    """Chooses an endpoint for each step, and another one for a second opinion."""

    def __init__(
        self,
        clients: Sequence[ChainClient],
        chain_id: int,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take at least one endpoint. ``now`` is in seconds since any time."""
        self.chain_id = chain_id
        self._clients = clients
        self._now = now
        self._resting: dict[ChainClient, float] = {}

    async def choose(self) -> ChainClient:
        """Return the first endpoint that answers and serves the right chain.

        Raises:
            ChainError: none does; the error is of the one that was asked first, or of
                one that refuses access, because somebody can mend that.
        """
        errors: list[ChainError] = []
        now = self._now()
        rested_first = sorted(
            self._clients, key=lambda client: self._resting.get(client, now) > now
        )
        for client in rested_first:
            try:
                await client.require_chain(self.chain_id)
            except ChainError as err:
                self.give_up(client)
                errors.append(err)
            else:
                return client
        denied = (err for err in errors if isinstance(err, AccessDeniedError))
        raise next(denied, errors[0])

    async def each(self) -> AsyncIterator[ChainClient]:
        """Return all endpoints that answer and serve the right chain, one by one."""
        for client in self._clients:
            with suppress(ChainError):
                await client.require_chain(self.chain_id)
                yield client

    def give_up(self, client: ChainClient) -> None:
        """Remember that an endpoint failed, to ask the others first for a while."""
        self._resting[client] = self._now() + _REST.total_seconds()

    async def agree(
        self, asked: ChainClient, transaction: bytes, inclusion: Inclusion
    ) -> bool:
        """Ask another endpoint whether a transaction ended like this, and is final.

        Where there is only one endpoint, its word has to do. Where there are more but
        none of them can be asked, the answer is no.
        """
        others = [client for client in self._clients if client is not asked]
        for other in others:
            try:
                await other.require_chain(self.chain_id)
                second = await other.inclusion(transaction)
                final = await other.final_block_number()
            except ChainError:
                continue
            return (
                second is not None
                and second.block_hash == inclusion.block_hash
                and second.status == inclusion.status
                and second.anchored == inclusion.anchored
                and second.block_number <= final
            )
        return not others
