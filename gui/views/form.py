"""A form made from declared parameters; each field says what is wrong with it, where it is."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QPaintEvent, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import BadInput
from core.parameters import Choice, Choices, IntegerSet, LateChoices, Parameter
from gui.theme import Theme

_FITS_TWICE = 12  # letters of a check box's label
_BESIDE = 4  # pixels that stay free beside a text


class Form(QWidget):
    """Fields for `parameters`; `values()` is None while something is wrong.

    `check` finds problems of values that are each right but do not go together. `more` shows and
    hides what is seldom changed, at the end; it is for whoever has the form to place. GUI thread.
    """

    changed = Signal()

    def __init__(
        self,
        parameters: tuple[Parameter, ...],
        check: Callable[[dict[str, Any]], Any],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._check = check
        self._fields = {
            parameter.name: _make_field(parameter, theme)
            for parameter in parameters
            if not isinstance(parameter, LateChoices)  # chosen where what there is has been found
        }
        self._values: dict[str, Any] | None = None
        self._first_problem = ""
        self.more = QToolButton()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for field in self._fields.values():
            if not field.parameter.advanced:
                layout.addWidget(field)
        self._add_advanced(layout)
        layout.addStretch(1)
        for field in self._fields.values():
            field.edited.connect(self._on_edited)
        self._on_edited()

    def values(self) -> dict[str, Any] | None:
        """Return the values by parameter name, or None while a field is wrong."""
        return None if self._values is None else dict(self._values)

    @property
    def problem(self) -> str:
        """Say what is wrong first, with the field's label; empty when nothing is."""
        return self._first_problem

    def set_values(self, values: dict[str, Any]) -> None:
        """Fill the fields."""
        for name, value in values.items():
            if name in self._fields:
                self._fields[name].set_value(value)
        self._on_edited()

    def _add_advanced(self, layout: QVBoxLayout) -> None:
        advanced = [field for field in self._fields.values() if field.parameter.advanced]
        more = self.more
        if not advanced:  # but never show it here: without a place it would be a window
            more.hide()
        more.setText("More")
        more.setCheckable(True)
        more.setArrowType(Qt.ArrowType.RightArrow)
        more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        more.setAutoRaise(True)
        more.setToolTip("Settings that are seldom changed")
        for field in advanced:
            field.hide()
            layout.addWidget(field)
            more.toggled.connect(field.setVisible)
        more.toggled.connect(
            lambda on: more.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        )

    def _on_edited(self) -> None:
        values: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name, field in self._fields.items():
            try:
                values[name] = field.parameter.parse(field.text())
            except BadInput as error:
                problems[name] = str(error)
        if not problems:
            problems = dict(self._check(values))
        for name, field in self._fields.items():
            field.show_problem(problems.get(name, ""))
        self._values = None if problems else values
        self._first_problem = next(
            (self._fields[name].parameter.label for name in problems if name in self._fields), ""
        )
        self.changed.emit()


class Field(QWidget):
    """A label, a way to type or choose, and a line that hints or says what is wrong."""

    edited = Signal()
    _lines = 2

    def __init__(self, parameter: Parameter, theme: Theme) -> None:
        super().__init__()
        self.parameter = parameter
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(3)
        self._label = QLabel(parameter.label)
        self._label.setToolTip(parameter.help)
        self._note = QLabel(parameter.hint)
        self._note.setWordWrap(True)
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._note.setProperty("muted", True)
        self._note.setObjectName(f"note-{parameter.name}")
        self._layout.addWidget(self._label)
        self._build()
        self._layout.addWidget(self._note)
        theme.changed.connect(self._restyle)
        self._restyle()

    def text(self) -> str:
        """Return what stands in the field, for `Parameter.parse`."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong in the line below, or give the hint again when `sentence` is empty."""
        self._note.setText(sentence or self.parameter.hint)
        if self._note.property("muted") != (not sentence):
            self._note.setProperty("error", bool(sentence))
            self._note.setProperty("muted", not sentence)
            _repolish(self._note)

    def _build(self) -> None:
        raise NotImplementedError

    def _name(self, widget: QWidget) -> None:
        widget.setObjectName(f"field-{self.parameter.name}")
        widget.setAccessibleName(self.parameter.label)
        widget.setAccessibleDescription(self.parameter.help)
        widget.setToolTip(self.parameter.help)
        self._label.setBuddy(widget)

    def _restyle(self) -> None:
        self._label.setFont(self._theme.font(0.95, bold=True))
        self._note.setFont(self._theme.font(0.88))
        height = self._note.fontMetrics().lineSpacing() * self._lines
        self._note.setMinimumHeight(height + self._theme.px(4))


class _TextField(Field):
    def _build(self) -> None:
        self._edit = QLineEdit(self.parameter.format(self.parameter.default))
        self._edit.textChanged.connect(self.edited)
        self._name(self._edit)
        self._layout.addWidget(self._edit)

    def text(self) -> str:
        return self._edit.text()

    def set_value(self, value: Any) -> None:
        self._edit.setText(self.parameter.format(value))

    def show_problem(self, sentence: str) -> None:
        super().show_problem(sentence)
        if self._edit.property("wrong") != bool(sentence):
            self._edit.setProperty("wrong", bool(sentence))
            _repolish(self._edit)


class _RangeField(_TextField):
    """Numbers typed, or dragged from the least up to one: each follows the other."""

    def _build(self) -> None:
        super()._build()
        assert isinstance(self.parameter, IntegerSet)
        low, high = self.parameter.minimum, self.parameter.usual
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(low, high)
        self._slider.setPageStep(1)
        self._slider.setToolTip(f"Drag: {low} up to this many, at most {high}. Type for more.")
        self._slider.setObjectName(f"slider-{self.parameter.name}")
        self._slider.setAccessibleName(f"{self.parameter.label}, up to")
        self._layout.addWidget(self._slider)
        self._theme.changed.connect(self._fit_slider)
        self._fit_slider()
        self._follow_text()
        self._edit.textChanged.connect(self._follow_text)
        self._slider.valueChanged.connect(self._follow_slider)

    def _fit_slider(self) -> None:
        self._slider.setMinimumHeight(self._theme.px(17))  # its handle, and a little

    def _follow_text(self) -> None:
        try:
            numbers = self.parameter.parse(self._edit.text())
        except BadInput:
            return
        self._slider.blockSignals(True)
        self._slider.setValue(numbers[-1])
        self._slider.blockSignals(False)

    def _follow_slider(self, most: int) -> None:
        numbers = tuple(range(self._slider.minimum(), most + 1))
        self._edit.blockSignals(True)
        self._edit.setText(self.parameter.format(numbers))
        self._edit.blockSignals(False)
        self.edited.emit()


class _Box(QComboBox):
    """A list to choose from; what is too long for the field ends in dots there."""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        style = self.style()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = style.subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        option.currentText = option.fontMetrics.elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, room.width() - _BESIDE
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class _ChoiceField(Field):
    _lines = 1

    def _build(self) -> None:
        assert isinstance(self.parameter, Choice)
        self._box = _Box()
        fit = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self._box.setSizeAdjustPolicy(fit)
        self._box.setMinimumContentsLength(8)
        for row, option in enumerate(self.parameter.options):
            self._box.addItem(option.label, option.value)
            self._box.setItemData(row, option.missing or option.help, Qt.ItemDataRole.ToolTipRole)
            model = self._box.model()
            if option.missing and isinstance(model, QStandardItemModel):
                model.item(row).setEnabled(False)
        self.set_value(self.parameter.default)
        self._box.currentIndexChanged.connect(self.edited)
        self._name(self._box)
        self._box.currentTextChanged.connect(self._tell_all)
        self._tell_all(self._box.currentText())
        self._layout.addWidget(self._box)

    def _tell_all(self, chosen: str) -> None:
        """Show on the field what may be too long for it."""
        self._box.setToolTip(f"{chosen}\n\n{self.parameter.help}")

    def _restyle(self) -> None:
        super()._restyle()
        assert isinstance(self.parameter, Choice)
        metrics = QFontMetrics(self._theme.font())
        widest = max(metrics.horizontalAdvance(one.label) for one in self.parameter.options)
        self._box.view().setMinimumWidth(widest + self._theme.px(24))

    def text(self) -> str:
        return str(self._box.currentData())

    def set_value(self, value: Any) -> None:
        self._box.setCurrentIndex(max(0, self._box.findData(value)))


class _ChoicesField(Field):
    _lines = 1

    def _build(self) -> None:
        assert isinstance(self.parameter, Choices)
        self._boxes: dict[str, QCheckBox] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        longest = max(len(option.label) for option in self.parameter.options)
        columns = 2 if longest <= _FITS_TWICE else 1
        for place, option in enumerate(self.parameter.options):
            box = QCheckBox(option.label)
            box.setChecked(option.value in self.parameter.default)
            box.setEnabled(not option.missing)
            box.setToolTip(option.missing or option.help)
            box.setAccessibleName(f"{self.parameter.label}: {option.label}")
            box.setObjectName(f"field-{self.parameter.name}-{option.value}")
            box.toggled.connect(self.edited)
            grid.addWidget(box, *divmod(place, columns))
            self._boxes[option.value] = box
        grid.setColumnStretch(1, 1)
        self._layout.addLayout(grid)

    def text(self) -> str:
        return ",".join(value for value, box in self._boxes.items() if box.isChecked())

    def set_value(self, value: Any) -> None:
        for name, box in self._boxes.items():
            box.setChecked(name in value)


def _make_field(parameter: Parameter, theme: Theme) -> Field:
    if isinstance(parameter, Choices):
        return _ChoicesField(parameter, theme)
    if isinstance(parameter, Choice):
        return _ChoiceField(parameter, theme)
    return (_RangeField if isinstance(parameter, IntegerSet) else _TextField)(parameter, theme)


def _repolish(widget: QWidget) -> None:
    widget.style().unpolish(widget)
    widget.style().polish(widget)
