"""What kinds of workers this Python has; light, so that naming them costs nothing."""

KINDS = ("serial", "threads", "processes")


def start_methods() -> list[str]:
    """List the start methods of this Python on this platform, its default first."""
    from multiprocessing import get_all_start_methods

    return get_all_start_methods()
