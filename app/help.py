"""The texts of the help menu, made from the tables they explain."""

from __future__ import annotations

import html
import inspect

from graph.diagram import Block, Diagram
from graph.settings import settings_of
from nodes.block import FLANK_HELP
from nodes.parts import type_in


def block_text(diagram: Diagram, block: Block) -> str:
    """What a kind of block is: its help, formula, gradient and settings."""
    kind = type_in(diagram, block)
    if kind is None:
        return f"{html.escape(block.kind)} is a kind of block that is not known here."
    parts = [f"<p>{html.escape(inspect.cleandoc(kind.__doc__ or ''))}</p>"]
    for formula in filter(None, (kind.formula, kind.gradient)):
        parts.append(f"<p><i>{html.escape(formula)}</i></p>")
    rows = [(f"<b>{s.name}</b>", html.escape(s.help)) for s in settings_of(kind).values()]
    if kind.flanks:
        rows.append((f"at the flank: <b>{', '.join(kind.flanks)}</b>", html.escape(FLANK_HELP)))
    return "".join(parts) + _table(rows)


def about_text() -> str:
    """What this is."""
    return (
        "<b>Gradboard</b><p>The lecture's block diagram is the program: draw a model, press play, "
        "watch it learn.</p><p>The notation is that of Yann LeCun's lectures.</p>"
    )


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><td>{a}&nbsp;&nbsp;&nbsp;</td><td>{b}</td></tr>" for a, b in rows)
    return f"<table cellpadding='2'>{cells}</table>"
