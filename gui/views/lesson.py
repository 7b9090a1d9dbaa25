"""The lesson of an experiment: a page of Markdown."""

from pathlib import Path

from PySide6.QtWidgets import QTextBrowser

from gui.theme import Theme

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "lessons"


class LessonView(QTextBrowser):
    """The lesson called `name`, in the reader's size. GUI thread."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._markdown = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
        self.setObjectName("lesson")
        self.setAccessibleName("Lesson")
        self.setOpenExternalLinks(False)
        self.document().setDocumentMargin(12)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        place = self.verticalScrollBar().value()
        self.document().setDefaultFont(self._theme.font(1.05))
        self.setMarkdown(self._markdown)
        self.verticalScrollBar().setValue(place)
