"""Which part of an image a unit sees, by the arithmetic of the blocks between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from graph.diagram import Pin
from nodes.shapes import axis_of
from runtime.making import Stage
from runtime.program import Program

Sides = tuple[int, int]  # along the rows, along the columns

SLIDING = {"conv2d", "local2d", "max_pool2d", "avg_pool2d", "lp_pool", "log_prob_pool"}
COMPETING = {"softmax", "log_softmax", "softmin", "winner_takes_all"}
POINTWISE = {"bias", "scale", "batch_norm", "dropout", "spatial_dropout"}
COMBINING = {"sum", "difference", "product", "division"}
OF_CHANNELS = {"concat", "slice", "split", "pad", "crop"}


class NoWindow(Exception):
    """Why a unit has no window of its own, in one sentence."""


@dataclass(frozen=True)
class Window:
    """The unit in row i and column j sees of `input` the `size` places from (i, j) · `step` + `start` on.

    `start` may be negative: what lies outside the image is padding.
    """

    input: str
    size: Sides
    step: Sides
    start: Sides


def window_of(program: Program, pin: Pin) -> Window:
    """The window of the units of a variable `[B, C, height, width]`.  Raises NoWindow."""
    found = _Search(program).at(pin)
    if found is None:
        raise NoWindow(f"{pin.block} depends on no image.")
    return found


class _Search:
    """Goes back along the wires; every variable is looked at once."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[Pin, Window | None] = {}

    def at(self, pin: Pin) -> Window | None:
        """The window of a variable; None when no data reach it."""
        if pin not in self._known:
            self._known[pin] = self._find(pin)
        return self._known[pin]

    def _find(self, pin: Pin) -> Window | None:
        program = self._program
        stage = program.stages.get(pin.block)
        if stage is None:
            if pin.block not in program.inputs or pin.block in program.latents:
                return None
            if len(program.kinds[pin].shape) != 4:
                raise NoWindow(f"{pin.block} is no image.")
            return Window(pin.block, (1, 1), (1, 1), (0, 0))
        before = [w for source in stage.sources if (w := self.at(source)) is not None]
        if not before:
            return None
        seen = before[0]
        for other in before[1:]:
            seen = _together(seen, other, pin.block)
        return _through(stage, program, seen)


def _together(a: Window, b: Window, block: str) -> Window:
    """The smallest window that holds both."""
    if a.input != b.input:
        raise NoWindow(f"{block} sees two images, {a.input} and {b.input}.")
    if a.step != b.step:
        raise NoWindow(f"{block} joins maps of different scales.")
    start = _sides(min(x, y) for x, y in zip(a.start, b.start, strict=True))
    ends = [max(a.start[n] + a.size[n], b.start[n] + b.size[n]) for n in (0, 1)]
    return replace(a, start=start, size=_sides(e - s for e, s in zip(ends, start, strict=True)))


def _through(stage: Stage, program: Program, seen: Window) -> Window:
    """The window behind a block, from the one before it."""
    kind, settings = stage.block.kind, stage.type
    if kind in SLIDING:
        kernel, padding = settings.kernel, settings.padding  # type: ignore[attr-defined]
        stride = settings.stride or kernel  # type: ignore[attr-defined]
        reach = getattr(settings, "dilation", 1) * (kernel - 1)
        return Window(
            seen.input,
            size=_sides(n + s * reach for n, s in zip(seen.size, seen.step, strict=True)),
            step=_sides(s * stride for s in seen.step),
            start=_sides(b - s * padding for b, s in zip(seen.start, seen.step, strict=True)),
        )
    if kind in POINTWISE | COMBINING or _is_pointwise(stage, program):
        return seen
    if kind == "pad" and _pads_places(stage):
        before = settings.before  # type: ignore[attr-defined]
        moved = (b - s * before for b, s in zip(seen.start, seen.step, strict=True))
        return replace(seen, start=_sides(moved))
    raise NoWindow(f"Units behind {stage.block.id} ({kind}) do not see one patch each.")


def _is_pointwise(stage: Stage, program: Program) -> bool:
    kind = stage.block.kind
    if kind in COMPETING | OF_CHANNELS:
        axis = int(getattr(stage.type, "axis", 0))
        shape = program.kinds[stage.sources[0]].shape
        return axis != 0 and axis_of(kind, shape, axis) == 1
    return stage.type.section == "Non-linearity"


def _pads_places(stage: Stage) -> bool:
    settings = stage.type
    return settings.axis == 0 and settings.how == "constant"  # type: ignore[attr-defined]


def _sides(numbers: Iterable[int]) -> Sides:
    rows, columns = numbers
    return rows, columns
