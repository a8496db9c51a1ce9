"""The lecture's names for what is drawn: s₁ and z₁ at the circles, w₀x and C(y,ȳ) in the shapes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graph.diagram import INLET, OUTLET, OUTPUT, Block, Diagram, Pin
from graph.settings import SettingError, read_settings
from nodes.block import BlockType, Cost, Glyph, Regulariser, Variable
from nodes.parts import type_in
from nodes.written import lowered

LONGEST = 14  # characters that fit into a shape
FLANK = "weight"  # the pin by which a drawn variable replaces a block's weights
OPEN = "·"  # stands for an input without a wire
ALL_WEIGHTS = "w"  # what a regulariser without a wire applies to
_SERIES = re.compile(r"(.*)\{0\}(.*)\{1\}(.*)", re.DOTALL)


@dataclass(frozen=True)
class Names:
    """What stands in a drawn diagram.

    `variables` names the variable of every output pin (s₁, ȳ), `labels` is the text inside every block's shape, shortened
    to fit, `weights` names the weights of the blocks that have some (w₀; shared weights have one name).
    """

    variables: Mapping[Pin, str]
    labels: Mapping[str, str]
    weights: Mapping[str, str]


def names(diagram: Diagram) -> Names:
    """Names along the flow of any diagram, unfinished or of unknown kinds."""
    kinds = {name: type_in(diagram, block) for name, block in diagram.blocks.items()}
    weights = _weights(diagram, kinds)
    variables = _variables(diagram, kinds)
    labels = {
        name: shortened(_label(diagram, block, kinds[name], variables, weights.get(name, "")))
        for name, block in diagram.blocks.items()
    }
    return Names(variables, labels, weights)


def subscript(stem: str, number: int) -> str:
    """("z", 12) -> "z₁₂"."""
    return stem + lowered(number)


def shortened(text: str) -> str:
    """`text`, cut with … when it would not fit into a shape."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


_Kinds = Mapping[str, type[BlockType] | None]


def _weights(diagram: Diagram, kinds: _Kinds) -> dict[str, str]:
    found: dict[str, str] = {}
    of_owner: dict[str, str] = {}
    for name in diagram.order:
        kind = kinds[name]
        if kind is None or "{w}" not in kind.label or Pin(name, FLANK) in diagram.inputs:
            continue
        owner = _owner(diagram, name)
        found[name] = of_owner.setdefault(owner, subscript("w", len(of_owner)))
    return found


def _owner(diagram: Diagram, name: str) -> str:
    """The block whose weights `name` uses, at the end of the chain of shares."""
    while (other := diagram.blocks[name].shares) is not None:
        name = other
    return name


def _variables(diagram: Diagram, kinds: _Kinds) -> dict[Pin, str]:
    found = {
        Pin(name, OUTPUT): given
        for name, block in diagram.blocks.items()
        if (given := _given(block, kinds[name]))
    }
    found |= _numbered(found, _stems(diagram, kinds, found))
    counts: Counter[str] = Counter()
    taken = set(found.values())
    for pin, kind in _outputs(diagram, kinds):
        if pin not in found:
            found[pin] = _next(kind.symbol if kind else "z", counts, taken)
    return found


def _given(block: Block, kind: type[BlockType] | None) -> str:
    """The name that the person, or the data's field, gives to a block's variable; "" for none."""
    if kind is not None and issubclass(kind, Cost):
        return ""
    if block.kind in (INLET, OUTLET):
        return block.id  # the pin's name
    if block.label or kind is None or kind.glyph is not Glyph.OBSERVED:
        return block.label
    field = block.settings.get("field", "x")
    return field if isinstance(field, str) else "x"


def _stems(diagram: Diagram, kinds: _Kinds, named: Mapping[Pin, str]) -> Iterator[tuple[Pin, str]]:
    """The variables that stand alone, named without a number if single: latent z, parameter u, prediction ȳ."""
    for name in diagram.order:
        kind = kinds[name]
        if kind is None:
            continue
        if issubclass(kind, Variable) and Pin(name, OUTPUT) not in named:
            yield Pin(name, OUTPUT), kind.label
        source = diagram.inputs.get(Pin(name, "prediction")) if issubclass(kind, Cost) else None
        if source is not None and source not in named:
            origin = kinds[source.block]
            if origin is None or not issubclass(origin, Variable):
                yield source, "ȳ"


def _numbered(named: Mapping[Pin, str], stems: Iterator[tuple[Pin, str]]) -> dict[Pin, str]:
    stem_of = dict(stems)
    alone = Counter(stem_of.values())
    counts: Counter[str] = Counter()
    taken = set(named.values())
    return {
        pin: stem if alone[stem] == 1 and stem not in taken else _next(stem, counts, taken)
        for pin, stem in stem_of.items()
    }


def _next(stem: str, counts: Counter[str], taken: set[str]) -> str:
    while True:
        counts[stem] += 1
        name = subscript(stem, counts[stem])
        if name not in taken:
            taken.add(name)
            return name


def _outputs(diagram: Diagram, kinds: _Kinds) -> Iterator[tuple[Pin, type[BlockType] | None]]:
    for name in diagram.order:
        kind = kinds[name]
        used = () if kind else dict.fromkeys(w.source.name for w in diagram.wires_from(name))
        for output in kind.outputs if kind else used or (OUTPUT,):
            yield Pin(name, output), kind


def _label(
    diagram: Diagram,
    block: Block,
    kind: type[BlockType] | None,
    variables: Mapping[Pin, str],
    weight: str,
) -> str:
    if kind is None:
        return block.label or block.kind
    if issubclass(kind, Variable):
        return variables[Pin(block.id, OUTPUT)]
    if issubclass(kind, Cost) and block.label:
        return block.label
    arguments = _arguments(diagram, block, kind, variables)
    if kind.variadic:
        return _series(_template(block, kind), arguments)
    drawn = diagram.inputs.get(Pin(block.id, FLANK))
    own = variables.get(drawn, weight) if drawn else weight
    return _template(block, kind).format(*arguments, w=own)


def _template(block: Block, kind: type[BlockType]) -> str:
    """As the settings make it, where they can be read."""
    if kind.written is BlockType.written:
        return kind.label
    try:
        made: BlockType = read_settings(kind, block.settings)
    except SettingError:
        return kind.label
    return made.written()


def _arguments(
    diagram: Diagram, block: Block, kind: type[BlockType], variables: Mapping[Pin, str]
) -> list[str]:
    missing = ALL_WEIGHTS if issubclass(kind, Regulariser) and kind.optional else OPEN
    inputs = diagram.inputs
    pins: tuple[str, ...] = kind.inputs
    if kind.variadic:
        wired = {w.target.name for w in diagram.wires_into(block.id)}
        shown = kind.pins(wired)[:-1]  # without the one more that is offered
        pins = shown if len(shown) > 1 else kind.pins(wired)
    return [
        variables.get(source, missing) if (source := inputs.get(Pin(block.id, pin))) else missing
        for pin in pins
    ]


def _series(template: str, arguments: list[str]) -> str:
    """Fills "{0}+{1}" with any number of arguments; the middle ones give way to … when they do not fit."""
    match = _SERIES.fullmatch(template)
    if match is None:
        return template.format(*arguments)
    before, between, after = match.groups()
    text = before + between.join(arguments) + after
    if len(text) > LONGEST and len(arguments) > 2:
        text = before + between.join((arguments[0], "…", arguments[-1])) + after
    return text
