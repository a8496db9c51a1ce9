"""The legend in the corner of the canvas: which norm a pulse of which colour, thickness and speed stands for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.canvas.inks import SHADES, Inks, sans, write
from app.canvas.scale import Scale
from app.canvas.scene import CanvasScene
from app.canvas.strength import band_width, dot_radius

WIDTH, ROW, EDGE = 208, 46, 12
STEPS = 5  # strengths that are shown


class Legend(QWidget):
    """Lies over a view; a row for gradients and one for values, as far as they are shown."""

    def __init__(self, parent: QWidget, scene: CanvasScene) -> None:
        super().__init__(parent)
        self._scene = scene
        self._shown: object = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Legend of the pulses")
        scene.ticked.connect(self._look)
        self._look()

    @property
    def rows(self) -> list[tuple[str, Scale, bool]]:
        """What each row is about, its scale, and whether it runs forward."""
        flows = self._scene.pulses.flows
        found = [("gradient norm ‖∂C/∂z‖", flows.scale, False)] * flows.show_gradients
        return found + [("value norm ‖z‖", flows.value_scale, True)] * flows.show_values

    @property
    def has_flows(self) -> bool:
        """Whether there are wires on which something is shown as soon as it runs."""
        return bool(self.rows and self._scene.wires)

    @property
    def says_something(self) -> bool:
        """Whether anything runs that it explains."""
        return self.has_flows and not self._scene.pulses.flows.is_empty

    def _look(self) -> None:
        """Something ran on; the legend is painted anew only when it says something else."""
        now = (self.rows, self._scene.ink.theme.name, self._scene.pulses.motion)
        if now != self._shown:
            self._shown = now
            self.resize(QSize(WIDTH, ROW * max(len(self.rows), 1) + 10))
            told = [f"{text} from {ends(scale)}" for text, scale, _ in self.rows]
            self.setAccessibleDescription("; ".join(told))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, ink = QPainter(self), self._scene.ink
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        panel = QColor(ink.theme.panel)
        panel.setAlpha(235)
        painter.setPen(QPen(QColor(ink.theme.border), 1.4))
        painter.setBrush(panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.setFont(sans())
        for number, (text, scale, forward) in enumerate(self.rows):
            self._paint_row(painter, ink, 6 + ROW * number, text, scale, forward)

    def _paint_row(
        self, painter: QPainter, ink: Inks, top: float, text: str, scale: Scale, forward: bool
    ) -> None:
        painter.setPen(ink.muted if forward else ink.gradient_text)
        write(painter, text, EDGE, top + 8, align=0.0)
        wide = (self.width() - 2 * EDGE) / STEPS
        for step in range(STEPS):
            strength = step * (SHADES - 1) // (STEPS - 1)
            left, y = EDGE + step * wide, top + 23
            pen = QPen(ink.shade(strength, forward), band_width(strength))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(QPointF(left, y), QPointF(left + wide, y))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink.pulses[forward][strength])
            if self._scene.pulses.motion:
                radius = dot_radius(strength) * (0.8 if forward else 1.0)
                painter.drawEllipse(QPointF(left + wide / 2, y), radius, radius)
        painter.setPen(ink.muted)
        write(painter, f"1e{scale.low}", EDGE, top + 38, align=0.0)
        middle = "slower → faster" if self._scene.pulses.motion else "thin → thick"
        write(painter, middle, self.width() / 2, top + 38)
        write(painter, f"1e{scale.high}", self.width() - EDGE, top + 38, align=1.0)


def ends(scale: Scale) -> str:
    """A scale in words."""
    return f"1e{scale.low} to 1e{scale.high}"
