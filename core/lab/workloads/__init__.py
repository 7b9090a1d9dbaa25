"""The work that is split over workers: each module has WORK, the function, and its checks."""

from collections.abc import Callable
from importlib import import_module
from itertools import pairwise
from typing import NamedTuple

NAMES = ("leibniz",)


class Workload(NamedTuple):
    """A function that can be split: `work(start, stop)`, both ends included, gives a partial sum.

    `tolerance(size)` is the largest honest distance of the whole answer from `answer`.
    """

    name: str
    work: Callable[[int, int], float]
    answer: float
    tolerance: Callable[[int], float]


def find(name: str) -> Workload:
    """Return the workload of that name; raise ValueError for another."""
    if name not in NAMES:
        raise ValueError(f"there is no workload {name!r}")
    module = import_module(f"{__name__}.{name}")
    return Workload(name, module.WORK, module.ANSWER, module.tolerance)


def split(size: int, parts: int) -> list[tuple[int, int]]:
    """Cut 1..size into `parts` ranges (start, stop), both ends included, as even as can be.

    The book's two halves, (1, N//2) and (N//2+1, N), are `split(N, 2)`.
    """
    if not 1 <= parts <= size:
        raise ValueError(f"{size} terms cannot be split into {parts} tasks")
    bounds = [size * part // parts for part in range(parts + 1)]
    return [(low + 1, high) for low, high in pairwise(bounds)]
