"""The facade: `import gradboard as gb` for notebooks and tests, `gradboard.main` for the console."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.cli import main
    from graph.files import load, save
    from nodes.sketch import Sketch
    from runtime.program import compile
    from runtime.train import train

__all__ = ["Sketch", "compile", "load", "main", "save", "train"]

_HOMES = {
    "Sketch": "nodes.sketch",
    "compile": "runtime.program",
    "load": "graph.files",
    "main": "app.cli",
    "save": "graph.files",
    "train": "runtime.train",
}


def __getattr__(name: str) -> Any:
    # a name is fetched when it is first asked for: `import gradboard` loads neither torch nor Qt
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    _let_notebooks_draw()
    return value


def _let_notebooks_draw() -> None:
    """Diagrams show themselves in notebooks from now on; Qt is loaded when the first one does."""
    from graph import diagram

    def draw(shown: diagram.Diagram) -> str | None:
        from app.notebook import svg_of

        return svg_of(shown)

    diagram.draws = draw


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
