"""What Linux tells in the files of /proc."""

import io


def read(path: str) -> str:
    """Return what a file says now; bytes that are no UTF-8, as names may have, become "\ufffd".

    Raises OSError where there is no such file, or what it tells of has ended. Opened without
    pathlib, which would be one more import in the process that is measured.
    """
    with io.FileIO(path) as file:
        return file.readall().decode("utf-8", "replace")
