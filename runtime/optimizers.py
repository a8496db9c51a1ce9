"""The optimizers that a recipe can name: settings declared here, the update rule is PyTorch's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from graph.settings import SettingError, setting

if TYPE_CHECKING:
    import torch

_DECAY_HELP = "pulls every weight towards 0: weight_decay · w is added to its gradient"


class Optimizer:
    """One way to turn gradients into steps; `build` gives the PyTorch optimizer for some parameters.

    `rate` is the step size η of the recipe.  g is the gradient of the minibatch's mean loss.
    """

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    formula: ClassVar[str] = ""

    def build(self, parameters: Iterable[Any], rate: float) -> torch.optim.Optimizer:
        """A torch optimizer over `parameters` (tensors or torch's parameter groups)."""
        raise NotImplementedError(f"{type(self).__name__} has no build")


@dataclass(frozen=True)
class Sgd(Optimizer):
    """Stochastic gradient descent, with momentum when asked."""

    kind = "sgd"
    title = "SGD"
    formula = "v ← μ v + g,  w ← w − η v"

    momentum: float = setting(0.0, low=0.0, high=1.0, help="μ, how much of the last step is kept")
    nesterov: bool = setting(False, help="look ahead along the momentum; needs momentum above 0")
    weight_decay: float = setting(0.0, low=0.0, high=1e3, help=_DECAY_HELP, step="log")

    def __post_init__(self) -> None:
        if self.nesterov and self.momentum <= 0:
            raise SettingError(
                "nesterov", "nesterov needs a momentum above 0: set momentum, or nesterov to false."
            )

    def build(self, parameters: Iterable[Any], rate: float) -> torch.optim.Optimizer:
        from torch.optim import SGD

        return SGD(
            parameters,
            lr=rate,
            momentum=self.momentum,
            nesterov=self.nesterov,
            weight_decay=self.weight_decay,
        )


@dataclass(frozen=True)
class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square.  Source: Kingma and Ba 2015."""

    kind = "adam"
    title = "Adam"
    formula = "w ← w − η m̂ / (√v̂ + ε)"

    beta1: float = setting(0.9, low=0.0, high=0.999999, help="memory of the gradient's mean m")
    beta2: float = setting(0.999, low=0.0, high=0.999999, help="memory of its square's mean v")
    epsilon: float = setting(
        1e-8, low=0.0, high=1.0, help="ε, keeps the division finite", step="log"
    )
    weight_decay: float = setting(0.0, low=0.0, high=1e3, help=_DECAY_HELP, step="log")
    amsgrad: bool = setting(False, help="divide by the largest v so far")

    def build(self, parameters: Iterable[Any], rate: float) -> torch.optim.Optimizer:
        from torch.optim import Adam as Torch

        return Torch(parameters, lr=rate, **_adam_arguments(self))


@dataclass(frozen=True)
class Adamw(Optimizer):
    """Adam whose weight decay acts on the weights and not on the gradient.  Source: Loshchilov and Hutter 2019."""

    kind = "adamw"
    title = "AdamW"
    formula = "w ← (1 − η λ) w − η m̂ / (√v̂ + ε)"

    beta1: float = setting(0.9, low=0.0, high=0.999999, help="memory of the gradient's mean m")
    beta2: float = setting(0.999, low=0.0, high=0.999999, help="memory of its square's mean v")
    epsilon: float = setting(
        1e-8, low=0.0, high=1.0, help="ε, keeps the division finite", step="log"
    )
    weight_decay: float = setting(
        1e-2, low=0.0, high=1e3, help="λ, shrinks every weight by η λ each step", step="log"
    )
    amsgrad: bool = setting(False, help="divide by the largest v so far")

    def build(self, parameters: Iterable[Any], rate: float) -> torch.optim.Optimizer:
        from torch.optim import AdamW

        return AdamW(parameters, lr=rate, **_adam_arguments(self))


def _adam_arguments(settings: Adam | Adamw) -> dict[str, Any]:
    return dict(
        betas=(settings.beta1, settings.beta2),
        eps=settings.epsilon,
        weight_decay=settings.weight_decay,
        amsgrad=settings.amsgrad,
    )


@dataclass(frozen=True)
class Rmsprop(Optimizer):
    """Steps divided by the root of the gradient's mean square.  Source: Tieleman and Hinton 2012."""

    kind = "rmsprop"
    title = "RMSProp"
    formula = "v ← α v + (1 − α) g²,  w ← w − η g / (√v + ε)"

    alpha: float = setting(0.99, low=0.0, high=0.999999, help="α, memory of the mean square v")
    epsilon: float = setting(
        1e-8, low=0.0, high=1.0, help="ε, keeps the division finite", step="log"
    )
    momentum: float = setting(0.0, low=0.0, high=1.0, help="how much of the last step is kept")
    centered: bool = setting(False, help="divide by the gradient's standard deviation instead")
    weight_decay: float = setting(0.0, low=0.0, high=1e3, help=_DECAY_HELP, step="log")

    def build(self, parameters: Iterable[Any], rate: float) -> torch.optim.Optimizer:
        from torch.optim import RMSprop

        return RMSprop(
            parameters,
            lr=rate,
            alpha=self.alpha,
            eps=self.epsilon,
            momentum=self.momentum,
            centered=self.centered,
            weight_decay=self.weight_decay,
        )


@dataclass(frozen=True)
class Adagrad(Optimizer):
    """Steps divided by the root of the sum of all squared gradients so far.  Source: Duchi et al. 2011."""

    kind = "adagrad"
    title = "AdaGrad"
    formula = "v ← v + g²,  w ← w − η g / (√v + ε)"

    epsilon: float = setting(
        1e-10, low=0.0, high=1.0, help="ε, keeps the division finite", step="log"
    )
    weight_decay: float = setting(0.0, low=0.0, high=1e3, help=_DECAY_HELP, step="log")

    def build(self, parameters: Iterable[Any], rate: float) -> torch.optim.Optimizer:
        from torch.optim import Adagrad as Torch

        return Torch(parameters, lr=rate, eps=self.epsilon, weight_decay=self.weight_decay)


@dataclass(frozen=True)
class Adadelta(Optimizer):
    """Steps as long as earlier steps were, against the gradient's mean square.  Source: Zeiler 2012."""

    kind = "adadelta"
    title = "Adadelta"
    formula = "d = √((u + ε)/(v + ε)) g,  u ← ρ u + (1 − ρ) d²,  w ← w − η d"

    rho: float = setting(0.9, low=0.0, high=0.999999, help="ρ, memory of both mean squares")
    epsilon: float = setting(
        1e-6, low=0.0, high=1.0, help="ε, keeps the division finite", step="log"
    )
    weight_decay: float = setting(0.0, low=0.0, high=1e3, help=_DECAY_HELP, step="log")

    def build(self, parameters: Iterable[Any], rate: float) -> torch.optim.Optimizer:
        from torch.optim import Adadelta as Torch

        return Torch(
            parameters, lr=rate, rho=self.rho, eps=self.epsilon, weight_decay=self.weight_decay
        )


@dataclass(frozen=True)
class AveragedSgd(Optimizer):
    """SGD whose weights are averaged over its steps; the average is judged, shown and saved.

    Source: Polyak and Juditsky 1992; LeCun and Ranzato 2013.
    """

    kind = "averaged_sgd"
    title = "averaged SGD"
    formula = "w ← w − η g,  w̄ = mean of w over the steps"

    start: int = setting(0, low=0, high=1_000_000_000, help="steps before averaging begins")
    weight_decay: float = setting(0.0, low=0.0, high=1e3, help=_DECAY_HELP, step="log")

    def build(self, parameters: Iterable[Any], rate: float) -> torch.optim.Optimizer:
        from runtime.averaging import AveragedSGD

        return AveragedSGD(parameters, rate, self.start, self.weight_decay)


@dataclass(frozen=True)
class Lbfgs(Optimizer):
    """Newton's method with a curvature guessed from past gradients; for full batches, rate 1.

    Source: Liu and Nocedal 1989.
    """

    kind = "lbfgs"
    title = "L-BFGS"
    formula = "w ← w − η H g,  H ≈ (∂²C/∂w²)⁻¹"

    iterations: int = setting(20, low=1, high=1000, help="inner steps on every minibatch")
    history: int = setting(10, low=1, high=1000, help="past gradients that H is guessed from")
    line_search: bool = setting(True, help="look for a step that meets the strong Wolfe conditions")

    def build(self, parameters: Iterable[Any], rate: float) -> torch.optim.Optimizer:
        from torch.optim import LBFGS

        return LBFGS(
            parameters,
            lr=rate,
            max_iter=self.iterations,
            history_size=self.history,
            line_search_fn="strong_wolfe" if self.line_search else None,
        )


@cache
def catalogue() -> dict[str, type[Optimizer]]:
    """Every optimizer by the name that a recipe gives it."""
    known = (Sgd, Adam, Adamw, Rmsprop, Adagrad, Adadelta, AveragedSgd, Lbfgs)
    return {cls.kind: cls for cls in known}
