"""Run before all else in the installed window: stand in for bindings of 9 MB that it never uses.

pyqtgraph imports QtOpenGL and QtOpenGLWidgets to derive classes that draw by OpenGL, which it does
only where `useOpenGL` is set; the lab draws without. Whoever made such a widget would be told.
"""

import sys
from types import ModuleType
from typing import Any


class QOpenGLWidget:
    """Can be derived from, as pyqtgraph does; to make one is an error."""

    def __init__(self, *_arguments: Any, **_more: Any) -> None:
        raise RuntimeError("This installation draws without OpenGL: run the lab from source.")


for name in ("QtOpenGL", "QtOpenGLWidgets"):
    module = ModuleType(f"PySide6.{name}")
    vars(module)["QOpenGLWidget"] = QOpenGLWidget
    sys.modules[module.__name__] = module
