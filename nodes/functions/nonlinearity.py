"""Non-linearities, number by number: the rectifiers and the saturating ones."""

from __future__ import annotations

from typing import Any

from nodes.block import Function, Trainable, block, setting
from nodes.shapes import Shape, channels_of


@block
class Relu(Function):
    """Half-wave rectification.  [B, ...] -> [B, ...].  Source: LeCun 2018, rectified linear function."""

    section = "Non-linearity"
    title = "ReLU"
    mark = "( )⁺"
    label = "h({0})"
    formula = "z = max(s, 0)"
    gradient = "∂C/∂s = ∂C/∂z · 1[s>0]"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.relu


@block
class LeakyRelu(Function):
    """Rectification that lets a part of the negative side through.  [B, ...] -> [B, ...].  Source: LeCun 2018, leaky ReLU."""

    section = "Non-linearity"
    title = "leaky ReLU"
    mark = "a( )⁻"
    label = "h({0})"
    formula = "z = s for s > 0, a s otherwise"
    gradient = "∂C/∂s = ∂C/∂z · (1 for s > 0, a otherwise)"
    slope: float = setting(0.01, low=-100.0, high=100.0, help="a, the slope of the negative side")

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.LeakyReLU(self.slope)


@block
class Prelu(Trainable, Function):
    """Rectification whose negative slope is learned.  [B, n, ...] -> [B, n, ...].  Source: LeCun 2018, PReLU."""

    section = "Non-linearity"
    title = "PReLU"
    mark = "w( )⁻"
    label = "h({0})"
    formula = "z = s for s > 0, a s otherwise"
    gradient = "∂C/∂s = ∂C/∂z · (1 for s > 0, a otherwise),  ∂C/∂a = Σ ∂C/∂z · min(s, 0)"
    flanks = ("weight",)
    slope: float = setting(0.25, low=-100.0, high=100.0, help="a, the slope in the beginning")
    shared: bool = setting(False, help="whether all channels have one slope in common")

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.PReLU(1 if self.shared else channels_of("prelu", z), init=self.slope)


@block
class Elu(Function):
    """Rectification with an exponential negative side.  [B, ...] -> [B, ...].  Source: LeCun 2018, ELU."""

    section = "Non-linearity"
    title = "ELU"
    mark = "ELU"
    label = "ELU({0})"
    formula = "z = s for s > 0, a (exp(s) − 1) otherwise"
    gradient = "∂C/∂s = ∂C/∂z · (1 for s > 0, a exp(s) otherwise)"
    alpha: float = setting(1.0, low=0.0, high=1e6, help="a, minus the lowest value", step="log")

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.ELU(self.alpha)


@block
class Selu(Function):
    """ELU scaled so that mean 0 and deviation 1 are kept from layer to layer.  [B, ...] -> [B, ...].  Source: LeCun 2018, SELU."""

    section = "Non-linearity"
    title = "SELU"
    mark = "SELU"
    label = "SELU({0})"
    formula = "z = λ s for s > 0, λ a (exp(s) − 1) otherwise;  λ = 1.0507, a = 1.6733"
    gradient = "∂C/∂s = ∂C/∂z · (λ for s > 0, λ a exp(s) otherwise)"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.selu


@block
class Gelu(Function):
    """Its input times the probability that a normal number is smaller.  [B, ...] -> [B, ...].  Source: Hendrycks 2016."""

    section = "Non-linearity"
    title = "GELU"
    mark = "GELU"
    label = "GELU({0})"
    formula = "z = s Φ(s)"
    gradient = "∂C/∂s = ∂C/∂z · (Φ(s) + s φ(s))"

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.GELU()


@block
class Silu(Function):
    """Its input times its sigmoid, also called swish.  [B, ...] -> [B, ...].  Source: Elfwing 2018."""

    section = "Non-linearity"
    title = "SiLU"
    mark = "SiLU"
    label = "SiLU({0})"
    formula = "z = s σ(s)"
    gradient = "∂C/∂s = ∂C/∂z · σ(s) (1 + s (1 − σ(s)))"

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.SiLU()


@block
class Softplus(Function):
    """Rectification without its corner.  [B, ...] -> [B, ...].  Source: course notes 2020, soft (+)."""

    section = "Non-linearity"
    mark = "soft⁺"
    label = "soft⁺({0})"
    formula = "z = (1/β) log(1 + exp(β s))"
    gradient = "∂C/∂s = ∂C/∂z · σ(β s)"
    beta: float = setting(1.0, low=1e-6, high=1e6, help="β, how sharp the bend is", step="log")

    def build(self, z: Shape) -> Any:
        from torch import nn

        return nn.Softplus(self.beta)


@block
class Tanh(Function):
    """Hyperbolic tangent, from −1 to 1.  [B, ...] -> [B, ...].  Source: LeCun 2013, tanh module."""

    section = "Non-linearity"
    mark = "tanh"
    label = "tanh({0})"
    formula = "z = tanh(s)"
    gradient = "∂C/∂s = ∂C/∂z · (1 − z²)"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.tanh


@block
class Sigmoid(Function):
    """Logistic function, from 0 to 1.  [B, ...] -> [B, ...].  Source: LeCun 2018, non-linear functions."""

    section = "Non-linearity"
    mark = "σ"
    label = "σ({0})"
    formula = "z = 1 / (1 + exp(−s))"
    gradient = "∂C/∂s = ∂C/∂z · z (1 − z)"

    def build(self, z: Shape) -> Any:
        import torch

        return torch.sigmoid


@block
class Hardtanh(Function):
    """Identity between two bounds, constant outside.  [B, ...] -> [B, ...].  Source: course notes 2020, hard tanh."""

    section = "Non-linearity"
    title = "hard tanh"
    mark = "_/‾"
    label = "hard({0})"
    formula = "z = min(max(s, a), b)"
    gradient = "∂C/∂s = ∂C/∂z · 1[a<s<b]"
    lowest: float = setting(-1.0, low=-1e9, high=1e9, help="a, the lower bound")
    highest: float = setting(1.0, low=-1e9, high=1e9, help="b, the upper bound")

    def build(self, z: Shape) -> Any:
        from torch import nn

        if self.lowest >= self.highest:
            raise ValueError(
                f"hardtanh: lowest {self.lowest:g} must lie below highest {self.highest:g}."
            )
        return nn.Hardtanh(self.lowest, self.highest)
