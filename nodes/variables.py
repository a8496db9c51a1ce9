"""Variables that are blocks of their own: observed, latent and parameter circles."""

from __future__ import annotations

from typing import Any, ClassVar

from nodes.block import Glyph, Trainable, Variable, block, setting


@block
class Observed(Variable):
    """Value that the data give, sample by sample.  -> [B, ...].  Source: LeCun 2020, observed variables."""

    glyph = Glyph.OBSERVED
    mark = "x"
    label = "{field}"
    formula = "x = data"
    field: str = setting("x", help="which field of the data it shows")


@block
class Latent(Variable):
    """Value that nobody gives: inference minimises the energy over it, sample by sample.  -> [B, size...].  Source: LeCun 2020, latent variables."""

    glyph = Glyph.LATENT
    mark = "z"
    label = "z"
    formula = "ž = argmin E(x, y, z) over z"
    size: tuple[int, ...] = setting((2,), low=1, high=1_000_000, help="its shape for one sample")
    steps: int = setting(20, low=0, high=10_000, help="gradient steps of one inference")
    rate: float = setting(0.1, low=0.0, high=1e6, help="step size of the inference", step="log")


@block
class Parameter(Trainable, Variable):
    """Parameter drawn out: one value for all samples, found by training.  -> [size...].  Source: LeCun 2020, parameters as variables.

    Wired to the flanks of several blocks it is shared, and its gradient is the sum of theirs.
    """

    glyph = Glyph.PARAMETER
    mark = "u"
    label = "u"
    formula = "u ← u − η ∂C/∂u"
    size: tuple[int, ...] = setting(
        (),
        low=1,
        high=1_000_000,
        help="its shape; empty: that of the parameter which it replaces at a block's flank, else one number",
    )
    scale: float = setting(
        0.1, low=0.0, high=1e6, help="standard deviation of its first values", step="log"
    )
    flanks: ClassVar[tuple[str, ...]] = ()

    def build(self) -> Any:
        from nodes.modules.parameter import Parameter as Drawn

        return Drawn(self.size or (1,), self.scale)
