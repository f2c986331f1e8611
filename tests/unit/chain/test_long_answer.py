"""Long answers, which are read item by item."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from custom_components.iot_blockchain.chain import long_answer
from custom_components.iot_blockchain.chain.rpc import NonsenseError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=10,
)
ANSWER = {"jsonrpc": "2.0", "id": 1}


def read(answer: object, **how: Any) -> list[Any]:  # noqa: ANN401 - of json.dumps
    return list(long_answer.items(json.dumps(answer, **how).encode()))


@given(
    items=st.lists(JSON, max_size=5),
    indent=st.sampled_from([None, 0, 3]),
    ascii_only=st.booleans(),
)
def test_items_are_read_as_any_parser_reads_them(
    *, items: list[Any], indent: int | None, ascii_only: bool
) -> None:
    first = {"result": items, **ANSWER}
    last = {**ANSWER, "result": items}
    for answer in (first, last):
        assert read(answer, indent=indent, ensure_ascii=ascii_only) == items


@pytest.mark.parametrize("size", [10, 16_380, 16_384, 16_400, 100_000, 1_000_000])
def test_an_item_of_any_usual_size_is_read(size: int) -> None:
    assert read({"result": ["x" * size, 7]}) == ["x" * size, 7]


def test_an_item_that_would_hold_up_the_others_is_refused() -> None:
    with pytest.raises(NonsenseError, match="too long"):
        read({"result": ["x" * 2**20]})


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_garbage_is_refused(answer: bytes) -> None:
    with pytest.raises(NonsenseError):
        list(long_answer.items(answer))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[]",
        b'{"result":7}',
        b'{"result":null}',
        b'{"result":[',
        b'{"result":[1',
        b'{"result":[1,',
        b'{"result":[1,]',
        b'{"result":[1 2]}',
        b'{"result":[1}',
        b'{"id":1}',
        b'{"id":1,"error":{"code":-32601,"message":"no"}}',
        b'{"result":[' + b"[" * 100_000,
        b'{"result":["\xff"]}',
    ],
)
def test_what_is_no_list_is_refused(answer: bytes) -> None:
    with pytest.raises(NonsenseError):
        list(long_answer.items(answer))


def test_an_item_is_there_before_the_next_one_is_looked_at() -> None:
    items = long_answer.items(b'{"result":[{"a":1},[2],' + b"x" * 100_000)
    assert next(items) == {"a": 1}
    assert next(items) == [2]
    with pytest.raises(NonsenseError):
        next(items)
