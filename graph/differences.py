"""What differs between two diagrams in words for people, the parts included; what was only moved is named."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graph.change import Change
from graph.diagram import PART, Block, Diagram
from graph.frame import Frame, Note
from graph.parts import needed, part_of
from graph.renaming import aligned

ADDED, REMOVED, ALTERED = "+", "-", "~"
MUCH = 60  # characters of a value or text that are told
_MISSING = "the default"


@dataclass(frozen=True)
class Difference:
    """One thing that was added, removed or altered.

    `what` is block, wire, part, recipe, frame, comment or entry, `name` its id (a wire's is its text), `part` the part
    in which it lies, "" for the diagram itself.
    """

    sign: str
    what: str
    name: str
    words: str
    part: str = ""

    @property
    def where(self) -> str:
        """`linear1`, or `linear1 in stage`."""
        return f"{self.name} in {self.part}" if self.part else self.name

    def __str__(self) -> str:
        return f"{self.sign} {self.what} {self.where}" + (f": {self.words}" if self.words else "")


@dataclass(frozen=True)
class Comparison:
    """The differences in the order diagram, recipe, parts; where the blocks, frames and comments are that moved."""

    differences: tuple[Difference, ...] = ()
    moved: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether the two are equal, places included."""
        return not self.differences and not self.moved

    def lines(self) -> list[str]:
        """One sentence for each."""
        count = len(self.moved)
        if not count:
            return [str(d) for d in self.differences]
        things = f"{count} thing{'s' * (count != 1)} moved"
        return [*map(str, self.differences), f"  {things}: {shortened(', '.join(self.moved))}"]


def compare(before: Diagram, after: Diagram) -> Comparison:
    """All that differs from `before` to `after`."""
    found, moved = _level(before, after, "")
    found += [*_recipe(before, after), *_extra(before, after, "")]
    if before.flow != after.flow:
        found.append(Difference(ALTERED, "entry", "flow", f"{before.flow} → {after.flow}"))
    for name in dict.fromkeys((*before.parts, *after.parts)):
        old, new = before.parts.get(name), after.parts.get(name)
        if old is None and new is not None:
            found.append(Difference(ADDED, "part", name, _count(new)))
        elif new is None and old is not None:
            found.append(Difference(REMOVED, "part", name, _count(old)))
        elif old is not None and new is not None and old != new:
            inner, shifted = _level(old, new, name)
            found += [*inner, *_extra(old, new, name)]
            moved += [f"{one} in {name}" for one in shifted]
    return Comparison(tuple(found), tuple(moved))


def changed_parts(before: Diagram, after: Diagram) -> frozenset[str]:
    """The parts that both have and that differ inside, or in a part that they use; moved blocks do not count."""
    both = before.parts.keys() & after.parts.keys()
    found = {name for name in both if _level(before.parts[name], after.parts[name], "")[0]}
    return frozenset(
        name
        for name in both
        if name in found or found & needed(after.parts[name].blocks.values(), after.parts).keys()
    )


def _level(before: Diagram, after: Diagram, part: str) -> tuple[list[Difference], list[str]]:
    """What differs in the diagram or a part, and the ids of what moved there."""
    before, old_ids = aligned(before, after)
    found = [*_blocks(before, after, part, old_ids), *_wires(before, after, part)]
    return [*found, *_notes(before, after, part)], _moved(before, after)


def _blocks(
    before: Diagram, after: Diagram, part: str, old_ids: Mapping[str, str]
) -> Iterator[Difference]:
    change = Change.between(before, after)
    for name in change.added:
        yield Difference(ADDED, "block", name, _described(after.blocks[name]), part)
    for name in change.removed:
        yield Difference(REMOVED, "block", name, _described(before.blocks[name]), part)
    for name in after.blocks if old_ids else change.altered:
        words = [f"id {old_ids[name]} → {name}"] if name in old_ids else []
        if name in change.altered:
            words += _altered(before.blocks[name], after.blocks[name])
        if words:
            yield Difference(ALTERED, "block", name, "; ".join(words), part)


def _wires(before: Diagram, after: Diagram, part: str) -> Iterator[Difference]:
    change = Change.between(before, after)
    for wire in change.unwired:
        yield Difference(REMOVED, "wire", str(wire), "", part)
    for wire in change.wired:
        yield Difference(ADDED, "wire", str(wire), "", part)


def _described(block: Block) -> str:
    settings = ", ".join(f"{name} {shown(value)}" for name, value in block.settings.items())
    kind = f"part {part_of(block)}" if block.kind == PART else block.kind
    return f"{kind}, {settings}" if settings and block.kind != PART else kind


def _altered(before: Block, after: Block) -> Iterator[str]:
    if before.kind != after.kind:
        yield f"{before.kind} → {after.kind}"
    yield from _entries(before.settings, after.settings)
    if before.label != after.label:
        yield f"name {_named(before.label)} → {_named(after.label)}"
    if before.shares != after.shares:
        yield f"weights {_lent(before.shares)} → {_lent(after.shares)}"
    if before.muted != after.muted:
        yield "muted" if after.muted else "no longer muted"
    if before.expanded != after.expanded:
        yield "collapsed" if after.expanded is None else "expanded"
    yield from _entries(before.extra, after.extra)


def _entries(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name, _MISSING), after.get(name, _MISSING)
        if name not in before or name not in after or old != new:
            told = (
                _MISSING if name not in values else shown(values[name])
                for values in (before, after)
            )
            yield f"{name} {' → '.join(told)}"


def _recipe(before: Diagram, after: Diagram) -> Iterator[Difference]:
    for name in dict.fromkeys((*before.recipe, *after.recipe)):
        if name not in before.recipe:
            yield Difference(ADDED, "recipe", name, shown(after.recipe[name]))
        elif name not in after.recipe:
            yield Difference(REMOVED, "recipe", name, shown(before.recipe[name]))
        elif (old := before.recipe[name]) != (new := after.recipe[name]):
            both = isinstance(old, Mapping) and isinstance(new, Mapping)
            words = "; ".join(_entries(old, new)) if both else f"{shown(old)} → {shown(new)}"
            yield Difference(ALTERED, "recipe", name, words)


def _extra(before: Diagram, after: Diagram, part: str) -> Iterator[Difference]:
    for name in dict.fromkeys((*before.extra, *after.extra)):
        old, new = before.extra.get(name), after.extra.get(name)
        if old != new:
            sign = ADDED if name not in before.extra else ALTERED
            yield Difference(REMOVED if name not in after.extra else sign, "entry", name, "", part)


def _notes(before: Diagram, after: Diagram, part: str) -> Iterator[Difference]:
    old, new = _by_id(before), _by_id(after)
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        thing = now or was
        assert thing is not None
        what = "frame" if isinstance(thing, Frame) else "comment"
        if was is None and now is not None:
            yield Difference(ADDED, what, name, _text(now), part)
        elif now is None and was is not None:
            yield Difference(REMOVED, what, name, _text(was), part)
        elif was is not None and now is not None and (words := "; ".join(_rewritten(was, now))):
            yield Difference(ALTERED, what, name, words, part)


def _rewritten(was: Note, now: Note) -> Iterator[str]:
    if type(was) is not type(now):
        yield "a frame → a comment" if isinstance(was, Frame) else "a comment → a frame"
    elif _words(was) != _words(now):
        yield f"{_text(was)} → {_text(now)}"
    if was.color != now.color:
        yield f"colour {was.color or 'grey'} → {now.color or 'grey'}"


def _moved(before: Diagram, after: Diagram) -> list[str]:
    blocks = [
        name
        for name, block in after.blocks.items()
        if name in before.blocks and before.blocks[name].position != block.position
    ]
    old, new = _by_id(before), _by_id(after)
    return blocks + [name for name in new if name in old and _place(old[name]) != _place(new[name])]


def _place(thing: Note) -> tuple[float, ...]:
    return thing.rectangle if isinstance(thing, Frame) else thing.place


def _by_id(diagram: Diagram) -> dict[str, Note]:
    return {thing.id: thing for thing in diagram.notes}


def _words(thing: Note) -> str:
    return thing.title if isinstance(thing, Frame) else thing.text


def _text(thing: Note) -> str:
    return shown(" ".join(_words(thing).split()))


def _count(part: Diagram) -> str:
    return "1 block" if len(part.blocks) == 1 else f"{len(part.blocks)} blocks"


def _named(label: str) -> str:
    return shown(label) if label else "as generated"


def _lent(shares: str | None) -> str:
    return f"of {shares}" if shares else "of its own"


def shown(value: Any) -> str:
    """A value as the file has it, cut when it is long, without line breaks and other signs that a terminal obeys."""
    text = json.dumps(value, ensure_ascii=False, default=str) if not _is_word(value) else value
    return shortened("".join(sign if sign.isprintable() else "�" for sign in text))


def shortened(text: str) -> str:
    """A text, cut when it is long."""
    return text if len(text) <= MUCH else f"{text[: MUCH - 1]}…"


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and value.isidentifier()
