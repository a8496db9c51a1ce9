"""Convolutional nets: what the systems of the lectures must show."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

import gradboard as gb
from graph.diagram import Pin
from runtime.data import load
from runtime.program import Program, compile
from runtime.snapshot import Report
from tests.gallery.numbers import changed, held_out, trained

SIZED = {"x": (1, 200, 200), "y": ()}


def answer(program: Program, **inputs: Tensor) -> Tensor:
    """Its only answer to these inputs."""
    (found,) = program.predict(**inputs).values()
    return found


def values_of(program: Program, x: Tensor) -> dict[str, Tensor]:
    """The output of every block for these inputs, class 0 being right for all, as they are after training."""
    twin, wires = program.watched
    twin.eval()
    y = torch.zeros(len(x), dtype=torch.int64)
    fields = {n: str(program.diagram.blocks[n].settings.get("field", "x")) for n in program.inputs}
    values = twin(*(x if fields[n] == "x" else y for n in program.inputs))[3]
    return {pin.block: v for pin, v in zip(wires.variables, values, strict=True)}


def samples(*shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


# --- what a convolution is ---------------------------------------------------------------------------------------


def test_conv_1d_is_pytorchs() -> None:
    program = compile(changed("conv-1d", dtype="float64"))
    w, x = program.module.state_dict(), samples(3, 10, 9)
    late = F.pad(x.transpose(1, 2), (3, 0))
    wanted = F.conv1d(late, w["conv1d1.weight"], w["conv1d1.bias"], dilation=3, groups=9)
    torch.testing.assert_close(answer(program, x=x), wanted, rtol=1e-12, atol=1e-12)


def test_conv_1d_listens_to_what_was_said_three_places_before() -> None:
    result = trained("conv-1d")
    assert held_out(result) == 1.0
    then, now = result.program.parameters["conv1d1.weight"].detach()[1:, 0].T
    assert then.min() > 3 and now.abs().max() < 0.2 * then.min()


def test_conv_2d_is_pytorchs() -> None:
    program = compile(changed("conv-2d", dtype="float64"))
    w, x = program.module.state_dict(), samples(3, 1, 32, 32)

    def conv(n: int, z: Tensor, **how: int) -> Tensor:
        return F.conv2d(z, w[f"conv2d{n}.weight"], w[f"conv2d{n}.bias"], **how)

    z = F.relu(conv(1, x, stride=2, padding=2))
    z = F.relu(conv(2, z, padding=2, dilation=2, groups=4))
    z = F.relu(conv(4, conv(3, z, groups=16))).amax((2, 3))
    wanted = F.linear(z, w["linear1.weight"], w["linear1.bias"])
    torch.testing.assert_close(answer(program, x=x), wanted, rtol=1e-12, atol=1e-12)


def test_volume_net_is_pytorchs() -> None:
    program = compile(changed("volume-net", dtype="float64"))
    w, x = program.module.state_dict(), samples(2, 1, 12, 12, 12)
    z = F.relu(F.conv3d(x, w["conv3d1.weight"], w["conv3d1.bias"], padding=1))
    z = F.relu(F.conv3d(F.max_pool3d(z, 2), w["conv3d2.weight"], w["conv3d2.bias"]))
    wanted = F.linear(z.mean((2, 3, 4)), w["linear1.weight"], w["linear1.bias"])
    torch.testing.assert_close(answer(program, x=x), wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("volume-net", 0.85), ("conv-2d", 0.95)])
def test_shapes_and_volumes_are_told_apart(name: str, least: float) -> None:
    assert held_out(trained(name)) >= least


def test_a_convolution_is_a_toeplitz_matrix() -> None:
    program = compile(changed("toeplitz", dtype="float64"))
    taps = program.parameters["filter.weight"].detach().flatten()
    (place,) = [n for n, pin in enumerate(program.answers) if pin.block == "filter"]

    def filtered(x: Tensor) -> Tensor:
        return program.predictor()(x.reshape(1, 1, 12))[place].flatten()

    jacobian = torch.func.jacrev(filtered)(samples(12)).detach()
    wanted = sum(np.diag(np.full(12 - abs(k), float(taps[1 + k])), k) for k in (-1, 0, 1))
    np.testing.assert_allclose(jacobian.numpy(), wanted, rtol=1e-12, atol=1e-15)


def test_a_full_matrix_learns_to_be_that_matrix() -> None:
    found = trained("toeplitz").program.parameters
    second = np.diag(np.full(12, -2.0)) + np.eye(12, k=1) + np.eye(12, k=-1)
    taps = found["filter.weight"].detach().flatten().numpy()
    np.testing.assert_allclose(taps, [1, -2, 1], atol=1e-2)
    np.testing.assert_allclose(found["matrix.weight"].detach().numpy(), second, atol=1e-2)


def test_16_billion_40_million_and_1000_weights_are_counted_without_allocating() -> None:
    report = compile(changed("dense-local-conv"), shapes=SIZED, device="meta").report
    assert report.problems == ()
    units = {name: _units(report, name) for name in ("dense", "local", "conv")}
    assert set(units.values()) == {400_000}
    weights = {name: report.counts[name].weights for name in units}
    assert weights == {"dense": 16_000_000_000, "local": 40_000_000, "conv": 1_000}
    # each weight of a filter works at 200 × 200 places
    assert report.counts["conv"].macs == report.counts["local"].macs == 40_000_000


def _units(report: Report, name: str) -> int:
    return int(np.prod(report.shapes[Pin(name, "y")][1:]))


def test_16_billion_weights_are_refused_and_the_others_still_run() -> None:
    report = compile(changed("dense-local-conv", batch=1), shapes=SIZED).report
    (problem,) = [p for p in report.problems if p.kind == "error"]
    assert problem.where == "dense" and "256.0 GB" in problem.message
    assert report.trainable and {"local", "conv"} <= set(report.counts)


def test_filters_fire_as_much_as_a_patch_is_like_them() -> None:
    """What top patches are chosen by: every number of the maps is a filter times the patch it looks at."""
    program = compile(changed("filters", dtype="float64"))
    x = samples(6, 1, 8, 8)
    maps = values_of(program, x=x)["filters"]
    patches = np.lib.stride_tricks.sliding_window_view(
        np.pad(x[:, 0].numpy(), ((0, 0), (2, 2), (2, 2))), (5, 5), axis=(1, 2)
    )
    filters = program.parameters["filters.weight"].detach().numpy()[:, 0]
    bias = program.parameters["filters.bias"].detach().numpy()
    alike = np.einsum("nijkl,fkl->nfij", patches, filters) + bias[:, None, None]
    np.testing.assert_allclose(maps.detach().numpy(), alike, atol=1e-12)


def test_filters_read_digits() -> None:
    assert held_out(trained("filters", epochs=15)) >= 0.9


# --- LeNets ------------------------------------------------------------------------------------------------------


def test_lenet_1990_reads_digits() -> None:
    assert held_out(trained("lenet-1990")) >= 0.97


def test_lenet_5_has_the_60_000_weights_of_1998_layer_by_layer() -> None:
    found = compile(changed("lenet-5"), shapes={"x": (1, 28, 28), "y": ()}, device="meta").report
    counts = {name: c.weights for name, c in found.counts.items()}
    assert counts["c1_s2/conv2d1"] == 156 and counts["c1_s2/conv2d2"] == 12  # C1, S2
    assert found.parts["c3"].weights == 1_516 and found.parts["s4"].weights == 32
    assert counts["c5"] == 48_120 and counts["f6"] == 10_164
    assert sum(counts.values()) - counts["output"] == 60_000


# LeCun, Bottou, Bengio and Haffner 1998, table I: which maps of S2 each map of C3 sees
TABLE = (
    *("012", "123", "234", "345", "450", "501"),
    *("0123", "1234", "2345", "3450", "4501", "5012"),
    *("0134", "1245", "0235", "012345"),
)


def test_lenet_5_has_the_table_of_connections_of_1998() -> None:
    program = compile(changed("lenet-5", dtype="float64"))
    known = values_of(program, x=samples(1, 1, 8, 8))
    before, maps = known["c1_s2/tanh2"], known["c3/tanh1"]
    for number, seen in enumerate(TABLE):
        (gradient,) = torch.autograd.grad(maps[0, number].sum(), before, retain_graph=True)
        active = gradient[0].abs().sum((1, 2)).nonzero().flatten().tolist()
        assert active == sorted(map(int, seen))


@pytest.mark.slow
def test_lenet_5_reads_digits() -> None:
    assert held_out(trained("lenet-5")) >= 0.95


def test_lenet_5_trains_on_files_like_mnists(tmp_path: Path) -> None:
    """28 × 28 bytes in IDX files beside the diagram; only the recipe's data are another."""
    digits = load({"kind": "digits"})
    x, y = digits.fields["x"][:900, 0], digits.fields["y"][:900]
    x = np.pad(np.kron(255 * x, np.ones((3, 3))), ((0, 0), (2, 2), (2, 2))).astype(np.uint8)
    (tmp_path / "images").write_bytes(struct.pack(">4B3I", 0, 0, 8, 3, *x.shape) + x.tobytes())
    labels = struct.pack(">4BI", 0, 0, 8, 1, len(y)) + y.astype(np.uint8).tobytes()
    (tmp_path / "labels").write_bytes(labels)
    data = {"kind": "idx", "path": "images", "labels": "labels"}
    result = gb.train(changed("lenet-5", data=data, batch=8), epochs=5, folder=str(tmp_path))
    assert result.program.report.shapes[Pin("x", "y")][1:] == (1, 28, 28)
    assert held_out(result) >= 0.8
