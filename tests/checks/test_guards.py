"""What the guards of conftest.py forbid fails a test, and nothing else does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MISDEEDS = """
import logging, subprocess, sys, threading, warnings
from concurrent.futures import Future

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]

def test_logs_an_error():
    logging.getLogger("some.library").error("it broke")

def test_raises_in_a_done_callback():
    future = Future()
    future.add_done_callback(lambda future: 1 / 0)
    future.set_result(None)

def test_leaves_a_thread():
    threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True).start()

def test_leaves_a_child():
    child = subprocess.Popen([*SLEEP, "child"])
    child.returncode = 0  # or Popen itself warns

def test_leaves_an_orphan():
    parent = f"import subprocess; subprocess.Popen({[*SLEEP, 'orphan']!r})"
    subprocess.run([sys.executable, "-c", parent], check=True)

def test_raises_in_a_thread():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()

def test_raises_in_a_finaliser():
    class Broken:
        def __del__(self):
            raise RuntimeError("in a finaliser")
    Broken()

def test_raises_in_a_slot(qtbot):
    from PySide6.QtCore import QTimer
    QTimer.singleShot(0, lambda: 1 / 0)
    qtbot.wait(20)

def test_makes_qt_warn(qtbot):
    from PySide6.QtCore import qWarning
    qWarning("something is wrong")

def test_warns():
    warnings.warn("this is old", DeprecationWarning)
"""

EXPLANATIONS = [
    "some.library: it broke",
    "concurrent.futures: exception calling callback *",
    "thread forgotten",
    "process *: * child",
    "process *: * orphan",
    "*PytestUnhandledThreadExceptionWarning*",
    "*PytestUnraisableExceptionWarning*",
    "QtWarningMsg: something is wrong",
]

GOOD_DEEDS = """
import logging, os, threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
import pytest

def test_ends_its_threads_and_processes():
    threading.Thread(target=lambda: None).start()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(abs, -1).result() == 1

@pytest.mark.logs_error("it .* expected")
def test_logs_an_expected_error():
    logging.getLogger("some.library").error("it was expected")

def test_is_away_from_home(qapp):
    from PySide6.QtCore import QStandardPaths
    config = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.ConfigLocation)
    for folder in config, Path.home(), os.environ["XDG_DATA_HOME"]:
        assert "futures-lab-tests-" in str(folder)
    assert qapp.platformName() == "offscreen"
"""

SKIPS = """
import pytest

def test_here(): ...

@pytest.mark.skip(reason="Windows only")
def test_elsewhere(): ...

@pytest.mark.xfail(reason="known", strict=True)
def test_known(): assert False

@pytest.mark.skip(reason="no Xvfb")
def test_wants_a_tool(): ...

def test_wants_a_tool_in_the_end():
    pytest.skip("no Xvfb")
"""


@pytest.fixture
def guarded(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project of its own with our conftest.py and our settings."""
    monkeypatch.delenv("FUTURES_LAB_REAL_WINDOW", raising=False)
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    shutil.copy(ROOT / "pyproject.toml", pytester.path)
    return pytester


def failed(result: pytest.RunResult) -> set[str]:
    """Return the names of the tests that failed, or whose guards did."""
    lines = "\n".join(result.outlines)
    return set(re.findall(r"^(?:ERROR|FAILED) \S+::(\w+)", lines, re.MULTILINE))


def test_each_misdeed_fails(guarded: pytest.Pytester) -> None:
    result = guarded.runpytest_subprocess(guarded.makepyfile(MISDEEDS))
    assert failed(result) == set(re.findall(r"def (test_\w+)", MISDEEDS))
    result.stdout.fnmatch_lines_random(EXPLANATIONS)


def test_good_deeds_pass(guarded: pytest.Pytester) -> None:
    guarded.runpytest_subprocess(guarded.makepyfile(GOOD_DEEDS)).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("ci", "missed"), [("true", {"test_wants_a_tool", "test_wants_a_tool_in_the_end"}), ("", set())]
)
def test_only_in_ci_a_skip_fails(
    guarded: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, ci: str, missed: set[str]
) -> None:
    monkeypatch.setenv("CI", ci)
    assert failed(guarded.runpytest_subprocess(guarded.makepyfile(SKIPS))) == missed


def test_in_ci_a_skipped_module_fails(
    guarded: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    path = guarded.makepyfile("import pytest\npytest.importorskip('no_such_module')")
    guarded.runpytest_subprocess(path).assert_outcomes(errors=1)
