"""A diagram's predictor as Python source to read and to keep: one plain PyTorch module that needs nothing of ours.

No text of a file becomes code: ids are checked names, constructors hold literals alone, labels only stand in comments.
"""

from __future__ import annotations

import ast
import keyword
import unicodedata
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from graph.diagram import OUTPUT, Pin
from graph.parts import SLASH
from graph.problem import DiagramError
from nodes.names import names
from runtime.inlined import Inlined
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
'''
_IMPORTS = ("import torch", "import torch.nn.functional as F", "from torch import nn")
_REPLACING = '''\
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
    return torch.func.vmap(sample, axes, randomness="different")(inputs, given)'''
_RESERVED = {"self", "torch", "nn", "F", "Diagram", "super", "tuple"}
_ACCENTS = {"\u0304": "_bar", "\u0302": "_hat", "\u0303": "_tilde", "\u0307": "_dot"}
LONGEST_NAME = 40  # of a variable; a block with a longer one is called by its id


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
        self.replacing = any(isinstance(stage.op, Replaced) for stage in self.stages.values())
        self.called: dict[str, str] = {}  # by block: the function that computes it
        made = self._init()  # what it takes in has to be known before variables get their names
        for name, stage in self.stages.items():
            if not isinstance(stage.op, nn.Module):
                self.called[name] = self._function(name, stage.op)
        self.locals = self._named()
        self.body = [*made, ("", ""), *self._forward()]

    def written(self) -> Written:
        imports = _import_lines({*_IMPORTS, *self.inlined.imports})
        definitions = [*self.inlined.texts, *([_REPLACING] if self.replacing else [])]
        future = "\nfrom __future__ import annotations\n" if self.inlined.texts else ""
        head = _HEAD + future + "\n" + "\n".join(imports) + "\n"
        head += "".join(f"\n\n{text}\n" for text in definitions) + "\n\nclass Diagram(nn.Module):\n"
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
                line = f"    self.{_attribute(owner)} = {made}"
            lines.append((line, " ".join(stage.block.id for stage in members)))
        return lines

    def _made(self, owner: str, members: list[Stage]) -> str:
        module = holder(members[0].op)
        made = self._constructor(owner, module)
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

    # --- names ------------------------------------------------------------------------------------------------------

    def _named(self) -> dict[str, str]:
        """A variable for every block: called as it stands at its circle, else by the block's id."""
        variables = names(self.program.diagram).variables
        found: dict[str, str] = {}
        taken = {*_RESERVED, *self.inlined.homes, *self.called.values(), "_with", "_with_own"}
        taken |= {line.split()[-1] for line in self.inlined.imports}
        for name in (*self.program.predictor_inputs, *self.stages):
            shown = _identifier(variables.get(Pin(name, OUTPUT), ""))
            local = shown if shown and shown not in taken else name.replace(SLASH, "__")
            while local in taken or keyword.iskeyword(local):
                local += "_"
            found[name] = local
            taken.add(local)
        return found

    def _constructor(self, name: str, module: nn.Module) -> str:
        kind = type(module)
        if getattr(nn, kind.__name__, None) is kind:
            return f"nn.{_literal(name, module)}"
        if any(module.children()):
            raise DiagramError(
                f"{name}: a block made of several modules cannot be exported as source."
            )
        self.inlined.add(kind)
        return _literal(name, module)

    def _function(self, name: str, function: Any) -> str:
        called = function.__name__
        for prefix, home in (("torch", torch), ("F", functional)):
            if getattr(home, called, None) is function:
                return f"{prefix}.{called}"
        if not called.isidentifier():
            raise DiagramError(f"{name}: a block of this kind cannot be exported as source yet.")
        return self.inlined.add(function)


def _replaced(module: str, op: Replaced, values: list[str]) -> str:
    count = len(values) - len(op.flanks)
    inputs = "".join(f"{value}, " for value in values[:count])
    pairs = zip(op.flanks, values[count:], strict=True)
    given = ", ".join(f"{flank!r}: {value}" for flank, value in pairs)
    if not op.by_sample:
        return f"_with({module}, ({inputs.strip()}), {{{given}}})"
    own = {flank for flank, one in op.flanks.items() if one}
    return f"_with_own({module}, ({inputs.strip()}), {op.batched}, {{{given}}}, {sorted(own)})"


def _literal(name: str, module: nn.Module) -> str:
    """What makes the module again, every argument of it a literal.  Raises DiagramError when its text is anything else."""
    kind = type(module).__name__
    try:
        call = ast.parse(repr(module), mode="eval").body
        assert isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        assert call.func.id == kind
        values = [ast.literal_eval(argument) for argument in call.args]
        named = {str(k.arg): _setting(module, str(k.arg), k.value) for k in call.keywords}
    except (SyntaxError, ValueError, AssertionError):
        raise DiagramError(f"{name}: this block's settings cannot be written as source.") from None
    told = [*map(repr, values), *(f"{key}={value!r}" for key, value in named.items())]
    return f"{kind}({', '.join(told)})"


def _setting(module: nn.Module, key: str, value: ast.expr) -> Any:
    # PyTorch's modules show their texts without quotes: padding_mode=reflect
    if isinstance(value, ast.Name) and getattr(module, key, None) == value.id:
        return value.id
    return ast.literal_eval(value)


def _attribute(name: str) -> str:
    """The block's id, which is also its prefix in the weights."""
    if keyword.iskeyword(name) or hasattr(nn.Module(), name):
        raise DiagramError(
            f"{name}: PyTorch's modules use this name themselves; give the block another."
        )
    return name


def _taken(owner: str) -> str:
    return f"self.get_submodule({owner!r})" if SLASH in owner else f"self.{owner}"


def _identifier(text: str) -> str:
    """s₁ as s1, ȳ as y_bar; "" for what makes no name."""
    made = ""
    for sign in unicodedata.normalize("NFKD", text):
        made += _ACCENTS.get(sign, sign)
    fine = made.isidentifier() and not made.startswith("_") and not keyword.iskeyword(made)
    return made if fine and len(made) <= LONGEST_NAME and made.isprintable() else ""


def _import_lines(wanted: set[str]) -> list[str]:
    """One line for each module: plain imports first, PyTorch last."""
    wanted = wanted - {"from torch.nn import functional as F"}  # it is imported already
    plain = sorted(line for line in wanted if line.startswith("import"))
    by_home = dict[str, list[str]]()
    for line in sorted(wanted - set(plain)):
        home, _, name = line.partition(" import ")
        by_home.setdefault(home, []).append(name)
    lines = [*plain, *(f"{home} import {', '.join(names)}" for home, names in by_home.items())]
    return sorted(lines, key=lambda line: "torch" in line)
