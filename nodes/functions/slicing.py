"""Blocks that take a part of their input, or surround it with more."""

from __future__ import annotations

import dataclasses
from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, axis_of, shown
from nodes.written import number, places

_AXIS = "the axis; 0 is the batch, 1 the channels"


@block
class Slice(Function):
    """A range along an axis.  [B, n, ...] -> [B, m, ...].  Source: LeCun 2013, a window onto the input."""

    section = "Shape"
    mark = "a:b"
    label = "{0}[a:b]"
    formula = "z = (s_a, …, s_b−1)"
    gradient = "∂C/∂sₖ = ∂C/∂zₖ within the range, 0 outside"
    axis: int = setting(1, low=-8, high=8, help=_AXIS)
    start: int = setting(
        0, low=-(10**9), high=10**9, help="the first; negative: counted from the end"
    )
    stop: int = setting(
        0, low=-(10**9), high=10**9, help="the first left out; 0: the end; negative: from the end"
    )
    step: int = setting(1, low=1, high=10**9, help="every how manieth is taken")

    def written(self) -> str:
        ends = ":".join(number(end) if end else "" for end in (self.start, self.stop))
        step = f":{self.step}" if self.step > 1 else ""
        return "{0}" + places(self.axis, ends + step)

    def build(self, z: Shape) -> Any:
        from nodes.modules.slicing import Slice as Range

        axis = axis_of("slice", z, self.axis)
        stop = self.stop or None
        if not len(range(z[axis])[self.start : stop : self.step]):
            raise ValueError(
                f"slice: there is nothing from {self.start} to {self.stop or 'the end'} "
                f"of the {z[axis]} along axis {axis}."
            )
        return Range(axis, self.start, stop, self.step)


@block
class Select(Function):
    """One place of an axis, which disappears: of a sequence, the last step.  [B, n, ...] -> [B, ...].  Source: LeCun 2013, recurrent nets' last state."""

    section = "Shape"
    mark = "s[k]"
    label = "{0}[k]"
    formula = "z = s_k"
    gradient = "∂C/∂s_k = ∂C/∂z, 0 elsewhere"
    axis: int = setting(1, low=-8, high=8, help=_AXIS)
    index: int = setting(
        -1, low=-(10**9), high=10**9, help="k, from 0; negative: counted from the end"
    )

    def written(self) -> str:
        return "{0}" + places(self.axis, number(self.index))

    def build(self, z: Shape) -> Any:
        from nodes.modules.slicing import Select as Place

        axis = axis_of("select", z, self.axis)
        if not -z[axis] <= self.index < z[axis]:
            raise ValueError(
                f"select: there is no place {self.index} among the {z[axis]} along axis {axis}."
            )
        return Place(axis, self.index)


@block
class Split(Function):
    """Two parts, side by side along an axis.  [B, n, ...] -> [B, at, ...], [B, n − at, ...].  Source: LeCun 2020, gates from one layer."""

    section = "Shape"
    mark = "⟨|⟩"
    label = "{0}|"
    outputs = ("y", "y2")
    formula = "z₁ = (s₁, …, s_at),  z₂ = the rest"
    gradient = "∂C/∂s = [∂C/∂z₁, ∂C/∂z₂]"
    axis: int = setting(1, low=-8, high=8, help=_AXIS)
    at: int = setting(
        0, low=-(10**9), high=10**9, help="size of the first part; 0: half; negative: of the second"
    )

    def written(self) -> str:
        return f"{{0}}|{number(self.at)}" if self.at else self.label

    def build(self, z: Shape) -> Any:
        from nodes.modules.slicing import Split as Parts

        axis = axis_of("split", z, self.axis)
        size = z[axis]
        at = self.at if self.at > 0 else size + self.at if self.at else size // 2
        if not 0 < at < size or (not self.at and size % 2):
            raise ValueError(
                f"split: the {size} along axis {axis} cannot be divided at {self.at or 'the half'}."
            )
        return Parts(axis, at)


@dataclasses.dataclass(frozen=True)
class Frame(Function):
    """Changes what is around the middle, on one axis or on all after the channels."""

    section = "Shape"
    before: int = setting(1, low=0, high=1_000_000, help="how many at the beginning of an axis")
    after: int = setting(1, low=0, high=1_000_000, help="how many at the end of an axis")
    axis: int = setting(0, low=-8, high=8, help="the axis; 0: all axes after the channels")

    def axes(self, z: Shape) -> tuple[int, ...]:
        """The axes it works on.  Raises ValueError when inputs of this shape lack them."""
        if self.axis:
            return (axis_of(self.kind, z, self.axis),)
        if len(z) < 3:
            raise ValueError(
                f"{self.kind}: {shown(z)} has no axis after the channels; choose axis 1."
            )
        return tuple(range(2, len(z)))


@block
class Pad(Frame):
    """More numbers at the ends of axes: a constant, mirrored, repeated, or from the other end.  [B, C, ...] -> [B, C, ...].  Source: LeCun 2018, padding."""

    mark = "▣"
    label = "pad({0})"
    formula = "z = s with numbers before and after"
    gradient = "∂C/∂sⱼ = Σ ∂C/∂zₖ over the places k that show j"
    how: str = setting(
        "constant",
        choices=("constant", "reflect", "replicate", "circular"),
        help="the value; mirrored at the last number; the last number; what is at the other end",
    )
    value: float = setting(0.0, low=-1e9, high=1e9, help="what a constant padding is filled with")

    def build(self, z: Shape) -> Any:
        from nodes.modules.slicing import Pad as Padded

        axes = self.axes(z)
        room = {"reflect": -1, "circular": 0}.get(self.how)
        if room is not None and any(max(self.before, self.after) > z[axis] + room for axis in axes):
            raise ValueError(
                f"pad: {max(self.before, self.after)} is more than {self.how} can take from {shown(z)}."
            )
        return Padded(axes, z, self.before, self.after, self.how, self.value)


@block
class Crop(Frame):
    """Fewer numbers: some at the ends of axes are left out.  [B, C, ...] -> [B, C, ...].  Source: LeCun 2020, skips of U-Net."""

    mark = "◱"
    label = "crop({0})"
    formula = "z = s without the first and the last numbers"
    gradient = "∂C/∂s = ∂C/∂z, 0 where it was left out"

    def build(self, z: Shape) -> Any:
        from nodes.modules.slicing import Crop as Cropped

        axes = self.axes(z)
        if any(self.before + self.after >= z[axis] for axis in axes):
            raise ValueError(f"crop: nothing is left of {shown(z)}.")
        return Cropped(axes, self.before, self.after)
