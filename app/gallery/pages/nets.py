"""Traditional nets, back-propagation.  Source: LeCun 2024, lecture 1."""

from __future__ import annotations

from app.gallery.pages import SECTIONS, Page
from graph.diagram import Diagram
from nodes.sketch import Sketch

SECTION = SECTIONS[1]


def spiral_linear() -> Diagram:
    """x -> linear, cross entropy."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(x, units=3), y)
    return s.diagram(data="spiral", optimizer="adam", rate=1e-2, epochs=20)


def spiral_mlp() -> Diagram:
    """x -> 100 ReLU units -> 3, cross entropy."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=100)), units=3), y)
    s.l2(weight=1e-5, id="decay")
    return s.diagram(data="spiral", optimizer="adam", rate=1e-2, epochs=40)


def xor() -> Diagram:
    """x -> 4 tanh units -> 2, cross entropy."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.tanh(s.linear(x, units=4)), units=2), y)
    return s.diagram(data="xor", optimizer="adam", rate=3e-2, batch=32, epochs=60)


PAGES = (
    Page(
        "spiral-linear",
        SECTION,
        "One linear layer cuts the plane into three straight sectors and stalls near 50 %.",
        spiral_linear,
    ),
    Page(
        "spiral-mlp",
        SECTION,
        "A hidden layer of 100 ReLU units bends the boundary round the arms and passes 94 %.",
        spiral_mlp,
    ),
    Page(
        "xor",
        SECTION,
        "No straight line separates the diagonals; four tanh units do. Remove the tanh and it fails.",
        xor,
    ),
)
