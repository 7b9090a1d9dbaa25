"""The window's own `gui/app.py`, stamped: a copy of a program has this in that file's place.

What it stands for is `gui/as_built.py` beside it. It starts the window as ever, and ends it with
the moment of the first paint, in seconds of `time.perf_counter`, which the parent shares.
"""

from __future__ import annotations

import os
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.lab import Lab


def main(*arguments: object) -> int:
    """Open the window; tell when it is painted, and end at once."""
    code: int = import_module("gui.as_built").main(*arguments, watch=_watch)
    return code


def _watch(lab: Lab) -> None:
    from gui.painted import when_painted

    when_painted(lab.window, _end)


def _end() -> None:
    print(f'{{"painted": {perf_counter()!r}}}', flush=True)
    os._exit(0)
