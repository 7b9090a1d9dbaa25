"""Opening files and texts of runs: by a dialog, a drop, a paste or an argument; read elsewhere.

What is opened is only ever data. A wrong file is one sentence, and those beside it open all the
same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from core.errors import ShareError
from core.reading import Reader
from gui.settings import Settings

if TYPE_CHECKING:
    from core.results.share import Shared

_KINDS = "Runs of Futures Lab (*.futureslab *.json);;All files (*)"
_MOST_FILES = 200
_NOTHING = "There is nothing here to open: copy files of runs, or their text, and paste again."


@dataclass(frozen=True)
class Read:
    """What came of reading: runs, and a sentence for each file that was wrong."""

    runs: tuple[Shared, ...] = ()
    problems: tuple[str, ...] = ()


def read_all(reader: Reader, paths: Sequence[Path]) -> Read:
    """Read files one after the other; any thread. Whatever is wrong becomes a sentence."""
    runs: list[Shared] = []
    problems: list[str] = []
    for path in paths[:_MOST_FILES]:
        try:
            found = reader.file(path)
            whose = path.stem  # a file is named for who measured it, where it does not say so
            runs += [run if run.whose or run.name else _named(run, whose) for run in found]
        except ShareError as error:
            problems.append(f"{error}")
        except Exception as error:  # what nobody foresaw must not lose the other files
            problems.append(f"“{path.name}” cannot be opened: {error!r}. Ask for it again.")
    if len(paths) > _MOST_FILES:
        problems.append(f"{len(paths)} files are too many: open {_MOST_FILES} at most at once.")
    return Read(tuple(runs), tuple(problems))


def read_text(reader: Reader, text: str) -> Read:
    """Read a text; any thread."""
    try:
        return Read(reader.text(text))
    except ShareError as error:
        return Read(problems=(f"{error}",))


def _named(run: Shared, whose: str) -> Shared:
    from dataclasses import replace

    return replace(run, whose=whose[:300])


class Opener(QObject):
    """Reads what a person brings. GUI thread.

    `opened` carries the runs; `failed` a sentence with a next step; `told` one for the status
    strip; `wanted` a job for another thread, and who takes its result.
    """

    opened = Signal(object)
    failed = Signal(str)
    told = Signal(str)
    wanted = Signal(object, object)

    def __init__(self, window: QWidget, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._settings = settings
        self._reader = Reader()

    def ask(self) -> None:
        """Let a person choose files."""
        dialog = QFileDialog(self._window, "Open runs", self._settings.folder, _KINDS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def files(self, paths: Sequence[Path]) -> None:
        """Open files."""
        self.told.emit("Opening …" if len(paths) == 1 else f"Opening {len(paths)} files …")
        self.wanted.emit(partial(read_all, self._reader, tuple(paths)), self._take)

    def take(self, brought: QMimeData) -> None:
        """Open what was dropped or pasted: files, or the text of one."""
        paths = [Path(url.toLocalFile()) for url in brought.urls() if url.isLocalFile()]
        if paths:
            self.files(paths)
        elif brought.hasText() and (text := brought.text()).strip():
            self.told.emit("Opening …")
            self.wanted.emit(partial(read_text, self._reader, text), self._take)
        else:
            self.failed.emit(_NOTHING)

    def stop(self) -> None:
        """Read nothing more."""
        self._reader.stop()

    def _on_chosen(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
        if paths:
            self._settings.folder = str(paths[0].parent)
            self.files(paths)

    def _take(self, read: Read) -> None:
        if read.problems:
            more = len(read.problems) - 1
            others = f" {more} more could not be opened either." if more else ""
            self.failed.emit(f"{read.problems[0]}{others}")
        if read.runs:
            count = "1 run" if len(read.runs) == 1 else f"{len(read.runs)} runs"
            self.told.emit(f"Opened {count}")
            self.opened.emit(read.runs)
        else:
            self.told.emit("Nothing was opened")
