"""Runs as tidy tables: CSV with one row for each trial, or one for each task, and JSON.

Columns follow the fields of the records, whatever these are. A cell never starts a formula where a
spreadsheet opens the table; numbers stay numbers.
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, get_args, get_type_hints

import msgspec

from core.results.files import encode
from core.results.records import TaskRecord, TrialRecord
from core.results.share import Shared

Row = dict[str, Any]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def trials(runs: Iterable[Shared]) -> list[Row]:
    """Make one row for each trial: its run, its settings and machine, and all single values."""
    rows = []
    for run in runs:
        about = _about(run)
        rows += [{**about, **_flat(trial)} for trial in run.record.trials]
    return rows


def tasks(runs: Iterable[Shared]) -> list[Row]:
    """Make one row for each task: its run and trial, its number from 1, and what was measured."""
    return [
        {**_whose(run), **_which(trial), "task": number, **_flat(task)}
        for run in runs
        for trial in run.record.trials
        for number, task in enumerate(trial.tasks, 1)
    ]


def to_csv(rows: Sequence[Row], columns: Sequence[str] = ()) -> bytes:
    """Write rows as CSV in UTF-8, with text in quotes; what a row has not is an empty cell.

    `columns` come first, and are there even without rows.
    """
    names = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    text = io.StringIO(newline="")
    # Quotes keep a ";" in a name from parting a cell where that is the separator.
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow([_cell(name) for name in names])
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return text.getvalue().encode("utf-8", "replace")


def trials_csv(runs: Iterable[Shared]) -> bytes:
    """Write one row for each trial."""
    return to_csv(trials(runs), (*_WHOSE, *_names(TrialRecord)))


def tasks_csv(runs: Iterable[Shared]) -> bytes:
    """Write one row for each task."""
    return to_csv(tasks(runs), (*_WHOSE, *_WHICH, "task", *_names(TaskRecord)))


def to_json(runs: Iterable[Shared]) -> bytes:
    """Write the records as one list, with what they are called, for other programs."""
    plain = [
        {"key": run.key, "name": run.name, "note": run.note, "whose": run.whose}
        | {"record": run.raw_record}
        for run in runs
    ]
    return msgspec.json.format(encode(plain), indent=2) + b"\n"


_WHOSE = ("run", "run_name", "run_whose", "experiment", "started_at")
_WHICH = ("order", "block", "executor", "start_method", "workers")


def _whose(run: Shared) -> Row:
    record = run.record
    return dict(
        zip(
            _WHOSE,
            (run.key, run.name, run.whose, record.experiment, record.started_at),
            strict=True,
        )
    )


def _about(run: Shared) -> Row:
    environment = run.record.environment
    settings = {f"parameter_{name}": _short(what) for name, what in run.record.parameters.items()}
    python = environment.python
    machine: Row = {
        "machine_cpu": environment.cpu,
        "machine_usable_cpus": environment.usable_cpus,
        "machine_system": environment.system,
        "machine_python": python.version if python else None,
        "machine_gil": python.gil if python else None,
    }
    return {**_whose(run), **settings, **machine}


def _which(trial: TrialRecord) -> Row:
    named = {"python": trial.python} if hasattr(trial, "python") else {}
    return {**{name: getattr(trial, name) for name in _WHICH}, **named}


def _flat(struct: msgspec.Struct, before: str = "") -> Row:
    """Take the single values of a struct, and those of the structs in it; lists are left out."""
    row: Row = {}
    single = _names(type(struct))
    for name in struct.__struct_fields__:
        what = getattr(struct, name)
        if isinstance(what, msgspec.Struct):
            row |= _flat(what, f"{before}{name}_")
        elif name in single:
            row[f"{before}{name}"] = what
    return row


@lru_cache
def _names(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Name the columns that every record of a kind gives: its fields of one value each."""
    hints = get_type_hints(kind)
    return tuple(
        name
        for name in kind.__struct_fields__
        if not any(f"{hints[name]}".startswith(many) for many in ("tuple", "dict", "list"))
        and not any(_is_struct(part) for part in (hints[name], *get_args(hints[name])))
    )


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _short(what: Any) -> Any:
    return " ".join(map(str, what)) if isinstance(what, list | tuple) else what


def _cell(what: Any) -> Any:
    """Make a cell that no spreadsheet takes for a formula."""
    if isinstance(what, bool):
        return "true" if what else "false"
    if isinstance(what, int) or (isinstance(what, float) and math.isfinite(what)):
        return what
    if what is None:
        return ""
    text = (
        what if isinstance(what, str) else encode(what).decode() if _is_plain(what) else f"{what}"
    )
    return f"'{text}" if text.startswith(_FORMULA) else text.replace("\0", "�")


def with_tabs(rows: Iterable[Sequence[Any]]) -> str:
    """Write rows for a spreadsheet's clipboard: a line each, tabs between the cells."""
    lines = (
        "\t".join(str(_cell(one)).replace("\t", " ").replace("\n", " ") for one in row)
        for row in rows
    )
    return "".join(f"{line}\n" for line in lines)


def _is_plain(what: Any) -> bool:
    return isinstance(what, dict | list | tuple)
