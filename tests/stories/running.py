"""The real program, which runs its first experiment again and again, and says what was promised.

`python -m tests.stories.running` starts it as always. A line on standard output, of a run's key and
a number of trials, says that the history has these for good.
"""

from __future__ import annotations

import sys
from concurrent.futures import Future
from typing import TYPE_CHECKING
from unittest.mock import patch

from core.results.history.history import History
from core.results.records import RunRecord

if TYPE_CHECKING:
    from gui.lab import Lab

_SMALL = {"terms": 30_000, "workers": (1, 2), "executors": ("serial", "threads"), "blocks": 5}
_SAVE = History.save


def main() -> int:
    """Run the program, with nobody at it."""
    from gui.app import main as window

    # The program itself tells nobody of each of its saves at once.
    with patch.object(History, "save", _saved):
        return window(watch=_watch)


def _saved(history: History, key: str, record: RunRecord) -> Future[int]:
    future = _SAVE(history, key, record)
    line = f"{key} {len(record.trials)}"

    def promise(done: Future[int]) -> None:
        if done.exception() is None:
            print(line, flush=True)

    future.add_done_callback(promise)
    return future


def _watch(lab: Lab) -> None:
    lab.charts_built.connect(lambda: _run_for_ever(lab))


def _run_for_ever(lab: Lab) -> None:
    from gui.views.page import ExperimentPage

    (page,) = lab.window.findChildren(ExperimentPage)
    page.set_values(_SMALL)
    page.request_run()
    assert lab.runs is not None

    def run_again(busy: bool) -> None:
        if not busy:
            page.request_run()

    lab.runs.busy_changed.connect(run_again)


if __name__ == "__main__":
    sys.exit(main())
