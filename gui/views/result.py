"""What came of the run: the sentence, the charts and the table of trials."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.experiments.base import Summary
from core.results.records import TrialRecord
from gui.models.trials import TrialTable
from gui.theme import Theme

_MARGIN = 16
_HEADLINES, _DETAILS = 2, 3
_WIDEST = ("10000", "Repeat", "61 processes", "Start method", "Start-up", "0000 ms", "0000 ms",
           "3.1415925536", "0.0e-00", "failed")  # fmt: skip


class Card(QFrame):
    """A panel with a border."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setFrameShape(QFrame.Shape.NoFrame)


class Notice(QWidget):
    """A sentence that wants an answer, or a problem with its details one click away."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sentence = QLabel()
        self._sentence.setWordWrap(True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._buttons = QHBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._sentence)
        layout.addLayout(self._buttons)
        layout.addStretch(1)
        theme.changed.connect(self._restyle)
        self._restyle()

    def ask(self, sentence: str, is_error: bool, *buttons: QPushButton) -> None:
        """Show a sentence and the buttons that answer it."""
        self._sentence.setText(sentence)
        self._sentence.setProperty("error", is_error)
        self._sentence.style().unpolish(self._sentence)
        self._sentence.style().polish(self._sentence)
        while self._buttons.count():
            item = self._buttons.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        for button in buttons:
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)

    def _restyle(self) -> None:
        self._sentence.setFont(self._theme.font(1.15, bold=True))


class ResultPanel(Card):
    """The headline, then charts and table in tabs; `trial_chosen` carries a TrialRecord."""

    trial_chosen = Signal(object)
    confirmed = Signal()
    declined = Signal()

    def __init__(self, table: TrialTable, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._table = table
        self._headline, self._details = QLabel(), QLabel()
        self._notice = Notice(theme)
        self._words = QWidget()
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._view = self._make_table()
        self._kept_free = 0
        self._build()
        theme.changed.connect(self._restyle)
        self._restyle()

    def install_charts(self, runtime: QWidget, speedup: QWidget, baseline: QWidget) -> None:
        """Put the charts in their tabs, before the table; for after the first paint."""
        framed = QWidget()
        column = QVBoxLayout(framed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(baseline)
        column.addWidget(speedup, 1)
        self._tabs.removeTab(0)
        self._tabs.insertTab(0, runtime, "Runtime")
        self._tabs.insertTab(1, framed, "Speed-up")
        self._tabs.setCurrentIndex(0)

    def show_summary(self, summary: Summary) -> None:
        """Show the result in words."""
        self._headline.setText("\n".join(_capital(line) for line in summary.headline))
        self._details.setText("\n".join(_capital(line) for line in summary.details))
        self._details.setToolTip(self._details.text())
        self._show(self._words)

    def show_message(self, headline: str, details: str = "") -> None:
        """Show something else in the headline's place."""
        self.show_summary(Summary((headline,), (details,) if details else ()))

    def ask_to_confirm(self, sentence: str) -> None:
        """Ask whether a long run shall begin."""
        go, leave = QPushButton("Run anyway"), QPushButton("Don't run")
        go.clicked.connect(self.confirmed)
        leave.clicked.connect(self.declined)
        self._notice.ask(sentence, False, go, leave)
        self._show(self._notice)
        leave.setFocus()

    def show_problem(self, sentence: str, detail: str) -> None:
        """Show what went wrong, with its details one click away."""
        buttons = []
        if detail:
            more = QPushButton("Show details")
            more.clicked.connect(lambda: self._show_detail(sentence, detail))
            buttons.append(more)
        self._notice.ask(sentence, True, *buttons)
        self._show(self._notice)

    def select(self, trial: TrialRecord, follow: bool) -> None:
        """Select the trial's row; with `follow` bring it into sight."""
        index = self._table.index(self._table.row_of(trial), 0)
        selection = self._view.selectionModel()
        flag = QItemSelectionModel.SelectionFlag
        selection.blockSignals(True)
        selection.setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        selection.blockSignals(False)
        self._view.viewport().update()
        if follow:
            self._view.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        """Keep room for the usual lines, so that nothing jumps, and for more where there are more.

        A splitter asks nobody how high they are at a width, so they are told here.
        """
        for widget in (self._words, self._notice):
            needed = widget.heightForWidth(self.contentsRect().width() - 2 * _MARGIN)
            widget.setMinimumHeight(max(self._kept_free, needed))

    def _show(self, widget: QWidget) -> None:
        self._fit_words()
        for one in (self._words, self._notice):
            one.setVisible(one is widget)

    def _build(self) -> None:
        for label in (self._headline, self._details):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._headline.setObjectName("headline")
        self._headline.setAccessibleName("Result")
        self._details.setProperty("muted", True)
        self._details.setObjectName("details")
        column = QVBoxLayout(self._words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._headline)
        column.addWidget(self._details)
        column.addStretch(1)
        self._notice.hide()
        self._tabs.addTab(QWidget(), "Runtime")
        self._tabs.addTab(self._view, "Trials")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 12, _MARGIN, 8)
        layout.addWidget(self._words)
        layout.addWidget(self._notice)
        layout.addWidget(self._tabs, 1)

    def _make_table(self) -> QTableView:
        view = QTableView()
        view.setModel(self._table)
        view.setAccessibleName("Trials")
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setAlternatingRowColors(True)
        view.verticalHeader().hide()
        header = view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        view.selectionModel().currentRowChanged.connect(self._on_row_changed)
        return view

    def _on_row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.trial_chosen.emit(self._table.trial(current.row()))

    def _show_detail(self, sentence: str, detail: str) -> None:
        from PySide6.QtWidgets import QMessageBox

        box = QMessageBox(QMessageBox.Icon.Information, "Details", sentence, parent=self)
        box.setInformativeText(f"<pre>{_escaped(detail)}</pre>")
        box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box.open()

    def _restyle(self) -> None:
        self._headline.setFont(self._theme.font(1.5, bold=True))
        self._details.setFont(self._theme.font(0.95))
        headline = self._headline.fontMetrics().lineSpacing()
        details = self._details.fontMetrics().lineSpacing()
        self._kept_free = _HEADLINES * headline + _DETAILS * details + self._theme.px(8)
        metrics = self._view.fontMetrics()
        self._view.verticalHeader().setDefaultSectionSize(metrics.height() + self._theme.px(8))
        for column, sample in enumerate(_WIDEST):
            width = metrics.horizontalAdvance(sample) + self._theme.px(24)
            self._view.setColumnWidth(column, width)
        self._fit_words()


class BaselineChooser(QWidget):
    """What the speed-up divides by; `chosen` carries "serial" or "one"."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 0)
        box = QComboBox()
        box.setAccessibleName("Compared with")
        for name, label, tip in (
            ("serial", "one plain call", "The time of the same work without any executor."),
            ("one", "one worker of its kind", "The time of the same executor with one worker."),
        ):
            box.addItem(label, name)
            box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        box.currentIndexChanged.connect(lambda: self.chosen.emit(box.currentData()))
        caption = QLabel("Compared with")
        caption.setBuddy(box)
        row.addWidget(caption)
        row.addWidget(box)
        row.addStretch(1)


def _capital(line: str) -> str:
    return line[:1].upper() + line[1:]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
