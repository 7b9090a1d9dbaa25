"""How much is measured: the size of the work, and when a run has enough blocks.

Shared by the experiments that sweep. A run ends with its last repeat, when every interval is narrow
enough, or when its time is up; never because of what the figures are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.experiments.base import Growth
from core.lab.kinds import configuration
from core.parameters import Choice, Number, Option, Parameter, Values
from core.results.statistics import ENOUGH_BLOCKS, duration

if TYPE_CHECKING:
    from core.results.records import RunRecord, TrialRecord

_MOST_BLOCKS = 1000
MOST_TRIALS = 10_000
MOST_TASKS = 1_000_000
_SO_FAR = "blocks so far"  # no parameter: known to the plan of a run that grows


class Protocol:
    """The parameters of the protocol, by these names, and what follows from their values.

    Values without them mean a fixed size and a fixed number of repeats.
    """

    def parameters(self) -> tuple[Parameter, ...]:
        """Declare the parameters."""
        return (
            Choice(
                name="size",
                label="Size",
                help="How much work there is: what you type, or what a plain call does in a time"
                " that you choose, found by short calls before the run.",
                default="fixed",
                advanced=True,
                options=(
                    Option("fixed", "as typed", "The number that stands above."),
                    Option("calibrated", "by time", "As much as serial does in the time below."),
                ),
            ),
            Number(
                name="serial-seconds",
                label="Serial takes",
                help="How long one plain call shall take when the size goes by time. Longer work"
                " is measured more surely; half a second is enough on a quiet machine.",
                hint="For a size by time.",
                default=0.5,
                minimum=0.02,
                maximum=60.0,
                unit="s",
                advanced=True,
            ),
            Choice(
                name="until",
                label="Measure until",
                help="When the run has enough: after the repeats above, when every interval is"
                " narrow enough, or when the time is up. Never when the result pleases: that"
                " would make chance look like a finding.",
                default="repeats",
                advanced=True,
                options=(
                    Option("repeats", "all repeats are done", "As many as stand above."),
                    Option("width", "intervals are narrow", "Or when the time is up."),
                    Option("time", "the time is up", "As many repeats as fit."),
                ),
            ),
            Number(
                name="width",
                label="Narrow means",
                help="How far the ends of each 95 % interval may be apart, in percent of the"
                f" speed-up. It takes {ENOUGH_BLOCKS} repeats at least; half the width takes about"
                " four times as many.",
                hint="For narrow intervals.",
                default=5.0,
                minimum=0.1,
                maximum=100.0,
                unit="%",
                advanced=True,
            ),
            Number(
                name="budget",
                label="Time",
                help="How long the run may take, in seconds, where it does not end with the"
                " repeats. A repeat that has begun is finished.",
                hint="For a run that ends by itself.",
                default=60.0,
                minimum=1.0,
                maximum=86_400.0,
                unit="s",
                advanced=True,
            ),
        )

    def check(self, values: Values, compares: bool) -> Mapping[str, str]:
        """Tell what does not go together; `compares` is whether there is anything to divide."""
        if values.get("until") == "width" and not compares:
            return {
                "until": "There is nothing to compare, so there is no interval:"
                " choose threads or processes too, and serial or several workers."
            }
        return {}

    def serial_s(self, values: Values) -> float | None:
        """Give the time that a plain call shall take; None for a fixed size."""
        if values.get("size", "fixed") == "fixed":
            return None
        return float(values["serial-seconds"])

    def budget_s(self, values: Values) -> float | None:
        """Give the time that a run may take that grows; None for one that does not."""
        if values.get("until", "repeats") == "repeats":
            return None
        return float(values["budget"])

    def as_run(self, values: Values, record: RunRecord) -> Values:
        """Give the values of a size and a number of repeats that a run came to by itself as fixed.

        What stands for the size itself is the experiment's own.
        """
        fixed = {**values, "size": "fixed", "until": "repeats"}
        done = max((trial.block for trial in record.trials), default=0)
        if done and self.budget_s(values) is not None:
            fixed["blocks"] = done
        return fixed

    def blocks(self, values: Values) -> int:
        """Give the number of blocks to plan; a run that grows begins with one."""
        return int(values["blocks"]) if self.budget_s(values) is None else values.get(_SO_FAR, 1)

    def grow(self, values: Values, parts: Sequence[RunRecord], elapsed_s: float) -> Growth:
        """Decide whether one more block is wanted, after those in `parts`, one for each Python."""
        budget_s = self.budget_s(values)
        if budget_s is None:
            return Growth()
        trials = [trial for part in parts for trial in part.trials]
        done = max((trial.block for trial in trials), default=0)
        if not any(trial.block == done and trial.status == "done" for trial in trials):
            return Growth(end_reason="The last repeat failed as a whole, so the run ended with it.")
        width, who = _widest(parts)
        wanted = float(values["width"]) / 100 if values["until"] == "width" else 0.0
        if wanted and width <= wanted:
            return Growth(end_reason=f"Every interval is narrower than {_percent(wanted)}: enough.")
        each_s = elapsed_s / done
        if elapsed_s + each_s > budget_s:
            return Growth(end_reason=_time_is_up(budget_s, width, who))
        if done >= _MOST_BLOCKS or _too_many(trials, done):
            return Growth(end_reason=f"{done} repeats are as many as a run can hold.")
        later_s = budget_s - elapsed_s - each_s
        if wanted and math.isfinite(width):
            needed = max(ENOUGH_BLOCKS, done * (width / wanted) ** 2)  # as 1 / √n
            later_s = min(later_s, max(0.0, needed - done - 1) * each_s)
        longer = {**values, _SO_FAR: done + 1}
        return Growth(longer, _waits_for(done + 1, width, who, wanted), later_s)


PROTOCOL = Protocol()


def _widest(parts: Sequence[RunRecord]) -> tuple[float, str]:
    """Give the width of the widest interval and whose it is; endless while one is provisional."""
    from core.results import verdicts  # late: the form needs the parameters, not the figures

    found = [one for part in parts for one in verdicts.speedups(part)]
    if not found:
        return math.inf, ""
    widest = max(found, key=lambda one: one.width)
    return widest.width, configuration(widest.executor, widest.workers)


def _too_many(trials: Sequence[TrialRecord], done: int) -> bool:
    """Tell whether one more block like those that are done is more than a run can hold."""
    tasks = sum(len(trial.tasks) for trial in trials)
    return len(trials) * (done + 1) > MOST_TRIALS * done or tasks * (done + 1) > MOST_TASKS * done


def _waits_for(block: int, width: float, who: str, wanted: float) -> str:
    if not wanted:
        return f"repeat {block}, until the time is up"
    if math.isinf(width):
        return f"repeat {block}: an interval needs {ENOUGH_BLOCKS}"
    return f"repeat {block}: widest is {who}, {_percent(width)}, until {_percent(wanted)}"


def _time_is_up(budget_s: float, width: float, who: str) -> str:
    begun = f"The time of {duration(budget_s)} is up"
    if math.isinf(width):
        return f"{begun}, with too few repeats for an interval."
    return f"{begun}; the widest interval, of {who}, is {_percent(width)}."


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:.0f} %" if percent >= 9.95 else f"{percent:.2g} %"
