"""The self-test finds what is broken, and says so in a line, in JSON and in its exit code."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import checks, installed, selftest
from core.checks import LINES_FLAG, Check
from core.engines.interpreters import Interpreter, Search
from core.engines.places import OWN, Candidate
from core.errors import LabCrashed
from core.lab import inside, kinds

ROOT = Path(__file__).resolve().parents[2]


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "main.py", "--selftest", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_all_is_well_here_and_json_says_so() -> None:
    ended = start("-")
    report = json.loads(ended.stdout)
    failed = [check for check in report["checks"] if check["outcome"] == "failed"]
    assert (ended.returncode, report["passed"], failed) == (0, True, []), ended.stderr
    names = {check["name"] for check in report["checks"]}
    assert {"serial", "threads", "lab process", "no Qt in the lab", "window", "letters"} <= names
    for kind in kinds.KINDS:
        assert any(name.split(",")[0] == kind for name in names)
    for method in kinds.start_methods():
        assert f"processes, {method}" in names


def test_what_is_broken_fails_and_the_rest_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "report π.json"
    ended = start(str(file), QT_QPA_PLATFORM="nonsense")
    report = json.loads(file.read_bytes())
    outcomes = {check["name"]: check["outcome"] for check in report["checks"]}
    assert ended.returncode == 3
    assert outcomes["window"] == "failed"
    assert outcomes["threads"] == "ok"
    assert "failed  window" in ended.stdout
    assert "Something failed" in ended.stdout


def test_a_window_that_breaks_while_it_is_built_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    said = b'[{"name": "window", "outcome": "failed", "said": "nothing painted", "took_s": 1.0}]'
    child = f"import sys; print({said.decode()!r}); sys.exit('No module named x')"
    monkeypatch.setattr(installed, "program", lambda: (sys.executable, "-c", child))
    (check,) = selftest._of_window()
    assert (check.said, check.detail) == ("nothing painted", "No module named x\n")


def test_a_report_that_cannot_be_written_is_bad_input() -> None:
    ended = start("/nonexistent/report.json")
    assert ended.returncode == 2
    assert "--selftest" in ended.stderr
    assert "Choose another file" in ended.stderr


def test_an_error_becomes_its_sentence() -> None:
    def trying() -> str:
        raise LabCrashed("the lab process was killed", "its last words")

    check = selftest.attempt("lab", trying)
    assert (check.outcome, check.said, check.detail) == (
        "failed",
        "the lab process was killed",
        "its last words",
    )
    assert "its last words" in checks.text(check)


def test_what_does_not_apply_is_skipped_and_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def trying() -> str:
        raise selftest.Skipped("there is none")

    skipped = selftest.attempt("another", trying)
    monkeypatch.setattr(selftest, "_all", lambda: iter([skipped]))
    told: list[Check] = []
    report = selftest.run(told.append)
    assert (told, report.passed) == ([skipped], True)


def test_another_python_is_the_first_that_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    with Search() as search:
        usable = search.probe((Candidate(sys.executable, "PATH"),)).result()
    own = dataclasses.replace(usable, source=OWN)
    useless = Interpreter(path="/nowhere/python3", source="PATH", problem="It is a stand-in.")
    monkeypatch.setattr(selftest, "find_all", lambda: (own, useless, usable))
    check = selftest.attempt("another Python", selftest._another_python)
    assert (check.outcome, check.said.split()[0]) == ("ok", usable.path)
    monkeypatch.setattr(selftest, "find_all", lambda: (own, useless))
    check = selftest.attempt("another Python", selftest._another_python)
    assert (check.outcome, "no other Python" in check.said) == ("skipped", True)


def test_one_failure_fails_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Check("a", "ok", "", 0.0), Check("b", "failed", "no", 0.0)]
    monkeypatch.setattr(selftest, "_all", lambda: iter(found))
    assert not selftest.run(lambda check: None).passed


def test_missing_sources_of_the_lab_are_seen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    monkeypatch.setattr(selftest, "_ROOT", tmp_path)
    check = selftest.attempt("files", selftest._files)
    assert check.outcome == "failed"
    assert "install again" in check.said


def test_a_window_that_says_nothing_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = (sys.executable, "-c", "import sys; sys.exit('no Qt here')")
    monkeypatch.setattr(installed, "program", lambda: silent)
    (check,) = selftest._of_window()
    assert check.outcome == "failed"
    assert "exit code 1" in check.said
    assert "no Qt here" in check.detail


def test_qt_is_seen_where_it_is() -> None:
    script = "import PySide6.QtCore; from core.lab.inside import qt_here; print(qt_here())"
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "PySide6.QtCore" in ended.stdout
    assert inside.qt_in_worker("spawn") == []


def lines_from(owner: int | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "main.py", LINES_FLAG],
        cwd=ROOT,
        stdin=owner,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_window_is_told_line_by_line_and_at_last_the_whole() -> None:
    with lines_from(subprocess.PIPE) as child:
        assert child.stdout is not None
        told = [checks.from_line(line) for line in child.stdout]
    report = told.pop()
    assert isinstance(report, checks.Report)
    assert report.checks == tuple(told)
    assert child.returncode == (0 if report.passed else 3)


def test_it_ends_when_its_window_does_and_leaves_nothing(tmp_path: Path) -> None:
    with lines_from(subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        while b'"lab process"' not in child.stdout.readline():  # there is something to leave now
            assert child.poll() is None
        child.stdin.close()
        rest = child.stdout.read()
        assert child.wait(30) == 130
    assert b'"report"' not in rest
