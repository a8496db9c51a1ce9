"""Learning procedures, each on the smallest diagram that shows what it does.  Sources: LeCun and Ranzato 2013; LeCun 2018;
LeCun and Canziani 2020."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.gallery.pages import SECTIONS, Page
from app.gallery.pages.places import placed
from graph.diagram import Diagram
from nodes.sketch import Sketch

SECTION = SECTIONS[6]
ALL = {"validation": 0.0, "test": 0.0}  # nothing is held out
NOISY_PLANE = {"kind": "line", "inputs": 2, "noise": 1.0}
NONLINEARITIES = {
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "selu": "SELU",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "softshrink": "shrinkage",
    "abs": "magnitude",
    "winner_takes_all": "winners",
}


# --- the update of the weights ------------------------------------------------------------------------------------


def ravine(optimizer: str, rate: float, **settings: Any) -> Diagram:
    """Two weights; the loss is a bowl 100 times as curved along (0.8, 0.6) as across, lowest at (−2.2, 4.6)."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1, bias=False, init="zeros"), y)
    data = {"x": [[0.8, 0.6], [-0.06, 0.08]], "y": [[1.0], [0.5]]}
    method = {"kind": optimizer, **settings}
    return placed(
        s.diagram(data=data, optimizer=method, rate=rate, batch=2, epochs=300, **ALL),
    )


def softmax_in_batches(batch: int) -> Diagram:
    """Digits -> linear, cross entropy."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.flatten(x), units=10), y)
    return placed(s.diagram(data="digits", optimizer="sgd", rate=5e-2, batch=batch, epochs=10))


def noisy_plane(
    optimizer: str | Mapping[str, Any] = "sgd", schedule: Mapping[str, Any] | None = None
) -> Diagram:
    """A plane fitted to very noisy points, one sample a step."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    recipe = {"rate": 0.1, "batch": 1, "epochs": 30, "schedule": schedule}
    return placed(s.diagram(data=NOISY_PLANE, optimizer=optimizer, **recipe))


def cliff(**recipe: Any) -> Diagram:
    """Four hidden layers whose weights begin twice too large: the loss is steep, and explodes at this rate."""
    s = Sketch()
    z, y = s.observed("x"), s.observed("y")
    for _ in range(4):
        z = s.relu(s.linear(z, units=20, init="he", scale=2.0))
    s.squared_error(s.linear(z, units=1, init="he"), y)
    data = {"kind": "line", "inputs": 2}
    return placed(s.diagram(data=data, optimizer="sgd", rate=2e-2, batch=32, epochs=60, **recipe))


# --- regularisation -----------------------------------------------------------------------------------------------


def late_decay(kind: str) -> Diagram:
    """Softmax regression on digits; the regulariser counts from epoch 30 on."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.flatten(x), units=10), y)
    s.add(kind, weight=1e-3, start=30, id="decay")
    return placed(s.diagram(data="digits", optimizer="adam", rate=1e-2, epochs=60))


def dropout() -> Diagram:
    """Sixty noisy samples, two hidden layers of 300, half of the units dropped."""
    s = Sketch()
    z, y = s.observed("x"), s.observed("y")
    for _ in range(2):
        z = s.dropout(s.relu(s.linear(z, units=300)), p=0.5)
    s.cross_entropy(s.linear(z, units=2), y)
    data = {"kind": "moons", "noise": 0.4}
    return placed(s.diagram(data=data, optimizer="adam", rate=3e-3, epochs=300, subset=60))


# --- the inputs ---------------------------------------------------------------------------------------------------


def wines(normalize: bool) -> Diagram:
    """Three growers told apart by 13 measurements whose sizes differ a thousandfold."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(x, units=3), y)
    recipe = {"rate": 0.1, "batch": 16, "epochs": 60, "normalize": normalize}
    return placed(s.diagram(data="wine", optimizer="sgd", **recipe))


def sorted_spiral() -> Diagram:
    """The spiral net, whose samples come arm by arm."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=100)), units=3), y)
    recipe = {"rate": 0.3, "batch": 64, "epochs": 20, "shuffle": False}
    return placed(s.diagram(data="spiral", optimizer="sgd", **recipe))


# --- the net ------------------------------------------------------------------------------------------------------


def thirty_layers(init: str) -> Diagram:
    """Digits -> 30 layers of 128 ReLU units -> 10."""
    layer = Sketch()
    layer.outlet(layer.relu(layer.linear(layer.inlet(), units=128, init=init)))
    s = Sketch()
    s.define("layer", layer)
    x, y = s.observed("x"), s.observed("y")
    z = s.flatten(x)
    for _ in range(30):
        z = s.use("layer", z)
    s.cross_entropy(s.linear(z, units=10, init=init), y)
    recipe = {"rate": 1e-2, "batch": 32, "epochs": 20, "normalize": True}
    return placed(s.diagram(data="digits", optimizer="sgd", **recipe))


def nonlinearities() -> Diagram:
    """A net 1-30-1 for each non-linearity, all fitted to the same noisy sine."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    for kind, name in reversed(NONLINEARITIES.items()):
        settings: dict[str, Any] = {"winners": 10} if kind == "winner_takes_all" else {}
        hidden = s.add(kind, s.linear(x, units=30), **settings)
        s.squared_error(s.linear(hidden, units=1), y, id=f"cost_{kind}", label=name)
    data = {"kind": "curve", "shape": "sine"}
    return placed(s.diagram(data=data, optimizer="adam", rate=1e-2, batch=100, epochs=1000))


# --- before a long training ---------------------------------------------------------------------------------------


def gradient_check() -> Diagram:
    """One block of many families, in float64."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.softplus(s.conv2d(x, channels=4, kernel=3))
    z = s.tanh(s.linear(s.flatten(s.avg_pool2d(z, kernel=2)), units=20))
    s.cross_entropy(s.linear(z, units=10), y)
    s.l2(weight=1e-4, id="decay")
    return placed(s.diagram(data="digits", optimizer="adam", rate=3e-3, dtype="float64", epochs=20))


def overfit_subset() -> Diagram:
    """A small convolutional net on eight digits."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.max_pool2d(s.relu(s.conv2d(x, channels=8, kernel=3)), kernel=2)
    s.cross_entropy(s.linear(s.flatten(z), units=10), y)
    recipe = {"rate": 1e-2, "batch": 8, "epochs": 300, "subset": 8}
    return placed(s.diagram(data="digits", optimizer="adam", **recipe))


PAGES = (
    Page(
        "ravine-descent",
        SECTION,
        "A bowl 100 times steeper one way than the other: gradient descent zigzags, then creeps; 197 steps to 1e-4.",
        partial(ravine, "sgd", 1.8),
    ),
    Page(
        "ravine-momentum",
        SECTION,
        "The same ravine: what is kept of the last step (0.8) builds up along it. 40 steps to a loss of 1e-4.",
        partial(ravine, "sgd", 1.8, momentum=0.8),
    ),
    Page(
        "ravine-nesterov",
        SECTION,
        "Nesterov's momentum takes the gradient where the step will lead: 0.9 may be kept. 23 steps to 1e-4.",
        partial(ravine, "sgd", 1.0, momentum=0.9, nesterov=True),
    ),
    Page(
        "ravine-adagrad",
        SECTION,
        "AdaGrad divides by all gradients so far: the first steps are large, later ones ever smaller.",
        partial(ravine, "adagrad", 3.0),
    ),
    Page(
        "ravine-rmsprop",
        SECTION,
        "RMSProp forgets old gradients: steps keep their size, so that at the bottom it jitters. Lower the rate there.",
        partial(ravine, "rmsprop", 0.1),
    ),
    Page(
        "ravine-adam",
        SECTION,
        "Adam: momentum, and every weight has a step size of its own. It swings over the bottom before it settles.",
        partial(ravine, "adam", 0.3),
    ),
    Page(
        "ravine-lbfgs",
        SECTION,
        "L-BFGS guesses the curvature from past gradients: one step of the loop, 20 of its own, and it is there.",
        partial(ravine, "lbfgs", 1.0),
    ),
    Page(
        "batch-all",
        SECTION,
        "Gradient descent proper: all samples for one step. A smooth curve, and after ten epochs only ten steps.",
        partial(softmax_in_batches, 2000),
    ),
    Page(
        "batch-32",
        SECTION,
        "Minibatches: 34 steps an epoch at the same rate, and nearly as fast. Compare with batch-all and batch-1.",
        partial(softmax_in_batches, 32),
    ),
    Page(
        "batch-1",
        SECTION,
        "Stochastic gradient: a step for each sample. A noisy curve, the least epochs, but the most time for each.",
        partial(softmax_in_batches, 1),
    ),
    Page(
        "averaged-sgd",
        SECTION,
        "Weights that jitter around the best plane; their average, which is judged and kept, lies on it.",
        partial(noisy_plane, {"kind": "averaged_sgd", "start": 500}),
    ),
    Page(
        "schedule-constant",
        SECTION,
        "One sample a step at a constant rate: the plane never comes to rest. Compare with the other schedules.",
        noisy_plane,
    ),
    Page(
        "schedule-step",
        SECTION,
        "The rate falls to a tenth every 10 epochs: at each fall the loss drops, as the jitter does.",
        partial(noisy_plane, schedule={"kind": "step", "length": 10}),
    ),
    Page(
        "schedule-plateau",
        SECTION,
        "The rate falls to a tenth when the validation loss has not become better for three epochs.",
        partial(noisy_plane, schedule={"kind": "plateau", "patience": 3}),
    ),
    Page(
        "schedule-inverse",
        SECTION,
        "η / max(1, t/T), T = 160 steps: full rate first, then ever smaller steps, and never none.",
        partial(noisy_plane, schedule={"kind": "inverse", "length": 160, "unit": "steps"}),
    ),
    Page(
        "schedule-cosine",
        SECTION,
        "The rate goes down half a cosine to 0 in 30 epochs, and the plane comes to rest.",
        partial(noisy_plane, schedule={"kind": "cosine", "length": 30}),
    ),
    Page(
        "schedule-warmup",
        SECTION,
        "Weights begin too large: the rate rises over 20 epochs. At full rate from the start, the loss explodes.",
        partial(cliff, schedule={"kind": "warmup", "rise": 20, "start": 0.01}),
    ),
    Page(
        "clipping",
        SECTION,
        "Weights begin too large; the gradient's norm is cut to 1. Set clip to 0 and the loss explodes at once.",
        partial(cliff, clip=1.0),
    ),
    Page(
        "late-l1",
        SECTION,
        "From epoch 30 on, Σ|w| counts: half of the weights go to nothing, and the test part hardly notices.",
        partial(late_decay, "l1"),
    ),
    Page(
        "late-l2",
        SECTION,
        "From epoch 30 on, Σw² counts: all weights shrink, the large ones most. The loss jumps where it begins.",
        partial(late_decay, "l2"),
    ),
    Page(
        "dropout",
        SECTION,
        "60 noisy samples, 300 units a layer, half of them dropped at each step. Set p to 0: the test loss doubles.",
        dropout,
    ),
    Page(
        "inputs-raw",
        SECTION,
        "Thirteen measurements from 0.1 to 1,680: the largest rules every step, and the loss stays in the thousands.",
        partial(wines, normalize=False),
    ),
    Page(
        "inputs-normalized",
        SECTION,
        "The same wines, each input with mean 0 and deviation 1: at the same rate, 9 of 10 and more are right.",
        partial(wines, normalize=True),
    ),
    Page(
        "without-shuffle",
        SECTION,
        "Samples arm by arm: the net learns one and forgets the last. Switch shuffle on: 90 % instead of 56 %.",
        sorted_spiral,
    ),
    Page(
        "thirty-layers-he",
        SECTION,
        "Weights begin with variance 2/n, which makes good for what ReLU cuts: gradients keep their size, 30 layers learn.",
        partial(thirty_layers, "he"),
        views={"histograms": "gradients", "loss": "", "gradients": ""},
    ),
    Page(
        "thirty-layers-xavier",
        SECTION,
        "Variance 1/n: each ReLU layer halves signal and gradient; a sign shows where it is lost, and 30 layers learn nothing in 20 epochs.",
        partial(thirty_layers, "xavier"),
        views={"histograms": "gradients", "loss": "", "gradients": ""},
    ),
    Page(
        "nonlinearities",
        SECTION,
        "The same net with ten non-linearities on the same sine: which bends suit it, and how fast each falls.",
        nonlinearities,
    ),
    Page(
        "gradient-check",
        SECTION,
        "Before a long training: check the gradients. Each block's is compared with differences of its outputs.",
        gradient_check,
    ),
    Page(
        "overfit-subset",
        SECTION,
        "Before a long training: can it learn eight digits by heart? If not, something is wrong with the net.",
        overfit_subset,
    ),
)
