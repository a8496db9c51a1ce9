"""A gallery diagram beside the same net written by hand in PyTorch, in float64."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from graph.diagram import OUTPUT, Pin
from runtime.probe import Watched, watch
from runtime.run import Run
from tests.gallery.numbers import opened

Tensors = dict[str, torch.Tensor]


def beginning(name: str, samples: int = 32) -> tuple[Run, Tensors, Tensors]:
    """A run in float64, some of its samples, and copies of its weights that PyTorch follows."""
    run = opened(name, dtype="float64")
    own = {n: p.detach().clone().requires_grad_() for n, p in run.program.parameters.items()}
    return run, run.batches.part("training", samples), own


def seen(run: Run, fields: Tensors) -> Watched:
    """What the diagram as it stands, not in training, makes of samples."""
    run.program.module.eval()
    return watch(run.program, run.inputs_of(fields))


def out(watched: Watched, block: str) -> torch.Tensor:
    return watched.variables[Pin(block, OUTPUT)]


def layer(own: Tensors, name: str, z: torch.Tensor) -> torch.Tensor:
    return F.linear(z, own[f"{name}.weight"], own[f"{name}.bias"])


def assert_gradients_equal(run: Run, fields: Tensors, own: Tensors, loss: torch.Tensor) -> None:
    loss.backward()
    got = watch(run.program, run.inputs_of(fields))
    torch.testing.assert_close(got.loss, loss.detach(), rtol=1e-12, atol=0)
    for name, value in own.items():
        torch.testing.assert_close(got.gradients[name], value.grad, rtol=1e-9, atol=1e-12)
