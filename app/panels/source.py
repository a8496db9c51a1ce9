"""The source panel: the PyTorch module of the diagram, the lines of the selected blocks marked; to read, copy and export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontDatabase,
    QGuiApplication,
    QHideEvent,
    QMouseEvent,
    QShowEvent,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.panels.python import PythonColors
from app.theme import Theme, mixed
from graph.parts import SLASH

WAITING = "The source comes as soon as the engine has looked at the diagram."
MARK = 0.84  # of the background in the colour of a marked line
TEXT = 12  # pixels
FEWEST, READABLE = (
    250,
    460,
)  # pixels of height: what is of use, what shows the `forward` of a small net


class SourcePanel(QWidget):
    """Says `wanted` when it has nothing to show or what it shows is old, `visited(block path)` at a click on a line.

    While it is hidden it asks for nothing.
    """

    wanted = Signal()
    visited = Signal(str)
    exported = Signal()
    said = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stale = True
        self._lines: Mapping[str, tuple[int, ...]] = {}
        self._picked: tuple[str, ...] = ()
        self.text = _Text()
        self.text.setMinimumHeight(FEWEST)
        self.text.clicked.connect(self._clicked)
        self._colors = PythonColors(self.text.document(), theme)
        self.reason = QLabel(WAITING)
        self.reason.setProperty("role", "muted")
        self.reason.setWordWrap(True)
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.reason.setContentsMargins(18, 14, 12, 8)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("the whole module to the clipboard")
        self.copy_button.clicked.connect(self._copy)
        self.export_button = QPushButton("Export…")
        self.export_button.setToolTip(
            "as Python source, or with its weights: .pt2, ONNX, safetensors"
        )
        self.export_button.clicked.connect(self.exported)
        self._lay_out()
        self._show_state("")

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 4, 12, 8)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.export_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.reason, 1)
        column.addWidget(self.text, 1)
        column.addLayout(buttons)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), READABLE)

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        self._theme = theme
        self._colors.set_theme(theme)
        self._mark()

    def outdate(self) -> None:
        """The diagram is another now; asks again while it is seen."""
        self._stale = True
        if self.isVisible():
            self.wanted.emit()

    def show_source(self, text: str, lines: Mapping[str, tuple[int, ...]], reason: str) -> None:
        """The source of the newest diagram with the lines of every block, or why there is none."""
        self._stale, self._lines = False, lines
        if text != self.text.toPlainText():
            place = self.text.verticalScrollBar().value()
            self.text.setPlainText(text)
            self.text.verticalScrollBar().setValue(place)
        self._show_state(reason)
        self._mark()

    def show_picked(self, paths: Iterable[str]) -> None:
        """Marks the lines of these blocks, of a use of a part those of all blocks inside, and scrolls there."""
        self._picked = tuple(paths)
        if self._mark():
            self._scroll()

    @property
    def marked(self) -> tuple[int, ...]:
        """The numbers of the marked lines, from 1."""
        inside = tuple(f"{path}{SLASH}" for path in self._picked)
        found = {
            number
            for block, numbers in self._lines.items()
            if block in self._picked or block.startswith(inside)
            for number in numbers
        }
        return tuple(sorted(found))

    def block_at(self, number: int) -> str:
        """The path of the block that a line is of, "" for none."""
        return next((block for block, lines in self._lines.items() if number in lines), "")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.wanted.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stale = True  # nobody keeps it up to date meanwhile

    def _show_state(self, reason: str) -> None:
        there = bool(self.text.toPlainText()) and not reason
        if reason or not there:
            self.reason.setText(_sentence(reason) if reason else WAITING)
        self.reason.setVisible(not there)
        self.text.setVisible(there)
        self.copy_button.setEnabled(there)
        self.export_button.setEnabled(there)

    def _mark(self) -> tuple[int, ...]:
        numbers = self.marked
        color = mixed(self._theme.selection, self._theme.field, MARK)
        self.text.setExtraSelections([self._line(number, color) for number in numbers])
        return numbers

    def _line(self, number: int, color: QColor) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        made.format.setBackground(color)  # type: ignore[attr-defined]
        made.format.setProperty(QTextFormat.Property.FullWidthSelection, True)  # type: ignore[attr-defined]
        made.cursor = QTextCursor(self.text.document().findBlockByNumber(number - 1))  # type: ignore[attr-defined]
        return made

    def _scroll(self) -> None:
        """To the last line of the first block: what it computes, from what."""
        path = next((p for p in self._picked if p in self._lines), "")
        number = self._lines[path][-1] if path else self.marked[0]
        block = self.text.document().findBlockByNumber(number - 1)
        self.text.setTextCursor(QTextCursor(block))
        self.text.centerCursor()

    def _clicked(self, number: int) -> None:
        if block := self.block_at(number):
            self.visited.emit(block)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.said.emit("The module's source is on the clipboard")


class _Text(QPlainTextEdit):
    """Read only; says `clicked(line)` when a click was no drag."""

    clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAccessibleName("source of the diagram")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(TEXT)
        self.setFont(font)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            cursor = self.cursorForPosition(event.position().toPoint())
            self.clicked.emit(cursor.blockNumber() + 1)


def _sentence(reason: str) -> str:
    return reason[:1].upper() + reason[1:]
