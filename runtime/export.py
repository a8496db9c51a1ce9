"""What leaves the house: the trained weights, and a diagram's predictor as Python source, torch.export file or ONNX."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import keyword
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import fx, nn
from torch.nn import functional

from graph.diagram import OUTPUT, Pin
from graph.files import atomic_write
from graph.parts import SLASH
from graph.problem import DiagramError
from nodes.names import names
from runtime.draft import Draft
from runtime.making import Stage, owner_of
from runtime.program import Program
from runtime.replaced import Replaced, holder
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
_REPLACING = '''

def _without(module: nn.Module, *names: str) -> nn.Module:
    """The module whose parameters of these names are given at every call: neither trained nor saved."""
    for name in names:
        value = getattr(module, name).detach()
        delattr(module, name)
        module.register_buffer(name, value, persistent=False)
    return module


def _with(module, inputs, given):
    """The module's output with other values for some of its parameters."""
    shaped = {name: v.reshape(getattr(module, name).shape) for name, v in given.items()}
    return torch.func.functional_call(module, shaped, inputs)


def _with_own(module, inputs, batched, given, own):
    """The same, the parameters in `own` being others for each sample; `batched` tells of each input whether it is."""

    def shaped(name, value):
        size = getattr(module, name).shape
        return value.reshape((value.shape[0], *size) if name in own else size)

    def sample(inputs, given):
        alone = tuple(v.unsqueeze(0) if one else v for v, one in zip(inputs, batched))
        out = torch.func.functional_call(module, given, alone)
        if not any(batched):
            return out
        return tuple(o.squeeze(0) for o in out) if isinstance(out, tuple) else out.squeeze(0)

    given = {name: shaped(name, value) for name, value in given.items()}
    axes = tuple(0 if one else None for one in batched), {n: 0 if n in own else None for n in given}
    return torch.func.vmap(sample, axes, randomness="different")(inputs, given)
'''
_RESERVED = {"self", "torch", "nn", "F"}


def write_weights(program: Program, path: str | Path) -> None:
    """Writes every weight under its public name, as `linear1.weight`, in safetensors.  Raises FileError."""
    state = program.module.state_dict()
    atomic_write(path, save({name: v.detach().contiguous().cpu() for name, v in state.items()}))


def source(program: Program) -> str:
    """Python source of a class `Diagram(nn.Module)` that computes the program's answers from its inputs.

    Its state_dict has the names of our weight files.  Raises DiagramError when nothing can be predicted, a block
    holds other modules, or a block's name is one that PyTorch's modules use themselves.
    """
    return _Source(program).text()


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
    return fx.GraphModule(program.root, Draft(program).predictor()).eval()


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
        self.locals: dict[str, str] = {}
        for name in (*program.predictor_inputs, *self.stages):
            local = _local(name)
            while local in self.locals.values():
                local += "_"
            self.locals[name] = local

    def text(self) -> str:
        body = [*self._init(), "", *self._forward()]
        imports = "".join(f"{line}\n" for line in sorted(self.imports))
        replacing = any(isinstance(stage.op, Replaced) for stage in self.stages.values())
        head = f"{_HEAD}{imports}{_REPLACING if replacing else ''}"
        return f"{head}\n\nclass Diagram(nn.Module):\n" + "".join(
            f"    {line}\n" if line else "\n" for line in body
        )

    def _init(self) -> list[str]:
        lines = ["def __init__(self) -> None:", "    super().__init__()"]
        families: dict[
            str, list[Stage]
        ] = {}  # by the block that owns the weights, used here or not
        for name, stage in self.stages.items():
            if isinstance(stage.op, nn.Module):
                families.setdefault(owner_of(self.program.diagram, name), []).append(stage)
        for owner, members in families.items():
            made = self._made(owner, members)
            if SLASH in owner:  # in a part; PyTorch takes any name without a dot
                lines.append(f"    self.add_module({owner!r}, {made})")
            else:
                lines.append(f"    self.{_attribute(owner)} = {made}")
        return lines

    def _made(self, owner: str, members: list[Stage]) -> str:
        module = holder(members[0].op)
        made = self._constructor(owner, module)
        flanks = [n for s in members if isinstance(s.op, Replaced) for n in s.op.flanks]
        given = [n for n in dict.fromkeys(flanks) if n not in module.state_dict()]
        return f"_without({made}, {', '.join(map(repr, given))})" if given else made

    def _forward(self) -> list[str]:
        inputs = "".join(f", {self.locals[n]}: torch.Tensor" for n in self.program.predictor_inputs)
        called = names(self.program.diagram).variables
        lines = [f"def forward(self{inputs}):"]
        for name, stage in self.stages.items():
            pin = Pin(name, OUTPUT)
            shape = self.program.report.shapes.get(pin, ())
            shown = ", ".join("B" if n == BATCH else str(n) for n in shape)
            lines.append(
                f"    {self.locals[name]} = {self._call(name, stage)}  # {called.get(pin, pin)} [{shown}]"
            )
        return [
            *lines,
            f"    return {', '.join(self._value(pin) for pin in self.program.answers)}",
        ]

    def _call(self, name: str, stage: Stage) -> str:
        owner = owner_of(self.program.diagram, name)
        if isinstance(stage.op, Replaced):
            return self._replaced(
                f"self.{owner}", stage.op, [self._value(p) for p in stage.sources]
            )
        called = (
            _taken(owner) if isinstance(stage.op, nn.Module) else self._function(name, stage.op)
        )
        return f"{called}({', '.join(self._value(pin) for pin in stage.sources)})"

    def _replaced(self, module: str, op: Replaced, values: list[str]) -> str:
        count = len(values) - len(op.flanks)
        inputs = "".join(f"{value}, " for value in values[:count])
        pairs = zip(op.flanks, values[count:], strict=True)
        given = ", ".join(f"{flank!r}: {value}" for flank, value in pairs)
        if not op.by_sample:
            return f"_with({module}, ({inputs.strip()}), {{{given}}})"
        own = {flank for flank, one in op.flanks.items() if one}
        return f"_with_own({module}, ({inputs.strip()}), {op.batched}, {{{given}}}, {sorted(own)})"

    def _value(self, pin: Pin) -> str:
        """The variable of an output pin: of several outputs, its place in the tuple."""
        stage = self.stages.get(pin.block)
        outputs = stage.type.outputs if stage else (OUTPUT,)
        place = f"[{outputs.index(pin.name)}]" if len(outputs) > 1 else ""
        return f"{self.locals[pin.block]}{place}"

    def _constructor(self, name: str, module: nn.Module) -> str:
        kind = type(module)
        if getattr(nn, kind.__name__, None) is kind:
            return f"nn.{module!r}"
        if any(module.children()):
            raise DiagramError(
                f"{name}: a block made of several modules cannot be exported as source."
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


def _taken(owner: str) -> str:
    return f"self.get_submodule({owner!r})" if SLASH in owner else f"self.{owner}"


def _local(name: str) -> str:
    """A variable of forward(); a block inside a part is called by its whole way."""
    name = name.replace(SLASH, "__")
    return f"_{name}" if keyword.iskeyword(name) or name in _RESERVED else name
