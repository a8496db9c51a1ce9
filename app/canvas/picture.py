"""A diagram as a picture, without a window: QImage and SVG."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from app.canvas.background import paint_frames
from app.canvas.scene import CanvasScene
from app.theme import Theme
from graph.diagram import Diagram
from graph.edits import Edit
from graph.problem import DiagramError
from runtime.snapshot import Report

MARGIN = 24.0  # canvas units around the diagram
LARGEST = 16_000  # pixels of a side; a larger picture is made at a smaller scale
EMPTY = QRectF(0, 0, 240, 120)


def picture(
    diagram: Diagram, theme: Theme, scale: float = 2.0, report: Report | None = None
) -> QImage:
    """The whole diagram, `scale` pixels for each canvas unit; needs a QApplication, but no screen."""
    scene = _scene(diagram, theme, report)
    rect = _bounds(scene)
    scale = min(scale, LARGEST / max(rect.width(), rect.height()))
    image = QImage(
        max(1, round(rect.width() * scale)),
        max(1, round(rect.height() * scale)),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.fill(QColor(theme.background))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    _paint(scene, painter, rect)
    return image


def svg(diagram: Diagram, theme: Theme, report: Report | None = None) -> bytes:
    """The whole diagram as the text of an SVG file."""
    scene = _scene(diagram, theme, report)
    rect = _bounds(scene)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(rect.size().toSize())
    generator.setViewBox(QRectF(0, 0, rect.width(), rect.height()))
    generator.setTitle("Gradboard")
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, rect.width(), rect.height()), QColor(theme.background))
    _paint(scene, painter, rect)
    return bytes(buffer.data().data())


def _paint(scene: CanvasScene, painter: QPainter, rect: QRectF) -> None:
    painter.translate(-rect.topLeft())
    paint_frames(painter, scene.diagram.frames, scene.ink)
    scene.paint_things(painter, rect)
    painter.end()


def _scene(diagram: Diagram, theme: Theme, report: Report | None) -> CanvasScene:
    scene = CanvasScene(_refuse, theme)
    scene.show(diagram)
    if report is not None:
        scene.show_report(report)
    return scene


def _bounds(scene: CanvasScene) -> QRectF:
    rect = scene.bounds()
    for frame in scene.diagram.frames:
        rect |= QRectF(*frame.rectangle)
    for item in scene.wires.values():
        rect |= item.boundingRect()
    return rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN) if not rect.isEmpty() else EMPTY


def _refuse(edit: Edit) -> None:
    raise DiagramError("A picture cannot be edited.")
