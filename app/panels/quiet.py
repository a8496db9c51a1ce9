"""A combo box whose arrow is a small ▾: after the text when it has no frame, at the right when it has one."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter

ARROW = "▾"
GAP = 4  # pixels between the text and the arrow


class QuietCombo(QComboBox):
    """Painted without the style's arrow, which follows neither theme."""

    def text_width(self) -> int:
        """The width in pixels that the present text and the arrow need without a frame."""
        self.ensurePolished()
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(self.currentText() + ARROW) + 2 * GAP

    def setAccessibleName(self, name: str) -> None:
        """The list that opens is called the same."""
        super().setAccessibleName(name)
        self.view().setAccessibleName(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A letter that finds an item chooses it too, as the arrows do; Qt would only show it."""
        before = self.currentIndex()
        super().keyPressEvent(event)
        if event.text().isprintable() and event.text() and self.currentIndex() != before:
            self.activated.emit(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        if self.hasFrame():
            option.subControls = QStyle.SubControl.SC_ComboBoxFrame
            painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
            inside = self.rect().adjusted(9, 0, -8, 0)
        else:
            inside = self.rect()
        self._paint_text(painter, inside)

    def _paint_text(self, painter: QPainter, inside: QRect) -> None:
        metrics = self.fontMetrics()
        room = inside.width() - metrics.horizontalAdvance(ARROW) - GAP
        shown = "" if self.isEditable() else self.currentText()  # its own field shows it
        text = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, room)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignLeft, text)
        if self.hasFrame():
            painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, ARROW)
        else:
            left = inside.adjusted(metrics.horizontalAdvance(text) + GAP, 0, 0, 0)
            painter.drawText(left, middle | Qt.AlignmentFlag.AlignLeft, ARROW)
        if self.hasFocus() and not self.hasFrame():
            painter.setPen(self.palette().color(self.palette().ColorRole.Highlight))
            painter.drawLine(inside.bottomLeft(), inside.bottomRight())
