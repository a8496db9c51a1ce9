"""Costs of representations: contrastive, triplet, nearest prototype."""

from __future__ import annotations

from typing import Any

from nodes.block import Cost, Trainable, block, setting
from nodes.costs.comparison import Matching
from nodes.shapes import Shape, channels_of, elements, shown


@block
class Contrastive(Matching):
    """Draws the same together, pushes the different apart until a margin, given their distance and 1 for same, 0 for different.  [B], [B] -> [B].  Source: LeCun 2020, siamese nets (Hadsell 2006)."""

    mark = "↔"
    label = "C({1},{0})"
    formula = "C = ½ y d² + ½ (1 − y) max(0, m − d)²"
    gradient = "∂C/∂d = y d − (1 − y) max(0, m − d)"
    margin: float = setting(1.0, low=0.0, high=1e6, help="m, the margin", step="log")

    def build(self, prediction: Shape, target: Shape) -> Any:
        from nodes.modules.margins import Contrastive as Pushing

        self.check(prediction, target)
        return Pushing(self.margin)

    def correct(self, prediction: Any, target: Any) -> Any:
        """The share of pairs whose distance is less than half the margin if they are the same, more if not.  -> [B]."""
        right = (prediction < self.margin / 2) == (target.reshape(prediction.shape) > 0.5)
        return right.flatten(1).double().mean(1) if right.dim() > 1 else right


@block
class TripletMarginLoss(Cost):
    """An anchor shall be nearer to a positive than to a negative example, by a margin.  [B, ...], [B, ...], [B, ...] -> [B].  Source: Schroff 2015, metric learning."""

    title = "triplet"
    mark = "a p n"
    label = "C({0},{1},{2})"
    formula = "C = max(0, ‖a − p‖ − ‖a − n‖ + m)"
    gradient = "∂C/∂a = (a − p)/‖a − p‖ − (a − n)/‖a − n‖ where C > 0, and its parts for p and n"
    margin: float = setting(1.0, low=0.0, high=1e6, help="m, the margin", step="log")

    def build(self, anchor: Shape, positive: Shape, negative: Shape) -> Any:
        from nodes.modules.margins import TripletMargin

        if not anchor == positive == negative or len(anchor) < 2:
            shapes = " and ".join(map(shown, (anchor, positive, negative)))
            raise ValueError(
                f"triplet_margin_loss needs three inputs [B, n] of one shape, not {shapes}."
            )
        return TripletMargin(self.margin)


@block
class Nearest(Trainable, Cost):
    """Squared distance to the nearest of some learned prototypes; trained, it is k-means.  [B, ...] -> [B].  Source: LeCun 2024, nearest neighbour."""

    title = "nearest prototype"
    mark = "min ‖·‖²"
    label = "min‖{0}−{w}‖²"
    formula = "C = min_k ‖x − w_k‖²"
    gradient = "∂C/∂x = 2 (x − w_k),  ∂C/∂w_k = −2 (x − w_k) for the nearest k, 0 for the others"
    flanks = ("weight",)
    units: int = setting(10, low=1, high=1_000_000, help="number of prototypes")
    spread: float = setting(
        1.0, low=0.0, high=1e6, help="standard deviation of the first prototypes", step="log"
    )

    def build(self, z: Shape) -> Any:
        from nodes.modules.margins import Nearest as Prototypes

        channels_of("nearest", z)
        return Prototypes(elements(z), self.units, self.spread)
