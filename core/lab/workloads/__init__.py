"""The work that is split over workers: `work(start, stop)`, both ends included, gives a part.

Beside `leibniz`, whose lines are the book's, each module is plain code that is run, shown and
exported as it stands, and a line of WORKLOADS says what the sum of its parts must be.
"""

import math
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from typing import NamedTuple

from core.lab.errors import NotHere


class About(NamedTuple):
    """What is known of a workload without importing it.

    `function` is the work's name in its module, `mark` a piece of the line that does it.
    `value(total, size)` is what the sum of all parts stands for, written out as `formula` with
    `units` as the name of the size. `answer(size)` is what it must be, `tolerance(size)` the
    largest honest distance between the two. `unit` and `units` name what is counted; one of it
    takes about as long as `terms_each` terms of the Leibniz series, and there can be `most`.
    `computes` is false where a CPU has nothing to do, `holds_gil` where threads can share the work
    under the GIL. `needs` is a module from outside of the standard library.
    """

    name: str
    label: str
    help: str
    module: str
    function: str
    mark: str
    unit: str
    units: str
    answer: Callable[[int], float]
    tolerance: Callable[[int], float]
    value: Callable[[float, int], float] = lambda total, size: total
    formula: str = "total"
    terms_each: int = 1
    most: int = 100_000_000_000
    computes: bool = True
    holds_gil: bool = True
    needs: str = ""


class Workload(NamedTuple):
    """A function that can be split, and the checks of its answer; see About."""

    name: str
    work: Callable[[int, int], float]
    answer: Callable[[int], float]
    tolerance: Callable[[int], float]
    value: Callable[[float, int], float] = lambda total, size: total
    units: str = "terms"


def find(name: str) -> Workload:
    """Return the workload of that name, imported.

    Raises ValueError for a name that there is not, NotHere where this Python cannot import it.
    """
    known = about(name)
    try:
        module = import_module(f"{__name__}.{known.module}")
    except ImportError as error:
        if not known.needs or (reason := _why_not(known)) is None:
            raise
        raise NotHere(f"{known.label} cannot be used: it {reason}") from error
    work = getattr(module, known.function)
    return Workload(name, work, known.answer, known.tolerance, known.value, known.units)


def about(name: str) -> About:
    """Return what is known of a workload; raise ValueError for a name that there is not."""
    for known in WORKLOADS:
        if known.name == name:
            return known
    raise ValueError(f"there is no workload {name!r}")


def named(name: str) -> str:
    """Name the work for a sentence, "π" or "Hashing"; whatever it is, as a record may be newer."""
    label = next((known.label for known in WORKLOADS if known.name == name), name)
    return label.partition(",")[0]


def missing() -> dict[str, str]:
    """Say of each workload that this Python cannot run what it needs, as in "needs NumPy, ..."."""
    reasons = ((known.name, _why_not(known)) for known in WORKLOADS if known.needs)
    return {name: reason for name, reason in reasons if reason}


def conflict(workload: str, kind: str) -> str:
    """Say why a workload cannot run on a kind of workers, in any Python; empty where it can."""
    if kind == "interpreters" and about(workload).needs == "numpy":
        return "NumPy cannot be imported in sub-interpreters"
    return ""


def split(size: int, parts: int) -> list[tuple[int, int]]:
    """Cut 1..size into `parts` ranges (start, stop), both ends included, as even as can be.

    The book's two halves, (1, N//2) and (N//2+1, N), are `split(N, 2)`.
    """
    if not 1 <= parts <= size:
        raise ValueError(f"{size} terms cannot be split into {parts} tasks")
    bounds = [size * part // parts for part in range(parts + 1)]
    return [(low + 1, high) for low, high in pairwise(bounds)]


def _why_not(known: About) -> str | None:
    if find_spec(known.needs) is not None:
        return None
    return "needs NumPy, which is not installed for this Python"


def _leibniz_error(size: int) -> float:
    """Give the largest error of `size` terms of the series that is no mistake.

    An alternating series errs by less than its first term left out, 4 / (2·size + 1); rounding adds
    less than one unit in the last place of 4 for each term.
    """
    return 4 / (2 * size + 1) + size * math.ulp(4.0)


def _monte_carlo_error(size: int) -> float:
    """Give five standard errors of 4 · hits / size, where a point hits with probability π / 4.

    The variance of a share p of n independent points is p (1 - p) / n; five of its roots are passed
    once in 1.7 million times by chance.
    """
    return 5 * math.sqrt(math.pi * (4 - math.pi) / size)


WORKLOADS = (
    About(
        name="leibniz",
        label="π, Leibniz",
        help="The book's series, 4 · (1 - 1/3 + 1/5 - ...), in pure Python: a thread needs the GIL"
        " for every term.",
        module="leibniz",
        function="myPi",
        mark="pi += s",
        unit="term",
        units="terms",
        answer=lambda size: math.pi,
        tolerance=_leibniz_error,
    ),
    About(
        name="monte-carlo",
        label="π, Monte Carlo",
        help="Points thrown at a square, in pure Python; the share within the quarter circle is"
        " π / 4. A thread needs the GIL for every point. The points are the same however the work"
        " is split.",
        module="monte_carlo",
        function="throw_points",
        mark="x * x + y * y",
        unit="point",
        units="points",
        answer=lambda size: math.pi,
        tolerance=_monte_carlo_error,
        value=lambda hits, size: 4 * hits / size,
        formula="4 * total / points",
        most=1_000_000_000,
    ),
    About(
        name="numpy",
        label="π, NumPy",
        help="The same series in NumPy, many terms with one call: NumPy gives the GIL back while it"
        " computes, so threads can share the work.",
        module="leibniz_numpy",
        function="leibniz_in_numpy",
        mark="1 / (2 * k - 1)",
        unit="term",
        units="terms",
        answer=lambda size: math.pi,
        tolerance=_leibniz_error,
        holds_gil=False,
        needs="numpy",
    ),
    About(
        name="hashing",
        label="Hashing",
        help="SHA-256 of a mebibyte, again and again. The C code of hashlib gives the GIL back"
        " meanwhile: threads can share the work, with nothing but the standard library.",
        module="hashing",
        function="hash_mebibytes",
        mark="hashlib.sha256(",
        unit="mebibyte",
        units="mebibytes",
        answer=float,
        tolerance=lambda size: 0.0,
        terms_each=20_000,
        most=5_000_000,
        holds_gil=False,
    ),
    About(
        name="waiting",
        label="Waiting",
        help="Waits of a millisecond, as for a disk or the network: nobody needs a CPU, and more"
        " workers than CPUs still gain.",
        module="waiting",
        function="wait",
        mark="time.sleep(PAUSE_S)",
        unit="wait",
        units="waits",
        answer=float,
        tolerance=lambda size: 0.0,
        terms_each=20_000,
        most=5_000_000,
        computes=False,
        holds_gil=False,
    ),
)
NAMES = tuple(known.name for known in WORKLOADS)
