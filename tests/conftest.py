"""Every test runs away from the user's files, and leaves nothing behind, or fails.

Beside its own assertions a test fails when it logs an error, leaves a thread or a process, or makes
Qt warn; exceptions that nobody reads fail it through `filterwarnings = error`. With CI=true a skip
is a failure, unless its reason is that the test belongs to another platform.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Collection, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import psutil
import pytest

if TYPE_CHECKING:
    from tests.realwindow import Desktop

GRACE_S = 2.0
OTHER_PLATFORM = re.compile(r"\b(windows|macos|linux) only\b", re.IGNORECASE)
# Dummies stand for threads of Qt's that once ran Python code, and outlive them.
RUNNERS_THREADS = re.compile("^Dummy-|^pytest_timeout")
MORE_PYTHONS = [  # where .ci/pythons puts them
    Path("/opt/futures-lab-pythons", folder) for folder in ("debian/usr/bin", "free-threaded/bin")
]
RUNNERS_PROCESSES = re.compile(r"multiprocessing\.(resource_tracker|forkserver)")


hypothesis.settings.register_profile("lab", deadline=None)  # no test asserts a speed
hypothesis.settings.load_profile("lab")


# ------------------------------------------------------------------- away from the user's files


def _isolate(home: Path) -> None:
    """Point every folder that a program may write to below `home`, for us and our children."""
    os.environ.setdefault("PYENV_ROOT", str(Path.home() / ".pyenv"))  # its shims look in HOME
    folders = {
        "HOME": home,
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_RUNTIME_DIR": home / "runtime",
        "APPDATA": home / "config",
        "LOCALAPPDATA": home / "data",
    }
    for name, folder in folders.items():
        folder.mkdir(mode=0o700, exist_ok=True)
        os.environ[name] = str(folder)


# Now: before Qt looks for a display, and before a module of ours asks where its folders are.
_HOME = Path(tempfile.mkdtemp(prefix="futures-lab-tests-"))
_isolate(_HOME)
if os.environ.get("FUTURES_LAB_REAL_WINDOW") != "1":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

os.environ["PATH"] = os.pathsep.join(
    [os.environ["PATH"], *(str(folder) for folder in MORE_PYTHONS if folder.is_dir())]
)

# Inherited by all that we start: by this a process is known as ours when its parent is dead.
_SESSION = os.environ["FUTURES_LAB_TEST_SESSION"] = uuid.uuid4().hex


def pytest_unconfigure() -> None:
    """Remove the session's folders."""
    shutil.rmtree(_HOME, ignore_errors=True)


# ------------------------------------------------------------------------ nothing is left behind


class _ErrorLog(logging.Handler):
    """Keeps as text what any logger, in any thread, logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.name}: {self.format(record)}")


@pytest.fixture(autouse=True)
def _no_error_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs an error which no `logs_error` mark of it expects."""
    expected = "|".join(mark.args[0] for mark in request.node.iter_markers("logs_error"))
    log = _ErrorLog()
    logging.getLogger().addHandler(log)
    yield
    logging.getLogger().removeHandler(log)
    errors = [text for text in log.messages if not (expected and re.search(expected, text))]
    if errors:
        pytest.fail("The test logged an error.\n" + "\n".join(errors), pytrace=False)


def _threads() -> set[threading.Thread]:
    """Return the living threads, but for the test runner's own."""
    return {thread for thread in threading.enumerate() if not RUNNERS_THREADS.search(thread.name)}


def _of_this_session(pid: int) -> psutil.Process | None:
    """Return the process if we, or a process that we started, started it."""
    with contextlib.suppress(psutil.Error, OSError):  # it has ended, or is another user's
        process = psutil.Process(pid)
        if process.environ().get("FUTURES_LAB_TEST_SESSION") == _SESSION:
            return process
    return None


def _processes(since: Collection[int]) -> dict[psutil.Process, str]:
    """Return the commands of our living descendants, orphans among them if not in `since`."""
    family = psutil.Process().children(recursive=True)
    strangers = set(psutil.pids()).difference(since, [os.getpid()], [p.pid for p in family])
    found = {}
    for process in filter(None, [*family, *map(_of_this_session, strangers)]):
        with contextlib.suppress(psutil.NoSuchProcess):
            command = " ".join(process.cmdline())
            runners = process.ppid() == os.getpid() and RUNNERS_PROCESSES.search(command)
            if not runners and process.status() != psutil.STATUS_ZOMBIE:
                found[process] = command
    return found


def _after_grace(left: Callable[[], list[str]]) -> list[str]:
    """Return what is left when the grace is over; nothing, as soon as there is nothing."""
    deadline = time.monotonic() + GRACE_S
    while (leaks := left()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return leaks


@pytest.fixture(autouse=True)
def _nothing_left_running(_no_error_logged: None) -> Iterator[None]:
    """Fail a test that leaves a thread, or a process at any depth; end the process."""
    threads = _threads()
    pids = psutil.pids()
    processes = _processes(pids)
    yield

    def new_processes() -> dict[psutil.Process, str]:
        return {p: command for p, command in _processes(pids).items() if p not in processes}

    leaks = _after_grace(lambda: [f"thread {t.name}" for t in _threads() - threads])
    leaks += _after_grace(lambda: [f"process {p.pid}: {c}" for p, c in new_processes().items()])
    for process in new_processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    if leaks:
        pytest.fail("The test left something running.\n" + "\n".join(leaks), pytrace=False)


# --------------------------------------------------------------------------- nothing is left out


def _count_skip_as_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure, so that CI cannot pass for want of a tool."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if report.skipped and not hasattr(report, "wasxfail") and not OTHER_PLATFORM.search(reason):
        report.outcome = "failed"
        report.longrepr = f"CI must leave nothing out. {reason}"


if os.environ.get("CI") == "true":

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let no test be skipped."""
        report = yield
        _count_skip_as_failure(report)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Let no module be skipped."""
        report = yield
        _count_skip_as_failure(report)
        return report


# ------------------------------------------------------------------------------- a real window


@pytest.fixture
def desktop(tmp_path: Path) -> Iterator[Desktop]:
    """An X display of the test's own, with a window manager, for the real program.

    What the program remembers of one test is not there in the next.
    """
    from tests.realwindow import Desktop, missing_tools

    if missing := missing_tools():
        pytest.skip(f"A real window needs {missing}; see .ci/run for the Debian packages.")
    with Desktop() as desktop:
        for name in ("CONFIG", "DATA"):
            desktop.environment[f"XDG_{name}_HOME"] = str(tmp_path / name.lower())
        yield desktop
