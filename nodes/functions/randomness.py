"""Dropout: numbers or whole channels left out at random while training."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, block, setting
from nodes.shapes import Shape, channels_of


@block
class Dropout(Function):
    """Numbers set to zero at random while training, the others made larger to keep the mean.  [B, ...] -> [B, ...].  Source: LeCun 2013, dropout."""

    section = "Normalization"
    mark = "drop"
    label = "drop({0})"
    formula = "z = m · s / (1 − p),  P(m = 0) = p;  z = s in test"
    gradient = "∂C/∂s = ∂C/∂z · m / (1 − p)"
    p: float = setting(0.5, low=0.0, high=1.0, help="probability of being set to zero")

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.Dropout(self.p)


@block
class SpatialDropout(Function):
    """Whole channels set to zero at random while training, the others made larger.  [B, C, ...] -> [B, C, ...].  Source: Tompson 2015."""

    section = "Normalization"
    title = "spatial dropout"
    mark = "dropC"
    label = "drop({0})"
    formula = "z_c = m_c · s_c / (1 − p),  P(m_c = 0) = p;  z = s in test"
    gradient = "∂C/∂s_c = ∂C/∂z_c · m_c / (1 − p)"
    p: float = setting(0.5, low=0.0, high=1.0, help="probability of a channel being set to zero")

    def build(self, z: Shape) -> Any:
        from nodes.modules.dropout import SpatialDropout as Dropping

        channels_of("spatial_dropout", z)
        return Dropping(self.p)
