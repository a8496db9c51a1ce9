"""What leaves the house: the trained weights, and a diagram's predictor as Python source, torch.export file or ONNX."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import fx, nn

from graph.diagram import OUTPUT, Pin
from graph.files import atomic_write
from graph.problem import DiagramError
from nodes.names import names
from runtime.draft import Draft
from runtime.program import Program
from runtime.source import source

__all__ = ["source", "write", "write_exported", "write_onnx", "write_weights"]
SOURCE, EXPORTED, ONNX, WEIGHTS = ".py", ".pt2", ".onnx", ".safetensors"


def write(program: Program, path: str | Path) -> None:
    """Writes what the ending of the path names.  Raises DiagramError, FileError."""
    writers = {EXPORTED: write_exported, ONNX: write_onnx, WEIGHTS: write_weights}
    suffix = Path(path).suffix
    if suffix == SOURCE:
        atomic_write(path, source(program).encode())
    elif suffix in writers:
        writers[suffix](program, path)
    else:
        known = ", ".join((SOURCE, *writers))
        raise DiagramError(f"{Path(path).name}: what is exported ends in one of {known}.")


def write_weights(program: Program, path: str | Path) -> None:
    """Writes every weight under its public name, as `linear1.weight`, in safetensors.  Raises FileError."""
    state = program.module.state_dict()
    atomic_write(path, save({name: v.detach().contiguous().cpu() for name, v in state.items()}))


def write_exported(program: Program, path: str | Path) -> None:
    """Writes the predictor with its weights as a torch.export file (.pt2), for any size of the batch.

    Raises DiagramError where torch cannot follow what a block does, FileError.
    """
    module, inputs = _plain(program), _examples(program)
    with _told("torch.export"):
        made = torch.export.export(module, inputs, dynamic_shapes=_free_batch(program))
        content = io.BytesIO()
        torch.export.save(made, content)
    atomic_write(path, content.getvalue())


def write_onnx(program: Program, path: str | Path) -> None:
    """Writes the predictor with its weights as ONNX, inputs and outputs called as the variables are.

    Raises DiagramError where a package is missing or ONNX lacks what a block does, FileError.
    """
    if not all(importlib.util.find_spec(name) for name in ("onnx", "onnxscript")):
        raise DiagramError("ONNX needs two packages more: pip install onnx onnxscript")
    called = names(program.diagram).variables
    with _told("torch.onnx"):
        made = torch.onnx.export(
            _plain(program),
            _examples(program),
            input_names=list(program.predictor_inputs),
            output_names=[called.get(pin, str(pin)) for pin in program.answers],
            dynamic_shapes=_free_batch(program),
            dynamo=True,
            verbose=False,
        )
        content = made.model_proto.SerializeToString()
    atomic_write(path, content)


def _plain(program: Program) -> nn.Module:
    """The predictor as it answers after training, its weights called as they lie inside."""
    if not program.answers:
        raise DiagramError("there is nothing to export: no block of the diagram predicts anything.")
    return fx.GraphModule(program.modules.root, Draft(program).predictor()).eval()


def _examples(program: Program) -> tuple[torch.Tensor, ...]:
    kinds = [program.kinds[Pin(name, OUTPUT)] for name in program.predictor_inputs]
    # torch takes a size of 1 for one that will never change
    return tuple(torch.zeros(kind.shape, dtype=kind.dtype, device=program.device) for kind in kinds)


def _free_batch(program: Program) -> tuple[Any, ...]:
    batch = torch.export.Dim("batch")
    kinds = [program.kinds[Pin(name, OUTPUT)] for name in program.predictor_inputs]
    return tuple({0: batch} if kind.batched else None for kind in kinds)


@contextlib.contextmanager
def _told(tool: str) -> Iterator[None]:
    """What a tool of torch cannot do, as one sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of torch to those who write torch
            yield
    except Exception as error:  # torch names no class for what it cannot export
        first = str(error).strip().splitlines()[0][:200] if str(error).strip() else "it gave up"
        raise DiagramError(f"{tool} cannot export this diagram: {first.rstrip('.')}.") from None
