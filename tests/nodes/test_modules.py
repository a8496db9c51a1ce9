"""Modules that PyTorch lacks: first values, devices, fx."""

import torch
from torch import fx

from nodes.catalogue import catalogue
from nodes.modules.parameter import Parameter


def test_a_parameter_begins_normal_with_the_given_deviation() -> None:
    torch.manual_seed(0)
    value = Parameter((100, 100), 0.3).value
    assert abs(value.std().item() - 0.3) < 0.01
    assert abs(value.mean().item()) < 0.01
    assert Parameter((2,), 0.0)().tolist() == [0.0, 0.0]


def test_parameters_of_any_size_take_no_memory_on_meta() -> None:
    with torch.device("meta"):
        assert Parameter((10**6, 10**6), 0.1)().shape == (10**6, 10**6)
        assert catalogue()["linear"](units=10**7).build((2, 10**6)).weight.device.type == "meta"


def test_dropout_and_batch_norm_know_training_from_test() -> None:
    z = torch.randn(200, 3) * 2 + 5
    drop = catalogue()["dropout"](p=0.25).build(z.shape)
    torch.manual_seed(0)
    out = drop(z)
    assert 0.7 < (out != 0).float().mean() < 0.8
    torch.testing.assert_close(out[out != 0], z[out != 0] / 0.75)
    assert torch.equal(drop.eval()(z), z)
    norm = catalogue()["batch_norm"](momentum=1.0).build(z.shape)
    norm(z)
    expected = (z - z.mean(0)) / (z.var(0) + 1e-5).sqrt()
    torch.testing.assert_close(norm.eval()(z), expected)


def test_every_function_can_be_named_by_fx() -> None:
    for kind, shapes in {
        "relu": [(2, 3)],
        "flatten": [(2, 3)],
        "sum": [(2, 3), (2, 3)],
        "product": [(2, 3), (2, 3)],
        "squared_error": [(2, 3), (2, 3)],
        "l2": [(2, 3)],
    }.items():
        op = catalogue()[kind]().build(*shapes)
        graph = fx.Graph()
        inputs = [graph.placeholder(f"v{i}") for i in range(len(shapes))]
        graph.output(graph.call_function(op, tuple(inputs)))
        graph.lint()
        values = [torch.randn(shape) for shape in shapes]
        torch.testing.assert_close(fx.GraphModule(torch.nn.Module(), graph)(*values), op(*values))
