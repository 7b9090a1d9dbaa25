"""The command line: the second front end over the same core."""

import argparse
import io
import queue
import select
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from core import __version__, experiments, headless_history
from core.continuing import values_here
from core.engines import places
from core.engines.interpreters import Choice as PythonChoice
from core.engines.lab_client import LabExecutor
from core.errors import BadInput, FuturesLabError, HistoryError, LabError, cannot_write
from core.experiments.base import Experiment, Trial
from core.experiments.programs import saved
from core.headless_history import Hands
from core.headless_output import Output
from core.headless_pythons import as_json, chosen, found, show
from core.headless_target import Target
from core.installed import typed
from core.keeping import Keeper, users_history
from core.parameters import Choice, Choices, LateChoices, Parameter
from core.results.analysis import analysis
from core.results.pythons import by_python
from core.results.records import RunRecord, to_json
from core.runner import Run, prepare, stop, submit

DONE, BAD_INPUT, TRIAL_FAILED, INTERRUPTED = 0, 2, 3, 130


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Print the sentence and end with the exit code for bad input."""
        self.exit(BAD_INPUT, f"futures-lab: {message}. Try {self.prog} --help.\n")


def main(argv: Sequence[str], hands: Hands | None = None) -> int:
    """Parse, run, print; return 0 if done, 2 on bad input, 3 on a failed trial, 130 if stopped.

    `hands` do what core cannot, about runs that were kept.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a Windows pipe may not know π
    # Ctrl-C is heeded also where a shell has had it ignored, as for what it starts with `&`.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    parser = _parser()
    experiment: Experiment | None = None
    try:
        words = parser.parse_args(argv)
        if words.list:
            for experiment in experiments.catalogue():
                print(f"{experiment.name:<16} {experiment.question}")
            for name, title in experiments.IN_WINDOW.items():
                print(f"{name:<16} {title}: only in the window.")
            return DONE
        if words.selftest is not None:
            return _self_test(words.selftest)
        if words.command == "pythons":
            return _list_pythons(words.paths, words.json)
        if words.command == "history":
            return _history(words, hands or Hands())
        if words.command != "run":
            parser.print_help()
            return DONE
        experiment = experiments.find(words.experiment)
        values = _values(experiment, words)
        if words.script is not None:
            return _save_script(experiment, values, words.script)
        target = Target(words.json) if words.json is not None else None
        pythons = chosen(values)
    except (BadInput, HistoryError) as error:
        field = _flag(error.field, experiment) if isinstance(error, BadInput) else ""
        print(f"futures-lab: {field}{error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:  # while it looked for Pythons
        return INTERRUPTED
    return _run(experiment, values, pythons, target, keeps=not words.no_history)


def _history(words: argparse.Namespace, hands: Hands) -> int:
    """Do what is asked of the history; raise BadInput and HistoryError."""
    target = Target(words.json) if words.json is not None else None
    if words.action != "continue":
        headless_history.perform(words, target, hands)
        return DONE
    record = headless_history.unfinished(words.run)
    experiment = experiments.find(record.experiment)
    try:
        values = values_here(experiment, record)
        pythons = chosen(values)
    except BadInput as error:  # of what was chosen when the run began: here it is no option
        labels = {one.name: f"{one.label}: " for one in experiment.parameters}
        raise BadInput(f"{labels.get(error.field, '')}{error}") from error
    return _run(experiment, values, pythons, target, earlier=(words.run, record))


def _list_pythons(paths: Sequence[str], json: str | None) -> int:
    """Print the Pythons of this machine; 2 when one of `paths` is none."""
    target = Target(json) if json is not None else None
    everything = found(paths)
    if target is None or target.is_file:
        show(everything, Console(highlight=False))
    if target is not None:
        target.write(as_json(everything))
    by_hand = {places.typed(path) for path in paths}
    for one in everything:
        if one.problem and by_hand.intersection((one.path, *one.also)):
            raise BadInput(f"“{one.path}” cannot be used. {one.problem}")
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=typed().rpartition(" ")[2],
        description="Futures Lab. Without arguments, the window opens.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Futures Lab {__version__}")
    parser.add_argument("--list", action="store_true", help="name the experiments")
    parser.add_argument(
        "--selftest",
        nargs="?",
        const="",
        metavar="PATH",
        help="check this installation; with PATH, write what was found there as JSON, - for"
        " standard output",
    )
    commands = parser.add_subparsers(dest="command", metavar="run | history | pythons")
    pythons = commands.add_parser(
        "pythons", help="list the Pythons of this machine", allow_abbrev=False
    )
    pythons.add_argument("paths", metavar="PATH", nargs="*", help="look at this one too")
    pythons.add_argument(
        "--json", metavar="PATH", help="write all that is known there; - for standard output"
    )
    headless_history.add_parser(commands)
    run = commands.add_parser("run", help="run an experiment", allow_abbrev=False)
    names = run.add_subparsers(dest="experiment", metavar="experiment", required=True)
    for experiment in experiments.catalogue():
        one = names.add_parser(
            experiment.name,
            help=experiment.question,
            description=experiment.question,
            allow_abbrev=False,
        )
        for parameter in experiment.parameters:
            one.add_argument(
                *parameter.flags,
                dest=parameter.name.replace("-", "_"),
                metavar=_metavar(parameter),
                help=_help(parameter),
            )
        one.add_argument(
            "--json", metavar="PATH", help="write the run's record there; - for standard output"
        )
        one.add_argument(
            "--no-history", action="store_true", help="do not keep the run in the history"
        )
        one.add_argument(
            "--script",
            metavar="PATH",
            help="write the same as a script that needs no lab; run nothing",
        )
    for name in experiments.IN_WINDOW:
        # No prefix is an option's: whatever follows the name, the answer is that it needs a window.
        one = names.add_parser(name, add_help=False, prefix_chars="\0", help="only in the window")
        one.add_argument("anything", nargs="*")
    return parser


def _self_test(path: str) -> int:
    """Check the installation; print a table, or JSON. Raises BadInput for a path that fails."""
    from core import checks, selftest  # it needs all that a run needs, and more

    target = Target(path, "selftest") if path else None
    table = target is None or target.is_file
    report = selftest.run(lambda check: print(checks.text(check), flush=True) if table else None)
    if target is not None:
        try:
            target.write(checks.to_json(report))
        except OSError as error:
            print(f"futures-lab: {path} cannot be written: {error.strerror}.", file=sys.stderr)
            return TRIAL_FAILED
    if table:
        print("All is well." if report.passed else "Something failed: see the lines above.")
    return DONE if report.passed else TRIAL_FAILED


def _metavar(parameter: Parameter) -> str:
    if isinstance(parameter, Choice | Choices):
        return ",".join(option.value for option in parameter.options)
    if isinstance(parameter, LateChoices):
        return "NAME,..."
    return "N" if not isinstance(parameter.default, tuple) else "N,N-N"


def _help(parameter: Parameter) -> str:
    return f"{parameter.help} Default: {parameter.format(parameter.default)}.".replace("%", "%%")


def _flag(field: str, experiment: Experiment | None) -> str:
    parameters = () if experiment is None else experiment.parameters
    flags = {parameter.name: parameter.flags[0] for parameter in parameters}
    return f"{flags.get(field, f'--{field}')}: " if field else ""


def _values(experiment: Experiment, words: argparse.Namespace) -> dict[str, Any]:
    """Parse what was typed; raise BadInput for the first thing that cannot be."""
    values = experiment.defaults()
    for parameter in experiment.parameters:
        text = getattr(words, parameter.name.replace("-", "_"))
        if text is not None:
            values[parameter.name] = parameter.parse(text)
    for field, problem in experiment.check(values).items():
        raise BadInput(problem, field)
    return values


_Item = tuple["Future[Any]", "dict[str, Any] | None"]
_News = queue.SimpleQueue["_Item | None"]
_STOP = None


def _save_script(experiment: Experiment, values: dict[str, Any], path: str) -> int:
    """Write the experiment's script; raise BadInput where it cannot be written."""
    code = experiment.code(values)
    if path == "-":
        print(code.text, end="")
        return DONE
    try:
        Path(path).write_text(code.text, encoding="utf-8")
    except OSError as error:
        raise BadInput(cannot_write(path, error), "script") from error
    print(saved(code, Path(path)), file=sys.stderr)
    return DONE


def _run(
    experiment: Experiment,
    values: dict[str, Any],
    pythons: Sequence[PythonChoice],
    target: Target | None,
    keeps: bool = True,
    earlier: tuple[int, RunRecord] | None = None,
) -> int:
    """Run an experiment to its end, or to Ctrl-C, and hand its record over.

    With `keeps` it is written to the history as it happens. `earlier` is the id and the record of a
    run to go on with.
    """
    output = Output(Console(stderr=True, highlight=False), table=target is None or target.is_file)
    news: _News = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Only a note: whatever a handler interrupts is finished first, and nothing gets lost.
        signal.signal(number, lambda *_: news.put(_STOP))
    lab = LabExecutor(on_event=lambda future, event: news.put((future, event)))
    beside = "" if target is None else "What --json asked for has all of it."
    keeper = Keeper(users_history(output.say) if keeps else None, output.say, beside)
    try:
        for choice in pythons:
            output.say(f"Python {choice.name} is {choice.lab.command[0]}.")
        prepared = prepare(lab, experiment, values, pythons)
        prepared.add_done_callback(partial(_report, news))
        if _next(news) is _STOP:
            output.say("Stopped before anything was measured.")
            return INTERRUPTED
        run = Run(experiment, values, prepared.result())
        if earlier is not None:
            run.resume(earlier[1])
            keeper.resume(earlier[0], run.record())
        run.end(stopped=_carry_out(run, lab, news, output, keeper))
        keeper.save(run.record())
    except LabError as error:
        output.problem(f"{error}", error.detail)
        return TRIAL_FAILED
    except FuturesLabError as error:
        output.problem(f"{error}")
        return BAD_INPUT
    finally:
        output.close()
        keeper.close()
        stop(lab)
        lab.shutdown()
    return _hand_over(run, keeper.key, target, output)


def _next(news: "_News") -> "_Item | None":
    """Wait for news in slices: on Windows a wait without end cannot be interrupted."""
    while True:
        with suppress(queue.Empty):
            return news.get(timeout=0.5)


def _carry_out(run: Run, lab: LabExecutor, news: "_News", output: Output, keeper: Keeper) -> bool:
    """Submit the plan and take all news of it until it is over; true when Ctrl-C ended it."""
    output.begin(run)
    keeper.save(run.record())
    stopped = False
    waiting = _submit(run.pending or run.grow(), lab, news)
    while waiting:
        item = _next(news)
        if item is not _STOP:
            if item[1] is not None and item[1]["kind"] == "asks":
                lab.answer(_typed(item[1]["prompt"], news, output))
            _take(run, waiting, item, None if stopped else output)
            if item[1] is None:
                keeper.save(run.record())
        elif not stopped:
            stopped = True
            stop(lab)
        if not waiting and not stopped:
            waiting = _submit(run.grow(), lab, news)
        output.tick(run)
    return stopped


def _submit(trials: Sequence[Trial], lab: LabExecutor, news: "_News") -> "dict[Future[Any], Trial]":
    waiting = dict(zip(submit(lab, trials), trials, strict=True))
    for future in waiting:
        future.add_done_callback(partial(_report, news))
    return waiting


def _typed(prompt: str, news: "_News", output: Output) -> str | None:
    """Ask whoever sits at the terminal; None where nobody does, or when other news comes first."""
    if not sys.stdin.isatty():
        output.say(f"{prompt} There is no terminal to ask at: it goes on without an answer.")
        return None
    print(prompt, end=" ", file=sys.stderr, flush=True)
    while sys.platform != "win32" and not select.select([sys.stdin], [], [], 0.2)[0]:
        if not news.empty():
            return None
    line = sys.stdin.readline()
    return line.strip() if line else None


def _report(news: "_News", future: "Future[Any]") -> None:
    news.put((future, None))


def _take(
    run: Run, waiting: "dict[Future[Any], Trial]", item: "_Item", output: Output | None
) -> None:
    """Take an event of a trial that runs, or a trial that is over."""
    future, event = item
    if event is not None:
        run.note(waiting[future], event)
        if output is not None:
            output.event(event)
    else:
        trial = waiting.pop(future)
        record = run.take(trial, future)
        if output is not None:
            output.trial(run, trial, record)


def _as_json(experiment: Experiment, record: RunRecord, key: str) -> bytes:
    """Write the record with its key and, of a sweep, all that is said of it."""
    if not experiment.is_sweep:
        return to_json(record, key=key)
    parts = by_python(record)
    if len(parts) == 1:
        return to_json(record, analysis(record), key)
    found = {"pythons": {name: analysis(part) for name, part in parts}}
    return to_json(record, found, key)


def _hand_over(run: Run, key: str, target: Target | None, output: Output) -> int:
    record = run.record()
    data = _as_json(run.experiment, record, key) if target is not None else b""
    try:
        if target is not None:
            target.write(data)
    except OSError as error:
        output.problem(f"The record could not be written: {error.strerror}. Here it is instead:")
        with suppress(OSError):
            sys.stdout.buffer.write(data)
        return TRIAL_FAILED
    output.result(run, record)
    return {"stopped": INTERRUPTED, "failed": TRIAL_FAILED}.get(record.status, DONE)
