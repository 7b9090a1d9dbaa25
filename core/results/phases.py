"""Where the wall time of a trial went, from the spans of its tasks.

    opened          s₁                                            E             D
      |   opening   |  each worker: sending, queueing, computing,  | collecting  |
      |             |  again and again; waiting for the slowest    |             |

The main thread's clock cuts the wall time at three places: s₁, the first submit; E, the end of the
last task; D, the arrival of the last result. Between s₁ and E each of the p workers does something
else, so that part is counted worker by worker and divided by p. Nothing is left over and nothing
counted twice: the parts sum to D, the wall time. The opening is a little longer than the trial's
start-up, `TrialRecord.startup_s`: every worker is up for a moment before the first submit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.results.records import TaskRecord, TrialRecord


class Part(NamedTuple):
    """One part of the wall time: its field in Phases, its name, and what it is, for a person."""

    field: str
    label: str
    help: str


PARTS = (
    Part(
        "opening_s",
        "Opening",
        "the start-up, until the last worker has answered, and then until the first task is sent",
    ),
    Part("sending_s", "Sending", "workers idle while the main thread still submits their task"),
    Part(
        "queueing_s",
        "Queueing",
        "workers idle although their task is submitted: it is on its way through queue and pipe,"
        " or waits for the GIL or a CPU to begin",
    ),
    Part("computing_s", "Computing", "workers within a task, with or without a CPU"),
    Part(
        "waiting_s", "Waiting for the slowest", "workers with nothing left to do while others are"
    ),
    Part("collecting_s", "Collecting", "from the end of the last task until its result is there"),
)


@dataclass(frozen=True)
class Phases:
    """The parts of a trial's wall time, in seconds; the first six sum to `wall_s`.

    With s, h, b, e the times at which a task was submitted, handed over (its submit had returned),
    began and ended; s₁ the first submit, E the last end and D the last result, from the opening of
    the pool; p workers, and before(i) the end of the worker's task before i, or s₁ at the first:

        opening_s     s₁
        sending_s     Σᵢ (h'ᵢ - before(i)) / p     where h' is h, not before before(i), nor after b
        queueing_s    Σᵢ (bᵢ - h'ᵢ) / p
        computing_s   Σᵢ (eᵢ - bᵢ) / p
        waiting_s     Σ over workers (E - end of its last task) / p
        collecting_s  D - E

    `on_cpu_s` is the share of `computing_s` for which a CPU was there: the rest is waiting for the
    GIL, for a CPU or, where the work is to wait, for that. `closing_s`, the shutdown of the pool,
    comes after the last result and is no part of `wall_s`.
    """

    opening_s: float
    sending_s: float
    queueing_s: float
    computing_s: float
    waiting_s: float
    collecting_s: float
    wall_s: float
    on_cpu_s: float
    closing_s: float

    @property
    def parts(self) -> tuple[tuple[Part, float], ...]:
        """The six parts with their seconds, in the order in which they are drawn."""
        return tuple((part, getattr(self, part.field)) for part in PARTS)


class _Span(NamedTuple):
    handed: float
    start: float
    end: float


def phases(trial: TrialRecord) -> Phases | None:
    """Divide a finished trial's wall time into its parts; None where it has no tasks to tell of.

    Pure; any thread, some microseconds for each task. Times that contradict one another, as a clock
    that jumps leaves them, are cut to what is possible, so that the sum holds whatever happens.
    """
    if trial.work_s is None or not trial.tasks:
        return None
    first = trial.tasks[0].submit_s
    done = first + max(0.0, trial.work_s)
    lanes = _lanes(trial.tasks, first, done, trial.sending_s)
    workers = max(trial.workers, len(lanes))
    sending = queueing = computing = 0.0
    ends = []
    for lane in lanes.values():
        before = first
        for span in lane:
            start = max(before, span.start)
            handed = min(max(before, span.handed), start)
            end = max(start, span.end)
            sending += handed - before
            queueing += start - handed
            computing += end - start
            before = end
        ends.append(before)
    last_end = max(ends)
    ends += [first] * (workers - len(ends))  # those that got no task
    cpu = sum(task.cpu_s for task in trial.tasks)
    return Phases(
        opening_s=first,
        sending_s=sending / workers,
        queueing_s=queueing / workers,
        computing_s=computing / workers,
        waiting_s=sum(last_end - end for end in ends) / workers,
        collecting_s=done - last_end,
        wall_s=first + trial.work_s if trial.wall_s is None else trial.wall_s,
        on_cpu_s=min(cpu, computing) / workers,
        closing_s=trial.closing_s or 0.0,
    )


def _lanes(
    tasks: Iterable[TaskRecord], first: float, done: float, sending_s: float | None
) -> dict[int, list[_Span]]:
    """Sort the tasks to their workers, by rising start, all times cut to what the trial spans.

    A task is handed over when the next is about to be submitted; the last when all have been.
    """
    ordered = tuple(tasks)
    last = ordered[-1].submit_s if sending_s is None else first + sending_s
    handed = [*(task.submit_s for task in ordered[1:]), last]

    def cut(moment: float) -> float:
        return min(max(moment, first), done)

    lanes: dict[int, list[_Span]] = {}
    for task, at in zip(ordered, handed, strict=True):
        span = _Span(cut(at), cut(task.start_s), cut(task.end_s))
        lanes.setdefault(task.worker, []).append(span)
    for lane in lanes.values():
        lane.sort(key=lambda span: span.start)
    return lanes
