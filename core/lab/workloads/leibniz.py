"""π by the Leibniz series, in the book's own lines: 4 · (1 - 1/3 + 1/5 - 1/7 + ...)."""

import math

from core.lab.programs.pi_scaling import myPi

WORK = myPi
ANSWER = math.pi


def tolerance(size: int) -> float:
    """Give the largest error of `size` terms that is no mistake.

    An alternating series errs by less than its first term left out, 4 / (2·size + 1); rounding adds
    less than one unit in the last place of 4 for each term.
    """
    return 4 / (2 * size + 1) + size * math.ulp(4.0)
