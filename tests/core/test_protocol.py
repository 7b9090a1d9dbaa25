"""The messages between a lab process and its owner."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lab import protocol
from core.lab.protocol import PREAMBLE, ProtocolError, decode, encode, messages, skip_noise

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
known_messages: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("call"),
            "function": st.text(),
            "args": st.lists(json_values),
            "kwargs": st.dictionaries(st.text(), json_values),
        }
    ),
    st.fixed_dictionaries(
        {"kind": st.just("event"), "data": st.dictionaries(st.text(), json_values)}
    ),
    st.fixed_dictionaries({"kind": st.just("ask"), "prompt": st.text()}),
    st.fixed_dictionaries({"kind": st.just("answer"), "text": st.text()}),
    st.fixed_dictionaries(
        {"kind": st.just("result"), "value": json_values, "clean": st.booleans()}
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("failure"),
            "type": st.text(),
            "message": st.text(),
            "traceback": st.text(),
            "clean": st.booleans(),
        }
    ),
)


def whole(data: bytes) -> Callable[[int], bytes]:
    return io.BytesIO(data).read


def in_pieces(data: bytes, sizes: list[int]) -> Callable[[int], bytes]:
    """Make a `read` that delivers what a pipe may: at least one byte, at most what is asked for."""
    stream, left = io.BytesIO(data), list(sizes)

    def read(count: int) -> bytes:
        return stream.read(min(count, left.pop()) if left else count)

    return read


def frame(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


@given(st.lists(known_messages), st.lists(st.integers(1, 7)))
def test_messages_arrive_whole_and_in_order_however_the_pipe_cuts_them(
    sent: list[dict[str, Any]], sizes: list[int]
) -> None:
    data = b"".join(map(encode, sent))

    assert list(messages(in_pieces(data, sizes))) == sent


@given(known_messages, st.data())
def test_a_stream_that_ends_inside_a_message_is_an_error(
    message: dict[str, Any], data: st.DataObject
) -> None:
    encoded = encode(message)
    cut = data.draw(st.integers(1, len(encoded) - 1))

    with pytest.raises(ProtocolError):
        list(messages(whole(encoded[:cut])))


def test_a_stream_that_ends_between_messages_is_the_end() -> None:
    assert list(messages(whole(b""))) == []


@pytest.mark.parametrize("length", [3, 4, 5])
def test_a_body_that_never_comes_is_named_as_such(length: int) -> None:
    with pytest.raises(ProtocolError, match="ended in the middle"):
        list(messages(whole(length.to_bytes(4, "big"))))


@pytest.mark.parametrize("length", [protocol.MAX_FRAME + 1, 2**32 - 1])
def test_an_oversized_length_is_refused_before_its_body_is_read(length: int) -> None:
    asked: list[int] = []
    stream = io.BytesIO(length.to_bytes(4, "big"))

    def read(count: int) -> bytes:
        asked.append(count)
        return stream.read(count)

    with pytest.raises(ProtocolError, match="over the limit"):
        list(messages(read))
    assert max(asked) <= 4


def test_a_message_over_the_limit_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_FRAME", 100)

    with pytest.raises(ValueError, match="over the limit of 100"):
        encode({"kind": "event", "data": {"text": "x" * 100}})


@pytest.mark.parametrize("value", [{1, 2}, object(), b"bytes", 1j])
def test_what_json_cannot_carry_is_not_sent(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        encode({"kind": "event", "data": {"value": value}})


@given(st.binary())
def test_no_bytes_raise_anything_but_a_protocol_error(data: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        for message in messages(whole(data)):
            assert isinstance(message, dict)


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_body_raises_anything_but_a_protocol_error(body: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        assert isinstance(decode(body), dict)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"kind":"event","data":' * 50_000])
def test_a_body_nested_too_deep_is_a_protocol_error(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(body)


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        7,
        {},
        {"kind": "unheard of"},
        {"kind": None},
        {"kind": ["call"]},
        {"kind": {"call": 1}},
    ],
    ids=repr,
)
def test_an_unknown_kind_is_a_protocol_error(message: object) -> None:
    with pytest.raises(ProtocolError, match="not a known message"):
        decode(json.dumps(message).encode())


WHOLE: dict[str, dict[str, Any]] = {
    "call": {"function": "module:name", "args": [], "kwargs": {}},
    "hello": {"protocol": 1, "pid": 1, "python": "3.11.7"},
    "event": {"data": {}},
    "ask": {"prompt": "more?"},
    "withdraw": {},
    "answer": {"text": "yes"},
    "result": {"value": None, "clean": True},
    "failure": {"type": "ValueError", "message": "", "traceback": "", "clean": True},
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_message_with_all_its_fields_is_read(kind: str) -> None:
    message = {"kind": kind, **WHOLE[kind]}

    assert decode(json.dumps(message).encode()) == message


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in WHOLE for name in WHOLE[kind]])
def test_a_message_without_one_of_its_fields_is_a_protocol_error(kind: str, name: str) -> None:
    rest = {"kind": kind, **WHOLE[kind]}
    del rest[name]

    with pytest.raises(ProtocolError, match=f"{kind}: {name} is missing"):
        decode(json.dumps(rest).encode())


def test_a_field_of_the_wrong_type_is_named() -> None:
    with pytest.raises(ProtocolError, match="call: args is missing or not of type"):
        decode(b'{"kind":"call","function":"a:b","args":{},"kwargs":{}}')


@given(st.binary(max_size=2000).filter(lambda noise: PREAMBLE not in noise + PREAMBLE[:-1]))
def test_noise_before_the_preamble_is_skipped_and_nothing_after_it(noise: bytes) -> None:
    stream = io.BytesIO(noise + PREAMBLE + b"after")

    assert skip_noise(stream.read) == noise
    assert stream.read() == b"after"


@pytest.mark.parametrize("start", range(1, len(PREAMBLE) - 1))  # one more, and its end is a start
def test_noise_that_starts_like_the_preamble_is_still_noise(start: int) -> None:
    noise = PREAMBLE[:start]

    assert skip_noise(whole(noise + PREAMBLE)) == noise


def test_noise_without_an_end_is_given_up() -> None:
    noise = itertools.cycle(b"spam ")

    with pytest.raises(ProtocolError, match="it printed: spam spam"):
        skip_noise(lambda count: bytes(itertools.islice(noise, count)))


def test_what_was_printed_instead_of_a_preamble_is_told() -> None:
    with pytest.raises(ProtocolError, match="it printed: command not found"):
        skip_noise(whole(b"command not found\n"))


def test_silence_instead_of_a_preamble_is_told() -> None:
    with pytest.raises(ProtocolError, match="it printed: nothing"):
        skip_noise(whole(b""))
