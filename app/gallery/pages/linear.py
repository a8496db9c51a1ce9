"""Linear machines.  Source: LeCun 2024, lecture 1."""

from __future__ import annotations

from app.gallery.pages import SECTIONS, Page
from app.gallery.pages.places import moved, placed, widened
from graph.diagram import Diagram
from nodes.sketch import Sketch

SECTION = SECTIONS[0]
TWO_CLOUDS = {"kind": "gaussians", "labels": "signs", "spread": 0.4}


def perceptron() -> Diagram:
    """x -> linear -> sign, cost −(y − sign(s)) s."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    total = s.linear(x, units=1, label="s")
    s.sign(total, label="ỹ")
    s.perceptron(total, y)
    drawn = placed(s.diagram(data=TWO_CLOUDS, optimizer="sgd", rate=2e-3, batch=1, epochs=5))
    return moved(widened(drawn, "sign1"), ("y",), dx=-50)


def adaline() -> Diagram:
    """x -> linear, half the squared error."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1, label="ỹ"), y, weight=0.5)
    return placed(s.diagram(data=TWO_CLOUDS, optimizer="sgd", rate=1e-2, batch=1, epochs=5))


def logistic() -> Diagram:
    """x -> linear -> tanh, cost log(1 + exp(−2 y s))."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    total = s.linear(x, units=1, label="s")
    s.tanh(total, label="ỹ")
    s.logistic(total, y)
    drawn = placed(s.diagram(data=TWO_CLOUDS, optimizer="sgd", rate=5e-2, batch=1, epochs=5))
    return moved(drawn, ("y",), dx=-50)


def linear_regression() -> Diagram:
    """x -> linear, squared error."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    data = {"kind": "line", "inputs": 2}
    return placed(s.diagram(data=data, optimizer="sgd", rate=5e-2, batch=1000, epochs=500))


def nearest_neighbour() -> Diagram:
    """The squared distance to the nearest of four drawn-out prototypes; the answer is which one it is."""
    s = Sketch()
    x = s.observed("x")
    w = s.parameter("w", size=(4, 2), scale=1.0)
    s.nearest(x, weight=w, units=4)
    s.softmin(s.distance(x, w, pairwise=True, squared=True), label="ȳ")
    data = {"kind": "clusters", "classes": 4}
    recipe = {"rate": 0.1, "batch": 1000, "epochs": 400, "validation": 0.0, "test": 0.0, "seed": 2}
    diagram = placed(s.diagram(data=data, optimizer="sgd", **recipe))
    return moved(diagram, ("x", "w"), dx=-40)  # both have two wires, which need room


def softmax_regression() -> Diagram:
    """x -> linear -> log-softmax, negative log-likelihood."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.nll_loss(s.log_softmax(s.linear(s.flatten(x), units=10)), y)
    return placed(s.diagram(data="digits", optimizer="adam", rate=1e-2, epochs=40))


PAGES = (
    Page(
        "perceptron",
        SECTION,
        "One sample a step. Only an error moves the line: w grows by η (y − ỹ) x with ỹ = sign(s).",
        perceptron,
    ),
    Page(
        "adaline",
        SECTION,
        "The perceptron's rule with ỹ = s: every sample moves the line, also those that are right.",
        adaline,
    ),
    Page(
        "logistic",
        SECTION,
        "The perceptron's rule with ỹ = tanh(s): a sample moves the line less the surer it is right.",
        logistic,
    ),
    Page(
        "linear-regression",
        SECTION,
        "Gradient descent on ‖y − ȳ‖² reaches the least-squares plane that a formula gives.",
        linear_regression,
    ),
    Page(
        "nearest-neighbour",
        SECTION,
        "Each point draws the nearest of four prototypes: k-means. ȳ says which, argmin ‖x − w‖² over the rows of w.",
        nearest_neighbour,
    ),
    Page(
        "softmax-regression",
        SECTION,
        "Ten templates, one a digit: 91 % and more on digits it never saw. Rest on a dot of the embedding to see its picture.",
        softmax_regression,
        views={"embedding": "x.y", "boundary": "components", "loss": ""},
    ),
)
