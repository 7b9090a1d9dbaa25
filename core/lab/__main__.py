"""Serve calls from standard input, one at a time, until it ends.

main thread   reads a call, runs it, writes the answer; nothing else when one begins, so that a job
              that forks forks from a process with one thread
"question"    only while a job asks: takes the question back if the process ends that it is about
stdout        only messages; what a job prints goes to stderr
the lifeline  a pipe whose other end only the owner holds: when the owner dies, however it dies,
              the kernel ends this process and all its children
"""

import _thread
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from core.lab import protocol
from core.lab.events import Telling

Send = Callable[[protocol.Message], None]
_NO_LIFELINE = -1


def main(lifeline: int) -> None:
    """Take over the standard streams, say hello, then answer calls until the owner hangs up."""
    if sys.platform != "win32" and lifeline != _NO_LIFELINE:
        _die_with_owner(lifeline)
    out = os.dup(1)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        for fd in (0, out):
            msvcrt.setmode(fd, os.O_BINARY)
    os.write(out, protocol.PREAMBLE)
    send = _sender(out)
    with contextlib.suppress(BrokenPipeError):
        send(_hello())
        requests = protocol.messages(lambda count: os.read(0, count))
        for request in requests:
            if request["kind"] == "call":  # an answer that came too late is none
                send(_answer(request, send, requests))


def _sender(out: int) -> Send:
    """Make the function that writes one whole message; it may be called from any thread."""
    turn = _thread.allocate_lock()

    def send(message: protocol.Message) -> None:
        frame = memoryview(protocol.encode(message))
        with turn:
            while frame:
                frame = frame[os.write(out, frame) :]

    return send


def _hello() -> protocol.Message:
    return {
        "kind": "hello",
        "protocol": protocol.VERSION,
        "pid": os.getpid(),
        "python": sys.version.split()[0],
    }


def _answer(
    request: protocol.Message, send: Send, requests: Iterator[protocol.Message]
) -> protocol.Message:
    """Run the call and make a message of what came of it; never raises."""
    try:
        value = _call(request, send, requests)
        answer = {"kind": "result", "value": value, "clean": _is_clean()}
        protocol.encode(answer)
    except BaseException as error:
        import traceback

        return {
            "kind": "failure",
            "type": type(error).__name__,
            "message": _sentence(error),
            "traceback": traceback.format_exc(),
            "clean": _is_clean(),
        }
    return answer


def _sentence(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return "(its message could not be made)"


def _call(request: protocol.Message, send: Send, requests: Iterator[protocol.Message]) -> object:
    def emit(event: dict[str, Any]) -> None:
        send({"kind": "event", "data": event})

    def ask(prompt: str, process: int | None = None) -> str:
        send({"kind": "ask", "prompt": prompt})
        with _taken_back(process, lambda: send({"kind": "withdraw"})):
            answer = next(requests, {"text": None})["text"]
        if answer is None:
            raise EOFError("nobody answers")
        return str(answer)

    module_name, _, name = request["function"].partition(":")
    __import__(module_name)
    call: Any = sys.modules[module_name]
    for part in name.split("."):
        call = getattr(call, part)
    hands = (emit, ask)[: call.hands] if isinstance(call, Telling) else ()
    return call(*hands, *request["args"], **request["kwargs"])


def _taken_back(process: int | None, take_back: Callable[[], None]) -> AbstractContextManager[None]:
    if process is None:
        return contextlib.nullcontext()
    from core.lab.asking import taken_back

    return taken_back(process, take_back)


def _is_clean() -> bool:
    """Tell whether the job left neither threads nor children (a fork server or a tracker counts).

    The next measurement must find what a script of its own would find, so the owner starts a fresh
    lab process after a job that left something.
    """
    threading = sys.modules.get("threading")
    if threading is not None and threading.active_count() > 1:
        return False
    if hasattr(os, "WNOHANG"):
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        return False
    multiprocessing = sys.modules.get("multiprocessing")
    return multiprocessing is None or not multiprocessing.active_children()


if sys.platform != "win32":

    def _die_with_owner(lifeline: int) -> None:
        """Have the kernel signal this process group when the owner's end of the pipe closes.

        A thread that waits on the pipe would do it too, but then no job could fork safely, and it
        would need the GIL at the worst moment. SIGTERM, because multiprocessing's resource tracker
        ignores it and lives on to remove named semaphores; everything else dies of it. This process
        itself, where a job may have come to ignore SIGTERM, gets SIGKILL as well, by the same pipe
        opened once more.
        """
        if sys.platform == "linux":
            _signal_at_end(lifeline, signal.SIGTERM, -os.getpgrp())
            with contextlib.suppress(OSError):  # no /proc here
                again = os.open(f"/proc/self/fd/{lifeline}", os.O_RDONLY | os.O_NONBLOCK)
                _signal_at_end(again, signal.SIGKILL, os.getpid())
        else:
            signal.signal(signal.SIGIO, _end_group)
            _signal_at_end(lifeline, None, os.getpid())
        with contextlib.suppress(BlockingIOError):
            if not os.read(lifeline, 1):
                _end_group()

    def _signal_at_end(fd: int, number: int | None, receiver: int) -> None:
        """Ask for a signal, SIGIO by default, to a process, or to a group, when a pipe ends."""
        import fcntl

        if sys.platform == "linux" and number is not None:
            fcntl.fcntl(fd, fcntl.F_SETSIG, number)
        fcntl.fcntl(fd, fcntl.F_SETOWN, receiver)
        flags = fcntl.fcntl(fd, fcntl.F_GETFL)
        fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_ASYNC | os.O_NONBLOCK)

    def _end_group(*_: object) -> None:
        os.killpg(os.getpgrp(), signal.SIGTERM)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _NO_LIFELINE)
