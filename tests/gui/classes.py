"""A class of laptops with different CPUs and Pythons, as each student would have sent a run."""

from __future__ import annotations

from random import Random

from msgspec.structs import replace

from core.results.share import Shared, shared
from tests.gui.sweeps import begun, trial

_WORKERS = (1, 2, 4, 8)


def students(count: int = 30) -> list[Shared]:
    """Make runs whose processes scale with the laptop's CPUs, and whose threads do not."""
    random = Random(3)
    return [_student(number, random) for number in range(1, count + 1)]


def _student(number: int, random: Random) -> Shared:
    cores = random.choice((2, 4, 4, 8, 8, 12))
    version = random.choice(("3.10.13", "3.11.7", "3.12.1", "3.14.0"))
    trials = []
    for block in range(1, 6):
        plain = random.uniform(0.8, 1.2)
        trials.append(trial("serial", 1, block, plain))
        for workers in _WORKERS:
            share = plain / min(workers, cores) ** 0.92 * random.uniform(0.95, 1.08)
            trials.append(trial("processes", workers, block, share))
            trials.append(trial("threads", workers, block, plain * random.uniform(0.97, 1.12)))
    began = begun(blocks=5, workers=_WORKERS)
    python = began.environment.python
    assert python is not None
    machine = replace(
        began.environment,
        usable_cpus=cores,
        logical_cpus=cores,
        cpu=f"CPU of laptop {number}",
        python=replace(python, version=version),
    )
    ordered = tuple(replace(one, order=place) for place, one in enumerate(trials, 1))
    run = replace(
        began,
        environment=machine,
        trials=ordered,
        status="finished",
        planned_trials=len(ordered),
        started_at=f"2026-11-{number % 28 + 1:02}T10:00:00+00:00",
    )
    return shared(run, whose=f"student {number}")
