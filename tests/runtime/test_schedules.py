"""Every schedule against torch's schedulers, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.optim import lr_scheduler as theirs

from graph.settings import SettingError, read_settings, settings_of
from runtime.recipe import Recipe
from runtime.schedules import catalogue, epochs_since_best

RATE, STEPS = 0.3, 40
Made = Callable[[Any], Any]


def warm_cosine(optimizer: Any) -> Any:
    rise = theirs.LinearLR(optimizer, start_factor=0.2, end_factor=1.0, total_iters=7)
    fall = theirs.CosineAnnealingLR(optimizer, T_max=STEPS, eta_min=0.05 * RATE)
    return theirs.SequentialLR(optimizer, [rise, fall], milestones=[7])


CASES: list[tuple[str, dict[str, Any], Made]] = [
    ("constant", {}, lambda o: theirs.LambdaLR(o, lambda t: 1.0)),
    ("step", {"length": 7, "gamma": 0.3}, lambda o: theirs.StepLR(o, 7, 0.3)),
    ("exponential", {"gamma": 0.8}, lambda o: theirs.ExponentialLR(o, 0.8)),
    ("inverse", {"length": 9}, lambda o: theirs.LambdaLR(o, lambda t: 1 / max(1, t / 9))),
    (
        "cosine",
        {"length": STEPS, "low": 0.1},
        lambda o: theirs.CosineAnnealingLR(o, STEPS, eta_min=0.1 * RATE),
    ),
    (
        "warmup",
        {"rise": 6, "start": 0.25},
        lambda o: theirs.LinearLR(o, start_factor=0.25, total_iters=6),
    ),
    (
        "warmup",
        {"rise": 7, "start": 0.2, "after": "cosine", "length": STEPS, "low": 0.05},
        warm_cosine,
    ),
]


@pytest.mark.parametrize(
    ("kind", "settings", "make"), CASES, ids=lambda v: v.__name__ if callable(v) else str(v)[:40]
)
@pytest.mark.filterwarnings("ignore:The epoch parameter")
def test_rates_are_those_of_torchs_scheduler(
    kind: str, settings: dict[str, Any], make: Made
) -> None:
    ours = read_settings(catalogue()[kind], settings)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = make(optimizer)
    for t in range(STEPS):
        assert RATE * ours.factor(t) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize(("patience", "threshold", "low"), [(0, 0.0, 0.0), (2, 0.05, 0.02)])
def test_plateau_is_torchs(patience: int, threshold: float, low: float) -> None:
    losses = (2.0 + torch.randn(60, generator=torch.manual_seed(1)).cumsum(0).abs()).tolist()
    ours = catalogue()["plateau"](  # type: ignore[call-arg]
        gamma=0.5, patience=patience, threshold=threshold, low=low
    )
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    scheduler = theirs.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=patience, threshold=threshold, min_lr=low * RATE, eps=0.0
    )
    found = []
    for n, loss in enumerate(losses):
        scheduler.step(loss)
        found.append(ours.factor(n + 1, losses[: n + 1]))
        assert RATE * found[-1] == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-12)
    assert len(set(found)) > 3


def test_a_cosine_stays_down_and_every_factor_stays_between_0_and_1() -> None:
    for cls in catalogue().values():
        schedule = cls()
        factors = [schedule.factor(t, [1.0] * t) for t in range(0, 1000, 7)]
        assert all(0.0 <= f <= 1.0 for f in factors), cls.kind
    assert catalogue()["cosine"]().factor(100) == catalogue()["cosine"]().factor(10**9)


def test_every_schedule_is_declared() -> None:
    for kind, cls in catalogue().items():
        assert cls.kind == kind and cls.title and cls.formula and cls.__doc__
        assert all(setting.help for setting in settings_of(cls).values())


def test_epochs_since_best_counts_from_the_lowest() -> None:
    assert [epochs_since_best(x) for x in ([], [1.0], [2.0, 1.0], [1.0, 1.0, 2.0])] == [0, 0, 0, 2]


def test_a_recipe_names_it_and_gives_it_back() -> None:
    assert Recipe.read({"schedule": "cosine"}).schedule == {"kind": "cosine"}
    mapping = {"schedule": {"kind": "step", "length": 3, "unit": "steps"}}
    assert Recipe.read(mapping).to_mapping() == mapping
    assert Recipe.read({"schedule": "constant"}).to_mapping() == {}
    with pytest.raises(SettingError, match="schedule step: gamma must lie") as caught:
        Recipe.read({"schedule": {"kind": "step", "gamma": 2.0}})
    assert caught.value.name == "schedule.gamma"
    with pytest.raises(SettingError, match="there is no schedule 'sometimes'"):
        Recipe.read({"schedule": "sometimes"})


def test_a_loss_that_is_no_number_is_never_the_lowest() -> None:
    nan, inf = float("nan"), float("inf")
    assert [epochs_since_best(losses) for losses in ([nan], [nan, 0.5], [0.5, nan, 0.4, inf])] == [
        0,
        0,
        1,
    ]
