"""π by points thrown at a square: the share that falls within the quarter circle is π / 4."""

# One stream of random numbers, each the one before times 48271, modulo 2³¹ - 1: the "minimal
# standard" of Park, Miller and Stockmeyer (1993), which is std::minstd_rand in C++.
MULTIPLIER = 48271
MODULUS = 2**31 - 1
ORIGIN = 1


def throw_points(first: int, last: int) -> int:
    """Throw the points from `first` to `last`, and count those within the quarter circle.

    A power leads straight to the first point's place in the stream, so that the points, and the
    answer, are the same however the work is split.
    """
    hits = 0
    number = ORIGIN * pow(MULTIPLIER, 2 * (first - 1), MODULUS) % MODULUS
    for _ in range(first, last + 1):
        x = number * MULTIPLIER % MODULUS
        number = y = x * MULTIPLIER % MODULUS
        if x * x + y * y < MODULUS * MODULUS:
            hits += 1
    return hits
