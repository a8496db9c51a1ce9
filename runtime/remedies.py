"""Remedies: edits that are certain to mend a problem, because each was tried on the side and left nothing new wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator

from graph.diagram import OUTPUT, Block, Diagram, Frozen, Pin, Wire
from graph.edit import Edit, Together
from graph.edits import AddBlock, Connect, Disconnect, MoveBlocks, SetRecipe, SetSetting, SetShares
from graph.part_edits import InPart, scope
from graph.parts import SLASH, join, part_of
from graph.problem import DiagramError, Problem
from graph.settings import settings_of
from nodes.block import Cost
from nodes.catalogue import catalogue
from runtime.data import Data
from runtime.program import Program, compile
from runtime.snapshot import Report

MOST = 12  # problems that are looked at
LARGEST = 300  # blocks of a diagram, expanded, that is compiled in passing
TRIES = 6  # edits tried for one problem
SECONDS = 0.5  # after which no other problem is begun
FAR = 8  # blocks that are gone back along the flow
ROOM = 190.0  # canvas units that a block takes which is put between two others
TARGET, FLATTEN, WEIGHTED = "target", "flatten", ("units", "channels")


def remedies(diagram: Diagram, program: Program, data: Data | None) -> dict[Problem, Edit]:
    """By problem of a program's report the edit of the whole diagram that is certain to mend it; its label says what it does."""
    if len(program.diagram.blocks) > LARGEST:
        return {}
    found, end = dict[Problem, Edit](), time.perf_counter() + SECONDS
    for problem in program.report.problems[:MOST]:
        if time.perf_counter() > end:
            break
        tries = _Search(diagram, program, data, problem).edits()
        for edit, _ in zip(tries, range(TRIES), strict=False):
            if _mends(diagram, program.report, data, problem, edit):
                found[problem] = edit
                break
    return found


def _mends(
    diagram: Diagram, before: Report, data: Data | None, problem: Problem, edit: Edit
) -> bool:
    """Whether after the edit this problem is gone, no other is new, and nothing that ran stands still."""
    try:
        after = compile(edit.apply(diagram), data=data, device="meta").report
    except (DiagramError, RuntimeError):
        return False
    known = {(p.where, p.message) for p in before.problems} - {(problem.where, problem.message)}
    left = {(p.where, p.message) for p in after.problems}
    return left <= known and before.counts.keys() <= after.counts.keys()


class _Search:
    """What might mend one problem, the likeliest first."""

    def __init__(
        self, diagram: Diagram, program: Program, data: Data | None, problem: Problem
    ) -> None:
        self.whole, self.program, self.data, self.problem = diagram, program, data, problem
        self.path, _, self.name = problem.block.rpartition(SLASH)
        self.pin = problem.where.removeprefix(problem.block).lstrip(".")
        self.part = _part_at(diagram, self.path)
        self.level = scope(diagram, self.part) if self.part else diagram

    def edits(self) -> Iterator[Edit]:
        """Edits of the whole diagram."""
        for edit in self._here():
            yield InPart(self.part, edit) if self.part else edit

    def _here(self) -> Iterator[Edit]:
        recipe, _, entry = self.problem.where.partition(".")
        if recipe == "recipe" and entry in self.whole.recipe and entry != "data":
            yield SetRecipe(entry, None)
        block = self.level.blocks.get(self.name)
        if block is None:
            return
        if self.pin in block.settings:
            yield Together(
                f"Set {self.pin} back to its default", (SetSetting(self.name, self.pin, None),)
            )
        if block.shares:
            yield SetShares(self.name, None)
        if self.problem.kind == "open":
            yield from self._feeds()
        elif self.pin and Pin(self.name, self.pin) in self.level.inputs:
            here = Pin(self.name, self.pin)
            yield Disconnect((Wire(self.level.inputs[here], here),))
        else:
            yield from self._outputs()
            yield from self._flattened()

    # --- an open pin -------------------------------------------------------------------------------------------------

    def _feeds(self) -> Iterator[Edit]:
        """A variable that the data give and nothing uses yet; for a target also one that is not on the canvas."""
        target = Pin(self.name, self.pin)
        observed = [b for b in self.level.blocks.values() if b.kind == "observed"]
        fields = {str(b.settings.get("field", "x")): b for b in observed}
        is_target = self.pin == TARGET and _is_cost(self.level.blocks[self.name])
        for field, block in fields.items():
            if (field == "y") == is_target and not self.level.wires_from(block.id):
                yield Connect(Wire(Pin(block.id, OUTPUT), target))
        if not is_target or self.path or self.data is None or "y" not in self.data.fields:
            return
        if "y" in fields:
            yield Connect(Wire(Pin(fields["y"].id, OUTPUT), target))
        elif "y" not in self.level.blocks:
            x, y = self.level.blocks[self.name].position
            made = Block("y", "observed", Frozen(field="y"), (x + ROOM, y))
            yield Together(
                f"Add y and wire it to {self.name}",
                (AddBlock(made), Connect(Wire(Pin("y", OUTPUT), target))),
            )

    # --- shapes that do not fit ------------------------------------------------------------------------------------

    def _upstream(self) -> Iterator[str]:
        """The blocks before this one along its first inputs, the nearest first, itself included."""
        name = self.name
        for _ in range(FAR):
            yield name
            wires = self.level.wires_into(name)
            if not wires:
                return
            name = wires[0].source.block

    def _outputs(self) -> Iterator[Edit]:
        """The number of outputs of the last block with weights, as many as the target asks for."""
        wanted = self._wanted()
        if wanted is None:
            return
        for name in self._upstream():
            cls = catalogue().get(self.level.blocks[name].kind)
            for setting in WEIGHTED:
                if cls is not None and setting in settings_of(cls):
                    yield SetSetting(name, setting, wanted)
                    return

    def _wanted(self) -> int | None:
        source = self.level.inputs.get(Pin(self.name, TARGET))
        if source is None:
            return None
        kind = self.program.kinds.get(Pin(join(self.path, source.block), source.name))
        if kind is None:
            return None
        if not kind.dtype.is_floating_point:
            return kind.top + 1
        return kind.shape[1] if len(kind.shape) == 2 else None

    def _flattened(self) -> Iterator[Edit]:
        """Images made into vectors: before the last block that mixes everything, else before this one."""
        chain = list(self._upstream())
        for name in sorted(chain, key=lambda n: self.level.blocks[n].kind != "linear"):
            wires = self.level.wires_into(name)
            if wires and self._dimensions(wires[0].source) > 2:
                yield self._insert(FLATTEN, wires[0])

    def _dimensions(self, pin: Pin) -> int:
        kind = self.program.kinds.get(Pin(join(self.path, pin.block), pin.name))
        return len(kind.shape) if kind is not None else 0

    def _insert(self, kind: str, wire: Wire) -> Edit:
        level, target = self.level, wire.target
        name, (x, y) = level.free_id(kind), level.blocks[target.block].position
        later = {
            n: (b.position[0] + ROOM, b.position[1])
            for n, b in level.blocks.items()
            if b.position[0] >= x
        }
        return Together(
            f"Insert {kind} before {target.block}",
            (
                MoveBlocks(later),
                AddBlock(Block(name, kind, position=(x, y))),
                Connect(Wire(wire.source, Pin(name, catalogue()[kind].inputs[0]))),
                Connect(Wire(Pin(name, OUTPUT), target)),
            ),
        )


def _is_cost(block: Block) -> bool:
    cls = catalogue().get(block.kind)
    return cls is not None and issubclass(cls, Cost)


def _part_at(diagram: Diagram, path: str) -> str:
    """The part whose inside is the level at a path, "" for the outside or for what is no use of a part."""
    level, part = diagram, ""
    for name in filter(None, path.split(SLASH)):
        block = level.blocks.get(name)
        part = part_of(block) if block is not None else ""
        if part not in diagram.parts:
            return ""
        level = diagram.parts[part]
    return part
