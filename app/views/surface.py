"""The loss over a plane of weight space, with the path that the run takes down on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QHelpEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QToolButton, QToolTip, QWidget

from app.panels.numbers import readable
from app.panels.quiet import QuietCombo
from app.plain import plain
from app.theme import Theme
from app.views.axes import Scale
from app.views.job import JobView
from app.views.landscape import Landscape
from app.views.weights import WeightChoice, called
from runtime.figures.surface import DIRECTIONS, PATH, WEIGHTS, Path, Surface, Where
from runtime.messages import Compiled
from runtime.snapshot import Ask

LEFT, RIGHT, BOTTOM = 50, 104, 34
ABOVE = 6.0  # pixels above the plane, for half of its highest number
KINDS = {WEIGHTS: "Two weights", PATH: "Along the path", DIRECTIONS: "Random directions"}
LADDER = (1.0, 2.0, 5.0)  # times powers of ten: how wide the plane may be


class SurfaceView(JobView):
    """The surface is computed when asked, by itself only for a diagram of two weights, where it costs next to nothing."""

    title = "Loss surface"
    help = (
        "L(w + a·u + b·v): the training loss over two weights, along the path of the descent (u, v: the first two "
        "principal components of its weights), or over two random directions as long, filter by filter, as the "
        "weights; the line is the path."
    )
    nothing = (
        "Press Compute to see the loss around the present weights.\n"
        "Train first, and the plane lies along the path that the weights took."
    )
    tall = 240

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._where = Where()
        self._found: Surface | None = None
        self._path: Path | None = None
        self._shown = ""  # the choice whose surface is shown
        self._picture = Landscape(theme)
        self._names: Mapping[str, str] = {}
        self._source: tuple[str, str] = ("", "")  # of what the surface was computed: program, data
        self._tried = False
        self._add_controls()

    def _add_controls(self) -> None:
        self.kind = QuietCombo()
        self.kind.setAccessibleName("plane of weight space")
        for kind, text in KINDS.items():
            self.kind.addItem(text, kind)
        self.kind.setMinimumWidth(80)
        self.kind.setToolTip(
            "Which plane of weight space is shown: of two weights; of the two directions in which the path varies "
            "most, so that all of it is seen; or of two random ones, which the path is nearly at right angles to."
        )
        self.kind.activated.connect(self._kind_chosen)
        self.controls.addWidget(self.kind)
        self.closer = self._small(
            "+", "Half as wide, and compute (wheel up)", lambda: self.zoom(-1)
        )
        self.wider = self._small(
            "−", "Twice as wide, and compute (wheel down)", lambda: self.zoom(1)
        )
        self.other = self._small(
            "Others", "Two other random directions, and compute", self._draw_others
        )
        self.weights = WeightChoice()
        self.weights.chosen.connect(self._weights_chosen)
        self.layout().insertWidget(1, self.weights)  # type: ignore[union-attr]
        self._show_controls()

    def _small(self, text: str, tip: str, press: Any) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setProperty("role", "plain")
        button.clicked.connect(press)
        self.controls.addWidget(button)
        return button

    def _show_controls(self) -> None:
        """Only what the plane and the diagram need."""
        plane = self.plane
        weighing = plane == WEIGHTS
        self.kind.setCurrentIndex(self.kind.findData(plane))
        self.other.setVisible(plane == DIRECTIONS)
        many = self._path is not None and self._path.single is None
        self.weights.setVisible(weighing and many)
        self.update()

    # --- what is chosen ------------------------------------------------------------------------------------------

    @property
    def plane(self) -> str:
        """The kind of plane: as chosen, else what fits the diagram and how far it has come."""
        if self._where.kind:
            return self._where.kind
        return self._path.usual if self._path is not None else DIRECTIONS

    def choose(self, choice: str) -> None:
        self._take(Where.read(choice))

    def _take(self, where: Where) -> None:
        self._where, self.choice = where, where.text
        self.weights.show_choice(where.x, where.y)
        self._show_controls()
        self.asked.emit()

    def _kind_chosen(self) -> None:
        kind = str(self.kind.currentData())
        if kind == self.plane:
            return
        where = Where(kind)
        if kind == WEIGHTS and self._path is not None and self._path.single is None:
            where = replace(where, x=self.weights.entry(0), y=self.weights.entry(1))
        self._take(where)
        self.start()

    def _weights_chosen(self, x: str, y: str) -> None:
        self._take(replace(self._where, kind=WEIGHTS, x=x, y=y, span=0.0))
        self.start()

    def _draw_others(self) -> None:
        self._take(replace(self._where, kind=DIRECTIONS, seed=self._where.seed + 1))
        self.start()

    def zoom(self, steps: int) -> None:
        """Shows a plane some steps of 1, 2, 5, 10 wider, or narrower below 0, and computes it."""
        if self._found is not None:
            x0, x1, y0, y1 = self._found.bounds
            self._take(replace(self._where, span=wider(max(x1 - x0, y1 - y0) / 2, steps)))
            self.start()

    # --- what comes ----------------------------------------------------------------------------------------------

    def job(self) -> Ask:
        self._tried = True
        return Ask("surface", choice=self.choice)

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("path", choice=self._shown or self.choice),)

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        found = figures.get(self.asks()[0])
        if not isinstance(found, Path):
            return
        before, self._path = self._path, found
        if before is None or before.weights != found.weights:
            self._know_weights(found)
        elif before.usual != found.usual:
            self._show_controls()
        if found.single is not None and not self._tried and self.isVisible():
            self.start()
        self.update()

    def _know_weights(self, found: Path) -> None:
        self.weights.show_weights(found.weights, self._names)
        chosen = {text.rpartition("[")[0] for text in (self._where.x, self._where.y) if text}
        if not chosen <= {*found.weights}:
            self._take(Where(self._where.kind))  # those of another diagram
        self._show_controls()

    def show_found(self, found: object) -> None:
        assert isinstance(found, Surface)
        if self._running is not None:
            self._shown = self._running.choice
        self._found = found
        self._picture.show(found, self.share >= 1.0)

    def name_rows(self, names: Mapping[str, str]) -> None:
        self._names = dict(names)
        self.update()

    def show_compiled(self, message: Compiled) -> None:
        """The surface stays while the edited diagram computes the same from the same data."""
        source = (message.report.source, message.data)
        if source != self._source or message.restarted:
            self.forget()
        elif 0.0 < self.share < 1.0 and not self.is_running:
            self._tried = False  # it was cut short by the edit
        self._source = source

    def select(self, block: str) -> None:
        """Every block has the same surface."""

    def set_theme(self, theme: Theme) -> None:
        self._picture.set_theme(theme)
        super().set_theme(theme)

    def forget(self) -> None:
        self._found, self._path, self._shown, self._tried = None, None, "", False
        self.share = 0.0
        self.update()

    # --- painting ------------------------------------------------------------------------------------------------

    def has_something(self) -> bool:
        return self._found is not None

    def area(self) -> QRectF:
        """Where the plane lies in the widget: a square; along a path each axis has its own scale."""
        top = self.top + ABOVE
        if self.weights.isVisible():
            top = float(self.weights.geometry().bottom()) + 5.0
        side = min(self.width() - LEFT - RIGHT, self.height() - top - BOTTOM)
        return QRectF(LEFT, top, max(side, 1.0), max(side, 1.0))

    def scales(self) -> tuple[Scale, Scale]:
        """From weights to pixels, across and up."""
        assert self._found is not None
        area, (x0, x1, y0, y1) = self.area(), self._found.bounds
        return Scale(x0, x1, area.left(), area.right()), Scale(y0, y1, area.bottom(), area.top())

    def axis_names(self) -> tuple[str, str]:
        """w₀ and w₁, or what the weights of the plane are called; else the way along its directions."""
        assert self._found is not None
        if self._found.kind == PATH:
            first, second = (
                f"component {n} ({s:.0%})" for n, s in enumerate(self._found.shares, 1)
            )
            return first, second
        shapes = self._path.weights if self._path is not None else {}
        x, y = (called(text, shapes, self._names) for text in self._found.axes)
        return x or "a·u", y or "b·v"

    def paint(self, painter: QPainter) -> None:
        across, up = self.scales()
        self._picture.paint(painter, self.area(), across, up, self.axis_names())
        if self._path is not None:
            self._picture.paint_path(painter, self._path.points, across, up)
        legend = QRectF(
            self.area().right() + 12, self.area().top(), RIGHT - 16, self.area().height()
        )
        self._picture.paint_legend(painter, legend)

    def told(self, x: float, y: float) -> str:
        """The loss at the node next to a point of the widget, "" outside."""
        if self._found is None or not self.area().contains(x, y):
            return ""
        across, up = self.scales()
        a, b, nodes = across.value(x), up.value(y), len(self._found.loss) - 1
        x0, x1, y0, y1 = self._found.bounds
        column, row = round((a - x0) / (x1 - x0) * nodes), round((b - y0) / (y1 - y0) * nodes)
        loss = float(self._found.loss[row, column])
        if math.isnan(loss):
            return ""
        first, second = (name.partition(" (")[0] for name in self.axis_names())
        place = f"{first} = {readable(a, 3)}, {second} = {readable(b, 3)}"
        others = "the other weights as" if self._found.kind == WEIGHTS else "from the weights"
        looked = f"{self._found.samples:,} training samples, {others} at step {self._found.step:,}"
        return f"{place}: loss {readable(loss)} over {looked}"

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            told = self.told(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), plain(told or self.help), self)
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._found is None or not self.area().contains(event.position()):
            event.ignore()
            return
        turned = event.angleDelta().y()
        if turned:
            self.zoom(-1 if turned > 0 else 1)
        event.accept()


def wider(span: float, steps: int) -> float:
    """`span` some steps of 1, 2, 5, 10 up or down."""
    decade = math.floor(math.log10(span) + 1e-9)
    ladder = [
        f * 10.0**d for d in range(decade - abs(steps) - 1, decade + abs(steps) + 2) for f in LADDER
    ]
    at = int(np.argmin(np.abs(np.log(ladder) - math.log(span))))
    return float(f"{ladder[at + steps]:.6g}")
