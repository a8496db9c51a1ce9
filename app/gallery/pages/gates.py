"""Shared and computed parameters, products, gates, experts, siamese nets.  Source: LeCun 2020; course notes 2020."""

from __future__ import annotations

from app.gallery.pages import SECTIONS, Page
from app.gallery.pages.places import moved, placed
from graph.diagram import Diagram, Pin
from nodes.names import subscript
from nodes.sketch import Sketch

SECTION = SECTIONS[3]


def shared_weights() -> Diagram:
    """One w at the flanks of two layers."""
    s = Sketch()
    x, y, w = s.observed("x"), s.observed("y"), s.parameter("w", scale=0.2)
    z = s.tanh(s.linear(x, units=30))
    for _ in range(2):
        z = s.tanh(s.linear(z, units=30, weight=w))
    s.cross_entropy(s.linear(z, units=3), y)
    return placed(s.diagram(data="spiral", optimizer="adam", rate=1e-2, epochs=40))


def parameter_transform() -> Diagram:
    """w = H(u) = exp(u): a sum whose weights cannot become negative."""
    s = Sketch()
    x, y, u = s.observed("x"), s.observed("y"), s.parameter("u", size=[3])
    s.squared_error(s.linear(x, units=1, weight=s.exp(u, label="w")), y)
    data = {"kind": "line", "inputs": 3}
    drawn = placed(s.diagram(data=data, optimizer="sgd", rate=5e-2, batch=8, epochs=150, seed=16))
    level = moved(drawn, ("x",), dy=100)
    return moved(level, ("u", "exp1"), dy=120)


def hypernetwork() -> Diagram:
    """x -> 16 -> 3 whose last weights another net computes from x."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    w = s.linear(s.tanh(s.linear(x, units=16, id="h1")), units=24, id="h2", label="w")
    z = s.relu(s.linear(x, units=8, id="g1"))
    s.cross_entropy(s.linear(z, units=3, weight=w, id="g2"), y)
    return placed(s.diagram(data="spiral", optimizer="adam", rate=1e-2, epochs=40))


def product() -> Diagram:
    """The product of two weighted sums of x."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    second, first = s.linear(x, units=1), s.linear(x, units=1)
    s.logistic(s.product(first, second), y)
    data = {"kind": "xor", "labels": "signs"}
    return placed(s.diagram(data=data, optimizer="adam", rate=3e-2, epochs=40))


def gate() -> Diagram:
    """Numbers of a sequence added up, each through a gate that its mark opens or shuts."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    mark, number = (
        s.slice(x, axis=2, start=n, stop=n + 1, id=i) for n, i in ((1, "mark"), (0, "number"))
    )
    g = s.sigmoid(s.linear(mark, units=1), label="g")
    s.squared_error(s.sum_over(s.product(number, g)), y)
    return placed(s.diagram(data="adding", optimizer="adam", rate=1e-1, batch=16, epochs=60))


def mixture_of_experts() -> Diagram:
    """Three linear experts, weighted by a softmax of another net."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    hidden = s.tanh(s.linear(x, units=16, id="gater1"))
    g = s.softmax(s.linear(hidden, units=3, id="gater2"), label="g")
    weighed = []
    for k in (3, 2, 1):
        answer = s.linear(x, units=1, id=f"expert{k}")
        weight = s.slice(g, start=k - 1, stop=k, label=subscript("g", k))
        # the lowest expert stands below its weight
        weighed.append(s.product(answer, weight) if k < 3 else s.product(weight, answer))
    s.squared_error(s.sum(*reversed(weighed)), y)
    data = {"kind": "curve", "shape": "sine", "points": 400, "noise": 0.05}
    return placed(s.diagram(data=data, optimizer="adam", rate=2e-2, batch=32, epochs=200))


def siamese() -> Diagram:
    """Two copies of one net, and a cost on the distance of their answers."""
    s = Sketch()
    y = s.observed("y")

    def embed(field: str, like: tuple[Pin, ...] | None) -> tuple[Pin, ...]:
        first, second, third = like or (None, None, None)
        a = s.conv2d(s.observed(field), channels=12, kernel=3, shares=first)
        b = s.conv2d(s.max_pool2d(s.relu(a), kernel=2), channels=24, kernel=2, shares=second)
        c = s.linear(s.flatten(s.relu(b)), units=8, shares=third)
        return a, b, c

    one = embed("x1", None)
    two = embed("x2", one)
    s.contrastive(s.distance(one[-1], two[-1]), y)
    return placed(s.diagram(data="digit_pairs", optimizer="adam", rate=3e-3, epochs=20))


PAGES = (
    Page(
        "shared-weights",
        SECTION,
        "Two layers use the one w: at its circle the gradients of both wires add up.",
        shared_weights,
    ),
    Page(
        "parameter-transform",
        SECTION,
        "w = exp(u): training moves u, and no weight can become negative. The slope that should be ends at 0.",
        parameter_transform,
    ),
    Page(
        "hypernetwork",
        SECTION,
        "The lower net computes the weights of the upper one's last layer, anew for every point; both train.",
        hypernetwork,
    ),
    Page(
        "product",
        SECTION,
        "One product of two weighted sums solves XOR, which no weighted sum can.",
        product,
    ),
    Page(
        "gate",
        SECTION,
        "Every number has a gate that its mark learns to open or shut: the two marked ones enter the sum.",
        gate,
    ),
    Page(
        "mixture-of-experts",
        SECTION,
        "The gater divides the sine among three straight lines, each expert gets a stretch.",
        mixture_of_experts,
    ),
    Page(
        "siamese",
        SECTION,
        "Pairs of the same digit are drawn together, others pushed apart, also digits it never saw.",
        siamese,
    ),
)
