"""The gallery's diagrams, written in Python; `python -m app.gallery.sketches` writes their files anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from graph.diagram import Diagram, Frozen
from nodes.sketch import Sketch

Page = Callable[[], Diagram]


def _noted(diagram: Diagram, note: str) -> Diagram:
    return diagram.with_(extra=Frozen({"x-note": note}))


def spiral_linear() -> Diagram:
    """Source: LeCun 2024, spiral classification."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(x, units=3), y)
    return _noted(
        s.diagram(data="spiral", optimizer="adam", rate=1e-2, epochs=20),
        "One linear layer cuts the plane into three straight sectors and stalls near 50 %.",
    )


def spiral_mlp() -> Diagram:
    """Source: LeCun 2024, spiral classification."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=100)), units=3), y)
    s.l2(weight=1e-5, id="decay")
    return _noted(
        s.diagram(data="spiral", optimizer="adam", rate=1e-2, epochs=40),
        "A hidden layer of 100 ReLU units bends the boundary round the arms and passes 94 %.",
    )


def xor() -> Diagram:
    """Source: LeCun 2024, traditional neural net."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.tanh(s.linear(x, units=4)), units=2), y)
    return _noted(
        s.diagram(data="xor", optimizer="adam", rate=3e-2, batch=32, epochs=60),
        "No straight line separates the diagonals; four tanh units do. Remove the tanh and it stalls at 50 %.",
    )


def linear_regression() -> Diagram:
    """Source: LeCun 2024, linear machines."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    return _noted(
        s.diagram(
            data={"kind": "line", "inputs": 2},
            optimizer="sgd",
            rate=5e-2,
            batch=1000,
            epochs=500,
            validation=0.2,
            test=0.2,
        ),
        "Gradient descent on ‖y − ȳ‖² reaches the least-squares plane that a formula gives.",
    )


def softmax_regression() -> Diagram:
    """Source: LeCun 2024, softmax regression."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.nll_loss(s.log_softmax(s.linear(s.flatten(x), units=10)), y)
    return _noted(
        s.diagram(data="digits", optimizer="adam", rate=1e-2, epochs=40),
        "Ten templates, one a digit, tell handwritten digits apart: 91 % and more on digits it never saw.",
    )


def lenet_1990() -> Diagram:
    """Source: LeCun 2020, convolutional net; sizes fitted to 8 × 8 digits."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.avg_pool2d(s.tanh(s.conv2d(x, channels=24, kernel=5, padding=2)), kernel=2)
    z = s.tanh(s.conv2d(z, channels=64, kernel=3))
    s.cross_entropy(s.linear(s.flatten(z), units=10), y)
    optimizer = {"kind": "adamw", "weight_decay": 0.1}
    return _noted(
        s.diagram(
            data="digits", optimizer=optimizer, rate=2e-3, batch=32, epochs=30, validation=0.1
        ),
        "The same few filters slide over the whole image: 97 % and more on digits that it never saw.",
    )


PAGES: dict[str, Page] = {
    "spiral-linear": spiral_linear,
    "spiral-mlp": spiral_mlp,
    "xor": xor,
    "linear-regression": linear_regression,
    "softmax-regression": softmax_regression,
    "lenet-1990": lenet_1990,
}


def write(folder: Path) -> None:
    """Writes every page to its file in `folder`."""
    from graph.files import save

    for name, page in PAGES.items():
        save(page(), folder / f"{name}.gradboard")


if __name__ == "__main__":
    write(Path(__file__).resolve().parent)
