"""Exported source computes what the program computes, with the same names of weights, for every kind of function."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from graph.diagram import Diagram, Pin
from graph.problem import DiagramError
from nodes.sketch import Sketch
from runtime.export import source, write_weights
from runtime.program import Program, compile


def program_of(sketch: Sketch, shape: tuple[int, ...]) -> Program:
    return compile(sketch.diagram(), shapes={"x": shape})


def rebuilt(program: Program, folder: Path) -> torch.nn.Module:
    """The exported module with the exported weights."""
    write_weights(program, folder / "weights.safetensors")
    space: dict[str, Any] = {}
    exec(source(program), space)
    model: torch.nn.Module = space["Diagram"]()
    model.load_state_dict(load_file(folder / "weights.safetensors"))
    return model.eval()


def image_net(s: Sketch, x: Pin) -> Pin:
    """One of most kinds: images to class probabilities."""
    wide = s.concat(s.conv2d(x, channels=3, kernel=3), s.conv2d(x, channels=2, kernel=3))
    pooled = s.max_pool2d(s.tanh(s.batch_norm(wide)), kernel=2)
    flat = s.flatten(s.bias(s.avg_pool2d(pooled, kernel=2)))
    left = s.sigmoid(s.linear(s.dropout(flat), units=6))
    folded = s.reshape(s.product(s.relu(s.linear(flat, units=6)), left), size=(2, 3))
    return s.softmax(s.sum(s.flatten(folded), left))


def test_every_kind_of_function_computes_the_same(tmp_path: Path) -> None:
    sketch = Sketch()
    image_net(sketch, sketch.observed("x"))
    program = program_of(sketch, (1, 14, 14))
    program.module.eval()
    x = torch.randn(4, 1, 14, 14)
    assert torch.equal(rebuilt(program, tmp_path)(x), program.predictor()(x))


def test_names_that_python_uses_are_no_trouble(tmp_path: Path) -> None:
    s = Sketch()
    x = s.observed("x")
    hidden = s.flatten(s.linear(x, units=3, id="torch"), id="flatten")
    s.relu(s.tanh(s.sigmoid(hidden, id="self"), id="lambda"), id="F")
    program = program_of(s, (2,))
    values = torch.randn(5, 2)
    assert torch.equal(rebuilt(program, tmp_path)(values), program.predictor()(values))


def test_shared_weights_are_one_module(tmp_path: Path) -> None:
    s = Sketch()
    first = s.linear(s.observed("x"), units=2)
    s.linear(s.relu(first), units=2, shares=first)
    program = program_of(s, (2,))
    model = rebuilt(program, tmp_path)
    assert sorted(model.state_dict()) == ["linear1.bias", "linear1.weight"]
    x = torch.randn(5, 2)
    assert torch.equal(model(x), program.predictor()(x))


def test_costs_stay_out(tmp_path: Path) -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.squared_error(s.linear(x, units=1), y)
    program = compile(s.diagram(), shapes={"x": (2,), "y": (1,)})
    assert "squared" not in source(program)
    x_values = torch.randn(5, 2)
    assert torch.equal(rebuilt(program, tmp_path)(x_values), program.predictor()(x_values))


def test_what_cannot_be_exported_is_said() -> None:
    with pytest.raises(DiagramError, match="nothing to export"):
        source(compile(Diagram()))
    s = Sketch()
    s.linear(s.observed("x"), units=2, id="train")
    with pytest.raises(DiagramError, match="give the block another"):
        source(program_of(s, (2,)))
    s = Sketch()
    s.linear(s.observed("x"), units=2, weight=s.parameter(size=(2, 2)))
    with pytest.raises(DiagramError, match="weight from a wire"):
        source(program_of(s, (2,)))
