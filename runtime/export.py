"""What leaves the house: the trained weights, and a diagram's predictor as the source of a plain PyTorch module."""

from __future__ import annotations

import keyword
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import nn
from torch.nn import functional

from graph.diagram import OUTPUT, Pin
from graph.files import atomic_write
from graph.problem import DiagramError
from nodes.names import names
from runtime.making import Stage, owner_of
from runtime.program import Program
from runtime.replaced import Replaced
from runtime.snapshot import BATCH

_HEAD = '''\
"""The predictor of a diagram, written by Gradboard.

    from safetensors.torch import load_file
    model = Diagram()
    model.load_state_dict(load_file("WEIGHTS.safetensors"))
    model.eval()
"""

import torch
import torch.nn.functional as F
from torch import nn
'''
_RESERVED = {"self", "torch", "nn", "F"}


def write_weights(program: Program, path: str | Path) -> None:
    """Writes every weight under its public name, as `linear1.weight`, in safetensors.  Raises FileError."""
    state = program.module.state_dict()
    atomic_write(path, save({name: v.detach().contiguous().cpu() for name, v in state.items()}))


def source(program: Program) -> str:
    """Python source of a class `Diagram(nn.Module)` that computes the program's answers from its inputs.

    Its state_dict has the names of our weight files.  Raises DiagramError when nothing can be predicted, a block
    gets a weight from a wire, or a block's name is one that PyTorch's modules use themselves.
    """
    return _Source(program).text()


class _Source:
    def __init__(self, program: Program) -> None:
        self.program = program
        needed = program.upstream(pin.block for pin in program.answers)
        self.stages = {name: s for name, s in program.stages.items() if name in needed}
        if not self.stages:
            raise DiagramError(
                "there is nothing to export: no block of the diagram predicts anything."
            )
        self.imports: set[str] = set()

    def text(self) -> str:
        body = [*self._init(), "", *self._forward()]
        imports = "".join(f"{line}\n" for line in sorted(self.imports))
        return f"{_HEAD}{imports}\n\nclass Diagram(nn.Module):\n" + "".join(
            f"    {line}\n" if line else "\n" for line in body
        )

    def _init(self) -> list[str]:
        lines = ["def __init__(self) -> None:", "    super().__init__()"]
        for name, stage in self.stages.items():
            if isinstance(stage.op, nn.Module) and owner_of(self.program.diagram, name) == name:
                lines.append(f"    self.{_attribute(name)} = {self._constructor(name, stage.op)}")
        return lines

    def _forward(self) -> list[str]:
        inputs = "".join(f", {_local(n)}: torch.Tensor" for n in self.program.predictor_inputs)
        called = names(self.program.diagram).variables
        lines = [f"def forward(self{inputs}):"]
        for name, stage in self.stages.items():
            pin = Pin(name, OUTPUT)
            shape = self.program.report.shapes.get(pin, ())
            shown = ", ".join("B" if n == BATCH else str(n) for n in shape)
            lines.append(
                f"    {_local(name)} = {self._call(name, stage)}  # {called.get(pin, pin)} [{shown}]"
            )
        return [
            *lines,
            f"    return {', '.join(self._value(pin) for pin in self.program.answers)}",
        ]

    def _call(self, name: str, stage: Stage) -> str:
        owner = owner_of(self.program.diagram, name)
        if isinstance(stage.op, Replaced):
            raise DiagramError(
                f"{name}: a block with a weight from a wire cannot be exported as source yet."
            )
        called = (
            f"self.{owner}" if isinstance(stage.op, nn.Module) else self._function(name, stage.op)
        )
        return f"{called}({', '.join(self._value(pin) for pin in stage.sources)})"

    def _value(self, pin: Pin) -> str:
        """The variable of an output pin: of several outputs, its place in the tuple."""
        stage = self.stages.get(pin.block)
        outputs = stage.type.outputs if stage else (OUTPUT,)
        place = f"[{outputs.index(pin.name)}]" if len(outputs) > 1 else ""
        return f"{_local(pin.block)}{place}"

    def _constructor(self, name: str, module: nn.Module) -> str:
        kind = type(module)
        if getattr(nn, kind.__name__, None) is kind:
            return f"nn.{module!r}"
        if any(module.children()):
            raise DiagramError(
                f"{name}: a block with a weight from a wire cannot be exported as source yet."
            )
        self.imports.add(f"from {kind.__module__} import {kind.__name__}  # of Gradboard")
        return repr(module)

    def _function(self, name: str, function: Any) -> str:
        called = function.__name__
        for prefix, home in (("torch", torch), ("F", functional)):
            if getattr(home, called, None) is function:
                return f"{prefix}.{called}"
        if not called.isidentifier():
            raise DiagramError(f"{name}: a block of this kind cannot be exported as source yet.")
        # no block's name begins with _, so no variable of forward() hides the function
        self.imports.add(f"from {function.__module__} import {called} as _{called}  # of Gradboard")
        return f"_{called}"


def _attribute(name: str) -> str:
    """The block's id, which is also its prefix in the weights."""
    if keyword.iskeyword(name) or hasattr(nn.Module(), name):
        raise DiagramError(
            f"{name}: PyTorch's modules use this name themselves; give the block another."
        )
    return name


def _local(name: str) -> str:
    return f"_{name}" if keyword.iskeyword(name) or name in _RESERVED else name
