"""Futures Lab as objects: what there is once, and what is connected to what."""

import gc
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget

from gui import experiments
from gui.main_window import MainWindow
from gui.notices import Notices
from gui.painted import when_painted
from gui.settings import Settings
from gui.theme import Theme

if TYPE_CHECKING:
    from core.results.history.listing import RunRow
    from core.results.share import Shared
    from gui.file_desk import FileDesk
    from gui.gallery_desk import GalleryDesk
    from gui.help import HelpWindow
    from gui.history_desk import HistoryDesk
    from gui.kept_runs import KeptRuns
    from gui.models.found import Offer, Refusal
    from gui.runs import Runs
    from gui.views.history import HistoryPage
    from gui.views.page import ExperimentPage

_OTHERS = ("History", "Class gallery")
_HISTORY = len(experiments.TITLES)
_GALLERY = _HISTORY + 1
_PATIENCE_MS = 1000
_SOON_MS = 300  # the history's libraries are not waited for by anything that is seen first
_IDLE_MS = 1500  # what was asked for at the start is done by then; Pythons can wait


class Lab(QObject):
    """Build everything, connect it, and take it down again. GUI thread.

    A person sees the window at once, then the page with its form, its charts, and the meters: after
    each of these the event loop has its turn, to paint and to answer. A window that is minimised
    meanwhile goes on a second later: without the beats of the heartbeat no Python code runs, and a
    signal would not be heeded. Other pages are built when first shown. `runs` is None until it is
    needed.

    `form_painted` and `charts_built` tell how far it is, once each; nothing here waits for them.
    """

    form_painted = Signal()
    charts_built = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._settings = Settings()
        self._theme = Theme(self)
        self._theme.set_scale(self._settings.scale)
        self._theme.choose(self._settings.theme)
        self._pages: dict[int, ExperimentPage] = {}
        self.runs: Runs | None = None
        self._help: HelpWindow | None = None
        self._desk: FileDesk | None = None
        self._gallery: GalleryDesk | None = None
        self._files: Sequence[str] = ()
        self._painted = self._closed = False
        self._history: HistoryPage | None = None
        self._listed: HistoryDesk | None = None
        self._kept: KeptRuns | None = None
        self.window = MainWindow(experiments.TITLES, _OTHERS, self._theme)
        self._notices = Notices(self.window, self._theme, self)
        self._connect()

    def open(self, files: Sequence[str] = ()) -> None:
        """Show the window; the rest is built after its first paint, then files are opened."""
        self._files = files
        self.window.menus.show_theme(self._theme.choice)
        titles = (*experiments.TITLES, *_OTHERS)
        if self._settings.page in titles:
            self.window.show_page(titles.index(self._settings.page))
        self.window.page_shown.connect(self._show_page)
        if not self._settings.geometry.isEmpty():
            self.window.restoreGeometry(self._settings.geometry)
        when_painted(self.window, self._show_form, _PATIENCE_MS)
        self.window.show()

    @Slot()
    def close(self) -> None:
        """Leave nothing behind: no process, no thread."""
        if self._closed:
            return
        self._closed = True
        self._remember()
        if self._help is not None:
            self._help.shut_down()
        if self._desk is not None:
            self._desk.stop()
        if self._history is not None:
            self._history.commit()  # while there is a history to write it
        if self._kept is not None:
            self._kept.shut_down()
        if self.runs is not None:
            self.runs.shut_down()

    def _remember(self) -> None:
        """Keep what the next start shall show; also before a run, which may not end well."""
        self._settings.geometry = self.window.saveGeometry()
        self._settings.page = (*experiments.TITLES, *_OTHERS)[self.window.page]
        for number, page in self._pages.items():
            if typed := page.typed():
                self._settings.keep_typed(experiments.at(number).name, typed)

    def _connect(self) -> None:
        window, menus = self.window, self.window.menus
        window.closing.connect(self.close)
        window.brought.connect(lambda brought: self._need_desk().take(brought))
        menus.run.connect(self._on_run_triggered)
        menus.stopped.connect(self._on_stop_triggered)
        menus.opened.connect(lambda: self._need_desk().ask())
        menus.saved.connect(self._on_save_triggered)
        menus.exported.connect(self._on_export_triggered)
        menus.sought.connect(self._on_find_triggered)
        menus.theme_chosen.connect(self._on_theme_chosen)
        menus.zoomed.connect(self._on_zoomed)
        menus.help_wanted.connect(self._on_help_wanted)

    @Slot()
    def _show_form(self) -> None:
        self.window.menus.fill()
        self._show_page(self.window.page)
        when_painted(self.window, self._finish, _PATIENCE_MS)

    @Slot()
    def _finish(self) -> None:
        """Build the charts, with their heavy imports."""
        self.form_painted.emit()
        self._painted = True
        for page in self._pages.values():
            page.finish()
        when_painted(self.window, self._polish_soon, _PATIENCE_MS)
        self.charts_built.emit()

    @Slot()
    def _polish_soon(self) -> None:
        """Let everything else that waited for this paint, and clicks, come first."""
        QTimer.singleShot(0, self._polish)

    @Slot()
    def _polish(self) -> None:
        """Build what is not seen at once: what runs, and the meters."""
        from gui.heartbeat import Heartbeat
        from gui.views.status import StatusStrip

        if self._closed:
            return
        heartbeat = Heartbeat(self)
        strip = StatusStrip(heartbeat, self._theme)
        self.window.install_strip(strip)
        runs = self._need_runs()
        runs.message_changed.connect(strip.show_message)
        runs.told.connect(strip.show_news)
        runs.progress_changed.connect(strip.show_progress)
        runs.busy_changed.connect(heartbeat.start)
        heartbeat.start()
        # What is there now stays. A collection that looked at it all again would hold the window
        # up for 35 ms, just when a program tells much.
        gc.freeze()
        gc.enable()
        QTimer.singleShot(_SOON_MS, runs.history.open)
        if self._files:
            self._need_desk().open(self._files)
        QTimer.singleShot(_IDLE_MS, runs.pythons.begin)

    def _need_runs(self) -> "Runs":
        """Build what runs, once: after the first paint, or at a click that comes sooner."""
        if self.runs is None:
            from gui.runs import Runs

            self.runs = Runs(self._settings.pythons, self)
            self.runs.pythons.added.connect(self._on_python_added)
            self.runs.history.problem_found.connect(self._notices.say_of_history)
            self.runs.history.mended.connect(self._notices.say_history_is_mended)
            for page in self._pages.values():
                self.runs.attach(page)
            self._serve_history()
        return self.runs

    def _start(self, number: int, values: dict[str, Any]) -> None:
        self._remember()
        runs = self._need_runs()
        runs.start(experiments.at(number), self._pages[number], values)

    @Slot(int)
    def _show_page(self, number: int) -> None:
        """Build a page when it is first shown."""
        if number == _HISTORY:
            self._show_history()
            return
        if number == _GALLERY:
            self._need_gallery()
            return
        if number in self._pages:
            return
        from gui.views.page import ExperimentPage
        from gui.views.stages import in_turns

        page = ExperimentPage(experiments.at(number), self._theme)
        page.restore_typed(self._settings.typed(experiments.at(number).name))
        self._pages[number] = page
        page.run_requested.connect(partial(self._start, number))
        page.export_requested.connect(partial(self._export, number))
        self.window.install_page(number, page)
        if self.runs is not None:
            self.runs.attach(page)
        if self._painted:
            finish = partial(in_turns, page, page.experiment, page.finish)
            when_painted(page, finish, _PATIENCE_MS)

    def _show_history(self) -> None:
        """Build the list of runs, which is served once there is what runs."""
        if self._history is not None:
            return
        from gui.views.history import HistoryPage

        titles = dict(zip(experiments.names(), experiments.TITLES, strict=True))
        self._history = HistoryPage(titles, experiments.settings_of, self._theme)
        room = QStackedWidget()
        room.addWidget(self._history)
        self.window.install_page(_HISTORY, room)
        self._serve_history()
        if self._painted:
            self._need_runs()

    def _serve_history(self) -> None:
        """Connect the list of runs with the history, and with the pages that runs are shown on."""
        page, runs = self._history, self.runs
        if page is None or runs is None or self._kept is not None:
            return
        from gui.history_desk import HistoryDesk
        from gui.kept_runs import KeptRuns

        room = page.parentWidget()
        assert isinstance(room, QStackedWidget)
        desk = self._listed = HistoryDesk(page, room, runs.history)
        kept = self._kept = KeptRuns(
            runs, self._theme, self._bring, self.window.install_above, self
        )
        desk.wanted.connect(runs.compute)
        desk.told.connect(runs.told)
        desk.export_wanted.connect(self._export_runs)
        desk.opened.connect(kept.show)
        desk.continue_wanted.connect(kept.go_on)
        page.gathered.connect(self._show_class)
        kept.continue_asked.connect(page.continued)
        kept.problem_found.connect(self._notices.say_of_history)
        runs.busy_changed.connect(lambda _: page.show_busy(runs.busy_title))
        page.show_busy(runs.busy_title)
        page.look_again()

    def _bring(self, number: int) -> "ExperimentPage":
        """Put an experiment's page in front, with all that a run is shown on."""
        self.window.show_page(number)
        self._show_page(number)
        page = self._pages[number]
        page.finish()
        return page

    def _export(self, number: int, what: str) -> None:
        self._need_desk().export(self._pages[number], what)

    @Slot(str, str, object, object)
    def _export_runs(self, *what: Any) -> None:
        self._need_desk().export_runs(*what)

    @Slot()
    def _on_save_triggered(self) -> None:
        if self.window.page in self._pages:
            self._export(self.window.page, "futureslab")
        elif self.window.page == _GALLERY:
            self._need_gallery().export("futureslab")
        elif self.window.page == _HISTORY and self._listed is not None:
            self._listed.export("futureslab")

    @Slot()
    def _on_export_triggered(self) -> None:
        """Open the menu of the page in front, as a click on its button does."""
        from gui.views.export_button import ExportButton  # late: not before the first paint

        for button in self.window.findChildren(ExportButton):
            if button.isVisible():
                button.showMenu()

    @Slot()
    def _on_find_triggered(self) -> None:
        self.window.show_page(_HISTORY)
        if self._listed is not None:
            self._listed.show_list()
        if self._history is not None:
            self._history.search()

    def _need_desk(self) -> "FileDesk":
        """Build what opens files and writes them, once: when it is first asked for."""
        if self._desk is None:
            from gui.file_desk import FileDesk

            self._desk = FileDesk(self.window, self._need_runs(), self._settings, self)
            self._desk.failed.connect(self._notices.say_of_files)
            self._desk.begun.connect(self._notices.forget_files)
            self._desk.opened.connect(self._on_opened)
        return self._desk

    @Slot(object)
    def _on_opened(self, shared: "tuple[Shared, ...]") -> None:
        """Keep what was opened in the history too; show one run as it was seen, many together."""
        archive = self._need_runs().history
        if len(shared) > 1 or self.window.page == _GALLERY:
            archive.change(lambda history: history.add(shared))
            self.window.show_page(_GALLERY)
            self._need_gallery().add(shared)
        else:
            archive.ask(
                lambda history: history.add(shared), lambda added: self._show_run(added.runs[0])
            )

    def _need_gallery(self) -> "GalleryDesk":
        """Build the class gallery when it is first shown."""
        if self._gallery is None:
            from gui.gallery_desk import GalleryDesk
            from gui.views.gallery import GalleryPage

            page = GalleryPage(self._theme)
            page.open_requested.connect(lambda: self._need_desk().ask())
            self._gallery = GalleryDesk(page)
            self._gallery.wanted.connect(self._need_runs().compute)
            self._gallery.told.connect(self._need_runs().told)
            self._gallery.export_wanted.connect(self._export_runs)
            self.window.install_page(_GALLERY, page)
        return self._gallery

    @Slot(object)
    def _show_class(self, runs: "Sequence[RunRow]") -> None:
        """Lay runs of the history over one another."""
        ids = [run.id for run in runs]
        self.window.show_page(_GALLERY)
        desk = self._need_gallery()
        self._need_runs().history.ask(lambda history: history.shared(ids), desk.replace)

    def _show_run(self, run: int) -> None:
        """Show one run of the history on its experiment's page."""
        self._show_history()
        runs, page = self._need_runs(), self._history
        assert page is not None
        runs.history.changed.emit()
        runs.history.ask(lambda history: history.row(run), page.opened.emit)

    @Slot()
    def _on_run_triggered(self) -> None:
        page = self._pages.get(self.window.page)  # a key may come before the first page is there
        if page is not None:
            page.request_run()

    @Slot()
    def _on_stop_triggered(self) -> None:
        if self.runs is not None:
            self.runs.controller.stop()

    @Slot(str)
    def _on_theme_chosen(self, choice: str) -> None:
        self._theme.choose(choice)
        self._settings.theme = choice

    @Slot(object)
    def _on_python_added(self, what: "Offer | Refusal") -> None:
        from gui.models.found import Offer  # late: the first paint does not wait for it

        if isinstance(what, Offer):
            self._settings.pythons = tuple(dict.fromkeys((*self._settings.pythons, what.paths[0])))

    @Slot(int)
    def _on_zoomed(self, steps: int) -> None:
        self._theme.zoom(steps)
        self._settings.scale = self._theme.scale

    @Slot(int)
    def _on_help_wanted(self, tab: int) -> None:
        """Build the window of help when it is first asked for."""
        if self._help is None:
            from gui.help import HelpWindow

            self._help = HelpWindow(self.window, self._theme)
            runs = self._need_runs()
            runs.busy_changed.connect(self._help.show_measuring)
            self._help.wanted.connect(runs.compute)
            self._help.show_measuring(runs.is_busy)
        self._help.open_at(tab)
