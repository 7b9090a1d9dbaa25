"""Amdahl's and Gunther's laws: against published fits, and against curves that are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.results.fits import Coefficients, Estimate, fit_amdahl, fit_usl, fits
from core.results.records import RunRecord, TrialRecord
from tests.core.making import done, record

PUBLISHED: dict[str, Any] = json.loads(
    (Path(__file__).parent / "data" / "scalability.json").read_text(encoding="utf-8")
)
COUNTS = (1, 2, 3, 4, 6, 8)


def digits(value: float, count: int) -> float:
    return float(f"{value:.{count - 1}e}")


# ------------------------------------------------------------------------------ published fits


@pytest.mark.parametrize("name", PUBLISHED["data"])
def test_the_fits_are_those_that_were_published_to_three_digits(name: str) -> None:
    known = PUBLISHED["data"][name]

    found = fit_usl(known["workers"], known["throughput"])

    for value, published in zip(found, known["fit"], strict=True):
        assert digits(value, 3) == digits(published, 3)


def test_where_the_published_kappa_is_zero_the_law_is_amdahls() -> None:
    known = PUBLISHED["data"]["raytracer"]

    usl = fit_usl(known["workers"], known["throughput"])
    amdahl = fit_amdahl(known["workers"], known["throughput"])

    assert usl.kappa == 0
    assert amdahl == pytest.approx(usl)


def test_the_residuals_are_those_that_were_published() -> None:
    known = PUBLISHED["data"]["specsdm91"]
    found = fit_usl(known["workers"], known["throughput"])

    residuals = [
        seen - found.at(workers)
        for workers, seen in zip(known["workers"], known["throughput"], strict=True)
    ]

    assert residuals == pytest.approx(known["residuals"], abs=0.01)


# -------------------------------------------------------------------------------- known curves

laws = st.builds(
    Coefficients, st.floats(0.1, 1e6), st.floats(0, 1), st.one_of(st.just(0.0), st.floats(1e-4, 1))
)


@given(laws)
def test_a_curve_without_noise_is_found_again(law: Coefficients) -> None:
    found = fit_usl(COUNTS, [law.at(count) for count in COUNTS])

    assert found == pytest.approx(law, rel=1e-4, abs=1e-6)


@given(st.floats(0.1, 1e6), st.floats(0, 1))
def test_amdahls_curve_without_noise_is_found_again(lam: float, sigma: float) -> None:
    law = Coefficients(lam, sigma, 0.0)

    assert fit_amdahl(COUNTS, [law.at(count) for count in COUNTS]) == pytest.approx(
        law, rel=1e-4, abs=1e-6
    )


throughputs = st.lists(st.floats(0.1, 20), min_size=6, max_size=6)


@given(throughputs)
def test_whatever_was_measured_the_coefficients_are_possible(throughput: list[float]) -> None:
    for fit in (fit_amdahl, fit_usl):
        lam, sigma, kappa = fit(COUNTS, throughput)

        assert lam > 0
        assert 0 <= sigma <= 1
        assert kappa >= 0


@given(throughputs, st.randoms(use_true_random=False))
def test_no_other_curve_nearby_fits_better(throughput: list[float], chance: Any) -> None:
    def squares(law: Coefficients) -> float:
        pairs = zip(COUNTS, throughput, strict=True)
        return sum((law.at(count) - seen) ** 2 for count, seen in pairs)

    best = fit_usl(COUNTS, throughput)
    for _ in range(20):
        near = Coefficients(
            best.lam * chance.uniform(0.98, 1.02),
            min(1.0, max(0.0, best.sigma + chance.uniform(-0.02, 0.02))),
            max(0.0, best.kappa + chance.uniform(-0.01, 0.01)),
        )
        assert squares(best) <= squares(near) * (1 + 1e-6)


@given(throughputs, st.floats(1e-3, 1e3))
def test_the_unit_of_the_throughput_changes_lam_alone(throughput: list[float], unit: float) -> None:
    lam, sigma, kappa = fit_usl(COUNTS, throughput)

    scaled = fit_usl(COUNTS, [value * unit for value in throughput])

    assert scaled == pytest.approx((lam * unit, sigma, kappa), rel=1e-3, abs=1e-6)


def test_too_few_numbers_of_workers_tell_no_curve() -> None:
    with pytest.raises(ValueError, match="cannot tell a curve"):
        fit_usl([1, 2, 2], [1, 2, 2])
    with pytest.raises(ValueError, match="above 0"):
        fit_amdahl([1, 2, 3], [1, 0, 2])


# ------------------------------------------------------------------------------------ of a record


def scaled(
    law: Coefficients, counts: tuple[int, ...] = COUNTS, blocks: int = 12, noise: float = 0.02
) -> RunRecord:
    """Make a run whose processes follow a law, with blocks that differ and noise in each trial."""
    draw = np.random.default_rng(5)
    trials: list[TrialRecord] = []
    for block in range(1, blocks + 1):
        slow = float(np.exp(draw.normal() * 0.2))
        trials.append(done("serial", 1, block, slow * float(np.exp(draw.normal() * noise))))
        for count in counts:
            time = slow / law.at(count) * float(np.exp(draw.normal() * noise))
            trials.append(done("processes", count, block, time))
    return record(trials)


def inside(estimate: Estimate, value: float) -> bool:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low <= value <= estimate.high


def test_the_intervals_of_a_run_hold_the_law_that_made_it() -> None:
    law = Coefficients(0.97, 0.08, 0.004)

    (found,) = fits(scaled(law))

    assert found.usl is not None
    assert found.executor == "processes"
    assert inside(found.usl.lam, law.lam)
    assert inside(found.usl.sigma, law.sigma)
    assert inside(found.usl.kappa, law.kappa)
    assert found.sentence.startswith("processes, up to 8 workers: by Amdahl's law σ = ")
    assert "Workers past the CPUs (2) take turns" in found.sentence


def test_a_curve_ends_where_measuring_did() -> None:
    (found,) = fits(scaled(Coefficients(1, 0.1, 0), counts=(2, 3, 4, 5, 6, 9)))

    assert found.amdahl is not None
    assert [point.workers for point in found.amdahl.curve] == list(range(2, 10))
    for point in found.amdahl.curve:
        assert point.low is not None
        assert point.high is not None
        assert point.low <= point.speedup <= point.high


def test_five_numbers_of_workers_get_a_sentence_and_no_curve() -> None:
    (found,) = fits(scaled(Coefficients(1, 0.1, 0), counts=COUNTS[:5]))

    assert (found.amdahl, found.usl) == (None, None)
    assert found.sentence.startswith("No law is fitted to 5 numbers of workers")


def test_four_blocks_give_a_curve_without_an_interval() -> None:
    (found,) = fits(scaled(Coefficients(1, 0.1, 0), blocks=4))

    assert found.usl is not None
    assert found.usl.sigma.low is None
    assert found.usl.curve[0].high is None
    assert str(found.usl.sigma) == f"{found.usl.sigma.value:.3g}"


def test_the_same_run_gives_the_same_figures_in_whatever_order_its_blocks_come() -> None:
    made = scaled(Coefficients(1, 0.1, 0.002))
    renumbered = [
        done(trial.executor, trial.workers, 13 - trial.block, trial.work_s or 0)
        for trial in made.trials
    ]

    assert fits(record(renumbered)) == fits(made)


def test_workers_that_wait_do_not_take_turns_at_the_cpus() -> None:
    def sentence_of(workload: str) -> str:
        made = scaled(Coefficients(1.0, 0.1, 0.01))
        trials = tuple(replace(trial, workload=workload) for trial in made.trials)
        (found,) = fits(replace(made, trials=trials))
        return found.sentence

    assert "Workers past the CPUs (2) take turns" in sentence_of("leibniz")
    assert "take turns" not in sentence_of("waiting")


def test_the_ceiling_is_no_executor_and_gets_no_fit() -> None:
    made = scaled(Coefficients(1.0, 0.1, 0.01))
    ceiling = [replace(t, executor="ceiling") for t in made.trials if t.executor != "serial"]

    assert fits(replace(made, trials=(*made.trials, *ceiling))) == fits(made)


def test_a_run_without_workers_has_no_fits() -> None:
    assert fits(record([done("serial", 1, 1, 1.0)])) == ()
    assert fits(record([])) == ()
