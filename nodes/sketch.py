"""Sketch: diagrams written in Python, one method for each kind of block."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from graph.diagram import INLET, OUTLET, PART, Block, Diagram, Frozen, Pin, Wire, is_name
from graph.problem import DiagramError
from graph.settings import changed_settings, read_settings
from nodes.block import BlockType, Variable
from nodes.catalogue import catalogue
from nodes.parts import Inlet, Outlet, type_in


class Sketch:
    """A diagram in the making.

    Every kind is a method: `s.linear(x, units=3)` adds a block, wires the given output pins to its inputs in order and
    returns its output pin (None for a cost).  `s.observed("x")` names the field and the block, `s.latent("z")` and
    `s.parameter("u")` the block and its circle.  Keywords are the kind's settings, checked at once; one that is named
    like an input or a flank and is given a pin wires that; `label=` names the output, `shares=` takes the pin or id of the
    block whose weights are used, `id=` chooses the block's id.

    Raises AttributeError for an unknown kind, SettingError for a bad setting, TypeError for pins that do not fit,
    DiagramError for an id that is taken or cannot be one.
    """

    def __init__(self) -> None:
        self._blocks: dict[str, Block] = {}
        self._wires: list[Wire] = []
        self._numbers: dict[str, int] = {}
        self._parts: dict[str, Diagram] = {}

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        if kind not in catalogue():
            raise AttributeError(_unknown(kind))
        return partial(self.add, kind)

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *catalogue()]

    def add(
        self,
        kind: str,
        *given: Pin | str,
        label: str = "",
        shares: Pin | str | None = None,
        id: str = "",
        **named: Any,
    ) -> Pin | None:
        """Adds one block of a kind with its wires: what the method of that name does."""
        if kind not in catalogue():
            raise AttributeError(_unknown(kind))
        cls = catalogue()[kind]
        pins = list(given)
        if issubclass(cls, Variable) and pins and not isinstance(pins[0], Pin):
            text = str(pins.pop(0))
            id = id or (text if is_name(text) else self._free_id(kind))
            label = label or ("" if kind == "observed" or text == cls.label else text)
            if kind == "observed":
                named.setdefault("field", text)
        entering = _entering(cls, pins, {n: v for n, v in named.items() if isinstance(v, Pin)})
        settings = {n: v for n, v in named.items() if not isinstance(v, Pin)}
        block = Block(
            id or self._free_id(kind),
            kind,
            changed_settings(read_settings(cls, settings)),
            label=label,
            shares=shares.block if isinstance(shares, Pin) else shares,
        )
        return self._put(block, cls, entering)

    def diagram(self, **recipe: Any) -> Diagram:
        """The diagram so far, laid out along the flow.

        The entries of its recipe become JSON-plain: `data="spiral"` and `optimizer="adam"` name a kind, a dict with
        "kind" holds its settings as well, and `data={"x": array, "y": array}` are arrays by field.
        """
        from graph.layout import tidy

        plain = {name: _entry(name, value) for name, value in recipe.items() if value is not None}
        made = Diagram(
            Frozen(self._blocks), tuple(self._wires), Frozen(self._parts), recipe=Frozen(plain)
        )
        places = tidy(made)
        return made.with_blocks(
            *(replace(made.blocks[name], position=place) for name, place in places.items())
        )

    def inlet(self, name: str = "z") -> Pin:
        """An input pin of the part that this sketch is."""
        pin = self._put(Block(name, INLET), Inlet, {})
        assert pin is not None
        return pin

    def outlet(self, pin: Pin, name: str = "y") -> None:
        """An output pin of the part that this sketch is."""
        self._put(Block(name, OUTLET), Outlet, {"z": pin})

    def define(self, name: str, part: Sketch) -> None:
        """Makes a part of another sketch, for `use`; the parts that it uses come along."""
        drawn = part.diagram()
        for known, diagram in {**drawn.parts, name: drawn.with_(parts=Frozen())}.items():
            if self._parts.setdefault(known, diagram) != diagram:
                raise DiagramError(f"{known}: there is another part of this name already.")

    def use(self, name: str, *given: Pin, id: str = "", shares: Pin | str | None = None) -> Any:
        """Adds a use of a part, its inlets wired in order; returns its output pin, or a tuple of several."""
        if name not in self._parts:
            raise DiagramError(f"{name!r:.60}: there is no such part; define it first.")
        owner = shares.block if isinstance(shares, Pin) else shares
        block = Block(id or self._free_id(name), PART, Frozen(part=name), shares=owner)
        probe = Diagram({block.id: replace(block, shares=None)}, parts=Frozen(self._parts))
        cls = type_in(probe, block)
        assert cls is not None
        self._put(block, cls, _entering(cls, given, {}))
        pins = tuple(Pin(block.id, pin) for pin in cls.outputs)
        return pins[0] if len(pins) == 1 else pins

    def _free_id(self, kind: str) -> str:
        while True:
            self._numbers[kind] = self._numbers.get(kind, 0) + 1
            name = f"{kind}{self._numbers[kind]}"
            if name not in self._blocks:
                return name

    def _put(self, block: Block, cls: type[BlockType], entering: Mapping[str, Pin]) -> Pin | None:
        if block.id in self._blocks:
            raise DiagramError(
                f"{block.id}: there is a block of this name already; use its pin again."
            )
        for pin in entering.values():
            if pin.block not in self._blocks:
                raise TypeError(f"{block.id}: the pin {pin} belongs to another sketch.")
        self._blocks[block.id] = block
        self._wires += [Wire(pin, Pin(block.id, name)) for name, pin in entering.items()]
        return Pin(block.id, cls.outputs[0]) if cls.outputs else None


def _unknown(kind: str) -> str:
    near = difflib.get_close_matches(kind, catalogue(), n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else f"there are: {', '.join(catalogue())}."
    return f"no kind of block is called {kind!r:.60}; {hint}"


def _entering(
    cls: type[BlockType], pins: Iterable[object], named: Mapping[str, Pin]
) -> dict[str, Pin]:
    """Input or flank name -> the output pin that is wired to it."""
    given = list(pins)
    for pin in given:
        if not isinstance(pin, Pin):
            raise TypeError(f"{cls.kind} takes what other blocks returned, not {pin!r:.60}.")
    if len(given) > len(cls.inputs) and not cls.variadic:
        raise TypeError(f"{cls.kind} has {len(cls.inputs)} inputs, {len(given)} pins were given.")
    inputs = cls.inputs or [f"{cls.variadic}{n}" for n in range(1, len(given) + 1)]
    entering = {name: pin for name, pin in zip(inputs, given, strict=False) if isinstance(pin, Pin)}
    for name, pin in named.items():
        if not cls.has_input(name) or name in entering:
            free = [n for n in (*cls.inputs, *cls.flanks) if n not in entering]
            raise TypeError(
                f"{cls.kind} has no free pin {name!r} (free are: {', '.join(free) or 'none'})."
            )
        entering[name] = pin
    return entering


def _entry(name: str, value: Any) -> Any:
    if name in ("data", "optimizer") and isinstance(value, str):
        return {"kind": value}
    if name == "data" and isinstance(value, Mapping) and "kind" not in value:
        return {"kind": "arrays", **_plain(name, value)}
    return _plain(name, value)


def _plain(name: str, value: Any) -> Any:
    """Mappings, sequences, arrays and tensors as dicts, lists and numbers."""
    if hasattr(value, "tolist"):  # numpy and torch, scalars too
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _plain(f"{name}.{key}", entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(name, entry) for entry in value]
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    raise TypeError(f"the recipe's {name} cannot be saved as text: {value!r:.60}.")
