"""Each workload: its parts, its answer, and what it says where it cannot run."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import math
import sys
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.lab_client import LabExecutor
from core.errors import RemoteError
from core.lab import kinds, workloads
from core.lab.describe import describe, prepare
from core.lab.errors import NotHere, WrongAnswer
from core.lab.measure import TrialSpec, run_trial
from core.lab.workloads import hashing, leibniz_numpy, monte_carlo, waiting
from tests.core.conftest import MakeLab
from tests.core.watching import SOON_S, failure, pythons

SIZES = {"leibniz": 20_000, "monte-carlo": 5_000, "numpy": 200_000, "hashing": 12, "waiting": 12}
every_workload = pytest.mark.parametrize("name", workloads.NAMES)


def spec(name: str, executor: str = "threads", workers: int = 2, tasks: int = 3) -> TrialSpec:
    return TrialSpec(
        workload=name,
        size=SIZES[name],
        executor=executor,
        start_method=None,
        workers=workers,
        tasks_per_worker=tasks,
    )


def whole(name: str, size: int, parts: int = 1) -> float:
    """Compute the value in so many parts, in this process."""
    workload = workloads.find(name)
    return workload.value(sum(workload.work(*part) for part in workloads.split(size, parts)), size)


# ---------------------------------------------------------------------------------- the answers


@every_workload
@pytest.mark.parametrize("executor", ["serial", "threads", "processes", "pool", "ceiling"])
def test_the_answer_is_right_with_every_kind(lab: LabExecutor, name: str, executor: str) -> None:
    trial = lab.submit(run_trial, spec(name, executor, 1 if executor == "serial" else 2))
    known = workloads.about(name)
    value = trial.result(SOON_S)["value"]

    assert abs(value - known.answer(SIZES[name])) <= known.tolerance(SIZES[name])


@every_workload
@given(st.data())
def test_the_answer_is_the_same_however_it_is_split(name: str, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, max(4, SIZES[name] // 4)))
    parts = data.draw(st.integers(1, min(size, 40)))

    assert whole(name, size, parts) == pytest.approx(whole(name, size), abs=1e-9)


@pytest.mark.parametrize("name", ["monte-carlo", "hashing", "waiting"])
def test_what_is_counted_is_the_same_to_the_last_digit(name: str) -> None:
    size = SIZES[name]

    assert {whole(name, size, parts) for parts in (1, 2, 3, 7, size)} == {whole(name, size)}


@every_workload
def test_a_part_too_few_is_seen_where_the_answer_is_exact(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    honest = workloads.find(name)
    lazy = honest._replace(work=lambda start, stop: honest.work(start, stop) if start > 1 else 0)
    monkeypatch.setattr(workloads, "find", lambda _: lazy)

    with pytest.raises(WrongAnswer, match=f"{name} over {SIZES[name]} {honest.units} gave"):
        run_trial(spec(name))


@pytest.mark.parametrize("size", [1, 2, 3, 10, 999, 10_000, 300_000])
def test_points_stay_within_the_error_that_chance_allows(size: int) -> None:
    error = abs(whole("monte-carlo", size) - math.pi)

    assert error <= workloads.about("monte-carlo").tolerance(size)


def test_the_points_are_those_of_the_published_generator() -> None:
    """C++ requires 399268537 of a minstd_rand's ten thousandth call (rand.predef)."""
    assert pow(monte_carlo.MULTIPLIER, 10_000, monte_carlo.MODULUS) == 399_268_537

    numbers = [monte_carlo.ORIGIN]
    for _ in range(200):
        numbers.append(numbers[-1] * monte_carlo.MULTIPLIER % monte_carlo.MODULUS)
    hits = [math.hypot(*numbers[k : k + 2]) < monte_carlo.MODULUS for k in range(1, 201, 2)]
    assert [monte_carlo.throw_points(k, k) for k in range(1, 101)] == hits


def test_no_task_throws_points_that_another_throws() -> None:
    """The stream does not come round within the most points that can be asked for."""
    assert 2 * workloads.about("monte-carlo").most < monte_carlo.MODULUS - 1


def test_the_digest_is_that_of_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hashlib.sha256(bytes(1024 * 1024)).hexdigest() == hashing.DIGEST

    monkeypatch.setattr(hashing, "MEBIBYTE", b"spoilt" * 1000)
    assert hashing.hash_mebibytes(1, 5) == 0
    with pytest.raises(WrongAnswer, match="hashing over 12 mebibytes"):
        run_trial(spec("hashing"))


def test_every_wait_is_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)

    assert waiting.wait(3, 7) == 5
    assert pauses == [0.001] * 5


@given(st.integers(1, 300_000), st.integers(0, 200_000))
def test_numpy_sums_the_same_terms(m: int, more: int) -> None:
    terms = (4 * (1 if k % 2 else -1) / (2 * k - 1) for k in range(m, m + more + 1))

    assert leibniz_numpy.leibniz_in_numpy(m, m + more) == pytest.approx(math.fsum(terms), abs=1e-12)


# --------------------------------------------------------------------------------- what is known


@every_workload
def test_what_is_known_of_a_workload_is_true_of_its_module(name: str) -> None:
    known = workloads.about(name)
    module = importlib.import_module(f"core.lab.workloads.{known.module}")

    assert callable(getattr(module, known.function))
    assert known.help.endswith(".")
    assert known.tolerance(known.most) < 1
    assert eval(known.formula, {"total": 123, known.units: 456}) == known.value(123, 456)
    assert len({w.label for w in workloads.WORKLOADS}) == len(workloads.WORKLOADS)


@pytest.mark.parametrize("name", [name for name in workloads.NAMES if name != "leibniz"])
def test_a_workload_is_code_that_stands_alone(name: str) -> None:
    source = inspect.getsource(
        importlib.import_module(f"core.lab.workloads.{workloads.about(name).module}")
    )
    imported = [
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import)
        for alias in node.names
    ]

    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(ast.parse(source)))
    assert set(imported) <= {*sys.stdlib_module_names, "numpy"}


# ---------------------------------------------------------------------------- what a Python lacks


def found() -> dict[str, str]:
    return {"own": sys.executable, **pythons()}


@pytest.mark.parametrize("version", sorted(found()))
def test_what_a_python_lacks_is_said(make_lab: MakeLab, version: str) -> None:
    lab = make_lab([found()[version], "-s", "-S"])
    told = lab.submit(describe).result(SOON_S)
    lacks, lacks_work = told["lacks"], told["lacks_work"]
    is_new = tuple(map(int, told["version"].split(".")[:2])) >= (3, 14)

    assert lacks == ({} if is_new else {"interpreters": "needs Python 3.14 or newer"})
    assert lacks_work == {"numpy": "needs NumPy, which is not installed for this Python"}
    error = failure(lab.submit(run_trial, spec("numpy")), RemoteError)
    assert error.type_name == "NotHere"
    assert str(error) == f"π, NumPy cannot be used: it {lacks_work['numpy']}"


@pytest.mark.parametrize("version", sorted(found()))
def test_interpreters_run_every_workload_or_say_why_not(make_lab: MakeLab, version: str) -> None:
    lab = make_lab([found()[version], "-s", "-S"])
    missing = lab.submit(describe).result(SOON_S)["lacks"]
    for name in workloads.NAMES:
        future = lab.submit(run_trial, spec(name, "interpreters"))
        if reason := workloads.conflict(name, "interpreters") or missing.get("interpreters"):
            assert reason in str(failure(future, RemoteError))
        else:
            trial = future.result(SOON_S)
            assert len(trial["tasks"]) == 6
            assert {task["worker"] for task in trial["tasks"]} <= {1, 2}


def test_a_system_without_processes_offers_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        kinds, "find_spec", lambda name: None if name == "_multiprocessing" else object()
    )

    reasons = {kind: kinds.missing().get(kind) for kind in kinds.STARTED}
    assert set(reasons.values()) == {"needs processes, which this Python cannot start"}
    with pytest.raises(NotHere, match="processes cannot be used: it needs processes"):
        run_trial(spec("leibniz", "processes"))


def test_calibration_times_every_workload() -> None:
    for name in workloads.NAMES:
        assert prepare(name, SIZES[name], 0.001)["term_s"] > 0


def test_an_unknown_workload_is_refused_by_name() -> None:
    unknown: Any = "euler"
    with pytest.raises(ValueError, match="no workload 'euler'"):
        workloads.about(unknown)
