"""Muted blocks: the diagram runs as if they were not there, beside the same diagram drawn by hand without them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch

import gradboard as gb
from graph.diagram import Block, Diagram, Frozen, Pin, Wire
from graph.edit import Edit
from graph.edits import SetMuted, SetShares
from graph.grouping import Group
from nodes.parts import can_mute, expanded
from runtime.levels import Level
from runtime.program import Program
from runtime.run import Run

X = torch.randn(8, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
Y = torch.arange(8) % 3
SHAPES = {"x": (2,), "y": ()}


def _drawn(kinds: Sequence[str], **extra: str) -> Diagram:
    """x -> the blocks named -> cross entropy <- y; regularisers by id and what feeds them."""
    blocks = {"x": Block("x", "observed", Frozen(field="x"))}
    wires, last = [], "x"
    for name in kinds:
        kind = name.rstrip("0123456789")
        units = {"units": 4} if kind == "linear" else {}
        blocks[name] = Block(name, kind, Frozen(units))
        wires.append(Wire(Pin(last, "y"), Pin(name, "z")))
        last = name
    for name, source in extra.items():
        blocks[name] = Block(name, "l2")
        wires.append(Wire(Pin(source, "y"), Pin(name, "z")))
    blocks["y"] = Block("y", "observed", Frozen(field="y"))
    blocks["cost"] = Block("cost", "cross_entropy")
    wires += [
        Wire(Pin(last, "y"), Pin("cost", "prediction")),
        Wire(Pin("y", "y"), Pin("cost", "target")),
    ]
    return Diagram(blocks, tuple(wires), recipe=Frozen(dtype="float64", seed=0))


def _after(diagram: Diagram, *edits: Edit) -> Diagram:
    for edit in edits:
        diagram = edit.apply(diagram)
    return diagram


def _compiled(diagram: Diagram, keep: Program | None = None) -> Program:
    return gb.compile(diagram, shapes=SHAPES, keep=keep)


def _loss(program: Program) -> float:
    return float(program.loss(x=X, y=Y).detach())


def test_a_muted_function_gives_what_enters_it() -> None:
    whole = _drawn(["linear1", "tanh1", "linear2"])
    muted = _compiled(SetMuted(("tanh1",), True).apply(whole))
    by_hand = _compiled(_drawn(["linear1", "linear2"]))
    assert _loss(muted) == _loss(by_hand) != _loss(_compiled(whole))
    assert not muted.report.problems
    assert muted.report.shapes[Pin("tanh1", "y")] == muted.report.shapes[Pin("linear1", "y")]
    for program in (muted, by_hand):
        program.loss(x=X, y=Y).backward()
    for name, weight in by_hand.parameters.items():
        assert torch.equal(muted.parameters[name].grad, weight.grad)  # type: ignore[arg-type]


def test_several_in_a_row_and_a_fork() -> None:
    whole = _drawn(["linear1", "tanh1", "relu1", "linear2"], l21="relu1")
    muted = _compiled(SetMuted(("tanh1", "relu1"), True).apply(whole))
    by_hand = _compiled(_drawn(["linear1", "linear2"], l21="linear1"))
    assert _loss(muted) == _loss(by_hand)
    assert muted.energies(x=X, y=Y).keys() == {"cost", "l21"}


def test_a_muted_cost_counts_nothing() -> None:
    whole = _drawn(["linear1"], l21="linear1")
    muted = _compiled(SetMuted(("l21",), True).apply(whole))
    assert muted.costs == ("cost",) and _loss(muted) == _loss(_compiled(_drawn(["linear1"])))
    idle = _compiled(SetMuted(("cost", "l21"), True).apply(whole))
    assert idle.costs == () and not idle.report.trainable


def test_a_merge_goes_on_with_its_first_input() -> None:
    whole = _drawn(["linear1", "linear2"])
    wires = [w for w in whole.wires if w.source.block != "linear2"]
    wires += [
        Wire(Pin("linear2", "y"), Pin("add1", "z2")),
        Wire(Pin("linear1", "y"), Pin("add1", "z1")),
        Wire(Pin("add1", "y"), Pin("cost", "prediction")),
    ]
    whole = whole.with_(blocks={**whole.blocks, "add1": Block("add1", "sum")}, wires=tuple(wires))
    muted = _compiled(SetMuted(("add1",), True).apply(whole))
    assert _loss(muted) == _loss(_compiled(_drawn(["linear1"])))


def test_shapes_that_do_not_fit_are_told_at_the_next_block() -> None:
    whole = _drawn(["linear1", "conv2d1", "linear2"])
    muted = SetMuted(("linear1",), True).apply(whole)
    problems = _compiled(muted).report.problems
    assert problems and {p.block for p in problems} == {"conv2d1"}
    open_end = _drawn(["relu1", "linear1"])
    open_end = open_end.with_(wires=open_end.wires[1:])
    problems = _compiled(SetMuted(("relu1",), True).apply(open_end)).report.problems
    assert "linear1.z" in {p.where for p in problems}


def test_variables_and_delays_are_not_left_out() -> None:
    whole = _drawn(["linear1"]).with_(
        blocks={**_drawn(["linear1"]).blocks, "d": Block("d", "delay")}
    )
    assert not any(can_mute(whole, whole.blocks[n]) for n in ("x", "y", "d"))
    assert all(can_mute(whole, whole.blocks[n]) for n in ("linear1", "cost"))
    muted = SetMuted(("x", "y"), True).apply(_drawn(["linear1"]))
    assert _loss(_compiled(muted)) == _loss(_compiled(_drawn(["linear1"])))


def test_an_unknown_kind_that_is_muted_lets_the_rest_run() -> None:
    whole = _drawn(["linear1", "warp1", "linear2"])
    assert not _compiled(whole).report.trainable
    muted = _compiled(SetMuted(("warp1",), True).apply(whole))
    assert _loss(muted) == _loss(_compiled(_drawn(["linear1", "linear2"])))


def test_a_muted_part_is_passed_by() -> None:
    whole = _drawn(["linear1", "tanh1", "linear3", "linear2"])
    grouped = Group(("tanh1", "linear3"), "stage").apply(whole)
    muted = SetMuted(("stage1",), True).apply(grouped)
    program = _compiled(muted)
    assert _loss(program) == _loss(_compiled(_drawn(["linear1", "linear2"])))
    assert program.report.shapes[Pin("stage1", "y")] == (-1, 4)
    assert "stage1/linear3" not in program.report.counts
    inside = Group(("tanh1", "linear3"), "stage").apply(whole)
    part = SetMuted(("tanh1",), True).apply(inside.parts["stage"])
    inside = inside.with_(parts={"stage": part})
    by_hand = _drawn(["linear1", "linear3", "linear2"])
    by_hand = Group(("linear3",), "stage").apply(by_hand)
    assert _loss(_compiled(inside)) == _loss(_compiled(by_hand))


def test_every_drawn_wire_knows_what_it_carries() -> None:
    diagram = SetMuted(("tanh1", "relu1"), True).apply(
        _drawn(["linear1", "tanh1", "relu1", "linear2"])
    )
    flat = expanded(diagram)
    carrier = Wire(Pin("linear1", "y"), Pin("linear2", "z"))
    for wire in diagram.wires[1:4]:
        assert flat.wires["", wire] == (carrier,)
    assert flat.sources[Pin("relu1", "y")] == Pin("linear1", "y")
    run = Run(gb.compile(diagram.with_recipe({"data": "blobs", "batch": 8})))
    seen = Level(flat, "").snapshot(run.watch())
    flows = [seen.flows[w] for w in diagram.wires[1:4]]
    assert flows[0] == flows[1] == flows[2] and flows[0].gradient > 0


def test_weights_are_kept_for_when_it_is_unmuted() -> None:
    whole = _drawn(["linear1", "linear3", "linear2"])
    first = _compiled(whole)
    with torch.no_grad():
        first.parameters["linear3.weight"].fill_(0.25)
    wanted = _loss(first)
    muted = _compiled(SetMuted(("linear3",), True).apply(whole), keep=first)
    assert "linear3.weight" not in muted.parameters and _loss(muted) != wanted
    again = _compiled(whole, keep=muted)
    assert _loss(again) == wanted
    assert torch.equal(again.parameters["linear3.weight"], torch.full((4, 4), 0.25).double())


@pytest.mark.parametrize("lender", ["linear1", "linear2"])
def test_weights_that_are_shared_outlive_a_muted_lender(lender: str) -> None:
    borrower = {"linear1": "linear2", "linear2": "linear1"}[lender]
    whole = _after(_drawn(["linear3", "linear1", "linear2"]), SetShares(borrower, lender))
    first = _compiled(whole)
    with torch.no_grad():
        first.parameters[f"{lender}.weight"].fill_(0.5)
    muted = _compiled(SetMuted((lender,), True).apply(whole), keep=first)
    assert torch.equal(muted.parameters[f"{lender}.weight"], torch.full((4, 4), 0.5).double())
    again = _compiled(whole, keep=muted)
    assert _loss(again) == _loss(first)
