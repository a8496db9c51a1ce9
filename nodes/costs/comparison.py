"""Costs that compare a prediction with a target, sample by sample."""

from __future__ import annotations

import dataclasses
from typing import Any

from nodes.block import Cost, block, setting
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
class AbsoluteError(Matching):
    """Sum of the magnitudes of what prediction and target differ.  [B, ...], [B, ...] -> [B].  Source: course notes 2020, L1 loss."""

    title = "absolute error (L1)"
    mark = "|·|"
    label = "|{1}−{0}|"
    formula = "C = Σ |y − ȳ|"
    gradient = "∂C/∂ȳ = −sign(y − ȳ)"

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import absolute_error

        self.check(prediction, target)
        return absolute_error


@block
class HuberLoss(Matching):
    """Half the squared error near 0, linear farther out; summed over all but the batch.  [B, ...], [B, ...] -> [B].  Source: Huber 1964."""

    title = "Huber"
    mark = "\\_/"
    label = "H({1}−{0})"
    formula = "C = Σ ½ e² for |e| ≤ δ, δ (|e| − ½ δ) otherwise;  e = y − ȳ"
    gradient = "∂C/∂ȳ = −e for |e| ≤ δ, −δ sign(e) otherwise"
    delta: float = setting(1.0, low=1e-9, high=1e9, help="δ, from where it is linear", step="log")

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import HuberLoss as Huber

        self.check(prediction, target)
        return Huber(self.delta)


@block
class CosineError(Matching):
    """One minus the cosine of the angle between prediction and target.  [B, ...], [B, ...] -> [B].  Source: LeCun 2020, joint embedding."""

    title = "cosine"
    mark = "∠"
    label = "1−cos({1},{0})"
    formula = "C = 1 − y′ȳ / (‖y‖ ‖ȳ‖)"
    gradient = "∂C/∂ȳ = −(y/‖y‖ − cos · ȳ/‖ȳ‖) / ‖ȳ‖"

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import cosine_error

        self.check(prediction, target)
        if len(prediction) < 2:
            raise ValueError("cosine_error needs vectors [B, n], not [B]; put a flatten before it.")
        return cosine_error


@block
class CrossEntropy(Classification):
    """Minus the log-probability of the right class, from scores; averaged over places.  [B, classes, ...], [B, ...] -> [B].  Source: LeCun 2013, cross-entropy loss."""

    mark = "CE"
    formula = "C = log Σⱼ exp(ȳⱼ) − ȳ_y"
    gradient = "∂C/∂ȳ = softmax(ȳ) − 1[y]"
    smoothing: float = setting(
        0.0, low=0.0, high=1.0, help="part of the target that is spread over all classes"
    )

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import SmoothCrossEntropy, cross_entropy

        self.check(prediction, target)
        return SmoothCrossEntropy(self.smoothing) if self.smoothing else cross_entropy


@block
class NllLoss(Classification):
    """Minus the right class's value, for a prediction in log-probabilities; averaged over places.  [B, classes, ...], [B, ...] -> [B].  Source: LeCun 2013, negative log-likelihood."""

    title = "neg. log-likelihood"
    mark = "NLL"
    formula = "C = −ȳ_y"
    gradient = "∂C/∂ȳ = −1[y]"

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.costs import nll_loss

        self.check(prediction, target)
        return nll_loss


@block
class MultiMarginLoss(Classification):
    """How far the other classes' scores come within a margin of the right one's.  [B, classes, ...], [B, ...] -> [B].  Source: LeCun 2013, margin losses (Crammer 2001)."""

    title = "multi-class margin"
    mark = "m−s"
    formula = "C = (1/n) Σ max(0, m − ȳ_y + ȳⱼ) over the classes j ≠ y"
    gradient = "∂C/∂ȳⱼ = 1/n for each j within the margin,  ∂C/∂ȳ_y = − the sum of these"
    margin: float = setting(1.0, low=0.0, high=1e6, help="m, the margin", step="log")

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.margins import MultiMargin

        self.check(prediction, target)
        return MultiMargin(self.margin)
