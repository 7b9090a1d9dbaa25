"""What Linux tells in the files of /proc."""


def read(path: str) -> str:
    """Return what a file says now; bytes that are no UTF-8, as names may have, become "\ufffd".

    Raises OSError where there is no such file, or what it tells of has ended. Opened plainly:
    pathlib would be one more import in the process that is measured.
    """
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - see above
        return file.read()
