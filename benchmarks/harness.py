"""A display of our own, and programs on it that answer with JSON."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.realwindow import Desktop, Program, missing_tools, wait_until


class NotMeasured(Exception):
    """Something that a benchmark needs is missing here; the text is a sentence for the table."""


@contextmanager
def display() -> Iterator[Desktop]:
    """Open an X display whose programs keep settings and history away from the user's."""
    if missing := missing_tools():
        raise NotMeasured(f"needs {missing}")
    with tempfile.TemporaryDirectory() as folder, Desktop() as desktop:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            desktop.environment[f"XDG_{name}_HOME"] = folder
        yield desktop


def start(desktop: Desktop, child: str, *arguments: object, **environment: str) -> Program:
    """Start one of `benchmarks.children` on the display."""
    words = [str(argument) for argument in arguments]
    return desktop.start("-m", f"benchmarks.children.{child}", *words, **environment)


def ask(
    desktop: Desktop, child: str, *arguments: object, timeout_s: float = 60, **environment: str
) -> dict[str, Any]:
    """Run one of `benchmarks.children` to its end and return its answer.

    Raises NotMeasured with the child's reason; RuntimeError with all that it printed otherwise.
    """
    return finish(start(desktop, child, *arguments, **environment), timeout_s)


def finish(program: Program, timeout_s: float = 60) -> dict[str, Any]:
    """Wait for a child's end and return its answer, as `ask` does."""
    with_answer = wait_until(
        lambda: program.process.poll() is not None, "the child has ended", timeout_s
    )
    assert with_answer
    answer = last_answer(program)
    program.close()
    return answer


def await_answer(program: Program, timeout_s: float = 60) -> dict[str, Any]:
    """Wait for the first answer of a child that goes on running."""
    wait_until(
        lambda: '{"' in program.output() or program.process.poll() is not None,
        "the child has answered",
        timeout_s,
    )
    return last_answer(program)


def last_answer(program: Program) -> dict[str, Any]:
    """Read the last answer that a child has printed."""
    lines = program.output().splitlines()
    answers = [line for line in lines if line.startswith('{"') and line.endswith("}")]
    if not answers:
        raise RuntimeError("a benchmark's child gave no answer:\n" + program.output())
    answer: dict[str, Any] = json.loads(answers[-1])
    if "not measured" in answer:
        raise NotMeasured(answer["not measured"])
    return answer
