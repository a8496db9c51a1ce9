"""What a kind of block is: BlockType and its families Variable, Function, Trainable, Weighted, Cost, Regulariser; @block.

A block declares; palette entry, glyph, pins, inspector form, help, file entry and compile follow from the declaration.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from enum import Enum
from typing import Any, ClassVar

from graph.diagram import OUTPUT
from graph.settings import setting

__all__ = [
    "BlockType",
    "Cost",
    "Function",
    "Glyph",
    "Regulariser",
    "Trainable",
    "Variable",
    "Weighted",
    "block",
    "setting",
]

FLANK_HELP = (
    "a wire brings the value of a parameter, in any shape with as many numbers; "
    "a function of the data may bring another value for each sample"
)


class Glyph(Enum):
    """Which shape of the notation a block is drawn as; how it is drawn is the canvas's affair."""

    OBSERVED = "observed"
    LATENT = "latent"
    PARAMETER = "parameter"
    FUNCTION = "function"
    COST = "cost"
    DELAY = "delay"
    PART = "part"
    UNKNOWN = "unknown"


class BlockType:
    """One kind of block.

    Subclasses are frozen dataclasses made by @block; their fields, declared with setting(), are the block's settings.
    `build(*shapes)` gets the shape of what enters each input pin (the batch first) and returns an nn.Module or a
    plain module-level function that computes the output from those inputs, a tuple for several `outputs`.  A module
    whose multiply-adds are not those of its matrices, once a place, says them: macs(*shapes).  It raises ValueError with one
    sentence when the shapes do not fit.  Its parameters' names are the input pins; one with the default None
    may stay without a wire; `*name` means as many pins as are wired, at least two: name1, name2, ...
    """

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""  # in the palette
    section: ClassVar[str] = ""  # of the palette
    glyph: ClassVar[Glyph] = Glyph.FUNCTION
    mark: ClassVar[str] = ""  # short text inside the palette's glyph
    formula: ClassVar[str] = ""  # y = f(z), in plain Unicode or TeX-like text
    gradient: ClassVar[str] = ""  # the formula of what it passes back
    # template of the text on the canvas: {w} own weights' name, {0}, {1} ... incoming variables
    label: ClassVar[str] = ""
    # stem of the output variable's name: s for a weighted sum, z for an activation
    symbol: ClassVar[str] = "z"
    flanks: ClassVar[tuple[str, ...]] = ()  # parameters that a wire at the flank may replace
    outputs: ClassVar[tuple[str, ...]] = (OUTPUT,)
    inputs: ClassVar[tuple[str, ...]] = ()  # from build's signature
    optional: ClassVar[frozenset[str]] = frozenset()
    variadic: ClassVar[str] = ""  # the stem of numbered pins, "" when the pins are fixed

    # mypy lets an override of a method with these arguments name its pins
    def build(self, *shapes: Any, **_: Any) -> Any:
        """The nn.Module or function of this block for inputs of these shapes."""
        raise NotImplementedError(f"{type(self).__name__} has no build")

    def written(self) -> str:
        """The template `label` as these settings make it."""
        return self.label

    @classmethod
    def pins(cls, wired: frozenset[str] | set[str] = frozenset()) -> tuple[str, ...]:
        """The input pins to show, given the names of those that have a wire (a variadic block offers one more)."""
        if not cls.variadic:
            return cls.inputs
        numbers = [int(name[len(cls.variadic) :]) for name in wired if cls.is_numbered(name)]
        return tuple(f"{cls.variadic}{n}" for n in range(1, max([1, *numbers]) + 2))

    @classmethod
    def is_numbered(cls, name: str) -> bool:
        """Whether `name` is one of a variadic block's pins, z1 to z999."""
        return bool(cls.variadic and re.fullmatch(rf"{cls.variadic}[1-9][0-9]{{0,2}}", name))

    @classmethod
    def has_input(cls, name: str) -> bool:
        """Whether a wire may end at this pin: an input, or a flank that replaces a parameter."""
        return name in cls.inputs or name in cls.flanks or cls.is_numbered(name)


class Variable(BlockType):
    """A circle: something that has a value of its own."""

    section = "Variables"


class Function(BlockType):
    """A shape with one round end: computes its output, the circle at the round end, from its inputs."""

    label = "f({0})"


@dataclasses.dataclass(frozen=True)
class Trainable(BlockType):
    """Has parameters of its own."""

    freeze: bool = setting(
        False, help="whether training leaves its parameters as they are", general=True
    )


@dataclasses.dataclass(frozen=True)
class Weighted(Trainable, Function):
    """A function whose weights may begin in several ways; nodes.modules.initialization gives them their values."""

    init: str = setting(
        "default",
        choices=("default", "xavier", "he", "orthogonal", "uniform", "constant", "zeros"),
        help="how its weights begin: PyTorch's own way, or another, with biases 0",
        general=True,
    )
    scale: float = setting(
        1.0,
        low=0.0,
        high=1e6,
        help="factor of the first weights: the gain of xavier, he, orthogonal; uniform lies in −scale … scale; the constant",
        step="log",
        general=True,
    )


@dataclasses.dataclass(frozen=True)
class Cost(BlockType):
    """A square: one number per sample, `[B]`; all costs of a diagram add up, each times its weight."""

    section = "Costs"
    glyph = Glyph.COST
    outputs = ()

    weight: float = setting(
        1.0, low=-1e9, high=1e9, help="λ, the factor of this cost in the sum", step="log"
    )
    use: str = setting(
        "both",
        choices=("training", "inference", "both"),
        help="which minimisation counts this cost",
    )

    def correct(self, prediction: Any, target: Any) -> Any:
        """How right the answer to each sample is, `[B]`, bool or the share from 0 to 1 of its places; None where
        right and wrong have no meaning."""
        return None


@dataclasses.dataclass(frozen=True)
class Regulariser(Cost):
    """A cost of one variable.  Where its input may stay open, it then applies to all weights of the diagram (not to biases)."""

    section = "Regularisers"

    start: int = setting(0, low=0, high=1_000_000, help="the epoch from which it counts")

    def of_weights(self) -> Callable[..., Any]:
        """The plain function (*weights) -> scalar tensor that stands for this cost when its input has no wire."""
        raise NotImplementedError(f"{type(self).__name__} has no of_weights")


def _kind_of(name: str) -> str:
    """Conv2d -> conv2d, LogSoftmax -> log_softmax."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def block(cls: type[BlockType]) -> Any:
    """Makes a frozen dataclass of a block's class and reads its pins off build's signature."""
    made: Any = dataclasses.dataclass(frozen=True)(cls)
    if "kind" not in cls.__dict__:
        made.kind = _kind_of(cls.__name__)
    if "title" not in cls.__dict__:
        made.title = made.kind.replace("_", " ")
    signature = inspect.signature(cls.build)
    # observed and latent have nothing to build and no inputs
    declares = cls.build is not BlockType.build
    parameters = list(signature.parameters.values())[1:] if declares else []
    numbered = [p.name for p in parameters if p.kind is inspect.Parameter.VAR_POSITIONAL]
    made.variadic = numbered[0] if numbered else ""
    made.inputs = () if numbered else tuple(p.name for p in parameters)
    made.optional = frozenset(p.name for p in parameters if p.default is None)
    return made
