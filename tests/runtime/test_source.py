"""The written source: readable, alone, the same numbers as the program in float64, and no text of a file in it as code."""

from __future__ import annotations

import ast
import builtins
from dataclasses import replace
from typing import Any

import pytest
import torch

from app import gallery
from graph.diagram import Pin
from graph.files import load
from graph.problem import DiagramError
from nodes.sketch import Sketch
from runtime.program import Program, compile
from runtime.source import written

LIGHT = [name for name in gallery.names() if not gallery.heavy(name)]


def made(text: str, monkeypatch: pytest.MonkeyPatch) -> torch.nn.Module:
    """The class of the text, where nothing of the house can be imported."""
    real = builtins.__import__

    def alone(name: str, *rest: Any, **named: Any) -> Any:
        assert name.split(".")[0] not in ("nodes", "runtime", "graph", "app", "gradboard"), name
        return real(name, *rest, **named)

    space: dict[str, Any] = {"__name__": "alone"}
    code = builtins.compile(text, "alone.py", "exec")
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", alone)
        exec(code, space)
        model: torch.nn.Module = space["Diagram"]()
    return model


def inputs_of(program: Program, count: int = 3) -> list[torch.Tensor]:
    torch.manual_seed(0)
    kinds = [program.kinds[Pin(name, "y")] for name in program.predictor_inputs]
    shapes = [(count, *kind.shape[1:]) if kind.batched else kind.shape for kind in kinds]
    return [
        torch.rand(*shape).double()
        if kind.dtype.is_floating_point
        else torch.randint(0, 2, shape, dtype=kind.dtype)
        for kind, shape in zip(kinds, shapes, strict=True)
    ]


@pytest.mark.parametrize("name", LIGHT)
def test_every_gallery_diagram_computes_the_same_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = load(gallery.path(name))
    program = compile(drawn.with_recipe({**drawn.recipe, "dtype": "float64"}))
    if not program.answers:
        with pytest.raises(DiagramError, match="nothing to export"):
            written(program)
        return
    program.module.eval()
    found = written(program)
    model = made(found.text, monkeypatch).double().eval()
    model.load_state_dict(program.module.state_dict(), strict=False)
    assert model.state_dict().keys() <= program.module.state_dict().keys()
    values = inputs_of(program)
    torch.testing.assert_close(model(*values), program.predictor()(*values), rtol=1e-12, atol=1e-12)


def test_lines_are_those_of_the_block() -> None:
    found = written(compile(load(gallery.path("spiral-mlp"))))
    lines = found.text.splitlines()
    first, second = (lines[number - 1].strip() for number in found.lines["linear1"])
    assert first == "self.linear1 = nn.Linear(in_features=2, out_features=100, bias=True)"
    assert second == "s1 = self.linear1(x)  # linear1 [B, 100]"
    assert [lines[n - 1].strip() for n in found.lines["relu1"]] == [
        "z1 = torch.relu(s1)  # relu1 [B, 100]"
    ]
    assert lines[found.lines["x"][0] - 1].strip().startswith("def forward(self, x: torch.Tensor)")


def test_lines_of_shared_weights_and_of_parts() -> None:
    s = Sketch()
    first = s.linear(s.observed("x"), units=2)
    s.linear(s.relu(first), units=2, shares=first)
    found = written(compile(s.diagram(), shapes={"x": (2,)}))
    assert found.lines["linear1"][0] == found.lines["linear2"][0], "one module serves both"
    assert len(found.lines["linear2"]) == 2
    unet = written(compile(load(gallery.path("unet"))))
    inside = [name for name in unet.lines if "/" in name]
    assert inside and all(
        name in unet.text.splitlines()[unet.lines[name][-1] - 1] for name in inside
    )


HOSTILE = (
    "x\n        import os; os.abort()  #",
    'a"""\nraise SystemExit\n"""',
    "b\r    raise SystemExit",
    "c\u2028d\x0ce\x85f\x00g",
    "__import__('os').abort()",
    "self",
    "torch",
    "lambda",
    "_with",
    "{} {0} %s \\N{DIGIT ONE}",
)


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_never_code(label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    s = Sketch()
    x = s.observed("x")
    s.tanh(s.linear(s.relu(s.linear(x, units=3)), units=2))
    drawn = s.diagram()
    blocks = (replace(block, label=label) for block in drawn.blocks.values())
    program = compile(drawn.with_blocks(*blocks), shapes={"x": (2,)})
    plain = compile(drawn, shapes={"x": (2,)})
    found = written(program)
    assert shape_of(found.text) == shape_of(written(plain).text)
    model = made(found.text, monkeypatch)
    model.load_state_dict(program.module.state_dict())
    values = torch.randn(4, 2)
    assert torch.equal(model(values), program.predictor()(values))


def shape_of(text: str) -> list[str]:
    """What kinds of nodes the text parses to, names apart."""
    return [type(node).__name__ for node in ast.walk(ast.parse(text))]


def test_ids_that_hide_names_of_python_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    s = Sketch()
    z = s.linear(s.observed("x"), units=3, id="nn")
    for name in ("torch", "F", "self", "with", "lambda", "flatten", "super", "Diagram", "s1", "z1"):
        z = s.flatten(s.relu(z, id=name))
    program = compile(s.diagram(), shapes={"x": (2,)})
    model = made(written(program).text, monkeypatch)
    model.load_state_dict(program.module.state_dict())
    values = torch.randn(4, 2)
    assert torch.equal(model(values), program.predictor()(values))


def test_settings_that_are_texts_are_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    s = Sketch()
    s.pad(s.observed("x"), how="reflect", before=1, after=1)
    program = compile(s.diagram(), shapes={"x": (1, 4, 4)})
    model = made(written(program).text, monkeypatch)
    values = torch.rand(2, 1, 4, 4)
    assert torch.equal(model(values), program.predictor()(values))
