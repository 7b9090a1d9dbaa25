"""The self-test: whether this installation does what it is for, on this machine.

front end ----> run() ----> one lab process, and pools in it     executor kinds, memory
                       ---> a lab process of another Python      that our sources travelled
                       ---> this program, as `--selftest-window` Qt: whatever breaks there breaks
                                                                 a child, and becomes a line here
"""

import _thread
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from core import __version__, experiments, installed
from core.checks import Check, Outcome, Report, to_line
from core.engines.interpreters import choices, find_all
from core.engines.lab_client import LabExecutor
from core.engines.places import OWN
from core.engines.scratch import Scratch
from core.errors import LabError
from core.lab import describe, inside, kinds, measure
from core.results import records
from core.results.analysis import analysis
from core.runner import Run, prepare, submit

WINDOW_FLAG = "--selftest-window"
_ROOT = Path(__file__).resolve().parents[1]
_LIMIT_S = 60.0
_TERMS = 20_000
_WORKERS = 2


class Skipped(Exception):
    """A check that does not apply here; the message says why."""


Trying = Callable[[], str]


def run(tell: Callable[[Check], None]) -> Report:
    """Try everything, handing each check to `tell` as it ends. Takes some seconds, in any thread.

    Never raises for what is tried. Writes to a temporary folder only, and leaves nothing running.
    """
    checks: list[Check] = []
    for check in _all():
        checks.append(check)
        tell(check)
    return Report(
        version=__version__,
        installed=installed.is_installed(),
        program=installed.program(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        system=platform.platform(),
        passed=all(check.outcome != "failed" for check in checks),
        checks=tuple(checks),
    )


def serve() -> int:
    """Write each check, and the report at last, as a line of standard output; return 0 or 3.

    For a window that is asked to check its installation: in a process of its own, what hangs here
    can be ended. Whoever started it holds the other end of standard input; when that is closed, by
    will or by death, this ends too, early and with 130, and leaves nothing.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Thread(target=_end_with_input, name="owner", daemon=True).start()
        report = run(_write_line)
        _write_line(report)
    except (KeyboardInterrupt, BrokenPipeError):
        return 130
    return 0 if report.passed else 3


def _write_line(what: Check | Report) -> None:
    sys.stdout.buffer.write(to_line(what))
    sys.stdout.buffer.flush()


def _end_with_input() -> None:
    """Read what nobody writes, until there is nobody any more; runs in a thread of its own."""
    os.read(sys.stdin.fileno(), 1)
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:  # a true signal: it wakes the main thread wherever that waits
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


def attempt(name: str, trying: Trying) -> Check:
    """Try one thing and tell what came of it; never raises an Exception."""
    began = time.perf_counter()
    outcome: Outcome = "failed"
    detail = ""
    try:
        said, outcome = trying(), "ok"
    except Skipped as reason:
        said, outcome = str(reason), "skipped"
    except LabError as error:
        said, detail = str(error), error.detail
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    return Check(name, outcome, said, time.perf_counter() - began, detail)


def _all() -> Iterator[Check]:
    yield attempt("program", _program)
    yield attempt("files", _files)
    yield attempt("temporary folder", _temporary_folder)
    with _lab() as lab:
        yield from _of_lab(lab)
        yield attempt("run and record", partial(_run_and_record, lab))
    yield attempt("another Python", _another_python)
    yield from _of_window()


@contextmanager
def _lab() -> Iterator[LabExecutor]:
    """Give a lab process; one that still works is killed when the test ends early."""
    with LabExecutor() as lab:
        try:
            yield lab
        except BaseException:
            lab.kill()
            raise


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder for a while; where this is killed meanwhile, a later lab process removes it."""
    scratch = Scratch()
    try:
        yield scratch.folder
    finally:
        scratch.remove()


def _program() -> str:
    what = "installed" if installed.is_installed() else "run from source"
    return f"Futures Lab {__version__}, {what}, {' '.join(installed.program())}"


def _files() -> str:
    """Read what each experiment shows, and see that the lab's own sources are files."""
    lessons = _ROOT / "resources" / "lessons"
    for experiment in experiments.catalogue():
        (lessons / f"{experiment.name}.md").read_text(encoding="utf-8")
        code = experiment.code(experiment.defaults())
        compile(code.text, code.name, "exec")
    sources = list((_ROOT / "core" / "lab").rglob("*.py"))
    if _ROOT / "core" / "lab" / "__main__.py" not in sources:
        raise FileNotFoundError(f"{_ROOT} has no core/lab/__main__.py: install again")
    return f"{len(experiments.TITLES)} experiments, {len(sources)} files of the lab in {_ROOT}"


def _temporary_folder() -> str:
    """Write a file where lab processes do; a full disk is found here."""
    with _folder() as folder, (folder / "written").open("wb") as file:
        file.write(bytes(1_000_000))
        file.flush()
        os.fsync(file.fileno())
    return tempfile.gettempdir()


def _of_lab(lab: LabExecutor) -> Iterator[Check]:
    """Start a lab process, and in it every kind of pool that its Python has."""
    python: dict[str, Any] = {}

    def start() -> str:
        began = time.perf_counter()
        python.update(lab.submit_within(_LIMIT_S, describe.describe).result())
        took = time.perf_counter() - began
        return f"{python['implementation']} {python['version']} after {took * 1000:.0f} ms"

    yield attempt("lab process", start)
    if not python:
        return
    for kind in kinds.KINDS:
        lacks = python["lacks"].get(kind, "")
        methods = python["start_methods"] if kind in ("processes", "pool") else [None]
        for method in methods:
            name = f"{kind}, {method}" if method else kind
            yield attempt(name, partial(_trial, lab, kind, method, lacks))
    yield attempt("no Qt in the lab", partial(_no_qt, lab, python["start_methods"]))


def _trial(lab: LabExecutor, kind: str, method: str | None, lacks: str) -> str:
    if lacks:
        raise Skipped(f"it {lacks}")
    spec = measure.TrialSpec(
        workload="leibniz",
        size=_TERMS,
        executor=kind,
        start_method=method,
        workers=1 if kind == "serial" else _WORKERS,
        tasks_per_worker=2,
    )
    found = lab.submit_within(_LIMIT_S, measure.run_trial, spec).result()
    start, work = found["startup_s"] * 1000, found["work_s"] * 1000
    return f"π = {found['value']:.4f}; start-up {start:.0f} ms, work {work:.1f} ms"


def _no_qt(lab: LabExecutor, methods: list[str]) -> str:
    seen = {"the lab process": lab.submit_within(_LIMIT_S, inside.qt_here).result()}
    for method in methods:
        job = lab.submit_within(_LIMIT_S, inside.qt_in_worker, method)
        seen[f"a worker by {method}"] = job.result()
    for who, names in seen.items():
        if names:
            raise RuntimeError(f"{who} has {', '.join(names[:3])} in memory")
    return "nor in " + ", ".join(list(seen)[1:])


def _run_and_record(lab: LabExecutor) -> str:
    """Run a small experiment, analyse it, and write and read its record."""
    experiment = experiments.find("pi-scaling")
    values = {**experiment.defaults(), "terms": _TERMS, "blocks": 2, "workers": (1, _WORKERS)}
    whole = Run(experiment, values, prepare(lab, experiment, values).result(_LIMIT_S))
    for trial, future in zip(whole.plan, submit(lab, whole.plan), strict=True):
        wait([future], _LIMIT_S)
        whole.take(trial, future)
    whole.end(stopped=False)
    record = whole.record()
    if record.status != "finished":
        errors = [trial.error.message for trial in record.trials if trial.error is not None]
        raise RuntimeError(f"the run {record.status}: {'; '.join(errors[:1])}")
    with _folder() as folder:
        file = folder / "a run, π.json"
        file.write_bytes(records.to_json(record, analysis(record)))
        if records.from_json(file.read_bytes()) != record:
            raise RuntimeError("what was read is not what was written")
        _keep_in_history(folder, record)
    return f"{len(record.trials)} trials measured, analysed, kept in a history, written and read"


def _keep_in_history(folder: Path, record: records.RunRecord) -> None:
    """Write a record to a history of its own and read it back."""
    from core.results.history.history import History

    history = History(folder)
    try:
        run = history.save("self-test", record).result(_LIMIT_S)
        kept = history.open(run).result(_LIMIT_S)
        if kept != record:
            raise RuntimeError("what the history has is not what was written")
        if all(file.suffix == ".json" for file in folder.iterdir()):
            raise RuntimeError("the history could only be kept in memory")
    finally:
        history.shutdown()


def _another_python() -> str:
    """Have the first other Python that can be chosen run our sources."""
    others = [one for one in choices(find_all()) if one.interpreter.source != OWN]
    if not others:
        raise Skipped("there is no other Python here that the lab could use")
    chosen = others[0].lab
    with LabExecutor() as lab:
        python = lab.submit_on(chosen, _LIMIT_S, describe.describe).result()
    path = chosen.command[0]
    return f"{path} is {python['implementation']} {python['version']}, and runs the lab"


def _of_window() -> Iterator[Check]:
    """Have a child of ours open a window, away from the settings of whoever uses this machine."""
    began = time.perf_counter()
    try:
        with _folder() as folder:
            child = subprocess.run(
                [*installed.program(), WINDOW_FLAG],
                env={**os.environ, "FUTURES_LAB_SETTINGS": str(folder)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LIMIT_S,
                check=False,
            )
        for check in msgspec.json.decode(child.stdout, type=tuple[Check, ...]):
            yield _with_last_words(check, child.stderr)
    except (OSError, subprocess.SubprocessError, msgspec.DecodeError) as error:
        said, detail = f"the window's part did not answer: {error}", ""
        if isinstance(error, msgspec.DecodeError):
            said = f"the window's part ended with exit code {child.returncode} and no answer"
            detail = _text(child.stderr)
        yield Check("window", "failed", said, time.perf_counter() - began, detail)


def _with_last_words(check: Check, stderr: bytes) -> Check:
    """Add what the window's part complained of: what is drawn later fails where nobody catches."""
    if check.outcome != "failed" or check.detail:
        return check
    return msgspec.structs.replace(check, detail=_text(stderr))


def _text(stderr: bytes) -> str:
    return stderr.decode("utf-8", "replace")[-4000:]
