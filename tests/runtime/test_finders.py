"""Finders tell what makes a diagram ill, with its numbers, and are silent about healthy ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from app import gallery
from graph.diagram import Diagram
from graph.files import load
from nodes.functions.nonlinearity import Tanh
from nodes.sketch import Sketch
from runtime import messages as m
from runtime.figures.findings import Finding, Findings
from runtime.finders import FINDERS, findings, flow, labels, rates, start, units
from runtime.finders.case import Case, NotLooked
from runtime.nonfinite import birthplace
from runtime.random_state import aside
from runtime.run import Run
from runtime.snapshot import Ask
from runtime.train import start as run_of
from tests.runtime.conftest import classifier
from tests.runtime.test_checks import wrong_tanh
from tests.runtime.test_engine import Desk

SMALL = ("spiral-mlp", "linear-regression", "xor")
OTHERS = (
    *("softmax-regression", "one-one-one", "lenet-1990", "averaged-sgd", "gate", "siamese"),
    *("regression-tanh", "thirty-layers-he", "residual-net", "parity-two-layers", "attention"),
)


def found_by(finder: Any, run: Run) -> list[Finding]:
    return [given for given in finder(Case(run)) if given is not None]


def only(finder: Any, run: Run) -> Finding:
    (found,) = found_by(finder, run)
    return found


def whole(run: Run) -> Findings:
    last = Findings(0)
    for _, last in findings(run, Ask("findings")):  # noqa: B007
        pass
    return last


def net(kind: str = "relu", units: int = 20, data: Any = "spiral", **recipe: Any) -> Diagram:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    hidden = getattr(s, kind)(s.linear(x, units=units))
    s.cross_entropy(s.linear(hidden, units=3), y)
    return s.diagram(**{"data": data, "batch": 32, "seed": 1, "optimizer": "adam", **recipe})


def clouds(*, columns: int = 2, count: int = 300, offset: float = 0.0) -> dict[str, Any]:
    """Three clouds of points that a straight line tells apart."""
    random = np.random.default_rng(4)
    y = random.permutation(np.arange(count) % 3)
    x = random.normal(size=(count, columns)) * 0.3
    x[:, 0] += y - 1.0
    return {"x": (x + offset).tolist(), "y": y.tolist()}


# --- healthy ones --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [*SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]
)
def test_of_a_healthy_diagram_nothing_is_found_before_training(name: str) -> None:
    file = gallery.path(name)
    told = whole(run_of(load(file), folder=str(file.parent)))
    assert told.found == ()
    assert {*told.checked} | {t.partition(":")[0] for t in told.left_out} == {*FINDERS}


@pytest.mark.parametrize("name", ["spiral-mlp", "linear-regression"])
def test_nor_after_it(name: str) -> None:
    file = gallery.path(name)
    run = run_of(load(file), folder=str(file.parent))
    for _ in range(300):
        run.step()
    told = whole(run)
    assert told.found == () and told.step == 300


def test_the_run_that_is_examined_notices_nothing() -> None:
    alone, beside = run_of(classifier()), run_of(classifier())
    job = findings(beside, Ask("findings"))
    for _ in range(40):
        with aside():  # as jobs are worked on
            next(job, None)
        assert alone.step() == beside.step()
    one, other = alone.state(), beside.state()
    assert all(torch.equal(v, other["weights"][n]) for n, v in one["weights"].items())


# --- the rate ----------------------------------------------------------------------------------------------------


def test_a_rate_that_is_too_large() -> None:
    run = run_of(net(rate=30.0, optimizer="sgd"))
    told = only(rates.rate, run)
    assert "too large" in told.text and told.where == "recipe.rate"
    better = told.edit.apply(run.program.diagram).recipe["rate"]  # type: ignore[union-attr]
    assert 0 < better < 30.0 and f"{better:.3g}" in told.evidence
    ours, theirs = (trace.values for trace in told.traces)
    again = run_of(net(rate=better, optimizer="sgd"))  # the pale curve is what that rate gives
    assert [again.step() for _ in range(20)] == pytest.approx(theirs[:20].tolist())
    assert ours[-1] > ours[0] or len(ours) < len(theirs)


def test_a_rate_that_is_too_small() -> None:
    told = only(rates.rate, run_of(net(rate=1e-6, epochs=20)))
    assert "too small" in told.text
    assert told.edit.apply(net()).recipe["rate"] > 1e-6  # type: ignore[union-attr]


@pytest.mark.parametrize(("rate", "what"), [(1e6, "too large"), (1e-7, "too small")])
def test_a_rate_that_is_out_of_all_proportion(rate: float, what: str) -> None:
    told = only(rates.rate, run_of(net("tanh", rate=rate, optimizer="sgd")))
    assert what in told.text
    better = told.edit.apply(net()).recipe["rate"]  # type: ignore[union-attr]
    assert 1e-3 < better < 30.0
    again = run_of(net("tanh", rate=better, optimizer="sgd"))
    losses = [again.step() for _ in range(100)]
    assert np.mean(losses[-10:]) < 0.95 * np.mean(losses[:3])


def test_a_rate_of_zero() -> None:
    assert only(rates.rate, run_of(net(rate=0.0))).text.startswith("The rate is 0")


def test_inputs_far_from_zero() -> None:
    run = run_of(net("tanh", data=clouds(offset=40.0), rate=0.01))
    told = only(rates.inputs, run)
    values = run.data.fields["x"][run.batches.parts.training]
    worst = (np.abs(values.mean(0)) / values.std(0)).argmax()
    assert f"mean {values.mean(0)[worst]:.3g}" in told.evidence
    assert told.edit.apply(run.program.diagram).recipe["normalize"] is True  # type: ignore[union-attr]
    assert not found_by(rates.inputs, run_of(net("tanh", data=clouds(), rate=0.01)))


# --- units and gradients -----------------------------------------------------------------------------------------


def test_dead_units_are_counted() -> None:
    run = run_of(net(units=20))
    with torch.no_grad():
        run.program.parameters["linear1.bias"][:13] = -1000.0
    told = only(units.dead, run)
    x = run.batches.part("training", 512)["x"]
    weights, bias = (run.program.parameters[f"linear1.{n}"] for n in ("weight", "bias"))
    count = int((x @ weights.T + bias <= 0).all(0).sum())
    assert told.where == "relu1" and f"{count} of 20" in told.text and 13 <= count < 20
    with torch.no_grad():
        run.program.parameters["linear1.bias"][4:13] = 5.0
    assert not found_by(units.dead, run)


def test_saturated_units() -> None:
    run = run_of(net("tanh"))
    assert not found_by(units.saturated, run)
    with torch.no_grad():
        run.program.parameters["linear1.weight"] *= 500
    told = only(units.saturated, run)
    x = run.batches.part("training", 512)["x"]
    weights, bias = (run.program.parameters[f"linear1.{n}"] for n in ("weight", "bias"))
    share = float((torch.tanh(x @ weights.T + bias).abs() > 0.96).float().mean())
    assert told.where == "tanh1" and told.evidence.startswith(f"{share:.0%}")


@pytest.mark.parametrize(("scale", "what"), [(0.05, "vanish"), (20.0, "explode")])
def test_gradients_that_vanish_or_explode(scale: float, what: str) -> None:
    s = Sketch()
    x = s.observed("x")
    z = x
    for _ in range(8):
        z = s.linear(z, units=10)
    s.squared_error(s.linear(z, units=2), x)
    run = run_of(s.diagram(data="spiral", batch=32, dtype="float64"))
    with torch.no_grad():
        for name, weights in run.program.parameters.items():
            if name.endswith("weight"):
                weights *= scale
    told = only(flow.ratio, run)
    assert told.where == "linear1" and what in told.text and len(told.traces[0].values) == 9


def test_weights_that_are_frozen() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    hidden = s.relu(s.linear(x, units=500, freeze=True))
    s.cross_entropy(s.bias(s.linear(hidden, units=3, freeze=True)), y)
    told = only(flow.unmoved, run_of(s.diagram(data="spiral")))
    assert "only 3 of" in told.text and "linear1" in told.evidence


def test_a_wrong_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not found_by(flow.gradients, run_of(classifier()))
    monkeypatch.setattr(Tanh, "build", lambda self, z: wrong_tanh)
    told = only(flow.gradients, run_of(classifier()))
    assert told.where == "tanh1" and "tanh1" in told.text


# --- data --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("targets", ["classes", "numbers"])
def test_answers_that_are_shuffled(targets: str) -> None:
    given = clouds()
    y = np.array(given["y"])
    mixed = np.random.default_rng(7).permutation(y)

    def run(answers: np.ndarray) -> Run:
        if targets == "classes":
            return run_of(net(data={"x": given["x"], "y": answers.tolist()}))
        s = Sketch()
        x, y = s.observed("x"), s.observed("y")
        s.squared_error(s.linear(s.tanh(s.linear(x, units=10)), units=1), y)
        numbers = (answers[:, None] * 1.5 + 0.25).tolist()
        return run_of(s.diagram(data={"x": given["x"], "y": numbers}))

    assert not found_by(labels.unrelated, run(y))
    assert "nothing to do with the inputs" in only(labels.unrelated, run(mixed)).text


def test_parity_is_related_though_neighbours_disagree() -> None:
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    data = {"x": (2.0 * bits - 1).tolist(), "y": (bits.sum(1) % 2).tolist()}
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=16)), units=2), y)
    run = run_of(s.diagram(data=data, validation=0.0, test=0.0))
    assert not found_by(labels.unrelated, run)


def test_one_class_that_drowns_the_others() -> None:
    random = np.random.default_rng(2)
    y = (np.arange(200) % 20 == 0).astype(int) * 2
    data = {"x": random.normal(size=(200, 2)).tolist(), "y": y.tolist()}
    run = run_of(net(data=data, rate=0.01))
    for _ in range(60):
        run.step()
    told = only(labels.unbalanced, run)
    assert "95%" in told.text


def test_samples_sorted_by_class() -> None:
    given = clouds()
    order = np.argsort(given["y"], kind="stable")
    data = {"x": np.array(given["x"])[order].tolist(), "y": np.array(given["y"])[order].tolist()}
    told = only(labels.order, run_of(net(data=data, shuffle=False)))
    assert told.edit.apply(net(shuffle=False)).recipe["shuffle"] is True  # type: ignore[union-attr]
    assert not found_by(labels.order, run_of(net(data=data)))
    assert not found_by(labels.order, run_of(net(data=given, shuffle=False)))


# --- the first weights -------------------------------------------------------------------------------------------


def test_a_first_loss_far_above_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not found_by(start.chance, run_of(net()))
    case = Case(run_of(net()))
    with torch.no_grad():
        case.fresh.program.parameters["linear2.weight"] *= 200
    (told,) = [given for given in start.chance(case) if given is not None]
    part = case.part
    scores = case.fresh.program.predict(x=part["x"])["ȳ"]
    loss = float(torch.nn.functional.cross_entropy(scores, part["y"]))
    assert f"{loss:.3g}" in told.text and f"{math.log(3):.3g}" in told.text


def test_what_cannot_learn_eight_samples_by_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "SECONDS", math.inf)  # a busy machine gives up before
    assert not found_by(start.memory, run_of(net(rate=0.01)))
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.relu(s.linear(x, units=50)), units=3), y)
    s.l2(weight=100.0)
    told = only(start.memory, run_of(s.diagram(data="spiral", optimizer="adam", rate=0.01)))
    assert "8 samples" in told.text and len(told.traces[0].values) == start.STEPS


def test_what_has_too_few_weights_is_not_judged_by_its_memory() -> None:
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(x, units=3), y)
    with pytest.raises(NotLooked, match="too few weights"):
        found_by(start.memory, run_of(s.diagram(data="spiral")))


def test_values_that_are_no_numbers_are_told_where_they_are_born_and_nothing_else_is_blamed() -> (
    None
):
    s = Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.log(s.linear(x, units=10)), units=3), y)
    run = run_of(s.diagram(data="spiral", seed=1))
    told = whole(run)
    (found,) = told.found
    assert found.where == "log1" and "not a number" in found.text
    part = run.batches.part("training", 512)["x"]
    weights, bias = (run.program.parameters[f"linear1.{n}"] for n in ("weight", "bias"))
    entering = (part @ weights.T + bias).detach()
    assert f"between {float(entering.min()):.3g} and {float(entering.max()):.3g}" in found.text
    assert "rate" not in found.advice
    assert any(text.startswith("gradients against central differences") for text in told.left_out)


# --- in the engine -----------------------------------------------------------------------------------------------


def test_the_engine_looks_beside_the_training_and_tells_what_it_finds() -> None:
    desk = Desk()
    desk.give(m.SetDiagram(1, net(rate=30.0, optimizer="sgd")), m.StartJob(Ask("findings")))
    while desk.engine.busy:
        desk.work()
    told = [t for t in desk.said if isinstance(t, m.Computed)]
    assert told[-1].over and told[-1].share == 1.0
    assert isinstance(told[-1].figure, Findings)
    assert told[-1].figure.found[0].kind == "rate"
    assert desk.engine.trainer.run is not None and desk.engine.trainer.run.step_count == 0


def test_what_is_not_finite_is_told_with_the_wire_that_carries_it() -> None:
    run = run_of(net())
    with torch.no_grad():
        run.program.parameters["linear1.weight"].fill_(1e38)
        run.program.parameters["linear1.bias"].fill_(3e38)
    problem = birthplace(run.program, run.inputs_of(run.batches.next()), 7)
    assert problem.block == "linear1" and "on the wire to relu1.z" in str(problem)
