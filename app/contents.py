"""What is in the window, made in small steps: document, engine, canvas, bar, panels, menus, and how they are connected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLabel, QToolBar, QVBoxLayout, QWidget

from app import actions
from app.breadcrumb import Breadcrumb
from app.canvas.scene import CanvasScene
from app.canvas.view import CanvasView
from app.checking import Checking
from app.document import Document
from app.figures import Figures
from app.filing import Filing
from app.levels import Levels
from app.live import Engine, Live
from app.notice import Notice
from app.offer import Offer
from app.panels.inspector import Inspector
from app.panels.outline import Outline
from app.panels.palette import Palette
from app.panels.recipe import kinds_of, single_settings
from app.panels.training import TrainingBar
from app.reactions import Reactions
from app.shelf import Shelf
from app.status import StatusLine
from app.views.boundary import BoundaryView
from app.views.loss import LossView
from app.visits import Visits
from runtime.session import Session

if TYPE_CHECKING:
    from app.window import MainWindow

LEFT_WIDTH, RIGHT_WIDTH = 208, 410
TALL = 900  # pixels of a window from which there is room for the gradients too
NARROWEST = 300  # pixels that the right side keeps in a small window


def warm() -> None:
    """Loads what the parts of the window read when they are made; needs no window, so a thread can do it."""
    from nodes.catalogue import catalogue

    catalogue()
    single_settings()
    for entry in ("data", "optimizer", "schedule"):
        kinds_of(entry)


def contents(window: MainWindow) -> Iterator[None]:
    """Fills a window; between two steps it may answer to the person."""
    engine: Engine = window.session or Session()
    window.live = Live(engine, window)
    window.live.start()  # torch loads while the rest is made
    yield
    window.document = Document(parent=window)
    window.levels = Levels(window.document, window)
    window.filing = Filing(window.document, window.live, window.preferences, window)
    yield
    window.bar = TrainingBar(window.theme, softly=True)
    yield from window.bar.complete()
    yield
    _add_bar(window)
    yield
    window.scene = CanvasScene(window.levels.do, window.theme)
    yield
    window.view = CanvasView(window.scene)
    yield
    window.view.shelf = window.shelf = window.wanted_shelf or Shelf(None)
    window.notice = Notice(window.theme)
    window.breadcrumb = Breadcrumb()
    window.setCentralWidget(_central(window))
    yield
    window.library = Palette(window.theme)
    _dock(window, "palette", "", window.library, Qt.DockWidgetArea.LeftDockWidgetArea)
    yield
    window.inspector = Inspector(window.theme, softly=True)
    yield
    _dock(window, "inspector", "", window.inspector)
    yield
    yield from window.inspector.complete()
    window.boundary = BoundaryView(window.theme)
    _dock(window, "boundary", "Decision boundary", window.boundary)
    window.loss = LossView(window.theme)
    _dock(window, "loss", "Loss", window.loss)
    yield
    window.figures = Figures(window.theme)
    for name, view in window.figures.views.items():
        _dock(window, name, view.title, view)
    yield
    window.outline = Outline(window.theme)
    _dock(window, "outline", "Outline", window.outline)
    window.status = StatusLine()
    window.setStatusBar(window.status)
    yield
    window.menus = actions.make_menus(window)
    yield
    window.reactions = Reactions(window)
    window.visits = Visits(window)
    window.checking = Checking(window)
    window.offer = Offer(window.shelf, window)
    window.offer.found.connect(window.library.show_shelf)
    window.figures.connect_to(window)
    _arrange(window)
    yield
    _share_out(window)
    window.offer.look()
    yield


def _add_bar(window: MainWindow) -> None:
    strip = QToolBar("Training", window)
    strip.setObjectName("training")
    strip.setMovable(False)
    strip.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    strip.setContentsMargins(0, 0, 0, 0)
    strip.addWidget(window.bar)
    window.addToolBar(strip)
    strip.style().polish(strip)
    # its margins were taken before it had its name, by which the style sheet knows it
    QApplication.sendEvent(strip, QEvent(QEvent.Type.StyleChange))


def _central(window: MainWindow) -> QWidget:
    middle = QWidget()
    column = QVBoxLayout(middle)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(window.notice)
    column.addWidget(window.breadcrumb)
    column.addWidget(window.view, 1)
    return middle


def _dock(
    window: MainWindow,
    name: str,
    title: str,
    content: QWidget,
    area: Qt.DockWidgetArea = Qt.DockWidgetArea.RightDockWidgetArea,
) -> None:
    dock = QDockWidget(title or name.capitalize(), window)
    dock.setObjectName(name)
    dock.setTitleBarWidget(_heading(title))
    dock.setWidget(content)
    window.addDockWidget(area, dock)
    window.docks[name] = dock


def _heading(title: str) -> QWidget:
    """A quiet title by which the dock can be dragged; without a title, nothing at all."""
    if not title:
        return QWidget()
    heading = QLabel(title)
    heading.setProperty("role", "title")
    heading.setContentsMargins(18, 12, 12, 4)
    return heading


def _arrange(window: MainWindow) -> None:
    window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
    window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
    docks = window.docks
    window.tabifyDockWidget(docks["inspector"], docks["outline"])
    docks["inspector"].raise_()
    docks["outline"].hide()
    window.tabifyDockWidget(docks["pictures"], docks["confusion"])
    for name in ("pictures", "confusion"):
        docks[name].hide()
    docks["gradients"].setVisible(window.height() >= TALL)


def _share_out(window: MainWindow) -> None:
    """The sizes of the sides, as remembered or as they should be; the docks have to be on the screen already."""
    docks = window.docks
    horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    side = max(NARROWEST, min(RIGHT_WIDTH, window.width() * 26 // 100))
    window.resizeDocks([docks["palette"], docks["inspector"]], [LEFT_WIDTH, side], horizontal)
    right = [docks[name] for name in ("inspector", "boundary", "loss", "gradients")]
    window.resizeDocks(right, [250, 270, 190, 190], vertical)
    window.restoreState(window.preferences.bytes("state"))
    window.view.setFocus()
