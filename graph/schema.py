"""What stands where in a file: a Diagram as JSON-plain dictionaries and back, checked both ways by the same limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from graph.diagram import (
    MAX_BLOCKS,
    MAX_LABEL,
    MAX_WIRES,
    RIGHT,
    Block,
    Diagram,
    Frozen,
    Pin,
    Wire,
    is_name,
)
from graph.frame import (
    MAX_COMMENTS,
    MAX_COORDINATE,
    MAX_FRAMES,
    MAX_TEXT,
    NARROWEST,
    WIDEST,
    Comment,
    Frame,
)
from graph.plain import PlainError, entries, items, number, plain, shown, text
from graph.problem import DiagramError

MAX_DEPTH = 16  # of diagrams within diagrams
EXTRA = "x-"  # what other programs may add
MAX_EXTRA = 1_000  # entries of theirs in one object
DIAGRAM_KEYS = ("flow", "recipe", "blocks", "wires", "frames", "comments", "parts")
BLOCK_KEYS = ("kind", "position", "settings", "label", "shares", "muted", "expanded")
FRAME_KEYS = ("id", "title", "rectangle", "color")
COMMENT_KEYS = ("id", "text", "place", "color")
T = TypeVar("T")


@dataclass(slots=True)
class Room:
    """How many blocks a file may still hold; a part counts as one."""

    left: int = MAX_BLOCKS

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise PlainError(
                f"a file holds at most {MAX_BLOCKS:,} blocks, those of its parts included."
            )


def read_diagram(value: Any, room: Room | None = None, depth: int = 0) -> Diagram:
    """The diagram that a plain value, as `plain_diagram` makes it, describes.  Raises PlainError with an address."""
    room = room or Room()
    if depth > MAX_DEPTH:
        raise PlainError(f"parts are nested deeper than {MAX_DEPTH}.")
    found = _known(value, DIAGRAM_KEYS)
    blocks, parts = _entry(found, "blocks", entries, {}), _entry(found, "parts", entries, {})
    room.take(len(blocks) + len(parts))
    try:
        return Diagram(
            blocks=Frozen(
                {n: _checked(_block(n), partial(_read_block, n), v) for n, v in blocks.items()}
            ),
            wires=_read_wires(_entry(found, "wires", items, [])),
            frames=_read_frames(_entry(found, "frames", items, [])),
            parts=Frozen(
                {
                    n: _checked(_part(n), partial(_read_part, n, room, depth), v)
                    for n, v in parts.items()
                }
            ),
            recipe=Frozen(_entry(found, "recipe", _settings, {})),
            extra=Frozen(_extra(found)),
            comments=_read_comments(_entry(found, "comments", items, [])),
            flow=_entry(found, "flow", _label, RIGHT),
        )
    except DiagramError as error:
        raise PlainError(str(error)) from None


def plain_diagram(diagram: Diagram, room: Room | None = None, depth: int = 0) -> dict[str, Any]:
    """A diagram as dictionaries, lists, texts and numbers, in the order of the file.

    Raises PlainError where it holds what `read_diagram` would refuse.
    """
    room = room or Room()
    if depth > MAX_DEPTH:
        raise PlainError(f"parts are nested deeper than {MAX_DEPTH}.")
    room.take(len(diagram.blocks) + len(diagram.parts))
    found: dict[str, Any] = {"flow": diagram.flow} if diagram.flow != RIGHT else {}
    found |= {
        "recipe": _checked("recipe", _settings, diagram.recipe),
        "blocks": {
            name: _checked(_block(name), _plain_block, block)
            for name, block in diagram.blocks.items()
        },
        "wires": [[str(wire.source), str(wire.target)] for wire in diagram.wires],
    }
    if diagram.frames:
        found["frames"] = _plain_frames(diagram.frames)
    if diagram.comments:
        found["comments"] = [
            _checked(f"comment {i}", partial(_plain_comment, i), comment)
            for i, comment in enumerate(diagram.comments, 1)
        ]
    if diagram.parts:
        found["parts"] = {
            name: _checked(_part(name), partial(_plain_part, name, room, depth), part)
            for name, part in diagram.parts.items()
        }
    return found | _extra(diagram.extra, all_of_it=True)


def _block(name: str) -> str:
    return f"block {name if is_name(name) else shown(name)}"


def _part(name: str) -> str:
    return f"part {name if is_name(name) else shown(name)}"


def _read_block(name: str, value: Any) -> Block:
    found = _known(value, BLOCK_KEYS)
    if not is_name(name):
        raise PlainError(
            f"{shown(name)} cannot be the id of a block: use a letter, then letters, digits or _."
        )
    if "kind" not in found:
        raise PlainError('its "kind" is missing.')
    try:
        return Block(
            id=name,
            kind=_entry(found, "kind", _name, ""),
            settings=Frozen(_entry(found, "settings", _settings, {})),
            position=_entry(found, "position", _point, (0.0, 0.0)),
            label=_entry(found, "label", _label, ""),
            shares=_entry(found, "shares", _name, None),
            extra=Frozen(_extra(found)),
            muted=_entry(found, "muted", _flag, False),
            expanded=_entry(found, "expanded", _point, None),
        )
    except DiagramError as error:
        raise PlainError(str(error).removeprefix(f"block {name}: ")) from None


def _plain_block(block: Block) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": block.kind, "position": [_short(v) for v in block.position]}
    if block.settings:
        found["settings"] = _checked("settings", _settings, block.settings)
    if block.label:
        found["label"] = _checked("label", _label, block.label)
    if block.shares is not None:
        found["shares"] = block.shares
    if block.muted:
        found["muted"] = True
    if block.expanded is not None:
        found["expanded"] = [_short(v) for v in block.expanded]
    return found | _extra(block.extra, all_of_it=True)


def _read_wires(values: list[Any]) -> tuple[Wire, ...]:
    if len(values) > MAX_WIRES:
        raise PlainError(f"a diagram has at most {MAX_WIRES:,} wires, this one {len(values):,}.")
    return tuple(_checked(f"wire {i}", _read_wire, wire) for i, wire in enumerate(values, 1))


def _read_wire(value: Any) -> Wire:
    ends = items(value)
    if len(ends) != 2:
        raise PlainError(f'a wire is ["block.pin", "block.pin"], not {shown(value)}.')
    return Wire(_read_pin(ends[0]), _read_pin(ends[1]))


def _read_pin(value: Any) -> Pin:
    block, dot, name = text(value, 200).partition(".")
    if not (dot and is_name(block) and is_name(name)):
        raise PlainError(f'the end of a wire is written "block.pin", not {shown(value)}.')
    return Pin(block, name)


def _read_frames(values: list[Any]) -> tuple[Frame, ...]:
    if len(values) > MAX_FRAMES:
        raise PlainError(f"a diagram has at most {MAX_FRAMES:,} frames, this one {len(values):,}.")
    return tuple(
        _checked(f"frame {i}", partial(_read_frame, i), v) for i, v in enumerate(values, 1)
    )


def _read_frame(index: int, value: Any) -> Frame:
    found = _known(value, FRAME_KEYS, extra=False)
    if "rectangle" not in found:
        raise PlainError('its "rectangle" is missing.')
    return Frame(
        title=_entry(found, "title", _label, ""),
        rectangle=_entry(found, "rectangle", _rectangle, (0.0, 0.0, 0.0, 0.0)),
        color=_entry(found, "color", _label, ""),
        id=_entry(found, "id", _name, f"frame{index}"),
    )


def _plain_frames(frames: tuple[Frame, ...]) -> list[dict[str, Any]]:
    return [
        _checked(f"frame {i}", partial(_plain_frame, i), frame) for i, frame in enumerate(frames, 1)
    ]


def _plain_frame(index: int, frame: Frame) -> dict[str, Any]:
    rectangle = [_short(v) for v in frame.rectangle]
    found = {"title": _checked("title", _label, frame.title), "rectangle": rectangle}
    return _own_id(frame.id, f"frame{index}") | found | _own_color(frame.color)


def _read_comments(values: list[Any]) -> tuple[Comment, ...]:
    if len(values) > MAX_COMMENTS:
        raise PlainError(
            f"a diagram has at most {MAX_COMMENTS:,} comments, this one {len(values):,}."
        )
    return tuple(
        _checked(f"comment {i}", partial(_read_comment, i), v) for i, v in enumerate(values, 1)
    )


def _read_comment(index: int, value: Any) -> Comment:
    found = _known(value, COMMENT_KEYS, extra=False)
    if "place" not in found:
        raise PlainError('its "place" is missing.')
    return Comment(
        text=_entry(found, "text", _long, ""),
        place=_entry(found, "place", _place, (0.0, 0.0, NARROWEST)),
        color=_entry(found, "color", _label, ""),
        id=_entry(found, "id", _name, f"comment{index}"),
    )


def _plain_comment(index: int, comment: Comment) -> dict[str, Any]:
    place = [_short(v) for v in comment.place]
    found = {"text": _checked("text", _long, comment.text), "place": place}
    return _own_id(comment.id, f"comment{index}") | found | _own_color(comment.color)


def _own_id(name: str, usual: str) -> dict[str, Any]:
    """The entry for an id that differs from the one which its place in the list gives."""
    return {"id": name} if name != usual else {}


def _own_color(color: str) -> dict[str, Any]:
    return {"color": _checked("color", _label, color)} if color else {}


def _read_part(name: str, room: Room, depth: int, value: Any) -> Diagram:
    _name(name)
    return read_diagram(value, room, depth + 1)


def _plain_part(name: str, room: Room, depth: int, part: Diagram) -> dict[str, Any]:
    _name(name)
    return plain_diagram(part, room, depth + 1)


def _entry(found: Mapping[str, Any], name: str, read: Callable[[Any], T], default: Any) -> T:
    return _checked(name, read, found[name]) if name in found else default


def _checked(place: str, read: Callable[[Any], T], value: Any) -> T:
    """`read(value)`, with an address put before its complaints."""
    try:
        return read(value)
    except PlainError as error:
        raise PlainError(f"{place}: {error}") from None


def _known(value: Any, names: tuple[str, ...], extra: bool = True) -> dict[str, Any]:
    found = entries(value)
    for name in found:
        if name not in names and not (extra and name.startswith(EXTRA)):
            raise PlainError(
                f"there is no entry {shown(name)}; the names of your own begin with {EXTRA}."
            )
    return found


def _extra(found: Mapping[str, Any], all_of_it: bool = False) -> dict[str, Any]:
    kept = {}
    for name, value in found.items():
        if name.startswith(EXTRA):
            kept[text(name, 200)] = _checked(shown(name), _free, value)
        elif all_of_it:
            raise PlainError(f"{shown(name)}: names of your own begin with {EXTRA}.")
        if len(kept) > MAX_EXTRA:
            raise PlainError(f"there are more than {MAX_EXTRA:,} names that begin with {EXTRA}.")
    return kept


_free = partial(plain, depth=16, values=1_000_000, text=1_000_000)


def _label(value: Any) -> str:
    return text(value, MAX_LABEL)


def _long(value: Any) -> str:
    return text(value, MAX_TEXT)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise PlainError(f"there must be true or false, not {shown(value)}.")
    return value


def _name(value: Any) -> str:
    if not is_name(value):
        raise PlainError(
            f"there must be a letter, then at most 63 letters, digits or _, not {shown(value)}."
        )
    return str(value)


def _settings(value: Any) -> dict[str, Any]:
    return {_name(name): _checked(name, plain, inner) for name, inner in entries(value).items()}


def _numbers(value: Any, count: int) -> tuple[float, ...]:
    values = tuple(float(number(v)) for v in items(value))
    if len(values) != count or any(abs(v) > MAX_COORDINATE for v in values):
        raise PlainError(f"there must be {count} numbers within ±{MAX_COORDINATE:,.0f}.")
    return values


def _point(value: Any) -> tuple[float, float]:
    x, y = _numbers(value, 2)
    return x, y


def _rectangle(value: Any) -> tuple[float, float, float, float]:
    x, y, width, height = _numbers(value, 4)
    if width < 0 or height < 0:
        raise PlainError("width and height cannot be negative.")
    return x, y, width, height


def _place(value: Any) -> tuple[float, float, float]:
    x, y, width = _numbers(value, 3)
    if not NARROWEST <= width <= WIDEST:
        raise PlainError(f"the width must lie between {NARROWEST:g} and {WIDEST:g}.")
    return x, y, width


def _short(value: float) -> int | float:
    """220.0 is written 220."""
    try:
        value = float(value)
    except (TypeError, ValueError):
        raise PlainError(f"there must be a number, not {shown(value)}.") from None
    return int(value) if value.is_integer() else value
