"""Which two single weights a plane is of: two lists to choose from, or to type into, and what a weight is called."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.panels.quiet import QuietCombo
from runtime.figures.surface import entry_name, entry_of

LISTED = 300  # entries in a list; others can be typed

Shapes = Mapping[str, tuple[int, ...]]


class WeightChoice(QWidget):
    """The two lists, for the axis across and the axis up."""

    chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(4)
        self.lists = (QuietCombo(), QuietCombo())
        for text, box in zip(("across", "up"), self.lists, strict=True):
            label = QLabel(text)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setProperty("role", "small")
            box.setEditable(True)
            box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            box.setMinimumContentsLength(6)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.setToolTip("A single weight, as linear1.weight[0, 2]; any can be typed.")
            box.setAccessibleName(f"weight {text}")
            box.activated.connect(lambda _: self._choose())
            row.addWidget(label)
            row.addWidget(box, 1)

    def show_weights(self, shapes: Shapes, names: Mapping[str, str]) -> None:
        """Offers the entries of these parameters, named in tips as on the drawing."""
        chosen = [box.currentText() for box in self.lists]
        some = list(islice(entries(shapes), LISTED))
        for box, text in zip(self.lists, chosen, strict=True):
            box.clear()
            box.addItems(some)
            for n, entry in enumerate(some):
                name = called(entry, shapes, names)
                box.setItemData(n, name, Qt.ItemDataRole.ToolTipRole)
            box.setEditText(text)

    def show_choice(self, x: str, y: str) -> None:
        """These two are chosen."""
        for box, text in zip(self.lists, (x, y), strict=True):
            box.setEditText(text)

    def entry(self, number: int) -> str:
        """One of the offered entries."""
        return self.lists[0].itemText(number)

    def _choose(self) -> None:
        x, y = (box.currentText().strip() for box in self.lists)
        self.chosen.emit(x, y)


def entries(shapes: Shapes) -> Iterator[str]:
    """The names of single weights, parameter by parameter."""
    for name, shape in shapes.items():
        for index in np.ndindex(*shape):
            yield entry_name(name, tuple(int(n) for n in index))


def called(text: str, shapes: Shapes, weights: Mapping[str, str]) -> str:
    """w₀ for the only entry of block 0's weights, w₀[0, 2] or b₀[1] for one of several; else as it is."""
    entry = entry_of(text)
    if entry is None:
        return text
    name, index = entry
    block, _, parameter = name.rpartition(".")
    drawn = weights.get(block, "")
    if not drawn or parameter not in ("weight", "bias"):
        return text
    letter = drawn if parameter == "weight" else drawn.replace("w", "b", 1)
    single = math.prod(shapes.get(name, (2,))) == 1
    return letter if single else f"{letter}[{', '.join(map(str, index))}]"
