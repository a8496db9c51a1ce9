"""One table over every kind of block: values and gradients against references, declaration, file, compile."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from graph.diagram import OUTPUT, Diagram, Pin
from graph.files import from_text, to_text
from graph.settings import changed_settings, read_settings, settings_of
from nodes.block import BlockType, Cost, Function, Glyph, Regulariser, Variable
from nodes.catalogue import SECTIONS, catalogue
from nodes.names import names
from nodes.sketch import Sketch
from runtime.program import compile
from runtime.snapshot import BATCH

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
    reference: Callable[..., Tensor]  # (*inputs, weights by name) -> output
    label: str
    settings: dict[str, Any] = field(default_factory=dict)


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
            "shape(x)",
            {"size": [3, 4]},
        ),
        Row(
            (real(2, 3, 4),),
            lambda z, w: torch.cat(z.unbind(1), 1)[:, None],
            "shape(x)",
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


def leaves(row: Row) -> list[Tensor]:
    return [z.clone().requires_grad_() if z.is_floating_point() else z.clone() for z in row.inputs]


def sketched(kind: str, row: Row) -> Diagram:
    """A diagram of the kind alone: every input comes from a field of data."""
    sketch = Sketch()
    fields = dict(
        zip(
            ("x", "y") if len(row.inputs) == 2 and kind in COST_KINDS else ("x", "x₂", "x₃"),
            row.inputs,
            strict=False,
        )
    )
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
    weights = scattered(op)
    torch.manual_seed(5)
    got = op(*row.inputs)
    torch.manual_seed(5)
    torch.testing.assert_close(got, row.reference(*row.inputs, weights), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("kind", "row"), BUILT)
def test_gradients_equal_those_of_the_reference(kind: str, row: Row) -> None:
    op = built(kind, row)
    weights = scattered(op)
    inputs = leaves(row)
    by = [*(z for z in inputs if z.requires_grad), *weights.values()]
    torch.manual_seed(5)
    out = op(*inputs)
    torch.manual_seed(5)
    expected = row.reference(*inputs, weights)
    upstream = real(*out.shape)
    got = torch.autograd.grad(out, by, upstream)
    wanted = torch.autograd.grad(expected, by, upstream)
    for mine, theirs in zip(got, wanted, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("kind", "row"), BUILT)
def test_gradients_equal_finite_differences(kind: str, row: Row) -> None:
    op = built(kind, row)
    weights = scattered(op)

    def run(*tensors: Tensor) -> Tensor:
        torch.manual_seed(5)  # dropout draws the same mask every time
        inputs, values = tensors[: len(row.inputs)], tensors[len(row.inputs) :]
        if not isinstance(op, nn.Module):
            return op(*inputs)
        return torch.func.functional_call(op, dict(zip(weights, values, strict=True)), inputs)

    assert torch.autograd.gradcheck(run, (*leaves(row), *weights.values()), eps=1e-6, atol=1e-6)


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
    assert cls.outputs == (() if issubclass(cls, Cost) else (OUTPUT,))
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
        torch.testing.assert_close(program.energies(**values)["it"], row.reference(*row.inputs, {}))
    elif kind == "latent":
        assert program.report.shapes[pin] == (BATCH, 3)
    elif kind == "parameter":
        assert program.report.shapes[pin] == (2, 3)
    else:
        weights = scattered(built(kind, row)) if kind != "observed" else {}
        expected = row.reference(*row.inputs, weights)
        assert program.report.shapes[pin] == (BATCH, *expected.shape[1:])


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


@pytest.mark.parametrize("kind", [k for k, cls in KINDS if issubclass(cls, Regulariser)])
def test_a_regulariser_of_all_weights(kind: str) -> None:
    weights = [real(3, 2).requires_grad_(), real(4).requires_grad_()]
    total = read_settings(catalogue()[kind], {}).of_weights()(*weights)
    power = {"l1": 1, "l2": 2}[kind]
    flat = np.concatenate([w.detach().numpy().ravel() for w in weights])
    assert total.item() == pytest.approx(np.sum(np.abs(flat) ** power), rel=1e-12)
    got = torch.cat([g.ravel() for g in torch.autograd.grad(total, weights)]).numpy()
    np.testing.assert_allclose(got, np.sign(flat) if power == 1 else 2 * flat)
