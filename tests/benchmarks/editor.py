"""One editor at work, in a process of its own: `python -m tests.benchmarks.editor NAME COUNT` prints its times as JSON.

Every editor makes the same lattice of blocks with one input and one output, shows the whole of it, and moves one block.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
from collections.abc import Callable
from typing import Any

from tests.benchmarks.canvas import lattice
from tests.benchmarks.measure import seconds

FRAMES = 7
SIZE = (1280, 800)
Made = tuple[Any, Callable[[float], object], Callable[[], object]]  # view, move one block, see all


def ours(count: int) -> Made:
    """Gradboard's canvas; a move is an edit of the document's diagram."""
    from app import pauses
    from app.canvas.scene import CanvasScene
    from app.canvas.view import CanvasView
    from app.document import Document
    from app.theme import PAPER
    from graph.edits import MoveBlocks

    pauses.spare()  # as the program does once its window is there
    document = Document()
    scene = CanvasScene(document.do, PAPER)
    document.changed.connect(lambda change: scene.show_change(document.diagram, change))
    document.load(lattice(count), None)
    view = CanvasView(scene)
    x, y = document.diagram.blocks["b30"].position
    return view, lambda by: document.do(MoveBlocks({"b30": (x, y + by)})), view.frame_all


def nodegraphqt(count: int) -> Made:
    """NodeGraphQt, without its undo."""
    os.environ.setdefault("QT_PREFERRED_BINDING", "PySide6")
    from NodeGraphQt import BaseNode, NodeGraph

    class Block(BaseNode):
        __identifier__ = "gradboard"
        NODE_NAME = "linear"

        def __init__(self) -> None:
            super().__init__()
            self.add_input("z")
            self.add_output("y")

    graph = NodeGraph()
    graph.register_node(Block)
    diagram = lattice(count)
    made = {
        name: graph.create_node(
            "gradboard.Block", name=name, pos=block.position, selected=False, push_undo=False
        )
        for name, block in diagram.blocks.items()
    }
    for source, target in diagram.wires:
        made[source.block].output(0).connect_to(made[target.block].input(0), push_undo=False)
    view, item = graph.viewer(), made["b30"].view
    view.kept = graph
    y = item.pos().y()
    return view, lambda by: item.setPos(item.pos().x(), y + by), lambda: _fit(view)


def flowchart(count: int) -> Made:
    """The flowchart of pyqtgraph."""
    from pyqtgraph.flowchart import Flowchart, Node

    chart = Flowchart(terminals={})
    view = chart.widget().chartWidget.view
    view.setParent(None)  # out of its docks, so that it can be shown alone
    diagram, made = lattice(count), {}
    for name, block in diagram.blocks.items():
        made[name] = Node(name, terminals={"z": {"io": "in"}, "y": {"io": "out"}})
        chart.addNode(made[name], name, block.position)
    for source, target in diagram.wires:
        chart.connectTerminals(made[source.block]["y"], made[target.block]["z"])
    view.kept = chart
    item = made["b30"].graphicsItem()
    y = item.pos().y()
    return view, lambda by: item.setPos(item.pos().x(), y + by), view.viewBox().autoRange


def _fit(view: Any) -> None:
    from PySide6.QtCore import Qt

    view.fitInView(view.scene().itemsBoundingRect(), Qt.AspectRatioMode.KeepAspectRatio)


EDITORS = {"Gradboard": ours, "NodeGraphQt": nodegraphqt, "flowchart": flowchart}


def measure(name: str, count: int) -> dict[str, float]:
    """Seconds until the diagram is there, until it is seen, of one full repaint, and of moving one block and repainting."""
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    EDITORS[name](40)  # what is loaded or made once
    made: list[Made] = []
    build = seconds(lambda: made.append(EDITORS[name](count)))
    view, move, see_all = made[0]

    def show() -> None:
        view.resize(*SIZE)
        view.show()
        see_all()
        view.viewport().repaint()

    shown = build + seconds(show)
    application.processEvents()
    paint = view.viewport().repaint

    def frame() -> None:
        view.viewport().update()
        paint()

    def step(by: float) -> None:
        move(by)
        application.processEvents()
        paint()

    frames = statistics.median(seconds(frame) for _ in range(FRAMES))
    moves = statistics.median(seconds(lambda by=n: step(10.0 * by)) for n in range(1, FRAMES + 1))
    return {"build": build, "shown": shown, "frame": frames, "move": moves}


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))), flush=True)
    os._exit(0)  # some of them do not end well
