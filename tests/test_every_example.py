"""Every gallery diagram opens, compiles without a problem, takes steps, and stands in its file as it was drawn."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

import gradboard as gb
from app import gallery
from app.gallery.pages import SECTIONS, pages
from graph.diagram import Diagram
from graph.files import to_text
from runtime.program import compile


@pytest.mark.parametrize("name", gallery.names())
def test_it_opens_without_a_problem_and_says_what_to_look_for(name: str) -> None:
    diagram = gb.load(gallery.path(name))
    device = "meta" if gallery.heavy(name) else "cpu"
    assert compile(diagram, device=device).report.problems == ()
    assert gallery.note(name).endswith(".") and len(gallery.note(name)) < 160
    assert gallery.section(name) in SECTIONS


@pytest.mark.parametrize("name", [n for n in gallery.names() if not gallery.heavy(n)])
def test_it_takes_steps(name: str) -> None:
    result = gb.train(gb.load(gallery.path(name)), steps=3)
    assert result.run.step_count == 3
    assert all(math.isfinite(loss) for _, loss in result.run.curve)


def test_files_and_pages_are_the_same() -> None:
    """Up to the places of blocks, which depend on the width of the machine's letters."""
    assert sorted(page.name for page in pages()) == sorted(gallery.names())
    for page in pages():
        assert without_places(gb.load(gallery.path(page.name))) == without_places(page.diagram()), (
            page.name
        )


def without_places(diagram: Diagram) -> Diagram:
    """The diagram and its parts with every block at the origin."""
    blocks = {name: replace(block, position=(0.0, 0.0)) for name, block in diagram.blocks.items()}
    parts = {name: without_places(part) for name, part in diagram.parts.items()}
    return diagram.with_(blocks=blocks, parts=parts)


@pytest.mark.parametrize("name", gallery.names())
def test_its_file_is_as_gradboard_writes_it(name: str) -> None:
    text = gallery.path(name).read_text(encoding="utf-8")
    assert to_text(gb.load(gallery.path(name))) == text
