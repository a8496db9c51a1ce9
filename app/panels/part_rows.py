"""What the inspector says of a part: its name, how often it is used, its pins; and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QGridLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.panels.form import LABEL
from app.panels.section import text_label
from app.panels.words import batch_of, shape_text
from graph.diagram import OUTPUT, Diagram, Pin
from graph.part_edits import RenamePart
from graph.parts import pins_of

if TYPE_CHECKING:
    from runtime.snapshot import Report

ACTIONS = {
    "open": ("Open", "see and edit what is inside (Enter)"),
    "expand": ("Expand", "show what is inside at its place; again: the shape only (E)"),
    "ungroup": ("Ungroup", "put its blocks in the place of this use (Ctrl+Shift+G)"),
    "publish": ("Publish", "keep it in the palette under My parts, for any diagram"),
}
LONGEST = 64
ABREAST = 2  # buttons in a row: the panel may be narrow


class PartRows(QWidget):
    """Rows for one part; `edited(edit)` says a wish for the diagram, `asked(action)` one of ACTIONS."""

    edited = Signal(object)
    asked = Signal(str)

    def __init__(
        self, actions: tuple[str, ...] = tuple(ACTIONS), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._part = ""
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST)
        self.name.setAccessibleName("part")
        self.name.setToolTip("the name of the part, the same at all its uses")
        self.name.editingFinished.connect(self._rename)
        self.uses = text_label("muted")
        self.pins = text_label("muted")
        self.buttons = {name: self._button(name) for name in actions}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addWidget(self.uses)
        column.addWidget(self.pins)
        rows = QGridLayout()
        rows.setSpacing(8)
        for index, button in enumerate(self.buttons.values()):
            rows.addWidget(button, *divmod(index, ABREAST))
        rows.setColumnStretch(ABREAST, 1)
        column.addLayout(rows)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        label = text_label("muted", "part")
        label.setMinimumWidth(LABEL)
        form.addRow(label, self.name)
        column.addLayout(form)

    def show_part(
        self, diagram: Diagram, part: str, uses: int, report: Report | None = None, use: str = ""
    ) -> None:
        """Follows the document; shapes of the pins are those of the block `use`."""
        self._part = part
        if not self.name.hasFocus() or not self.name.isModified():
            self.name.setText(part)
        self.uses.setText(_uses_line(uses))
        self.pins.setText(_pins_line(diagram, part, report, use))
        if use:
            shown = diagram.blocks[use].expanded is not None
            self.buttons["expand"].setText("Collapse" if shown else ACTIONS["expand"][0])

    def _button(self, action: str) -> QToolButton:
        text, help = ACTIONS[action]
        button = QToolButton()
        button.setText(text)
        button.setToolTip(help)
        button.clicked.connect(lambda: self.asked.emit(action))
        return button

    def _rename(self) -> None:
        if self.name.text() != self._part:
            self.name.setModified(False)
            self.edited.emit(RenamePart(self._part, self.name.text()))


def _uses_line(uses: int) -> str:
    """used 16 times: an edit inside changes all of them."""
    if uses > 1:
        return f"used {uses:,} times: an edit inside changes all of them"
    return "used once" if uses else "not used"


def _pins_line(diagram: Diagram, part: str, report: Report | None, use: str) -> str:
    """z [64, 3, 32, 32] → y [64, 10], one line for the inputs and one for the outputs."""
    inlets, outlets = pins_of(diagram.parts[part])
    shapes, batch = (report.shapes if report is not None else {}), batch_of(diagram)

    def told(name: str, pin: Pin | None) -> str:
        shape = shapes.get(pin) if pin is not None else None
        return f"{name} {shape_text(shape, batch)}" if shape is not None else name

    into = [told(name, _source(diagram, use, name)) for name in inlets]
    out = [
        told(name, Pin(use, name) if use else diagram.inputs.get(Pin(name, "z")))
        for name in outlets
    ]
    return f"{', '.join(into) or 'no inlet'} → {', '.join(out) or 'no outlet'}"


def _source(diagram: Diagram, use: str, name: str) -> Pin | None:
    return diagram.inputs.get(Pin(use, name)) if use else Pin(name, OUTPUT)
