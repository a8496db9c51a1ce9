"""A selected frame or comment in the inspector: its title or text, and its colour."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.canvas.frames import tint
from app.canvas.note import NoteText
from app.panels.line import Line
from app.panels.section import text_label
from app.theme import Theme
from graph.diagram import Diagram
from graph.edit import Edit
from graph.frame import COLORS, MAX_TEXT, MAX_TITLE, Comment, Frame, Note
from graph.framing import RemoveFrames, SetColor, SetComment, SetTitle, inside

SWATCH = QSize(18, 18)
HELP = {
    Frame: "Drag it by its title: what stands inside comes along. Drag its edges to resize it.",
    Comment: "Formulas stand between $ signs: $\\sum_i w_i^2$, $\\partial C/\\partial w$, $\\bar{y}$.",
}


class NotePage(QWidget):
    """Shows one frame or comment, or the colour of several; `edited(edit)` says what the person wants."""

    edited = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[str, ...] = ()
        self._one: Note | None = None
        self.title = text_label("title")
        self.line = Line()
        self.line.setMaxLength(MAX_TITLE)
        self.line.setAccessibleName("title")
        self.line.editingFinished.connect(self._entitle)
        self.text = _Text()
        self.text.left.connect(self._write)
        self.help = text_label("small")
        self.colors: dict[str, QToolButton] = {}
        row = QHBoxLayout()
        row.setSpacing(5)
        for color in COLORS:
            button = self.colors[color] = QToolButton()
            button.setCheckable(True)
            button.setIconSize(SWATCH)
            button.setToolTip(color)
            button.setAccessibleName(f"colour {color}")
            button.clicked.connect(lambda _on=False, color=color: self._color(color))
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(9)
        for widget in (self.title, self.line, self.text):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self.help)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """The swatches are in the theme's colours."""
        for color, button in self.colors.items():
            button.setIcon(_swatch(color, theme))

    def show_notes(self, diagram: Diagram, ids: tuple[str, ...]) -> None:
        """Follows the document: `ids` are those of frames and comments that are there."""
        found = [thing for thing in diagram.notes if thing.id in ids]
        self._ids = tuple(thing.id for thing in found)
        self._one = found[0] if len(found) == 1 else None
        frame = self._one if isinstance(self._one, Frame) else None
        comment = self._one if isinstance(self._one, Comment) else None
        self.line.setVisible(frame is not None)
        self.text.setVisible(comment is not None)
        self.help.setText(HELP[type(self._one)] if self._one else "")
        if frame is not None:
            count = len(inside(diagram, frame)[0])
            self.title.setText(f"Frame · {count} block{'s' * (count != 1)}")
            if not (self.line.hasFocus() and self.line.isModified()):
                self.line.setText(frame.title)
        elif comment is not None:
            self.title.setText("Comment")
            if not self.text.hasFocus():
                self.text.setPlainText(comment.text)
        else:
            self.title.setText(f"{len(found)} frames and comments selected")
        now = {thing.color or COLORS[0] for thing in found}
        for color, button in self.colors.items():
            button.setChecked(now == {color})

    def _say(self, edit: Edit) -> None:
        self.edited.emit(edit)

    def _entitle(self) -> None:
        if isinstance(self._one, Frame) and self.line.text() != self._one.title:
            self.line.setModified(False)
            self._say(SetTitle(self._one.id, self.line.text()))

    def _write(self) -> None:
        text = self.text.toPlainText().strip()[:MAX_TEXT]
        if isinstance(self._one, Comment) and text != self._one.text:
            self._say(SetComment(self._one.id, text) if text else RemoveFrames((self._one.id,)))

    def _color(self, color: str) -> None:
        self._say(SetColor(self._ids, "" if color == COLORS[0] else color))


class _Text(NoteText):
    """Says when it is left, or Ctrl+Enter is pressed."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("text")
        self.setTabChangesFocus(True)
        self.setFixedHeight(130)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


def _swatch(color: str, theme: Theme) -> QIcon:
    pixmap = QPixmap(SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    look = tint(color, theme)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(look.rim)
    painter.setBrush(QColor(look.rim))
    painter.drawRoundedRect(1, 1, SWATCH.width() - 2, SWATCH.height() - 2, 4, 4)
    painter.end()
    return QIcon(pixmap)
