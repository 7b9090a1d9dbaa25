"""The window's own `gui/app.py`, stamped: a copy of a program has this in that file's place.

What it stands for is `gui/as_built.py` beside it. It starts the window as ever, and ends it with
the moment of the first paint, in seconds of `time.perf_counter`, which the parent shares.
"""

from __future__ import annotations

import os
from importlib import import_module
from time import perf_counter
from typing import Any


def main(*arguments: Any) -> int:
    """Open the window; tell when it is painted, and end at once."""
    from gui.main_window import MainWindow
    from gui.painted import when_painted

    show = MainWindow.show

    def shown(window: MainWindow) -> None:
        when_painted(window, _end)
        show(window)

    # Put in by hand: what helps to replace a method would be one more import within the time.
    MainWindow.show = shown  # type: ignore[method-assign, assignment]
    code: int = import_module("gui.as_built").main(*arguments)
    return code


def _end() -> None:
    print(f'{{"painted": {perf_counter()!r}}}', flush=True)
    os._exit(0)
