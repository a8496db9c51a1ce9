"""The costs as functions of tensors: one number per sample, or one for all weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def summed(z: Tensor) -> Tensor:
    """The sum over all but the batch.  [B, ...] -> [B]."""
    return z.flatten(1).sum(1) if z.dim() > 1 else z


def averaged(z: Tensor) -> Tensor:
    """The mean over all but the batch.  [B, ...] -> [B]."""
    return z.flatten(1).mean(1) if z.dim() > 1 else z


def real_target(target: Tensor, prediction: Tensor) -> Tensor:
    """The target as real numbers in the prediction's shape."""
    # reshaped, because [B] - [B, 1] would make [B, B]; class numbers become reals
    dtype = prediction.dtype if prediction.is_floating_point() else torch.get_default_dtype()
    return target.reshape(prediction.shape).to(dtype)


def class_target(target: Tensor, prediction: Tensor) -> Tensor:
    """The target as class numbers `[B, ...]` for a prediction `[B, classes, ...]`."""
    if target.dtype is torch.int64 and target.dim() == prediction.dim() - 1:
        return target  # the usual case, in the inner loop of training
    return target.reshape(prediction.shape[:1] + prediction.shape[2:]).long()


def squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ (target − prediction)² over all but the batch.  [B, ...], [B, ...] -> [B]."""
    return summed((real_target(target, prediction) - prediction).square())


def cross_entropy(prediction: Tensor, target: Tensor) -> Tensor:
    """−log softmax(prediction)[target], the mean over places.  [B, classes, ...], [B, ...] -> [B]."""
    return averaged(F.cross_entropy(prediction, class_target(target, prediction), reduction="none"))


def nll_loss(prediction: Tensor, target: Tensor) -> Tensor:
    """−prediction[target], the mean over places.  [B, classes, ...], [B, ...] -> [B]."""
    return averaged(F.nll_loss(prediction, class_target(target, prediction), reduction="none"))


class SmoothCrossEntropy(nn.Module):
    """Cross entropy with `smoothing` of the target spread over all classes, the mean over places.  [B, classes, ...], [B, ...] -> [B]."""

    def __init__(self, smoothing: float) -> None:
        super().__init__()
        self.smoothing = smoothing

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        right = class_target(target, prediction)
        cost = F.cross_entropy(prediction, right, reduction="none", label_smoothing=self.smoothing)
        return averaged(cost)

    def extra_repr(self) -> str:
        return f"smoothing={self.smoothing}"


def absolute_error(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ |target − prediction| over all but the batch.  [B, ...], [B, ...] -> [B]."""
    return summed((real_target(target, prediction) - prediction).abs())


class HuberLoss(nn.Module):
    """Σ ½ e² where |e| ≤ δ, δ (|e| − ½ δ) beyond, e = target − prediction.  [B, ...], [B, ...] -> [B]."""

    def __init__(self, delta: float) -> None:
        super().__init__()
        self.delta = delta

    def forward(self, prediction: Tensor, target: Tensor) -> Tensor:
        wanted = real_target(target, prediction)
        return summed(F.huber_loss(prediction, wanted, reduction="none", delta=self.delta))

    def extra_repr(self) -> str:
        return f"delta={self.delta}"


def cosine_error(prediction: Tensor, target: Tensor) -> Tensor:
    """1 − the cosine of the angle between them, all numbers of a sample taken as one vector.  [B, ...], [B, ...] -> [B]."""
    wanted = real_target(target, prediction)
    return 1 - F.cosine_similarity(prediction.flatten(1), wanted.flatten(1), dim=1)


def binary_cross_entropy(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ −y log p − (1 − y) log(1 − p); logarithms not below −100.  [B, ...], [B, ...] -> [B]."""
    wanted = real_target(target, prediction)
    return summed(F.binary_cross_entropy(prediction, wanted, reduction="none"))


def binary_cross_entropy_with_logits(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ log(1 + exp(s)) − y s.  [B, ...], [B, ...] -> [B]."""
    wanted = real_target(target, prediction)
    return summed(F.binary_cross_entropy_with_logits(prediction, wanted, reduction="none"))


def perceptron(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ −(y − sign(s)) s, y in {−1, +1}; sign(0) = 0.  [B, ...], [B, ...] -> [B]."""
    return summed((prediction.sign() - real_target(target, prediction)) * prediction)


def logistic(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ log(1 + exp(−2 y s)), y in {−1, +1}.  [B, ...], [B, ...] -> [B]."""
    # logsigmoid keeps full precision where softplus, from 20 on, drops the exponential
    return summed(-F.logsigmoid(2 * real_target(target, prediction) * prediction))


def magnitude(z: Tensor) -> Tensor:
    """Σ |z| over all but the batch.  [B, ...] -> [B]."""
    return summed(z.abs())


def square(z: Tensor) -> Tensor:
    """Σ z² over all but the batch.  [B, ...] -> [B]."""
    return summed(z.square())


def magnitude_of_weights(*weights: Tensor) -> Tensor:
    """Σ |w| over all weights.  [...], ... -> []."""
    return total([w.abs().sum() for w in weights])


def square_of_weights(*weights: Tensor) -> Tensor:
    """Σ w² over all weights.  [...], ... -> []."""
    return total([w.square().sum() for w in weights])


def total(terms: list[Tensor]) -> Tensor:
    """The sum of some scalars, 0 of none."""
    return torch.stack(terms).sum() if terms else torch.zeros(())
