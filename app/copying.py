"""Cut, copy and paste: blocks travel through the clipboard as the text that a file would hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from graph.diagram import Diagram, Frozen
from graph.edits import Paste
from graph.files import from_text, to_text
from graph.grouping import AddPart
from graph.parts import needed


def part_of(diagram: Diagram, ids: Iterable[str]) -> Diagram:
    """These blocks with the wires among them and the parts that they use, without recipe."""
    wanted = set(ids)
    blocks = {
        name: replace(block, shares=block.shares if block.shares in wanted else None)
        for name, block in diagram.blocks.items()
        if name in wanted
    }
    wires = [w for w in diagram.wires if w.source.block in wanted and w.target.block in wanted]
    return Diagram(blocks, tuple(wires), Frozen(needed(blocks.values(), diagram.parts)))


def copied_text(diagram: Diagram, ids: Iterable[str]) -> str:
    """What goes to the clipboard."""
    return to_text(part_of(diagram, ids))


def paste_of(text: str) -> tuple[Paste, tuple[AddPart, ...]]:
    """The edit that inserts what the clipboard holds, and those that add the parts used there.

    Raises FileError when it holds no diagram.
    """
    found = from_text(text, "the clipboard")
    parts = tuple(AddPart(name, part) for name, part in found.parts.items())
    return Paste(tuple(found.blocks.values()), found.wires), parts


def duplicate_of(diagram: Diagram, ids: Iterable[str]) -> Paste:
    """The edit that copies blocks beside themselves; copies share weights with whom the originals do."""
    wanted = set(ids)
    wires = tuple(w for w in diagram.wires if w.source.block in wanted and w.target.block in wanted)
    return Paste(tuple(diagram.blocks[name] for name in diagram.blocks if name in wanted), wires)
