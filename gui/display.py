"""Whether a window can be opened here: asked before Qt is, because Qt would abort."""

import ctypes
import importlib.util
import os
import sys
from contextlib import suppress
from pathlib import Path

from core.installed import typed

_HEADLESS = f"{typed()} run pi-scaling --help"
_PACKAGES = (
    "libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0 libx11-xcb1 libxcb-cursor0"
    " libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0"
    " libxcb-shm0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxkbcommon-x11-0"
)


def display_problem() -> str:
    """Say why no window can be opened, and what to do; empty when one can.

    Where only Wayland answers although there is a DISPLAY, Qt is told to use it.
    """
    asked = os.environ.get("QT_QPA_PLATFORM", "")
    if sys.platform == "linux" and asked in ("", "xcb", "wayland"):
        return _problem_on_linux(asked)
    return ""


def _problem_on_linux(asked: str) -> str:
    wayland = asked != "xcb" and _wayland_answers()
    x = asked != "wayland" and bool(os.environ.get("DISPLAY"))
    if not wayland and not x:
        return f"There is no display to open a window on. Without one: {_HEADLESS}"
    if x and (missing := _missing_library()):
        return (
            f"Qt needs a system library that is missing: {missing}."
            f" On Debian or Ubuntu: sudo apt install {_PACKAGES}. Without a window: {_HEADLESS}"
        )
    if x and not _x_answers():
        if not wayland:
            display = os.environ["DISPLAY"]
            return f"The display {display} does not answer. Without one: {_HEADLESS}"
        os.environ["QT_QPA_PLATFORM"] = "wayland"
    return ""


def _missing_library() -> str:
    """Load Qt's plugin for X, as Qt will, and return the loader's complaint."""
    package = importlib.util.find_spec("PySide6")
    if package is None or package.origin is None:
        return ""  # the import that follows says it better
    plugin = Path(package.origin).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    try:
        if plugin.exists():  # a distribution's own Qt keeps it elsewhere, with its libraries
            ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return ""


def _x_answers() -> bool:
    """Connect to the X display and hang up again."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    try:
        return not xcb.xcb_connection_has_error(connection)
    finally:
        xcb.xcb_disconnect(connection)


def _wayland_answers() -> bool:
    """Connect to the Wayland compositor's socket and hang up again."""
    name = os.environ.get("WAYLAND_DISPLAY")
    if sys.platform != "win32" and name:
        import socket

        path = Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name
        with socket.socket(socket.AF_UNIX) as compositor, suppress(OSError):
            compositor.connect(str(path))
            return True
    return False
