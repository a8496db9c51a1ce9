"""Costs of one variable, or of all weights: L1 and L2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nodes.block import Regulariser, block, setting
from nodes.shapes import Shape

_FACTOR = "λ, the factor of this cost in the sum"


@block
class L1(Regulariser):
    """Sum of magnitudes: of its input, or of all weights.  [B, ...] -> [B].  Source: LeCun 2013, L1 regularisation."""

    title = "L1"
    mark = "|w|"
    label = "λ|{0}|"
    formula = "C = λ Σ |w|"
    gradient = "∂C/∂w = λ sign(w)"
    weight: float = setting(1e-4, low=-1e9, high=1e9, help=_FACTOR, step="log")

    def build(self, z: Shape | None = None) -> Any:
        from nodes.modules.costs import magnitude

        return magnitude

    def of_weights(self) -> Callable[..., Any]:
        """The sum of magnitudes of all weights."""
        from nodes.modules.costs import magnitude_of_weights

        return magnitude_of_weights


@block
class L2(Regulariser):
    """Sum of squares: of its input, or of all weights.  [B, ...] -> [B].  Source: course notes 2020, weight decay."""

    title = "L2"
    mark = "‖w‖²"
    label = "λ‖{0}‖²"
    formula = "C = λ Σ w²"
    gradient = "∂C/∂w = 2 λ w"
    weight: float = setting(1e-4, low=-1e9, high=1e9, help=_FACTOR, step="log")

    def build(self, z: Shape | None = None) -> Any:
        from nodes.modules.costs import square

        return square

    def of_weights(self) -> Callable[..., Any]:
        """The sum of squares of all weights."""
        from nodes.modules.costs import square_of_weights

        return square_of_weights
