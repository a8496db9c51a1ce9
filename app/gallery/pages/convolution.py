"""Convolutional nets: what a convolution is, LeNets, stages and how deep they can be.  Source: LeCun 2013, 2018 and 2020."""

from __future__ import annotations

from typing import Any

from app.gallery.pages import SECTIONS, Page
from app.gallery.pages.places import placed
from graph.diagram import Diagram, Pin
from nodes.sketch import Sketch

SECTION = SECTIONS[2]
LEARNING = {"optimizer": "adam", "rate": 3e-3, "batch": 32}


def _classes(s: Sketch, scores: Pin, y: Pin, **recipe: Any) -> Diagram:
    s.cross_entropy(scores, y)
    return placed(s.diagram(**{**LEARNING, **recipe}))


# --- what a convolution is ------------------------------------------------------------------------------------


def conv_1d() -> Diagram:
    """Echo: each symbol has a filter of two taps, three places apart, that sees no other symbol."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    late = s.pad(s.permute(x, axes=(2, 1)), before=3, after=0)
    s.cross_entropy(s.conv1d(late, channels=9, kernel=2, dilation=3, groups=0), y)
    data = {"kind": "sequences", "task": "echo", "form": "one_hot", "points": 1000}
    return placed(s.diagram(data=data, optimizer="adam", rate=3e-2, batch=32, epochs=15))


def conv_2d() -> Diagram:
    """Stride, padding, dilation and groups, one after the other, on images."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.relu(s.conv2d(x, channels=16, kernel=5, stride=2, padding=2))
    z = s.relu(s.conv2d(z, channels=16, kernel=3, padding=2, dilation=2, groups=4))
    z = s.relu(s.conv2d(s.conv2d(z, channels=16, kernel=3, groups=0), channels=32, kernel=1))
    scores = s.linear(s.global_max_pool(z), units=3)
    return _classes(s, scores, y, data={"kind": "shapes"}, epochs=25)


def volume_net() -> Diagram:
    """3-D filters, pooling and an average over all places."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.max_pool3d(s.relu(s.conv3d(x, channels=8, kernel=3, padding=1)))
    z = s.relu(s.conv3d(z, channels=16, kernel=3))
    scores = s.linear(s.global_avg_pool(z), units=3)
    return _classes(s, scores, y, data={"kind": "volumes", "points": 600}, rate=1e-2, epochs=30)


def toeplitz() -> Diagram:
    """The same answer learned by a filter of 3 and by a full matrix of 12 × 12, from signals and their second differences."""
    import numpy as np

    x = np.random.default_rng(0).integers(-9, 10, (40, 12)) / 10
    framed = np.pad(x, ((0, 0), (1, 1)))
    second = np.round(framed[:, 2:] - 2 * x + framed[:, :-2], 1)
    s = Sketch()
    signal, y = s.observed("x"), s.observed("y")
    s.squared_error(s.conv1d(signal, channels=1, kernel=3, padding=1, bias=False, id="filter"), y)
    s.squared_error(s.linear(s.flatten(signal), units=12, bias=False, id="matrix"), y)
    data = {"x": x[:, None], "y": second[:, None]}
    recipe = {"rate": 5e-2, "batch": 40, "epochs": 800, "validation": 0.0, "test": 0.0}
    return placed(s.diagram(data=data, optimizer="adam", **recipe))


def dense_local_conv() -> Diagram:
    """400,000 units that see 200 × 200 pixels in three ways: all of them, 10 × 10 each, and 10 × 10 with the same weights."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    framed = s.pad(x, before=4, after=5)
    units = {
        "dense": s.linear(s.flatten(x), units=400_000, bias=False, id="dense"),
        "local": s.local2d(framed, channels=10, kernel=10, bias=False, id="local"),
        "conv": s.conv2d(framed, channels=10, kernel=10, bias=False, id="conv"),
    }
    units["dense"] = s.reshape(units["dense"], size=(10, 200, 200))
    for z in units.values():
        s.cross_entropy(s.linear(s.global_max_pool(s.relu(z)), units=3), y)
    data = {"kind": "shapes", "size": 200, "points": 60}
    return placed(s.diagram(data=data, optimizer="adam", rate=1e-3, batch=4, epochs=10))


def filters() -> Diagram:
    """One bank of filters, where each finds its motif best, and a linear classifier."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    found = s.global_max_pool(s.relu(s.conv2d(x, channels=24, kernel=5, padding=2, id="filters")))
    return _classes(s, s.linear(found, units=10), y, data={"kind": "digits"}, rate=5e-3, epochs=40)


# --- LeNets ---------------------------------------------------------------------------------------------------


def lenet_1990() -> Diagram:
    """Filters, tanh, average, filters, tanh, linear; sizes fitted to 8 × 8 digits."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.avg_pool2d(s.tanh(s.conv2d(x, channels=24, kernel=5, padding=2)), kernel=2)
    z = s.tanh(s.conv2d(z, channels=64, kernel=3))
    s.cross_entropy(s.linear(s.flatten(z), units=10), y)
    optimizer = {"kind": "adamw", "weight_decay": 0.1}
    recipe = {"rate": 2e-3, "batch": 32, "epochs": 30, "validation": 0.1}
    return placed(s.diagram(data="digits", optimizer=optimizer, **recipe))


def _subsampled(s: Sketch, z: Pin, maps: int) -> Pin:
    """Average of 2 × 2, times a weight, plus a constant: one of each a map."""
    return s.tanh(s.conv2d(s.avg_pool2d(z), channels=maps, kernel=1, groups=0))


def _gathered(count: int, *starts: int) -> Sketch:
    """Filters that each see some of six maps, counted in a circle: runs of `count` maps from these starts, two or one a filter."""
    s = Sketch()
    circle = s.pad(s.inlet(), axis=1, before=0, after=count - 1, how="circular")
    # the lowest first, for that is how they are placed
    runs = [s.slice(circle, start=n, stop=n + count) for n in reversed(starts)][::-1]
    filters = len(runs) // (2 if count == 2 else 1)
    s.outlet(s.conv2d(s.concat(*runs), channels=filters, kernel=5, groups=filters))
    return s


def _third_layer() -> Sketch:
    """16 maps, of which each sees 3, 4 or all of the 6 before: 1,516 weights in 60 kernels."""
    s = Sketch()
    s.define("threes", _gathered(3, 0, 1, 2, 3, 4, 5))
    s.define("fours", _gathered(4, 0, 1, 2, 3, 4, 5))
    s.define("pairs", _gathered(2, 0, 3, 1, 4, 2, 5))
    z = s.inlet()
    every = s.conv2d(z, channels=1, kernel=5)
    pairs, fours, threes = (s.use(name, z) for name in ("pairs", "fours", "threes"))
    s.outlet(s.tanh(s.concat(threes, fours, pairs, every)))
    return s


def lenet_5() -> Diagram:
    """The net of 1998 with its table of connections; digits of any size are brought to its 32 × 32 pixels."""
    s, first, fourth = Sketch(), Sketch(), Sketch()
    z = first.tanh(first.conv2d(first.inlet(), channels=6, kernel=5))
    first.outlet(_subsampled(first, z, 6))
    fourth.outlet(_subsampled(fourth, fourth.inlet(), 16))
    for name, part in (("c1_s2", first), ("c3", _third_layer()), ("s4", fourth)):
        s.define(name, part)
    x, y = s.observed("x"), s.observed("y")
    z = s.adaptive_avg_pool(x, size=32)
    for name in ("c1_s2", "c3", "s4"):
        z = s.use(name, z, id=name)
    z = s.flatten(s.tanh(s.conv2d(z, channels=120, kernel=5, id="c5")))
    scores = s.linear(s.tanh(s.linear(z, units=84, id="f6")), units=10, id="output")
    return _classes(s, scores, y, data={"kind": "digits"}, rate=2e-3, epochs=12)


PAGES = (
    Page(
        "conv-1d",
        SECTION,
        "An echo three places late: of each symbol's two taps, dilated by 3, one learns to listen and one to ignore. Its matrix has two diagonals a symbol.",
        conv_1d,
        views={"matrix": "", "pictures": ""},
    ),
    Page(
        "conv-2d",
        SECTION,
        "One after the other: stride 2, dilation 2 in 4 groups, depth-wise, 1 × 1. Watch sizes, weights and counts change.",
        conv_2d,
    ),
    Page(
        "volume-net",
        SECTION,
        "The same ideas in three dimensions: 3 × 3 × 3 filters tell balls, rods and plates apart in a noisy volume.",
        volume_net,
    ),
    Page(
        "toeplitz",
        SECTION,
        "A full matrix learns what a filter of 3 is: 1, −2, 1 along its diagonals, zeros elsewhere. Click either to compare their matrices.",
        toeplitz,
        views={"matrix": ""},
    ),
    Page(
        "dense-local-conv",
        SECTION,
        "400,000 units each: 16 billion weights when dense (too many for this computer), 40 million local, 1,000 shared.",
        dense_local_conv,
        heavy=True,
    ),
    Page(
        "filters",
        SECTION,
        "24 filters of 5 × 5 learn strokes and ends of strokes; beside each, the patches of digits that excite it most.",
        filters,
        views={"patches": "", "pictures": ""},
    ),
    Page(
        "lenet-1990",
        SECTION,
        "The same few filters slide over the whole image: 97 % and more on new digits. Click a block for its filters and maps.",
        lenet_1990,
        views={"pictures": "", "patches": "", "confusion": ""},
    ),
    Page(
        "lenet-5",
        SECTION,
        "60,000 weights up to F6 as in 1998, C3's table of connections included (open c3); small digits stand in for MNIST.",
        lenet_5,
    ),
)
