"""Measure, print one table, and write JSON beside it.

python -m benchmarks [fidelity] [tasks] [alive] [bridge] [start] [rest] [timeline]
                     [events] [history] [figures] [pythons] [installed] [--quick] [--json PATH]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from subprocess import SubprocessError
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.harness import NotMeasured
from benchmarks.rows import Row
from core.engines.lab_process import left_out
from core.errors import FuturesLabError
from core.lab.describe import describe
from core.results.environment import read_environment

NAMES = (
    "fidelity",
    "tasks",
    "alive",
    "bridge",
    "start",
    "rest",
    "timeline",
    "events",
    "figures",
    "pythons",
    "history",
    "installed",
)
_RESULTS = Path(__file__).with_name("results") / "latest.json"
_STYLE = {True: "[green]yes[/]", False: "[bold red]no[/]", None: "–"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that are named, all by default; return the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    environment = msgspec.to_builtins(read_environment(describe(), tuple(left_out())))
    rows: list[Row] = []
    for name in options.names or NAMES:
        rows += _measure(name, options.quick)
        _write(options.json, environment, rows, options.quick)
    _print(rows)
    print(f"JSON: {options.json}")
    return 0


def module_of(name: str) -> str:
    """Return the module that measures a benchmark: the one of that name, but for the timeline's."""
    return f"benchmarks.{'frames' if name == 'timeline' else name}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--json", type=Path, default=_RESULTS, help="where the JSON goes")
    parser.add_argument(
        "--quick", action="store_true", help="fewer repeats: minutes, not a verdict"
    )
    return parser


def _measure(name: str, quick: bool) -> list[Row]:
    """Run one benchmark; what it cannot measure becomes a row that says so."""
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    began = time.perf_counter()
    try:
        rows: list[Row] = import_module(module_of(name)).measure(quick)
    except NotMeasured as reason:
        rows = [Row(name, "not measured", note=str(reason))]
    except (RuntimeError, TimeoutError, SubprocessError, FuturesLabError) as error:
        rows = [Row(name, "failed to measure", note=str(error))]
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)
    return rows


def _write(path: Path, environment: Any, rows: list[Row], quick: bool) -> None:
    content = {
        "schema": 1,
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "quick": quick,
        "environment": environment,
        "rows": [row.to_json() for row in rows],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _print(rows: list[Row]) -> None:
    console = Console() if sys.stdout.isatty() else Console(width=180)
    table = Table(box=None, pad_edge=False)
    for heading in ("name", "what", "ours", "peer or limit", "ratio", "target", "met", "note"):
        right = heading in ("ours", "ratio")
        table.add_column(heading, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)


def _cells(row: Row) -> tuple[str, ...]:
    beside = _figure(row.beside, row.unit)
    return (
        row.benchmark,
        row.what,
        _figure(row.ours, row.unit),
        f"{beside} {row.beside_is}".strip(),
        "" if row.ratio is None else f"{row.ratio:.3g}",
        str(row.target or ""),
        _STYLE[row.met],
        row.note,
    )


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    figure = f"{value:,.0f}".replace(",", " ") if abs(value) >= 1000 else f"{value:.3g}"
    return f"{figure} {unit}".strip()


if __name__ == "__main__":
    sys.exit(main())
