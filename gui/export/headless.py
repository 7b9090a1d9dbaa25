"""The report as PDF for the command line: Qt without any window, or display."""

import os

from core.errors import BadInput
from core.report.report import Report


def pdf(report: Report) -> bytes:
    """Write a report; raises BadInput where Qt cannot be loaded. Main thread."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        from PySide6.QtWidgets import QApplication

        from gui.export.pdf import pdf as written
        from gui.fonts import ensure_fonts
    except ImportError as error:
        raise BadInput(
            f"PDF needs Qt, which cannot be loaded: {error}. Write a .html and print it instead."
        ) from error
    app = QApplication.instance() or QApplication(["futures-lab"])
    try:
        ensure_fonts()
        return written(report)
    finally:
        del app
