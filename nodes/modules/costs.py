"""The costs as functions of tensors: one number per sample, or one for all weights."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def _summed(z: Tensor) -> Tensor:
    return z.flatten(1).sum(1) if z.dim() > 1 else z


def _averaged(z: Tensor) -> Tensor:
    return z.flatten(1).mean(1) if z.dim() > 1 else z


def _real(target: Tensor, prediction: Tensor) -> Tensor:
    # reshaped, because [B] - [B, 1] would make [B, B]; class numbers become reals
    dtype = prediction.dtype if prediction.is_floating_point() else torch.get_default_dtype()
    return target.reshape(prediction.shape).to(dtype)


def _classes(target: Tensor, prediction: Tensor) -> Tensor:
    if target.dtype is torch.int64 and target.dim() == prediction.dim() - 1:
        return target  # the usual case, in the inner loop of training
    return target.reshape(prediction.shape[:1] + prediction.shape[2:]).long()


def squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ (target − prediction)² over all but the batch.  [B, ...], [B, ...] -> [B]."""
    return _summed((_real(target, prediction) - prediction).square())


def cross_entropy(prediction: Tensor, target: Tensor) -> Tensor:
    """−log softmax(prediction)[target], the mean over places.  [B, classes, ...], [B, ...] -> [B]."""
    return _averaged(F.cross_entropy(prediction, _classes(target, prediction), reduction="none"))


def nll_loss(prediction: Tensor, target: Tensor) -> Tensor:
    """−prediction[target], the mean over places.  [B, classes, ...], [B, ...] -> [B]."""
    return _averaged(F.nll_loss(prediction, _classes(target, prediction), reduction="none"))


def perceptron(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ −(y − sign(s)) s, y in {−1, +1}; sign(0) = 0.  [B, ...], [B, ...] -> [B]."""
    return _summed((prediction.sign() - _real(target, prediction)) * prediction)


def logistic(prediction: Tensor, target: Tensor) -> Tensor:
    """Σ log(1 + exp(−2 y s)), y in {−1, +1}.  [B, ...], [B, ...] -> [B]."""
    # logsigmoid keeps full precision where softplus, from 20 on, drops the exponential
    return _summed(-F.logsigmoid(2 * _real(target, prediction) * prediction))


def magnitude(z: Tensor) -> Tensor:
    """Σ |z| over all but the batch.  [B, ...] -> [B]."""
    return _summed(z.abs())


def square(z: Tensor) -> Tensor:
    """Σ z² over all but the batch.  [B, ...] -> [B]."""
    return _summed(z.square())


def magnitude_of_weights(*weights: Tensor) -> Tensor:
    """Σ |w| over all weights.  [...], ... -> []."""
    return _total([w.abs().sum() for w in weights])


def square_of_weights(*weights: Tensor) -> Tensor:
    """Σ w² over all weights.  [...], ... -> []."""
    return _total([w.square().sum() for w in weights])


def _total(terms: list[Tensor]) -> Tensor:
    return torch.stack(terms).sum() if terms else torch.zeros(())
