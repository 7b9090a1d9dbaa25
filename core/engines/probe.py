"""Ask an interpreter who it is, in a child process that can neither hang, flood nor harm us.

caller's thread      reads standard output until the answer is whole, it ends, or there is too much
"probe N reaper"     waits for the child, then ends its descendants, so that every read ends
"probe N stderr"     keeps the end of standard error; ends a child that floods it
a timer              ends the child when its time is over
"""

import contextlib
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from core.engines.lab_process import ROOT, clean_environment
from core.engines.process_group import ProcessGroup
from core.lab import introduce
from core.lab.executors import exit_sentence

LIMIT_S = 10.0
_END_WITHIN_S = 0.5
_MOST_OUTPUT = 256 * 1024
_MOST_COMPLAINTS = 4 * 1024 * 1024
_TAIL_BYTES = 4096


class ProbeError(Exception):
    """Why an interpreter cannot be used, in one sentence; `detail` is the end of its stderr."""

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail


class Identity(msgspec.Struct, frozen=True):
    """What every Python knows of itself, in the words of `core.lab.introduce`."""

    version: str
    version_info: tuple[int, int, int]
    hexversion: int
    implementation: str
    executable: str
    base_executable: str
    prefix: str
    base_prefix: str
    finds_the_lab: bool


class Abilities(msgspec.Struct, frozen=True):
    """What a Python that is new enough can do; `jit` is None where there is none to be seen."""

    build: str
    gil: bool
    free_threaded: bool
    start_methods: tuple[str, ...]
    default_start_method: str
    interpreters: bool
    jit: bool | None
    debug: bool
    bits: int


class Answer(msgspec.Struct, frozen=True):
    """A whole answer: `abilities` is None for one that is too old, or has a part `missing`."""

    identity: Identity
    abilities: Abilities | None
    missing: str


class Stop:
    """Ends all probes that it was given to, and those that begin later; for any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._kills: list[Callable[[], None]] = []
        self.is_set = False

    def set(self) -> None:
        """End them now, without waiting."""
        with self._turn:
            self.is_set = True
            for kill in self._kills:
                kill()

    @contextlib.contextmanager
    def reaching(self, kill: Callable[[], None]) -> Iterator[None]:
        """Be able to call `kill` for as long as the block lasts."""
        with self._turn:
            self._kills.append(kill)
            if self.is_set:
                kill()
        try:
            yield
        finally:
            with self._turn:
                self._kills.remove(kill)


def ask(
    command: Sequence[str], limit_s: float = LIMIT_S, stop: Stop | None = None
) -> tuple[Identity, Abilities, str]:
    """Return who answers to this command, what it can do, and what it printed before it said so.

    Blocks for at most about `limit_s`, and leaves nothing running. Raises ProbeError.
    """
    mark = f"futures-lab-{uuid.uuid4().hex}:"
    source = Path(introduce.__file__).read_text(encoding="utf-8")
    child = _Child([*command, "-c", source, mark])
    late = _Late(limit_s, child.kill)
    with (stop or Stop()).reaching(child.kill):
        output = child.read_until(lambda seen: seen.count(mark.encode()) >= 2)
        late.cancel()
        code = child.close()
    if output.count(mark.encode()) < 2:
        if stop is not None and stop.is_set:
            raise ProbeError("The search was stopped before it answered.")
        if late.has_come:
            raise ProbeError(f"It did not answer within {limit_s:g} s.", child.complaints)
        if child.flooded or len(output) > _MOST_OUTPUT:
            raise ProbeError("It prints without end instead of answering.", child.complaints)
        if not output and code:
            raise ProbeError(f"It {exit_sentence(code)} without an answer.", child.complaints)
    noise, answer = find_answer(output, mark, child.complaints)
    return (*check(answer, child.complaints), noise)


def find_answer(output: bytes, mark: str, complaints: str = "") -> tuple[str, Answer]:
    """Read the answer between the marks, and what stood before it; raise ProbeError."""
    noise, first, rest = output.partition(mark.encode())
    body, second, _ = rest.partition(mark.encode())
    if not (first and second):
        said = _shown(output)
        what = f"it printed “{said}”" if said else "it printed nothing"
        raise ProbeError(f"It does not answer as Python does: {what}.", complaints)
    try:
        return _shown(noise), msgspec.json.decode(body, type=Answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProbeError(f"Its answer makes no sense: {error}.", complaints) from error


def check(answer: Answer, complaints: str = "") -> tuple[Identity, Abilities]:
    """Return the parts of an answer that is sound and good enough; raise ProbeError."""
    identity, abilities = answer.identity, answer.abilities
    numbers = identity.version_info
    by_hex = tuple(identity.hexversion >> shift & 0xFF for shift in (24, 16, 8))
    said = ".".join(map(str, numbers))
    goes_on = identity.version.removeprefix(said)
    is_prefix = goes_on != identity.version and not goes_on[:1].isdigit()
    if numbers != by_hex or not is_prefix:
        others = ".".join(map(str, by_hex))
        raise ProbeError(
            f"It contradicts itself: Python {identity.version}, {said} and {others}.", complaints
        )
    if numbers[:2] < introduce.OLDEST:
        oldest = ".".join(map(str, introduce.OLDEST))
        raise ProbeError(f"Python {identity.version} is too old: the lab needs {oldest} or later.")
    if abilities is None:
        raise ProbeError(
            f"A part of its standard library is missing ({answer.missing or 'it says not which'}):"
            " install the whole of it.",
            complaints,
        )
    if not identity.executable:
        raise ProbeError("It does not know where its own program is, so it can start no processes.")
    if not identity.finds_the_lab:
        raise ProbeError(
            "It looks for modules in its own folders only (an embeddable build), and so finds no"
            " lab: install the usual build."
        )
    if abilities.default_start_method not in abilities.start_methods:
        raise ProbeError("It contradicts itself: its default start method is none of those it has.")
    return identity, abilities


class _Late:
    """A timer that remembers that its time came."""

    def __init__(self, limit_s: float, kill: Callable[[], None]) -> None:
        self.has_come = False
        self._kill = kill
        self._timer = threading.Timer(limit_s, self._come)
        self._timer.start()

    def cancel(self) -> None:
        """Let it not come any more, and wait where it is just coming."""
        self._timer.cancel()
        self._timer.join()

    def _come(self) -> None:
        self.has_come = True
        self._kill()


class _Child:
    """A child whose standard output is read here, and whose standard error is only looked at."""

    def __init__(self, command: Sequence[str]) -> None:
        try:
            self._group = ProcessGroup(command, str(ROOT), clean_environment())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ProbeError(f"It cannot be started: {reason}.") from error
        self.flooded = False
        self._tail = b""
        self._code: int | None = None
        self._reaper = self._thread("reaper", self._reap)
        self._listener = self._thread("stderr", self._listen)

    @property
    def complaints(self) -> str:
        """The end of its standard error; whole once it is closed."""
        return self._tail.decode("utf-8", "replace").strip()

    def kill(self) -> None:
        """End it and its descendants now; any thread."""
        self._group.kill()

    def read_until(self, is_enough: Callable[[bytearray], bool]) -> bytes:
        """Read standard output until it is enough, or has ended, or is far too much."""
        seen = bytearray()
        while chunk := self._group.read(self._group.stdout, 65536):
            seen += chunk
            if len(seen) > _MOST_OUTPUT or is_enough(seen):
                break
        return bytes(seen)

    def close(self) -> int | None:
        """End it where it has not ended, and return its exit code."""
        self._reaper.join(_END_WITHIN_S)
        if self._reaper.is_alive():
            self._group.kill()
        self._reaper.join()
        self._listener.join()
        self._group.close()
        return self._code

    def _thread(self, task: str, target: Callable[[], None]) -> threading.Thread:
        name = f"probe {self._group.pid} {task}"
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        return thread

    def _reap(self) -> None:
        self._code = self._group.wait()

    def _listen(self) -> None:
        total = 0
        while chunk := self._group.read(self._group.stderr, 65536):
            self._tail = (self._tail + chunk)[-_TAIL_BYTES:]
            total += len(chunk)
            if total > _MOST_COMPLAINTS:
                self.flooded = True
                self._group.kill()


def _shown(output: bytes) -> str:
    text = output[:2000].decode("utf-8", "replace")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= 80 else text[:79] + "…"
