"""Pages of Markdown that lie in `resources`: the lesson of an experiment, the words of the lab."""

from pathlib import Path

from gui.theme import Theme
from gui.views.reading_page import ReadingPage

_RESOURCES = Path(__file__).resolve().parents[2] / "resources"


class LessonView(ReadingPage):
    """The lesson of the experiment `name`, in the reader's size. GUI thread."""

    def __init__(self, name: str, theme: Theme) -> None:
        text = _read("lessons", name)
        super().__init__("lesson", "Lesson", lambda view: view.setMarkdown(text), theme)


class WordsView(ReadingPage):
    """What the words on all pages mean, in the reader's size. GUI thread."""

    def __init__(self, theme: Theme) -> None:
        text = _read("help", "words")
        super().__init__("words", "Words", lambda view: view.setMarkdown(text), theme)


def _read(folder: str, name: str) -> str:
    return (_RESOURCES / folder / f"{name}.md").read_text(encoding="utf-8")
