"""The command `history`: list, show, export, import, compare and continue runs."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from core.continuing import values_of
from core.errors import BadInput, HistoryError, ShareError, cannot_write
from core.experiments import find
from core.experiments.base import Experiment
from core.headless_compare import side_by_side
from core.headless_output import cell, found_by, plain, to_stdout
from core.headless_target import Target
from core.keeping import Find, headline, users_history
from core.report.html import html
from core.report.report import Report, report_of
from core.results import share, tables
from core.results.compare import compare, settings
from core.results.files import write_whole
from core.results.history.history import History
from core.results.history.listing import Page, Query
from core.results.records import RunRecord, to_json
from core.results.share import Shared

_ORDERS = ("started", "name", "experiment", "status", "trials", "python", "machine")
_SHOWN = 50


ToPdf = Callable[[Report], bytes]


@dataclass(frozen=True)
class Hands:
    """What the window's side does for the command line, which core itself cannot.

    `find` gives an experiment by its name, or raises BadInput; `to_pdf` writes a report as PDF, and
    raises BadInput where that cannot be.
    """

    find: Find = find
    to_pdf: ToPdf | None = None


def _script(hands: Hands, runs: Sequence[Shared]) -> bytes:
    """Make the script of a run, with what the run found; raises BadInput for several."""
    if len(runs) != 1:
        raise BadInput("A script is of one run: name one.")
    record = runs[0].record
    experiment = hands.find(record.experiment)
    values = experiment.as_run(values_of(experiment, record), record)
    return experiment.code(values).text.encode()


_Writer = Callable[[Sequence[Shared]], bytes]
_WRITERS: dict[str, _Writer] = {
    "futureslab": share.dump,
    "csv": tables.trials_csv,
    "json": tables.to_json,
}
_FORMATS = (*_WRITERS, "py", "html", "pdf")


def add_parser(commands: Any) -> None:
    """Declare the command and its actions."""
    whole = commands.add_parser("history", help="the runs that were kept", allow_abbrev=False)
    actions = whole.add_subparsers(dest="action", metavar="action", required=True)
    listed = _action(actions, "list", "list runs, newest first")
    listed.add_argument("text", nargs="*", metavar="TEXT", help="only runs with all these words")
    listed.add_argument("--experiment", default="", metavar="NAME", help="only runs of this one")
    listed.add_argument("--sort", default="started", choices=_ORDERS, help="what comes first")
    listed.add_argument("--ascending", action="store_true", help="the smallest or oldest first")
    listed.add_argument("--deleted", action="store_true", help="those that can be brought back")
    listed.add_argument("--limit", type=int, default=_SHOWN, metavar="N", help="at most so many")
    shown = _action(actions, "show", "say what a run found")
    shown.add_argument("runs", nargs=1, metavar="RUN", help="its number, or a file of one run")
    exported = _action(actions, "export", f"write runs to a file: {_endings()}")
    exported.add_argument("runs", nargs="+", metavar="RUN", help="numbers, or files of runs")
    exported.add_argument("file", metavar="FILE", help="the file; what is there is replaced")
    exported.add_argument(
        "--format", choices=_FORMATS, help="whatever the file's name ends with; a report is html"
    )
    exported.add_argument("--tasks", action="store_true", help="in a .csv, a row for each task")
    imported = _action(actions, "import", "take runs in from files")
    imported.add_argument("files", nargs="+", metavar="FILE", help=".futureslab, or a record")
    compared = _action(actions, "compare", "lay runs side by side")
    compared.add_argument("runs", nargs="+", metavar="RUN", help="numbers, or files of runs")
    continued = _action(actions, "continue", "go on with a run that was cut off")
    continued.add_argument("run", type=int, metavar="RUN", help="its number")


def _action(actions: Any, name: str, help: str) -> Any:
    one = actions.add_parser(name, help=help, description=f"{help}.", allow_abbrev=False)
    one.add_argument("--json", metavar="PATH", help="write JSON there; - for standard output")
    return one


def perform(words: argparse.Namespace, target: Target | None, hands: Hands) -> None:
    """Do an action; raises BadInput and HistoryError with a sentence."""
    actions: dict[str, Callable[[History, argparse.Namespace], _Found]] = {
        "list": _list,
        "show": partial(_show, hands),
        "export": partial(_export, hands),
        "import": _import,
        "compare": partial(_compare, hands),
    }
    say: Callable[..., None] = Console(highlight=False, stderr=True).print
    with _opened(hands.find) as history:
        for sentence in history.opened.result().sentences:
            say(sentence, markup=False, soft_wrap=True)
        found = actions[words.action](history, words)
    if target is not None:
        try:
            target.write(found.json)
        except OSError as error:
            raise BadInput(f"The file cannot be written: {error.strerror}.", "json") from error
    if target is None or target.is_file:
        _print(found)


def unfinished(run: int) -> RunRecord:
    """Read a run to go on with; raises BadInput where it came to its end or still goes on."""
    with _opened() as history:
        record = history.open(run).result()
    if record.status == "running":
        raise BadInput("This run is still going on: stop it where it runs first.")
    if record.status not in ("interrupted", "stopped"):
        raise BadInput(f"Run {run} came to its end: there is nothing to go on with.")
    return record


class _Found:
    """What an action found: for people, in lines and tables, and for programs."""

    def __init__(self, json: bytes, *shown: str | Table) -> None:
        self.json = json
        self.shown = shown


def _print(found: _Found) -> None:
    console = to_stdout()
    for one in found.shown:
        if isinstance(one, Table):
            console.print(one)
        else:
            console.print(plain(one), markup=False, soft_wrap=True)


@contextmanager
def _opened(find: Find = find) -> Iterator[History]:
    history = users_history(find=find)
    try:
        yield history
    finally:
        history.shutdown()


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


# ------------------------------------------------------------------------------------ actions


def _list(history: History, words: argparse.Namespace) -> _Found:
    query = Query(
        text=" ".join(words.text),
        experiment=words.experiment,
        order=words.sort,
        descending=not words.ascending,
        deleted=words.deleted,
        limit=max(0, words.limit),
    )
    page = history.page(query).result()
    if not page.rows:
        return _Found(_json(page), "There is no such run in the history.")
    more = page.count - len(page.rows)
    lines = [f"{more} more; --limit {page.count} shows all."] if more else []
    return _Found(_json(page), _table_of(page), *lines)


def _table_of(page: Page) -> Table:
    shown = Table(box=None, pad_edge=False)
    shown.add_column("run", justify="right", no_wrap=True)
    for heading in ("experiment", "started", "status"):
        shown.add_column(heading, no_wrap=True)
    shown.add_column("trials", justify="right", no_wrap=True)
    shown.add_column("name", overflow="fold")
    shown.add_column("found", overflow="fold")
    for row in page.rows:
        cells = (
            f"{'* ' if row.is_pinned else ''}{row.id}",
            row.experiment,
            row.started_at[:16].replace("T", " "),
            row.status,
            f"{row.done}/{row.planned}",
            row.name or (row.whose and f"of {row.whose}"),
            row.said,
        )
        shown.add_row(*map(cell, cells))
    return shown


def _show(hands: Hands, history: History, words: argparse.Namespace) -> _Found:
    (run,) = _runs(history, words.runs)
    record = run.record
    count = f"{len(record.trials)} of {record.planned_trials} trials"
    lines = [
        f"{record.experiment}, {record.started_at}, {record.status}: {count}",
        *filter(None, (run.name, run.whose and f"Of {run.whose}.", run.note)),
        f"{record.environment.cpu}, {record.environment.system}",
        ", ".join(f"{name} {what}" for name, what in settings(record).items()),
    ]
    said: list[str | Table]
    try:
        known = _known(hands, record)
        shown = found_by(record if known is None else known.known(record)[0])
        said = [headline(record, hands.find), *([shown] if shown.row_count else [])]
    except Exception as error:  # a stranger's file may hold what no run of ours could
        said = [_cannot_be_said(error)]
    return _Found(to_json(record, key=run.key), *lines, *said)


def _export(hands: Hands, history: History, words: argparse.Namespace) -> _Found:
    path = Path(words.file)
    writer = _writer(path, words, hands)
    runs = _runs(history, words.runs)
    try:
        write_whole(path, writer(runs))
    except OSError as error:
        raise BadInput(cannot_write(path, error)) from error
    count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    said = {"file": str(path), "runs": len(runs), "bytes": path.stat().st_size}
    return _Found(_json(said), f"{count} written to {path}.")


def _writer(path: Path, words: argparse.Namespace, hands: Hands) -> _Writer:
    """Find what writes the format that was asked for; raises BadInput."""
    format = words.format or path.suffix.lower().removeprefix(".")
    if words.tasks:
        if format != "csv":
            raise BadInput("Only a .csv has a row for each task: leave --tasks out, or write one.")
        return tables.tasks_csv
    if format in _WRITERS:
        return _WRITERS[format]
    if format == "py":
        return partial(_script, hands)
    if format == "html":
        return lambda runs: html(_report(hands, runs))
    if format == "pdf" and (to_pdf := hands.to_pdf) is not None:
        return lambda runs: to_pdf(_report(hands, runs))
    if format == "pdf":
        raise BadInput("PDF needs Qt, which is not here. Write a .html and print it instead.")
    raise BadInput(f"“{path.name}” says no format: end its name with {_endings()}.")


def _endings() -> str:
    """List what the name of a file of runs can end with."""
    *most, last = (f".{name}" for name in _FORMATS)
    return f"{', '.join(most)} or {last}"


def _report(hands: Hands, runs: Sequence[Shared]) -> Report:
    if len(runs) != 1:
        raise BadInput("A report is of one run: name one.")
    (run,) = runs
    return report_of(run.record, run.name, run.whose, _known(hands, run.record))


def _known(hands: Hands, record: RunRecord) -> Experiment | None:
    """Give the experiment of a record; None where this program has none of that name."""
    try:
        return hands.find(record.experiment)
    except BadInput:
        return None


def _import(history: History, words: argparse.Namespace) -> _Found:
    added: list[int] = []
    known, problems = 0, []
    for file in words.files:
        try:
            came = history.load(Path(file)).result()
        except ShareError as error:
            problems.append(f"{error}")
            continue
        added += came.runs
        known += came.known
    said = _json({"runs": added, "known": known, "problems": problems})
    if problems and not added:
        raise BadInput(plain(" ".join(problems)))
    new = len(added) - known
    lines = [f"{new} taken in, {known} here already: {', '.join(map(str, added))}."]
    return _Found(said, *problems, *lines)


def _compare(hands: Hands, history: History, words: argparse.Namespace) -> _Found:
    runs = _called(history, words.runs)
    if len(runs) < 2:
        raise BadInput("One run alone cannot be compared: name two or more.")
    names = [plain(run.name or run.whose or called) for called, run in runs]
    found = compare([run.record for _, run in runs], names, [run.whose for _, run in runs])
    records = [run.record for _, run in runs]
    shown = side_by_side(found, records, names, partial(_said, hands))
    return _Found(_json(found), *found.warnings, *shown)


def _said(hands: Hands, record: RunRecord) -> str:
    try:
        return headline(record, hands.find)
    except Exception as error:  # a stranger's file may hold what no run of ours could
        return _cannot_be_said(error)


def _cannot_be_said(error: Exception) -> str:
    return f"What it found cannot be said: {error}."


def _runs(history: History, named: Sequence[str]) -> tuple[Shared, ...]:
    """Read runs by their numbers, or out of files; raises BadInput."""
    return tuple(run for _, run in _called(history, named))


def _called(history: History, named: Sequence[str]) -> list[tuple[str, Shared]]:
    """Read runs, and say what they are called: by their numbers in the history, or their files."""
    found: list[tuple[str, Shared]] = []
    for name in named:
        try:
            if name.isdecimal() and len(name) < 19:
                found += [(f"run {name}", run) for run in history.shared([int(name)]).result()]
            else:
                runs = share.load(Path(name))
                several = len(runs) > 1
                found += [
                    (f"{Path(name).name}, {n}" if several else Path(name).name, run)
                    for n, run in enumerate(runs, 1)
                ]
        except (HistoryError, ShareError) as error:
            raise BadInput(plain(f"{error}")) from error
    return found
