"""Keeps the source panel at the diagram, its marks at the selection, and carries out what is asked for there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from graph.parts import SLASH, join
from runtime.messages import Compiled, Export, SourceText, WantSource

if TYPE_CHECKING:
    from app.window import MainWindow

KINDS = (
    "Python source (*.py);;torch.export, with weights (*.pt2);;ONNX, with weights (*.onnx);;"
    "Weights (*.safetensors)"
)


class Sourcing(QObject):
    """Asks the engine for the source only while the panel is seen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        panel, live = window.source, window.live
        live.compiled.connect(self._compiled)
        live.written.connect(self._written)
        panel.wanted.connect(lambda: live.send(WantSource()))
        panel.visited.connect(self.visit)
        panel.exported.connect(self.export)
        panel.said.connect(window.status.say)
        window.scene.picked.connect(lambda _picked: self._pick())
        window.levels.entered.connect(lambda _left: self._pick())

    def _compiled(self, _message: Compiled) -> None:
        self._window.source.outdate()

    def _written(self, message: SourceText) -> None:
        self._window.source.show_source(message.text, message.lines, message.reason)
        self._pick()

    def _pick(self) -> None:
        levels, scene = self._window.levels, self._window.scene
        here = (join(levels.path, name) for name in levels.diagram.blocks if name in scene.selected)
        self._window.source.show_picked(here)

    def visit(self, path: str) -> None:
        """Selects the block of a line: on the shown level the use that holds it, else where it is."""
        window = self._window
        inside = f"{window.levels.path}{SLASH}" if window.levels.path else ""
        if not path.startswith(inside):
            window.reactions.visit((path,))
            return
        name = path.removeprefix(inside).partition(SLASH)[0]
        window.scene.select((name,))
        window.view.point_out((name,))

    def export(self) -> None:
        """Asks for a name and has the engine write what its ending says."""
        filing, window = self._window.filing, self._window
        path = filing.ask_save_path("Export the model", ".py", KINDS)
        if path and not window.live.send(Export(str(Path(path).absolute()))):
            window.status.say("The engine is not there yet: try again in a moment.")
