"""JSON-RPC over HTTP, with a session that somebody else owns.

A call is one question and one answer: retrying is up to the caller. An endpoint may
answer what it likes. An answer is held only up to a limit, redirections are not
followed, and no error tells the endpoint's URL, which can hold an access key.
"""

import re
import unicodedata
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from aiohttp import (
    ClientConnectionError,
    ClientError,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
)
from yarl import URL

_TIMEOUT = ClientTimeout(total=20)
_DENIALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
# Compressed, a small answer could become one of any size.
_HEADERS = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
_CHUNK = 64 * 1024
# The largest honest answer is a block, which names each of its transactions in 69
# bytes: this holds 15,000. The worst JSON of this size takes 30 ms to read, and
# holds up the event loop in any thread.
_MAX_ANSWER = 1024 * 1024
# The receipts of a full block have one to five megabytes.
_MAX_LONG_ANSWER = 16 * 1024 * 1024
_MAX_LOOKED_AT = 2000
_MAX_QUOTED = 200
_SHORTEST_SECRET = 6
_ELLIPSIS = "…"


class RpcError(Exception):
    """A question has no result. The message is short and holds no URL."""


class NoAnswerError(RpcError):
    """Nothing answers, or not in HTTP, or without end."""


class DeniedError(NoAnswerError):
    """Whoever answers wants to know us first, or knows us and says no.

    HTTP status 401 or 403 (RFC 9110, sections 15.5.2 and 15.5.4).
    """


class NonsenseError(RpcError):
    """The answer is none that the question can have."""


class RefusedError(RpcError):
    """The endpoint answers with an error (JSON-RPC 2.0, section 5.1).

    The message is the endpoint's own, made fit to be shown: one line, not long.
    """

    def __init__(self, code: int, message: str, data: object) -> None:
        """Take the members of the error."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class AnswerTooLargeError(OSError):
    """The endpoint sends more than any answer can hold."""


class JsonRpc:
    """One endpoint."""

    def __init__(self, url: str, session: ClientSession) -> None:
        """Take where to ask, and a session that the caller closes."""
        self._url = url
        self._session = session

    async def ask(self, method: str, *params: object) -> Any:  # noqa: ANN401 - JSON
        """Ask a question, and return the result.

        Raises:
            RpcError: there is none.
        """
        body = await self._answer(method, params, _MAX_ANSWER)
        try:
            answer = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise NonsenseError("not JSON") from None
        if not isinstance(answer, dict):
            raise NonsenseError("not an object")
        if (error := answer.get("error")) is not None:
            raise self._refusal(error)
        if "result" not in answer:
            raise NonsenseError("neither a result nor an error")
        return answer["result"]

    async def ask_for_long(self, method: str, *params: object) -> bytes:
        """Ask a question whose answer can be long; return it as it comes, unread.

        To read it takes too long for the event loop: see ``long_answer``.

        Raises:
            NoAnswerError: there is none.
        """
        return await self._answer(method, params, _MAX_LONG_ANSWER)

    async def _answer(self, method: str, params: Sequence[object], most: int) -> bytes:
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            return await self._post(orjson.dumps(question), most)
        except ClientResponseError as err:
            denied = err.status in _DENIALS
            raise (DeniedError if denied else NoAnswerError)(
                f"HTTP {err.status}"
            ) from None
        except (ClientError, OSError, TimeoutError, ValueError) as err:
            # The error's own text, and its cause's, can hold the URL.
            raise NoAnswerError(type(err).__name__) from None

    async def _post(self, question: bytes, most: int) -> bytes:
        if self._session.closed:  # aiohttp itself calls this a programming error
            raise ClientConnectionError
        answer = bytearray()
        async with self._session.post(
            self._url,
            data=question,
            headers=_HEADERS,
            timeout=_TIMEOUT,
            allow_redirects=False,
            auto_decompress=False,
        ) as response:
            response.raise_for_status()
            async for chunk in response.content.iter_chunked(_CHUNK):
                if len(answer) + len(chunk) > most:
                    raise AnswerTooLargeError
                answer += chunk
        return bytes(answer)

    def _refusal(self, error: object) -> RpcError:
        if not isinstance(error, dict):
            return NonsenseError("an error that is no object")
        code, message = error.get("code"), error.get("message")
        if not isinstance(code, int) or not isinstance(message, str):
            return NonsenseError("an error without code and message")
        return RefusedError(code, quotable(message, self._url), error.get("data"))


def quotable(text: str, url: str) -> str:
    """Make what an endpoint says fit to be shown and logged.

    One line of at most 200 characters, without control characters, and without any
    part of the endpoint's URL that is long enough to be a secret.
    """
    shown = "".join(
        " " if unicodedata.category(character)[0] in "CZ" else character
        for character in text[:_MAX_LOOKED_AT]
    )
    line = _parts(URL(url)).sub(_ELLIPSIS, " ".join(shown.split()))
    return line if len(line) <= _MAX_QUOTED else line[: _MAX_QUOTED - 1] + _ELLIPSIS


def _parts(url: URL) -> re.Pattern[str]:
    """Match the URL and each of its parts, as it is written and as it is meant."""
    parts = {
        str(url),
        url.human_repr(),
        url.host or "",
        url.raw_user or "",
        url.user or "",
        url.raw_password or "",
        url.password or "",
        *url.raw_parts,
        *url.parts,
        *url.raw_query_string.replace("&", "=").split("="),
        *url.query.values(),
    }
    secrets = sorted((part for part in parts if len(part) >= _SHORTEST_SECRET), key=len)
    # The longest first: a part of it must not be left over.
    return re.compile("|".join(map(re.escape, reversed(secrets))), re.IGNORECASE)
