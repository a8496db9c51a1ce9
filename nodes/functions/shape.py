"""Blocks that only rearrange the numbers of a sample."""

from __future__ import annotations

import math
from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, elements, shown
from nodes.written import lowered


@block
class Flatten(Function):
    """All numbers of a sample in one row.  [B, ...] -> [B, n].  Source: LeCun 2013, from an image to a vector."""

    section = "Shape"
    mark = "flat"
    label = "flat({0})"
    formula = "z = vec(s)"
    gradient = "∂C/∂s = ∂C/∂z in the shape of s"

    def build(self, z: Shape) -> Any:
        from nodes.modules.rearranged import flatten

        return flatten


@block
class Reshape(Function):
    """The numbers of a sample in another shape.  [B, ...] -> [B, size...].  Source: LeCun 2013, reshaping an image."""

    section = "Shape"
    mark = "n×m"
    label = "shape({0})"
    formula = "z = s in another shape"
    gradient = "∂C/∂s = ∂C/∂z in the shape of s"
    size: tuple[int, ...] = setting(
        (-1,), low=-1, high=1_000_000_000, help="the shape of one sample; one -1 takes what is left"
    )

    def written(self) -> str:
        sides = "×".join("·" if side == -1 else str(side) for side in self.size)
        return f"{{0}}→{sides}" if len(self.size) > 1 else self.label

    def build(self, z: Shape) -> Any:
        from nodes.modules.rearranged import Reshape as Reshaped

        if self.size.count(-1) > 1 or 0 in self.size:
            raise ValueError(
                f"reshape: the size {list(self.size)} needs positive numbers and at most one -1."
            )
        known = math.prod(n for n in self.size if n > 0)
        if elements(z) % known if -1 in self.size else elements(z) != known:
            raise ValueError(
                f"reshape: the {elements(z)} numbers of {shown(z)} do not fill the size {list(self.size)}."
            )
        return Reshaped(self.size)


@block
class Permute(Function):
    """The axes of a sample in another order.  [B, n₁, n₂, ...] -> [B, ...].  Source: LeCun 2020, transposed inputs."""

    section = "Shape"
    mark = "⇄"
    label = "{0}′"
    formula = "z_ji = s_ij"
    gradient = "∂C/∂s_ij = ∂C/∂z_ji"
    axes: tuple[int, ...] = setting(
        (2, 1), low=1, high=64, help="the old axes in their new order; 0, the batch, stays in front"
    )

    def written(self) -> str:
        order = "".join(map(lowered, self.axes))
        return self.label if self.axes == (2, 1) else f"perm{order}({{0}})"

    def build(self, z: Shape) -> Any:
        from nodes.modules.rearranged import Permute as Permuted

        if sorted(self.axes) != list(range(1, len(z))):
            raise ValueError(
                f"permute: {shown(z)} needs each axis from 1 to {len(z) - 1} once, not {list(self.axes)}."
            )
        return Permuted(self.axes)


@block
class Duplicate(Function):
    """Several copies along a new axis.  [B, ...] -> [B, count, ...].  Source: LeCun 2024, a fork duplicates the value."""

    section = "Shape"
    mark = "×n"
    label = "dup({0})"
    formula = "zₖ = s for k = 1 … n"
    gradient = "∂C/∂s = Σₖ ∂C/∂zₖ"
    count: int = setting(2, low=1, high=1_000_000, help="n, how many copies; 1 only adds the axis")
    axis: int = setting(1, low=1, high=8, help="where the new axis is put")

    def written(self) -> str:
        return f"dup{lowered(self.count)}({{0}})"

    def build(self, z: Shape) -> Any:
        from nodes.modules.rearranged import Duplicate as Copied

        if self.axis > len(z):
            raise ValueError(
                f"duplicate: the new axis of {shown(z)} can be 1 to {len(z)}, not {self.axis}."
            )
        return Copied(self.count, self.axis)
