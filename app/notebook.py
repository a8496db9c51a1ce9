"""How a diagram looks in a notebook."""

from __future__ import annotations

from graph.diagram import Diagram

_kept: list[object] = []  # an application that Python forgets takes Qt's fonts with it


def svg_of(diagram: Diagram) -> str | None:
    """The diagram as SVG on white; None where Qt is not to be had."""
    try:
        from app.canvas.picture import Picture, Shown
        from app.offscreen import application
        from app.theme import PAPER
    except ImportError:  # a machine without Qt's libraries still has the text of the diagram
        return None
    _kept[:] = [application()]
    return Picture(Shown(diagram, PAPER, carried=diagram)).svg().decode()
