"""Diagrams and edits for the tests: small by hand, and random ones from a seed."""

from __future__ import annotations

from random import Random

from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.edit import Edit, Together
from graph.edits import (
    AddBlock,
    Connect,
    Disconnect,
    MoveBlocks,
    RemoveBlocks,
    SetLabel,
    SetMuted,
    SetRecipe,
    SetSetting,
    SetShares,
)
from graph.frame import COLORS, Comment, Frame
from graph.framing import (
    AddComment,
    AddFrame,
    MoveFrames,
    RemoveFrames,
    ResizeFrame,
    SetColor,
    SetComment,
    SetTitle,
    carried,
)
from graph.pasting import Paste

KINDS = ("observed", "linear", "relu", "sum", "delay", "cross_entropy", "from_tomorrow")
VALUES = (
    0,
    1,
    -7,
    2.5,
    1e-300,
    True,
    None,
    "",
    'ž "quoted" \n — 共有',
    [1, [2, "3"]],
    {"a": {"b": []}},
)


def wire(text: str) -> Wire:
    """`x.y > linear1.z` as a wire."""
    source, target = (end.strip().split(".") for end in text.split(">"))
    return Wire(Pin(*source), Pin(*target))


def drawn(*wires: str, **kinds: str) -> Diagram:
    """A diagram of the blocks that the wires name; a block's kind is its id without digits, x and y are observed."""
    found = [wire(text) for text in wires]
    names = dict.fromkeys([pin.block for w in found for pin in w] + list(kinds))

    def kind(name: str) -> str:
        return kinds.get(name) or ("observed" if name[0] in "xy" else name.rstrip("0123456789"))

    return Diagram({name: Block(name, kind(name)) for name in names}, tuple(found))


def classifier() -> Diagram:
    """x -> linear -> relu -> linear -> cross entropy <- y, and a regulariser that stands alone."""
    return drawn(
        "x.y > linear1.z",
        "linear1.y > relu1.z",
        "relu1.y > linear2.z",
        "linear2.y > cross_entropy1.z",
        "y.y > cross_entropy1.target",
        l21="l2",
    )


def chain(length: int, skip: int = 0) -> Diagram:
    """A long row of blocks, every one wired to the next and to the one `skip` further."""
    blocks = {
        f"b{i}": Block(f"b{i}", "linear", Frozen(units=3), (10.0 * i, 0.0)) for i in range(length)
    }
    wires = [Wire(Pin(f"b{i}", "y"), Pin(f"b{i + 1}", "z")) for i in range(length - 1)]
    if skip:
        wires += [Wire(Pin(f"b{i}", "y"), Pin(f"b{i + skip}", "q")) for i in range(length - skip)]
    return Diagram(blocks, tuple(wires))


def random_diagram(random: Random, blocks: int = 12, depth: int = 1) -> Diagram:
    """Any diagram that can be: kinds, settings, labels, sharing, delays, frames, parts, recipe, `x-` entries."""
    diagram = Diagram(
        frames=tuple(_frame(random, f"frame{i + 1}") for i in range(random.randrange(3))),
        comments=tuple(_comment(random, f"c{i}") for i in range(random.randrange(3))),
        recipe=Frozen({f"r{i}": random.choice(VALUES) for i in range(random.randrange(4))}),
        extra=Frozen({f"x-{i}": random.choice(VALUES) for i in range(random.randrange(3))}),
        parts=Frozen(
            {
                f"p{i}": random_diagram(random, 3, depth - 1)
                for i in range(random.randrange(3) if depth else 0)
            }
        ),
    )
    for _ in range(blocks * 4):
        diagram = attempt(diagram, random_edit(random, diagram, blocks))
    return diagram


def attempt(diagram: Diagram, edit: Edit) -> Diagram:
    """The diagram after the edit, or as it was when the edit cannot be done."""
    try:
        return edit.apply(diagram)
    except ValueError:
        return diagram


def _frame(random: Random, name: str) -> Frame:
    x, y, width, height = (round(random.uniform(0, 1000), random.randrange(4)) for _ in range(4))
    return Frame(
        random.choice(("", "a frame", "ü")),
        (-x, y, width, height),
        random.choice(("", "#aabbcc", *COLORS)),
        name,
    )


def _comment(random: Random, name: str) -> Comment:
    text = random.choice(("", "$\\sum_i w_i$\nü", "x" * 2000))
    place = (random.uniform(-1e7, 1e7), 0.0, float(random.randrange(60, 2000)))
    return Comment(text, place, random.choice(("", "teal", *COLORS)), name)


def random_block(random: Random, diagram: Diagram) -> Block:
    kind = random.choice(KINDS)
    return Block(
        id=diagram.free_id(kind),
        kind=kind,
        settings=Frozen({f"s{i}": random.choice(VALUES) for i in range(random.randrange(3))}),
        position=(random.uniform(-1e7, 1e7), float(random.randrange(-500, 500))),
        label=random.choice(("", "ž", 'a \\ "label"\u2028')),
        extra=Frozen({"x-note": random.choice(VALUES)}) if random.random() < 0.2 else Frozen(),
    )


def random_edit(random: Random, diagram: Diagram, most: int = 30) -> Edit:
    """Some edit, which perhaps cannot be done."""
    names = [*diagram.blocks, "nobody"] if random.random() < 0.05 else list(diagram.blocks)
    if not names:
        return AddBlock(random_block(random, diagram))
    one, other = random.choice(names), random.choice(names)
    some = tuple(random.sample(names, random.randrange(1, min(4, len(names)) + 1)))
    new_wire = Wire(Pin(one, "y"), Pin(other, random.choice(("z", "z1", "weight"))))
    full = len(diagram.blocks) >= most
    choices: list[Edit] = [
        RemoveBlocks(some) if full else AddBlock(random_block(random, diagram)),
        Connect(new_wire),
        Connect(new_wire),
        Disconnect(tuple(random.sample(diagram.wires, min(2, len(diagram.wires))))),
        MoveBlocks({name: (random.uniform(-100, 100), 10.0) for name in some}),
        SetSetting(one, random.choice(("units", "bias", "not a name")), random.choice(VALUES)),
        SetLabel(one, random.choice(("", "s", "x" * 201))),
        SetShares(one, random.choice((None, other))),
        SetRecipe(random.choice(("rate", "data")), random.choice(VALUES)),
        RemoveBlocks(some)
        if full
        else Paste(tuple(diagram.blocks[n] for n in some if n != "nobody"), diagram.wires),
        Together("Both", (SetLabel(one, "both"), SetSetting(other, "units", 3))),
    ]
    return random.choice((*choices, _framing_edit(random, diagram, some)))


def _framing_edit(random: Random, diagram: Diagram, some: tuple[str, ...]) -> Edit:
    """Some edit of frames, comments, or of what is muted."""
    ids = [thing.id for thing in (*diagram.frames, *diagram.comments)] or ["nothing"]
    one = random.choice(ids)
    blocks, others = carried(diagram, [one])
    new = random.choice(("frame1", "f9", "c5", "no name"))
    choices: list[Edit] = [
        AddFrame(_frame(random, new)),
        AddComment(_comment(random, new)),
        RemoveFrames((one,)),
        MoveFrames({name: (1.5, -20.0) for name in others}, {name: (3.0, 4.0) for name in blocks}),
        ResizeFrame(one, (0.0, random.uniform(-9, 9), random.choice((300.0, -1.0)), 200.0)),
        SetTitle(one, random.choice(("", "stage", "x" * 201))),
        SetComment(one, random.choice(("", "why $\\lambda$?", "x" * 2001))),
        SetColor((one,), random.choice(COLORS)),
        SetMuted(some, random.random() < 0.7),
    ]
    return random.choice(choices)
