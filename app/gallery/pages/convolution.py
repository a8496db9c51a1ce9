"""Convolutional nets.  Source: LeCun 2013, 2018 and 2020."""

from __future__ import annotations

from app.gallery.pages import SECTIONS, Page
from graph.diagram import Diagram
from nodes.sketch import Sketch

SECTION = SECTIONS[2]


def lenet_1990() -> Diagram:
    """Filters, tanh, average, filters, tanh, linear; sizes fitted to 8 × 8 digits."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.avg_pool2d(s.tanh(s.conv2d(x, channels=24, kernel=5, padding=2)), kernel=2)
    z = s.tanh(s.conv2d(z, channels=64, kernel=3))
    s.cross_entropy(s.linear(s.flatten(z), units=10), y)
    optimizer = {"kind": "adamw", "weight_decay": 0.1}
    recipe = {"rate": 2e-3, "batch": 32, "epochs": 30, "validation": 0.1}
    return s.diagram(data="digits", optimizer=optimizer, **recipe)


PAGES = (
    Page(
        "lenet-1990",
        SECTION,
        "The same few filters slide over the whole image: 97 % and more on digits that it never saw.",
        lenet_1990,
    ),
)
