"""The messages between a lab process and its owner: JSON objects, framed by their length.

    owner  -- call, answer -->                                 lab process
    owner  <-- hello, event, ask, withdraw, result, failure --

The lab process first writes `PREAMBLE`, so that whatever a wrapper script or a shell hook printed
before it is skipped. Each frame after it is four bytes of length, big-endian, then UTF-8 JSON.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

VERSION = 1
PREAMBLE = b"\x00futures-lab\x00"
MAX_FRAME = 64 * 1024 * 1024
MAX_NOISE = 64 * 1024
_LENGTH = 4
_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "call": {"function": str, "args": list, "kwargs": dict},
    "hello": {"protocol": int, "pid": int, "python": str},
    "event": {"data": dict},
    "ask": {"prompt": str},
    "withdraw": {},
    "answer": {"text": (str, type(None))},
    "result": {"value": object, "clean": bool},
    "failure": {"clean": bool, "type": str, "message": str, "traceback": str},
}

Message = dict[str, Any]


class ProtocolError(Exception):
    """The other side sent what is not a message."""


def encode(message: Message) -> bytes:
    """Frame one message; raise TypeError or ValueError where JSON cannot carry it."""
    body = json.dumps(message, separators=(",", ":")).encode()
    if len(body) > MAX_FRAME:
        raise ValueError(f"a message of {len(body)} bytes is over the limit of {MAX_FRAME}")
    return len(body).to_bytes(_LENGTH, "big") + body


def decode(body: bytes) -> Message:
    """Read one frame's body; raise ProtocolError where it is not a known, whole message."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not JSON: {body[:80]!r}") from error
    kind = message.get("kind") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(kind, str) or kind not in _FIELDS:
        raise ProtocolError(f"not a known message: {body[:80]!r}")
    for name, expected in _FIELDS[kind].items():
        if name not in message or not isinstance(message[name], expected):
            raise ProtocolError(f"{kind}: {name} is missing or not of type {expected}")
    return message


def messages(read: Callable[[int], bytes]) -> Iterator[Message]:
    """Yield the messages that `read(n)` (at most n bytes, empty at the end) delivers."""
    while head := _exactly(read, _LENGTH, may_end=True):
        length = int.from_bytes(head, "big")
        if length > MAX_FRAME:
            raise ProtocolError(f"a frame of {length} bytes is over the limit of {MAX_FRAME}")
        yield decode(_exactly(read, length))


def skip_noise(read: Callable[[int], bytes]) -> bytes:
    """Read up to the end of `PREAMBLE` and return what came before it.

    Raises ProtocolError when the stream ends, or `MAX_NOISE` bytes pass, without one.
    """
    seen = bytearray()
    while not seen.endswith(PREAMBLE):
        byte = read(1)
        if not byte or len(seen) > MAX_NOISE:
            raise ProtocolError("no lab process answered; it printed: " + _shown(seen))
        seen += byte
    return bytes(seen[: -len(PREAMBLE)])


def _exactly(read: Callable[[int], bytes], count: int, may_end: bool = False) -> bytes:
    """Read `count` bytes; empty at an end that may be, ProtocolError at any other."""
    parts = bytearray()
    while len(parts) < count:
        part = read(count - len(parts))
        if not part:
            if parts or not may_end:
                raise ProtocolError("the stream ended in the middle of a message")
            return b""
        parts += part
    return bytes(parts)


def _shown(noise: bytes | bytearray) -> str:
    return noise[:200].decode("utf-8", "replace").strip() or "nothing"
