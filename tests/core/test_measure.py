"""One trial: a fresh pool, the work split over its workers, the answer checked."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from itertools import pairwise
from multiprocessing import get_all_start_methods
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.lab_client import LabExecutor
from core.errors import RemoteError
from core.lab import kinds, workloads
from core.lab.errors import WrongAnswer
from core.lab.executors import exit_sentence, open_pool
from core.lab.measure import TrialSpec, run_trial, time_serial
from core.lab.programs.pi_scaling import myPi
from core.lab.workloads import split
from tests.core import jobs
from tests.core.conftest import MakeLab
from tests.core.watching import ROOT, SOON_S, failure, pythons, works

TERMS = 20_000
WORKERS = 3
LEIBNIZ = workloads.about("leibniz")

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
LOADED_LATE = """
import sys, time
from core.lab import executors, kinds
before, clock = None, time.perf_counter
def first_look():
    global before
    before = before or set(sys.modules)
    return clock()
time.perf_counter = first_look
kind, method = sys.argv[1], sys.argv[2] or None
if kind in kinds.missing():
    sys.exit(print([]))
if kind == kinds.CEILING:
    from core.lab.alone import run_alone
    run_alone([(abs, (1,))] * 2, method, ())
else:
    with executors.open_pool(kind, 2, method) as pool:
        pool.executor.submit(abs, 1).result()
print(sorted(set(sys.modules) - before))
"""
FOUND = {OWN: sys.executable, **pythons()}  # what there is, so that nothing need be skipped


def spec(
    executor: str,
    start_method: str | None = None,
    workers: int = WORKERS,
    tasks_per_worker: int = 2,
    size: int = TERMS,
) -> TrialSpec:
    return TrialSpec(
        workload="leibniz",
        size=size,
        executor=executor,
        start_method=start_method,
        workers=workers,
        tasks_per_worker=tasks_per_worker,
    )


POOLS = {
    "serial": spec("serial", workers=1, tasks_per_worker=1),
    "threads": spec("threads"),
    **{method: spec("processes", method) for method in get_all_start_methods()},
    **{f"pool by {method}": spec("pool", method) for method in get_all_start_methods()},
    "ceiling": spec("ceiling", tasks_per_worker=1),
}
every_pool = pytest.mark.parametrize("pool", POOLS)
every_opened = pytest.mark.parametrize(
    "pool", [pool for pool in POOLS if pool not in ("serial", "ceiling")]
)


class Measured:
    """What `run_trial` returned for each pool, each run once in a lab process of its own."""

    def __init__(self) -> None:
        self._trials: dict[str, dict[str, Any]] = {}

    def __getitem__(self, pool: str) -> dict[str, Any]:
        if pool not in self._trials:
            with LabExecutor() as lab:
                self._trials[pool] = lab.submit(run_trial, POOLS[pool]).result(SOON_S)
        return self._trials[pool]


@pytest.fixture(scope="module")
def measured() -> Measured:
    return Measured()


# ----------------------------------------------------------------------------------- the numbers


@every_pool
def test_the_value_is_pi_as_near_as_the_series_comes(measured: Measured, pool: str) -> None:
    trial = measured[pool]

    assert trial["value"] == pytest.approx(myPi(1, TERMS), abs=1e-12)
    assert trial["abs_error"] == abs(trial["value"] - math.pi)


@every_pool
def test_every_task_has_a_span_on_a_known_worker(measured: Measured, pool: str) -> None:
    wanted = POOLS[pool]
    tasks = measured[pool]["tasks"]

    assert len(tasks) == wanted["workers"] * wanted["tasks_per_worker"]
    assert {task["worker"] for task in tasks} <= set(range(1, wanted["workers"] + 1))


@every_pool
def test_spans_lie_within_the_work_and_after_the_start_up(measured: Measured, pool: str) -> None:
    trial = measured[pool]
    first_submit = trial["tasks"][0]["submit_s"]
    last_result = first_submit + trial["work_s"]

    assert 0 <= trial["first_worker_s"] <= trial["startup_s"] <= first_submit
    for task in trial["tasks"]:
        assert first_submit <= task["submit_s"] <= task["start_s"] <= task["end_s"] <= last_result


@every_pool
def test_the_parts_of_a_trial_do_not_overlap(lab: LabExecutor, pool: str) -> None:
    whole, trial = lab.submit(jobs.timed_trial, POOLS[pool]).result(SOON_S)

    assert trial["startup_s"] + trial["work_s"] + trial["closing_s"] <= whole
    assert 0 <= trial["first_task_s"] <= trial["work_s"]


@every_pool
def test_a_worker_does_one_task_at_a_time(measured: Measured, pool: str) -> None:
    tasks = sorted(measured[pool]["tasks"], key=lambda task: task["start_s"])

    for worker in range(1, POOLS[pool]["workers"] + 1):
        own = [task for task in tasks if task["worker"] == worker]
        assert all(one["end_s"] <= after["start_s"] for one, after in pairwise(own))


@every_pool
def test_cpu_time_is_that_of_the_tasks(measured: Measured, pool: str) -> None:
    trial = measured[pool]

    assert trial["cpu_s"] == pytest.approx(sum(task["cpu_s"] for task in trial["tasks"]))
    assert all(task["cpu_s"] > 0 for task in trial["tasks"])
    assert trial["closing_s"] >= 0


@every_pool
def test_the_start_method_is_told_where_there_is_one(measured: Measured, pool: str) -> None:
    wanted = POOLS[pool]
    default = get_all_start_methods()[0] if wanted["executor"] in kinds.STARTED else None
    assert measured[pool]["start_method"] == (wanted["start_method"] or default)


def test_a_trial_that_asks_for_the_default_start_method_tells_which_it_was(
    lab: LabExecutor,
) -> None:
    trial = lab.submit(run_trial, spec("processes", None, workers=1)).result(SOON_S)

    assert trial["start_method"] == get_all_start_methods()[0]


# ------------------------------------------------------------------------------- the wrong answer


def broken(work: Any) -> workloads.Workload:
    return workloads.Workload("broken", work, LEIBNIZ.answer, LEIBNIZ.tolerance)


@pytest.mark.parametrize(
    "work",
    [
        lambda start, stop: myPi(start, middle := (start + stop) // 2) + myPi(middle + 2, stop),
        lambda start, stop: myPi(start, stop) + 1e-3,
        lambda start, stop: 0.0,
        lambda start, stop: math.nan,
        lambda start, stop: math.inf,
    ],
    ids=["a term left out", "a bit off", "nothing", "nan", "infinity"],
)
@pytest.mark.parametrize("kind", ["serial", "threads"])
def test_an_answer_that_is_off_is_an_error_however_fast_it_came(
    monkeypatch: pytest.MonkeyPatch, kind: str, work: Any
) -> None:
    monkeypatch.setattr(workloads, "find", lambda name: broken(work))

    with pytest.raises(WrongAnswer, match="broken over 20000 terms"):
        run_trial(spec(kind, workers=1))


def test_a_plain_call_is_timed_alone_as_a_script_does_it() -> None:
    trial = run_trial(POOLS["serial"])

    (task,) = trial["tasks"]
    assert trial["work_s"] == pytest.approx(task["end_s"] - task["start_s"])
    around = ("startup_s", "first_task_s", "sending_s", "closing_s")
    assert {name: trial[name] for name in around} == dict.fromkeys(around, 0)


@given(st.integers(1, 20_000))
def test_the_series_itself_is_always_within_its_tolerance(size: int) -> None:
    assert abs(myPi(1, size) - math.pi) <= LEIBNIZ.tolerance(size)


def test_a_workload_that_raises_fails_the_trial_and_closes_the_pool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = set(threading.enumerate())
    monkeypatch.setattr(workloads, "find", lambda name: broken(lambda *_: 1 / 0))

    with pytest.raises(ZeroDivisionError):
        run_trial(spec("threads"))
    assert set(threading.enumerate()) == before


# --------------------------------------------------------------------------------------- splitting

sizes_and_parts = st.integers(1, 10**12).flatmap(
    lambda size: st.tuples(st.just(size), st.integers(1, min(size, 200)))
)


@given(sizes_and_parts)
def test_a_split_covers_every_term_once(size_and_parts: tuple[int, int]) -> None:
    size, parts = size_and_parts
    ranges = split(size, parts)

    assert len(ranges) == parts
    assert ranges[0][0] == 1
    assert ranges[-1][1] == size
    assert all(low[1] + 1 == high[0] for low, high in pairwise(ranges))


@given(sizes_and_parts)
def test_the_parts_of_a_split_differ_by_one_term_at_most(size_and_parts: tuple[int, int]) -> None:
    lengths = {stop - start + 1 for start, stop in split(*size_and_parts)}

    assert min(lengths) >= 1
    assert max(lengths) - min(lengths) <= 1


@given(st.integers(2, 10**12))
def test_two_parts_are_the_books_two_halves(size: int) -> None:
    assert split(size, 2) == [(1, size // 2), (size // 2 + 1, size)]


@pytest.mark.parametrize(("size", "parts"), [(0, 1), (3, 4), (3, 0), (3, -1)])
def test_what_cannot_be_split_is_refused(size: int, parts: int) -> None:
    with pytest.raises(ValueError, match="cannot be split"):
        split(size, parts)


@given(sizes_and_parts.filter(lambda both: both[0] <= 20_000))
def test_the_parts_add_up_to_the_whole(size_and_parts: tuple[int, int]) -> None:
    size, _ = size_and_parts

    assert math.fsum(myPi(*part) for part in split(*size_and_parts)) == pytest.approx(
        myPi(1, size), abs=1e-9
    )


# ------------------------------------------------------------------------------------------ pools


@every_opened
def test_a_pool_is_open_when_every_worker_has_answered(lab: LabExecutor, pool: str) -> None:
    wanted = POOLS[pool]
    arguments = (wanted["executor"], wanted["workers"], wanted["start_method"])
    opened = lab.submit(jobs.describe_pool, *arguments).result(SOON_S)

    assert len({tuple(worker) for worker in opened["workers"]}) == wanted["workers"]
    assert opened["opened_at"] <= opened["first_worker_at"] <= opened["ready_at"]


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no executor kind 'fibres'"), open_pool("fibres", 1):
        pass


def test_an_unknown_start_method_is_refused_by_name(lab: LabExecutor) -> None:
    error = failure(lab.submit(run_trial, spec("processes", "teleport")), RemoteError)

    assert error.type_name == "ValueError"
    assert "teleport" in str(error)


def test_an_unknown_workload_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no workload 'euler'"):
        workloads.find("euler")


def test_a_pool_whose_threads_cannot_all_start_fails_and_does_not_hang(lab: LabExecutor) -> None:
    future = lab.submit(jobs.open_pool_short_of_threads, 3)

    assert "can't start new thread" in str(failure(future, RemoteError))
    assert works(lab)


@pytest.mark.skipif("fork" not in get_all_start_methods(), reason="fork: Linux only, or macOS only")
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_are_forked_from_a_process_with_one_thread(lab: LabExecutor, workers: int) -> None:
    at_forks = lab.submit(jobs.threads_at_each_fork, spec("processes", "fork", workers))

    assert at_forks.result(SOON_S) == [1] * workers


def test_calibration_gives_the_time_of_one_term_and_stays_within_the_work() -> None:
    assert time_serial("leibniz", 1, budget_s=1e-9) > 0
    assert time_serial("leibniz", 5000, budget_s=100) > 0


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (0, "ended with exit code 0"),
        (3, "ended with exit code 3"),
        (-9, "was killed by SIGKILL"),
        (-11, "was killed by SIGSEGV"),
        (-250, "was killed by signal 250"),
    ],
)
def test_an_exit_code_is_put_into_words(code: int, sentence: str) -> None:
    assert exit_sentence(code) == sentence


# ----------------------------------------------------------------------------------- other Pythons


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("threads", ""),
        ("interpreters", ""),
        *((kind, method) for kind in kinds.STARTED for method in get_all_start_methods()),
    ],
)
@pytest.mark.parametrize("version", sorted(FOUND))
def test_the_start_up_of_a_process_s_first_pool_has_no_import_in_it(
    version: str, kind: str, method: str
) -> None:
    command = [FOUND[version], "-c", LOADED_LATE, kind, method]
    told = subprocess.check_output(command, cwd=ROOT, stderr=subprocess.STDOUT, text=True)

    assert told == "[]\n"


@pytest.mark.parametrize("pool", ["serial", "threads", "fork", "spawn", "pool by spawn", "ceiling"])
@pytest.mark.parametrize("version", sorted(FOUND))
def test_other_pythons_run_trials_with_nothing_installed(
    make_lab: MakeLab, version: str, pool: str
) -> None:
    lab = make_lab([FOUND[version], "-s", "-S"])

    assert lab.submit(jobs.python_version).result(SOON_S) == [
        int(number) for number in version.removesuffix("t").split(".")
    ]
    trial = lab.submit(run_trial, POOLS[pool]).result(SOON_S)

    assert trial["value"] == pytest.approx(myPi(1, TERMS), abs=1e-12)
    assert len(trial["tasks"]) == POOLS[pool]["workers"] * POOLS[pool]["tasks_per_worker"]
