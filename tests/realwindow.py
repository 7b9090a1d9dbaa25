"""The real program in a real window: an X display of its own, with hands and eyes for it.

    with Desktop() as desktop:
        program = desktop.start("main.py")
        window = desktop.window("Futures Lab", program)
        window.click(100, 40)
        window.key("ctrl+Return")
        window.screenshot(tmp_path / "running.png")
        window.close()
        assert program.wait() == 0

Whatever waits looks until it sees what it waits for, or fails at a deadline and names what it
missed. Needs Xvfb, openbox, xdotool and ImageMagick's import; POSIX only.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar

from tests.signals import STACKS

Seen = TypeVar("Seen")

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("Xvfb", "openbox", "xdotool", "import")
PATIENCE_S = 20.0  # for a busy machine of two cores; not a measure of speed
CLOSING_S = 5.0
_CLOSE = (9, 11)  # pixels from a window's upper right corner to the middle of its closing button
POLL_S = 0.02


def missing_tools() -> str:
    """Return the commands that a desktop needs and this machine lacks; an empty text if none."""
    return ", ".join(tool for tool in TOOLS if shutil.which(tool) is None)


def wait_until(look: Callable[[], Seen], what: str, timeout_s: float = PATIENCE_S) -> Seen:
    """Look until something true is seen and return it, or fail and name `what`."""
    deadline = time.monotonic() + timeout_s
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {timeout_s:g} s in vain until {what}.")
        time.sleep(POLL_S)
    return seen


class Program:
    """A running program, the leader of its own process group, with all that it printed."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], pass_fds: Sequence[int] = ()
    ) -> None:
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=pass_fds,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def output(self) -> str:
        """Return what it has printed so far, standard output and errors together."""
        # Opened once more: the position in our own file is the program's.
        again = Path(f"/proc/self/fd/{self._output.fileno()}")
        return again.read_bytes().decode(errors="replace")

    def wait(self, timeout_s: float = PATIENCE_S) -> int:
        """Wait for its end and return the exit code; tell where it hangs, if it can say so."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.send_signal(STACKS)
            with suppress(subprocess.TimeoutExpired):  # the time it needs to write them
                self.process.wait(1)
            raise AssertionError(f"It has not ended. It printed:\n{self.output()}") from None

    def stop(self) -> None:
        """Ask it to end, and kill it if it does not."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """Stop it and forget what it printed."""
        self.stop()
        self._output.close()


class Desktop:
    """An X display with a window manager, for as long as the `with` block lasts."""

    def __init__(self, width: int = 1280, height: int = 800) -> None:
        self.width, self.height = width, height
        self.environment = dict(os.environ, QT_QPA_PLATFORM="xcb")
        self._programs = ExitStack()

    def __enter__(self) -> Desktop:
        with self._programs:  # ended again if one of the steps fails
            self.environment["DISPLAY"] = self._start_server()
            self._run(["openbox", "--sm-disable"])
            wait_until(lambda: self.ask("get_num_desktops"), "openbox manages the display")
            self._programs = self._programs.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._programs.close()

    def start(self, *arguments: str, **environment: str) -> Program:
        """Start Python with these arguments on this display; it ends with the display."""
        return self._run([sys.executable, *arguments], environment)

    def window(self, title: str, program: Program) -> Window:
        """Wait for a visible window of the program whose title matches, and for its contents."""
        query = ["search", "--all", "--onlyvisible", "--pid", str(program.pid), "--name", title]

        def look() -> str:
            if (code := program.process.poll()) is not None:
                raise RuntimeError(f"It ended with {code} and no window:\n{program.output()}")
            return self.ask(*query)

        identifiers = wait_until(look, f"a window named {title!r} appears")
        window = Window(self, identifiers.split()[0])
        wait_until(window.is_painted, f"the window named {title!r} is painted")
        return window

    def screenshot(self, path: Path) -> Path:
        """Save a picture of the whole display, menus and tooltips too."""
        self.run("import", "-window", "root", str(path))
        return path

    def run(self, *command: str) -> str:
        """Run a tool on this display and return what it printed."""
        done = subprocess.run(
            command,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        return done.stdout.strip()

    def ask(self, *query: str) -> str:
        """Return xdotool's answer, or an empty text while it has none."""
        try:
            return self.run("xdotool", *query)
        except subprocess.CalledProcessError:
            return ""

    def _run(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> Program:
        program = Program(command, {**self.environment, **(environment or {})}, pass_fds)
        self._programs.callback(program.close)
        return program

    def _start_server(self) -> str:
        """Start Xvfb on a display number that it finds free itself, and return the display."""
        reader, writer = os.pipe()
        with os.fdopen(reader) as answer:
            screen = f"{self.width}x{self.height}x24"
            command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", screen, "-dpi", "96"]
            try:
                server = self._run([*command, "-noreset", "-nolisten", "tcp"], pass_fds=[writer])
            finally:
                os.close(writer)
            ready, _, _ = select.select([answer], [], [], PATIENCE_S)
            number = answer.readline().strip() if ready else ""
        if not number:
            raise RuntimeError(f"Xvfb found no display:\n{server.output()}")
        return f":{number}"


class Window:
    """A window of the program, seen and used as a person would; positions are within it."""

    def __init__(self, desktop: Desktop, identifier: str) -> None:
        self._desktop = desktop
        self.identifier = identifier

    def size(self) -> tuple[int, int]:
        """Return width and height in pixels, without the frame."""
        text = self._xdotool("getwindowgeometry", "--shell", self.identifier)
        shape = dict(line.split("=") for line in text.splitlines())
        return int(shape["WIDTH"]), int(shape["HEIGHT"])

    def is_painted(self) -> bool:
        """Tell whether it shows more than one colour."""
        colours = self._desktop.run("import", "-window", self.identifier, "-format", "%k", "info:-")
        return int(colours) > 1

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move the pointer there and click; buttons 4 and 5 are the wheel, up and down."""
        at = ["mousemove", "--window", self.identifier, str(x), str(y)]
        self._xdotool(*at, "click", str(button))

    def key(self, *keys: str) -> None:
        """Press keys one after the other, such as "Tab" or "ctrl+Return"."""
        self._focus()
        self._xdotool("key", *keys)

    def type(self, text: str) -> None:
        """Type text where the keyboard's focus is."""
        self._focus()
        self._xdotool("type", "--", text)

    def resize(self, width: int, height: int) -> None:
        """Give it another size and wait until it has it."""
        self._xdotool("windowsize", self.identifier, str(width), str(height))
        wait_until(lambda: self.size() == (width, height), f"the window is {width}x{height}")

    def screenshot(self, path: Path) -> Path:
        """Save a picture of what the window's part of the display shows."""
        self._desktop.run("import", "-window", self.identifier, str(path))
        return path

    def close(self) -> None:
        """Click, once, the button in its frame that closes it; needs no focus."""
        self._xdotool("windowactivate", self.identifier)  # in front of all others
        width, _ = self.size()
        self.click(width - _CLOSE[0], -_CLOSE[1])
        wait_until(lambda: not self._is_in_sight(), "the window is gone", CLOSING_S)

    def _is_in_sight(self) -> bool:
        seen = self._desktop.ask("search", "--onlyvisible", "--name", ".")
        return self.identifier in seen.split()

    def _focus(self) -> None:
        self._xdotool("windowactivate", self.identifier)
        wait_until(
            lambda: self._desktop.ask("getactivewindow") == self.identifier,
            "the window has the focus",
        )

    def _xdotool(self, *command: str) -> str:
        return self._desktop.run("xdotool", *command)
