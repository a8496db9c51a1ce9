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
from graph.parts import join
from nodes.names import names
from runtime.messages import Compiled
from runtime.snapshot import Ask, Snapshot

if TYPE_CHECKING:
    from app.levels import Levels
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
        window.scene.picked.connect(lambda ids: self._picked(ids, window.levels))
        window.levels.changed.connect(lambda _change: self._name_rows(window.levels))
        window.levels.entered.connect(lambda _left: self._name_rows(window.levels))
        window.filing.opened.connect(self._forget)
        self._looked_again = window.live.look_again
        for dock in self._docks.values():
            dock.visibilityChanged.connect(self._opened)
        for view in self.views.values():
            view.asked.connect(self._looked_again)

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

    def _picked(self, ids: tuple[str, ...], levels: Levels) -> None:
        """Of a use of a part the block is chosen that gives its output."""
        block = levels.origin(Pin(ids[0], OUTPUT)).block if len(ids) == 1 else ""
        for view in self.views.values():
            view.select(block)
        self._looked_again()

    def _name_rows(self, levels: Levels) -> None:
        """Along the flow of the shown level: the variable at a block's output, and before it the block's own weights."""
        diagram = levels.diagram
        if diagram is self._diagram or not self._docks["gradients"].isVisible():
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
        gradients = self.views["gradients"]
        assert isinstance(gradients, GradientsView)
        gradients.name_rows(rows)
