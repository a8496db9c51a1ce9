"""The links beside a picture of answers by which another space is chosen, and the fields for its two axes."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QHBoxLayout,
    QMenu,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from runtime.figures.answers import Spaces

TIPS = {
    "fit": "the answer ȳ over the input x, with the data",
    "input": "what is answered at every point of the input's plane",
    "components": "the plane in which the data vary most: their first two principal components",
    "plane": "the plane of two numbers of the input; the others stay at their mean",
    "hidden": "the plane of two units of a variable; its other units stay at their mean over the data",
}
_LAID_OUT = (QEvent.Type.Resize, QEvent.Type.StyleChange, QEvent.Type.Polish, QEvent.Type.Show)
OWN = {1: ("fit",), 2: ("input",)}  # the spaces of the input by how many numbers it has


def own_spaces(spaces: Spaces) -> tuple[str, ...]:
    """The kinds of spaces of the input itself."""
    return OWN.get(spaces.inputs, ("components", "plane") if spaces.inputs > 2 else ())


class UnitField(QSpinBox):
    """The number of a unit: typed, or stepped by arrow keys and wheel."""

    def __init__(self, which: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "unit")
        self.setMinimum(1)
        self.setKeyboardTracking(False)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.setFixedSize(46, 24)
        self.setAccessibleName(f"{which} axis")
        self.setToolTip(f"the number of the {which} axis; arrow keys and the wheel step")
        self.hide()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in _LAID_OUT:  # a style sheet leaves a field without buttons no room
            self.lineEdit().setGeometry(self.rect().adjusted(6, 1, -2, -1))
        return done


class SpaceLinks(QWidget):
    """A link for every kind of space that there is; below them, for units, the variable and two numbers."""

    chosen = Signal(str)  # a space, as Ask.choice holds it

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spaces, self._space = Spaces(), ""
        self._names: dict[str, str] = {}
        self._wanted = ""  # the variable that is meant by "hidden space"
        self.links = {kind: self._link(kind) for kind in TIPS}
        self.variable = self._variable_button()
        self.first, self.second = (UnitField(which, self) for which in ("first", "second"))
        for field in (self.first, self.second):
            field.valueChanged.connect(lambda _value, field=field: self._stepped(field))
        self._arrange()

    def _link(self, kind: str) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("role", "link")
        button.setToolTip(TIPS[kind])
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: self.chosen.emit(self._default(kind)))
        button.hide()
        return button

    def _variable_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setProperty("role", "choice")
        button.setToolTip("the variable whose units span the plane")
        button.setAccessibleName("variable of the hidden space")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(QMenu(button))
        button.menu().aboutToShow.connect(self._fill_menu)
        button.hide()
        return button

    def _arrange(self) -> None:
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        for button in (*self.links.values(), self.variable):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setContentsMargins(2, 2, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.first)
        row.addWidget(self.second)
        row.addStretch(1)
        column.addLayout(row)

    # --- what is shown -------------------------------------------------------------------------------------------

    def show_space(self, space: str, spaces: Spaces) -> None:
        """The space that is drawn, among those that there are."""
        if (space, spaces) != (self._space, self._spaces):
            self._space, self._spaces = space, spaces
            self._show()

    def name_rows(self, names: Mapping[str, str]) -> None:
        """What pins are called on the canvas."""
        self._names = dict(names)
        self._show()

    def prefer(self, variable: str) -> None:
        """The variable whose space a click opens."""
        self._wanted = variable
        self._show()

    def _show(self) -> None:
        words = self._space.split()
        kind = words[0] if words else ""
        there = [*own_spaces(self._spaces), *(["hidden"] if self._spaces.variables else [])]
        for name, button in self.links.items():
            button.setVisible(name in there and len(there) > 1)
            button.setText(self._text(name))
            self._mark(button, name == kind)
        self.variable.setVisible(kind == "hidden" and len(self._spaces.variables) > 1)
        if kind in ("hidden", "plane"):
            self._show_units(words)
        for field in (self.first, self.second):
            field.setVisible(kind in ("hidden", "plane"))
        self.take_room()

    def take_room(self) -> None:
        """As large as what it shows, now and not with the next event."""
        self._column.invalidate()
        self.adjustSize()

    def _show_units(self, words: list[str]) -> None:
        most = self._spaces.inputs
        if words[0] == "hidden":
            most = dict(self._spaces.variables).get(words[1], 2)
            self.variable.setText(f"{self.name_of(words[1])} ▾")
        for field, unit in zip((self.first, self.second), words[-2:], strict=True):
            with QSignalBlocker(field):
                field.setMaximum(most)
                field.setValue(int(unit))

    @staticmethod
    def _mark(button: QToolButton, here: bool) -> None:
        role = "here" if here else "link"
        if button.property("role") != role:
            button.setProperty("role", role)
            button.style().unpolish(button)
            button.style().polish(button)

    def _text(self, kind: str) -> str:
        if kind != "hidden":
            return {
                "fit": "fit",
                "input": "input space",
                "components": "main plane (PCA)",
                "plane": "two inputs",
            }[kind]
        return f"hidden space {self.name_of(self._meant())}" if self._spaces.variables else ""

    def name_of(self, pin: str) -> str:
        """What a variable is called on the canvas, its pin where it is not drawn there."""
        return self._names.get(pin, pin.removesuffix(".y"))

    # --- what is chosen ------------------------------------------------------------------------------------------

    def _meant(self) -> str:
        """The variable that a click on "hidden space" shows: the shown or preferred one, else the suggested."""
        words, known = self._space.split(), [pin for pin, _ in self._spaces.variables]
        if words and words[0] == "hidden":
            return words[1]
        if self._wanted in known:
            return self._wanted
        return self._spaces.suggested

    def _default(self, kind: str) -> str:
        if kind == "hidden":
            return (
                self._space if self._space.startswith("hidden") else f"hidden {self._meant()} 1 2"
            )
        return f"{kind} 1 2" if kind == "plane" else kind

    def _stepped(self, moved: QSpinBox) -> None:
        """Another number for an axis; the other axis makes way when it has that number."""
        other = self.second if moved is self.first else self.first
        if other.value() == moved.value():
            with QSignalBlocker(other):
                other.setValue(moved.value() % other.maximum() + 1)
        start = " ".join(self._space.split()[:-2])
        self.chosen.emit(f"{start} {self.first.value()} {self.second.value()}")

    def _fill_menu(self) -> None:
        menu = self.variable.menu()
        menu.clear()
        for pin, size in self._spaces.variables:
            action = menu.addAction(f"{self.name_of(pin)} — {size:,} units")
            action.triggered.connect(lambda _=False, pin=pin: self.chosen.emit(f"hidden {pin} 1 2"))
