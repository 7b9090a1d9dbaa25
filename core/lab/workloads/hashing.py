"""SHA-256 of a mebibyte of zeros, again and again: C that gives the GIL back meanwhile."""

import hashlib

MEBIBYTE = bytes(2**20)
DIGEST = "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58"


def hash_mebibytes(first: int, last: int) -> int:
    """Hash from the `first` to the `last` time, and count the right digests."""
    right = 0
    for _ in range(first, last + 1):
        if hashlib.sha256(MEBIBYTE).hexdigest() == DIGEST:
            right += 1
    return right
