"""Change: what differs between two diagrams, so that a view redoes that and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graph.diagram import Block, Diagram, Wire


@dataclass(frozen=True, slots=True)
class Change:
    """What has to be redone to get from one diagram to another; do, undo, redo and load are all described by it.

    `added`, `removed`, `altered` and `moved` hold block ids: `moved` those of which only the position differs, `altered` all
    others that differ, of which `renamed` differ in what no program depends on (label, `x-` keys, whether it shows its inside; perhaps the position too).
    A block that comes back as another kind is altered.  `parts` says that some part differs, `inner` that one differs in
    what a program depends on; `frames` that some frame or comment differs, `turned` that it flows another way.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    wired: tuple[Wire, ...] = ()
    unwired: tuple[Wire, ...] = ()
    recipe: bool = False
    frames: bool = False
    parts: bool = False
    turned: bool = False
    inner: bool = False

    @classmethod
    def between(cls, before: Diagram, after: Diagram) -> Change:
        """The difference of two diagrams; quick where they have blocks or wires in common as objects."""
        pairs = list(_different(before, after))
        others = [(a, b) for a, b in pairs if _content(a) != _content(b)]
        return cls(
            added=tuple(name for name in after.blocks if name not in before.blocks),
            removed=tuple(name for name in before.blocks if name not in after.blocks),
            altered=tuple(b.id for _, b in others),
            moved=tuple(b.id for a, b in pairs if _content(a) == _content(b)),
            renamed=tuple(b.id for a, b in others if _meaning(a) == _meaning(b)),
            wired=_lacking(after, before),
            unwired=_lacking(before, after),
            recipe=before.recipe != after.recipe,
            frames=(before.frames, before.comments) != (after.frames, after.comments),
            parts=before.parts != after.parts,
            turned=before.flow != after.flow,
            inner=_inner(before, after),
        )

    @property
    def runs(self) -> bool:
        """Whether something changed that a compiled program or its training depends on."""
        rebuilt = len(self.altered) > len(self.renamed)
        blocks = bool(self.added or self.removed or rebuilt)
        return blocks or bool(self.wired or self.unwired) or self.recipe or self.inner


def _inner(before: Diagram, after: Diagram) -> bool:
    if before.parts is after.parts:
        return False
    if before.parts.keys() != after.parts.keys():
        return True
    return any(Change.between(before.parts[name], part).runs for name, part in after.parts.items())


def _different(before: Diagram, after: Diagram) -> Iterator[tuple[Block, Block]]:
    for name, new in after.blocks.items():
        old = before.blocks.get(name)
        if old is not None and old is not new and old != new:
            yield old, new


def _meaning(block: Block) -> tuple[object, ...]:
    return block.kind, block.settings, block.shares, block.muted


def _content(block: Block) -> tuple[object, ...]:
    return (*_meaning(block), block.label, block.extra, block.expanded)


def _lacking(one: Diagram, other: Diagram) -> tuple[Wire, ...]:
    """The wires of one diagram that the other has not."""
    if one.wires is other.wires:
        return ()
    there = set(other.wires)
    return tuple(wire for wire in one.wires if wire not in there)
