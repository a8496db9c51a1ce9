"""What the panels and the status line say about a diagram: counts, shapes, wires, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graph.diagram import OUTPUT, PART, Diagram, Pin

if TYPE_CHECKING:
    from runtime.snapshot import Report


@dataclass(frozen=True)
class Place:
    """Where in the diagram the panels look: inside which part ("" outside), and how often every part is used."""

    part: str = ""
    uses: Mapping[str, int] = field(default_factory=dict)


OUTSIDE = Place()
BATCH = -1  # as in runtime.snapshot, which needs numpy


def counted(number: int, thing: str) -> str:
    """1 block, 703 weights."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def summary_line(diagram: Diagram, report: Report | None) -> str:
    """5 blocks · 703 weights · 39,000 MACs a sample."""
    parts = [counted(len(diagram.blocks), "block")]
    if report is not None and report.counts:
        total = report.total
        parts += [counted(total.weights, "weight"), f"{counted(total.macs, 'MAC')} a sample"]
    return " · ".join(parts)


def problems_line(report: Report | None) -> str:
    """no problems, 1 problem, 2 problems; what is merely unfinished counts as open."""
    if report is None:
        return ""
    wrong = sum(p.kind == "error" for p in report.problems)
    unfinished = len(report.problems) - wrong
    parts = [counted(wrong, "problem")] if wrong else []
    parts += [counted(unfinished, "open end")] if unfinished else []
    return " · ".join(parts) or "no problems"


def shape_text(shape: tuple[int, ...] | None, batch: int) -> str:
    """[64, 100] for (BATCH, 100); "?" when nobody knows."""
    if shape is None:
        return "?"
    return "[" + ", ".join(f"{batch if n == BATCH else n:,}" for n in shape) + "]"


def block_line(diagram: Diagram, block: str, report: Report | None) -> str:
    """[64, 2] → [64, 100] · 300 weights · 200 MACs; of a part the counts alone, its pins tell the shapes."""
    batch = batch_of(diagram)
    shapes = report.shapes if report is not None else {}
    entering = [shape_text(shapes.get(w.source), batch) for w in diagram.wires_into(block)]
    leaving = shapes.get(Pin(block, OUTPUT))
    parts = [" , ".join(entering)] if entering else []
    if leaving is not None:
        parts = [
            f"{parts[0]} → {shape_text(leaving, batch)}" if parts else shape_text(leaving, batch)
        ]
    if diagram.blocks[block].kind == PART:
        parts = []
    if report is not None and block in report.counts:
        counts = report.counts[block]
        parts += [counted(counts.weights, "weight"), counted(counts.macs, "MAC")]
    return " · ".join(parts)


def batch_of(diagram: Diagram) -> int:
    """The size of a minibatch, as far as the recipe tells."""
    batch = diagram.recipe.get("batch", 64)
    return batch if isinstance(batch, int) and not isinstance(batch, bool) else 64


def wires_in_words(diagram: Diagram, block: str) -> str:
    """from x to input z; feeds relu1."""
    into = [f"{w.target.name} from {_end(w.source)}" for w in diagram.wires_into(block)]
    targets = [w.target.block for w in diagram.wires_from(block)]
    parts = [", ".join(into)] if into else []
    parts += [f"feeds {', '.join(dict.fromkeys(targets))}"] if targets else []
    return "; ".join(parts)


def spoken(diagram: Diagram, block: str, report: Report | None) -> str:
    """A block for the ear: linear1, linear, 2 → 8, from x, feeds relu1, its problems."""
    from nodes.parts import type_in

    kind = type_in(diagram, diagram.blocks[block])
    told = [block, kind.title if kind is not None else diagram.blocks[block].kind]
    told += ["muted"] if diagram.blocks[block].muted else []
    sizes = report.shapes if report is not None else {}
    into = [_sizes(sizes[w.source]) for w in diagram.wires_into(block) if w.source in sizes]
    out = sizes.get(Pin(block, OUTPUT))
    ends = [" and ".join(into)] if into else []
    ends += [_sizes(out)] if out is not None else []
    told += [" → ".join(ends)] if ends else []
    sources = [_end(w.source) for w in diagram.wires_into(block)]
    told += [f"from {' and '.join(sources)}"] if sources else []
    targets = dict.fromkeys(w.target.block for w in diagram.wires_from(block))
    told += [f"feeds {' and '.join(targets)}"] if targets else []
    told += [p.message for p in report.problems if p.block == block] if report else []
    return ", ".join(told)


def _sizes(shape: tuple[int, ...]) -> str:
    """2 for (BATCH, 2), 3×8×8 for pictures, "one number" for a single one."""
    return "×".join(str(n) for n in shape if n != BATCH) or "one number"


def _end(pin: Pin) -> str:
    return pin.block if pin.name == OUTPUT else str(pin)
