"""In which order a lecture reveals a diagram: along the flow, unless another order was set and kept in the file."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.diagram import Diagram, Frozen
from graph.edit import Alone
from graph.framing import inside

KEY = "x-reveal"  # of a file, and of every part: a list of steps, each a list of ids
NOTE = "#"  # begins the id of a comment there, for blocks may be called the same
Step = tuple[str, ...]


def steps(diagram: Diagram, last: Collection[str] = ()) -> tuple[Step, ...]:
    """The blocks and comments that appear at each step; every one appears once.

    What a file says comes first; what it does not name appears after what precedes it along the flow.  `last` are the
    blocks that close the flow, the costs.
    """
    natural = along_flow(diagram, last)
    known = set(natural)
    found: list[list[str]] = []
    for step in _read(diagram.extra.get(KEY)):
        fresh = [name for name in dict.fromkeys(step) if name in known]
        known -= set(fresh)
        if fresh:
            found.append(fresh)
    if not found:
        return tuple((name,) for name in natural)
    for place, name in enumerate(natural):
        if name in known:
            found.insert(_after(found, natural[:place]), [name])
    return tuple(tuple(step) for step in found)


def along_flow(diagram: Diagram, last: Collection[str] = ()) -> tuple[str, ...]:
    """Blocks with each source right before what it feeds first, then what closes the flow, then the comments."""
    found: dict[str, None] = {}
    feeds = {wire.target.block for wire in diagram.wires}
    ends = sorted((n for n in diagram.order if n in last), key=lambda n: n not in feeds)
    middle = [name for name in diagram.order if name in feeds and name not in last]
    for name in (*middle, *ends):
        for wire in diagram.wires_into(name):
            if wire.source.block not in feeds:
                found[wire.source.block] = None
        found[name] = None
    rest = [name for name in diagram.order if name not in found]
    return (*found, *rest, *(f"{NOTE}{comment.id}" for comment in diagram.comments))


def notes_with(diagram: Diagram, shown: Collection[str]) -> frozenset[str]:
    """The comments that are shown and the frames of which a block is; frames without blocks are there from the start."""
    found = {name.removeprefix(NOTE) for name in shown if name.startswith(NOTE)}
    for frame in diagram.frames:
        blocks, _ = inside(diagram, frame)
        if not blocks or blocks & set(shown):
            found.add(frame.id)
    return frozenset(found)


@dataclass(frozen=True)
class SetReveal(Alone):
    """Sets the order of a lecture's steps; none brings the order along the flow back."""

    steps: tuple[Step, ...]

    @property
    def label(self) -> str:
        return "Set the order of the lecture" if self.steps else "Reveal along the flow"

    def apply(self, diagram: Diagram) -> Diagram:
        """The diagram with the order among its entries."""
        extra = Frozen(diagram.extra).without(KEY)
        if self.steps:
            extra = extra.with_(**{KEY: [list(step) for step in self.steps]})
        return diagram.with_(extra=extra)


def moved(order: tuple[Step, ...], picked: Iterable[int], by: int) -> tuple[Step, ...]:
    """The order with some steps, by their places, one place up (-1) or down (1); those at the end stay."""
    made, places = list(order), sorted(picked, reverse=by > 0)
    held = -1 if by < 0 else len(made)  # a place that is taken by one that could not move
    for place in places:
        to = place + by
        if to == held or not 0 <= to < len(made):
            held = place
            continue
        made[place], made[to] = made[to], made[place]
    return tuple(made)


def joined(order: tuple[Step, ...], picked: Collection[int]) -> tuple[Step, ...]:
    """The order with some steps made one, at the place of the first."""
    first = min(picked)
    together = tuple(name for place in sorted(picked) for name in order[place])
    return tuple(
        together if place == first else step
        for place, step in enumerate(order)
        if place == first or place not in picked
    )


def parted(order: tuple[Step, ...], picked: Collection[int]) -> tuple[Step, ...]:
    """The order with every thing of some steps in a step of its own."""
    return tuple(
        part
        for place, step in enumerate(order)
        for part in (((name,) for name in step) if place in picked else (step,))
    )


def _after(found: list[list[str]], before: tuple[str, ...]) -> int:
    """The place after the nearest predecessor that has one."""
    for name in reversed(before):
        for place, step in enumerate(found):
            if name in step:
                return place + 1
    return 0


def _read(value: Any) -> list[list[str]]:
    """What a file holds under KEY, as far as it is a list of lists of texts: others may have written it."""
    if not isinstance(value, list | tuple) or isinstance(value, Mapping):
        return []
    rows = [[row] if isinstance(row, str) else row for row in value]
    return [[n for n in row if isinstance(n, str)] for row in rows if isinstance(row, list | tuple)]
