"""Costs of yes and no: binary cross-entropy, hinge, perceptron, logistic."""

from __future__ import annotations

from typing import Any

from nodes.block import block, setting
from nodes.costs.comparison import Matching
from nodes.shapes import Shape


def _same_sign(prediction: Any, target: Any) -> Any:
    right = prediction * target.reshape(prediction.shape) > 0
    return right.flatten(1).all(1) if right.dim() > 1 else right


@block
class BinaryCrossEntropy(Matching):
    """Minus the log-probability of a yes (1) or no (0), summed over outputs.  [B, ...], [B, ...] -> [B].  Source: course notes 2020, binary cross-entropy.

    The prediction is a score, whose sigmoid is the probability, or without `logits` the probability itself.
    """

    title = "binary cross-entropy"
    mark = "BCE"
    label = "C({1},{0})"
    formula = "C = −Σ y log p + (1 − y) log(1 − p),  p = σ(s) or the prediction itself"
    gradient = "∂C/∂s = p − y;  ∂C/∂p = (p − y) / (p (1 − p))"
    logits: bool = setting(True, help="whether the prediction is a score, not yet a probability")

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import binary_cross_entropy, binary_cross_entropy_with_logits

        self.check(prediction, target)
        return binary_cross_entropy_with_logits if self.logits else binary_cross_entropy

    def correct(self, prediction: Any, target: Any) -> Any:
        """The share of outputs on the right side: of a score 0, of a probability ½.  -> [B]."""
        right = (prediction > (0.0 if self.logits else 0.5)) == (
            target.reshape(prediction.shape) > 0.5
        )
        return right.flatten(1).double().mean(1) if right.dim() > 1 else right


@block
class Hinge(Matching):
    """How far a score stays behind a margin on the target's side; the target is −1 or +1; summed over outputs.  [B, ...], [B, ...] -> [B].  Source: course notes 2020, hinge loss."""

    mark = "‾\\_"
    label = "({1}{0})⁻"
    formula = "C = Σ max(0, m − y s)"
    gradient = "∂C/∂s = −y · 1[y s<m]"
    margin: float = setting(1.0, low=0.0, high=1e6, help="m, the margin", step="log")

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.margins import Hinge as Staying

        self.check(prediction, target)
        return Staying(self.margin)

    def correct(self, prediction: Any, target: Any) -> Any:
        """Whether every output has its target's sign.  -> [B] of bool."""
        return _same_sign(prediction, target)


@block
class Perceptron(Matching):
    """Cost of the perceptron; the target is −1 or +1; summed over outputs.  [B, ...], [B, ...] -> [B].  Source: LeCun 2024, the perceptron."""

    mark = "−ys"
    label = "−({1}−sgn {0}){0}"
    formula = "C = −(y − sign(s)) s"
    gradient = "∂C/∂s = −(y − sign(s))"

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import perceptron

        self.check(prediction, target)
        return perceptron

    def correct(self, prediction: Any, target: Any) -> Any:
        """Whether every output has its target's sign.  -> [B] of bool."""
        return _same_sign(prediction, target)


@block
class Logistic(Matching):
    """Cost of logistic regression; the target is −1 or +1; summed over outputs.  [B, ...], [B, ...] -> [B].  Source: LeCun 2024, logistic regression."""

    mark = "log"
    label = "C({1},{0})"
    formula = "C = log(1 + exp(−2 y s))"
    gradient = "∂C/∂s = −(y − tanh(s))"

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import logistic

        self.check(prediction, target)
        return logistic

    def correct(self, prediction: Any, target: Any) -> Any:
        """Whether every output has its target's sign.  -> [B] of bool."""
        return _same_sign(prediction, target)
