"""JSON-RPC over a session that somebody else owns.

web3's own HTTP provider takes its session from a cache behind one lock for the whole
process, which a cancelled request can leave taken for good; its threads hold up the end
of the process; it writes the endpoint's URL (which can hold an access key) into the
debug log; and it reads answers of any size.
"""

from typing import Any

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout
from web3.providers.async_base import AsyncJSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

_HEADERS = {"Content-Type": "application/json"}
_TIMEOUT = ClientTimeout(total=20)
_CHUNK = 64 * 1024
_MAX_ANSWER = 16 * 1024 * 1024


class AnswerTooLargeError(OSError):
    """The endpoint sends more than any answer can hold."""


class SessionProvider(AsyncJSONBaseProvider):
    """Asks one endpoint, once for each question: retrying is up to the caller."""

    def __init__(self, url: str, session: ClientSession) -> None:
        """Take where to ask, and a session that the caller closes."""
        super().__init__()
        self._url = url
        self._session = session

    async def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:  # noqa: ANN401 - web3's signature
        """Ask a question.

        Raises:
            aiohttp.ClientError: there is no answer.
            AnswerTooLargeError: the answer does not end.
        """
        if self._session.closed:  # aiohttp itself calls this a programming error
            raise ClientConnectionError("the session is closed")
        request = self.encode_rpc_request(method, params)
        answer = bytearray()
        async with self._session.post(
            self._url, data=request, headers=_HEADERS, timeout=_TIMEOUT
        ) as response:
            response.raise_for_status()
            async for chunk in response.content.iter_chunked(_CHUNK):
                answer += chunk
                if len(answer) > _MAX_ANSWER:
                    raise AnswerTooLargeError
        return self.decode_rpc_response(bytes(answer))
