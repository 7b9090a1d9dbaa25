"""What the trials of both installers share."""

import json
import time
from collections.abc import Callable
from typing import Any

import build
from minimal_debian import STUDENT, Debian

CHECK = build.BUILD / "check"
HOME = f"/home/{STUDENT}"
SMALL = ("run", "pi-scaling", "--terms", "200000", "--workers", "1-2", "--blocks", "1")
PATIENCE_S = 60


class Trial:
    """Runs what is to be tried, one after the other, and keeps what came of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.failed = 0

    def of(self, what: str, trying: Callable[[], str]) -> None:
        """Try one thing; whatever it raises is a failure and no more."""
        began = time.monotonic()
        try:
            word, said = "ok", trying()
        except Exception as error:
            word, said = "FAILED", f"{type(error).__name__}: {error}"
            self.failed += 1
        self.lines.append(f"{word:<7}{time.monotonic() - began:6.1f} s  {what}: {said}")
        print(self.lines[-1], flush=True)


def expect(holds: object, otherwise: str) -> None:
    """Raise an AssertionError unless something is so; an assert would go where -O is."""
    if not holds:
        raise AssertionError(otherwise[-1500:])


def wait_for(look: Callable[[], Any], what: str) -> Any:
    """Look until something is there; raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE_S
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {PATIENCE_S} s in vain until {what}.")
        time.sleep(0.2)
    return seen


def selftest(debian: Debian, program: str, home: str | None = HOME) -> str:
    """Run the self-test as the student."""
    done = debian.student_runs(program, "--selftest", "-", home=home)
    expect(done.stdout.startswith("{"), done.stdout + done.stderr)
    report = json.loads(done.stdout)
    failed = [
        f"{one['name']}: {one['said']}" for one in report["checks"] if one["outcome"] == "failed"
    ]
    expect(report["passed"] and done.returncode == 0, "; ".join(failed) + done.stderr)
    skipped = [one["name"] for one in report["checks"] if one["outcome"] == "skipped"]
    window = [one["said"] for one in report["checks"] if one["name"] == "window"]
    return f"{len(report['checks'])} checks, skipped {skipped}; window {window[0]}"
