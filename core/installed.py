"""Whether this program was installed as one whole, with a Python of its own, or runs from source.

An installed program ("frozen" by PyInstaller) is two executables in one folder: the window, and a
small one without Qt that acts as the interpreter of lab processes and their pools. What is ours
lies beside them as plain files, in the same order as in the source.

On Windows nothing is frozen: launchers run the source in a plain Python's library, and the worker
is that Python's own executable under another name.
"""

import os
import sys
from pathlib import Path

_NAME = "futures-lab"
_WORKER = f"{_NAME}-worker"
_BOOTLOADER = "_PYI_"  # how PyInstaller's bootloader talks to its own children
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "LIBPATH")  # what that bootloader sets


def is_installed() -> bool:
    """Tell whether this is the installed program."""
    return bool(getattr(sys, "frozen", False)) or _has_launchers()


def _has_launchers() -> bool:
    return sys.platform == "win32" and Path(sys.executable).name.startswith(_NAME)


def program() -> tuple[str, ...]:
    """Give the command that starts this program again."""
    if is_installed():
        return (sys.executable,)
    return (sys.executable, str(Path(__file__).resolve().parents[1] / "main.py"))


def typed() -> str:
    """Say what a person types to start this program."""
    return _NAME if is_installed() else "python main.py"


def interpreter() -> str:
    """Give the interpreter that runs this program's own lab processes: one that has no Qt."""
    if not is_installed():
        return sys.executable
    return str(Path(sys.executable).with_name(_WORKER).with_suffix(Path(sys.executable).suffix))


def environment() -> dict[str, str]:
    """Copy the environment as it was before our own libraries were put on its paths.

    Another Python that inherited them would load our libraries in place of its own.
    """
    mine = dict(os.environ)
    if is_installed():
        for name in _LIBRARY_PATHS:
            before = mine.pop(f"{name}_ORIG", None)
            mine.pop(name, None)
            if before:
                mine[name] = before
        for name in [name for name in mine if name.startswith(_BOOTLOADER)]:
            del mine[name]
    return mine
