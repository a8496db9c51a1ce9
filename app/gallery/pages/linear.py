"""Linear machines.  Source: LeCun 2024, lecture 1."""

from __future__ import annotations

from app.gallery.pages import SECTIONS, Page
from graph.diagram import Diagram
from nodes.sketch import Sketch

SECTION = SECTIONS[0]


def linear_regression() -> Diagram:
    """x -> linear, squared error."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    data = {"kind": "line", "inputs": 2}
    return s.diagram(data=data, optimizer="sgd", rate=5e-2, batch=1000, epochs=500)


def softmax_regression() -> Diagram:
    """x -> linear -> log-softmax, negative log-likelihood."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.nll_loss(s.log_softmax(s.linear(s.flatten(x), units=10)), y)
    return s.diagram(data="digits", optimizer="adam", rate=1e-2, epochs=40)


PAGES = (
    Page(
        "linear-regression",
        SECTION,
        "Gradient descent on ‖y − ȳ‖² reaches the least-squares plane that a formula gives.",
        linear_regression,
    ),
    Page(
        "softmax-regression",
        SECTION,
        "Ten templates, one a digit, tell handwritten digits apart: 91 % and more on digits it never saw.",
        softmax_regression,
    ),
)
