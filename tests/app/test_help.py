"""Help on a block: one equation a line, arrows as arrows."""

from __future__ import annotations

import pytest

pytest.importorskip("PySide6")

from app.help import block_text
from graph.diagram import Block, Diagram, Frozen
from nodes.catalogue import catalogue


@pytest.mark.parametrize("kind", catalogue())
def test_each_equation_has_a_line(kind: str) -> None:
    text = block_text(Diagram(), Block("b", kind, Frozen()))
    cls = catalogue()[kind]
    assert text.count("<br>") == sum(
        formula.count(",  ") + formula.count(";  ") for formula in (cls.formula, cls.gradient)
    )
    assert "-&gt;" not in text and "..." not in text
    assert "→" in text.split("</p>")[0]
