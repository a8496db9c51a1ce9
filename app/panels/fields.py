"""The fields of a form, one class for each type of setting: numbers, choices, switches, texts, sizes."""

from __future__ import annotations

import itertools
import time
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QSpinBox, QWidget

from app.panels.line import Line, is_for_the_document
from app.panels.numbers import number_text, parse, stepped
from app.panels.quiet import QuietCombo
from graph.settings import Setting, SettingError

PAUSE = 0.8  # s without a step after which the next steps are another edit
TEXT_MARGINS = (5, 0, 0, 0)  # pixels inside the frame of a number
_tokens = itertools.count(1)
_LAID_OUT = (QEvent.Type.Resize, QEvent.Type.StyleChange, QEvent.Type.Polish, QEvent.Type.Show)


class NumberField(QAbstractSpinBox):
    """A number that is typed, or stepped by arrow keys and wheel; steps in quick succession share one gesture.

    `chosen(value, gesture)` says what the person chose, `refused(sentence)` why a typed text cannot be.
    """

    chosen = Signal(object, str)
    refused = Signal(str)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting = setting
        self._value = setting.default
        self._gesture, self._stepped_at = "", 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccelerated(True)
        self.setKeyboardTracking(False)
        self.lineEdit().setTextMargins(*TEXT_MARGINS)
        self.lineEdit().setText(number_text(self._value))
        self.editingFinished.connect(self._typed)

    @property
    def value(self) -> int | float:
        """The number now."""
        return self._value  # type: ignore[no-any-return]

    def show_value(self, value: Any) -> None:
        """Follows the document."""
        self._value = value
        text = number_text(value)
        if (
            not (self.lineEdit().hasFocus() and self.lineEdit().isModified())
            and self.text() != text
        ):
            self.lineEdit().setText(text)

    def stepBy(self, steps: int) -> None:
        try:
            start = parse(self.text(), self._setting)
        except SettingError:
            start = self._value
        value = stepped(start, steps, self._setting)
        now = time.monotonic()
        if now - self._stepped_at > PAUSE:
            self._gesture = f"steps{next(_tokens)}"
        self._stepped_at = now
        self.lineEdit().setText(number_text(value))
        self._choose(value, self._gesture)

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        low, high = self._setting.low, self._setting.high
        flags = QAbstractSpinBox.StepEnabledFlag.StepNone
        if low is None or self._value > low:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
        if high is None or self._value < high:
            flags |= QAbstractSpinBox.StepEnabledFlag.StepUpEnabled
        return flags

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return (
            QValidator.State.Acceptable,
            text,
            position,
        )  # judged with a sentence when it is entered

    def event(self, event: QEvent) -> bool:
        if is_for_the_document(event, self.lineEdit()):
            event.ignore()
            return False
        done = super().event(event)
        if event.type() in _LAID_OUT and self._is_bare:
            # a style sheet leaves it no room; by 2 pixels it stands in line with labels
            self.lineEdit().setGeometry(self.rect().adjusted(-2, -1, 0, -1))
        return done

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_bare:
            _paint_arrows(self)

    def make_bare(self) -> None:
        """No frame and no buttons: it looks like text until the mouse is over it."""
        self.setFrame(False)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.lineEdit().setTextMargins(0, 0, 0, 0)

    @property
    def _is_bare(self) -> bool:
        return self.buttonSymbols() == QAbstractSpinBox.ButtonSymbols.NoButtons

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() or not _scrolls(self):
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._stepped_at = 0.0

    def _typed(self) -> None:
        if self.text() == number_text(self._value):
            return
        try:
            value = parse(self.text(), self._setting)
        except SettingError as error:
            self.refused.emit(str(error))
            return
        self.lineEdit().setText(number_text(value))
        self._choose(value, "")

    def _choose(self, value: int | float, gesture: str) -> None:
        self.lineEdit().setModified(False)
        if value != self._value:
            self._value = value
            self.chosen.emit(value, gesture)


class CountField(QSpinBox):
    """A whole number of a dialog, which counts as soon as it is typed or stepped; looks like a NumberField."""

    def __init__(self, low: int, high: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(low, high)
        self.setAccelerated(True)
        self.lineEdit().setTextMargins(*TEXT_MARGINS)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint_arrows(self)


def _paint_arrows(field: QAbstractSpinBox) -> None:
    """Two small arrows at the right, for the style's own follow neither theme."""
    painter = QPainter(field)
    font = painter.font()
    font.setPixelSize(9)
    painter.setFont(font)
    painter.setPen(field.palette().color(field.palette().ColorRole.PlaceholderText))
    right = field.rect().adjusted(field.width() - 18, 3, -4, -3)
    painter.drawText(right, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter, "▴")
    bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter
    painter.drawText(right, bottom, "▾")


class ChoiceField(QuietCombo):
    """One of a few texts."""

    chosen = Signal(object, str)
    refused = Signal(str)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.addItems(setting.choices)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_value(setting.default)
        self.activated.connect(lambda _index: self.chosen.emit(self.currentText(), ""))

    def show_value(self, value: Any) -> None:
        """Follows the document; a text that is no choice is shown as it is."""
        if self.findText(value) < 0:
            self.addItem(value)
        self.setCurrentText(value)

    def offer(self, choices: tuple[str, ...]) -> None:
        """Replaces the choices; the present one stays."""
        now = self.currentText()
        if tuple(self.itemText(i) for i in range(self.count())) != choices:
            self.clear()
            self.addItems(choices)
            self.show_value(now or (choices[0] if choices else ""))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus() or not _scrolls(self):
            super().wheelEvent(event)
        else:
            event.ignore()


class SwitchField(QCheckBox):
    """Yes or no."""

    chosen = Signal(object, str)
    refused = Signal(str)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setChecked(setting.default)
        self.clicked.connect(lambda checked: self.chosen.emit(checked, ""))

    def show_value(self, value: Any) -> None:
        """Follows the document."""
        self.setChecked(bool(value))


class TextField(Line):
    """A text of one line."""

    chosen = Signal(object, str)
    refused = Signal(str)

    def __init__(self, setting: Setting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = ""
        self._setting = setting
        self.show_value(setting.default)
        self.editingFinished.connect(self._typed)

    def show_value(self, value: Any) -> None:
        """Follows the document."""
        self._value = value
        text = self._text(value)
        if not (self.hasFocus() and self.isModified()) and self.text() != text:
            self.setText(text)

    def _text(self, value: Any) -> str:
        return str(value)

    def _read(self, text: str) -> Any:
        return self._setting.read(text)

    def _typed(self) -> None:
        if self.text() == self._text(self._value):
            return
        try:
            value = self._read(self.text())
        except SettingError as error:
            self.refused.emit(str(error))
            return
        self.setModified(False)
        self._value = value
        self.setText(self._text(value))
        self.chosen.emit(value, "")


class SizesField(TextField):
    """A list of whole numbers, written 1×8×8."""

    def _text(self, value: Any) -> str:
        return "×".join(str(v) for v in value)

    def _read(self, text: str) -> Any:
        parts = [p for p in text.replace("x", " ").replace("×", " ").replace(",", " ").split() if p]
        try:
            numbers = [int(p) for p in parts]
        except ValueError:
            name = self._setting.name
            raise SettingError(
                name, f"{name} must be whole numbers such as 1×8×8, not {text!r:.60}."
            ) from None
        return list(self._setting.read(numbers))


Field = NumberField | ChoiceField | SwitchField | TextField


def field_for(setting: Setting) -> Field:
    """The field that fits a setting's type, named for screen readers."""
    field: Field
    if setting.type is bool:
        field = SwitchField(setting)
    elif setting.type in (int, float):
        field = NumberField(setting)
    elif setting.type is tuple:
        field = SizesField(setting)
    else:
        field = ChoiceField(setting) if setting.choices else TextField(setting)
    field.setAccessibleName(setting.name)
    field.setAccessibleDescription(setting.help)
    field.setToolTip(setting.help)
    return field


def _scrolls(widget: QWidget) -> bool:
    """Whether a wheel over this widget may be meant for a scroll area around it."""
    above: QObject | None = widget.parent()
    while above is not None:
        if above.inherits("QAbstractScrollArea"):
            return True
        above = above.parent()
    return False
