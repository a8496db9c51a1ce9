"""What the diagram answers, with the data on top: class areas or a surface over a plane, curves over one number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from app.theme import Theme
from app.views.areas import extent_of
from app.views.brush import Brush
from app.views.figure import FigureView
from app.views.fit import paint_fit, paint_key
from app.views.legend import paint_classes, paint_scale, row_of, rows_in
from app.views.plane import PlanePicture
from app.views.spaces import SpaceLinks
from runtime.figures.answers import Answers, Fit, Points
from runtime.snapshot import Ask

SIDE, GAP = 116, 10  # pixels of the links and the legend, and before them
PICTURE = 220  # pixels, at the least, that a picture needs
SENTENCE = 52  # pixels that a sentence needs
LIVE, STILL = 100, 256  # cells of a side while it trains, and while it does not
PLAIN = "plain"  # the last word of a choice without shading
HEADINGS = {"areas": "Decision boundary", "surface": "Answers", "fit": "Fit"}


class BoundaryView(FigureView):
    """The newest answers in the chosen space.

    A click on a class of the legend takes its colour as a brush; clicks and drags on the input's plane then paint
    points of that class, and another click on the legend, or Escape, puts the brush away.
    """

    title = "Decision boundary"
    help = (
        "What ȳ is all over a plane, and the data: the class argmax ȳ, the paler the smaller its share max softmax ȳ; "
        "a single number as a surface, and over a single input as the curve ȳ(x)."
    )
    nothing = "The answers are drawn here when the diagram runs and its input is real numbers."

    painted = Signal(float, float, int, bool)  # x, y, class, whether a new stroke begins

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.picture = PlanePicture()
        self._found: Answers | Fit | None = None
        self._space = ""  # the chosen one, "" for the one that suits
        self.links = SpaceLinks(self)
        self.links.chosen.connect(self._choose_space)
        self.shading = QCheckBox("confidence", self)
        self.shading.setToolTip("paler where the answer is less sure")
        self.shading.setChecked(True)
        self.shading.toggled.connect(self._shade)
        self.brush = Brush(self)
        self._arrange()
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def sizeHint(self) -> QSize:
        return QSize(380, 270)

    # --- what is asked and shown -----------------------------------------------------------------------------------

    def asks(self) -> tuple[Ask, ...]:
        return (Ask("answers", choice=self._space, size=LIVE if self.playing else STILL),)

    def show_figures(self, figures: Mapping[Ask, Any]) -> None:
        for ask, found in figures.items():
            if ask.view == "answers" and ask.choice == self._space:
                self._show(found)

    def _show(self, found: Answers | Fit | None) -> None:
        self._found = found
        if isinstance(found, Answers):
            self.picture.show(found, self._theme, self.shading.isChecked())
        if found is not None:
            self.links.show_space(found.space, found.spaces)
        if not self.paints_points():
            self.brush.take(None)
        self._arrange()
        self.titled.emit(self.heading())
        self.update()

    @property
    def found(self) -> Answers | Fit | None:
        """What is shown."""
        return self._found

    @property
    def points(self) -> Points | None:
        """The data that are shown, in the units of the input's plane; None in other spaces."""
        shown = self._found
        return shown.points if isinstance(shown, Answers) and shown.space == "input" else None

    def forget(self) -> None:
        self._found = None
        self.brush.take(None)
        self._arrange()
        self.update()

    def select(self, block: str) -> None:
        """The selected block's variable is the one whose space the link opens."""
        self._selected = block
        self.links.prefer(f"{block}.y")

    def name_rows(self, names: Mapping[str, str]) -> None:
        self.links.name_rows(names)

    def has_something(self) -> bool:
        return self._found is not None

    def heading(self) -> str:
        """What the dock is called with what it shows."""
        if isinstance(self._found, Answers):
            return HEADINGS["areas" if self._found.grid.classes else "surface"]
        return HEADINGS["fit"] if self._found is not None else self.title

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.picture.color(theme, self.shading.isChecked())

    # --- what is chosen --------------------------------------------------------------------------------------------

    def choose(self, choice: str) -> None:
        words = choice.split()
        self._space = " ".join(word for word in words if word != PLAIN)
        self.shading.setChecked(PLAIN not in words)
        self._keep()

    def _keep(self) -> None:
        """The space, "" for the one that suits, and whether sureness is left out."""
        plain = "" if self.shading.isChecked() else PLAIN
        self.choice = " ".join(filter(None, (self._space, plain)))

    def _choose_space(self, space: str) -> None:
        self._space = space
        self._keep()
        self.asked.emit()

    def _shade(self) -> None:
        self._keep()
        self.picture.color(self._theme, self.shading.isChecked())
        self.update()

    # --- places ----------------------------------------------------------------------------------------------------

    def room(self) -> QRectF:
        """The room for the picture with its axes."""
        return QRectF(0, 0, self.width() - SIDE - GAP, self.height())

    def area(self) -> QRectF:
        """Where the grid lies in the widget."""
        return self.picture.area(self.room())

    def side(self) -> QRectF:
        """The room for links, legend and switch."""
        right = self.width() - SIDE
        if isinstance(self._found, Answers):
            right = min(right, int(self.area().right()) + GAP)
        return QRectF(right, 0, SIDE, self.height())

    def legend(self) -> QRectF:
        """The room for the legend, between the links and the switch."""
        side, top = self.side(), self.links.height() + 6
        bottom = 26 if not self.shading.isHidden() else 4
        return QRectF(side.left(), top, SIDE - 2, max(0.0, side.height() - top - bottom))

    def legend_row(self, number: int) -> QRectF:
        """Where a class stands in the legend."""
        assert isinstance(self._found, Answers)
        return row_of(self.legend(), number, self._found.grid.classes)

    def _arrange(self) -> None:
        """A sentence needs less room than a picture: the other views get the rest."""
        something = self.has_something()
        self.need(PICTURE if something else SENTENCE)
        self.links.setVisible(something)
        areas = isinstance(self._found, Answers) and self._found.grid.confidence is not None
        self.shading.setVisible(areas)
        self.links.take_room()
        left = int(self.side().left())
        self.links.move(left, 2)
        self.shading.adjustSize()
        self.shading.move(left + 2, self.height() - self.shading.height() - 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    # --- the brush -------------------------------------------------------------------------------------------------

    def paints_points(self) -> bool:
        """Whether points can be painted on what is shown."""
        return self.points is not None and bool(
            self.picture.shown and self.picture.shown.grid.classes
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self.paints_points():
            return
        assert isinstance(self._found, Answers)
        for number in range(rows_in(self.legend(), self._found.grid.classes)):
            if self.legend_row(number).contains(event.position()):
                self.brush.take(number)
                return
        self.brush.press(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self.paints_points():
            self.brush.move(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.brush.number is not None:
            self.brush.take(None)
        else:
            super().keyPressEvent(event)

    # --- painting --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        found, theme = self._found, self._theme
        if isinstance(found, Fit):
            paint_fit(painter, found, self.room(), theme)
            paint_key(painter, found, self.legend(), theme)
            return
        assert found is not None
        self.picture.paint(painter, self.room(), self.size(), self.devicePixelRatioF(), theme)
        if found.grid.classes:
            names = found.points.names
            paint_classes(
                painter, self.legend(), found.grid.classes, names, theme, self.brush.number
            )
        else:
            extent = extent_of(found.grid)
            paint_scale(painter, self.legend(), -extent, extent, theme)
