"""Costs between distributions: Kullback-Leibler divergences."""

from __future__ import annotations

from typing import Any

from nodes.block import Cost, block
from nodes.shapes import Shape, shown


def _check_same(kind: str, a: Shape, b: Shape) -> None:
    if a != b:
        raise ValueError(f"{kind} needs two inputs of one shape, not {shown(a)} and {shown(b)}.")


@block
class KlDiv(Cost):
    """Divergence from the target's distribution to the prediction's, both in log-probabilities.  [B, ...], [B, ...] -> [B].  Source: LeCun 2020, distance of distributions."""

    title = "KL divergence"
    mark = "KL"
    label = "KL({1},{0})"
    formula = "C = Σ exp(y) (y − ȳ)"
    gradient = "∂C/∂ȳ = −exp(y),  ∂C/∂y = exp(y) (y − ȳ + 1)"

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.divergence import kl_div

        _check_same("kl_div", prediction, target)
        return kl_div


@block
class KlNormal(Cost):
    """Divergence of a normal distribution from the standard one, given its mean and the logarithm of its variance.  [B, ...], [B, ...] -> [B].  Source: LeCun 2020, variational auto-encoder."""

    title = "KL to normal"
    mark = "KL N"
    label = "KL({0},{1})"
    formula = "C = ½ Σ (μ² + exp(v) − 1 − v),  v = log σ²"
    gradient = "∂C/∂μ = μ,  ∂C/∂v = ½ (exp(v) − 1)"

    def build(self, mean: Shape, log_variance: Shape) -> Any:
        from nodes.modules.divergence import kl_normal

        _check_same("kl_normal", mean, log_variance)
        return kl_normal
