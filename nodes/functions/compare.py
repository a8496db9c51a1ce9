"""Products of matrices and distances between points."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, shown, whole_of


@block
class Matmul(Function):
    """Product of two matrices of each sample.  [B, ..., n, k], [B, ..., k, m] -> [B, ..., n, m].  Source: LeCun 2020, attention over a memory.

    [B, n] is a vector for each sample: a row on the left, a column on the right.  A drawn parameter goes to the flank
    of a linear block instead, or has a first axis of size 1.
    """

    section = "Combine"
    title = "matrix product"
    mark = "A B"
    label = "{0}{1}"
    symbol = "s"
    formula = "S = A B"
    gradient = "∂C/∂A = ∂C/∂S B′,  ∂C/∂B = A′ ∂C/∂S"
    transpose_a: bool = setting(False, help="whether A is turned, its last two axes exchanged")
    transpose_b: bool = setting(False, help="whether B is turned, its last two axes exchanged")

    def written(self) -> str:
        return "{0}" + "′" * self.transpose_a + "{1}" + "′" * self.transpose_b

    def build(self, a: Shape, b: Shape) -> Any:
        from nodes.modules.compare import Matmul as Multiplied

        if len(a) < 2 or len(b) < 2:
            raise ValueError(f"matmul needs matrices, not {shown(a)} and {shown(b)}.")
        left = (a[0], 1, a[1]) if len(a) == 2 else _turned(a, self.transpose_a)
        right = (*b, 1) if len(b) == 2 else _turned(b, self.transpose_b)
        if left[-1] != right[-2] or not _alike(left[:-2], right[:-2]):
            raise ValueError(
                f"matmul: {shown(a)} times {shown(b)} is not defined: it multiplies {list(left[-2:])} "
                f"and {list(right[-2:])}, whose inner sizes and whose axes before must be equal (a drawn parameter's: [1, n, m])."
            )
        return Multiplied(self.transpose_a, self.transpose_b)


def _turned(shape: Shape, transpose: bool) -> Shape:
    return (*shape[:-2], shape[-1], shape[-2]) if transpose else shape


def _alike(a: Shape, b: Shape) -> bool:
    """Whether the axes before two matrices are equal, or 1 and repeated."""
    return len(a) == len(b) and all(1 in (n, m) or n == m for n, m in zip(a, b, strict=True))


@block
class Distance(Function):
    """Euclidean distance of two inputs along the last axis.  [B, ..., n], [B, ..., n] -> [B, ...].  Source: LeCun 2020, siamese nets.

    Pairwise, every point of the first with every one of the second: [B, k, n], [B, m, n] -> [B, k, m].  The first may
    be one point, [B, n], [B, m, n] -> [B, m]; the second may be drawn points [m, n] or [1, m, n].
    """

    section = "Combine"
    mark = "‖−‖"
    label = "‖{0}−{1}‖"
    symbol = "s"
    formula = "d = ‖z₁ − z₂‖"
    gradient = "∂C/∂z₁ = ∂C/∂d · (z₁ − z₂) / d = −∂C/∂z₂"
    pairwise: bool = setting(False, help="whether each of the first is compared with each second")
    squared: bool = setting(False, help="whether the square of the distance is given")

    def written(self) -> str:
        inside = "{0}ᵢ−{1}ⱼ" if self.pairwise else "{0}−{1}"
        return f"‖{inside}‖" + "²" * self.squared

    def build(self, z1: Shape, z2: Shape) -> Any:
        from nodes.modules.compare import Distance as Length

        if self.pairwise:
            # [B, n] as the second would compare the points of one sample with those of another
            drawn = len(z2) == 2 and z2[0] != z1[0]
            whole = len(z2) == 3 and z2[0] in (1, z1[0])
            if len(z1) not in (2, 3) or not (drawn or whole) or z1[-1] != z2[-1]:
                raise ValueError(
                    f"distance needs points [B, k, n] and [B, m, n] or [1, m, n] to compare each with each, not {shown(z1)} and {shown(z2)}."
                )
        elif len(whole_of("distance", (z1, z2))) < 2:
            raise ValueError("distance needs inputs [B, ..., n], not [B]; put a flatten before it.")
        return Length(self.pairwise, self.squared)
