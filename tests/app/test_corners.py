"""What lies over the corners of the canvas covers no block of a diagram that is framed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from app import gallery
from app.canvas.corners import GAP, room_beside, scale_in
from graph.diagram import Diagram
from graph.files import load
from runtime.snapshot import Flow, Snapshot
from tests.app.canvas_bench import Bench, block, closing, diagram

__all__ = ["closing"]

WHOLE = QRectF(20, 20, 960, 660)
LEGEND, MAP = QRectF(20, 620, 208, 60), QRectF(830, 580, 150, 100)


def boxes(*given: tuple[float, float, float, float]) -> tuple[np.ndarray, QRectF]:
    found = np.array(given, float)
    (left, top), (right, bottom) = found[:, :2].min(0), found[:, 2:].max(0)
    return found, QRectF(left, top, right - left, bottom - top)


def test_what_is_free_is_framed_as_without_corners() -> None:
    row = boxes((0, 0, 40, 40), (900, 0, 940, 40))
    assert room_beside(WHOLE, (LEGEND, MAP), *row, 1.6) == WHOLE
    assert room_beside(WHOLE, (), *boxes((0, 0, 900, 600)), 1.6) == WHOLE


def test_a_wide_one_goes_up_without_becoming_smaller() -> None:
    found, rect = boxes((0, 0, 40, 40), (1200, 0, 1240, 40), (0, 700, 40, 740))
    room = room_beside(WHOLE, (LEGEND,), found, rect, 1.6)
    assert room.bottom() < WHOLE.bottom()
    lowest = room.center().y() + (740 - rect.center().y()) * scale_in(room, rect, 1.6)
    assert lowest <= LEGEND.top() - GAP + 1e-6


def test_a_high_one_goes_between_them() -> None:
    found, rect = boxes((0, 0, 400, 40), (0, 1000, 400, 1040))
    room = room_beside(WHOLE, (LEGEND, MAP), found, rect, 1.6)
    assert scale_in(room, rect, 1.6) == scale_in(WHOLE, rect, 1.6)


def test_where_nothing_helps_all_of_the_view_is_taken() -> None:
    low = QRectF(0, 0, 300, 150)
    corner = QRectF(0, 20, 300, 130)
    assert room_beside(low, (corner,), *boxes((0, 0, 900, 400)), 1.6) == low


def grid(rows: int, columns: int) -> Diagram:
    made = [
        block(f"linear{r}_{c}", "linear", 160 * c, 120 * r)
        for r in range(rows)
        for c in range(columns)
    ]
    return diagram(made, "linear0_0.y -> linear0_1.z")


def covered(bench: Bench) -> list[str]:
    """Blocks under the map or the legend, or beyond the view's edges."""
    view = bench.view
    over = [QRectF(part.geometry()) for part in (view._minimap, view._legend) if part.isVisible()]
    inside, found = QRectF(view.viewport().rect()), []
    for name, item in bench.scene.blocks.items():
        rect = item.boundingRect().translated(item.pos())
        there = view.viewportTransform().mapRect(rect)
        if not inside.contains(there) or any(there.intersects(part) for part in over):
            found.append(name)
    return found


@pytest.mark.parametrize("size", [(640, 480), (1000, 700), (1000, 460), (700, 1000)], ids=str)
@pytest.mark.parametrize("name", ["nonlinearities", "3 × 12", "14 × 4", "8 × 8"])
def test_framing_all_leaves_room_for_map_and_legend(
    qapp: Any, name: str, size: tuple[int, int]
) -> None:
    rows, times, columns = name.partition(" × ")
    of = grid(int(rows), int(columns)) if times else load(gallery.path(name))
    bench = Bench(of)
    bench.view.resize(*size)
    QApplication.processEvents()
    bench.view.frame_all()
    bench.scene.show_frame(
        Snapshot(1, 1, 0.0, 0.5, flows={w: Flow(1.0, 1.0) for w in of.wires}, playing=True)
    )
    assert bench.view._legend.isVisible() and bench.view._minimap.isVisible()
    assert not covered(bench)


def test_without_map_and_legend_all_of_the_view_is_used(qapp: Any) -> None:
    bench = Bench(grid(8, 8))
    bench.view.frame_all()
    beside = bench.view.zoom
    bench.view.minimap = bench.view.legend_wanted = False
    bench.view.frame_all()
    assert bench.view.zoom > 1.05 * beside
    there = bench.view.viewportTransform().mapRect(bench.scene.bounds()).center()
    assert abs(there.y() - bench.view.viewport().height() / 2) < 2
