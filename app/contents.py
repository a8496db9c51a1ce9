"""What is in the window, made in small steps: document, engine, canvas, bar, panels, menus, and how they are connected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QToolBar, QVBoxLayout, QWidget

from app import actions, docks
from app.adding import Adding
from app.announcing import Announcing
from app.breadcrumb import Breadcrumb
from app.canvas.scene import CanvasScene
from app.canvas.view import CanvasView
from app.checking import Checking
from app.commanding import Commanding
from app.comparing import Compares
from app.context_menu import ContextMenu
from app.document import Document
from app.doubting import Doubting
from app.figures import Figures
from app.filing import Filing
from app.focusing import Focusing
from app.keymap import Keymap
from app.lecture import Lecture, steps_of
from app.levels import Levels
from app.live import Engine, Live
from app.mending import Mending
from app.notice import Notice
from app.offer import Offer
from app.panels.differences import Differences
from app.panels.history import History
from app.panels.inspector import Inspector
from app.panels.looking_back import LookingBack
from app.panels.outline import Outline
from app.panels.palette import Palette
from app.panels.problems import Problems
from app.panels.recipe import kinds_of, single_settings
from app.panels.reveal import Reveal
from app.panels.runs import RunsPanel
from app.panels.source import SourcePanel
from app.panels.training import TrainingBar
from app.reactions import Reactions
from app.revealing import Revealing
from app.runs import Runs
from app.safety import Safety
from app.scaling import Scaling
from app.shelf import Shelf
from app.sourcing import Sourcing
from app.spotting import Spotting
from app.stacking import Stacking
from app.status import StatusLine
from app.theme import styled
from app.travel import Travel
from app.views.boundary import BoundaryView
from app.views.loss import LossView
from app.views.moments import Moments
from app.visits import Visits
from app.watching import Watching
from runtime.session import Session

if TYPE_CHECKING:
    from app.window import MainWindow


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
    yield from _document(window)
    yield from _canvas(window)
    yield from _settings(window)
    yield from _views(window)
    yield from _panels(window)
    yield from _commands(window)
    _conduct(window)
    docks.arrange(window)
    window.stacking = Stacking(window)
    yield
    docks.share_out(window)
    window.offer.look()
    window.safety.offer()
    yield


def _document(window: MainWindow) -> Iterator[None]:
    """What is worked on, and the bar that trains it."""
    window.document = Document(parent=window)
    window.levels = Levels(window.document, window)
    window.filing = Filing(window.document, window.live, window.preferences, window)
    yield
    window.bar = TrainingBar(window.theme, softly=True)
    yield from window.bar.complete()
    yield
    _add_bar(window)
    yield


def _canvas(window: MainWindow) -> Iterator[None]:
    """The canvas, and what is said above it."""
    window.scene = CanvasScene(window.levels.do, styled(window.theme, window.style_name))
    yield
    window.view = CanvasView(window.scene)
    yield
    window.view.new_blocks.shelf = window.shelf = window.wanted_shelf or Shelf(None)
    window.notice = Notice(window.theme)
    window.looking_back = LookingBack()
    window.breadcrumb = Breadcrumb()
    window.setCentralWidget(_central(window))
    yield


def _settings(window: MainWindow) -> Iterator[None]:
    """The palette, and the settings of what is selected."""
    window.library = Palette(window.theme)
    docks.add(window, "palette", "", window.library, Qt.DockWidgetArea.LeftDockWidgetArea)
    yield
    window.inspector = Inspector(window.theme, softly=True)
    yield
    docks.add(window, "inspector", "", window.inspector)
    yield
    yield from window.inspector.complete()


def _views(window: MainWindow) -> Iterator[None]:
    """What is seen of the run."""
    window.figures = Figures(window.theme)
    boundary = window.figures.views["boundary"]
    assert isinstance(boundary, BoundaryView)
    window.boundary = boundary
    docks.add(window, "boundary", boundary.title, boundary)
    window.loss = LossView(window.theme)
    window.moments = Moments(window.theme, window.loss.steps_scale)
    docks.add(window, "loss", "Loss", _below(window.loss, window.moments), view=window.loss)
    yield
    for name, view in window.figures.views.items():
        if name not in window.docks:
            docks.add(window, name, view.title, view)
    yield


def _panels(window: MainWindow) -> Iterator[None]:
    """The diagram in words, and the line at the bottom."""
    window.outline = Outline(window.theme)
    docks.add(window, "outline", "Outline", window.outline)
    window.history = History(window.document.stack, window.theme)
    window.history.wanted.connect(window.levels.go_to_step)
    window.problems = Problems(window.theme)
    docks.add(window, "problems", "Problems", window.problems)
    window.runs_panel = RunsPanel(window.theme)
    docks.add(window, "runs", "Runs", window.runs_panel, Qt.DockWidgetArea.BottomDockWidgetArea)
    window.source = SourcePanel(window.theme)
    docks.add(window, "source", "Source", window.source)
    window.differences = Differences(window.theme)
    docks.add(window, "differences", "Differences", window.differences)
    window.reveal = Reveal(steps_of)
    docks.add(window, "reveal", "Reveal order", window.reveal)
    docks.add(window, "history", "History", window.history)
    window.status = StatusLine()
    window.setStatusBar(window.status)
    yield


def _commands(window: MainWindow) -> Iterator[None]:
    """The menus and their keys."""
    window.scaling = Scaling(window)
    window.keymap = Keymap(window.preferences, window)
    window.menus = actions.make_menus(window)
    yield


def _conduct(window: MainWindow) -> None:
    """Whatever lets the parts act on each other; each connects itself to what it follows."""
    window.reactions = Reactions(window)
    window.mending = Mending(window)
    window.adding = Adding(window)
    window.commanding = Commanding(window)
    window.context_menu = ContextMenu(window)
    window.focusing = Focusing(window)
    window.announcing = Announcing(window)
    window.visits = Visits(window)
    window.checking = Checking(window)
    window.doubting = Doubting(window)
    window.travel = Travel(window)
    home = window.rescue_folder.with_name("runs") if window.rescue_folder else None
    window.runs = Runs(window, window.runs_panel, home)
    window.safety = Safety(window, window.rescue_folder)
    window.offer = Offer(window.shelf, window)
    window.offer.found.connect(lambda found: window.library.show_shelf(found, window.shelf.pins))
    window.figures.connect_to(window)
    window.spotting = Spotting(window)
    window.watching = Watching(window)
    window.sourcing = Sourcing(window)
    window.compares = Compares(window)
    window.lecture = Lecture(window)
    window.revealing = Revealing(window)
    window.filing.as_saved = lambda diagram: docks.with_views(window, diagram)


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


def _below(above: QWidget, line: QWidget) -> QWidget:
    """A view with a line below it, of the same width."""
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(above, 1)
    column.addWidget(line)
    return both


def _central(window: MainWindow) -> QWidget:
    middle = QWidget()
    column = QVBoxLayout(middle)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(window.notice)
    column.addWidget(window.looking_back)
    column.addWidget(window.breadcrumb)
    column.addWidget(window.view, 1)
    return middle
