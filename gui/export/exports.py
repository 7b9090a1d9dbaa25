"""Taking away what is seen: asked where to, made in another thread, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from core.errors import FuturesLabError
from core.report.svg import PAPER, SLIDE
from core.report.titles import chart_titles
from gui.settings import Settings

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from core.experiments.base import Code, Experiment
    from core.report.svg import Picture
    from core.results.records import RunRecord
    from core.results.share import Shared

Find = Callable[[str, Callable[["Shared | None"], None]], None]
_LOOKS = {"paper": PAPER, "slide": SLIDE, "svg": PAPER}
_FILES = {
    "paper": ("png", "Picture (*.png)"),
    "slide": ("png", "Picture (*.png)"),
    "svg": ("svg", "Picture of lines (*.svg)"),
    "csv": ("csv", "Table (*.csv)"),
    "tasks": ("csv", "Table (*.csv)"),
    "json": ("json", "Record (*.json)"),
    "html": ("html", "Report (*.html)"),
    "pdf": ("pdf", "Report (*.pdf)"),
    "futureslab": ("futureslab", "Runs of Futures Lab (*.futureslab)"),
    "script": ("py", "Python (*.py)"),
}


@dataclass(frozen=True)
class Seen:
    """What is in front of a person: one run of an experiment, or several runs, and a picture.

    `drawing` makes the picture, or None where there is none; it is called in another thread. `name`
    is for the file. `key` is what the one run is known by in the history, and `kept` is what the
    history has of it. `script` is what runs, of an experiment that need not have run.
    """

    drawing: Callable[[], Picture | None] | None
    name: str
    record: RunRecord | None = None
    experiment: Experiment | None = None
    key: str = ""
    kept: Shared | None = None
    runs: tuple[Shared, ...] = ()
    script: Code | None = None


class Exports(QObject):
    """Does what the menus of pages ask for. GUI thread.

    `find` gives what the history has under a key, some time later. `wanted` carries a job for
    another thread and who takes its result; `told` a sentence for the status strip, `failed` one
    with a next step.
    """

    wanted = Signal(object, object)
    told = Signal(str)
    failed = Signal(str)

    def __init__(
        self, window: QWidget, settings: Settings, find: Find, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._window = window
        self._settings = settings
        self._find = find

    def export(self, what: str, seen: Seen) -> None:
        """Take something of what is seen away: to the clipboard, or to a file that is asked for."""
        if what.startswith("copy-"):
            self.wanted.emit(partial(_draw, seen, what.removeprefix("copy-")), self._copy)
            return
        ending, kinds = _FILES[what]
        title = "Export" if seen.script is None else "Save as script"
        dialog = QFileDialog(self._window, title, self._settings.folder, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(f"{_name(seen, what)}.{ending}")
        dialog.fileSelected.connect(partial(self._on_chosen, what, seen))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_chosen(self, what: str, seen: Seen, path: str) -> None:
        """Write it as the history has it: under its own key, with its name and its note."""
        self._settings.folder = str(Path(path).parent)
        if seen.key and what not in _LOOKS:
            self._find(seen.key, lambda kept: self._write(what, replace(seen, kept=kept), path))
        else:
            self._write(what, seen, path)

    def _write(self, what: str, seen: Seen, path: str) -> None:
        self.wanted.emit(partial(write, what, seen, Path(path)), self._on_written)

    def _on_written(self, done: Written) -> None:
        said = done.next_step or f"Saved: {done.path}"
        (self.failed if done.problem else self.told).emit(done.problem or said)

    def _copy(self, made: Written) -> None:
        if made.problem or made.picture is None:
            self.failed.emit(made.problem or "There is no chart here to copy.")
            return
        QApplication.clipboard().setImage(made.picture)
        self.told.emit("Copied: paste it where it is wanted")


@dataclass(frozen=True)
class Written:
    """What came of it: a file, and what to do with it; a picture; or the sentence why not."""

    path: str = ""
    next_step: str = ""
    picture: QImage | None = None
    problem: str = ""


def write(what: str, seen: Seen, path: Path) -> Written:
    """Make a file; any thread. Whatever goes wrong comes back as a sentence."""
    from core.experiments.programs import saved
    from core.results.files import write_whole

    try:
        write_whole(path, _made(what, seen))
    except OSError as error:
        return Written(
            problem=f"“{path}” cannot be written: {error.strerror or error}. Choose another place."
        )
    except FuturesLabError as error:
        return Written(problem=f"{error}")
    except Exception as error:  # of a record from anybody's file; a person shall read a sentence
        return Written(problem=f"This run cannot be written so ({error!r}). Choose another form.")
    return Written(str(path), "" if seen.script is None else saved(seen.script, path))


def _made(what: str, seen: Seen) -> bytes:
    """Make a file's bytes, with what that needs imported only now."""
    if seen.script is not None:
        return seen.script.text.encode()
    from core.results import share, tables

    makers: dict[str, Callable[[list[Shared]], bytes]] = {
        "csv": tables.trials_csv,
        "tasks": tables.tasks_csv,
        "json": tables.to_json,
        "futureslab": share.dump,
    }
    if what in makers:
        return makers[what](list(seen.runs) or [_run(seen)])
    if what in ("html", "pdf"):
        return _report(what, seen.experiment, _run(seen))
    chart = _chart(seen)
    if what == "svg":
        return chart.svg(PAPER).encode()
    from gui.export.picture import png

    return png(chart, _LOOKS[what])


def _run(seen: Seen) -> Shared:
    """Give the run as the history has it, with all that this version does not know of it.

    Where the history is behind, on a full disk, the run is what is seen, under the same key.
    """
    from core.results import share

    kept = seen.kept
    assert seen.record is not None
    if kept is not None and len(kept.record.trials) >= len(seen.record.trials):
        return kept
    made = share.shared(seen.record, seen.key)
    if kept is None:
        return made
    return replace(kept, record=made.record, raw_record=made.raw_record)


def _report(what: str, experiment: Experiment | None, run: Shared) -> bytes:
    from core.report.report import report_of

    report = report_of(run.record, run.name, run.whose, experiment)
    if what == "html":
        from core.report.html import html

        return html(report)
    from gui.export.pdf import pdf

    return pdf(report)


def _chart(seen: Seen) -> Picture:
    chart = seen.drawing() if seen.drawing is not None else None
    if chart is None:
        raise FuturesLabError("This chart has nothing in it yet. Wait for the first trials.")
    return chart


def _draw(seen: Seen, what: str) -> Written:
    from gui.export.picture import image

    try:
        return Written(picture=image(_chart(seen), _LOOKS[what]))
    except Exception as error:
        return Written(problem=f"The chart cannot be copied: {error}")


def _name(seen: Seen, what: str) -> str:
    """Suggest a name for a file: what it is of, and what of it."""
    words = (seen.name, {"tasks": "tasks", "slide": "slide"}.get(what, ""))
    return "-".join(
        "".join(one if one.isalnum() or one in "-_" else "-" for one in word)[:80]
        for word in words
        if word
    )


def seen_of(
    experiment: Experiment, record: RunRecord, key: str, tab: str, options: dict[str, Any]
) -> Seen:
    """Say what is seen of a run on its page: with the chart of a tab, if that has one."""
    drawing = partial(_drawn, experiment, record, tab, options)
    has_chart = tab in chart_titles(experiment)
    return Seen(drawing if has_chart else None, _called(record), record, experiment, key)


def timeline_of(experiment: Experiment, record: RunRecord, trial: int | None) -> Seen:
    """Say what is seen below: the timeline of one trial of a sweep, or of a story."""
    drawing = partial(_timeline, experiment, record, trial)
    return Seen(drawing, f"{_called(record)}-timeline", record, experiment)


def script_of(script: Code) -> Seen:
    """Say what is taken away as a script."""
    return Seen(None, Path(script.name).stem, script=script)


def _called(record: RunRecord) -> str:
    at = "".join(one for one in record.started_at[:16] if one.isdigit() or one == "T")
    return f"{record.experiment}-{at}"


def _drawn(
    experiment: Experiment, record: RunRecord, tab: str, options: dict[str, Any]
) -> Picture | None:
    from core.report.charts import charts

    known, _ = experiment.known(record)
    return charts(known, experiment, **options).get(tab)


def _timeline(experiment: Experiment, record: RunRecord, trial: int | None) -> Picture | None:
    from core.report.timeline import timeline

    known, _ = experiment.known(record)
    return timeline(known, experiment, trial)
