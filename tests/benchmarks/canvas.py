"""The canvas: building it, and one animated frame, at 100 and 1,000 blocks."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator
from typing import Any

from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from runtime.snapshot import Flow, Snapshot
from tests.benchmarks.measure import Row, seconds

FRAMES = 60


def lattice(count: int, columns: int = 20) -> Diagram:
    """`count` blocks in rows, every row a chain."""
    blocks, wires = {}, []
    for n in range(count):
        row, column = divmod(n, columns)
        kind = "observed" if column == 0 else ("linear", "relu")[column % 2]
        blocks[f"b{n}"] = Block(f"b{n}", kind, Frozen(), (column * 180.0, row * 130.0))
        if column:
            wires.append(Wire(Pin(f"b{n - 1}", "y"), Pin(f"b{n}", "z")))
    return Diagram(blocks, tuple(wires))


def rows() -> Iterator[Row]:
    """The table's lines."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    built = {count: _build(count) for count in (100, 1000)}
    for count, (took, view, scene) in built.items():
        yield Row(f"canvas of {count:,} blocks: build", f"{took * 1e3:.0f} ms", "read it")
        still = _frames(application, view, scene, None, fresh=True)
        moving = _frames(application, view, scene, _snapshot(scene.diagram), fresh=False)
        yield Row(
            f"canvas of {count:,} blocks: animated frame (full repaint)",
            f"{moving * 1e3:.1f} ms ({still * 1e3:.1f} ms)",
            "at most 16 ms (idle machine)",
            moving <= 0.016,
        )
    growth = (built[1000][0] / 1000) / (built[100][0] / 100)
    yield Row(
        "canvas: build time a block at 1,000 / at 100",
        f"{growth:.2f}",
        "at most 1.5",
        growth <= 1.5,
    )


def _build(count: int) -> tuple[float, Any, Any]:
    from app.canvas.scene import CanvasScene
    from app.canvas.view import CanvasView
    from app.theme import PAPER

    diagram = lattice(count)
    scene = CanvasScene(lambda _edit: None, PAPER)
    took = seconds(lambda: scene.show(diagram))
    view = CanvasView(scene)
    view.resize(1280, 800)
    view.show()
    view.scale(0.5, 0.5)
    return took, view, scene


def _snapshot(diagram: Diagram) -> Snapshot:
    flows = {wire: Flow(1.0, 10.0 ** -(n % 6)) for n, wire in enumerate(diagram.wires)}
    return Snapshot(1, 1, 0.1, 0.5, flows=flows, playing=True)


def _frames(
    application: Any, view: Any, scene: Any, snapshot: Snapshot | None, fresh: bool
) -> float:
    """Median seconds of painting the view; `fresh` repaints what stands still too."""
    scene.show_frame(snapshot)
    application.processEvents()

    def paint() -> None:
        if fresh:
            scene.touched.emit()
            view.viewport().update()
        else:
            scene.ticked.emit()
            view.viewport().update()
        view.viewport().repaint()

    paint()
    return statistics.median(seconds(paint) for _ in range(FRAMES))
