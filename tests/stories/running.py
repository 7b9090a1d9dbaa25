"""The real program, which runs its first experiment again and again, and says what was promised.

`python -m tests.stories.running` starts it as always. A line on standard output, of a run's key and
a number of trials, says that the history has these for good.
"""

from __future__ import annotations

import sys
from concurrent.futures import Future

from core.results.history.history import History
from core.results.records import RunRecord

_SMALL = {"terms": 30_000, "workers": (1, 2), "executors": ("serial", "threads"), "blocks": 5}


def main() -> int:
    """Run the program, with nobody at it."""
    from gui.lab import Lab

    polish, save = Lab._polish, History.save

    def saved(history: History, key: str, record: RunRecord) -> Future[int]:
        future = save(history, key, record)
        line = f"{key} {len(record.trials)}"

        def promise(done: Future[int]) -> None:
            if done.exception() is None:
                print(line, flush=True)

        future.add_done_callback(promise)
        return future

    def polished(lab: Lab) -> None:
        polish(lab)
        assert lab.runs is not None
        page = lab._pages[0]
        page.set_values(_SMALL)

        def run_again(busy: bool) -> None:
            if not busy:
                page.request_run()

        lab.runs.busy_changed.connect(run_again)
        page.request_run()

    # The program itself tells nobody of its saves, and this one ends only when it is killed.
    History.save = saved  # type: ignore[method-assign, assignment]
    Lab._polish = polished  # type: ignore[method-assign, assignment]
    from gui.app import main as window

    return window()


if __name__ == "__main__":
    sys.exit(main())
