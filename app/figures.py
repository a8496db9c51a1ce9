"""The docks whose figures the engine makes: asks for those that are open, and gives each what has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget

from app import docks
from app.theme import Theme
from app.views.attention import AttentionView
from app.views.boundary import BoundaryView
from app.views.confusion import ConfusionView
from app.views.cover import cover
from app.views.embedding import EmbeddingView
from app.views.figure import FigureView
from app.views.findings import FindingsView
from app.views.gradients import GradientsView
from app.views.histograms import HistogramsView
from app.views.job import JobView
from app.views.matrix import MatrixView
from app.views.patches import PatchesView
from app.views.pictures import PicturesView
from app.views.slow import SlowView
from app.views.surface import SurfaceView
from app.views.warp import WarpView
from graph.diagram import OUTPUT, Diagram, Pin
from graph.parts import join
from nodes.names import names
from runtime.messages import Compiled, StartJob, StopJob
from runtime.snapshot import Ask, Snapshot

if TYPE_CHECKING:
    from app.levels import Levels
    from app.window import MainWindow

VIEWS: dict[str, type[FigureView]] = {
    "boundary": BoundaryView,
    "gradients": GradientsView,
    "histograms": HistogramsView,
    "pictures": PicturesView,
    "patches": PatchesView,
    "attention": AttentionView,
    "matrix": MatrixView,
    "confusion": ConfusionView,
    "embedding": EmbeddingView,
    "warp": WarpView,
    "findings": FindingsView,
    "slow": SlowView,
    "surface": SurfaceView,
}
NAMED = (
    "boundary",
    "gradients",
    "histograms",
    "embedding",
    "surface",
)  # views that call variables as the canvas does


class Figures(QObject):
    """The views by the name of their dock.  A closed dock asks for nothing and so costs nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.views = {name: view(theme) for name, view in VIEWS.items()}
        self._docks: dict[str, QDockWidget] = {}
        self._open: set[str] = set()
        self._diagram = Diagram()

    def connect_to(self, window: MainWindow) -> None:
        """Listens to the run, the selection and the docks of a window that has everything in it."""
        self._docks = {name: window.docks[name] for name in self.views}
        self._open = {name for name, dock in self._docks.items() if dock.isVisible()}
        window.live.asks = self.asks
        window.live.shown.connect(self._shown)
        window.live.compiled.connect(self._compiled)
        window.live.played.connect(self._played)
        window.live.branched.connect(self._branched)
        window.scene.picked.connect(lambda ids: self._picked(ids, window.levels))
        window.levels.changed.connect(
            lambda change: self._name_rows(window.levels) if change.runs else None
        )
        window.levels.entered.connect(lambda _left: self._name_rows(window.levels))
        window.filing.opened.connect(self._forget)
        self._looked_again = window.live.look_again
        for name, dock in self._docks.items():
            dock.visibilityChanged.connect(
                lambda shown, name=name: self._opened(name, shown, window.levels)
            )
        for view in self.views.values():
            view.asked.connect(self._looked_again)
            if isinstance(view, JobView):
                self._connect_job(view, window)
        boundary = self._docks["boundary"]
        self.views["boundary"].titled.connect(lambda title: docks.retitle(boundary, title))

    def _connect_job(self, view: JobView, window: MainWindow) -> None:
        live = window.live
        view.begun.connect(lambda ask: None if live.send(StartJob(ask)) else view.interrupt())
        view.ended.connect(lambda ask: live.send(StopJob(ask)))
        live.computed.connect(view.show_job)
        live.compiled.connect(view.show_compiled)
        live.died.connect(lambda _text: view.interrupt())

    def _opened(self, name: str, visible: bool, levels: Levels) -> None:
        """A dock was opened or closed, or another one lies on it now."""
        (self._open.add if visible else self._open.discard)(name)
        if visible:
            self._name_rows(levels)
            self._looked_again()

    def _played(self, playing: bool) -> None:
        for view in self.views.values():
            view.playing = playing

    def asks(self) -> tuple[Ask, ...]:
        """What the open views want."""
        open_views = [view for name, view in self.views.items() if name in self._open]
        return tuple(ask for view in open_views for ask in view.asks())

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        for view in self.views.values():
            view.set_theme(theme)

    def set_motion(self, wanted: bool) -> None:
        """Whether views may move by themselves."""
        for view in self.views.values():
            view.set_motion(wanted)

    def _shown(self, snapshot: Snapshot) -> None:
        for view in self.views.values():
            if not (snapshot.past and view.gathers):
                view.take(snapshot.views)

    def _branched(self, step: int) -> None:
        for view in self.views.values():
            view.branch(step)

    def _compiled(self, message: Compiled) -> None:
        if message.restarted:
            self._forget()
        for view in self.views.values():
            cover(view, view.has_something() and not message.report.trainable)

    def _forget(self) -> None:
        for view in self.views.values():
            view.drop()
            cover(view, False)

    def _picked(self, ids: tuple[str, ...], levels: Levels) -> None:
        """Of a use of a part the block is chosen that gives its output."""
        block = levels.origin(Pin(ids[0], OUTPUT)).block if len(ids) == 1 else ""
        for view in self.views.values():
            view.select(block)
        self._looked_again()

    def _name_rows(self, levels: Levels) -> None:
        """Along the flow of the shown level: the variable at a block's output, and before it the block's own weights."""
        diagram = levels.diagram
        if diagram is self._diagram or self._open.isdisjoint(NAMED):
            return
        self._diagram = diagram
        called = names(diagram)
        rows: dict[str, str] = {}
        for block in diagram.order:
            if block in called.weights:
                rows[join(levels.path, block)] = called.weights[block]
            pin = Pin(block, OUTPUT)
            if pin in called.variables:
                rows[str(levels.origin(pin))] = called.variables[pin]
        for name in NAMED:
            self.views[name].name_rows(rows)
