"""Cut, copy and paste: blocks travel through the clipboard as the text that a file would hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from graph.diagram import Diagram
from graph.edits import Paste
from graph.files import from_text, to_text


def part_of(diagram: Diagram, ids: Iterable[str]) -> Diagram:
    """These blocks with the wires among them, without recipe."""
    wanted = set(ids)
    blocks = {
        name: replace(block, shares=block.shares if block.shares in wanted else None)
        for name, block in diagram.blocks.items()
        if name in wanted
    }
    wires = [w for w in diagram.wires if w.source.block in wanted and w.target.block in wanted]
    return Diagram(blocks, tuple(wires))


def copied_text(diagram: Diagram, ids: Iterable[str]) -> str:
    """What goes to the clipboard."""
    return to_text(part_of(diagram, ids))


def paste_of(text: str) -> Paste:
    """The edit that inserts what the clipboard holds.  Raises FileError when that is no diagram."""
    found = from_text(text, "the clipboard")
    return Paste(tuple(found.blocks.values()), found.wires)


def duplicate_of(diagram: Diagram, ids: Iterable[str]) -> Paste:
    """The edit that copies blocks beside themselves; copies share weights with whom the originals do."""
    wanted = set(ids)
    wires = tuple(w for w in diagram.wires if w.source.block in wanted and w.target.block in wanted)
    return Paste(tuple(diagram.blocks[name] for name in diagram.blocks if name in wanted), wires)
