"""The installed window does without OpenGL's bindings: pyqtgraph is content with what stands in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import sys
sys.path.append("packaging")
import no_opengl
for name in no_opengl.STANDS_FOR:
    sys.modules["PySide6." + name] = no_opengl
import pyqtgraph
from PySide6.QtWidgets import QApplication
app = QApplication([])
chart = pyqtgraph.PlotWidget()
chart.plot([1, 2, 3], [3, 1, 2])
assert len({chart.grab().toImage().pixel(x, 100) for x in range(200)}) > 1
try:
    chart.useOpenGL(True)
except RuntimeError as error:
    print(error)
"""


def test_a_chart_is_drawn_and_one_by_opengl_is_refused() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "without OpenGL" in ended.stdout
