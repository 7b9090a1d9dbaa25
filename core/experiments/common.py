"""What several experiments have: parameters with one name and one label, and one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from core.lab import kinds, workloads
from core.parameters import Choice, Integer, LateChoices, Option

if TYPE_CHECKING:
    from core.results.records import RunRecord

_MOST_WORKERS = 10_000


def swept(record: RunRecord) -> tuple[list[str], list[int]]:
    """Give the kinds of workers, and how many of them, that a sweep was to have.

    A record may be anybody's: where it has no such settings, they are those of its trials.
    """
    kept = record.parameters.get("executors")
    chosen = [one for one in kept if one in kinds.KINDS] if isinstance(kept, list | tuple) else []
    numbers = _whole_numbers(record.parameters.get("workers"))
    return (
        chosen or list(dict.fromkeys(trial.executor for trial in record.trials)),
        numbers or sorted({trial.workers for trial in record.trials}) or [1],
    )


def _whole_numbers(value: Any) -> list[int]:
    """Give the list where it is one of numbers of workers; else none."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, int) for one in value):
        return []
    return list(value) if all(1 <= one <= _MOST_WORKERS for one in value) else []


def death(told: Iterable[Any]) -> tuple[str, ...]:
    """Say that a worker process died, where anything that a program told says so."""
    if not any("BrokenProcessPool" in str(what) for what in told):
        return ()
    return (
        "A worker process died, and with it the pool: whatever was not done raises"
        " BrokenProcessPool.",
    )


def offered(
    known: Iterable[kinds.About | workloads.About], missing: Mapping[str, str]
) -> tuple[Option, ...]:
    """Offer all of them; what this Python lacks another that is chosen may have."""
    reasons = {name: f"it {reason}." for name, reason in missing.items()}
    return tuple(
        Option(one.name, one.label, one.help, reasons.get(one.name, ""), one.name in reasons)
        for one in known
    )


def kind(default: str, help: str) -> Choice:
    """Make the choice between threads and processes."""
    options = (Option("threads", "Threads"), Option("processes", "Processes"))
    return Choice(name="kind", label="Workers are", help=help, default=default, options=options)


def workers(minimum: int, maximum: int, help: str, hint: str = "") -> Integer:
    """Make the number of workers, two at first; the hint begins with the range."""
    return Integer(
        name="workers",
        label="Workers",
        help=help,
        hint=f"{minimum} to {maximum}. {hint}".strip(),
        default=2,
        minimum=minimum,
        maximum=maximum,
    )


def increments(maximum: int, help: str) -> Integer:
    """Make the number of times that each worker adds one; at first the book's."""
    return Integer(
        name="increments",
        label="Increments of each",
        help=help,
        hint="The book adds 10 000 times.",
        default=10_000,
        minimum=1,
        maximum=maximum,
    )


def repeats(default: int, help: str, hint: str = "") -> Integer:
    """Make the number of repeats, a hundred at most."""
    return Integer(
        name="repeats",
        label="Repeats",
        help=help,
        hint=hint,
        default=default,
        minimum=1,
        maximum=100,
    )


def pythons() -> LateChoices:
    """Make the choice of the Pythons on which a program runs, one after the other."""
    return LateChoices(
        name="pythons",
        label="Pythons",
        help="On which Pythons of this machine it runs: names such as 3.11 or 3.13t"
        " (free-threaded; 3.13t+gil with the GIL), paths, this, or all.",
        hint="Several run one after the other.",
        default=(),
        usual="this",
    )
