"""Parameter circles without a size of their own: they take that of the parameter which they replace at a flank."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import torch

from graph.diagram import DELAY, Diagram, Pin
from graph.settings import SettingError
from nodes.catalogue import read, type_of
from nodes.variables import Parameter
from runtime.trial import Kind


def followed(diagram: Diagram) -> dict[str, Pin]:
    """For every parameter block without a size that feeds a flank: the first such flank."""
    return {
        name: pin
        for name, block in diagram.blocks.items()
        if block.kind == Parameter.kind and not block.settings.get("size")
        if (pin := _first_flank(diagram, name)) is not None
    }


def _first_flank(diagram: Diagram, name: str) -> Pin | None:
    return next((w.target for w in diagram.wires_from(name) if _is_flank(diagram, w.target)), None)


def _is_flank(diagram: Diagram, pin: Pin) -> bool:
    kind = type_of(diagram.blocks[pin.block])
    return kind is not None and pin.name in kind.flanks and pin.name not in kind.inputs


def order(diagram: Diagram, flanks: Mapping[str, Pin]) -> tuple[str, ...]:
    """Block ids along the flow, in which what enters a block comes before the parameters that take their size from it."""
    if not flanks:
        return diagram.order
    before: dict[str, set[str]] = {name: set() for name in diagram.blocks}
    for wire in diagram.wires:
        if diagram.blocks[wire.target.block].kind != DELAY:
            before[wire.target.block].add(wire.source.block)
    for name, pin in flanks.items():
        into = diagram.wires_into(pin.block)
        before[name] |= {w.source.block for w in into if not _is_flank(diagram, w.target)}
    try:
        return tuple(TopologicalSorter(before).static_order())
    except CycleError:
        return (
            diagram.order
        )  # a size that depends on itself stays unknown; its block says what it needs


def size_at(diagram: Diagram, kinds: Mapping[Pin, Kind], flank: Pin) -> tuple[int, ...] | None:
    """The shape of the parameter that a wire at this flank replaces; None while its block cannot be built."""
    block = diagram.blocks[flank.block]
    wired = {w.target.name: w.source for w in diagram.wires_into(block.id)}
    try:
        instance = read(block)
        sources = [wired[name] for name in instance.pins(set(wired)) if name in wired]
        with torch.device("meta"):
            op = instance.build(*(torch.Size(kinds[pin].shape) for pin in sources))
        return tuple(op.get_parameter(flank.name).shape)
    except (
        SettingError,
        KeyError,
        AttributeError,
        ValueError,
        TypeError,
        RuntimeError,
        IndexError,
    ):
        return None  # the block's own visit tells why
