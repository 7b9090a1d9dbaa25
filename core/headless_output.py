"""What the command line prints: a bar and a table on a terminal, plain lines without one."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from core.experiments.base import Trial
from core.results import statistics
from core.results.records import RunRecord, TrialRecord
from core.runner import LONG_RUN_S, Run


class Output:
    """Progress and messages to the console (standard error), the table to standard output.

    `table` is false when standard output carries the record.
    """

    def __init__(self, console: Console, table: bool) -> None:
        self._console = console
        self._table = table
        self._progress: Progress | None = None

    def begin(self, run: Run) -> None:
        """Say how long it will take, and show the bar on a terminal."""
        expected = run.expected_s
        count = "1 trial" if len(run.plan) == 1 else f"{len(run.plan)} trials"
        self.say(f"{count}, about {statistics.duration(expected)}.")
        if expected >= LONG_RUN_S:
            self.say("That is long: Ctrl-C stops it at any moment and keeps what was measured.")
        if self._console.is_terminal:
            self._progress = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[left]}"),
                console=self._console,
                transient=True,
            )
            self._bar = self._progress.add_task("trials", total=len(run.plan), left="")
            self._progress.start()

    def trial(self, run: Run, trial: Trial, record: TrialRecord | None) -> None:
        """Report one trial that is over."""
        if record is None:
            return
        number = f"{len(run.trials)}/{len(run.plan)}"
        if record.status == "failed" and record.error:
            self.problem(f"{number} {trial.label}: failed: {record.error.message}")
        elif self._progress is None and record.work_s is not None:
            self.say(f"{number} {trial.label}: {statistics.seconds(record.work_s)}")

    def event(self, event: dict[str, Any]) -> None:
        """Tell a row or a sentence as it happens; the rest is in the record."""
        if event["kind"] == "row":
            self.say("   ".join(f"{name} {_cell(what)}" for name, what in _row(event).items()))
        elif event["kind"] == "note":
            self.say(event["text"])

    def tick(self, run: Run) -> None:
        """Bring the bar up to date."""
        if self._progress is not None:
            left = f"about {statistics.duration(run.remaining_s)} left"
            self._progress.update(self._bar, completed=len(run.trials), left=left)

    def result(self, run: Run, record: RunRecord) -> None:
        """Print the headline and, where standard output is free, the table."""
        summary = run.experiment.summary(record)
        if self._table and any(trial.status == "done" for trial in record.trials):
            told = any(trial.rows for trial in record.trials)
            Console(highlight=False).print(rows(record) if told else table(record))
        if record.status == "stopped":
            self.say(f"Stopped after {len(record.trials)} of {record.planned_trials} trials.")
        for line in (*summary.headline, *summary.details):
            self.say(line)

    def say(self, sentence: str) -> None:
        """Print a sentence."""
        self._console.print(sentence, markup=False, soft_wrap=True)

    def problem(self, sentence: str, detail: str = "") -> None:
        """Print what went wrong, and below it the end of a traceback or of stderr."""
        self._console.print(sentence, markup=False, soft_wrap=True, style="bold red")
        if detail:
            self._console.print(detail, markup=False, soft_wrap=True, style="dim")

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


def rows(record: RunRecord) -> Table:
    """Lay out what programs told: a column for each name, in the order of appearance."""
    shown = Table(box=None, pad_edge=False)
    told = [row for trial in record.trials for row in trial.rows]
    names = list(dict.fromkeys(name for row in told for name in row))
    for name in names:
        is_number = all(isinstance(row.get(name), int | float | None) for row in told)
        shown.add_column(
            name.replace("_", " "), justify="right" if is_number else "left", overflow="fold"
        )
    for row in told:
        shown.add_row(*(escape(_cell(row.get(name))) for name in names))
    return shown


def _row(event: dict[str, Any]) -> dict[str, Any]:
    return {name: what for name, what in event.items() if name not in ("kind", "t")}


def _cell(what: Any) -> str:
    if isinstance(what, float):
        return f"{what:.4g}"
    return "" if what is None else str(what)


def table(record: RunRecord) -> Table:
    """Lay out the medians: one row for each configuration."""
    everything = statistics.series(record)
    shown = Table(box=None, pad_edge=False)
    shown.add_column("executor")
    for heading in ("workers", "median", "from", "to", "speed-up", "start-up"):
        shown.add_column(heading, justify="right")
    ceiling = statistics.ceiling_of(record.trials)
    for one in (*everything, *([ceiling] if ceiling else [])):
        for point in one.points:
            ratios = statistics.ratios(everything, one, point.workers)
            shown.add_row(
                one.executor,
                str(point.workers),
                *(statistics.seconds(time) for time in (point.median, point.low, point.high)),
                f"{ratios.median:.2f}×" if ratios else "",
                statistics.seconds(statistics.startup(record, one.executor, point.workers)),
            )
    return shown
