"""One lab process and the conversation with it.

owner's thread     sends calls, reads messages         (blocks in read)
"lab N stderr"     keeps the last lines of stderr      (ends with the stream)
"lab N reaper"     waits for the process, then ends its descendants, so that the pipes close
                   and the owner's thread wakes, whoever still held their other ends
"""

import contextlib
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from core import installed
from core.engines.process_group import ProcessGroup
from core.engines.scratch import Scratch
from core.errors import LabCrashed, LabError, LabStartError, LabStopped
from core.lab import protocol
from core.lab.executors import exit_sentence
from core.lab_python import LabPython

ROOT = Path(__file__).resolve().parents[2]
_TAIL_BYTES = 8192
_ANSWER_WITHIN_S = 20.0
# What macOS's launcher of a venv sets; inherited, it would name another interpreter's executable.
_CHANGES_PYTHON = ("PYTHON", "__PYVENV_LAUNCHER__")
_END_WITHIN_S = 1.0


class LabProcess:
    """A lab process of an interpreter, started by the constructor; errors name it as `called`.

    `greet`, `call_over` and `close` belong to the one thread that owns it; `kill` may come from
    any. Raises LabStartError where the interpreter cannot be started.
    """

    def __init__(self, python: LabPython, called: str = "the lab process") -> None:
        self.python = python
        self._called = called
        self._stopped = False
        self._tail: deque[bytes] = deque()
        self._exit_code: int | None = None
        self._scratch = _scratch()  # what a killed manager leaves
        temporary = {"TMPDIR": str(self._scratch.folder)}
        environment = {**clean_environment(), **dict(python.variables), **temporary}
        command = [*python.command, *flags(), "-m", "core.lab"]
        try:
            self._group = ProcessGroup(command, str(ROOT), environment)
        except OSError as error:
            self._scratch.remove()
            raise LabStartError(
                f"{python.command[0]} cannot be started: {error.strerror or error}."
                " Choose another Python, or install this one again."
            ) from error
        pid = self._group.pid
        self._reaper = threading.Thread(target=self._reap, name=f"lab {pid} reaper", daemon=True)
        self._reader = threading.Thread(target=self._listen, name=f"lab {pid} stderr", daemon=True)
        self._reaper.start()
        self._reader.start()

    @property
    def pid(self) -> int:
        """The lab process's number."""
        return self._group.pid

    @property
    def ended(self) -> bool:
        """Whether it was killed or has ended by itself: it takes no more calls."""
        return self._stopped or not self._reaper.is_alive()

    def greet(self) -> protocol.Message:
        """Return the process's hello; raise LabStartError when it is late, garbled or absent."""
        is_late = threading.Event()
        late = threading.Timer(_ANSWER_WITHIN_S, self._give_up, (is_late,))
        late.start()
        try:
            protocol.skip_noise(self._read)
            self._inbox = protocol.messages(self._read)
            hello = next(self._inbox)
        except (protocol.ProtocolError, StopIteration) as error:
            if self._stopped:
                raise self._ended() from None
            self._reader.join(_END_WITHIN_S)  # what it said last may still be on its way
            command = self.python.command[0]
            late_now = is_late.is_set()
            reason = str(error) or "it ended before it said hello"
            if late_now:
                reason = f"it did not answer within {_ANSWER_WITHIN_S:g} s"
            sentence = f"{command} did not start: {reason}"
            raise LabStartError(sentence, self._last(), late_now) from error
        finally:
            late.cancel()
            late.join()
        if hello["kind"] != "hello" or hello["protocol"] != protocol.VERSION:
            raise LabStartError(
                f"{self.python.command[0]} runs another version of the lab: {hello}"
            )
        expected, version = self.python.version, hello["python"]
        if expected and version != expected:
            raise LabStartError(
                f"{self.python.label} was Python {expected} when it was looked at and is {version}"
                " now: look for the Pythons again, then choose anew."
            )
        return hello

    def call_over(self, call: protocol.Message) -> Iterator[protocol.Message]:
        """Send a call and yield its events and questions and, last, its result or failure.

        Raises LabStopped after `kill`, LabCrashed when the process ends or talks nonsense, and
        TypeError or ValueError, with nothing sent, when JSON cannot carry the call.
        """
        frame = protocol.encode(call)
        try:
            self._send(frame)
            for message in self._inbox:
                yield message
                if message["kind"] in ("result", "failure"):
                    return
        except (OSError, protocol.ProtocolError) as error:
            self._group.kill()
            raise self._ended() from error
        raise self._ended()

    def answer(self, text: str | None) -> None:
        """Answer what the job asked; from any thread, once for each question."""
        with contextlib.suppress(OSError, ValueError):  # it has ended: the call's future tells
            self._send(protocol.encode({"kind": "answer", "text": text}))

    def kill(self) -> None:
        """End the process and all its descendants now, without waiting."""
        self._stopped = True
        self._group.kill()

    def close(self) -> None:
        """Hang up, wait until nothing is left of the process, and free its pipes.

        What does not end by itself, because a job left a thread running, is killed.
        """
        self._group.stdin.close()
        self._reaper.join(_END_WITHIN_S)
        if self._reaper.is_alive():
            self._group.kill()
        self._reaper.join()
        self._reader.join()
        self._group.close()
        self._scratch.remove()

    def _give_up(self, is_late: threading.Event) -> None:
        is_late.set()
        self._group.kill()

    def _ended(self) -> LabError:
        self._reaper.join()
        self._reader.join()
        if self._stopped:
            return LabStopped("stopped while it ran")
        what = exit_sentence(self._exit_code) if self._exit_code is not None else "ended"
        return LabCrashed(f"{self._called} {what} in the middle of the job", self._last())

    def _send(self, frame: bytes) -> None:
        rest = memoryview(frame)
        while rest:
            rest = rest[self._group.stdin.write(rest) or 0 :]

    def _read(self, count: int) -> bytes:
        return self._group.read(self._group.stdout, count)

    def _listen(self) -> None:
        kept = 0
        while chunk := self._group.read(self._group.stderr, 4096):
            self._tail.append(chunk)
            kept += len(chunk)
            while kept - len(self._tail[0]) >= _TAIL_BYTES:
                kept -= len(self._tail.popleft())

    def _reap(self) -> None:
        self._exit_code = self._group.wait()

    def _last(self) -> str:
        """The last lines of stderr; whole only after the process has ended."""
        return b"".join(tuple(self._tail))[-_TAIL_BYTES:].decode("utf-8", "replace").strip()


def _scratch() -> Scratch:
    try:
        return Scratch()
    except OSError as error:
        raise LabStartError(
            f"There is no place for temporary files: {error.strerror or error}."
            " Free some space, or set TMPDIR to a folder that can be written, and run again."
        ) from error


def flags() -> tuple[str, ...]:
    """Give the flags of the interpreter; its workers inherit them.

    On Windows a program that prints π into a pipe fails where the code page has no such letter, and
    not in a terminal. Python 3.15 writes UTF-8 everywhere by itself.
    """
    return ("-X", "utf8") if sys.platform == "win32" else ()


def clean_environment() -> dict[str, str]:
    """Copy the environment without PYTHON* variables: they would change what is measured."""
    out = set(left_out())
    return {name: value for name, value in installed.environment().items() if name not in out}


def left_out() -> list[str]:
    """Name the variables of the environment that the lab process does not get."""
    return sorted(name for name in os.environ if name.startswith(_CHANGES_PYTHON))


def own_python() -> LabPython:
    """Give the interpreter that runs this program."""
    return LabPython((installed.interpreter(),))
