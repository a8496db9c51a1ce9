"""From pictures to pictures and to several answers: parsing, U-Nets, windows, pyramids, heads, a learned equation.  Source: LeCun 2013, 2018 and 2020."""

from __future__ import annotations

from typing import Any

from app.gallery.pages import SECTIONS, Page
from app.gallery.pages.places import flipped, placed, widened
from graph.diagram import Diagram
from nodes.sketch import Sketch

SECTION = SECTIONS[2]
SORTS = 4  # of pixels: background, square, disc, triangle
SHAPES = {"kind": "shapes", "points": 400}


def _learned(s: Sketch, **recipe: Any) -> Diagram:
    plain = {"data": SHAPES, "optimizer": "adam", "rate": 3e-3, "batch": 16, "epochs": 12}
    return placed(s.diagram(**{**plain, **recipe}))


# --- one net at many places and scales ------------------------------------------------------------------------


def _filtered(maps: int, kernel: int, groups: int, step: int) -> Sketch:
    """Filters, tanh, and learned subsampling by `step`: one small filter a map."""
    s = Sketch()
    z = s.tanh(s.conv2d(s.inlet(), channels=maps, kernel=kernel, groups=groups))
    s.outlet(s.tanh(s.conv2d(z, channels=maps, kernel=step, stride=step, groups=0)))
    return s


def sliding_window() -> Diagram:
    """The stereo net of LeCun, Huang and Bottou 2004 for 96 × 96 pixels, all of it filters, on larger pictures."""
    s = Sketch()
    s.define("c1_s2", _filtered(8, 5, 1, step=4))
    s.define("c3_s4", _filtered(24, 6, 2, step=3))
    x, y = s.observed("x"), s.observed("y")
    z = s.use("c3_s4", s.use("c1_s2", x, id="c1_s2"), id="c3_s4")
    z = s.tanh(s.conv2d(z, channels=100, kernel=6, id="c5"))
    windows = s.conv2d(z, channels=5, kernel=1, id="windows")
    s.cross_entropy(s.global_max_pool(windows), y)
    data = {"kind": "shapes", "points": 300, "size": 120, "channels": 2, "noise": 0.05}
    return _learned(s, data=data, rate=2e-3, epochs=12)


def _eye() -> Sketch:
    """7 × 7 filters, 2 × 2 pooling, filters, pooling, filters: each output sees 46 × 46 pixels."""
    s = Sketch()
    z = s.inlet()
    for channels in (12, 24):
        z = s.max_pool2d(s.relu(s.conv2d(z, channels=channels, kernel=7, padding=3)))
    s.outlet(s.conv2d(z, channels=32, kernel=7, padding=3))
    return s


def multi_scale_parsing() -> Diagram:
    """One net looks at the picture at full, half and quarter size; a class for every pixel from all three."""
    s = Sketch()
    s.define("eye", _eye())
    x, y = s.observed("x"), s.observed("y", field="mask")
    full = s.use("eye", x)
    half = s.use("eye", s.avg_pool2d(x), shares=full)
    quarter = s.use("eye", s.avg_pool2d(x, kernel=4), shares=full)
    seen = s.concat(full, s.upsample(half), s.upsample(quarter, factor=4))
    scores = s.upsample(s.conv2d(s.relu(seen), channels=SORTS, kernel=1), factor=4, how="linear")
    s.cross_entropy(scores, y)
    drawn = _learned(s, data={**SHAPES, "size": 48}, rate=2e-3)
    return flipped(widened(drawn, "concat1", by=50))


# --- down and up again ----------------------------------------------------------------------------------------


def _twice(channels: int, with_norm: bool = False) -> Sketch:
    """3 × 3 filters and ReLU, twice, with or without instance norm."""
    s = Sketch()
    z = s.inlet()
    for _ in range(2):
        z = s.conv2d(z, channels=channels, kernel=3, padding=1)
        z = s.relu(s.instance_norm(z) if with_norm else z)
    s.outlet(z)
    return s


def u_net(width: int, levels: int, classes: int) -> Diagram:
    """Ronneberger, Fischer and Brox 2015: `levels` times to half the size and twice the maps, and back."""
    s = Sketch()
    for level in range(levels + 1):
        s.define(f"twice{width << level}", _twice(width << level))
    x, y = s.observed("x"), s.observed("y", field="mask")
    z, skips = s.use(f"twice{width}", x), []
    for level in range(1, levels + 1):
        skips.append(z)
        z = s.use(f"twice{width << level}", s.max_pool2d(z))
    for level in reversed(range(levels)):
        up = s.conv_transpose2d(z, channels=width << level)
        z = s.use(f"twice{width << level}", s.concat(skips.pop(), up))
    s.cross_entropy(s.conv2d(z, channels=classes, kernel=1), y)
    return _learned(s, rate=1e-2, epochs=15)


def _with_room_to_rise(net: Diagram) -> Diagram:
    """With the two places apart where a wire rises past a long shape."""
    return widened(widened(net, "concat1", by=40), "concat2", by=40)


def unet() -> Diagram:
    """A small U-Net that tells what every pixel shows."""
    return _with_room_to_rise(u_net(12, 2, SORTS))


def fast_mri(width: int, levels: int) -> Diagram:
    """Zbontar et al. 2018: instance norm, bilinear up-sampling, three 1 × 1 filters at the end; image to image."""
    s = Sketch()
    for level in range(levels):
        s.define(f"twice{width << level}", _twice(width << level, with_norm=True))
    x, y = s.observed("x"), s.observed("y")
    z, skips = x, []
    for level in range(levels):
        z = s.use(f"twice{width << level}", z)
        skips.append(z)
        z = s.max_pool2d(z)
    z = s.use(f"twice{width << levels - 1}", z)
    for level in reversed(range(levels)):
        up = s.upsample(z, how="linear")
        z = s.use(f"twice{width << max(level - 1, 0)}", s.concat(skips.pop(), up))
    for channels in (width // 2, 1, 1):
        z = s.conv2d(z, channels=channels, kernel=1)
    s.squared_error(z, y)
    return _learned(s, data={"kind": "scans"}, rate=3e-3)


def fastmri() -> Diagram:
    """A small one on made-up scans."""
    return _with_room_to_rise(fast_mri(16, 2))


# --- several answers ------------------------------------------------------------------------------------------


def _lower(channels: int) -> Sketch:
    """Filters, ReLU, and half the size."""
    s = Sketch()
    z = s.relu(s.conv2d(s.inlet(), channels=channels, kernel=3, padding=1))
    s.outlet(s.max_pool2d(z))
    return s


def feature_pyramid() -> Diagram:
    """Lin et al. 2016: fine maps get what coarse ones know; one head, the same at every level, and a cost for each."""
    s, head = Sketch(), Sketch()
    z = head.relu(head.conv2d(head.inlet(), channels=16, kernel=3, padding=1))
    head.outlet(head.conv2d(z, channels=SORTS, kernel=1))
    s.define("head", head)
    z, levels = s.observed("x"), []
    for channels in (16, 32, 64):
        s.define(f"lower{channels}", _lower(channels))
        z = s.use(f"lower{channels}", z)
        levels.append(z)
    merged = [s.conv2d(levels[-1], channels=16, kernel=1)]
    for level in reversed(levels[:-1]):
        across = s.conv2d(level, channels=16, kernel=1)
        merged.append(s.sum(across, s.upsample(merged[-1])))
    first = None
    for factor, maps in zip((2, 4, 8), reversed(merged), strict=True):
        scores = s.use("head", maps, shares=first)
        first = first or scores
        y = s.observed(f"y{factor}", field="mask")
        s.cross_entropy(s.upsample(scores, factor=factor, how="linear"), y)
    drawn = _learned(s, rate=5e-3, epochs=15)
    return widened(widened(drawn, "sum1", by=40), "sum2", by=40)


def two_headed() -> Diagram:
    """One trunk, three answers: which shape, where, and which pixels; their costs add up."""
    s, trunk = Sketch(), Sketch()
    z = trunk.inlet()
    for channels in (16, 32):
        z = trunk.max_pool2d(trunk.relu(trunk.conv2d(z, channels=channels, kernel=5, padding=2)))
    trunk.outlet(z)
    s.define("trunk", trunk)
    x, y = s.observed("x"), s.observed("y")
    box, mask = s.observed("box"), s.observed("mask")
    z = s.use("trunk", x, id="trunk")
    marks = s.global_max_pool(s.relu(s.conv2d(z, channels=48, kernel=5, padding=2)))
    s.cross_entropy(s.linear(marks, units=3, id="sort"), y)
    flat = s.relu(s.linear(s.flatten(z), units=64))
    s.squared_error(s.linear(flat, units=4, id="frame"), box, weight=10.0)
    up = s.relu(s.conv_transpose2d(z, channels=16))
    s.cross_entropy(s.conv_transpose2d(up, channels=SORTS, id="pixels"), mask)
    return _learned(s, data={**SHAPES, "points": 600}, rate=2e-3, epochs=15)


# --- a step of an equation ------------------------------------------------------------------------------------


def pde_step() -> Diagram:
    """Z(t + 1) = Z(t) + dt · V * f(W * Z) on a plate that wraps around."""
    s = Sketch()
    before, after = s.observed("x", label="Z(t)"), s.observed("y", label="Z(t+1)")
    around = s.pad(before, how="circular")
    change = s.tanh(s.conv2d(around, channels=8, kernel=3, bias=False, id="W"))
    change = s.scale(s.conv2d(change, channels=1, kernel=1, bias=False, id="V"), factor=0.1)
    s.squared_error(s.sum(before, change), after)
    return widened(_learned(s, data={"kind": "heat"}, rate=2e-2, epochs=60), "sum1")


PAGES = (
    Page(
        "sliding-window",
        SECTION,
        "A net for 96 × 96 slides over 120 × 120 and answers for 9 windows at once, at 8.3 million MACs instead of 42.",
        sliding_window,
    ),
    Page(
        "multi-scale-parsing",
        SECTION,
        "The same eye (one set of weights) sees 46 × 46 pixels at three scales; together they say what every pixel shows.",
        multi_scale_parsing,
    ),
    Page(
        "unet",
        SECTION,
        "Down to see what it is, up to say where; the wires across carry the edges. Accuracy counts pixels.",
        unet,
    ),
    Page(
        "fastmri",
        SECTION,
        "From a scan with a quarter of its lines to the slice: streaks and ghosts go. Made-up slices stand in for knees.",
        fastmri,
    ),
    Page(
        "feature-pyramid",
        SECTION,
        "Coarse maps are enlarged and added to finer ones; one shared head answers at three levels, three costs add up.",
        feature_pyramid,
    ),
    Page(
        "two-headed",
        SECTION,
        "Which shape, its box and its pixels from one trunk: three costs add up, and their gradients meet in the trunk.",
        two_headed,
    ),
    Page(
        "pde-step",
        SECTION,
        "Filters, tanh, filters, added to the state: it learns a step of the heat equation, a bit from each neighbour.",
        pde_step,
    ),
)
