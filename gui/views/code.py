"""The script of an experiment: shown as it runs, its lines that matter marked; copied, saved."""

from pathlib import Path

from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import cannot_write
from core.experiments.base import Code
from gui.theme import Theme
from gui.views.code_text import CodeText


class CodeView(QWidget):
    """A script, highlighted; it stays where it was scrolled to when settings change."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        from superqt.utils import CodeSyntaxHighlight

        self._theme = theme
        self._code = Code("", "")
        self._text = CodeText("Script", theme)
        self._highlight = CodeSyntaxHighlight(self._text.document(), "python", _style(theme))
        self._said = QLabel("This file is what runs. Marked lines matter most.")
        self._said.setProperty("muted", True)
        copy, save = QPushButton("Copy"), QPushButton("Save as script …")
        copy.setToolTip("Copy the whole script to the clipboard")
        self._save = save
        save.setObjectName("save-script")
        copy.clicked.connect(self._copy)
        save.clicked.connect(self._ask_where)
        row = QHBoxLayout()
        row.setContentsMargins(0, 6, 0, 0)
        row.addWidget(self._said, 1)
        row.addWidget(copy)
        row.addWidget(save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self._text, 1)
        theme.changed.connect(self._restyle)

    def show_code(self, code: Code) -> None:
        """Show a script."""
        if code == self._code:
            return
        self._code = code
        needs = code.needs or "nothing else"
        self._save.setToolTip(f"Save a file that runs alone: it needs Python, and {needs}")
        lines = code.text.split("\n")
        marked = {n for n, line in enumerate(lines) if any(mark in line for mark in code.marks)}
        self._text.show_text(code.text, marked)

    def save(self, path: Path) -> None:
        """Write the script to a file and say so, or say why not."""
        try:
            path.write_text(self._code.text, encoding="utf-8")
        except OSError as error:
            self._said.setText(cannot_write(path, error))
        else:
            needs = f" (needs {self._code.needs})" if self._code.needs else ""
            self._said.setText(f"Saved. Run it with: python {path.name}{needs}")

    def _copy(self) -> None:
        QApplication.clipboard().setText(self._code.text)
        self._said.setText("Copied.")

    def _ask_where(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save as script", self._code.name, "Python (*.py)"
        )
        if name:
            self.save(Path(name))

    def _restyle(self) -> None:
        self._highlight.setTheme(_style(self._theme))


def _style(theme: Theme) -> str:
    """Name the pygments style that reads well on the theme's ground."""
    return "github-dark" if theme.is_dark else "friendly"
