"""The deep nets of ImageNet: published counts, the slide's table, and PyTorch written by hand on the same weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

import gradboard as gb
from app import gallery
from graph.diagram import Pin
from runtime.program import Program, compile
from runtime.snapshot import Report

# weights; billions of multiply-adds, for 224 × 224 (Krizhevsky 2012, Zeiler 2013, torchvision's documentation)
PUBLISHED = {
    "vgg-16": (138_357_544, 15.47),
    "googlenet": (6_624_904, 1.50),
    "resnet-18": (11_689_512, 1.81),
    "resnet-50": (25_557_032, 4.09),
    "densenet-121": (7_978_856, 2.83),
}
# LeCun 2013, from the input up: weights without biases, and multiply-adds
ALEXNET = {
    "stage1/conv2d1": ("35K", "105M"),
    "stage2/conv2d1": ("307K", "223M"),
    "stage3/conv2d1": ("884K", "149M"),
    "stage3/conv2d2": ("1.3M", "224M"),
    "stage3/conv2d3": ("442K", "74M"),
    "full/linear1": ("37M", "37M"),
    "full/linear2": ("16M", "16M"),
    "full/linear3": ("4M", "4M"),
}


@lru_cache(maxsize=8)
def report(name: str) -> Report:
    """The report of a gallery diagram for one photograph; nothing is allocated."""
    diagram = gb.load(gallery.path(name))
    return compile(diagram, shapes={"x": (3, 224, 224), "y": ()}, device="meta").report


@pytest.mark.parametrize("name", PUBLISHED)
def test_counts_are_the_published_ones(name: str) -> None:
    counts = report(name).counts.values()
    weights, billions = PUBLISHED[name]
    assert sum(c.weights for c in counts) == weights
    assert sum(c.macs for c in counts) / 1e9 == pytest.approx(billions, abs=0.005)


@pytest.mark.parametrize("name", [*PUBLISHED, "alexnet", "zeiler-fergus"])
def test_parts_hold_what_their_blocks_hold(name: str) -> None:
    found = report(name)
    top = [n for n in found.parts if "/" not in n]
    assert len(gb.load(gallery.path(name)).blocks) <= 12
    for kind in ("weights", "macs"):
        inside = sum(getattr(found.parts[n], kind) for n in top)
        assert inside == sum(getattr(c, kind) for c in found.counts.values())


def test_alexnet_has_the_table_of_the_slide() -> None:
    found = report("alexnet")
    counts = found.counts
    assert {n for n, c in counts.items() if c.macs} == set(ALEXNET)
    for name, (weights, macs) in ALEXNET.items():
        biases = found.shapes[Pin(name, "y")][1]
        assert _is_told_as(counts[name].weights - biases, weights), name
        assert _is_told_as(counts[name].macs, macs), name
    # 60 million and 832 million on the same slide; the latter is the sum of its column
    assert sum(c.weights for c in counts.values()) == pytest.approx(60e6, rel=0.03)
    assert sum(c.macs for c in counts.values()) == pytest.approx(832e6, rel=0.006)


def _is_told_as(exact: int, told: str) -> bool:
    """Whether `told`, like 1.3M, is `exact` rounded or with the rest cut off."""
    places = len(told.partition(".")[2][:-1])
    unit = {"K": 1e3, "M": 1e6}[told[-1]] / 10**places
    return round(float(told[:-1]) * 10**places) in (math.floor(exact / unit), round(exact / unit))


def test_zeiler_fergus_has_the_sizes_of_its_paper() -> None:
    found = report("zeiler-fergus")
    assert sum(c.weights for c in found.counts.values()) == 62_357_608
    sides = {str(pin): shape[2] for pin, shape in found.shapes.items() if len(shape) == 4}
    assert [sides[f"stage1/{b}1.y"] for b in ("conv2d", "max_pool2d")] == [110, 55]
    assert [sides[f"stage2/{b}1.y"] for b in ("conv2d", "max_pool2d")] == [26, 13]
    assert [sides["stage3/conv2d3.y"], sides["stage3/max_pool2d1.y"]] == [13, 6]


# --- the same numbers as PyTorch, on small photographs -----------------------------------------------------------


class Weights:
    """The weights of a program by block, and the two layers that every net here is made of."""

    def __init__(self, program: Program) -> None:
        self.state = program.module.state_dict()

    def conv(self, name: str, z: Tensor, **how: int) -> Tensor:
        weight, bias = self.state[f"{name}.weight"], self.state.get(f"{name}.bias")
        return F.conv2d(z, weight, bias, padding=weight.shape[-1] // 2, **how)

    def norm(self, name: str, z: Tensor, eps: float = 1e-5) -> Tensor:
        kinds = ("running_mean", "running_var", "weight", "bias")
        mean, variance, weight, bias = (self.state[f"{name}.{k}"].view(-1, 1, 1) for k in kinds)
        return (z - mean) / (variance + eps).sqrt() * weight + bias

    def linear(self, name: str, z: Tensor) -> Tensor:
        return F.linear(z, self.state[f"{name}.weight"], self.state[f"{name}.bias"])


def _stem(w: Weights, x: Tensor) -> Tensor:
    z = F.relu(w.norm("stem/batch_norm1", w.conv("stem/conv2d1", x, stride=2)))
    return F.max_pool2d(z, 3, 2, 1)


def _unit(w: Weights, name: str, z: Tensor, stride: int, kernels: int, project: bool) -> Tensor:
    """One residual unit of `kernels` convolutions, the stride at the first 3 × 3."""
    past, first = z, 1
    if project:
        past = w.norm(f"{name}/batch_norm1", w.conv(f"{name}/conv2d1", z, stride=stride))
        first = 2
    for n in range(first, first + kernels):
        here = stride if n - first == kernels // 3 else 1
        z = w.norm(f"{name}/batch_norm{n}", w.conv(f"{name}/conv2d{n}", z, stride=here))
        z = F.relu(z) if n < first + kernels - 1 else z
    return F.relu(z + past)


def _resnet(w: Weights, x: Tensor, counts: tuple[int, ...], kernels: int) -> Tensor:
    z = _stem(w, x)
    for number, count in enumerate(counts):
        unit = f"stage{number + 1}/unit{64 * 2**number}"
        projects = number > 0 or kernels == 3  # by a part of its own, so the others count from one
        for n in range(count):
            project = projects and n == 0
            name = f"{unit}_first1" if project else f"{unit}{n if projects else n + 1}"
            z = _unit(w, name, z, 2 if number and not n else 1, kernels, project)
    return w.linear("head/linear1", z.mean((2, 3)))


def _densenet(w: Weights, x: Tensor) -> Tensor:
    z = _stem(w, x)
    for number, count in enumerate((6, 12, 24, 16), 1):
        for n in range(1, count + 1):
            name = f"dense{number}/layer{n}"
            new = w.conv(f"{name}/conv2d1", F.relu(w.norm(f"{name}/batch_norm1", z)))
            new = w.conv(f"{name}/conv2d2", F.relu(w.norm(f"{name}/batch_norm2", new)))
            z = torch.cat([z, new], 1)
        if number < 4:
            z = F.relu(w.norm(f"halving{number}/batch_norm1", z))
            z = F.avg_pool2d(w.conv(f"halving{number}/conv2d1", z), 2)
    return w.linear("head/linear1", F.relu(w.norm("head/batch_norm1", z)).mean((2, 3)))


def _vgg(w: Weights, x: Tensor) -> Tensor:
    z = x
    for number, count in enumerate((2, 2, 3, 3, 3), 1):
        for n in range(1, count + 1):
            z = F.relu(w.conv(f"stage{number}/conv2d{n}", z))
        z = F.max_pool2d(z, 2)
    z = F.relu(w.linear("full/linear1", z.flatten(1)))
    return w.linear("full/linear3", F.relu(w.linear("full/linear2", z)))


def _googlenet(w: Weights, x: Tensor) -> Tensor:
    def unit(part: str, n: int, z: Tensor, stride: int = 1) -> Tensor:
        z = w.conv(f"{part}/conv2d{n}", z, stride=stride)
        return F.relu(w.norm(f"{part}/batch_norm{n}", z, eps=1e-3))

    def inception(part: str, z: Tensor) -> Tensor:
        pooled = unit(part, 1, F.max_pool2d(z, 3, 1, 1))
        third, second = unit(part, 3, unit(part, 2, z)), unit(part, 5, unit(part, 4, z))
        return torch.cat([unit(part, 6, z), second, third, pooled], 1)

    z = F.max_pool2d(unit("stem", 1, x, stride=2), 3, 2, 1)
    z = F.max_pool2d(unit("stem", 3, unit("stem", 2, z)), 3, 2, 1)
    for level, letters in ((3, "ab"), (4, "abcde"), (5, "ab")):
        for letter in letters:
            z = inception(f"stage{level}/inception_{letter}{level}1", z)
        z = F.max_pool2d(z, 3, 2, 1) if level == 3 else F.max_pool2d(z, 2) if level == 4 else z
    return w.linear("head/linear1", z.mean((2, 3)))


REFERENCES: dict[str, Callable[[Weights, Tensor], Tensor]] = {
    "vgg-16": _vgg,
    "googlenet": _googlenet,
    "resnet-18": lambda w, x: _resnet(w, x, (2, 2, 2, 2), 2),
    "resnet-50": lambda w, x: _resnet(w, x, (3, 4, 6, 3), 3),
    "densenet-121": _densenet,
}


@pytest.mark.parametrize("name", REFERENCES)
def test_it_gives_what_pytorch_gives_on_the_same_weights(name: str) -> None:
    diagram = gb.load(gallery.path(name))
    diagram = diagram.with_(recipe=diagram.recipe.with_(dtype="float64"))
    program = compile(diagram, shapes={"x": (3, 64, 64), "y": ()})
    with torch.no_grad():
        for key, value in program.module.state_dict().items():
            if "running" in key or value.dim() == 1:  # so that every one of them shows
                value.copy_(torch.rand(value.shape, dtype=value.dtype) + 0.5)
    x = torch.rand(2, 3, 64, 64, dtype=torch.float64)
    found = next(iter(program.predict(x=x).values()))
    torch.testing.assert_close(found, REFERENCES[name](Weights(program), x), rtol=1e-9, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alexnet", "vgg-16"])
def test_a_heavy_net_takes_a_step(name: str) -> None:
    result = gb.train(gb.load(gallery.path(name)), steps=1)
    assert math.isfinite(result.metrics["test"]["loss"])
