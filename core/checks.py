"""What the self-test tells: one record for each thing that was tried, and one for the whole."""

from typing import Literal

import msgspec

SCHEMA = 1
LINES_FLAG = "--selftest-lines"  # what this program is started with, to tell line by line
Outcome = Literal["ok", "failed", "skipped"]


class Check(msgspec.Struct, frozen=True):
    """One thing that was tried: what came of it, in a sentence, and what a developer asks for."""

    name: str
    outcome: Outcome
    said: str
    took_s: float
    detail: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole self-test, as it is written to JSON."""

    schema: int = SCHEMA
    version: str
    installed: bool
    program: tuple[str, ...]
    python: str
    system: str
    passed: bool
    checks: tuple[Check, ...]


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one line carries from a self-test to the window: a check, or the report at the end."""

    check: Check | None = None
    report: Report | None = None


def to_json(report: Report) -> bytes:
    """Write a report as indented JSON with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def to_line(what: Check | Report) -> bytes:
    """Write a check or the report as one line, with its newline."""
    line = Line(check=what) if isinstance(what, Check) else Line(report=what)
    return msgspec.json.encode(line) + b"\n"


def from_line(line: bytes) -> Check | Report | None:
    """Read what `to_line` wrote; None for anything else, such as what a library printed."""
    try:
        told = msgspec.json.decode(line, type=Line)
    except msgspec.DecodeError:
        return None
    return told.check or told.report


def text(check: Check) -> str:
    """Put a check on a line, and what a developer asks for on lines below it."""
    line = f"{check.outcome:<8}{check.name:<24}{check.took_s:6.2f} s  {check.said}"
    below = "".join(f"\n        {row}" for row in check.detail.splitlines())
    return line + below


def verdict(checks: tuple[Check, ...]) -> str:
    """Say in a sentence what came of the whole."""
    failed = [check.name for check in checks if check.outcome == "failed"]
    if failed:
        return f"{len(failed)} of {len(checks)} checks failed: {', '.join(failed)}."
    skipped = sum(check.outcome == "skipped" for check in checks)
    apart = f", and {skipped} that cannot apply here left out" if skipped else ""
    return f"All is well: {len(checks) - skipped} checks passed{apart}."


def whole(report: Report) -> str:
    """Put a report into plain text, to be sent to whoever is asked for help."""
    how = "installed" if report.installed else "run from source"
    head = f"Futures Lab {report.version}, {how}\n{report.python}\n{report.system}\n\n"
    return head + "\n".join(map(text, report.checks)) + f"\n\n{verdict(report.checks)}\n"
