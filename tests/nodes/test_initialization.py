"""First values of weights against PyTorch's own initializations and their statistics."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from graph.settings import settings_of
from nodes.block import Trainable, Weighted
from nodes.catalogue import catalogue
from nodes.modules.initialization import initialize

LINEAR = nn.Linear(300, 200, bias=True)
CONV = nn.Conv2d(30, 20, 5)


@pytest.mark.parametrize("layer", [LINEAR, CONV], ids=["linear", "conv2d"])
@pytest.mark.parametrize(
    ("how", "scale", "reference"),
    [
        ("xavier", 1.0, nn.init.xavier_uniform_),
        ("xavier", 2.0, lambda w: nn.init.xavier_uniform_(w, gain=2.0)),
        ("he", 1.0, lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu")),
        (
            "he",
            1 / math.sqrt(2),
            lambda w: nn.init.kaiming_normal_(w, nonlinearity="linear"),
        ),
        ("orthogonal", 3.0, lambda w: nn.init.orthogonal_(w, gain=3.0)),
        ("uniform", 0.2, lambda w: nn.init.uniform_(w, -0.2, 0.2)),
        ("constant", 0.3, lambda w: nn.init.constant_(w, 0.3)),
        ("zeros", 5.0, nn.init.zeros_),
    ],
)
def test_values_are_those_of_torch(
    layer: nn.Module, how: str, scale: float, reference: Callable[[Tensor], Tensor]
) -> None:
    torch.manual_seed(0)
    initialize(layer, how, scale)
    torch.manual_seed(0)
    expected = reference(torch.empty_like(layer.get_parameter("weight")))
    torch.testing.assert_close(layer.get_parameter("weight").data, expected, rtol=1e-6, atol=0)
    assert not layer.get_parameter("bias").any()


def test_he_keeps_the_activations_of_a_deep_rectified_net_and_xavier_does_not() -> None:
    torch.manual_seed(0)
    ends = {}
    for how in ("he", "xavier"):
        z = torch.randn(200, 256)
        for _ in range(30):
            layer = nn.Linear(256, 256)
            initialize(layer, how)
            z = torch.relu(layer(z)).detach()
        ends[how] = z.square().mean().sqrt().item()
    assert 0.3 < ends["he"] < 3
    assert ends["xavier"] < 1e-4


def test_default_keeps_what_the_module_has() -> None:
    layer = nn.Linear(4, 3)
    weight, bias = layer.weight.detach().clone(), layer.bias.detach().clone()
    initialize(layer, "default")
    assert torch.equal(layer.weight, weight) and torch.equal(layer.bias, bias)
    initialize(layer, "default", 2.0)
    assert torch.equal(layer.weight, 2 * weight) and torch.equal(layer.bias, bias)


def test_nothing_happens_on_meta_and_unknown_ways_are_named() -> None:
    with torch.device("meta"):
        layer = nn.Linear(10**6, 10**6)
    initialize(layer, "orthogonal")
    assert layer.weight.is_meta
    with pytest.raises(ValueError, match=r"no initialization 'kaiming' \(there are: default, xavi"):
        initialize(nn.Linear(2, 2), "kaiming")


SHAPES = {
    "bilinear": [(2, 3), (2, 4)],
    "embedding": [(2, 3)],
    "multi_head_attention": [(2, 5, 8)] * 3,
}
WEIGHTED = [kind for kind, cls in catalogue().items() if issubclass(cls, Weighted)]


@pytest.mark.parametrize("kind", WEIGHTED)
@pytest.mark.parametrize("how", settings_of(Weighted)["init"].choices)
def test_every_block_with_weights_takes_every_way(kind: str, how: str) -> None:
    sides = next((int(c) for c in kind[-2:] if c.isdigit()), 0)
    shapes = SHAPES.get(kind, [(2, 4, *(5,) * sides)])
    module = catalogue()[kind](init=how).build(*shapes)
    initialize(module, how)
    weights = [p for p in module.parameters() if p.dim() > 1]
    assert weights and all(torch.isfinite(p).all() for p in module.parameters())
    assert all(p.any() for p in weights) == (how != "zeros")


def test_whatever_is_learned_can_be_frozen_and_general_settings_come_last() -> None:
    assert {"linear", "conv2d", "low_rank", "local2d"} <= set(WEIGHTED)
    for kind, cls in catalogue().items():
        names = list(settings_of(cls))
        assert issubclass(cls, Trainable) == ("freeze" in names)
        if cls.flanks and kind != "softshrink":
            assert issubclass(cls, Trainable), kind
        if issubclass(cls, Weighted):
            assert names[-3:] == ["freeze", "init", "scale"]
