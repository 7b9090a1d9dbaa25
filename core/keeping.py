"""What the history needs to know of experiments, and of the machine's folders."""

from collections.abc import Callable

from core import experiments
from core.errors import BadInput
from core.results.history.history import History
from core.results.history.opening import default_folder
from core.results.records import RunRecord


def headline(record: RunRecord) -> str:
    """Say in a line what a run found; empty for an experiment that is not known here."""
    try:
        experiment = experiments.find(record.experiment)
    except BadInput:
        return ""
    return "; ".join(experiment.summary(record).headline)


def users_history(on_problem: Callable[[str], None] = lambda sentence: None) -> History:
    """Open the history of whoever runs this program; who calls it shuts it down."""
    return History(default_folder(), headline, on_problem)
