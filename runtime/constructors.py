"""What makes a block's module or function in Python source: calls with literals alone, and code of our own written out."""

from __future__ import annotations

import ast
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from graph.problem import DiagramError
from runtime.inlined import Inlined


def constructor(name: str, module: nn.Module, inlined: Inlined) -> str:
    """What makes a block's module; a class of our own is put among the definitions.  Raises DiagramError."""
    kind = type(module)
    if getattr(nn, kind.__name__, None) is kind:
        return f"nn.{_literal(name, module)}"
    if any(module.children()):
        raise DiagramError(f"{name}: a block made of several modules cannot be exported as source.")
    inlined.add(kind)
    return _literal(name, module)


def function(name: str, computed: Any, inlined: Inlined) -> str:
    """What to call a block's function by; one of our own is put among the definitions.  Raises DiagramError."""
    called: str = computed.__name__
    for prefix, home in (("torch", torch), ("F", functional)):
        if getattr(home, called, None) is computed:
            return f"{prefix}.{called}"
    if not called.isidentifier():
        raise DiagramError(f"{name}: a block of this kind cannot be exported as source yet.")
    return inlined.add(computed)


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
