"""What stands for PySide6.QtOpenGL and QtOpenGLWidgets, 9 MB of bindings, in what is installed.

pyqtgraph imports both by name to derive classes that draw by OpenGL, which it does only where
`useOpenGL` is set; the lab draws without. Whoever made such a widget would be told.
"""

from typing import Any

STANDS_FOR = ("QtOpenGL", "QtOpenGLWidgets")


class QOpenGLWidget:
    """Can be derived from, as pyqtgraph does; to make one is an error."""

    def __init__(self, *_arguments: Any, **_more: Any) -> None:
        raise RuntimeError("This installation draws without OpenGL: run the lab from source.")
