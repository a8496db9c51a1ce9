"""Stages of normalization, filters, non-linearity and pooling, and how many can follow each other.  Source: LeCun 2013 and 2018."""

from __future__ import annotations

from typing import Any

from app.gallery.pages import SECTIONS, Page
from app.gallery.pages.places import flipped, placed, widened
from graph.diagram import Diagram, Pin
from nodes.sketch import Sketch

SECTION = SECTIONS[2]


def _digits(s: Sketch, scores: Pin, y: Pin, **recipe: Any) -> Diagram:
    s.cross_entropy(scores, y)
    return placed(s.diagram(**{"data": "digits", "optimizer": "adam", "batch": 32, **recipe}))


def contrast_stage() -> Diagram:
    """Normalization (subtractive, divisive), filter bank, rectification, pooling; then a classifier."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.divisive_norm(s.subtractive_norm(x, kernel=5), kernel=5)
    z = s.avg_pool2d(s.abs(s.tanh(s.conv2d(z, channels=24, kernel=5, padding=2))))
    return _digits(s, s.linear(s.flatten(z), units=10), y, rate=3e-3, epochs=15)


def pooling() -> Diagram:
    """Six ways to pool the same maps, side by side."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.relu(s.conv2d(x, channels=8, kernel=5, padding=2, id="filters"))
    pooled = (
        s.log_prob_pool(z, kernel=4, b=5.0, id="log_prob", label="log"),
        s.lp_pool(z, kernel=4, p=4.0, id="l4", label="L₄"),
        s.lp_pool(z, kernel=4, p=2.0, id="l2", label="L₂"),
        s.lp_pool(z, kernel=4, p=1.0, id="l1", label="L₁"),
        s.max_pool2d(z, kernel=4, id="max", label="max"),
        s.avg_pool2d(z, kernel=4, id="average", label="avg"),
    )
    scores = s.linear(s.flatten(s.concat(*reversed(pooled))), units=10)
    return _digits(s, scores, y, rate=2e-3, epochs=20)


def batch_norm() -> Diagram:
    """Batch norm before each non-linearity."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.relu(s.batch_norm(s.conv2d(x, channels=16, kernel=3, padding=1, bias=False)))
    z = s.relu(s.batch_norm(s.linear(s.flatten(s.max_pool2d(z)), units=64, bias=False)))
    return _digits(s, s.linear(z, units=10), y, rate=3e-2, epochs=10)


def multi_stage() -> Diagram:
    """The maps of the first stage go to the classifier beside those of the second, pooled to fewer places."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    low = s.max_pool2d(s.tanh(s.conv2d(x, channels=16, kernel=3, padding=1)))
    high = s.max_pool2d(s.tanh(s.conv2d(low, channels=32, kernel=3, padding=1)))
    both = s.concat(s.flatten(high), s.flatten(s.avg_pool2d(low)))
    drawn = _digits(s, s.linear(both, units=10), y, rate=3e-3, epochs=15)
    return flipped(widened(drawn, "concat1"))


# --- how deep -------------------------------------------------------------------------------------------------


def deep(stages: int, units: int, with_identity: bool, width: int = 32) -> Diagram:
    """Stages of so many units of two layers, each unit with or without the identity path past it."""
    unit, stage, s = Sketch(), Sketch(), Sketch()
    z = unit.inlet()
    inner = unit.relu(unit.batch_norm(unit.linear(z, units=width)))
    inner = unit.batch_norm(unit.linear(inner, units=width))
    unit.outlet(unit.relu(unit.sum(z, inner) if with_identity else inner))
    stage.define("unit", unit)
    z = stage.inlet()
    for _ in range(units):
        z = stage.use("unit", z)
    stage.outlet(z)
    s.define("stage", stage)
    x, y = s.observed("x"), s.observed("y")
    z = s.relu(s.linear(s.flatten(x), units=width))
    for _ in range(stages):
        z = s.use("stage", z)
    return _digits(s, s.linear(z, units=10), y, rate=1e-3, batch=64, epochs=25)


def plain_net() -> Diagram:
    """22 layers without identity paths."""
    return deep(2, 5, with_identity=False)


def residual_net() -> Diagram:
    """22 layers with identity paths."""
    return deep(2, 5, with_identity=True)


PAGES = (
    Page(
        "contrast-stage",
        SECTION,
        "Watch the two normalizations: flat strokes and grounds become equally strong edges before the filters see them.",
        contrast_stage,
    ),
    Page(
        "pooling",
        SECTION,
        "The same maps pooled six ways: L1, L2 and L4 lie between sum and max, log-prob near the max. Compare the outputs.",
        pooling,
    ),
    Page(
        "batch-norm",
        SECTION,
        "While it trains, each batch has its own mean and deviation; paused or judged, the running ones. Tolerates a rate of 0.03.",
        batch_norm,
    ),
    Page(
        "multi-stage",
        SECTION,
        "Strokes from the first stage and shapes from the second both reach the classifier; the gradient takes both ways back.",
        multi_stage,
    ),
    Page(
        "plain-net",
        SECTION,
        "22 plain layers learn far worse than 6 of them, even on the training digits. Compare with residual-net.",
        plain_net,
    ),
    Page(
        "residual-net",
        SECTION,
        "The same 22 layers with a wire past every two: it trains where plain-net fails. Open a stage, then a unit.",
        residual_net,
    ),
)
