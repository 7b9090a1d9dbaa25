"""What every experiment is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import BadInput
from core.lab.kinds import called, configuration
from core.lab.told import Fields
from core.lab_python import LabPython
from core.parameters import Option, Parameter, Values, value_of
from core.results.told import only_known

if TYPE_CHECKING:  # these take their time: the first paint does not wait for them
    from core.lab.measure import TrialSpec
    from core.results.records import RunRecord
    from core.results.verdicts import SpeedUp


@dataclass(frozen=True)
class Trial:
    """One step of a plan: a job for the lab process, its block, and how long it should take.

    `expected_work_s` is for the work alone, `expected_s` with starting and closing the workers. A
    trial that lasts longer than `limit_s` is stopped and says so. `python` is the interpreter that
    runs it, None for the run's only one. `rows` is how many its program tells, each after about the
    same time; 0 where that is not so, or not known.
    """

    job: Callable[..., Any]
    arguments: tuple[Any, ...]
    name: str
    executor: str
    workers: int
    block: int
    order: int
    start_method: str | None = None
    expected_work_s: float = 0.0
    expected_s: float = 0.0
    limit_s: float | None = None
    python: LabPython | None = None
    rows: int = 0

    @property
    def label(self) -> str:
        """Name the trial for a person: "2 threads", or what its program does."""
        what = self.name or configuration(self.executor, self.workers)
        return what if self.python is None else f"{what} on Python {self.python.name}"


def measured(spec: TrialSpec, block: int, order: int, work_s: float, whole_s: float) -> Trial:
    """Make a trial that is timed."""
    from core.lab.surroundings import observed_trial

    return Trial(
        job=observed_trial,
        arguments=(dict(spec),),
        name="",
        executor=spec["executor"],
        workers=spec["workers"],
        start_method=spec["start_method"],
        block=block,
        order=order,
        expected_work_s=work_s,
        expected_s=whole_s,
    )


def performed(
    program: str,
    settings: Mapping[str, Any],
    name: str,
    *,
    executor: str = "threads",
    workers: int = 1,
    block: int = 1,
    order: int = 1,
    expected_s: float = 1.0,
    limit_s: float = 30.0,
    rows: int = 0,
) -> Trial:
    """Make a trial that performs a program of `core.lab.programs`, within `limit_s`."""
    from core.lab.perform import perform

    return Trial(
        job=perform,
        arguments=(program, dict(settings)),
        name=name,
        executor=executor,
        workers=workers,
        block=block,
        order=order,
        expected_s=expected_s,
        limit_s=limit_s,
        rows=rows,
    )


@dataclass(frozen=True)
class Machine:
    """What an estimate needs: usable CPUs, seconds for one term, and what the Python does.

    `size` is what was found where the size of the work is calibrated.
    """

    cpus: int
    term_s: float
    gil: bool
    start_method: str
    size: int | None = None


@dataclass(frozen=True)
class Growth:
    """What a run does next that grows block by block: more trials, or none and the reason why.

    `values` plan the longer run, which begins with what is done already; None when it is enough.
    `waits_for` tells a person what more trials are for, `later_s` how long those after these may
    take.
    """

    values: Values | None = None
    waits_for: str = ""
    later_s: float = 0.0
    end_reason: str = ""


@dataclass(frozen=True)
class Summary:
    """The result in words: the headline, one line for each finding, then what qualifies it."""

    headline: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """A script: what ran, and what a student takes home.

    `marks` are pieces of the lines that matter; `needs` is what must be installed for it beside
    Python, if anything.
    """

    name: str
    text: str
    marks: tuple[str, ...] = ()
    needs: str = ""


@dataclass(frozen=True)
class Scaling:
    """Show runtime and speed-up over workers, the table of trials, and the timeline of one."""


@dataclass(frozen=True)
class Rows:
    """Show the rows that programs told as a table, with a column for each name.

    `empty` says what will be there, while there are no rows.
    """

    title: str = "Table"
    empty: str = "Rows appear here while it runs."


@dataclass(frozen=True)
class Bars:
    """Show one bar for each row: its `label`, and its `value` in `unit`, on a log scale.

    `why_none` names what says of a row without a value why it has none.
    """

    title: str
    label: str
    value: str
    unit: str
    why_none: str = ""


@dataclass(frozen=True)
class Lines:
    """Show `y` over `x`, one line for each `by`, on log scales."""

    title: str
    x: str
    y: str
    by: str
    x_label: str
    y_label: str


@dataclass(frozen=True)
class WaitGraph:
    """Show who waits for whom, live."""

    title: str = "Who waits for whom"


@dataclass(frozen=True)
class States:
    """Show the state of each future, live, with the times at which it changed."""

    title: str = "Futures"
    empty: str = "Each future appears here, with its states and their times, while it runs."


@dataclass(frozen=True)
class Listing:
    """Show the code that programs told, source beside bytecode, with its marked lines marked."""

    title: str


@dataclass(frozen=True)
class SpanWord:
    """What a state of spans, or an event, is called on the timeline, with a sentence to teach."""

    name: str
    help: str


Show = Scaling | Rows | Bars | Lines | WaitGraph | States | Listing


_CANNOT_BE_SAID = "What this run found cannot be said here"


def nothing_wrong(values: Values) -> Mapping[str, str]:
    """Be the `check` of an experiment whose values always go together."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """Parameters, the plan that they give, what shall be shown, and what the results say.

    `check` returns the problems of values that are each right but do not go together, by field.
    `calibration` names the workload that is timed before the run, and its size. `answers` are what
    a person can answer when a program asks; `at_the_window` are values that the form has at first,
    where a person sits, in place of the defaults. The jobs of one that is `in_window` run in the
    window's own thread, and the command line does not have it. `span_words` are for states of spans
    that mean something else than usual, and for what the label of an event may have in it.
    `plan`, `code` and `summary` are pure: the same values give the same plan.

    `rows` are the kinds of rows that its programs tell, each under a name that only its rows have,
    and `reads` names the parameters that the summary reads: what a record has otherwise is left
    out before. None for one whose trials tell nothing.

    `serial_s` is how long a plain call shall take, None where the values give the size. `grow` says
    how a run goes on once its plan is carried out, by what is measured so far (a record for each
    Python) and by the seconds since its first trial; pure too. `budget_s` is the time that a run
    may take that grows, None for one that does not. `as_run` puts what a run of these values found,
    such as its size, in their place: planned anew they give the same trials, and `code` of them is
    the script of that run.
    """

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    plan: Callable[[Values, Machine | None], tuple[Trial, ...]]
    summary: Callable[[RunRecord], Summary]
    code: Callable[[Values], Code]
    shows: tuple[Show, ...]
    check: Callable[[Values], Mapping[str, str]] = nothing_wrong
    calibration: Callable[[Values], tuple[str, int]] | None = None
    serial_s: Callable[[Values], float | None] = lambda values: None
    grow: Callable[[Values, Sequence[RunRecord], float], Growth] | None = None
    budget_s: Callable[[Values], float | None] = lambda values: None
    as_run: Callable[[Values, RunRecord], Values] = lambda values, record: values
    answers: tuple[Option, ...] = ()
    at_the_window: Mapping[str, Any] = field(default_factory=dict)
    in_window: bool = False
    rows: Mapping[str, Fields] | None = None
    reads: tuple[str, ...] = ()
    span_words: Mapping[str, SpanWord] = field(default_factory=dict)

    @property
    def is_sweep(self) -> bool:
        """Whether its trials are timed over numbers of workers, or tell a story."""
        return any(isinstance(show, Scaling) for show in self.shows)

    def defaults(self) -> dict[str, Any]:
        """Return the values that the parameters have at first."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def summarize(self, record: RunRecord) -> Summary:
        """Say what a record says, also one over several Pythons: each for itself.

        Where times are measured, they are compared too. A record may be a stranger's or another
        version's: what it has that no program of this experiment tells is left out, and said.
        """
        if self.rows is None:
            return self.summarize_own(record)
        strange = [name for name in self.reads if not self._is_value(name, record)]
        if strange:
            return Summary(
                (_CANNOT_BE_SAID,),
                (f"This version knows no such parameters: {', '.join(strange)}.",),
            )
        known, left_out = self.known(record)
        summary = self.summarize_own(known)
        if not left_out:
            return summary
        return Summary(summary.headline or (_CANNOT_BE_SAID,), (*summary.details, left_out))

    def known(self, record: RunRecord) -> tuple[RunRecord, str]:
        """Leave out what none of its programs tells, for who draws it; say in a sentence what."""
        return (record, "") if self.rows is None else only_known(record, self.rows)

    def _is_value(self, name: str, record: RunRecord) -> bool:
        """Whether a record has a value of this parameter."""
        parameter = next(one for one in self.parameters if one.name == name)
        value = value_of(record.parameters.get(name))
        try:
            return bool(parameter.parse_kept(parameter.format(value)) == value)
        except (BadInput, TypeError, ValueError, AttributeError):
            return False

    def summarize_own(self, record: RunRecord) -> Summary:
        """Say what a run of this program says: nothing is looked through for what is strange."""
        from core.results.pythons import by_python

        parts = by_python(record)
        told = [(name, part, self.summary(part)) for name, part in parts]
        disturbed = _disturbed(record) if self.is_sweep else ()
        if len(told) == 1:
            ((_, part, one),) = told
            ends = (*_failures(part), *disturbed)
            return Summary(one.headline, (*ends, *one.details, *_skipped(part)))
        first, *compared = _compared(parts) if self.is_sweep else ((),)
        headline = [f"Python {name}: {line}" for name, _, one in told for line in one.headline]
        failures = named_once([(name, _failures(part)) for name, part, _ in told])
        details = named_once([(name, (*one.details, *_skipped(part))) for name, part, one in told])
        rest = (f"{line}." for lines in compared for line in lines)
        return Summary((*first, *headline), (*failures, *disturbed, *rest, *details))


def _skipped(record: RunRecord) -> tuple[str, ...]:
    return tuple(f"{called(skip.what)} left out: it {skip.reason}." for skip in record.skipped)


def _failures(record: RunRecord) -> tuple[str, ...]:
    """Say how many trials failed, and why the first did."""
    failed = [trial for trial in record.trials if trial.status == "failed"]
    if not failed:
        return ()
    first = failed[0]
    reason = first.error.sentence if first.error else "No reason was given."
    count = "1 trial" if len(failed) == 1 else f"{len(failed)} trials"
    name = first.name or configuration(first.executor, first.workers)
    return (f"{count} failed; the first, {name}: {reason}",)


def _disturbed(record: RunRecord) -> tuple[str, ...]:
    """Say what disturbed trials that are timed, of all Pythons together."""
    from core.results import noise

    return tuple(noise.sentences(record))


def _compared(parts: tuple[tuple[str, RunRecord], ...]) -> list[tuple[str, ...]]:
    """Say how fast each Python is against the first: serial, then kind by kind.

    Each with as many workers as there are CPUs, at most.
    """
    from core.results import statistics, verdicts

    (first, record), *_ = parts
    cpus = record.environment.usable_cpus
    wanted = [
        (one.executor, max((p.workers for p in one.points if p.workers <= cpus), default=1))
        for one in statistics.series(record)
    ]
    found = (
        tuple(_against(one, f"{configuration(*which)} on {name}", first) for name, one in those)
        for which, those in zip(wanted, verdicts.against_first(parts, wanted), strict=True)
    )
    return [lines for lines in found if lines] or [()]


def _against(one: SpeedUp, who: str, first: str) -> str:
    """Put a comparison with the first Python into words; where it is too noisy, name that too."""
    return one.told(who, f"on {first}").replace(f"{who}: ", f"{who} against {first}: ", 1)


def named_once(told: Sequence[tuple[str, Sequence[str]]]) -> tuple[str, ...]:
    """Join what is said of several Pythons, each line with its name, or without if said of all."""
    of_all = set.intersection(*(set(lines) for _, lines in told))
    named = [
        f"Python {name}: {line}" for name, lines in told for line in lines if line not in of_all
    ]
    return (*named, *(line for line in told[0][1] if line in of_all))
