"""The lesson of an experiment: a page of Markdown."""

from pathlib import Path

from gui.theme import Theme
from gui.views.reading_page import ReadingPage

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "lessons"


class LessonView(ReadingPage):
    """The lesson called `name`, in the reader's size. GUI thread."""

    def __init__(self, name: str, theme: Theme) -> None:
        markdown = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
        super().__init__("lesson", "Lesson", lambda view: view.setMarkdown(markdown), theme)
