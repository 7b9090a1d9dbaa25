"""π by the Leibniz series in NumPy, which gives the GIL back while it computes."""

import numpy

CHUNK = 2**16  # terms with one call; even, so that each chunk begins with the same sign


def leibniz_in_numpy(m: int, n: int) -> float:
    """Sum the terms from `m` to `n`, times 4."""
    total = 0.0
    for low in range(m, n + 1, CHUNK):
        k = numpy.arange(low, min(low + CHUNK, n + 1), dtype=float)
        terms = 1 / (2 * k - 1)
        total += float(terms[0::2].sum() - terms[1::2].sum())
    return 4 * total if m % 2 else -4 * total
