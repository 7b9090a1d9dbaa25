"""Setup and its uninstaller as a person uses them: page by page, by the keys of their buttons.

What page is shown cannot be read from outside, so keys are pressed until what they lead to is
there; on the pages before and after they do nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.packaging.wine.prefix import Prefix
from tests.realwindow import Desktop, wait_until

_LONG_S = 120


class Pages:
    """Presses keys on the display and looks at what is there then; pictures go to a folder."""

    def __init__(self, prefix: Prefix, desktop: Desktop, pictures: Path) -> None:
        self._prefix = prefix
        self._desktop = desktop
        self._pictures = pictures

    def install(self, setup: str, top: Path, window: str) -> None:
        """Agree, choose oneself and the usual folder, and open the program at the end."""
        with self._running(setup):
            wait_until(lambda: self._titles("Setup"), "Setup asks", _LONG_S)
            self._desktop.screenshot(self._pictures / "windows-under-wine-setup.png")
            keys = ("alt+a", "alt+n", "alt+i")
            self._press(keys, lambda: list(top.glob("program*")), "it installs")
            wait_until((top / "uninstall.exe").exists, "all is there", _LONG_S)
            self._press(("alt+f",), lambda: self._prefix.processes(window), "the program opens")
        wait_until(lambda: self._titles("^Futures Lab$"), "its window appears", _LONG_S)

    def uninstall(self, uninstaller: str, kept: Path) -> None:
        """Uninstall and say that the history shall go too, which the question does not suggest."""
        with self._running(uninstaller):
            self._press(("alt+u",), lambda: self._titles("Uninstall")[1:], "it asks about history")
            self._desktop.screenshot(self._pictures / "windows-under-wine-question.png")
            assert kept.exists(), "the history went before the answer"
            self._press(("alt+y",), lambda: not kept.exists(), "the history is gone")
            self._press(("alt+c",), lambda: not self._titles("Uninstall"), "it is closed")

    @contextmanager
    def _running(self, program: str) -> Iterator[None]:
        """Run a program beside what is done with it; it must have ended well afterwards."""
        ends: list[int] = []
        thread = threading.Thread(
            target=lambda: ends.append(self._prefix.run(program, timeout_s=3 * _LONG_S).returncode)
        )
        thread.start()
        yield
        thread.join(_LONG_S)
        assert ends == [0], f"{program} ended with {ends}"

    def _press(self, keys: tuple[str, ...], is_there: Callable[[], object], what: str) -> None:
        def try_once() -> object:
            with suppress(Exception):  # no window has the focus just now
                self._desktop.run("xdotool", "key", "--delay", "200", *keys)
            return is_there()

        wait_until(try_once, what, _LONG_S)

    def _titles(self, pattern: str) -> list[str]:
        return self._desktop.ask("search", "--onlyvisible", "--name", pattern).split()
