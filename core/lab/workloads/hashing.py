"""SHA-256 of a block of zeros, again and again: C code that gives the GIL back meanwhile."""

import hashlib

BLOCK = bytes(2**20)
DIGEST = "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58"


def hash_blocks(first: int, last: int) -> int:
    """Hash the blocks from `first` to `last`, and count the right digests."""
    right = 0
    for _ in range(first, last + 1):
        if hashlib.sha256(BLOCK).hexdigest() == DIGEST:
            right += 1
    return right
