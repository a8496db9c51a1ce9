"""Costs that compare a prediction with a target, sample by sample."""

from __future__ import annotations

import dataclasses
from typing import Any

from nodes.block import Cost, block
from nodes.shapes import Shape, elements, shown


@dataclasses.dataclass(frozen=True)
class Matching(Cost):
    """A cost whose target has as many numbers per sample as its prediction, whatever their axes."""

    def check(self, prediction: Shape, target: Shape) -> None:
        """Raises ValueError when a sample of one has more numbers than a sample of the other."""
        if not prediction or not target or elements(prediction) != elements(target):
            raise ValueError(
                f"{self.kind} compares number by number, so the prediction {shown(prediction)} and "
                f"the target {shown(target)} need as many per sample; change the units before it."
            )


@dataclasses.dataclass(frozen=True)
class Classification(Cost):
    """A cost whose target is the number of the right class, whose prediction has one value for each class."""

    label = "C({1},{0})"

    def check(self, prediction: Shape, target: Shape) -> None:
        """Raises ValueError unless prediction is [B, classes, ...] and target has one number for each of its places."""
        if len(prediction) < 2 or prediction[1] < 2:
            raise ValueError(
                f"{self.kind} needs a value for each of at least two classes [B, classes], "
                f"not {shown(prediction)}; put a linear with that many units before it."
            )
        places = (prediction[0], *prediction[2:])
        if not target or elements(target) != elements(places):
            raise ValueError(
                f"{self.kind} needs class numbers {shown(places)} as the target of "
                f"{shown(prediction)}, not {shown(target)}."
            )

    def correct(self, prediction: Any, target: Any) -> Any:
        """Whether the largest value is at the right class: of a sample with places, the share of them.  -> [B]."""
        answer = prediction.argmax(1)
        right = answer == target.reshape(answer.shape)
        return right.flatten(1).double().mean(1) if right.dim() > 1 else right


def _same_sign(prediction: Any, target: Any) -> Any:
    right = prediction * target.reshape(prediction.shape) > 0
    return right.flatten(1).all(1) if right.dim() > 1 else right


@block
class SquaredError(Matching):
    """Squared distance of prediction and target, summed over all but the batch.  [B, ...], [B, ...] -> [B].  Source: LeCun 2024, cost of regression."""

    mark = "‖·‖²"
    label = "‖{1}−{0}‖²"
    formula = "C = ‖y − ȳ‖²"
    gradient = "∂C/∂ȳ = −2 (y − ȳ)"

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import squared_error

        self.check(prediction, target)
        return squared_error

    def correct(self, prediction: Any, target: Any) -> Any:
        """Of one output against class numbers 0 and 1: whether it lies on the right side of 1/2.  -> [B] of bool or None."""
        if target.is_floating_point() or prediction[:1].numel() != 1:
            return None
        return (prediction.flatten() > 0.5) == (target.flatten() == 1)


@block
class CrossEntropy(Classification):
    """Minus the log-probability of the right class, from scores; averaged over places.  [B, classes, ...], [B, ...] -> [B].  Source: LeCun 2013, cross-entropy loss."""

    mark = "CE"
    formula = "C = log Σⱼ exp(ȳⱼ) − ȳ_y"
    gradient = "∂C/∂ȳ = softmax(ȳ) − 1[y]"

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import cross_entropy

        self.check(prediction, target)
        return cross_entropy


@block
class NllLoss(Classification):
    """Minus the right class's value, for a prediction in log-probabilities; averaged over places.  [B, classes, ...], [B, ...] -> [B].  Source: LeCun 2013, negative log-likelihood."""

    title = "negative log-likelihood"
    mark = "NLL"
    formula = "C = −ȳ_y"
    gradient = "∂C/∂ȳ = −1[y]"

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import nll_loss

        self.check(prediction, target)
        return nll_loss


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
