"""One table over every kind of block: values and gradients against references, declaration, file, compile."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from graph.diagram import OUTPUT, Diagram, Pin
from graph.files import from_text, to_text
from graph.settings import changed_settings, read_settings, settings_of
from nodes.block import BlockType, Cost, Function, Glyph, Regulariser, Variable
from nodes.catalogue import SECTIONS, catalogue
from nodes.names import names
from nodes.sketch import Sketch
from runtime.export import source
from runtime.program import compile
from runtime.snapshot import BATCH
from runtime.values import tensors

Weights = Mapping[str, Tensor]
random = np.random.default_rng(3)


def real(*shape: int) -> Tensor:
    """Random numbers, all different and none near 0, where relu and |z| have their kink."""
    values = random.permutation(np.arange(1, np.prod(shape) + 1)) / np.prod(shape)
    return torch.tensor((values * random.choice((-1.0, 1.0), values.shape)).reshape(shape))


def signs(*shape: int) -> Tensor:
    """Random −1 and +1."""
    return torch.tensor(random.choice((-1.0, 1.0), shape))


def classes(count: int, *shape: int) -> Tensor:
    """Random class numbers."""
    return torch.tensor(random.integers(0, count, shape))


@dataclass(frozen=True)
class Row:
    """One use of a kind: what enters it, what must come out, and what stands in its shape on the canvas."""

    inputs: tuple[Tensor, ...]
    reference: Callable[..., Any]  # (*inputs, weights by name) -> output, or a tuple of several
    label: str
    settings: dict[str, Any] = field(default_factory=dict)
    smooth: bool = True  # whether its gradient is that of its values


def _numbers(z: Tensor) -> list[Any]:
    return z.reshape(len(z), -1).unbind(1)


def _total(z: Tensor) -> Tensor:
    return torch.stack(_numbers(z)).sum(0)


def _windows(z: Tensor, kernel: int, stride: int, padding: int, fill: float) -> Tensor:
    """[B, C, ...] -> [B, C, places..., taps]."""
    sides = z.dim() - 2
    z = F.pad(z, (padding, padding) * sides, value=fill)
    for axis in range(sides):
        z = z.unfold(axis + 2, kernel, stride)
    return z.flatten(2 + sides)


def _maximum(kernel: int, stride: int, padding: int = 0) -> Callable[..., Tensor]:
    return lambda z, w: _windows(z, kernel, stride, padding, -torch.inf).amax(-1)


def _average(kernel: int, stride: int, padding: int = 0) -> Callable[..., Tensor]:
    return lambda z, w: _windows(z, kernel, stride, padding, 0.0).sum(-1) / kernel ** (z.dim() - 2)


def _batch_normalized(z: Tensor, w: Weights) -> Tensor:
    axes = [axis for axis in range(z.dim()) if axis != 1]
    mean = z.mean(axes, keepdim=True)
    variance = ((z - mean) ** 2).mean(axes, keepdim=True)
    along = (1, -1) + (1,) * (z.dim() - 2)
    return (z - mean) / (variance + 1e-5).sqrt() * w["weight"].view(along) + w["bias"].view(along)


def _log_probabilities(z: Tensor) -> Tensor:
    return z - z.exp().sum(1, keepdim=True).log()


def _of_right_class(z: Tensor, y: Tensor) -> Tensor:
    """The value at the right class, the mean over places.  [B, C, ...], [B, ...] -> [B]."""
    values = z.flatten(2) if z.dim() > 2 else z.unsqueeze(2)
    picked = [[values[b, int(c), i] for i, c in enumerate(y[b].reshape(-1))] for b in range(len(z))]
    return torch.stack([torch.stack(row).mean() for row in picked])


def _conv(f: Callable[..., Tensor], **settings: Any) -> Callable[..., Tensor]:
    return lambda z, w: f(z, w["weight"], w.get("bias"), **settings)


def _rows_of_a_table(z: Tensor, w: Weights) -> Tensor:
    return torch.stack([torch.stack([w["weight"][int(k)] for k in row]) for row in z])


def _shrunk(z: Tensor, theta: Any) -> Tensor:
    return torch.where(z.abs() > theta, z - theta * z / z.abs(), 0)


def _products(a: Tensor, b: Tensor, c: Tensor) -> list[Tensor]:
    return [a, b, c, a * a, a * b, a * c, b * b, b * c, c * c]


def _local(kernel: int, stride: int, padding: int) -> Callable[..., Tensor]:
    """Filter by filter, place by place."""

    def reference(z: Tensor, w: Weights) -> Tensor:
        seen = _windows(z, kernel, stride, padding, 0.0)
        seen = seen.flatten(2, -2).permute(0, 2, 1, 3).flatten(2)  # [B, places, C · taps]
        places = seen.shape[1]
        units = [seen[:, u % places] @ row for u, row in enumerate(w["weight"])]
        out = torch.stack(units, 1) + w.get("bias", 0.0)
        sides = [(n + 2 * padding - kernel) // stride + 1 for n in z.shape[2:]]
        return out.reshape(len(z), -1, *sides)

    return reference


def _norms(p: float, kernel: int, stride: int, padding: int = 0) -> Callable[..., Tensor]:
    return lambda z, w: (_windows(z, kernel, stride, padding, 0.0).abs() ** p).sum(-1) ** (1 / p)


def _log_sums(b: float, kernel: int, stride: int, padding: int = 0) -> Callable[..., Tensor]:
    return lambda z, w: (
        (b * _windows(z, kernel, stride, padding, -torch.inf)).exp().sum(-1).log() / b
    )


def _adapted(z: Tensor, size: int, of: Callable[..., Tensor]) -> Tensor:
    n = z.shape[2]
    ends = [(k * n // size, -(-(k + 1) * n // size)) for k in range(size)]
    return torch.stack([of(z[..., start:stop], 2) for start, stop in ends], 2)


def _finer(z: Tensor) -> Tensor:
    """Twice as many along the last axis: a quarter of the way to either neighbour."""
    ends = torch.cat((z[..., :1], z, z[..., -1:]), -1)
    pairs = ((ends[..., :-2] + 3 * z) / 4, (3 * z + ends[..., 2:]) / 4)
    return torch.stack(pairs, -1).flatten(-2)


def _standard(z: Tensor, axes: tuple[int, ...], eps: float = 1e-5) -> Tensor:
    mean = z.mean(axes, keepdim=True)
    return (z - mean) / (((z - mean) ** 2).mean(axes, keepdim=True) + eps).sqrt()


def _neighbours(z: Tensor, kernel: int, sigma: float) -> Tensor:
    """The weighted mean over all maps and the neighbours that exist, place by place.  -> [B, 1, ...]."""
    places = list(itertools.product(*map(range, z.shape[2:])))
    found = []
    for place in places:
        near = [
            q for q in places if max(abs(a - b) for a, b in zip(q, place, strict=True)) * 2 < kernel
        ]
        weights = [math.exp(-(math.dist(q, place) ** 2) / (2 * sigma**2)) for q in near]
        seen = [z[(slice(None), slice(None), *q)].mean(1) for q in near]
        found.append(sum(a * b for a, b in zip(weights, seen, strict=True)) / sum(weights))
    return torch.stack(found, 1).reshape(len(z), 1, *z.shape[2:])


def _divided(z: Tensor, kernel: int, sigma: float) -> Tensor:
    deviation = _neighbours(z**2, kernel, sigma).sqrt()
    average = deviation.flatten(1).mean(1).reshape(-1, *(1,) * (z.dim() - 1))
    return z / torch.where(deviation > average, deviation, average)


def _attended(q: Tensor, k: Tensor, v: Tensor, *rest: Any) -> tuple[Tensor, Tensor]:
    mask = rest[0] != 0 if len(rest) == 2 else torch.ones(q.shape[1], k.shape[1], dtype=torch.bool)
    scores = torch.einsum("btd,bsd->bts", q, k) / math.sqrt(q.shape[2])
    weights = torch.where(mask, scores.exp(), 0)
    weights = weights / weights.sum(2, True)
    return F.scaled_dot_product_attention(q, k, v, mask), weights


def _heads(heads: int, causal: bool = False) -> Callable[..., tuple[Tensor, Tensor]]:
    """What PyTorch's multi-head attention gives with the same weights."""

    def reference(q: Tensor, k: Tensor, v: Tensor, *rest: Any) -> tuple[Tensor, Tensor]:
        w = rest[-1]
        hidden = None
        if causal:
            hidden = torch.ones(q.shape[1], k.shape[1], dtype=torch.bool).triu(1)
        elif len(rest) == 2:
            hidden = (rest[0] == 0).repeat_interleave(heads, 0)
        names = ("query", "key", "value")
        biases = torch.cat([w[f"{n}_bias"] for n in names]) if "key_bias" in w else None
        out, weights = F.multi_head_attention_forward(
            *(z.transpose(0, 1) for z in (q, k, v)),
            embed_dim_to_check=q.shape[2],
            num_heads=heads,
            in_proj_weight=None,
            in_proj_bias=biases,
            bias_k=None,
            bias_v=None,
            add_zero_attn=False,
            dropout_p=0.0,
            out_proj_weight=w["out_weight"],
            out_proj_bias=w.get("out_bias"),
            attn_mask=hidden,
            use_separate_proj_weight=True,
            q_proj_weight=w["query_weight"],
            k_proj_weight=w["key_weight"],
            v_proj_weight=w["value_weight"],
        )
        assert weights is not None
        return out.transpose(0, 1), weights

    return reference


def _waves(length: int, d: int, base: float) -> Tensor:
    rows = [
        [(math.cos if i % 2 else math.sin)(t / base ** ((i - i % 2) / d)) for i in range(d)]
        for t in range(length)
    ]
    return torch.tensor(rows, dtype=torch.float64)


def _half(a: Tensor) -> Tensor:
    return torch.diag(a.sum(1) ** -0.5)


def _lengths(z: Tensor) -> Tensor:
    return (z**2).sum(1).sqrt()


EYE = torch.eye(3, dtype=torch.float64)
CUBIC = [(1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3)]
MASK = torch.tensor([[[1, 0, 1, 1, 0], [0, 0, 1, 0, 0], [1, 1, 1, 1, 1]]] * 2)
OBSERVED = Row((real(4, 3),), lambda x, w: x, "x")
NO_INPUT = Row((), lambda w: w["value"], "u", {"size": [2, 3]})

ROWS: dict[str, list[Row]] = {
    "observed": [OBSERVED],
    "latent": [Row((), lambda w: torch.zeros(0), "z", {"size": [3], "steps": 4})],
    "parameter": [NO_INPUT],
    "linear": [
        Row((real(4, 3),), lambda z, w: z @ w["weight"].T + w["bias"], "w₀x", {"units": 5}),
        Row((real(4, 2, 3),), lambda z, w: z @ w["weight"].T, "w₀x", {"units": 2, "bias": False}),
    ],
    "bias": [
        Row((real(4, 3),), lambda z, w: z + w["bias"], "x+b"),
        Row((real(4, 3, 2, 2),), lambda z, w: z + w["bias"][:, None, None], "x+b"),
    ],
    "relu": [Row((real(4, 3),), lambda z, w: torch.where(z > 0, z, 0), "h(x)")],
    "tanh": [Row((real(4, 3),), lambda z, w: 1 - 2 / ((2 * z).exp() + 1), "tanh(x)")],
    "sigmoid": [Row((real(4, 3),), lambda z, w: 1 / (1 + (-z).exp()), "σ(x)")],
    "softmax": [
        Row((real(4, 3),), lambda z, w: z.exp() / z.exp().sum(1, True), "softmax(x)"),
        Row(
            (real(4, 2, 3),),
            lambda z, w: z.exp() / z.exp().sum(2, True),
            "softmax(x)",
            {"axis": -1},
        ),
    ],
    "log_softmax": [Row((real(4, 3, 2),), lambda z, w: _log_probabilities(z), "logsoft(x)")],
    "conv1d": [
        Row((real(2, 2, 7),), _conv(F.conv1d), "w₀∗x", {"channels": 3}),
        Row(
            (real(2, 2, 9),),
            _conv(F.conv1d, stride=2, padding=1, dilation=2, groups=2),
            "w₀∗x",
            {"channels": 4, "stride": 2, "padding": 1, "dilation": 2, "groups": 2, "bias": False},
        ),
        Row((real(2, 3, 7),), _conv(F.conv1d, groups=3), "w₀∗x", {"channels": 6, "groups": 0}),
    ],
    "conv2d": [
        Row((real(2, 2, 5, 4),), _conv(F.conv2d), "w₀∗x", {"channels": 3}),
        Row(
            (real(2, 4, 6, 6),),
            _conv(F.conv2d, stride=2, padding=2, dilation=2, groups=2),
            "w₀∗x",
            {"channels": 2, "kernel": 2, "stride": 2, "padding": 2, "dilation": 2, "groups": 2},
        ),
    ],
    "conv3d": [
        Row((real(2, 2, 3, 3, 4),), _conv(F.conv3d), "w₀∗x", {"channels": 2, "kernel": 2}),
        Row(
            (real(1, 2, 3, 3, 3),),
            _conv(F.conv3d, stride=2, padding=1, groups=2),
            "w₀∗x",
            {"channels": 2, "kernel": 2, "stride": 2, "padding": 1, "groups": 2, "bias": False},
        ),
    ],
    "batch_norm": [
        Row((real(4, 3),), _batch_normalized, "BN(x)"),
        Row((real(3, 2, 4),), _batch_normalized, "BN(x)", {"momentum": 0.5}),
        Row((real(3, 2, 2, 2),), _batch_normalized, "BN(x)"),
        Row((real(3, 2, 2, 2, 2),), _batch_normalized, "BN(x)"),
    ],
    "dropout": [
        Row((real(4, 9),), lambda z, w: F.dropout(z, 0.3, training=True), "drop(x)", {"p": 0.3})
    ],
    "max_pool1d": [
        Row((real(2, 2, 7),), _maximum(3, 2, 1), "max(x)", {"kernel": 3, "stride": 2, "padding": 1})
    ],
    "max_pool2d": [
        Row((real(2, 2, 5, 4),), _maximum(2, 2), "max(x)"),
        Row(
            (real(2, 2, 5, 4),),
            _maximum(3, 1, 1),
            "max(x)",
            {"kernel": 3, "stride": 1, "padding": 1},
        ),
    ],
    "max_pool3d": [Row((real(2, 2, 4, 4, 5),), _maximum(2, 2), "max(x)")],
    "avg_pool1d": [
        Row((real(2, 2, 7),), _average(3, 2, 1), "avg(x)", {"kernel": 3, "stride": 2, "padding": 1})
    ],
    "avg_pool2d": [
        Row((real(2, 2, 5, 4),), _average(2, 2), "avg(x)"),
        Row(
            (real(2, 2, 5, 4),),
            _average(3, 1, 1),
            "avg(x)",
            {"kernel": 3, "stride": 1, "padding": 1},
        ),
    ],
    "avg_pool3d": [Row((real(2, 2, 4, 4, 5),), _average(2, 2), "avg(x)")],
    "flatten": [
        Row(
            (real(2, 3, 4),),
            lambda z, w: torch.stack([v for row in z.unbind(1) for v in row.unbind(1)], 1),
            "flat(x)",
        ),
        Row((real(4),), lambda z, w: z[:, None], "flat(x)"),
    ],
    "reshape": [
        Row(
            (real(2, 12),),
            lambda z, w: torch.stack((z[:, 0:4], z[:, 4:8], z[:, 8:12]), 1),
            "x→3×4",
            {"size": [3, 4]},
        ),
        Row(
            (real(2, 3, 4),),
            lambda z, w: torch.cat(z.unbind(1), 1)[:, None],
            "x→1×·",
            {"size": [1, -1]},
        ),
    ],
    "sum": [
        Row((real(4, 3), real(4, 3)), lambda a, b, w: b + a, "x+x₂"),
        Row((real(4, 3), real(4, 1), real(4, 3)), lambda a, b, c, w: c + a + b, "x+x₂+x₃"),
    ],
    "product": [
        Row((real(4, 3), real(4, 3)), lambda a, b, w: b * a, "x⊙x₂"),
        Row((real(4, 2, 3), real(4, 1, 3), real(4, 2, 3)), lambda a, b, c, w: c * a * b, "x⊙x₂⊙x₃"),
    ],
    "concat": [
        Row(
            (real(4, 3), real(4, 2)),
            lambda a, b, w: torch.stack([*a.unbind(1), *b.unbind(1)], 1),
            "[x,x₂]",
        ),
        Row(
            (real(4, 3, 1), real(4, 3, 2)),
            lambda a, b, w: torch.stack([*a.unbind(2), *b.unbind(2)], 2),
            "[x,x₂]",
            {"axis": -1},
        ),
    ],
    "low_rank": [
        Row(
            (real(4, 3),),
            lambda z, w: z @ (w["left"] @ w["right"]).T + w["bias"],
            "UVx",
            {"units": 4, "rank": 2},
        ),
        Row(
            (real(4, 2, 3),),
            lambda z, w: z @ (w["left"] @ w["right"]).T,
            "UVx",
            {"units": 5, "rank": 1, "bias": False},
        ),
    ],
    "bilinear": [
        Row(
            (real(4, 3), real(4, 2)),
            lambda a, b, w: torch.einsum("bi,kij,bj->bk", a, w["weight"], b) + w["bias"],
            "x′w₀x₂",
            {"units": 5},
        ),
        Row(
            (real(4, 2, 3), real(4, 2, 2)),
            lambda a, b, w: torch.einsum("bti,kij,btj->btk", a, w["weight"], b),
            "x′w₀x₂",
            {"units": 2, "bias": False},
        ),
    ],
    "embedding": [
        Row((classes(5, 4, 3),), _rows_of_a_table, "w₀[x]", {"count": 5, "units": 2}),
        Row((classes(5, 4, 3).double(),), _rows_of_a_table, "w₀[x]", {"count": 6, "units": 3}),
    ],
    "scale": [
        Row((real(4, 3),), lambda z, w: 0.5 - 2 * z, "−2·x+0.5", {"factor": -2.0, "shift": 0.5})
    ],
    "leaky_relu": [
        Row((real(4, 3),), lambda z, w: torch.where(z > 0, z, 0.2 * z), "h(x)", {"slope": 0.2})
    ],
    "prelu": [
        Row((real(4, 3),), lambda z, w: torch.where(z > 0, z, w["weight"] * z), "h(x)"),
        Row(
            (real(4, 3, 2),),
            lambda z, w: torch.where(z > 0, z, w["weight"] * z),
            "h(x)",
            {"shared": True},
        ),
    ],
    "elu": [
        Row(
            (real(4, 3),),
            lambda z, w: torch.where(z > 0, z, 0.7 * (z.exp() - 1)),
            "ELU(x)",
            {"alpha": 0.7},
        )
    ],
    "selu": [
        Row(
            (real(4, 3),),
            lambda z, w: (
                1.0507009873554805 * torch.where(z > 0, z, 1.6732632423543772 * (z.exp() - 1))
            ),
            "SELU(x)",
        )
    ],
    "gelu": [Row((real(4, 3),), lambda z, w: z * (1 + torch.erf(z / math.sqrt(2))) / 2, "GELU(x)")],
    "silu": [Row((real(4, 3),), lambda z, w: z / (1 + (-z).exp()), "SiLU(x)")],
    "softplus": [
        Row((real(4, 3),), lambda z, w: (1 + (3 * z).exp()).log() / 3, "soft⁺(x)", {"beta": 3.0})
    ],
    "hardtanh": [
        Row(
            (real(4, 3),),
            lambda z, w: torch.where(z < -0.53, -0.53, torch.where(z > 0.3, 0.3, z)),
            "hard(x)",
            {"lowest": -0.53, "highest": 0.3},
        )
    ],
    "abs": [Row((real(4, 3),), lambda z, w: torch.where(z > 0, z, -z), "|x|")],
    "square": [Row((real(4, 3),), lambda z, w: z * z, "(x)²")],
    "exp": [Row((real(4, 3),), lambda z, w: math.e**z, "exp(x)")],
    "log": [Row((real(4, 3).abs(),), lambda z, w: z.log2() * math.log(2), "log(x)")],
    "softshrink": [
        Row((real(4, 3),), lambda z, w: _shrunk(z, 0.53), "shrink(x)", {"theta": 0.53}),
        Row(
            (real(4, 3, 2) * 0.97,),
            lambda z, w: _shrunk(z, w["theta"][:, None]),
            "shrink(x)",
            {"learned": True},
        ),
    ],
    "sign": [
        Row((real(4, 3),), lambda z, w: z.sign(), "sgn(x)"),
        Row(
            (real(4, 3),),
            lambda z, w: z + (z.sign() - z).detach(),
            "sgn(x)",
            {"straight_through": True},
            smooth=False,
        ),
    ],
    "softmin": [
        Row((real(4, 3),), lambda z, w: (-z).exp() / (-z).exp().sum(1, True), "softmin(x)")
    ],
    "winner_takes_all": [
        Row((real(4, 5),), lambda z, w: z * (z == z.amax(1, True)), "WTA(x)"),
        Row(
            (real(4, 2, 5),),
            lambda z, w: z * (z >= z.sort(-1).values[..., -3:-2]),
            "WTA₃(x)",
            {"winners": 3, "axis": -1},
        ),
    ],
    "radial_basis": [
        Row(
            (real(4, 3),),
            lambda z, w: (-((z[:, None] - w["centres"]) ** 2).sum(2) / (2 * 0.7**2)).exp(),
            "RBF(x)",
            {"units": 5, "sigma": 0.7},
        ),
        Row(
            (real(2, 4, 3),),
            lambda z, w: (-((z[:, :, None] - w["centres"]) ** 2).sum(3) / 2).exp(),
            "RBF(x)",
            {"units": 2},
        ),
    ],
    "random_projection": [Row((real(4, 3),), lambda z, w: z @ w["weight"].T, "Rx", {"units": 7})],
    "polynomial": [
        Row((real(4, 3),), lambda z, w: torch.stack(_products(*z.unbind(1)), 1), "P₂(x)"),
        Row(
            (real(4, 2),),
            lambda z, w: torch.stack([z[:, 0] ** n * z[:, 1] ** m for n, m in CUBIC], 1),
            "P₃(x)",
            {"degree": 3},
        ),
    ],
    "conv_transpose1d": [
        Row((real(2, 2, 4),), _conv(F.conv_transpose1d, stride=2), "w₀∗′x", {"channels": 3}),
        Row(
            (real(2, 2, 4),),
            _conv(F.conv_transpose1d, stride=3, padding=1, output_padding=2, dilation=2, groups=2),
            "w₀∗′x",
            {
                "channels": 4,
                "kernel": 3,
                "stride": 3,
                "padding": 1,
                "extra": 2,
                "dilation": 2,
                "groups": 0,
                "bias": False,
            },
        ),
    ],
    "conv_transpose2d": [
        Row((real(2, 2, 3, 2),), _conv(F.conv_transpose2d, stride=2), "w₀∗′x", {"channels": 3}),
        Row(
            (real(1, 2, 3, 3),),
            _conv(F.conv_transpose2d, stride=1, padding=1),
            "w₀∗′x",
            {"channels": 2, "kernel": 3, "stride": 1, "padding": 1},
        ),
    ],
    "conv_transpose3d": [
        Row((real(1, 2, 2, 2, 3),), _conv(F.conv_transpose3d, stride=2), "w₀∗′x", {"channels": 1})
    ],
    "local1d": [
        Row((real(2, 2, 7),), _local(3, 2, 1), "w₀⋆x", {"channels": 3, "stride": 2, "padding": 1}),
        Row((real(2, 1, 5),), _local(2, 1, 0), "w₀⋆x", {"channels": 2, "kernel": 2, "bias": False}),
    ],
    "local2d": [
        Row((real(2, 2, 4, 3),), _local(2, 1, 0), "w₀⋆x", {"channels": 2, "kernel": 2}),
        Row(
            (real(1, 2, 3, 5),),
            _local(3, 2, 1),
            "w₀⋆x",
            {"channels": 2, "stride": 2, "padding": 1, "bias": False},
        ),
    ],
    "lp_pool": [
        Row((real(2, 2, 7),), _norms(2.0, 2, 2), "‖x‖₂"),
        Row(
            (real(2, 2, 5, 4),),
            _norms(1.0, 3, 1, 1),
            "‖x‖₁",
            {"p": 1.0, "kernel": 3, "stride": 1, "padding": 1},
        ),
        Row((real(1, 2, 4, 4, 5),), _norms(3.5, 2, 2), "‖x‖ₚ", {"p": 3.5}),
    ],
    "log_prob_pool": [
        Row((real(2, 2, 6),), _log_sums(1.0, 2, 2), "logΣexp(x)"),
        Row(
            (real(2, 2, 5, 4),),
            _log_sums(4.0, 3, 2, 1),
            "logΣexp(x)",
            {"b": 4.0, "kernel": 3, "stride": 2, "padding": 1},
        ),
        Row((real(1, 1, 4, 2, 2),), _log_sums(0.5, 2, 2), "logΣexp(x)", {"b": 0.5}),
    ],
    "adaptive_avg_pool": [
        Row((real(2, 2, 7),), lambda z, w: _adapted(z, 3, torch.mean), "avg(x)", {"size": 3}),
        Row((real(2, 2, 4, 5),), lambda z, w: z.mean((2, 3), keepdim=True), "avg(x)"),
        Row((real(1, 2, 2, 3, 2),), lambda z, w: z.mean((2, 3, 4), keepdim=True), "avg(x)"),
    ],
    "adaptive_max_pool": [
        Row((real(2, 2, 7),), lambda z, w: _adapted(z, 3, torch.amax), "max(x)", {"size": 3}),
        Row((real(2, 2, 4, 5),), lambda z, w: z.amax((2, 3), keepdim=True), "max(x)"),
        Row((real(1, 2, 2, 3, 2),), lambda z, w: z.amax((2, 3, 4), keepdim=True), "max(x)"),
    ],
    "global_avg_pool": [
        Row((real(2, 3, 4, 5),), lambda z, w: z.flatten(2).sum(2) / 20, "avg(x)"),
        Row((real(2, 3, 4),), lambda z, w: z.sum(2) / 4, "avg(x)"),
    ],
    "global_max_pool": [
        Row((real(2, 3, 4, 5),), lambda z, w: z.flatten(2).max(2).values, "max(x)"),
        Row((real(2, 2, 2, 2, 2),), lambda z, w: z.flatten(2).max(2).values, "max(x)"),
    ],
    "upsample": [
        Row((real(2, 2, 3),), lambda z, w: z.repeat_interleave(2, 2), "x↑2"),
        Row(
            (real(2, 2, 2, 3),),
            lambda z, w: z.repeat_interleave(3, 2).repeat_interleave(3, 3),
            "x↑3",
            {"factor": 3},
        ),
        Row(
            (real(2, 2, 2, 3),),
            lambda z, w: _finer(_finer(z).transpose(2, 3)).transpose(2, 3),
            "x↑2",
            {"how": "linear"},
        ),
    ],
    "layer_norm": [
        Row(
            (real(4, 2, 3),),
            lambda z, w: _standard(z, (2,)) * w["weight"] + w["bias"],
            "LN(x)",
        ),
        Row(
            (real(4, 2, 3),),
            lambda z, w: _standard(z, (1, 2)) * w["weight"] + w["bias"],
            "LN(x)",
            {"axes": 2},
        ),
        Row(
            (real(4, 5),),
            lambda z, w: _standard(z, (1,), 0.1),
            "LN(x)",
            {"eps": 0.1, "affine": False},
        ),
    ],
    "group_norm": [
        Row(
            (real(3, 4, 2, 2),),
            lambda z, w: (
                _standard(z.unflatten(1, (2, 2)), (2, 3, 4)).flatten(1, 2)
                * w["weight"][:, None, None]
                + w["bias"][:, None, None]
            ),
            "GN(x)",
        ),
        Row(
            (real(3, 6),),
            lambda z, w: _standard(z.unflatten(1, (3, 2)), (2,)).flatten(1),
            "GN(x)",
            {"groups": 3, "affine": False},
        ),
    ],
    "instance_norm": [
        Row((real(3, 2, 2, 3),), lambda z, w: _standard(z, (2, 3)), "IN(x)"),
        Row(
            (real(3, 2, 4),),
            lambda z, w: _standard(z, (2,)) * w["weight"][:, None] + w["bias"][:, None],
            "IN(x)",
            {"affine": True},
        ),
    ],
    "subtractive_norm": [
        Row(
            (real(2, 2, 4, 5),),
            lambda z, w: z - _neighbours(z, 5, 1.3),
            "x−μ",
            {"kernel": 5, "sigma": 1.3},
        ),
        Row((real(2, 3, 6),), lambda z, w: z - _neighbours(z, 9, 2.0), "x−μ"),
    ],
    "divisive_norm": [
        Row(
            (real(2, 2, 4, 5),),
            lambda z, w: _divided(z, 3, 0.8),
            "x/σ",
            {"kernel": 3, "sigma": 0.8},
        ),
        Row((real(2, 1, 3, 2, 2),), lambda z, w: _divided(z, 9, 2.0), "x/σ"),
    ],
    "spatial_dropout": [
        Row((real(4, 6, 2, 2),), lambda z, w: F.dropout2d(z, 0.3, True), "drop(x)", {"p": 0.3})
    ],
    "permute": [
        Row((real(2, 3, 4),), lambda z, w: torch.einsum("bij->bji", z), "x′"),
        Row(
            (real(2, 3, 1, 4),),
            lambda z, w: torch.einsum("bijk->bkij", z),
            "perm₃₁₂(x)",
            {"axes": [3, 1, 2]},
        ),
    ],
    "duplicate": [
        Row((real(2, 3),), lambda z, w: torch.stack((z, z), 1), "dup₂(x)"),
        Row(
            (real(2, 3),),
            lambda z, w: torch.stack((z, z, z), 2),
            "dup₃(x)",
            {"count": 3, "axis": 2},
        ),
    ],
    "slice": [
        Row(
            (real(2, 5),),
            lambda z, w: torch.stack((z[:, 1], z[:, 3]), 1),
            "x[1::2]",
            {"start": 1, "step": 2},
        ),
        Row(
            (real(2, 3, 5),),
            lambda z, w: torch.stack((z[:, :, 2], z[:, :, 3]), 2),
            "x[…,−3:−1]",
            {"axis": -1, "start": -3, "stop": -1},
        ),
    ],
    "select": [
        Row((real(2, 3, 4),), lambda z, w: z.unbind(1)[2], "x[−1]"),
        Row((real(2, 3, 4),), lambda z, w: z.unbind(2)[1], "x[:,1]", {"axis": 2, "index": 1}),
    ],
    "split": [
        Row((real(2, 4),), lambda z, w: z.chunk(2, 1), "x|"),
        Row((real(2, 3, 5),), lambda z, w: z.split((2, 3), 2), "x|2", {"axis": 2, "at": 2}),
        Row((real(2, 3, 5),), lambda z, w: z.split((4, 1), 2), "x|−1", {"axis": 2, "at": -1}),
    ],
    "pad": [
        Row((real(2, 2, 3, 4),), lambda z, w: F.pad(z, (1, 1, 1, 1)), "pad(x)"),
        Row(
            (real(2, 3),),
            lambda z, w: F.pad(z, (2, 0), value=0.5),
            "pad(x)",
            {"axis": 1, "before": 2, "after": 0, "value": 0.5},
        ),
        *(
            Row(
                (real(2, 2, 3, 4),),
                lambda z, w, how=how: F.pad(z, (2, 1, 2, 1), how),
                "pad(x)",
                {"before": 2, "how": how},
            )
            for how in ("reflect", "replicate", "circular")
        ),
    ],
    "crop": [
        Row((real(2, 2, 3, 4),), lambda z, w: F.pad(z, (-1, -1, -1, -1)), "crop(x)"),
        Row(
            (real(2, 5),),
            lambda z, w: F.pad(z, (0, -3)),
            "crop(x)",
            {"axis": 1, "before": 0, "after": 3},
        ),
    ],
    "scaled_dot_product_attention": [
        Row((real(2, 3, 4), real(2, 5, 4), real(2, 5, 2)), _attended, "attn(x,x₂,x₃)"),
        Row(
            (real(2, 3, 4), real(2, 3, 4), real(2, 3, 2)),
            lambda q, k, v, w: (
                F.scaled_dot_product_attention(q, k, v, is_causal=True),
                _attended(q, k, v, torch.ones(2, 3, 3).tril(), w)[1],
            ),
            "attn(x,x₂,x₃)",
            {"causal": True},
        ),
        Row(
            (real(2, 3, 4), real(2, 5, 4), real(2, 5, 2), MASK),
            _attended,
            "attn(x,x₂,x₃)",
        ),
    ],
    "multi_head_attention": [
        Row((real(2, 3, 4), real(2, 5, 3), real(2, 5, 2)), _heads(2), "MH(x,x₂,x₃)", {"heads": 2}),
        Row(
            (real(2, 3, 4), real(2, 3, 4), real(2, 3, 4)),
            _heads(4, causal=True),
            "MH(x,x₂,x₃)",
            {"causal": True, "bias": False},
        ),
        Row(
            (real(2, 3, 4), real(2, 5, 3), real(2, 5, 2), MASK),
            _heads(1),
            "MH(x,x₂,x₃)",
            {"heads": 1},
        ),
    ],
    "positional_encoding": [
        Row((real(2, 5, 4),), lambda z, w: z + _waves(5, 4, 10_000), "x+pos"),
        Row((real(2, 3, 5),), lambda z, w: z + _waves(3, 5, 50), "x+pos", {"base": 50.0}),
    ],
    "learned_position": [Row((real(2, 3, 4),), lambda z, w: z + w["weight"], "x+w₀")],
    "aggregate": [
        Row(
            (real(2, 3, 2), real(2, 3, 3)),
            lambda z, a, w: torch.stack([a[b] @ z[b] for b in range(2)]),
            "x₂x",
            {"how": "none", "loops": False},
        ),
        Row(
            (real(2, 3, 2), real(2, 3, 3).abs()),
            lambda z, a, w: torch.stack(
                [torch.diag(1 / (a[b] + EYE).sum(1)) @ (a[b] + EYE) @ z[b] for b in range(2)]
            ),
            "x₂x",
            {"how": "row"},
        ),
        Row(
            (real(2, 3, 2), real(2, 3, 3).abs()),
            lambda z, a, w: torch.stack(
                [_half(a[b] + EYE) @ (a[b] + EYE) @ _half(a[b] + EYE) @ z[b] for b in range(2)]
            ),
            "x₂x",
        ),
    ],
    "difference": [
        Row((real(4, 3), real(4, 3)), lambda a, b, w: a + -1 * b, "x−x₂"),
        Row((real(4, 1), real(4, 3)), lambda a, b, w: a + -1 * b, "x−x₂"),
    ],
    "division": [
        Row((real(4, 3), real(4, 3)), lambda a, b, w: a * b**-1, "x/x₂"),
        Row((real(4, 2, 3), real(4, 2, 1)), lambda a, b, w: a * b**-1, "x/x₂"),
    ],
    "matmul": [
        Row(
            (real(4, 2, 3), real(4, 3, 5)),
            lambda a, b, w: torch.einsum("bij,bjk->bik", a, b),
            "xx₂",
        ),
        Row(
            (real(4, 3, 2), real(4, 5, 3)),
            lambda a, b, w: torch.einsum("bji,bkj->bik", a, b),
            "x′x₂′",
            {"transpose_a": True, "transpose_b": True},
        ),
        Row((real(4, 3), real(4, 3, 5)), lambda a, b, w: torch.einsum("bj,bjk->bk", a, b), "xx₂"),
        Row(
            (real(4, 2, 3), real(4, 3)),
            lambda a, b, w: torch.einsum("bij,bj->bi", a, b),
            "xx₂",
        ),
        Row((real(4, 3), real(4, 3)), lambda a, b, w: (a * b).sum(1), "xx₂"),
    ],
    "distance": [
        Row((real(4, 3), real(4, 3)), lambda a, b, w: ((a - b) ** 2).sum(1).sqrt(), "‖x−x₂‖"),
        Row(
            (real(4, 2, 3), real(4, 2, 3)),
            lambda a, b, w: ((a - b) ** 2).sum(2),
            "‖x−x₂‖²",
            {"squared": True},
        ),
        Row(
            (real(4, 2, 3), real(4, 5, 3)),
            lambda a, b, w: ((a[:, :, None] - b[:, None]) ** 2).sum(3).sqrt(),
            "‖xᵢ−x₂ⱼ‖",
            {"pairwise": True},
        ),
        Row(
            (real(4, 3), real(4, 5, 3)),
            lambda a, b, w: ((a[:, None] - b) ** 2).sum(2),
            "‖xᵢ−x₂ⱼ‖²",
            {"pairwise": True, "squared": True},
        ),
    ],
    "mean_over": [
        Row((real(4, 3, 2),), lambda z, w: sum(z.unbind(1)) / 3, "mean(x)"),
        Row(
            (real(4, 3, 2),), lambda z, w: z.sum(2, True) / 2, "mean₂(x)", {"axis": 2, "keep": True}
        ),
    ],
    "sum_over": [
        Row((real(4, 3, 2),), lambda z, w: sum(z.unbind(1)), "Σ(x)"),
        Row(
            (real(4, 3, 2),), lambda z, w: sum(z.split(1, 2)), "Σ₋₁(x)", {"axis": -1, "keep": True}
        ),
    ],
    "max_over": [
        Row((real(4, 3, 2),), lambda z, w: z.sort(1).values[:, -1], "max(x)"),
        Row(
            (real(4, 3, 2),),
            lambda z, w: z.sort(2).values[:, :, 1:],
            "max₂(x)",
            {"axis": 2, "keep": True},
        ),
    ],
    "squared_error": [
        Row((real(5, 3), real(5, 3)), lambda p, y, w: _total((y - p) ** 2), "‖y−x‖²"),
        Row((real(5, 1), real(5)), lambda p, y, w: (y - p[:, 0]) ** 2, "‖y−x‖²"),
        Row((real(5), real(5, 1)), lambda p, y, w: (y[:, 0] - p) ** 2, "‖y−x‖²"),
        Row(
            (real(5, 2, 3), real(5, 2, 3)),
            lambda p, y, w: _total((y - p) ** 2),
            "‖y−x‖²",
            {"weight": 2.0},
        ),
        Row((real(5, 1), classes(2, 5)), lambda p, y, w: (y.double() - p[:, 0]) ** 2, "‖y−x‖²"),
    ],
    "cross_entropy": [
        Row(
            (real(5, 3), classes(3, 5)),
            lambda p, y, w: -_of_right_class(_log_probabilities(p), y),
            "C(y,x)",
        ),
        Row(
            (real(5, 3, 2, 2), classes(3, 5, 2, 2)),
            lambda p, y, w: -_of_right_class(_log_probabilities(p), y),
            "C(y,x)",
        ),
        Row(
            (real(5, 3, 2), classes(3, 5, 2)),
            lambda p, y, w: (
                -0.7 * _of_right_class(_log_probabilities(p), y)
                - 0.3 * _log_probabilities(p).mean((1, 2))
            ),
            "C(y,x)",
            {"smoothing": 0.3},
        ),
    ],
    "nll_loss": [
        Row((real(5, 3), classes(3, 5)), lambda p, y, w: -_of_right_class(p, y), "C(y,x)"),
        Row(
            (real(5, 3, 4), classes(3, 5, 4)),
            lambda p, y, w: -_of_right_class(p, y),
            "C(y,x)",
            {"use": "training"},
        ),
    ],
    "perceptron": [
        Row(
            (real(5, 2), signs(5, 2)),
            lambda p, y, w: _total(p.abs() - y * p),
            "−(y−sgn x)x",
        ),
        Row(
            (real(5, 1), signs(5)),
            lambda p, y, w: p[:, 0].abs() - y * p[:, 0],
            "−(y−sgn x)x",
        ),
    ],
    "logistic": [
        Row(
            (real(5, 2), signs(5, 2)),
            lambda p, y, w: _total((1 + (-2 * y * p).exp()).log()),
            "C(y,x)",
        ),
        Row((real(5, 1), signs(5)), lambda p, y, w: (1 + (-2 * y * p[:, 0]).exp()).log(), "C(y,x)"),
    ],
    "l1": [
        Row((real(5, 2, 3),), lambda z, w: _total(torch.where(z > 0, z, -z)), "λ|x|", {"start": 3})
    ],
    "l2": [Row((real(5, 2, 3),), lambda z, w: _total(z * z), "λ‖x‖²", {"weight": 0.5})],
    "absolute_error": [
        Row(
            (real(5, 3), real(5, 3) + 0.01),
            lambda p, y, w: _total(torch.where(y > p, y - p, p - y)),
            "|y−x|",
        )
    ],
    "huber_loss": [
        Row(
            (real(5, 3), real(5, 3)),
            lambda p, y, w: _total(
                torch.where(
                    (y - p).abs() < 0.53, (y - p) ** 2 / 2, 0.53 * (y - p).abs() - 0.53**2 / 2
                )
            ),
            "H(y−x)",
            {"delta": 0.53},
        ),
        Row(
            (real(5, 1), real(5)),
            lambda p, y, w: F.huber_loss(p[:, 0], y, reduction="none"),
            "H(y−x)",
        ),
    ],
    "cosine_error": [
        Row(
            (real(5, 3), real(5, 3)),
            lambda p, y, w: 1 - (p * y).sum(1) / ((p**2).sum(1) * (y**2).sum(1)).sqrt(),
            "1−cos(y,x)",
        )
    ],
    "multi_margin_loss": [
        Row(
            (real(5, 3), classes(3, 5)),
            lambda p, y, w: F.multi_margin_loss(p, y, margin=0.53, reduction="none"),
            "C(y,x)",
            {"margin": 0.53},
        ),
        Row(
            (real(5, 3, 2), classes(3, 5, 2)),
            lambda p, y, w: (
                (
                    F.multi_margin_loss(p[..., 0], y[:, 0], reduction="none")
                    + F.multi_margin_loss(p[..., 1], y[:, 1], reduction="none")
                )
                / 2
            ),
            "C(y,x)",
        ),
    ],
    "kl_div": [
        Row(
            (real(5, 3), real(5, 3)),
            lambda p, y, w: _total(F.kl_div(p, y, log_target=True, reduction="none")),
            "KL(y,x)",
        )
    ],
    "kl_normal": [
        Row(
            (real(5, 3), real(5, 3)),
            lambda m, v, w: _total(
                torch.distributions.kl_divergence(
                    torch.distributions.Normal(m, (v / 2).exp()),
                    torch.distributions.Normal(0.0, 1.0),
                )
            ),
            "KL(x,y)",
        )
    ],
    "contrastive": [
        Row(
            (real(5).abs(), classes(2, 5)),
            lambda d, y, w: torch.where(y == 1, d**2 / 2, (0.53 - d).clamp(min=0) ** 2 / 2),
            "C(y,x)",
            {"margin": 0.53},
        )
    ],
    "triplet_margin_loss": [
        Row(
            (real(5, 3), real(5, 3), real(5, 3)),
            lambda a, p, n, w: F.triplet_margin_loss(a, p, n, margin=0.5, eps=0, reduction="none"),
            "C(x,y,y₂)",
            {"margin": 0.5},
        )
    ],
    "nearest": [
        Row(
            (real(5, 3),),
            lambda z, w: torch.stack([((z - c) ** 2).sum(1) for c in w["weight"]]).min(0).values,
            "min‖x−w₀‖²",
            {"units": 4},
        )
    ],
    "binary_cross_entropy": [
        Row(
            (real(5, 2), classes(2, 5, 2)),
            lambda s, y, w: _total((1 + s.exp()).log() - y * s),
            "C(y,x)",
        ),
        Row(
            (real(5, 2).abs() * 0.9, classes(2, 5, 2)),
            lambda p, y, w: -_total(torch.where(y == 1, p, 1 - p).log()),
            "C(y,x)",
            {"logits": False},
        ),
    ],
    "hinge": [
        Row(
            (real(5, 2), signs(5, 2)),
            lambda s, y, w: _total((0.53 - y * s).clamp(min=0)),
            "(yx)⁻",
            {"margin": 0.53},
        )
    ],
    "group_l2": [
        Row((real(5, 4),), lambda z, w: _lengths(z[:, :2]) + _lengths(z[:, 2:]), "λΣ‖x‖"),
        Row(
            (real(5, 3, 2),),
            lambda z, w: _lengths(z[..., 0]) + _lengths(z[..., 1]),
            "λΣ‖x‖",
            {"size": 3},
        ),
    ],
    "log_square": [Row((real(5, 2, 3),), lambda z, w: _total((1 + z**2).log()), "λΣlog x²")],
    "entropy": [Row((real(5, 3).abs(),), lambda z, w: -_total(z * z.log()), "λH(x)")],
}

CASES = [
    pytest.param(kind, row, id=f"{kind}-{i}")
    for kind, rows in ROWS.items()
    for i, row in enumerate(rows)
]
BUILT = [case for case in CASES if case.values[0] not in ("observed", "latent")]
COSTS = [case for case in CASES if issubclass(catalogue()[case.values[0]], Cost)]
KINDS = list(catalogue().items())
IDS = list(catalogue())


def instance_of(kind: str, row: Row) -> BlockType:
    made: BlockType = read_settings(catalogue()[kind], row.settings)
    return made


def built(kind: str, row: Row) -> Any:
    op = instance_of(kind, row).build(*(z.shape for z in row.inputs))
    return op.double() if isinstance(op, nn.Module) else op


def scattered(op: Any) -> dict[str, Tensor]:
    """The parameters of an operation by name, with random values, also where they begin at 0 or 1."""
    found = dict(op.named_parameters()) if isinstance(op, nn.Module) else {}
    with torch.no_grad():
        for parameter in found.values():
            parameter.copy_(real(*parameter.shape))
    return found


def known(op: Any) -> dict[str, Tensor]:
    """What an operation keeps in files: its parameters and its buffers."""
    return dict(op.state_dict(keep_vars=True)) if isinstance(op, nn.Module) else {}


def parts(out: Any) -> tuple[Tensor, ...]:
    return out if isinstance(out, tuple) else (out,)


def joined(out: Any) -> Tensor:
    """All outputs in one row."""
    return torch.cat([part.flatten() for part in parts(out)])


def leaves(row: Row) -> list[Tensor]:
    return [z.clone().requires_grad_() if z.is_floating_point() else z.clone() for z in row.inputs]


def sketched(kind: str, row: Row) -> Diagram:
    """A diagram of the kind alone: every input comes from a field of data."""
    sketch = Sketch()
    called = ("x", "y", "y₂") if kind in COST_KINDS else ("x", "x₂", "x₃", "x₄")
    fields = dict(zip(called, row.inputs, strict=False))
    pins = [sketch.observed(f"f{i}", label=name) for i, name in enumerate(fields)]
    if kind in ("observed", "latent", "parameter"):
        pins = []
    sketch.add(kind, *pins, id="it", label="" if kind != "observed" else "x", **row.settings)
    data = {f"f{i}": z for i, z in enumerate(fields.values())} or {"f0": real(4, 1)}
    if kind == "observed":
        data["x"] = row.inputs[0]
    return sketch.diagram(data=data, dtype="float64", normalize=False)


COST_KINDS = {kind for kind, cls in KINDS if issubclass(cls, Cost)}


def test_every_kind_has_rows() -> None:
    assert set(ROWS) == set(catalogue())


@pytest.mark.parametrize(("kind", "row"), BUILT)
def test_values(kind: str, row: Row) -> None:
    op = built(kind, row)
    scattered(op)
    torch.manual_seed(5)
    got = parts(op(*row.inputs))
    torch.manual_seed(5)
    expected = tuple(parts(row.reference(*row.inputs, known(op))))
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("kind", "row"), BUILT)
def test_gradients_equal_those_of_the_reference(kind: str, row: Row) -> None:
    op = built(kind, row)
    weights = scattered(op)
    inputs = leaves(row)
    by = [*(z for z in inputs if z.requires_grad), *weights.values()]
    torch.manual_seed(5)
    out = joined(op(*inputs))
    torch.manual_seed(5)
    expected = joined(row.reference(*inputs, known(op)))
    if not out.requires_grad:
        assert not expected.requires_grad
        return
    upstream = real(*out.shape)
    got = torch.autograd.grad(out, by, upstream, materialize_grads=True)
    wanted = torch.autograd.grad(expected, by, upstream, materialize_grads=True)
    for mine, theirs in zip(got, wanted, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("kind", "row"), [c for c in BUILT if c.values[1].smooth])
def test_gradients_equal_finite_differences(kind: str, row: Row) -> None:
    op = built(kind, row)
    weights = scattered(op)

    def run(*tensors: Tensor) -> Any:
        torch.manual_seed(5)  # dropout draws the same mask every time
        inputs, values = tensors[: len(row.inputs)], tensors[len(row.inputs) :]
        if not isinstance(op, nn.Module):
            return op(*inputs)
        return torch.func.functional_call(op, dict(zip(weights, values, strict=True)), inputs)

    assert torch.autograd.gradcheck(run, (*leaves(row), *weights.values()), eps=1e-6, atol=1e-6)


@pytest.mark.parametrize(("kind", "row"), BUILT)
def test_a_module_is_written_as_the_call_that_makes_it(kind: str, row: Row) -> None:
    op = built(kind, row)
    if not isinstance(op, nn.Module):
        return
    scattered(op)
    again = eval(repr(op), {**vars(nn), type(op).__name__: type(op)}).double()
    again.load_state_dict(op.state_dict())
    torch.manual_seed(5)
    got = joined(again(*row.inputs))
    torch.manual_seed(5)
    assert torch.equal(got, joined(op(*row.inputs)))


@pytest.mark.parametrize(("kind", "cls"), KINDS, ids=IDS)
def test_declaration(kind: str, cls: type[BlockType]) -> None:
    assert cls.kind == kind
    assert re.search(r"-> \[.*\]", cls.__doc__ or ""), "the docstring says shapes"
    assert re.search(r"Source: \S+", cls.__doc__ or ""), "the docstring says its source"
    if not issubclass(cls, Variable):
        assert (cls.__doc__ or "").count("[B") >= 2, (
            "the docstring says what goes in and what comes out"
        )
    assert cls.formula and cls.mark and cls.label and cls.title
    assert cls.gradient or issubclass(cls, Variable)
    assert cls.section in SECTIONS
    assert (cls.glyph is Glyph.COST) == issubclass(cls, Cost)
    assert cls.outputs[:1] == (() if issubclass(cls, Cost) else (OUTPUT,))
    assert len(set(cls.outputs)) == len(cls.outputs)
    assert len(cls.title) <= 22, "the palette is narrow"
    assert issubclass(cls, Function) == (cls.glyph is Glyph.FUNCTION)
    assert "{0}" in cls.label or issubclass(cls, Variable)


@pytest.mark.parametrize(("kind", "cls"), KINDS, ids=IDS)
def test_settings_are_explained_and_bounded(kind: str, cls: type[BlockType]) -> None:
    instance = read_settings(cls, {})
    for name, declared in settings_of(cls).items():
        assert declared.help, f"{kind}.{name} has a help"
        assert declared.read(getattr(instance, name)) == declared.default
        if declared.type in (int, float, tuple):
            assert declared.low is not None
            assert declared.high is not None
    assert changed_settings(instance) == {}


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_flanks_are_its_parameters(kind: str, row: Row) -> None:
    if kind in ("observed", "latent", "parameter"):
        assert catalogue()[kind].flanks == ()
        return
    assert set(scattered(built(kind, row))) <= set(catalogue()[kind].flanks)


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_file_round_trip(kind: str, row: Row) -> None:
    diagram = sketched(kind, row)
    assert from_text(to_text(diagram)) == diagram
    assert diagram.blocks["it"].settings == changed_settings(instance_of(kind, row))


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_label(kind: str, row: Row) -> None:
    assert names(sketched(kind, row)).labels["it"] == row.label


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_compiles(kind: str, row: Row) -> None:
    program = compile(sketched(kind, row))
    assert [str(p) for p in program.report.problems if p.kind == "error"] == []
    pin = Pin("it", OUTPUT)
    if kind in COST_KINDS:
        values = {f"f{i}": z for i, z in enumerate(row.inputs)}
        weights = {name.partition(".")[2]: w for name, w in program.parameters.items()}
        expected = row.reference(*row.inputs, weights)
        torch.testing.assert_close(program.energies(**values)["it"], expected)
    elif kind == "latent":
        assert program.report.shapes[pin] == (BATCH, 3)
    elif kind == "parameter":
        assert program.report.shapes[pin] == (2, 3)
    else:
        weights = known(built(kind, row)) if kind != "observed" else {}
        for name, part in zip(
            catalogue()[kind].outputs, parts(row.reference(*row.inputs, weights)), strict=True
        ):
            assert program.report.shapes[Pin("it", name)] == (BATCH, *part.shape[1:])


@pytest.mark.parametrize(("kind", "row"), CASES)
def test_shapes_and_counts_without_memory(kind: str, row: Row) -> None:
    diagram = sketched(kind, row)
    assert compile(diagram, device="meta").report == compile(diagram).report


@pytest.mark.parametrize(("kind", "row"), [c for c in BUILT if c.values[0] not in COST_KINDS])
def test_exported_source_computes_the_same(kind: str, row: Row) -> None:
    program = compile(sketched(kind, row))
    program.module.eval()
    space: dict[str, Any] = {}
    exec(source(program), space)
    model = space["Diagram"]().double().eval()
    model.load_state_dict(program.module.state_dict())
    given = {f"f{i}": z for i, z in enumerate(row.inputs)}
    inputs = tensors(program, given, program.predictor_inputs)
    torch.testing.assert_close(model(*inputs), program.predictor()(*inputs))


def test_every_output_of_several_is_exported() -> None:
    sketch = Sketch()
    first = sketch.split(sketch.observed("x"), id="parts")
    sketch.difference(Pin("parts", "y2"), sketch.scale(first, factor=3.0))
    program = compile(sketch.diagram(), shapes={"x": (4,)})
    space: dict[str, Any] = {}
    exec(source(program), space)
    x = torch.randn(5, 4)
    assert torch.equal(space["Diagram"]()(x), x[:, 2:] - 3.0 * x[:, :2])


UNLIKE_TORCH = {
    "bilinear": "torch counts only one of its two products",
    "radial_basis": "torch counts no distances",
    "nearest": "torch counts no distances",
    "distance": "torch counts no distances",
    "subtractive_norm": "its window is no weight",
    "divisive_norm": "its window is no weight",
}


@pytest.mark.parametrize(
    ("kind", "row"), [c for c in BUILT if c.values[0] not in {*UNLIKE_TORCH, "parameter"}]
)
def test_multiply_adds_are_those_that_torch_counts(kind: str, row: Row) -> None:
    program = compile(sketched(kind, row))
    with FlopCounterMode(display=False) as counter:
        program.stages["it"].op(*row.inputs)
    macs = counter.get_total_flops() / 2 / len(row.inputs[0])
    assert program.report.counts["it"].macs == macs


@pytest.mark.parametrize(("kind", "row"), COSTS)
def test_a_cost_gives_one_number_per_sample(kind: str, row: Row) -> None:
    op = built(kind, row)
    got = op(*row.inputs)
    assert got.shape == (5,)
    assert got.dtype == torch.float64
    order = torch.tensor([3, 0, 4, 2, 1])
    torch.testing.assert_close(op(*(z[order] for z in row.inputs)), got[order])
    for sample in range(5):  # no sample sees another
        torch.testing.assert_close(
            op(*(z[sample : sample + 1] for z in row.inputs)), got[sample : sample + 1]
        )


OF_WEIGHTS: dict[str, Callable[[list[np.ndarray]], float]] = {
    "l1": lambda weights: sum(np.abs(w).sum() for w in weights),
    "l2": lambda weights: sum((w**2).sum() for w in weights),
    "group_l2": lambda weights: sum(np.linalg.norm(row) for w in weights for row in w),
    "log_square": lambda weights: sum(np.log(1 + w**2).sum() for w in weights),
}


def test_every_regulariser_of_all_weights_has_a_reference() -> None:
    assert set(OF_WEIGHTS) == {
        k for k, cls in KINDS if issubclass(cls, Regulariser) and cls.optional
    }


@pytest.mark.parametrize("kind", OF_WEIGHTS)
def test_a_regulariser_of_all_weights(kind: str) -> None:
    op = read_settings(catalogue()[kind], {}).of_weights()
    weights = [real(3, 2).requires_grad_(), real(4, 1, 2, 2).requires_grad_()]
    expected = OF_WEIGHTS[kind]([w.detach().numpy() for w in weights])
    assert op(*weights).item() == pytest.approx(expected, rel=1e-12)
    assert torch.autograd.gradcheck(op, weights)
