"""The gradient graph of diagrams whose weights come by a wire, or whose chain is broken into lines."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QRectF

from app import gallery
from app.canvas.inks import text_width
from app.canvas.mirror import NUMBER
from app.canvas.paths import evenly
from app.canvas.scene import CanvasScene
from app.theme import PAPER
from graph.diagram import Pin, Wire
from graph.files import load
from runtime.program import compile


def mirrored(name: str) -> CanvasScene:
    """The scene of a gallery page with its gradient graph."""
    diagram = load(gallery.path(name))
    scene = CanvasScene(lambda edit: None, PAPER)
    scene.show(diagram)
    scene.show_report(compile(diagram).report)
    scene.mirror.wanted = True
    scene.mirror.bounds()
    return scene


def test_a_block_whose_weights_come_by_a_wire_has_only_its_b(qapp: Any) -> None:
    scene = mirrored("parameter-transform")
    found = {(label.key, label.text) for label in scene.mirror.labels if label.key}
    assert ("linear1", "∂C/∂b") in found
    assert [key for key, text in found if text == "∂C/∂w"] == [Pin("exp1", "y")]


def test_no_wire_between_the_lines_of_a_chain_cuts_a_number(qapp: Any) -> None:
    scene = mirrored("spiral-warp")
    line = scene.wires[Wire(Pin("linear3", "y"), Pin("tanh3", "z"))]
    scene_box = scene.bounds()
    axis = (scene.mirror.twin("x").y() + scene.blocks["x"].y()) / 2
    x, y = evenly(line.way, 400).T
    assert axis > scene_box.bottom()
    for label in scene.mirror.labels:
        half = text_width(label.text, label.size, italic=True) / 2
        box = QRectF(label.x - half, label.y - 5, 2 * half, 10 + NUMBER)
        assert not any(box.contains(a, 2 * axis - b) for a, b in zip(x, y, strict=True)), label
