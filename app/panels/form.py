"""A form made from declared settings: one row a setting, its help as tooltip, its error beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from app.panels.fields import Field, field_for
from graph.settings import Setting, SettingError

LABEL = 92  # pixels, so that the fields of several forms stand in line


class Form(QWidget):
    """Rows for some settings; `chosen(name, value, gesture)` says what the person chose.

    A value that cannot be is not offered: its sentence appears below the field until the next value.
    """

    chosen = Signal(str, object, str)

    def __init__(self, settings: Mapping[str, Setting], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.fields: dict[str, Field] = {}
        self._errors: dict[str, QLabel] = {}
        layout = QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(16)
        layout.setVerticalSpacing(6)
        layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for setting in settings.values():
            layout.addRow(self._label(setting), self._cell(setting))

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Follows the document; absent settings show their defaults, wrong ones their error."""
        for name, setting in self.settings.items():
            try:
                self.fields[name].show_value(setting.read(values.get(name, setting.default)))
                self.refuse(name, "")
            except SettingError as error:
                self.refuse(name, str(error))

    def refuse(self, name: str, sentence: str) -> None:
        """Shows why a value cannot be, "" to take the sentence away."""
        self._errors[name].setText(sentence)
        self._errors[name].setVisible(bool(sentence))

    def error(self, name: str) -> str:
        """The sentence that stands beside a field."""
        return self._errors[name].text()

    def _label(self, setting: Setting) -> QLabel:
        label = QLabel(setting.name)
        label.setProperty("role", "muted")
        label.setToolTip(setting.help)
        label.setMinimumWidth(LABEL)
        return label

    def _cell(self, setting: Setting) -> QWidget:
        name = setting.name
        field = self.fields[name] = field_for(setting)
        error = self._errors[name] = QLabel()
        error.setTextFormat(Qt.TextFormat.PlainText)
        error.setProperty("role", "error")
        error.setWordWrap(True)
        error.hide()
        field.refused.connect(lambda sentence: self.refuse(name, sentence))
        field.chosen.connect(lambda value, gesture: self._choose(name, value, gesture))
        cell = QWidget()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(field)
        column.addWidget(error)
        return cell

    def _choose(self, name: str, value: Any, gesture: str) -> None:
        self.refuse(name, "")
        self.chosen.emit(name, value, gesture)
