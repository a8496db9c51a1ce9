"""The docks whose figures the engine makes: asks for those that are open, and gives each what has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDockWidget

from app.theme import Theme
from app.views.confusion import ConfusionView
from app.views.figure import FigureView
from app.views.gradients import GradientsView
from app.views.pictures import PicturesView
from graph.diagram import OUTPUT, Diagram, Pin
from nodes.names import names
from runtime.messages import Compiled
from runtime.snapshot import Ask, Snapshot

if TYPE_CHECKING:
    from app.window import MainWindow

VIEWS: dict[str, type[FigureView]] = {
    "gradients": GradientsView,
    "pictures": PicturesView,
    "confusion": ConfusionView,
}


class Figures(QObject):
    """The views by the name of their dock.  A closed dock asks for nothing and so costs nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.views = {name: view(theme) for name, view in VIEWS.items()}
        self._docks: dict[str, QDockWidget] = {}
        self._diagram = Diagram()

    def connect_to(self, window: MainWindow) -> None:
        """Listens to the run, the selection and the docks of a window that has everything in it."""
        self._docks = {name: window.docks[name] for name in self.views}
        window.live.asks = self.asks
        window.live.shown.connect(self._shown)
        window.live.compiled.connect(self._compiled)
        window.scene.picked.connect(self._picked)
        window.document.changed.connect(lambda _change: self._name_rows(window.document.diagram))
        window.filing.opened.connect(self._forget)
        self._looked_again = window.live.look_again
        for dock in self._docks.values():
            dock.visibilityChanged.connect(self._opened)

    def _opened(self, visible: bool) -> None:
        if visible:
            self._looked_again()

    def asks(self) -> tuple[Ask, ...]:
        """What the open views want."""
        open_views = [view for name, view in self.views.items() if self._docks[name].isVisible()]
        return tuple(ask for view in open_views for ask in view.asks())

    def set_theme(self, theme: Theme) -> None:
        """Other colours, at once."""
        for view in self.views.values():
            view.set_theme(theme)

    def _shown(self, snapshot: Snapshot) -> None:
        for view in self.views.values():
            view.show_figures(snapshot.views)

    def _compiled(self, message: Compiled) -> None:
        if message.restarted:
            self._forget()

    def _forget(self) -> None:
        for view in self.views.values():
            view.forget()

    def _picked(self, ids: tuple[str, ...]) -> None:
        for view in self.views.values():
            view.select(ids[0] if len(ids) == 1 else "")
        self._looked_again()

    def _name_rows(self, diagram: Diagram) -> None:
        """Along the flow: the variable at a block's output, and before it the block's own weights."""
        if diagram is self._diagram or not self._docks["gradients"].isVisible():
            return
        self._diagram = diagram
        called = names(diagram)
        rows: dict[str, str] = {}
        for block in diagram.order:
            if block in called.weights:
                rows[block] = called.weights[block]
            pin = Pin(block, OUTPUT)
            if pin in called.variables:
                rows[str(pin)] = called.variables[pin]
        gradients = self.views["gradients"]
        assert isinstance(gradients, GradientsView)
        gradients.name_rows(rows)
