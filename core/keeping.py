"""Runs of this program on their way into its user's history."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from core import experiments
from core.errors import BadInput, FuturesLabError
from core.results.history.history import History, Writing
from core.results.history.opening import default_folder
from core.results.records import RunRecord


def headline(record: RunRecord) -> str:
    """Say in a line what a run found; empty for an experiment that is not known here."""
    try:
        experiment = experiments.find(record.experiment)
    except BadInput:
        return ""
    return "; ".join(experiment.summarize(record).headline)


def users_history(on_problem: Callable[[str], None] = lambda sentence: None) -> History:
    """Open the history of whoever runs this program; who calls it shuts it down."""
    return History(default_folder(), headline, on_problem)


class Keeper:
    """Writes one run to a history, and tells once what went wrong; without one it does nothing.

    For a front end that has no event loop. One thread; only `resume` and `close` wait.
    """

    def __init__(self, history: History | None, say: Callable[[str], None]) -> None:
        self._history = history
        self._say = say
        self._writing: Writing | None = None if history is None else history.begin()
        self._asked: deque[Future[int]] = deque()
        self._is_behind = False

    @property
    def key(self) -> str:
        """What the run is known by in every history; empty where it is not kept."""
        return "" if self._writing is None else self._writing.key

    def resume(self, run: int, record: RunRecord) -> None:
        """Go on writing a run that is in the history; raises HistoryError."""
        if self._history is not None:
            self._writing = self._history.resume(run, record).result()

    def save(self, record: RunRecord) -> None:
        """Write the run as it stands; see `Writing.save`."""
        if self._writing is not None:
            self._asked.append(self._writing.save(record))
            while self._asked[0].done() and len(self._asked) > 1:
                self._look_at(self._asked.popleft())

    def close(self) -> None:
        """Wait for what is not written yet, and say under which number the run is found."""
        if self._history is None:
            return
        run = None
        while self._asked:
            run = self._look_at(self._asked.popleft())
        for sentence in self._history.opened.result().sentences:
            self._say(sentence)
        if run is not None and self._history.opened.result().place == "file":
            self._say(f"This is run {run} of the history.")
        self._history.shutdown()

    def _look_at(self, future: Future[int]) -> int | None:
        try:
            run = future.result()
        except FuturesLabError as error:
            if not self._is_behind:
                self._say(f"{error}")
            self._is_behind = True
            return None
        self._is_behind = False
        return run
