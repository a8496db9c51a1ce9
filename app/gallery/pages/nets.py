"""Traditional nets, back-propagation.  Sources: LeCun 2024, lecture 1; LeCun and Ranzato 2013; LeCun and Canziani 2020."""

from __future__ import annotations

from functools import partial

from app.gallery.pages import SECTIONS, Page
from app.gallery.pages.places import flipped, placed
from graph.diagram import Diagram, Pin
from nodes.sketch import Sketch

SECTION = SECTIONS[1]
SAMPLES_ALL = {"validation": 0.0, "test": 0.0}  # nothing is held out


def block_net() -> Diagram:
    """x -> w₀ -> h -> w₁ -> h -> w₂ -> C(·, y)."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z1 = s.tanh(s.linear(x, units=8))
    z2 = s.tanh(s.linear(z1, units=8))
    s.cross_entropy(s.linear(z2, units=2), y)
    return placed(s.diagram(data="moons", optimizer="sgd", rate=0.3, batch=32, epochs=60))


def one_one_one() -> Diagram:
    """y = tanh(w₁ tanh(w₀ x)): two weights, two samples."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    first = s.linear(x, units=1, bias=False, init="uniform", scale=0.3)
    second = s.linear(s.tanh(first), units=1, bias=False, init="uniform", scale=0.3)
    s.squared_error(s.tanh(second), y)
    return placed(
        s.diagram(
            data="one_one_one", optimizer="sgd", rate=0.02, batch=2, epochs=3000, **SAMPLES_ALL
        )
    )


def spiral_linear(arms: int = 3) -> Diagram:
    """x -> linear, cross entropy."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(x, units=arms), y)
    return placed(s.diagram(data=_spiral(arms), optimizer="adam", rate=1e-2, epochs=20))


def spiral_mlp(arms: int = 3) -> Diagram:
    """x -> 100 ReLU units -> a score for each arm, cross entropy."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=100)), units=arms), y)
    s.l2(weight=1e-5, id="decay")
    return placed(s.diagram(data=_spiral(arms), optimizer="adam", rate=1e-2, epochs=40))


def spiral_warp(layers: int = 4) -> Diagram:
    """x -> layers of 2 tanh units -> a score for each arm, cross entropy."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = x
    for _ in range(layers):
        z = s.tanh(s.linear(z, units=2))
    s.cross_entropy(s.linear(z, units=3), y)
    return placed(s.diagram(data=_spiral(3), optimizer="adam", rate=1e-2, epochs=150, seed=1))


def _spiral(arms: int) -> dict[str, object]:
    return {"kind": "spiral"} if arms == 3 else {"kind": "spiral", "arms": arms}


def xor() -> Diagram:
    """x -> 4 tanh units -> 2, cross entropy."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.tanh(s.linear(x, units=4)), units=2), y)
    return placed(s.diagram(data="xor", optimizer="adam", rate=3e-2, batch=32, epochs=60))


def regression(activation: str) -> Diagram:
    """x -> 100 units -> 1, squared error."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(_fit(s, x, activation), y)
    return placed(s.diagram(data="curve", optimizer="adam", rate=1e-2, batch=100, epochs=1000))


def ensemble(activation: str, members: int = 5) -> Diagram:
    """The same net several times, each from weights of its own, all fitted to the same points."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    for _ in range(members):
        s.squared_error(_fit(s, x, activation), y)
    return placed(s.diagram(data="curve", optimizer="adam", rate=1e-2, batch=100, epochs=1000))


def _fit(s: Sketch, x: Pin, activation: str) -> Pin:
    hidden = s.add(activation, s.linear(x, units=100))
    answer: Pin = s.linear(hidden, units=1)
    return answer


def svhn_two_layer() -> Diagram:
    """Pictures of 3 × 32 × 32 in one row -> 1500 tanh units -> 10 -> log-softmax, negative log-likelihood."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    hidden = s.tanh(s.linear(s.reshape(x, size=(3072,)), units=1500))
    s.nll_loss(s.log_softmax(s.linear(hidden, units=10)), y)
    data = {"kind": "shapes", "size": 32, "channels": 3, "points": 1500}
    return placed(s.diagram(data=data, optimizer="sgd", rate=1e-2, normalize=True, epochs=30))


def acoustic_net(layers: int = 1) -> Diagram:
    """1040 -> 2560 ReLU units, `layers` times -> 8000 phone states, negative log-likelihood."""
    s = Sketch()
    z, y = s.observed("x"), s.observed("y")
    for _ in range(layers):
        z = s.relu(s.linear(z, units=2560))
    s.nll_loss(s.log_softmax(s.linear(z, units=8000)), y)
    data = {"kind": "clusters", "inputs": 1040, "classes": 50, "points": 40, "spread": 4.0}
    schedule = {"kind": "inverse", "length": 50, "unit": "steps"}
    recipe = {"rate": 0.1, "batch": 40, "epochs": 4, "schedule": schedule, "normalize": True}
    return placed(s.diagram(data=data, optimizer="sgd", **recipe))


def parity_tree(bits: int = 4) -> Diagram:
    """A tree of bits − 1 XOR gates, each a net 2-4-1 between −1 and 1; `bits` is a power of 2."""
    gate = Sketch()
    hidden = gate.tanh(gate.linear(gate.inlet(), units=4, init="xavier"))
    gate.outlet(gate.tanh(gate.linear(hidden, units=1, init="xavier")))
    s = Sketch()
    s.define("xor", gate)
    x, y = s.observed("x"), s.observed("y")
    odd = _tree(s, s.scale(x, factor=2.0, shift=-1.0), bits)
    s.squared_error(s.scale(odd, factor=0.5, shift=0.5), y)
    return flipped(
        placed(
            s.diagram(
                data={"kind": "parity", "bits": bits},
                optimizer="adam",
                rate=3e-2,
                batch=16,
                epochs=1000,
                seed=1,
                **SAMPLES_ALL,
            )
        )
    )


def _tree(s: Sketch, x: Pin, bits: int) -> Pin:
    """The parity of the `bits` numbers of x, from the parities of its halves."""
    if bits > 2:
        left = s.slice(x, stop=bits // 2)
        right = s.slice(x, start=bits // 2)
        x = s.concat(_tree(s, left, bits // 2), _tree(s, right, bits // 2))
    parity: Pin = s.use("xor", x)
    return parity


def parity_two_layers(bits: int = 4) -> Diagram:
    """One hidden unit for every odd pattern of the bits, and one unit that adds them up."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    hidden = s.sigmoid(s.linear(x, units=2 ** (bits - 1)))
    s.squared_error(s.sigmoid(s.linear(hidden, units=1)), y)
    return placed(
        s.diagram(
            data={"kind": "parity", "bits": bits},
            optimizer="adam",
            rate=3e-2,
            batch=2**bits,
            epochs=1000,
            **SAMPLES_ALL,
        )
    )


def jacobian_chain() -> Diagram:
    """x -> f -> g -> C, one sample at a time."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    f = s.tanh(s.linear(x, units=4))
    g = s.tanh(s.linear(f, units=3))
    s.squared_error(s.linear(g, units=1), y)
    data = {"kind": "line", "inputs": 2}
    return placed(s.diagram(data=data, optimizer="sgd", rate=2e-2, batch=1, epochs=20))


PAGES = (
    Page(
        "block-net",
        SECTION,
        "Green numbers: how C changes with each z and each w. Slow motion walks one sample through the chain; "
        "View > Gradient graph mirrors it in green.",
        block_net,
        views={"slow": "1", "loss": ""},
    ),
    Page(
        "one-one-one",
        SECTION,
        "Two weights: the loss surface has two valleys, w₀ and w₁ of one sign, and a saddle at 0, left slowly.",
        one_one_one,
        views={"surface": "weights; span=4", "loss": ""},
    ),
    Page(
        "spiral-linear",
        SECTION,
        "One linear layer cuts the plane into three straight sectors and stalls near 50 %. "
        "Space warp shows why: it can only rotate, stretch and shift the plane.",
        spiral_linear,
        views={"boundary": "", "loss": "", "warp": "linear1.y"},
    ),
    Page(
        "spiral-mlp",
        SECTION,
        "100 ReLU units bend the boundary round the arms and pass 94 %; "
        "space warp folds the plane as they do, the embedding of z₁ shows how they pull the arms apart.",
        spiral_mlp,
        views={
            "boundary": "",
            "loss": "",
            "gradients": "",
            "warp": "relu1.y",
            "embedding": "relu1.y",
        },
    ),
    Page(
        "spiral-warp",
        SECTION,
        "All hidden spaces are planes: press play in Space warp and see them rotated, stretched, shifted and squashed "
        "until straight lines part the arms.",
        spiral_warp,
        views={"warp": "tanh4.y", "boundary": "", "loss": ""},
    ),
    Page(
        "spiral-five-linear",
        SECTION,
        "Five arms, five straight sectors: a linear layer gets about half of the points right.",
        partial(spiral_linear, arms=5),
        views={"boundary": "", "loss": "", "warp": "linear1.y"},
    ),
    Page(
        "spiral-five-mlp",
        SECTION,
        "The same hidden layer of 100 ReLU units bends the boundary round five arms as well.",
        partial(spiral_mlp, arms=5),
        views={"boundary": "", "loss": "", "warp": "relu1.y"},
    ),
    Page(
        "xor",
        SECTION,
        "No straight line separates the diagonals; four tanh units do. Remove the tanh and it fails.",
        xor,
        views={"boundary": "", "loss": "", "warp": "tanh1.y"},
    ),
    Page(
        "regression-relu",
        SECTION,
        "A hundred ReLU units fit a noisy cube with straight pieces, and go straight on where data end.",
        partial(regression, "relu"),
        views={"boundary": "fit", "loss": ""},
    ),
    Page(
        "regression-tanh",
        SECTION,
        "A hundred tanh units fit the same points with one smooth curve, which levels off where data end.",
        partial(regression, "tanh"),
        views={"boundary": "fit", "loss": ""},
    ),
    Page(
        "regression-ensemble",
        SECTION,
        "Five nets from different first weights: alike where there are data, ever farther apart beyond; band: ± 2 deviations.",
        partial(ensemble, "relu"),
        views={"boundary": "fit", "loss": ""},
    ),
    Page(
        "svhn-two-layer",
        SECTION,
        "The street-number net, on made-up pictures of the same shape (3 of its 10 classes); 4,624,510 weights.",
        svhn_two_layer,
    ),
    Page(
        "acoustic-net",
        SECTION,
        "Phone states from 26 frames of 40 bands; made-up clouds stand for speech. Add layers: 23 million weights.",
        acoustic_net,
    ),
    Page(
        "parity-tree",
        SECTION,
        "Deep: N − 1 XOR gates of 5 units each, 15 units for 4 bits and 75 for 16. Double-click a gate.",
        parity_tree,
    ),
    Page(
        "parity-two-layers",
        SECTION,
        "Flat: a hidden unit for each odd pattern, 2^(N−1) of them: nine units for 4 bits, 32,769 for 16.",
        parity_two_layers,
    ),
    Page(
        "jacobian-chain",
        SECTION,
        "One sample a step: the gradient at f is the one at g times the Jacobian between them. "
        "Slow motion writes out [1×d_f] = [1×d_g][d_g×d_f] for every block.",
        jacobian_chain,
        views={"slow": "1", "loss": ""},
    ),
)
