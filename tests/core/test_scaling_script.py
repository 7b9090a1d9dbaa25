"""The script of π scaling: what a student takes home runs alone, in any Python, and agrees."""

from __future__ import annotations

import ast
import inspect
import math
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from core.experiments.base import Machine
from core.experiments.pi_scaling import EXPERIMENT
from core.lab import workloads
from core.results.records import Calibration
from tests.core.making import done, record
from tests.core.test_measure import FOUND
from tests.core.watching import SOON_S

SIZES = {"leibniz": 20_000, "monte-carlo": 5_000, "numpy": 20_000, "hashing": 12, "waiting": 12}
EVERY_KIND = ("serial", "threads", "processes", "pool", "interpreters", "ceiling")
every_workload = pytest.mark.parametrize("name", workloads.NAMES)


def values(name: str, **changes: Any) -> dict[str, Any]:
    terms = SIZES[name] * workloads.about(name).terms_each
    few = {"workload": name, "terms": terms, "workers": (1, 2), "blocks": 2, "tasks": 3}
    return {**EXPERIMENT.defaults(), **few, **changes}


def played(text: str, folder: Path, python: Sequence[str]) -> list[dict[str, str]]:
    """Run a script in a folder of its own, and return the rows that it prints."""
    (folder / "taken_home.py").write_text(text, encoding="utf-8")
    ended = subprocess.run(
        [*python, "-X", "utf8", "taken_home.py"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=SOON_S,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = [line.split("   ") for line in ended.stdout.splitlines()]
    cells = [[cell.split(": ", 1) for cell in line] for line in lines]
    return [{name.replace(" ", "_"): value for name, value in line} for line in cells]


@every_workload
@pytest.mark.parametrize("version", sorted(FOUND))
def test_the_script_runs_alone_and_has_the_same_trials_in_the_same_order(
    tmp_path: Path, version: str, name: str
) -> None:
    isolated = [FOUND[version], "-I"] if name == "numpy" else [FOUND[version], "-I", "-S"]
    if name == "numpy" and FOUND[version] != sys.executable:
        name = "hashing"  # what there is instead where NumPy is not
    is_new = tuple(map(int, version.removesuffix("t").split("."))) >= (3, 14)
    kinds = tuple(kind for kind in EVERY_KIND if kind != "interpreters" or is_new)
    if name == "numpy":
        kinds = tuple(kind for kind in kinds if kind != "interpreters")
    wanted = values(name, executors=kinds, seed=7)

    rows = played(EXPERIMENT.code(wanted).text, tmp_path, isolated)
    plan = EXPERIMENT.plan(wanted, None)
    known = workloads.about(name)

    assert [(row["repeat"], row["executor"], row["workers"]) for row in rows] == [
        (str(trial.block), trial.executor, str(trial.workers)) for trial in plan
    ]
    for row in rows:
        error = abs(float(row["answer"]) - known.answer(SIZES[name]))
        assert error <= known.tolerance(SIZES[name])
        assert float(row["seconds"]) > 0


def test_a_python_without_interpreters_says_so_and_runs_the_rest(tmp_path: Path) -> None:
    old = next((p for v, p in FOUND.items() if tuple(map(int, v.split("."))) < (3, 14)), None)
    assert old is not None
    text = EXPERIMENT.code(values("leibniz", executors=("serial", "interpreters"), blocks=1)).text

    said, row = played(text, tmp_path, [old, "-I", "-S"])

    assert said["text"] == "interpreters are left out: they need Python 3.14 or newer"
    assert row["executor"] == "serial"


@every_workload
def test_the_code_is_the_source_of_what_runs(name: str) -> None:
    code = EXPERIMENT.code(values(name))
    workload = workloads.find(name)

    assert inspect.getsource(workload.work) in code.text
    assert all(mark in code.text for mark in code.marks)
    assert len(code.marks) == 3


@every_workload
def test_the_script_has_nothing_of_ours_and_its_settings_at_the_top(name: str) -> None:
    wanted = values(name, workers=(1, 3), blocks=4, seed=9, executors=("serial", "pool"))
    text = EXPERIMENT.code(wanted).text
    tree = ast.parse(text)
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
    allowed = {*sys.stdlib_module_names} | ({"numpy"} if name == "numpy" else set())

    assert all(isinstance(n, ast.Import) for n in imports)
    assert {a.name.split(".")[0] for n in imports for a in n.names} <= allowed
    constants = dict(re.findall(r"^([A-Z_]+) = (.*?)(?:  #.*)?$", text, re.MULTILINE))
    assert constants[workloads.about(name).units.upper()] == str(SIZES[name])
    assert (constants["WORKERS"], constants["REPEATS"], constants["SEED"]) == ("(1, 3)", "4", "9")
    assert (constants["EXECUTORS"], constants["TASKS_PER_WORKER"]) == ("('serial', 'pool')", "3")


@every_workload
def test_a_workload_takes_no_name_of_the_script(name: str) -> None:
    def names(source: str) -> set[str]:
        found = ast.parse(source).body
        defined = {n.name for n in found if isinstance(n, ast.FunctionDef)}
        targets = [target for n in found if isinstance(n, ast.Assign) for target in n.targets]
        return defined | {
            n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)
        }

    own = import_module("core.lab.programs.pi_scaling")
    if name != "leibniz":
        module = import_module(f"core.lab.workloads.{workloads.about(name).module}")
        assert not names(inspect.getsource(own)) & names(inspect.getsource(module))


def test_the_books_script_is_the_file_itself_but_for_its_settings() -> None:
    def without_settings(text: str) -> str:
        return re.sub(r"^[A-Z_]+ = .*$", "", text, flags=re.MULTILINE)

    own = import_module("core.lab.programs.pi_scaling")
    text = EXPERIMENT.code(EXPERIMENT.defaults()).text

    assert without_settings(text) == without_settings(inspect.getsource(own))
    assert math.isclose(own.serial(1000)[0], math.pi, abs_tol=1e-2)


@every_workload
def test_the_script_of_a_run_that_found_its_size_and_end_repeats_its_trials(name: str) -> None:
    chosen = values(name, size="calibrated", until="time", terms=1, blocks=2)
    found = Calibration(seconds=0.5, size=321, calls=())
    of_run = record([done("serial", 1, block, 0.5) for block in range(1, 8)], calibration=found)

    as_run = EXPERIMENT.as_run(chosen, of_run)

    machine = Machine(cpus=2, term_s=1e-3, gil=True, start_method="fork", size=found.size)
    grown = EXPERIMENT.plan({**chosen, "blocks so far": 7}, machine)
    assert EXPERIMENT.plan(as_run, None) != EXPERIMENT.plan(chosen, None)
    assert [(one.block, one.arguments) for one in EXPERIMENT.plan(as_run, None)] == [
        (one.block, one.arguments) for one in grown
    ]
    text = EXPERIMENT.code(as_run).text
    constants = dict(re.findall(r"^([A-Z_]+) = (.*?)(?:  #.*)?$", text, re.MULTILINE))
    assert constants[workloads.about(name).units.upper()] == "321"
    assert constants["REPEATS"] == "7"


def test_the_script_of_a_run_with_all_typed_has_what_was_typed() -> None:
    chosen = values("leibniz")

    assert EXPERIMENT.as_run(chosen, record([done("serial", 1, 1, 0.5)])) == {
        **chosen,
        "size": "fixed",
        "until": "repeats",
    }
