"""The watched step, compared with autograd on a net written by hand and with finite differences."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from graph.diagram import Pin
from nodes.sketch import Sketch
from runtime.probe import flows, watch
from runtime.program import Program, compile
from tests.runtime.conftest import classifier


def inputs(program: Program, count: int = 5) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(count, 2, generator=generator, dtype=torch.float64)
    return [x if name == "x" else torch.arange(count) % 3 for name in program.inputs]


def test_every_wire_has_the_value_and_gradient_of_autograd() -> None:
    program = compile(classifier(dtype="float64"))
    x, y = inputs(program)
    seen = watch(program, [x, y])
    p = program.parameters
    x_ = x.clone().requires_grad_()
    s1 = F.linear(x_, p["linear1.weight"], p["linear1.bias"])
    z1 = torch.tanh(s1)
    out = F.linear(z1, p["linear2.weight"], p["linear2.bias"])
    grads = torch.autograd.grad(F.cross_entropy(out, y), [x_, s1, z1, out, *p.values()])
    wires = {w.target.block: w for w in seen.values if w.target.name != "target"}
    for block, value, grad in zip(
        ("linear1", "tanh1", "linear2", "cross_entropy1"), (x_, s1, z1, out), grads[:4], strict=True
    ):
        torch.testing.assert_close(seen.values[wires[block]], value.detach())
        torch.testing.assert_close(seen.wire_gradients[wires[block]], grad)
    for name, grad in zip(p, grads[4:], strict=True):
        torch.testing.assert_close(seen.gradients[name], grad)


def test_weight_gradients_equal_finite_differences() -> None:
    program = compile(classifier(dtype="float64"))
    given = inputs(program)
    seen = watch(program, given)
    weight = program.parameters["linear1.weight"]
    h = 1e-6
    for row, column in ((0, 0), (7, 1), (19, 0)):
        with torch.no_grad():
            weight[row, column] += h
            up = program.module(*given)[0]
            weight[row, column] -= 2 * h
            down = program.module(*given)[0]
            weight[row, column] += h
        found = seen.gradients["linear1.weight"]
        assert found is not None
        torch.testing.assert_close(found[row, column], (up - down) / (2 * h), rtol=1e-6, atol=1e-9)


def test_the_gradients_of_a_forks_branches_add_up() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    h = s.linear(x, units=3)
    s.cross_entropy(s.sum(s.tanh(h), s.relu(h), h), y)
    program = compile(s.diagram(data="spiral", dtype="float64"))
    seen = watch(program, inputs(program))
    branches = [g for w, g in seen.wire_gradients.items() if w.source == Pin("linear1", "y")]
    assert len(branches) == 3 and not torch.equal(branches[0], branches[1])
    torch.testing.assert_close(sum(branches), seen.variable_gradients[Pin("linear1", "y")])


def test_watching_is_a_training_step_of_the_same_size() -> None:
    program = compile(classifier(dtype="float64"))
    given = inputs(program)
    torch.testing.assert_close(
        watch(program, given).loss, program.module(*given)[0].detach(), rtol=1e-14, atol=0
    )


def test_flows_are_frobenius_norms() -> None:
    program = compile(classifier(dtype="float64"))
    seen = watch(program, inputs(program))
    wires, variables, blocks = flows(seen)
    for wire, flow in wires.items():
        gradient = seen.wire_gradients[wire]
        expected = 0.0 if gradient is None else float(gradient.pow(2).sum().sqrt())
        assert abs(flow.gradient - expected) <= 1e-6 * expected
    assert set(blocks) == {"linear1", "linear2"}
    both = torch.cat([seen.gradients["linear1.weight"].flatten(), seen.gradients["linear1.bias"]])  # type: ignore[union-attr]
    assert abs(blocks["linear1"] - float(both.norm())) < 1e-6 * float(both.norm())
    assert variables[Pin("tanh1", "y")].value > 0
