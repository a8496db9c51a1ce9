"""Garbage in cycles is still found, but seldom looked for."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from app import pauses
from app.canvas.scene import CanvasScene
from app.document import Document
from app.theme import PAPER
from tests.benchmarks.canvas import lattice


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The collector is left as it was."""
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()


class Knot:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_a_cycle_is_still_found() -> None:
    pauses.spare()
    seen = weakref.ref(Knot())
    gc.collect()
    assert seen() is None


def test_opening_a_large_drawing_is_hardly_interrupted(qapp: QApplication) -> None:
    def looks() -> int:
        document = Document()
        scene = CanvasScene(document.do, PAPER)
        document.changed.connect(lambda change: scene.show_change(document.diagram, change))
        diagram, found = lattice(400), list[str]()
        watch = lambda phase, _info: found.append(phase)  # noqa: E731
        gc.callbacks.append(watch)
        try:
            document.load(diagram, None)
        finally:
            gc.callbacks.remove(watch)
        return found.count("stop")

    before = looks()
    pauses.spare()
    assert looks() * 10 <= before
