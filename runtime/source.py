"""A diagram's predictor as Python source to read and to keep: one plain PyTorch module that needs nothing of ours.

No text of a file becomes code: ids are checked names, constructors hold literals alone, labels only stand in comments.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from graph.diagram import OUTPUT, Pin
from graph.parts import SLASH
from graph.problem import DiagramError
from runtime.constructors import constructor, function
from runtime.identifiers import attribute, variables
from runtime.inlined import Inlined
from runtime.making import Stage, owner_of
from runtime.preamble import preamble
from runtime.program import Program
from runtime.replaced import Replaced, holder
from runtime.snapshot import BATCH

_RESERVED = {"self", "torch", "nn", "F", "Diagram", "super", "tuple", "_with", "_with_own"}


@dataclass(frozen=True)
class Written:
    """The source, and by block (its path in the expanded diagram) the numbers of its lines, from 1."""

    text: str
    lines: dict[str, tuple[int, ...]]


def written(program: Program) -> Written:
    """Python source of a class `Diagram(nn.Module)` that computes the program's answers from its inputs.

    Its state_dict has the names of our weight files.  Raises DiagramError when nothing can be predicted, a block
    holds other modules, or a block's name is one that PyTorch's modules use themselves.
    """
    return _Source(program).written()


def source(program: Program) -> str:
    """The text alone."""
    return written(program).text


class _Source:
    def __init__(self, program: Program) -> None:
        self.program = program
        needed = program.upstream(pin.block for pin in program.answers)
        self.stages = {name: s for name, s in program.stages.items() if name in needed}
        if not self.stages:
            raise DiagramError(
                "there is nothing to export: no block of the diagram predicts anything."
            )
        self.inlined = Inlined()
        self.called: dict[str, str] = {}  # by block: the function that computes it
        made = self._init()  # what it takes in has to be known before variables get their names
        for name, stage in self.stages.items():
            if not isinstance(stage.op, nn.Module):
                self.called[name] = function(name, stage.op, self.inlined)
        taken = {*_RESERVED, *self.inlined.homes, *self.called.values()}
        taken |= {line.split()[-1] for line in self.inlined.imports}
        blocks = (*program.predictor_inputs, *self.stages)
        self.locals = variables(program.diagram, blocks, taken)
        self.body = [*made, ("", ""), *self._forward()]

    def written(self) -> Written:
        replacing = any(isinstance(stage.op, Replaced) for stage in self.stages.values())
        head = preamble(self.inlined.imports, self.inlined.texts, replacing)
        head += "\n\nclass Diagram(nn.Module):\n"
        first, lines = head.count("\n") + 1, dict[str, tuple[int, ...]]()
        for number, (_, block) in enumerate(self.body, first):
            for name in filter(None, block.split(" ")):
                lines[name] = (*lines.get(name, ()), number)
        text = "".join(f"    {line}\n" if line else "\n" for line, _ in self.body)
        return Written(head + text, lines)

    # --- lines, each with the blocks that it is of ------------------------------------------------------------------

    def _init(self) -> list[tuple[str, str]]:
        lines = [("def __init__(self) -> None:", ""), ("    super().__init__()", "")]
        families: dict[str, list[Stage]] = {}  # by the block that owns the weights, used or not
        for name, stage in self.stages.items():
            if isinstance(stage.op, nn.Module):
                families.setdefault(owner_of(self.program.diagram, name), []).append(stage)
        for owner, members in families.items():
            made = self._made(owner, members)
            if SLASH in owner:  # in a part; PyTorch takes any name without a dot
                line = f"    self.add_module({owner!r}, {made})"
            else:
                line = f"    self.{attribute(owner)} = {made}"
            lines.append((line, " ".join(stage.block.id for stage in members)))
        return lines

    def _made(self, owner: str, members: list[Stage]) -> str:
        module = holder(members[0].op)
        made = constructor(owner, module, self.inlined)
        flanks = [n for s in members if isinstance(s.op, Replaced) for n in s.op.flanks]
        given = [n for n in dict.fromkeys(flanks) if n not in module.state_dict()]
        return f"_without({made}, {', '.join(map(repr, given))})" if given else made

    def _forward(self) -> list[tuple[str, str]]:
        inputs = self.program.predictor_inputs
        told = "".join(f", {self.locals[n]}: torch.Tensor" for n in inputs)
        several = len(self.program.answers) > 1
        gives = "tuple[torch.Tensor, ...]" if several else "torch.Tensor"
        lines = [(f"def forward(self{told}) -> {gives}:", " ".join(inputs))]
        for name, stage in self.stages.items():
            line = (
                f"    {self.locals[name]} = {self._call(name, stage)}  # {name} {self._shape(name)}"
            )
            lines.append((line.rstrip(), name))
        answers = ", ".join(self._value(pin) for pin in self.program.answers)
        return [*lines, (f"    return {answers}", "")]

    def _shape(self, name: str) -> str:
        shapes, outputs = self.program.report.shapes, self.stages[name].type.outputs
        found = [shapes[pin] for o in outputs if (pin := Pin(name, o)) in shapes]
        return ", ".join(
            f"[{', '.join('B' if n == BATCH else str(n) for n in shape)}]" for shape in found
        )

    def _call(self, name: str, stage: Stage) -> str:
        owner = owner_of(self.program.diagram, name)
        values = [self._value(pin) for pin in stage.sources]
        if isinstance(stage.op, Replaced):
            return _replaced(_taken(owner), stage.op, values)
        called = _taken(owner) if isinstance(stage.op, nn.Module) else self.called[name]
        return f"{called}({', '.join(values)})"

    def _value(self, pin: Pin) -> str:
        """The variable of an output pin: of several outputs, its place in the tuple."""
        stage = self.stages.get(pin.block)
        outputs = stage.type.outputs if stage else (OUTPUT,)
        place = f"[{outputs.index(pin.name)}]" if len(outputs) > 1 else ""
        return f"{self.locals[pin.block]}{place}"


def _replaced(module: str, op: Replaced, values: list[str]) -> str:
    count = len(values) - len(op.flanks)
    inputs = "".join(f"{value}, " for value in values[:count])
    pairs = zip(op.flanks, values[count:], strict=True)
    given = ", ".join(f"{flank!r}: {value}" for flank, value in pairs)
    if not op.by_sample:
        return f"_with({module}, ({inputs.strip()}), {{{given}}})"
    own = {flank for flank, one in op.flanks.items() if one}
    return f"_with_own({module}, ({inputs.strip()}), {op.batched}, {{{given}}}, {sorted(own)})"


def _taken(owner: str) -> str:
    return f"self.get_submodule({owner!r})" if SLASH in owner else f"self.{owner}"
