"""The list of what differs from another version: a sign, a place and words; a click goes there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.canvas.comparing import SIGNS, color_of
from app.panels.readable import readable
from app.theme import Theme
from graph.differences import ADDED, ALTERED, REMOVED, Comparison, Difference

NOTHING = "Nothing is compared. File > Compare with… lays another version over the diagram."
SAME = "The two are the same."
NAMES = {ADDED: "added", REMOVED: "removed", ALTERED: "altered"}


class Differences(QWidget):
    """Says `visited(Difference)` at a click or Enter, `ended` when no more is to be compared."""

    visited = Signal(object)
    ended = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: Sequence[Difference] = ()
        self.head = QLabel(NOTHING)
        self.head.setProperty("role", "muted")
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.head.setWordWrap(True)
        self.head.setContentsMargins(18, 8, 12, 4)
        self.list = QListWidget()
        self.list.setAccessibleName("differences")
        self.list.setProperty("role", "rows")
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(18, 18))
        self.list.itemClicked.connect(self._visit)
        self.end_button = QPushButton("End the comparison")
        self.end_button.setToolTip("or Escape on the canvas")
        self.end_button.clicked.connect(self.ended)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.addWidget(self.head)
        column.addWidget(self.list, 1)
        column.addWidget(self.end_button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.show_comparison("", None)

    def sizeHint(self) -> QSize:
        return readable(self.list, len(self._rows) + 4)  # with the words above and the button

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        for row, difference in enumerate(self._rows):
            self.list.item(row).setIcon(self._icon(difference.sign))

    def show_comparison(self, name: str, found: Comparison | None) -> None:
        """What differs from the version of that name; None shows that nothing is compared."""
        self._rows = found.differences if found is not None else ()
        self.list.clear()
        for difference in self._rows:
            item = QListWidgetItem(self._icon(difference.sign), _line(difference))
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole, f"{NAMES[difference.sign]} {_line(difference)}"
            )
            item.setToolTip(NAMES[difference.sign])
            self.list.addItem(item)
        self.head.setText(NOTHING if found is None else f"Since {name}: {_summary(found)}")
        self.end_button.setVisible(found is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.list.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._visit(item)
        elif event.key() == Qt.Key.Key_Escape and self.end_button.isVisible():
            self.ended.emit()
        else:
            super().keyPressEvent(event)

    def _visit(self, item: QListWidgetItem) -> None:
        self.visited.emit(self._rows[self.list.row(item)])

    def _icon(self, sign: str) -> QIcon:
        made = QPixmap(36, 36)
        made.fill(QColor(0, 0, 0, 0))
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color_of(sign, self._theme), 3))
        painter.drawEllipse(QRectF(3, 3, 30, 30))
        font = self.font()
        font.setPixelSize(26)
        painter.setFont(font)
        painter.drawText(QRectF(0, 0, 36, 34), Qt.AlignmentFlag.AlignCenter, SIGNS[sign])
        painter.end()
        return QIcon(made)


def _line(difference: Difference) -> str:
    words = f": {difference.words}" if difference.words else ""
    return f"{difference.what} {difference.where}{words}"


def _summary(found: Comparison) -> str:
    if found.same:
        return SAME
    counted = {sign: sum(d.sign == sign for d in found.differences) for sign in NAMES}
    told = [f"{count} {NAMES[sign]}" for sign, count in counted.items() if count]
    return ", ".join(told + ([f"{len(found.moved)} moved"] if found.moved else [])) + "."
