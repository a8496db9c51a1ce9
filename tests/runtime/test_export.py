"""Exported source computes what the program computes, with the same names of weights, for every kind of function."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from app import gallery
from graph.diagram import Diagram, Pin
from graph.files import load
from graph.problem import DiagramError
from nodes.sketch import Sketch
from runtime.export import source, write_exported, write_onnx, write_weights
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


def by_wires(s: Sketch, x: Pin) -> Pin:
    """Weights from wires: drawn out and shared by two blocks, and made for every sample by another net."""
    w = s.parameter(size=(9,), label="w")
    first = s.linear(x, units=3, weight=w, id="first")
    second = s.tanh(s.linear(first, units=3, weight=w, shares=first))
    own = s.linear(s.tanh(s.linear(x, units=5)), units=6)
    return s.linear(second, units=2, weight=own, id="hyper")


def test_weights_from_wires_come_from_the_same_wires(tmp_path: Path) -> None:
    s = Sketch()
    by_wires(s, s.observed("x"))
    program = program_of(s, (3,))
    model = rebuilt(program, tmp_path)
    assert not {"first.weight", "hyper.weight"} & model.state_dict().keys()
    x = torch.randn(5, 3)
    assert torch.equal(model(x), program.predictor()(x))
    alone = torch.cat([model(row[None]) for row in x])
    assert torch.allclose(alone, model(x)), "each sample has weights of its own"
    assert "runtime" not in source(program), "the source needs nothing of ours for it"


def test_gradients_reach_the_net_that_makes_the_weights(tmp_path: Path) -> None:
    s = Sketch()
    by_wires(s, s.observed("x"))
    program = program_of(s, (3,))
    model = rebuilt(program, tmp_path)
    x = torch.randn(5, 3)
    model(x).square().sum().backward()
    program.predictor()(x).square().sum().backward()
    ours = {name: p.grad for name, p in program.parameters.items()}
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and torch.allclose(parameter.grad, ours[name])


def test_blocks_inside_parts_keep_their_names(tmp_path: Path) -> None:
    program = compile(load(gallery.path("residual-net")))
    program.module.eval()
    model = rebuilt(program, tmp_path)
    assert "stage1/unit1/linear1.weight" in model.state_dict()
    x = torch.zeros(3, *program.kinds[Pin(program.predictor_inputs[0], "y")].shape[1:])
    assert torch.equal(model(x), program.predictor()(x))


@pytest.mark.parametrize("name", ["lenet-5", "hypernetwork", "residual-net", "transformer"])
def test_torch_export_computes_the_same_for_any_batch(tmp_path: Path, name: str) -> None:
    program = compile(load(gallery.path(name)))
    write_exported(program, tmp_path / "model.pt2")
    model = torch.export.load(tmp_path / "model.pt2").module()
    program.module.eval()
    kinds = [program.kinds[Pin(n, "y")] for n in program.predictor_inputs]
    for count in (2, 7):
        inputs = [
            torch.rand(count, *k.shape[1:])
            if k.dtype.is_floating_point
            else torch.randint(0, 2, (count, *k.shape[1:]))
            for k in kinds
        ]
        assert torch.allclose(model(*inputs), program.predictor()(*inputs), atol=1e-5)


def test_onnx_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    program = program_of(small(), (2,))
    with pytest.raises(DiagramError, match="pip install onnx onnxscript"):
        write_onnx(program, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_onnx_computes_the_same(tmp_path: Path) -> None:
    pytest.importorskip("onnxscript")
    runtime = pytest.importorskip("onnxruntime")
    program = program_of(small(), (2,))
    write_onnx(program, tmp_path / "model.onnx")
    session = runtime.InferenceSession(str(tmp_path / "model.onnx"))
    x = torch.randn(5, 2)
    (found,) = session.run(None, {"x": x.numpy()})
    wanted = program.predictor()(x).detach()
    assert torch.allclose(torch.from_numpy(found), wanted, atol=1e-6)


def test_nothing_to_export_is_said_by_every_writer(tmp_path: Path) -> None:
    with pytest.raises(DiagramError, match="nothing to export"):
        write_exported(compile(Diagram()), tmp_path / "model.pt2")


def small() -> Sketch:
    s = Sketch()
    s.softmax(s.linear(s.relu(s.linear(s.observed("x"), units=4)), units=3))
    return s
