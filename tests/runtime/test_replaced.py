"""Parameters from wires at the flanks, compared with PyTorch by hand, in float64."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from graph.diagram import OUTPUT, Diagram, Pin, Wire
from graph.edits import Disconnect, SetSetting, SetShares
from nodes.catalogue import catalogue
from nodes.sketch import Sketch
from runtime.probe import watch
from runtime.program import Program, compile
from runtime.replaced import Replaced, holder
from tests.test_every_block import ROWS, Row, built, scattered

CASES = [
    pytest.param(kind, row, id=f"{kind}-{i}")
    for kind, cls in catalogue().items()
    for i, row in enumerate(ROWS[kind])
    if cls.flanks and all(z.dim() and len(z) == len(row.inputs[0]) for z in row.inputs)
]


def real(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(7))


def made(s: Sketch, **recipe: Any) -> Program:
    program = compile(s.diagram(data="spiral", dtype="float64", **recipe))
    assert program.report.problems == ()
    return program


def problem_at(diagram: Diagram, where: str) -> str:
    return next(p.message for p in compile(diagram).report.problems if p.where == where)


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    return real(5, 2), torch.arange(5) % 3


@pytest.mark.filterwarnings("ignore:There is a performance drop")
@pytest.mark.parametrize(("kind", "row"), CASES)
def test_a_parameter_of_each_sample_equals_one_sample_at_a_time(kind: str, row: Row) -> None:
    op = built(kind, row)
    batched = [True] * len(row.inputs)
    for flank, parameter in scattered(op).items():
        if getattr(op, "running_mean", None) is not None:
            with pytest.raises(ValueError, match="all samples"):
                Replaced(op, {flank: True}, batched)
            continue
        values = real(len(row.inputs[0]), *parameter.shape)
        got = _all(Replaced(op, {flank: True}, batched)(*row.inputs, values))
        for n, value in enumerate(values):
            alone = tuple(z[n : n + 1] for z in row.inputs)
            wanted = _all(torch.func.functional_call(op, {flank: value}, alone))
            for mine, theirs in zip(got, wanted, strict=True):
                torch.testing.assert_close(mine[n : n + 1], theirs, rtol=1e-12, atol=1e-12)


def _all(out: Any) -> tuple[torch.Tensor, ...]:
    return out if isinstance(out, tuple) else (out,)


def hypernetwork() -> Sketch:
    """x -> linear 3 with a weight that a linear function of x computes for every sample."""
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(x, units=3, weight=s.linear(x, units=6), id="main"), y)
    return s


def test_a_function_of_the_input_gives_every_sample_its_weight() -> None:
    program, (x, y) = made(hypernetwork()), batch()
    own = {n: p.detach().clone().requires_grad_() for n, p in program.parameters.items()}
    assert set(own) == {"linear1.weight", "linear1.bias", "main.bias"}
    weights = F.linear(x, own["linear1.weight"], own["linear1.bias"]).view(-1, 3, 2)
    scores = torch.einsum("bij,bj->bi", weights, x) + own["main.bias"]
    F.cross_entropy(scores, y).backward()
    program.loss(x=x, y=y).backward()
    for name, value in own.items():
        torch.testing.assert_close(program.parameters[name].grad, value.grad, rtol=1e-12, atol=0)
    torch.testing.assert_close(program.predict(x=x)["ȳ"], scores.detach())


def test_weights_from_wires_are_counted_as_multiplications() -> None:
    counts = made(hypernetwork()).report.counts["main"]
    assert (counts.weights, counts.macs) == (3, 6)


def test_any_shape_with_as_many_numbers_fits() -> None:
    s = Sketch()
    x, y, u = s.observed("x"), s.observed("y"), s.parameter("u", size=[2, 3])
    s.cross_entropy(s.linear(x, units=3, weight=u), y)
    program, (x_, _) = made(s), batch()
    wanted = (
        F.linear(x_, program.parameters["u.value"].view(3, 2)) + program.parameters["linear1.bias"]
    )
    torch.testing.assert_close(program.predict(x=x_)["ȳ"], wanted.detach())


def test_a_wrong_number_for_each_sample_is_one_sentence() -> None:
    s = hypernetwork()
    diagram = SetSetting("linear1", "units", 7).apply(s.diagram(data="spiral"))
    message = problem_at(diagram, "main")
    assert "weight must be 3 × 2, the wire brings 7 for each sample" in message


def test_a_block_that_compares_samples_says_why_it_cannot_have_a_parameter_for_each() -> None:
    s = Sketch()
    x = s.observed("x")
    s.batch_norm(x, weight=s.linear(x, units=2))
    assert "all samples" in problem_at(s.diagram(data="spiral"), "batch_norm1.weight")


def test_a_parameter_that_the_settings_leave_out_cannot_be_replaced() -> None:
    s = Sketch()
    s.linear(s.observed("x"), bias=False, units=3)
    u = s.parameter("u")
    diagram = s.diagram(data="spiral")
    diagram = diagram.with_(wires=(*diagram.wires, Wire(u, Pin("linear1", "bias"))))
    assert "no bias" in problem_at(diagram, "linear1.bias")


def shared_circle() -> Sketch:
    """One w at the flanks of two layers."""
    s = Sketch()
    x, y, w = s.observed("x"), s.observed("y"), s.parameter("w")
    z = s.tanh(s.linear(x, units=2, weight=w))
    s.cross_entropy(s.linear(s.linear(z, units=2, weight=w), units=3), y)
    return s


def test_the_gradient_of_a_shared_circle_is_the_sum_over_its_wires() -> None:
    program, (x, y) = made(shared_circle()), batch()
    seen = watch(program, [program.tensor(x), y])
    parts = {w.target.block: g for w, g in seen.wire_gradients.items() if w.source == Pin("w", "y")}
    first, second = (program.parameters["w.value"].detach().clone() for _ in range(2))
    first.requires_grad_(), second.requires_grad_()
    b = [program.parameters[f"linear{n}.bias"].detach() for n in (1, 2, 3)]
    z = F.linear(torch.tanh(F.linear(x, first, b[0])), second, b[1])
    F.cross_entropy(F.linear(z, program.parameters["linear3.weight"].detach(), b[2]), y).backward()
    assert set(parts) == {"linear1", "linear2"}
    for block, untied in (("linear1", first), ("linear2", second)):
        torch.testing.assert_close(parts[block], untied.grad, rtol=1e-12, atol=1e-15)
    total = first.grad + second.grad
    torch.testing.assert_close(seen.gradients["w.value"], total, rtol=1e-12, atol=1e-15)
    torch.testing.assert_close(seen.variable_gradients[Pin("w", "y")], total)


def test_an_empty_size_is_that_of_the_parameter_it_replaces() -> None:
    assert made(shared_circle()).report.shapes[Pin("w", OUTPUT)] == (2, 2)
    s = Sketch()
    x, y, b, w = s.observed("x"), s.observed("y"), s.parameter("b"), s.parameter("w")
    s.l2(b)  # along the flow it comes before what b replaces
    z = s.relu(s.linear(x, units=7))
    s.cross_entropy(s.linear(z, units=3, weight=w, bias=b), y)
    shapes = made(s).report.shapes
    assert (shapes[b], shapes[w]) == ((3,), (3, 7))


def test_a_cost_of_a_drawn_parameter_is_one_number() -> None:
    s = Sketch()
    x, y, w = s.observed("x"), s.observed("y"), s.parameter("w")
    s.cross_entropy(s.linear(x, units=3, weight=w), y)
    s.l2(w, weight=0.5)
    program, (x_, y_) = made(s), batch()
    value, bias = (program.parameters[n] for n in ("w.value", "linear1.bias"))
    torch.testing.assert_close(program.energies(x=x_, y=y_)["l21"], value.square().sum()[None])
    wanted = F.cross_entropy(F.linear(x_, value, bias), y_) + 0.5 * value.square().sum()
    torch.testing.assert_close(program.loss(x=x_, y=y_), wanted, rtol=1e-14, atol=0)


def test_an_empty_size_follows_the_block_and_outlives_an_open_wire() -> None:
    diagram = shared_circle().diagram(data="spiral")
    first = compile(diagram)
    cut = Disconnect(tuple(w for w in diagram.wires if w.source == Pin("x", OUTPUT))).apply(diagram)
    kept = compile(cut, keep=first)
    assert kept.parameters["w.value"] is first.parameters["w.value"]
    s = Sketch()
    s.linear(s.observed("x"), weight=s.parameter("w"), units=3)
    wider = SetSetting("linear1", "units", 5).apply(s.diagram(data="spiral"))
    assert compile(wider).report.shapes[Pin("w", OUTPUT)] == (5, 2)


def test_an_empty_size_without_a_flank_is_one_number() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.product(x, s.parameter("u")), units=3), y)
    assert made(s).report.shapes[Pin("u", OUTPUT)] == (1,)


def test_a_size_that_depends_on_itself_ends_in_a_problem() -> None:
    s = Sketch()
    w = s.parameter("w")
    s.linear(s.linear(w, units=2), units=3, weight=w)
    assert any(p.kind == "error" for p in compile(s.diagram(data="spiral")).report.problems)


def test_a_sharing_block_may_have_a_weight_of_its_own_from_a_wire() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    first = s.linear(x, units=2)
    second = s.linear(first, units=2, shares=first, weight=s.parameter("w"))
    s.cross_entropy(s.linear(second, units=3), y)
    program, (x_, _) = made(s), batch()
    p = {n: v.detach() for n, v in program.parameters.items()}
    assert "linear2.weight" not in p
    z = F.linear(
        F.linear(x_, p["linear1.weight"], p["linear1.bias"]), p["w.value"], p["linear1.bias"]
    )
    wanted = F.linear(z, p["linear3.weight"], p["linear3.bias"])
    torch.testing.assert_close(program.predict(x=x_)["ȳ"], wanted)
    state = {n: torch.full_like(v, 0.5) for n, v in program.module.state_dict().items()}
    assert set(state) == set(p)
    program.module.load_state_dict(state)
    assert all(bool((v == 0.5).all()) for v in program.parameters.values())


def test_who_shares_weights_that_come_from_a_wire_needs_the_wire_too() -> None:
    diagram = shared_circle().diagram(data="spiral")
    wires = tuple(w for w in diagram.wires if w.target == Pin("linear2", "weight"))
    diagram = SetShares("linear2", "linear1").apply(diagram)
    assert compile(diagram).report.problems == ()
    message = problem_at(Disconnect(wires).apply(diagram), "linear2.weight")
    assert message == "it shares the weights of linear1, whose weight comes from a wire."


def test_a_bias_outlives_the_wiring_of_its_weight() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(x, units=3), y)
    u = s.parameter("u")
    plain = s.diagram(data="spiral")
    first = compile(plain)
    wired = plain.with_(wires=(*plain.wires, Wire(u, Pin("linear1", "weight"))))
    second = compile(wired, keep=first)
    torch.testing.assert_close(
        second.parameters["linear1.bias"], first.parameters["linear1.bias"], rtol=0, atol=0
    )


def test_names_inside_cannot_be_taken_for_those_of_blocks() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    z = s.linear(s.linear(x, units=3, id="m1"), units=3, id="m0")
    s.cross_entropy(s.linear(z, units=3, id="m2"), y)
    program = made(s)
    state = {
        n: torch.full_like(v, i) for i, (n, v) in enumerate(program.module.state_dict().items())
    }
    assert set(state) == {f"m{i}.{n}" for i in range(3) for n in ("weight", "bias")}
    program.module.load_state_dict(state)
    for name, value in program.parameters.items():
        torch.testing.assert_close(value.detach(), state[name])


def test_holder_is_the_module_inside() -> None:
    inner = nn.Linear(2, 3)
    assert holder(Replaced(inner, {"bias": False}, [True])) is inner is holder(inner)
