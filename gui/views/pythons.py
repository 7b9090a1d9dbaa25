"""The form's field for Pythons: a check box for each that was found, and a way to add one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.parameters import LateChoices
from gui.models.found import FoundPythons, Offer, Refusal
from gui.views.field import Field

_SEEKING = "Looking for the Pythons of this machine …"


class PythonsField(Field):
    """Check boxes, one for each Python; those that cannot be used are greyed, and say why.

    `python_added` carries a path to look at. Until Pythons were found there is only our own. GUI
    thread.
    """

    python_added = Signal(str)
    _lines = 1

    def _build(self) -> None:
        assert isinstance(self.parameter, LateChoices)
        self._found = FoundPythons()
        self._wanted: tuple[str, ...] = ()
        self._boxes: dict[str, QCheckBox] = {}
        self._broken: list[QWidget] = []
        self._told = self._refused = ""
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self._path = QLineEdit()
        self._path.setPlaceholderText("Path of another Python")
        self._path.returnPressed.connect(self._on_typed)
        self._name(self._path)
        self._path.setToolTip("Type where another Python is, then press Enter.")
        self._add = QToolButton()
        self._add.setText("Add …")
        self._add.setObjectName("add-python")
        self._add.setToolTip("Add a Python: what is typed at the left, or choose its program")
        self._add.setAccessibleName("Add a Python")
        self._add.clicked.connect(self._on_add)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._path, 1)
        row.addWidget(self._add)
        self._layout.addLayout(self._list)
        self._layout.addLayout(row)

    @property
    def has_several(self) -> bool:
        """Whether there is anything to choose."""
        return len(self._boxes) > 1

    @property
    def has_other(self) -> bool:
        """Whether a Python beside our own is chosen."""
        return any(box.isChecked() for box in list(self._boxes.values())[1:])

    def text(self) -> str:
        if not self._boxes:
            return ",".join(self._wanted)
        chosen = [name for name, box in self._boxes.items() if box.isChecked()]
        return self.parameter.format(() if chosen == [self._own()] else tuple(chosen))

    def problem(self) -> str:
        """Say what is wrong with what is checked; empty when nothing is."""
        if self._boxes and not any(box.isChecked() for box in self._boxes.values()):
            return "Choose at least one Python."
        return ""

    def set_value(self, value: Any) -> None:
        """Check these; one that is not found yet is checked when it is, and till then our own."""
        self._wanted = tuple(value)
        here = [name for name in self._wanted if name in self._boxes] or [self._own()]
        for name, box in self._boxes.items():
            box.setChecked(name in here)

    def show_problem(self, sentence: str) -> None:
        super().show_problem(sentence or self._refused)
        if not (sentence or self._refused):
            looking = _SEEKING if self._found.is_looking else ""
            self._note.setText(self._told or looking or self._hint)

    def show_found(self, found: FoundPythons) -> None:
        """Show the Pythons that are known by now; what is checked stays so."""
        if (found.offers, found.refusals) != (self._found.offers, self._found.refusals):
            self._wanted = self._renamed(self._wanted, found)
            self._rebuild(found)
            self.set_value(self._wanted)
        self._found = found
        self.edited.emit()

    def show_added(self, what: Offer | Refusal) -> None:
        """Choose what was added, or say at the field why it cannot be used."""
        self._told = self._refused = ""
        if isinstance(what, Refusal):
            self._refused = f"“{what.path}” cannot be used. {what.problem}"
        else:
            self._path.clear()
            self._boxes[what.name].setChecked(True)
            self._note_wanted()
        self.edited.emit()

    def _renamed(self, chosen: Sequence[str], found: FoundPythons) -> tuple[str, ...]:
        """Name what is chosen as it is called by now: 3.13 is 3.13.0 once there is a 3.13.5 too."""
        before = {offer.name: offer for offer in self._found.offers}
        names = {(path, one.gil): one.name for one in found.offers for path in one.paths}
        return tuple(
            names.get((before[name].paths[0], before[name].gil), name) if name in before else name
            for name in chosen
        )

    def _own(self) -> str:
        return next(iter(self._boxes), "")

    def _rebuild(self, found: FoundPythons) -> None:
        for widget in (*self._boxes.values(), *self._broken):
            self._list.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._boxes, self._broken = {}, []
        for offer in found.offers:
            box = QCheckBox(offer.label)
            box.setToolTip(offer.tip)
            box.setAccessibleName(f"{self.parameter.label}: {offer.label}")
            box.setAccessibleDescription(offer.tip)
            box.setObjectName(f"field-{self.parameter.name}-{offer.name}")
            box.toggled.connect(self.edited)
            box.clicked.connect(self._on_clicked)
            self._list.addWidget(box)
            self._boxes[offer.name] = box
        for refusal in found.refusals:
            self._add_broken(refusal)
        self._restyle()

    def _add_broken(self, one: Refusal) -> None:
        box = QCheckBox(_short(one.path))
        box.setEnabled(False)
        why = QLabel(one.problem)
        why.setWordWrap(True)
        why.setProperty("muted", True)
        words = "\n".join(filter(None, [one.path, one.problem, one.detail]))
        for widget in (box, why):
            widget.setToolTip(words)
            widget.setAccessibleName(f"{one.path} cannot be used: {one.problem}")
            self._list.addWidget(widget)
            self._broken.append(widget)

    def _restyle(self) -> None:
        super()._restyle()
        for widget in self._broken:
            widget.setFont(self._theme.font(0.88))

    def _note_wanted(self) -> None:
        """From now on what is checked is wanted, and nothing that is not found yet."""
        self._wanted = tuple(name for name, box in self._boxes.items() if box.isChecked())

    def _on_clicked(self) -> None:
        self._note_wanted()
        self._told = self._refused = ""
        self.edited.emit()

    def _on_typed(self) -> None:
        if text := self._path.text().strip():
            self._refused = ""
            self._told = f"Asking {_short(text)} who it is …"
            self.edited.emit()
            self.python_added.emit(text)

    def _on_add(self) -> None:
        if self._path.text().strip():
            self._on_typed()
            return
        dialog = QFileDialog(self, "Add a Python: choose its program")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._path.setText)
        dialog.fileSelected.connect(self._on_typed)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _short(path: str) -> str:
    """Keep the end of a long path: it is what tells programs apart."""
    return path if len(path) <= 30 else f"…{path[-29:]}"
