"""A diagram as a picture, without a window: PNG, SVG, PDF and TikZ, all from one list of what the canvas paints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QColor, QImage, QImageWriter, QPageSize, QPainter, QPdfWriter

from app.canvas.drawing import Drawing, replay
from app.canvas.recorder import Recorder
from app.canvas.scene import CanvasScene
from app.canvas.svg import svg_text
from app.canvas.tikz import tikz_text
from app.theme import Theme
from graph.diagram import Diagram
from graph.edit import Edit
from graph.files import to_text
from graph.framing import held_by
from graph.pictures import ATTACHMENT, png_with, svg_metadata
from graph.problem import DiagramError
from runtime.snapshot import Report, Snapshot

MARGIN = 24.0  # canvas units around the diagram
LARGEST = 16_000  # pixels of a side; a larger picture is made at a smaller scale
LONGEST = 14_000.0  # points of a side of a page: readers of PDF go to 14,400
POINT = 0.75  # points for each canvas unit: as browsers count, so that SVG and PDF have one size
DOTS = 1200  # to the inch, to which places on a page are rounded
METRE = 96 / 0.0254  # canvas units
EMPTY = QRectF(0, 0, 240, 120)


@dataclass(frozen=True)
class Shown:
    """What a picture shows of a diagram: all, or the blocks of `ids`, the wires among them and the frames and comments of
    `notes` beside those that hold nothing else; what is known of a run.

    `carried` is the diagram that can be taken out of the picture again.
    """

    diagram: Diagram
    theme: Theme
    report: Report | None = None
    snapshot: Snapshot | None = None
    values: bool = False  # the values that run forward, beside the gradients
    motion: bool = True  # pulses where they are, not only widths and numbers
    mirror: bool = False  # the gradient graph below
    ids: frozenset[str] | None = None
    notes: frozenset[str] = frozenset()
    background: bool = True
    carried: Diagram | None = None
    before: Diagram | None = None  # another version, with which it is compared


class Picture:
    """One picture in any of its forms; needs a QApplication, but no screen."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._background = shown.theme.background if shown.background else ""
        scene = _scene(shown)
        self.rect = _bounds(scene)
        self.drawing = _drawing(scene, shown.ids, self.rect)

    def image(self, scale: float = 2.0) -> QImage:
        """Pixels, `scale` for each canvas unit, fewer when a side would have more than LARGEST."""
        rect = self.rect
        scale = min(scale, LARGEST / max(rect.width(), rect.height()))
        size = QSizeF(rect.width() * scale, rect.height() * scale).toSize().expandedTo(_ONE)
        made = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        made.fill(QColor(self._background) if self._background else QColor(0, 0, 0, 0))
        made.setDotsPerMeterX(round(METRE * scale))
        made.setDotsPerMeterY(round(METRE * scale))
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        painter.translate(-rect.topLeft())
        replay(self.drawing, painter)
        painter.end()
        return made

    def png(self, scale: float = 2.0) -> bytes:
        """A PNG file."""
        buffer = _buffer()
        QImageWriter(buffer, b"png").write(self.image(scale))
        content = bytes(buffer.data().data())
        return png_with(content, to_text(self._shown.carried)) if self._shown.carried else content

    def svg(self) -> bytes:
        """An SVG file."""
        carried = self._shown.carried
        metadata = svg_metadata(to_text(carried)) if carried else ""
        return svg_text(self.drawing, self.rect, self._background, metadata).encode()

    def pdf(self) -> bytes:
        """A PDF file of one page as large as the picture."""
        rect, buffer = self.rect, _buffer()
        point = min(POINT, LONGEST / max(rect.width(), rect.height()))
        writer = QPdfWriter(buffer)
        size = QSizeF(rect.width() * point, rect.height() * point)
        writer.setPageSize(
            QPageSize(size, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
        )
        writer.setPageMargins(QMarginsF())
        writer.setResolution(DOTS)
        writer.setTitle("A diagram of Gradboard")
        writer.setCreator("Gradboard")
        if self._shown.carried:
            text = to_text(self._shown.carried).encode()
            writer.addFileAttachment(ATTACHMENT, QByteArray(text), "application/json")
        painter = QPainter(writer)
        scale = point * DOTS / 72
        painter.scale(scale, scale)
        painter.translate(-rect.topLeft())
        if self._background:
            painter.fillRect(rect, QColor(self._background))
        replay(self.drawing, painter)
        painter.end()
        return bytes(buffer.data().data())

    def tikz(self) -> bytes:
        """A LaTeX file that pdflatex sets, its styles named by the roles of the notation."""
        return tikz_text(self.drawing, self.rect, self._background).encode()

    def file(self, suffix: str, scale: float = 2.0) -> bytes:
        """The content of a file whose name ends in .png, .svg, .pdf or .tex."""
        if suffix == ".png":
            return self.png(scale)
        made: bytes = {".svg": self.svg, ".pdf": self.pdf, ".tex": self.tikz}[suffix]()
        return made


_ONE = QSizeF(1, 1).toSize()


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


def _drawing(scene: CanvasScene, ids: frozenset[str] | None, rect: QRectF) -> Drawing:
    """Frames, what runs under the wires, wires and blocks, what runs above them."""
    back, things, flows = Recorder(scene.ink), Recorder(scene.ink), Recorder(scene.ink)
    scene.frames.paint(back.painter, scene.frames.bounds(), scene.ink)
    scene.paint_things(things.painter, rect)
    scene.mirror.paint(flows.painter, scene.ink, detail=True)
    scene.pulses.paint(flows.painter, rect, detail=True)
    scene.comparing.paint(flows.painter, scene.ink)
    under = [item for item in flows.items if getattr(item, "behind", False)]
    above = [item for item in flows.items if not getattr(item, "behind", False)]
    return (*back.items, *under, *things.items, *above)


def _scene(shown: Shown) -> CanvasScene:
    scene = CanvasScene(_refuse, shown.theme)
    scene.show(shown.diagram)
    if shown.report is not None:
        scene.show_report(shown.report)
    if shown.ids is not None:
        _keep(scene, shown.ids, shown.notes)
    if shown.before is not None:
        scene.comparing.show(shown.before)
    scene.mirror.wanted = shown.mirror and shown.ids is None  # it mirrors the whole
    if shown.snapshot is not None:
        scene.pulses.flows.show_values = shown.values
        scene.pulses.motion = shown.motion
        scene.show_frame(replace(shown.snapshot, playing=False))
    return scene


def _keep(scene: CanvasScene, ids: Iterable[str], notes: Iterable[str]) -> None:
    """Takes everything else off the scene; what is left keeps the names that it has among all."""
    for wire in [w for w in scene.wires if not {w.source.block, w.target.block} <= set(ids)]:
        scene.removeItem(scene.wires.pop(wire))
    for name in scene.blocks.keys() - set(ids):
        scene.removeItem(scene.blocks.pop(name))
    scene.frames.keep({*held_by(scene.diagram, set(ids)), *notes})


def _bounds(scene: CanvasScene) -> QRectF:
    rect = scene.bounds()
    for item in scene.wires.values():
        rect |= item.boundingRect()
    rect |= scene.mirror.bounds() | scene.comparing.bounds()
    return rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN) if not rect.isEmpty() else EMPTY


def _refuse(edit: Edit) -> None:
    raise DiagramError("A picture cannot be edited.")
