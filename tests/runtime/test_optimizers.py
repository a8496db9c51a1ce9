"""Every optimizer against its update rule, written out in numpy and float64."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from graph.settings import SettingError, read_settings, settings_of
from runtime.optimizers import Optimizer, catalogue

START = np.array([0.5, -1.5, 2.0])
RATE = 0.03
STEPS = 4


def gradient_of(w: np.ndarray) -> np.ndarray:
    """∂/∂w of Σ (a w² / 2 + b sin w): different along every axis, so that no two rules agree by chance."""
    return np.array([1.0, 4.0, 0.25]) * w + np.array([0.3, -0.7, 0.1]) * np.cos(w)


def by_torch(method: Optimizer) -> np.ndarray:
    import torch

    w = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = method.build([w], RATE)
    for _ in range(STEPS):
        w.grad = torch.tensor(gradient_of(w.detach().numpy()))
        optimizer.step()
    return w.detach().numpy()


def sgd(momentum: float = 0.0, nesterov: bool = False, weight_decay: float = 0.0) -> np.ndarray:
    w, v = START.copy(), np.zeros(3)
    for _ in range(STEPS):
        g = gradient_of(w) + weight_decay * w
        v = momentum * v + g
        w = w - RATE * (g + momentum * v if nesterov else v)
    return w


def adam(
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    weight_decay: float = 0.0,
    amsgrad: bool = False,
    decoupled: bool = False,
) -> np.ndarray:
    w, m, v, largest = START.copy(), np.zeros(3), np.zeros(3), np.zeros(3)
    for t in range(1, STEPS + 1):
        g = gradient_of(w)
        if decoupled:
            w = w - RATE * weight_decay * w
        else:
            g = g + weight_decay * w
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        largest = np.maximum(largest, v)
        second = (largest if amsgrad else v) / (1 - beta2**t)
        w = w - RATE * (m / (1 - beta1**t)) / (np.sqrt(second) + epsilon)
    return w


def adamw(weight_decay: float = 1e-2, **settings: float) -> np.ndarray:
    return adam(weight_decay=weight_decay, decoupled=True, **settings)  # type: ignore[arg-type]


def rmsprop(
    alpha: float = 0.99,
    epsilon: float = 1e-8,
    momentum: float = 0.0,
    centered: bool = False,
    weight_decay: float = 0.0,
) -> np.ndarray:
    w, v, mean, kept = START.copy(), np.zeros(3), np.zeros(3), np.zeros(3)
    for _ in range(STEPS):
        g = gradient_of(w) + weight_decay * w
        v = alpha * v + (1 - alpha) * g**2
        mean = alpha * mean + (1 - alpha) * g
        root = np.sqrt(v - mean**2) if centered else np.sqrt(v)
        kept = momentum * kept + g / (root + epsilon)
        w = w - RATE * kept
    return w


def adagrad(epsilon: float = 1e-10, weight_decay: float = 0.0) -> np.ndarray:
    w, v = START.copy(), np.zeros(3)
    for _ in range(STEPS):
        g = gradient_of(w) + weight_decay * w
        v = v + g**2
        w = w - RATE * g / (np.sqrt(v) + epsilon)
    return w


def adadelta(rho: float = 0.9, epsilon: float = 1e-6, weight_decay: float = 0.0) -> np.ndarray:
    w, v, u = START.copy(), np.zeros(3), np.zeros(3)
    for _ in range(STEPS):
        g = gradient_of(w) + weight_decay * w
        v = rho * v + (1 - rho) * g**2
        d = np.sqrt(u + epsilon) / np.sqrt(v + epsilon) * g
        u = rho * u + (1 - rho) * d**2
        w = w - RATE * d
    return w


def averaged_sgd(start: int = 0, weight_decay: float = 0.0) -> np.ndarray:
    return sgd(weight_decay=weight_decay)  # the average is apart; see below


RULES: dict[str, Callable[..., np.ndarray]] = {
    "sgd": sgd,
    "adam": adam,
    "adamw": adamw,
    "rmsprop": rmsprop,
    "adagrad": adagrad,
    "adadelta": adadelta,
    "averaged_sgd": averaged_sgd,
}
CHANGED = {
    "sgd": [
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"weight_decay": 0.2, "momentum": 0.5},
    ],
    "adam": [
        {"beta1": 0.5, "beta2": 0.9, "epsilon": 0.1, "weight_decay": 0.3},
        {"amsgrad": True, "beta2": 0.1},
    ],
    "adamw": [
        {"weight_decay": 0.3, "beta1": 0.7},
        {"amsgrad": True, "beta2": 0.1, "epsilon": 0.01},
    ],
    "rmsprop": [
        {"alpha": 0.5, "momentum": 0.8, "weight_decay": 0.1},
        {"centered": True, "alpha": 0.7, "epsilon": 0.01},
    ],
    "adagrad": [{"epsilon": 0.1, "weight_decay": 0.3}],
    "adadelta": [{"rho": 0.5, "epsilon": 0.1, "weight_decay": 0.3}],
    "averaged_sgd": [{"start": 2, "weight_decay": 0.3}],
    "lbfgs": [{"iterations": 3, "history": 2, "line_search": False}],
}
CASES = [(kind, settings) for kind in RULES for settings in [{}, *CHANGED[kind]]]


@pytest.mark.parametrize(("kind", "settings"), CASES, ids=str)
def test_steps_follow_the_rule(kind: str, settings: dict[str, float]) -> None:
    method = read_settings(catalogue()[kind], settings)
    np.testing.assert_allclose(by_torch(method), RULES[kind](**settings), rtol=1e-12)


def test_every_optimizer_and_every_setting_has_a_rule() -> None:
    assert set(catalogue()) == {*RULES, "lbfgs"}  # L-BFGS is compared with scipy's, below
    for kind, cls in catalogue().items():
        assert cls.kind == kind and cls.title and cls.formula and cls.__doc__
        assert set(settings_of(cls)) == {name for case in CHANGED[kind] for name in case}


@pytest.mark.parametrize("kind", RULES)
def test_defaults_are_those_of_torch(kind: str) -> None:
    import torch

    w = torch.zeros(1, requires_grad=True)
    ours = catalogue()[kind]().build([w], RATE)
    theirs = type(ours)([w], lr=RATE)
    assert ours.defaults == theirs.defaults


def test_nesterov_needs_momentum() -> None:
    with pytest.raises(SettingError, match="momentum above 0") as caught:
        read_settings(catalogue()["sgd"], {"nesterov": True})
    assert caught.value.name == "nesterov"


def test_rate_and_groups_reach_torch() -> None:
    import torch

    w = torch.zeros(1, requires_grad=True)
    built = catalogue()["adam"]().build([{"params": [w], "lr": 0.5}], RATE)
    assert [group["lr"] for group in built.param_groups] == [0.5]
    assert catalogue()["sgd"]().build([w], RATE).param_groups[0]["lr"] == RATE


@pytest.mark.parametrize("start", [0, 3])
def test_the_average_is_torchs_swa(start: int) -> None:
    import torch
    from torch.optim.swa_utils import AveragedModel

    model = torch.nn.Linear(3, 1, bias=False).double()
    average = AveragedModel(model)
    optimizer = catalogue()["averaged_sgd"](start=start).build(model.parameters(), RATE)  # type: ignore[call-arg]
    for step in range(8):
        model.weight.grad = torch.tensor(gradient_of(model.weight.detach().numpy()[0]))[None]
        optimizer.step()
        if step >= start:
            average.update_parameters(model)
    last = model.weight.detach().clone()
    optimizer.swap()  # type: ignore[attr-defined]
    torch.testing.assert_close(model.weight, average.module.weight, rtol=1e-12, atol=0)
    optimizer.swap()  # type: ignore[attr-defined]
    torch.testing.assert_close(model.weight, last, rtol=0, atol=0)


def test_lbfgs_finds_the_minimum_of_scipys() -> None:
    import torch
    from scipy.optimize import minimize, rosen

    w = torch.tensor([-1.2, 1.0, 0.5], dtype=torch.float64, requires_grad=True)
    optimizer = catalogue()["lbfgs"]().build([w], 1.0)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = (100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    for _ in range(5):
        optimizer.step(closure)  # type: ignore[arg-type]
    theirs = minimize(rosen, [-1.2, 1.0, 0.5], method="L-BFGS-B", options={"ftol": 1e-15})
    np.testing.assert_allclose(w.detach(), theirs.x, atol=1e-4)
