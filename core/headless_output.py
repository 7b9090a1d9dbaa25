"""What the command line prints: a bar and a table on a terminal, plain lines without one."""

from typing import Any, Literal
from unicodedata import category

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from core.experiments.base import Trial, named_once
from core.parameters import group
from core.report import table as report
from core.report import titles
from core.results import fits, statistics
from core.results.pythons import by_python
from core.results.records import RunRecord, TrialRecord
from core.runner import LONG_RUN_S, Run, how_far

_FILE_COLUMNS = 120


class Output:
    """Progress and messages to the console (standard error), the table to standard output.

    `table` is false when standard output carries the record.
    """

    def __init__(self, console: Console, table: bool) -> None:
        self._console = console
        self._table = table
        self._progress: Progress | None = None
        self._waited_for = ""

    def begin(self, run: Run) -> None:
        """Say how long it will take, and show the bar on a terminal."""
        expected = run.expected_s
        is_story = len(run.plan) == 1 and not run.experiment.is_sweep
        count = "1 trial" if len(run.plan) == 1 else f"{len(run.plan)} trials"
        if run.experiment.grow is not None and run.experiment.budget_s(run.values) is not None:
            most = statistics.duration(expected)
            self.say(f"{count} in the first repeat; as many repeats as it takes, {most} at most.")
        else:
            about = f"about {statistics.duration(expected)}."
            self.say(f"It takes {about}" if is_story else f"{count}, {about}")
        if run.calibration is not None:
            size, time = group(run.calibration.size), run.calibration.seconds
            self.say(f"Serial takes {statistics.seconds(time)} with {size} {run.units}.")
        for note in run.environment.notes:
            self.say(note.sentence)
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
            told = {titles.heading(name): report.cell(what) for name, what in _row(event).items()}
            self.say("   ".join(f"{name}: {text}" for name, text in told.items() if text))
        elif event["kind"] == "note":
            self.say(event["text"])

    def tick(self, run: Run) -> None:
        """Bring the bar up to date."""
        if self._progress is not None:
            left = f"about {statistics.duration(run.remaining_s)} left"
            if run.waits_for:
                left = f"{left}; {run.waits_for}"
            total = len(run.plan)
            self._progress.update(self._bar, completed=run.done, total=total, left=left)
        elif run.waits_for != self._waited_for:
            self._waited_for = run.waits_for
            if run.waits_for:
                self.say(f"Measuring {run.waits_for}.")

    def result(self, run: Run, record: RunRecord) -> None:
        """Print the headline and, where standard output is free, the table."""
        summary = run.experiment.summarize(record)
        shown = found_by(record)
        if self._table and shown.row_count:
            to_stdout().print(shown)
        if record.status == "stopped":
            self.say(f"Stopped {how_far(record)}.")
        laws = fitted(record) if run.experiment.is_sweep else []
        for line in (*summary.headline, *summary.details, *laws):
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


def plain(text: str) -> str:
    """Take out what a terminal would obey: names and notes may come from anybody's file."""
    return "".join(c if c.isprintable() or c == "\n" or category(c) == "Zs" else "�" for c in text)


def cell(text: str) -> str:
    """Make text ready for a table: neither the terminal obeys it, nor `rich`."""
    return escape(plain(text))


def to_stdout() -> Console:
    """Make a console for tables: as wide as the terminal; where there is none, wide enough."""
    console = Console(highlight=False)
    if console.is_terminal:
        return console
    return Console(highlight=False, width=max(console.width, _FILE_COLUMNS))


def found_by(record: RunRecord) -> Table:
    """Lay out what a run found: what its programs told, or medians; without rows where nothing."""
    told = any(trial.rows for trial in record.trials)
    return rows(record) if told else table(record)


def rows(record: RunRecord) -> Table:
    """Lay out what programs told: a column for each name, in the order of appearance.

    Of several Pythons each row names its own.
    """
    found = report.rows(record)
    shown = Table(box=None, pad_edge=False)
    for heading, is_figure in zip(found.headings, found.figures, strict=True):
        shown.add_column(cell(heading), justify="right" if is_figure else "left", overflow="fold")
    for row in found.rows:
        shown.add_row(*map(cell, row))
    return shown


def _row(event: dict[str, Any]) -> dict[str, Any]:
    return {name: what for name, what in event.items() if name not in ("kind", "t")}


def table(record: RunRecord) -> Table:
    """Lay out the medians: one row for each configuration, with its speed-up and verdict."""
    found = report.medians(record)
    shown = Table(box=None, pad_edge=False)
    for heading, is_figure in zip(found.headings, found.figures, strict=True):
        is_last = heading == found.headings[-1]
        justify: Literal["right", "left"] = "right" if is_figure else "left"
        shown.add_column(heading, justify=justify, no_wrap=not is_last)
    for row in found.rows:
        shown.add_row(*map(cell, row))
    return shown


def fitted(record: RunRecord) -> list[str]:
    """Say what Amdahl's and Gunther's laws make of the run, or why they cannot."""
    parts = by_python(record)
    told = [(name, [fit.sentence for fit in fits.fits(part)]) for name, part in parts]
    return list(dict.fromkeys(told[0][1] if len(told) == 1 else named_once(told)))
