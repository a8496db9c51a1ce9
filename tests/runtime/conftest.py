"""Small diagrams that the tests of the runtime share."""

from __future__ import annotations

from typing import Any

import pytest

from graph.diagram import Diagram
from nodes.sketch import Sketch


def classifier(**recipe: Any) -> Diagram:
    """x -> linear 20 -> tanh -> linear 3 -> cross entropy on the spiral."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.tanh(s.linear(x, units=20)), units=3), y)
    return s.diagram(**{"data": {"kind": "spiral"}, "batch": 32, "seed": 1, **recipe})


@pytest.fixture
def spiral() -> Diagram:
    """The classifier with its default recipe."""
    return classifier()
