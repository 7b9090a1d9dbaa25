"""Runs of this program on their way into its user's history."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from core import experiments
from core.errors import BadInput, FuturesLabError
from core.experiments.base import Experiment
from core.installed import typed
from core.results.history.history import History, Writing
from core.results.history.opening import default_folder
from core.results.records import ENDED, RunRecord

Find = Callable[[str], Experiment]


def headline(record: RunRecord, find: Find = experiments.find) -> str:
    """Say in a line what a run found; empty for an experiment that is not known here.

    `find` gives an experiment by its name, or raises BadInput; a window knows more of them.
    """
    try:
        experiment = find(record.experiment)
    except BadInput:
        return ""
    return "; ".join(experiment.summarize(record).headline)


def users_history(
    on_problem: Callable[[str], None] = lambda sentence: None, find: Find = experiments.find
) -> History:
    """Open the history of whoever runs this program; who calls it shuts it down."""
    return History(default_folder(), partial(headline, find=find), on_problem)


class Keeper:
    """Writes one run to a history, and tells once what went wrong; without one it does nothing.

    For a front end that has no event loop. One thread; only `resume` and `close` wait. What could
    not be written is tried again with each `save`, and once more by `close`. `beside` is a sentence
    on where else the run is written, if anywhere.
    """

    def __init__(
        self, history: History | None, say: Callable[[str], None], beside: str = ""
    ) -> None:
        self._history = history
        self._say = say
        self._beside = beside
        self._writing: Writing | None = None if history is None else history.begin()
        self._asked: deque[tuple[Future[int], RunRecord]] = deque()
        self._is_behind = False
        self._run: int | None = None
        self._kept = 0  # trials that the history has

    @property
    def key(self) -> str:
        """What the run is known by in every history; empty where it is not kept."""
        return "" if self._writing is None else self._writing.key

    def resume(self, run: int, record: RunRecord) -> None:
        """Go on writing a run that is in the history; raises HistoryError."""
        if self._history is not None:
            self._writing = self._history.resume(run, record).result()
            self._run, self._kept = run, len(record.trials)

    def save(self, record: RunRecord) -> None:
        """Write the run as it stands; see `Writing.save`."""
        if self._writing is not None:
            self._asked.append((self._writing.save(record), record))
            while self._asked[0][0].done() and len(self._asked) > 1:
                self._look_at(*self._asked.popleft())

    def close(self) -> None:
        """Wait for what is not written yet, and say under which number the run is found."""
        if self._history is None:
            return
        record: RunRecord | None = None
        while self._asked:
            future, record = self._asked.popleft()
            self._look_at(future, record)
        if self._is_behind and record is not None and self._writing is not None:
            self._look_at(self._writing.save(record), record)  # there may be room by now
        opened = self._history.opened.result()
        for sentence in opened.sentences:
            self._say(sentence)
        if self._is_behind and record is not None:
            self._say(self._what_is_missing(record))
        elif self._run is not None and opened.place == "file":
            self._say(f"This is run {self._run} of the history.")
        self._history.shutdown()

    def _what_is_missing(self, record: RunRecord) -> str:
        """Say what the history has of a run that it could not be given whole, and what to do.

        What stood in the way was said as it happened, with what to do about that.
        """
        measured = len(record.trials)
        goes_on = f"{typed()} history continue {self._run}"
        if self._run is None:
            found = "Nothing of this run is in the history."
            mended = "run this anew to have it there."
        elif self._kept < measured:
            found = (
                f"The history has {self._kept} of {measured} trials of this run, run {self._run}."
            )
            mended = f"measure what is missing with: {goes_on}"
        else:
            found = (
                f"The history has all {measured} trials of this run, run {self._run}, but not that"
                " it is over: there it was cut off."
            )
            is_whole = record.status in ENDED  # one that was stopped can go on all the same
            mended = f"have that put right with: {goes_on}" if is_whole else ""
        advice = mended and f"Once the history can be written again, {mended}"
        return " ".join(filter(None, (found, self._beside, advice)))

    def _look_at(self, future: Future[int], record: RunRecord) -> None:
        try:
            self._run = future.result()
        except FuturesLabError as error:
            if not self._is_behind:
                self._say(f"{error}")
            self._is_behind = True
            return
        self._is_behind = False
        self._kept = len(record.trials)
