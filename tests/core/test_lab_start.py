"""Interpreters that do not start, or not as they should."""

from __future__ import annotations

import errno
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from core.engines import lab_process
from core.errors import LabStartError, LabStopped
from tests.core import jobs
from tests.core.conftest import MakeLab
from tests.core.watching import SOON_S, eventually, failure, gone, works

Script = Callable[[str], list[str]]
PYTHON = f'exec {sys.executable} "$@"'


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Write a shell script that stands in for an interpreter, and return its command."""

    def write(lines: str) -> list[str]:
        file = tmp_path / "python"
        file.write_text(f"#!/bin/sh\n{lines}\n")
        file.chmod(0o755)
        return [str(file)]

    return write


def test_an_interpreter_that_does_not_exist_is_named(make_lab: MakeLab) -> None:
    future = make_lab(["/nowhere/python9"]).submit(jobs.square, 3)

    assert "/nowhere/python9 cannot be started: No such file" in str(failure(future, LabStartError))


def test_a_file_that_cannot_be_executed_is_named(make_lab: MakeLab, tmp_path: Path) -> None:
    (tmp_path / "python").write_text("not a program")

    future = make_lab([str(tmp_path / "python")]).submit(jobs.square, 3)

    assert "Permission denied" in str(failure(future, LabStartError))


def test_no_room_for_temporary_files_is_told(
    make_lab: MakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    future = make_lab([sys.executable]).submit(jobs.square, 3)

    told = str(failure(future, LabStartError))
    assert told.startswith("There is no place for temporary files: No space left on device. Free")


def test_a_program_that_is_not_python_is_quoted(make_lab: MakeLab) -> None:
    error = failure(make_lab(["/bin/echo"]).submit(jobs.square, 3), LabStartError)

    assert "/bin/echo did not start" in str(error)
    assert "it printed: -m core.lab" in str(error)


def test_a_program_that_ends_without_a_word_is_told_so(make_lab: MakeLab) -> None:
    error = failure(make_lab(["/bin/true"]).submit(jobs.square, 3), LabStartError)

    assert "it printed: nothing" in str(error)


def test_an_interpreter_that_fails_brings_the_end_of_its_stderr(
    make_lab: MakeLab, script: Script
) -> None:
    lab = make_lab(script("echo 'no module named core' >&2; exit 1"))

    assert failure(lab.submit(jobs.square, 3), LabStartError).detail == "no module named core"


def test_every_call_is_told_that_the_interpreter_does_not_start(make_lab: MakeLab) -> None:
    lab = make_lab(["/nowhere/python9"])

    for future in [lab.submit(jobs.square, number) for number in range(3)]:
        failure(future, LabStartError)


def test_an_interpreter_that_is_mended_is_used(make_lab: MakeLab, script: Script) -> None:
    lab = make_lab(script("exit 1"))
    failure(lab.submit(jobs.square, 3), LabStartError)

    script(PYTHON)

    assert works(lab)


def test_what_a_wrapper_prints_before_python_starts_is_skipped(
    make_lab: MakeLab, script: Script
) -> None:
    lab = make_lab(script(f"echo Loading modules...; printf '\\000\\001\\377'; {PYTHON}"))

    assert works(lab)


def test_a_command_may_have_several_words(make_lab: MakeLab) -> None:
    assert works(make_lab([sys.executable, "-X", "utf8"]))


def test_a_program_that_never_stops_printing_is_given_up(make_lab: MakeLab, script: Script) -> None:
    lab = make_lab(script("exec timeout 20 yes spam"))

    error = lab.submit(jobs.square, 3).exception(10)

    assert type(error) is LabStartError
    assert "it printed: spam" in str(error)


@pytest.mark.parametrize("frame", [r"\000\000\000\002{}", r"\377\377\377\377", r"\000\000\000\001"])
def test_a_greeting_that_is_none_is_an_interpreter_that_does_not_start(
    make_lab: MakeLab, script: Script, monkeypatch: pytest.MonkeyPatch, frame: str
) -> None:
    monkeypatch.setattr(lab_process, "_ANSWER_WITHIN_S", 0.3)
    lab = make_lab(script(rf"printf '\000futures-lab\000{frame}'; exec timeout 20 cat"))

    assert type(lab.submit(jobs.square, 3).exception(10)) is LabStartError


def test_another_version_of_the_lab_is_refused(make_lab: MakeLab, script: Script) -> None:
    hello = '{"kind":"hello","protocol":999,"pid":1,"python":"3"}'
    frame = rf"\000futures-lab\000\000\000\000\{len(hello):03o}"
    lab = make_lab(script(f"printf '{frame}'; printf '%s' '{hello}'; exec timeout 20 cat"))

    error = lab.submit(jobs.square, 3).exception(10)

    assert type(error) is LabStartError
    assert "another version" in str(error)


def test_an_interpreter_that_hangs_is_given_up_and_ended(
    make_lab: MakeLab, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lab_process, "_ANSWER_WITHIN_S", 0.3)
    lab = make_lab(script("sleep 60; true"))
    future = lab.submit(jobs.square, 3)
    eventually(lambda: lab.pid or future.done(), "the process has started")
    group = lab.pid

    error = failure(future, LabStartError)

    assert "did not answer within 0.3 s" in str(error)
    if group is not None:
        gone(group)


def test_an_interpreter_that_hangs_can_be_stopped(make_lab: MakeLab, script: Script) -> None:
    lab = make_lab(script("sleep 60; true"))
    future = lab.submit(jobs.square, 3)
    eventually(lambda: lab.pid, "the process has started")
    group = lab.pid
    assert group is not None

    lab.kill()

    assert type(future.exception(SOON_S / 3)) is LabStopped
    gone(group)
