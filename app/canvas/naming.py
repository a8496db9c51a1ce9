"""Names on the canvas: of variables, costs and parts, each asked for in an editor in its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt

from app.canvas.hits import ring_box, shape_box
from app.canvas.rename import Rename
from app.canvas.surface import Surface
from graph.part_edits import RenamePart
from graph.parts import part_of

VARIABLE_HINT = "Enter names it; empty gives the generated name back"
PART_HINT = "Enter names the part: a letter, then letters, digits or _"


def name_block(view: Surface, block: str) -> None:
    """Opens the editor for the name of a block's variable, of a cost, or of the part's pin that it is."""
    item = view.canvas.blocks[block]
    rings = list(item.face.form.rings)
    place = ring_box(item, rings[-1]) if rings else shape_box(item)
    before = next(iter(item.face.rings.values()), item.face.text)

    def named(text: str) -> None:
        if text != before and block in view.canvas.diagram.blocks:
            view.canvas.rename(block, text)

    ask(view, before, place, named, VARIABLE_HINT)


def name_part(view: Surface, use: str) -> None:
    """Opens the editor for the name of the part that a block uses."""
    part = part_of(view.canvas.diagram.blocks[use])
    place = shape_box(view.canvas.blocks[use])
    ask(view, part, place, lambda text: view.canvas.perform(RenamePart(part, text)), PART_HINT)


def ask(
    view: Surface, before: str, place: QRectF, named: Callable[[str], object], hint: str
) -> None:
    """Opens the editor for a name at a place of the scene; `named` gets it unless it is taken back."""

    def done(text: str) -> None:
        named(text)
        view.setFocus(Qt.FocusReason.OtherFocusReason)

    Rename(view.viewport(), before, view.viewportTransform().mapRect(place), done, hint)
