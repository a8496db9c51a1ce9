"""What one block shows: its glyph, pins, texts and troubles, read off the diagram, its names and the last report.  No Qt."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.canvas.forms import HEIGHT, form
from app.canvas.geometry import CIRCLES, FLOWING, Form, rightwards
from graph.diagram import DELAY, OUTPUT, PART, UP, Block, Diagram, Pin
from graph.parts import part_of
from graph.problem import Problem
from nodes.block import BlockType, Cost, Glyph, Regulariser
from nodes.names import Names
from nodes.parts import can_mute, type_in
from runtime.snapshot import BATCH, Report

LONGEST_TROUBLE = 60  # characters of an error beside its block; the tool tip has all
TROUBLE_LINE = 34  # characters of one line of it
NAME_WIDTH = 0.62  # of a pin, as a part of the width that its name has as a label
BATCH_SIZE = 64  # of a recipe that names none


@dataclass(frozen=True)
class Inside:
    """What an expanded use shows: a part, with all the parts that it may use, and which way the diagram around it flows."""

    part: str
    parts: Mapping[str, Diagram]
    flow: str


@dataclass(frozen=True)
class Face:
    """The texts and the form of one block; equal faces look the same."""

    form: Form
    text: str
    rings: Mapping[str, str] = field(default_factory=dict)  # the name in each circle
    shapes: Mapping[str, str] = field(default_factory=dict)  # the text above each circle
    named: tuple[str, ...] = ()  # the pins whose names stand inside the shape
    caption: str = ""
    beside: bool = False  # the caption stands right of the shape, else above it
    copied: bool = False  # uses the weights of another block
    muted: bool = False  # is left out when the diagram runs
    wired: frozenset[str] = frozenset()
    troubles: tuple[Problem, ...] = ()
    inside: Inside | None = None  # of a use of a part that is expanded

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What is wrong, without what is merely unfinished."""
        return tuple(p for p in self.troubles if p.kind == "error")

    @property
    def trouble_lines(self) -> list[str]:
        """The first error in short lines, cut to fit beside the block, and how many more there are."""
        errors = self.errors
        if not errors:
            return []
        text = errors[0].message
        text = text if len(text) <= LONGEST_TROUBLE else text[: LONGEST_TROUBLE - 1].rstrip() + "…"
        lines = textwrap.wrap(text, TROUBLE_LINE)
        return lines if len(errors) == 1 else [*lines, f"and {len(errors) - 1} more"]

    def trouble_at(self, pin: str) -> Problem | None:
        """The worst problem of one pin."""
        found = [p for p in self.troubles if p.where.partition(".")[2] == pin]
        return min(found, key=lambda p: p.kind != "error", default=None)


Measure = Callable[[str], float]


def face(
    diagram: Diagram,
    block: Block,
    named: Names,
    report: Report,
    troubles: Sequence[Problem],
    measure: Measure,
) -> Face:
    """The face of a block; `measure` gives the width of a label in canvas units."""
    kind = type_in(diagram, block)
    glyph = _glyph(block, kind)
    text = named.labels.get(block.id, block.kind)
    wired = frozenset(w.target.name for w in diagram.wires_into(block.id))
    inputs, flanks, offered = _pins(kind, wired)
    outputs = _outputs(diagram, block, kind)
    sides = {pin: _side(diagram, block, pin, glyph) for pin in (*inputs, *flanks) if pin in wired}
    first, last = _named(kind, glyph, inputs), outputs if len(outputs) > 1 else ()
    insets = (_inset(first, measure), _inset(last, measure))
    up = diagram.flow == UP
    inside = inside_of(diagram, block) if block.expanded else None
    room = block.expanded if inside else None
    made = form(glyph, measure(text), inputs, outputs, flanks, sides, offered, insets, up, room)
    circles = {name: named.variables.get(Pin(block.id, name), "") for name in outputs}
    found = {name: shape_text(diagram, report, Pin(block.id, name)) for name in outputs}
    return Face(
        form=made,
        text="" if glyph in CIRCLES and outputs else text,
        rings=circles,
        shapes={name: text for name, text in found.items() if text},
        named=(*first, *last),
        caption=_caption(block, kind),
        beside=up or not any(port.x > 0 for port in made.ports.values()),
        copied=block.shares is not None,
        muted=block.muted and can_mute(diagram, block),
        wired=wired,
        troubles=tuple(troubles),
        inside=inside,
    )


def inside_of(diagram: Diagram, block: Block) -> Inside | None:
    """What is inside the use of a part; None for any other block."""
    part = part_of(block)
    if block.kind != PART or part not in diagram.parts:
        return None
    return Inside(part, diagram.parts, diagram.flow)


def _glyph(block: Block, kind: type[BlockType] | None) -> Glyph:
    if kind is not None:
        return kind.glyph
    return Glyph.DELAY if block.kind == DELAY else Glyph.UNKNOWN


def _named(kind: type[BlockType] | None, glyph: Glyph, inputs: tuple[str, ...]) -> tuple[str, ...]:
    """The inputs whose names stand in the shape: of a part when it has several, of a function when they are many."""
    if kind is None or kind.variadic or glyph not in FLOWING:
        return ()
    return inputs if len(inputs) > (1 if glyph is Glyph.PART else 2) else ()


def _inset(names: tuple[str, ...], measure: Measure) -> float:
    """The room that names of pins take inside the shape."""
    return max((NAME_WIDTH * measure(name) + 9 for name in names), default=0.0)


def _pins(
    kind: type[BlockType] | None, wired: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Pins at the flat end, pins at the flank, and those of both that show only while a wire is dragged."""
    if kind is None:
        return tuple(sorted(wired)), (), ()
    if kind.variadic:
        drawn = kind.pins(wired)
        spare = drawn[-1:] if len(drawn) > 2 else ()
        return tuple(p for p in drawn if p not in spare), kind.flanks, (*spare, *kind.flanks)
    free = tuple(p for p in (*kind.inputs, *kind.flanks) if p not in wired)
    offered = tuple(p for p in free if p in kind.optional or p in kind.flanks)
    if issubclass(kind, Cost):
        return (*kind.inputs, *(p for p in kind.flanks if p in wired)), (), offered
    return tuple(p for p in kind.inputs if p not in offered), kind.flanks, offered


def _outputs(diagram: Diagram, block: Block, kind: type[BlockType] | None) -> tuple[str, ...]:
    if kind is not None:
        return kind.outputs
    used = dict.fromkeys(w.source.name for w in diagram.wires_from(block.id))
    return tuple(used) or (OUTPUT,)


def _side(diagram: Diagram, block: Block, pin: str, glyph: Glyph) -> str:
    """Where a wired pin goes, so that its wire is as straight as it can be."""
    here, there = (
        rightwards(*at) if diagram.flow == UP else at
        for at in (
            block.position,
            diagram.blocks[diagram.inputs[Pin(block.id, pin)].block].position,
        )
    )
    if glyph is Glyph.COST:
        return "right" if there[0] > here[0] else "left"
    return "top" if there[1] < here[1] - HEIGHT else "bottom"


def shape_text(diagram: Diagram, report: Report, pin: Pin) -> str:
    """The shape of an output, 64×100, the recipe's batch in the place of any; "" when it is not known."""
    batch = diagram.recipe.get("batch", BATCH_SIZE)
    return "×".join(f"{batch if n == BATCH else n}" for n in report.shapes.get(pin, ()))


def _caption(block: Block, kind: type[BlockType] | None) -> str:
    """λ, use and first epoch of a cost, where they are not what everyone expects."""
    if kind is None or not issubclass(kind, Cost):
        return ""
    given = block.settings
    weight, use = given.get("weight", kind.weight), given.get("use", kind.use)
    parts = []
    if issubclass(kind, Regulariser) or weight != 1.0:
        parts.append(f"λ = {short(weight)}")
    if use != "both":
        parts.append(str(use))
    if start := given.get("start", 0):
        parts.append(f"from epoch {start}")
    return " · ".join(parts)


def short(value: object) -> str:
    """A number as people write it: 1e-5, 0.01, 12."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:g}".replace("e-0", "e-").replace("e+0", "e")


def scientific(value: float) -> str:
    """Two digits and a power: 2.1e-3."""
    return f"{value:.1e}".replace("e-0", "e-").replace("e+0", "e")


def energy(value: float) -> str:
    """A cost as people read it: 0.1704, 1.2e-5, 3.4e6."""
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.4f}" if abs(value) < 100 else f"{value:.1f}"
    return scientific(value)


def troubles_by_block(report: Report) -> dict[str, list[Problem]]:
    """The report's problems, by the id of the block concerned."""
    found: dict[str, list[Problem]] = {}
    for problem in report.problems:
        if problem.block:
            found.setdefault(problem.block, []).append(problem)
    return found
