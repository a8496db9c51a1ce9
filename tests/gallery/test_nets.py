"""Traditional nets: what the systems of the lectures must show."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
import torch

import gradboard as gb
from app.gallery.pages import nets
from graph.diagram import Diagram, Pin
from runtime.checks import check_gradients
from runtime.probe import Watched, watch
from runtime.program import Program
from runtime.run import Run
from runtime.samples import values_at
from tests.gallery.numbers import changed, fresh_accuracy, held_out, opened, trained

Array = np.ndarray

# --- block-net: gradients of states and weights ------------------------------------------------------------------


def weights_of(program: Program) -> dict[str, Array]:
    return {n: p.detach().numpy().copy() for n, p in program.parameters.items()}


def tail(w: Mapping[str, Array], start: str, value: Array, y: Array) -> float:
    """The loss of the block net from one of its variables on, written out in numpy."""
    layers: list[tuple[str, Callable[[Array], Array]]] = [
        (f"{kind}{n}.y", step)
        for n in (1, 2, 3)
        for kind, step in (
            ("linear", lambda z, n=n: z @ w[f"linear{n}.weight"].T + w[f"linear{n}.bias"]),
            ("tanh", np.tanh),
        )
    ]
    names = ["x.y", *(name for name, _ in layers)]
    for _, step in layers[names.index(start) : 5]:
        value = step(value)
    shifted = value - value.max(axis=1, keepdims=True)
    return float(
        np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y.astype(int)])
    )


def slopes(f: Callable[[Array], float], at: Array, step: float = 1e-6) -> Array:
    """Central differences of f, entry by entry."""
    found = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        there = at.copy()
        there[place] += step
        found[place] = f(there)
        there[place] -= 2 * step
        found[place] = (found[place] - f(there)) / (2 * step)
    return found


def seen(name: str, samples: int) -> tuple[Run, Watched, dict[str, torch.Tensor]]:
    """A run in float64 and what one watched pass over its first samples shows."""
    run = opened(name, dtype="float64")
    part = {n: v[:samples] for n, v in run.batches.part("training").items()}
    return run, watch(run.program, [part[n] for n in run.program.inputs]), part


def test_block_net_shows_the_gradient_of_every_state() -> None:
    run, watched, part = seen("block-net", 5)
    w, y = weights_of(run.program), part["y"].numpy()
    variables = [pin for pin in watched.variables if pin.block != "y"]
    assert len(variables) == 6  # x, s₁, z₁, s₂, z₂, ȳ
    for pin in variables:
        value, gradient = watched.variables[pin], watched.variable_gradients[pin]
        assert gradient is not None
        by_differences = slopes(lambda v, pin=pin: tail(w, str(pin), v, y), value.numpy())
        np.testing.assert_allclose(gradient, by_differences, atol=1e-9)


def test_block_net_shows_the_gradient_of_every_weight() -> None:
    run, watched, part = seen("block-net", 5)
    w, x, y = weights_of(run.program), part["x"].numpy(), part["y"].numpy()
    assert len(w) == 6
    for name in w:

        def loss(value: Array, name: str = name) -> float:
            return tail({**w, name: value}, "x.y", x, y)

        gradient = watched.gradients[name]
        assert gradient is not None
        np.testing.assert_allclose(gradient, slopes(loss, w[name]), atol=1e-9)


def test_block_net_and_a_net_of_pytorch_agree() -> None:
    run, watched, part = seen("block-net", 32)
    net = torch.nn.Sequential(
        torch.nn.Linear(2, 8),
        torch.nn.Tanh(),
        torch.nn.Linear(8, 8),
        torch.nn.Tanh(),
        torch.nn.Linear(8, 2),
    ).double()
    theirs = dict(zip(net.state_dict(), run.program.parameters, strict=True))
    net.load_state_dict({n: run.program.parameters[ours] for n, ours in theirs.items()})
    states = [part["x"]]
    for layer in net:
        states.append(layer(states[-1]))
        states[-1].retain_grad()
    torch.nn.functional.cross_entropy(states[-1], part["y"]).backward()
    for name, parameter in net.named_parameters():
        torch.testing.assert_close(watched.gradients[theirs[name]], parameter.grad)
    blocks = ("linear1", "tanh1", "linear2", "tanh2", "linear3")
    for block, state in zip(blocks, states[1:], strict=True):
        torch.testing.assert_close(watched.variable_gradients[Pin(block, "y")], state.grad)
        for wire, gradient in watched.wire_gradients.items():
            if wire.source.block == block:
                torch.testing.assert_close(gradient, state.grad)


def test_block_net_passes_the_gradient_check() -> None:
    run = opened("block-net")
    check = check_gradients(run.program, run.batches.part("training"))
    assert check.ok and len(check.differences) == 7  # five functions, the cost, the whole


# --- one-one-one: its surface -------------------------------------------------------------------------------------


def surface(program: Program, w0: float, w1: float) -> float:
    program.load({"linear1.weight": np.array([[w0]]), "linear2.weight": np.array([[w1]])})
    samples = np.array([[0.5], [-0.5]])
    return program.loss(x=samples, y=samples).item()


def test_one_one_one_has_two_valleys_and_a_saddle_at_0() -> None:
    from scipy.ndimage import label

    program = opened("one-one-one", dtype="float64").program
    axis = np.linspace(-4, 4, 81)
    found = np.array([[surface(program, w0, w1) for w1 in axis] for w0 in axis])
    exact = (0.5 - np.tanh(axis[None] * np.tanh(0.5 * axis[:, None]))) ** 2
    np.testing.assert_allclose(found, exact, atol=1e-12)

    valleys, count = label(found < 0.01)
    assert count == 2
    signs = {(np.sign(axis[i]), np.sign(axis[j])) for i, j in np.argwhere(valleys)}
    assert signs == {(1.0, 1.0), (-1.0, -1.0)}

    h = 1e-3
    at = partial(surface, program)
    slope = [(at(h, 0) - at(-h, 0)) / (2 * h), (at(0, h) - at(0, -h)) / (2 * h)]
    np.testing.assert_allclose(slope, 0, atol=1e-9)
    mixed = (at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h)
    straight = [(at(h, 0) - 2 * at(0, 0) + at(-h, 0)), (at(0, h) - 2 * at(0, 0) + at(0, -h))]
    bends = np.array([[straight[0] / h**2, mixed], [mixed, straight[1] / h**2]])
    low, high = np.linalg.eigvalsh(bends)
    assert low < -0.4 and high > 0.4  # a saddle: down along w₀ = w₁, up across; exactly ∓1/2


def test_one_one_one_descends_from_the_saddle_into_a_valley() -> None:
    run = opened("one-one-one")
    path = [[float(p.detach()) for p in run.program.parameters.values()]]
    losses = []
    for _ in range(run.recipe.epochs):
        losses.append(run.step())
        path.append([float(p.detach()) for p in run.program.parameters.values()])
    assert max(map(abs, path[0])) < 0.3 and losses[0] > 0.2
    assert np.all(np.diff(losses) < 1e-7)  # rounding at the very end
    assert losses[-1] < 1e-6 and path[-1][0] * path[-1][1] > 1


# --- spirals, xor -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["spiral-linear", "spiral-five-linear"])
def test_a_linear_layer_stalls_on_a_spiral(name: str) -> None:
    assert 0.4 < fresh_accuracy(trained(name)) < 0.55


@pytest.mark.parametrize("name", ["spiral-mlp", "spiral-five-mlp"])
def test_a_hidden_layer_passes_94_per_cent_on_a_spiral(name: str) -> None:
    assert fresh_accuracy(trained(name)) > 0.94


def test_planes_bent_four_times_are_cut_by_straight_lines() -> None:
    from sklearn.linear_model import LogisticRegression

    result = trained("spiral-warp")
    assert result.metrics["training"]["accuracy"] > 0.9 and fresh_accuracy(result) > 0.9
    run, pin = result.run, Pin("tanh4", "y")
    rows = run.batches.rows("training")
    x, y = run.data.fields["x"][rows], run.data.fields["y"][rows]
    z = values_at(run, pin, run.batches.at(rows)).numpy()
    assert z.shape == (len(rows), 2)
    lines = LogisticRegression(C=1e4, max_iter=5_000)
    assert lines.fit(z, y).score(z, y) > 0.9, "straight lines part the arms in the last plane"
    assert lines.fit(x, y).score(x, y) < 0.6, "and do not in the first"


def test_xor_is_solved() -> None:
    assert fresh_accuracy(trained("xor")) > 0.95


def test_no_line_solves_xor() -> None:
    s = gb.Sketch()
    x, y = s.observed("x"), s.observed("y")
    s.cross_entropy(s.linear(s.linear(x, units=4), units=2), y)
    without_tanh = s.diagram(**changed("xor").recipe)
    assert gb.train(without_tanh).metrics["training"]["accuracy"] < 0.8


# --- regression ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["regression-relu", "regression-tanh"])
def test_the_fit_comes_near_the_noise(name: str) -> None:
    result = trained(name)
    x = np.linspace(-0.9, 0.9, 50)[:, None]
    fit = result.program.predict(x=x)["ȳ"].numpy()
    assert np.sqrt(np.mean((fit - x**3) ** 2)) < 0.06  # the noise is 0.1
    assert result.metrics["training"]["loss"] < 0.012


def test_relu_goes_straight_on_and_tanh_levels_off() -> None:
    far = np.array([[5.0], [6.0], [50.0], [51.0]])
    for name, share in (("regression-relu", 1.0), ("regression-tanh", 0.0)):
        fit = trained(name).program.predict(x=far)["ȳ"].numpy()[:, 0]
        assert fit[3] - fit[2] == pytest.approx(share * (fit[1] - fit[0]), abs=0.02)
        assert abs(fit[1] - fit[0]) > 0.03


def test_an_ensemble_spreads_where_there_are_no_data() -> None:
    program = trained("regression-ensemble").program
    x = np.linspace(-3.0, 3.0, 121)[:, None]
    fits = np.stack([fit.numpy()[:, 0] for fit in program.predict(x=x).values()])
    assert fits.shape == (5, 121)
    spread = fits.std(axis=0)
    inside, outside = np.abs(x[:, 0]) <= 0.9, np.abs(x[:, 0]) >= 2.0
    assert spread[outside].min() > 5 * spread[inside].mean()


def test_members_of_an_ensemble_may_as_well_be_runs_with_other_seeds() -> None:
    fits = []
    for seed in range(5):
        program = gb.train(changed("regression-tanh"), seed=seed, epochs=300).program
        fits.append(program.predict(x=np.array([[0.3], [3.0]]))["ȳ"].numpy()[:, 0])
    near, far = np.std(fits, axis=0)
    assert far > 2 * near


# --- the two nets of the tutorial ---------------------------------------------------------------------------------


def test_svhn_two_layer_has_the_weights_of_the_tutorial() -> None:
    program = gb.compile(
        changed("svhn-two-layer"), shapes={"x": (3, 32, 32), "y": ()}, device="meta"
    )
    counts = program.report.counts
    assert counts["linear1"].weights == 3072 * 1500 + 1500
    assert counts["linear2"].weights == 1500 * 10 + 10
    assert program.report.total.weights == 4_624_510
    assert program.report.total.macs == 3072 * 1500 + 1500 * 10


def test_svhn_two_layer_trains_on_pictures_of_that_shape() -> None:
    run = opened("svhn-two-layer")
    before = run.evaluate("training", most=200)["loss"]
    for _ in range(30):
        run.step()
    assert run.evaluate("training", most=200)["loss"] < 0.6 * before


@pytest.mark.slow
def test_svhn_two_layer_learns_its_pictures_by_heart_and_does_better_than_chance_on_others() -> (
    None
):
    result = trained("svhn-two-layer")
    assert result.metrics["training"]["accuracy"] > 0.9
    assert held_out(result) > 0.4  # chance is 1/3


@pytest.mark.parametrize("layers", range(1, 13))
def test_acoustic_net_is_counted_without_being_built(layers: int) -> None:
    program = gb.compile(nets.acoustic_net(layers), shapes={"x": (1040,), "y": ()}, device="meta")
    sizes = [1040, *[2560] * layers, 8000]
    weights = sum((n + 1) * m for n, m in pairwise(sizes))
    assert program.report.total.weights == weights
    assert program.report.total.macs == sum(n * m for n, m in pairwise(sizes))
    assert all(p.is_meta for p in program.parameters.values())


def test_acoustic_net_learns_in_minibatches_of_40_with_a_rate_that_falls() -> None:
    run = opened("acoustic-net")
    before = run.evaluate("training", most=80)["loss"]
    rates = []
    for _ in range(3):
        run.step()
        rates.append(run.rate)
    assert run.batches.size == 40 and rates == [0.1] * 3
    assert run.evaluate("training", most=80)["loss"] < before
    steps = np.arange(0, 500, 50)
    found = [run.recipe.rate * run.recipe.timing.factor(int(t)) for t in steps]
    np.testing.assert_allclose(found, 0.1 / np.maximum(1, steps / 50))


@pytest.mark.slow
def test_acoustic_net_tells_clouds_apart() -> None:
    assert held_out(trained("acoustic-net")) > 0.3  # chance is 0.02


# --- parity -------------------------------------------------------------------------------------------------------


def units(diagram: Diagram, bits: int) -> int:
    """Units of all weighted sums of a diagram, as they are counted when nothing is allocated."""
    program = gb.compile(diagram, shapes={"x": (bits,), "y": ()}, device="meta")
    assert program.report.problems == ()
    return sum(p.shape[0] for name, p in program.parameters.items() if name.endswith(".weight"))


@pytest.mark.parametrize("bits", [2, 4, 8, 16])
def test_parity_costs_a_tree_few_units_and_two_layers_exponentially_many(bits: int) -> None:
    assert units(nets.parity_tree(bits), bits) == 5 * (bits - 1)
    assert units(nets.parity_two_layers(bits), bits) == 2 ** (bits - 1) + 1


@pytest.mark.parametrize("name", ["parity-tree", "parity-two-layers"])
def test_parity_of_four_bits_is_learned(name: str) -> None:
    result = trained(name)
    assert result.metrics["training"]["accuracy"] == 1.0
    part = result.run.batches.part("training")
    assert len(part["x"]) == 16
    answer = result.program.predict(x=part["x"])["ȳ"].numpy()[:, 0]
    np.testing.assert_array_equal(answer > 0.5, part["x"].numpy().sum(axis=1) % 2 == 1)


def test_two_layers_can_hold_the_parity_of_eight_bits_with_a_unit_for_each_odd_pattern() -> None:
    bits = 8
    program = gb.compile(nets.parity_two_layers(bits))
    patterns = (np.arange(2**bits)[:, None] >> np.arange(bits)) & 1
    odd = patterns[patterns.sum(axis=1) % 2 == 1]
    weights = 20.0 * (2 * odd - 1)  # 20 at its own pattern's last bit, at most −20 elsewhere
    weights_and_biases = {
        "linear1.weight": weights,
        "linear1.bias": 10.0 - 20.0 * odd.sum(axis=1),
        "linear2.weight": 20.0 * np.ones((1, len(odd))),
        "linear2.bias": np.array([-10.0]),
    }
    assert program.load(weights_and_biases) == []
    answer = program.predict(x=patterns.astype(float))["ȳ"].numpy()[:, 0]
    np.testing.assert_allclose(answer, patterns.sum(axis=1) % 2, atol=1e-3)


# --- jacobian-chain -----------------------------------------------------------------------------------------------


def test_a_gradient_is_the_next_one_times_the_jacobian_between() -> None:
    run, watched, _ = seen("jacobian-chain", 1)
    chain = ["x", "linear1", "tanh1", "linear2", "tanh2", "linear3"]
    for f, g in pairwise(chain):
        value = watched.variables[Pin(f, "y")]
        by_f = watched.variable_gradients[Pin(f, "y")]  # [1 × d_f]
        by_g = watched.variable_gradients[Pin(g, "y")]  # [1 × d_g]
        jacobian = torch.autograd.functional.jacobian(run.program.stages[g].op, value)
        assert by_f is not None and by_g is not None
        jacobian = jacobian.reshape(by_g.shape[1], by_f.shape[1])  # [d_g × d_f]
        torch.testing.assert_close(by_f, by_g @ jacobian, rtol=1e-12, atol=1e-15)


def test_the_whole_chain_is_a_product_of_jacobians() -> None:
    run, watched, _ = seen("jacobian-chain", 1)
    w = weights_of(run.program)
    product = np.eye(2)
    for n in (1, 2):
        z = watched.variables[Pin(f"tanh{n}", "y")].numpy()[0]
        product = np.diag(1 - z**2) @ w[f"linear{n}.weight"] @ product
    y = watched.variables[Pin("y", "y")].numpy()
    answer = watched.variables[Pin("linear3", "y")].numpy()
    by_x = -2 * (y - answer) @ w["linear3.weight"] @ product
    found = watched.variable_gradients[Pin("x", "y")]
    assert found is not None
    np.testing.assert_allclose(found, by_x, rtol=1e-12)
