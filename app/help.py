"""The texts of the help menu, made from the tables they explain."""

from __future__ import annotations

import html
import inspect
from collections.abc import Callable

from graph.diagram import Block, Diagram
from graph.settings import settings_of
from nodes.block import FLANK_HELP
from nodes.parts import type_in


def block_text(diagram: Diagram, block: Block) -> str:
    """What a kind of block is: its help, formula, gradient and settings."""
    kind = type_in(diagram, block)
    if kind is None:
        return f"{html.escape(block.kind)} is a kind of block that is not known here."
    told = inspect.cleandoc(kind.__doc__ or "").replace("->", "→").replace("...", "…")
    parts = [f"<p>{html.escape(told)}</p>"]
    for formula in filter(None, (kind.formula, kind.gradient)):
        lines = html.escape(formula).replace(",  ", "<br>").replace(";  ", "<br>")
        parts.append(f"<p><i>{lines}</i></p>")
    rows = [(f"<b>{s.name}</b>", html.escape(s.help)) for s in settings_of(kind).values()]
    if kind.flanks:
        rows.append((f"at the flank: <b>{', '.join(kind.flanks)}</b>", html.escape(FLANK_HELP)))
    return "".join(parts) + _table(rows)


def steps_text(keys: Callable[[str], str]) -> str:
    """How to draw, train and watch a first net.  keys: the key of a command, by its name, as it is now."""
    steps = (
        "Drag <i>observed</i> from the palette onto the canvas, at its left: that is x.",
        "Drag from its circle to the right and let go over nothing: a search opens. Type <i>linear</i>, Enter. Drag on "
        "from the new circle in the same way: <i>relu</i>, <i>linear</i>, <i>cross entropy</i>.",
        "Drag from the free pin of the cost and let go: <i>observed</i>. That is y.",
        "Select the first linear block and set <i>units</i> to 100, the second and set them to 3: the data have three "
        "classes.",
        f"{_key('Play', keys('play'))}. The green dots are gradients: the larger, the thicker and faster. At the right "
        "are the answers all over the plane, and the loss.",
        "Change a block, a wire or the rate while it trains. Drag the line under the loss to look back.",
    )
    more = [
        ("<b>File › Gallery</b>", "diagrams to begin with"),
        ("<b>View › Views</b>", "more to see"),
        (_key("Command palette", keys("commands")), "any command, by a few letters"),
        (_key("Shortcuts", keys("shortcuts")), "all keys"),
        (_key("Help on the selected block", keys("block_help")), "what it computes"),
    ]
    listed = "".join(f"<li>{step}</li>" for step in steps)
    return f"<ol>{listed}</ol>" + _table(more)


def _key(text: str, key: str) -> str:
    """A command and its key, where it has one."""
    return f"<b>{text}</b> ({html.escape(key)})" if key else f"<b>{text}</b>"


def about_text() -> str:
    """What this is."""
    return (
        "<b>Gradboard</b><p>The lecture's block diagram is the program: draw a model, press play, "
        "watch it learn.</p><p>The notation is that of Yann LeCun's lectures.</p>"
    )


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td>{a}&nbsp;&nbsp;&nbsp;</td><td>{b}</td></tr>" for a, b in rows)
    return f"<table cellpadding='2'>{cells}</table>"
