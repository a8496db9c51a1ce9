"""Costs of one variable, or of all weights: L1, L2, group L2, log-square; entropy of probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nodes.block import Regulariser, block, setting
from nodes.shapes import Shape, channels_of

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


@block
class GroupL2(Regulariser):
    """Sum of the lengths of groups of neighbours along axis 1; of all weights, each unit's are a group.  [B, n, ...] -> [B].  Source: LeCun 2013, L2 group sparsity."""

    title = "group L2"
    mark = "Σ‖·‖"
    label = "λΣ‖{0}‖"
    formula = "C = λ Σⱼ √(Σ zₖ² over the group j)"
    gradient = "∂C/∂zₖ = λ zₖ / ‖group of k‖"
    weight: float = setting(1e-4, low=-1e9, high=1e9, help=_FACTOR, step="log")
    size: int = setting(2, low=1, high=1_000_000, help="how many neighbours are a group")

    def build(self, z: Shape | None = None) -> Any:
        from nodes.modules.divergence import GroupL2 as Groups

        assert z is not None  # without a wire, of_weights is asked
        if channels_of("group_l2", z) % self.size:
            raise ValueError(
                f"group_l2: {z[1]} numbers along axis 1 cannot be divided into groups of {self.size}."
            )
        return Groups(self.size)

    def of_weights(self) -> Callable[..., Any]:
        """The sum of the lengths of all units' weights."""
        from nodes.modules.divergence import group_l2_of_weights

        return group_l2_of_weights


@block
class LogSquare(Regulariser):
    """Sum of log(1 + z²), which leaves large numbers in peace: of its input, or of all weights.  [B, ...] -> [B].  Source: LeCun 2013, sparse codes."""

    title = "log-square sparsity"
    mark = "log z²"
    label = "λΣlog {0}²"
    formula = "C = λ Σ log(1 + z²)"
    gradient = "∂C/∂z = 2 λ z / (1 + z²)"
    weight: float = setting(1e-4, low=-1e9, high=1e9, help=_FACTOR, step="log")

    def build(self, z: Shape | None = None) -> Any:
        from nodes.modules.divergence import log_square

        return log_square

    def of_weights(self) -> Callable[..., Any]:
        """The sum over all weights."""
        from nodes.modules.divergence import log_square_of_weights

        return log_square_of_weights


@block
class Entropy(Regulariser):
    """Entropy of probabilities: small when few are large; with a negative λ, many are wanted.  [B, ...] -> [B].  Source: LeCun 2020, free energy."""

    mark = "H"
    label = "λH({0})"
    formula = "C = −λ Σ p log p"
    gradient = "∂C/∂p = −λ (log p + 1)"

    def build(self, z: Shape) -> Any:
        from nodes.modules.divergence import entropy

        return entropy
